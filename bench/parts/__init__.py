"""The parts of the measurement: each file one concern, nothing here is part of the product."""
