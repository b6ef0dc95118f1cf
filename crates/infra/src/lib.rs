//! baton-infra
