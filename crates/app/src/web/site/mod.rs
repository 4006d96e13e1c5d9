//! Assets, health, and the pages about the service itself.

pub mod assets;
pub mod health;
pub mod problem;
pub mod words;
