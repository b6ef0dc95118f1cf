//! baton-probe
