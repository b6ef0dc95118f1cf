//! baton-plugins

pub mod bots;
pub mod protocols;
pub mod targets;
