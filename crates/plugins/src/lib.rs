//! baton-plugins
