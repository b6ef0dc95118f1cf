//! What every handler shares.

use crate::files::Uploads;
use crate::plugins::Registry;
use crate::throttle::Throttle;
use baton_engine::Engine;
use baton_engine::search::Search;
use baton_kit::signature::Secret;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// The hub, as handlers see it.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Arc<Engine>,
    pub(crate) search: Arc<Search>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) tokens: Secret,
    pub(crate) throttle: Throttle,
    pub(crate) uploads: Uploads,
    pub(crate) metrics: PrometheusHandle,
    /// Cookies are for HTTPS alone.
    pub(crate) secure: bool,
    /// Ends sockets when the hub stops.
    pub(crate) stop: tokio::sync::watch::Receiver<bool>,
}

impl App {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
