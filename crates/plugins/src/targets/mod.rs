//! Targets: outside contact centres to which conversations are passed.

pub mod http;
