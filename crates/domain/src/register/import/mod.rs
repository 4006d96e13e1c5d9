pub mod cells;
pub mod mapping;
