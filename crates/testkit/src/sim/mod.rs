//! The real engine on a simulated runtime, store, clock and network.
