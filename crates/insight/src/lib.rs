//! baton-insight
