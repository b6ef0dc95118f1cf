//! For tests alone. [`vfs`]: a disk under SQLite that can lose its power. [`sim`]: the real engine in a simulated world.
pub mod sim;
pub mod vfs;
