//! Pure wire types and codecs that more than one plug-in folder uses. Nothing here does I/O.

pub mod baton_http;
