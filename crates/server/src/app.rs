//! What every handler shares.

use crate::counts::Counts;
use crate::files::Uploads;
use crate::options::Limits;
use crate::plugins::Registry;
use crate::rates::Rates;
use crate::throttle::Throttle;
use baton_engine::Engine;
use baton_engine::search::Search;
use baton_kit::signature::Secret;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The hub, as handlers see it.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Arc<Engine>,
    pub(crate) search: Arc<Search>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) tokens: Secret,
    /// The data folder.
    pub(crate) data: PathBuf,
    pub(crate) throttle: Throttle,
    pub(crate) rates: Rates,
    /// How much there may be at once.
    pub(crate) limits: Limits,
    /// Sockets and streams by chat, and by the client's address.
    pub(crate) chat_sockets: Counts,
    pub(crate) address_sockets: Counts,
    /// Reverse proxies whose word is believed.
    pub(crate) proxies: Vec<IpAddr>,
    pub(crate) uploads: Uploads,
    pub(crate) metrics: PrometheusHandle,
    /// Cookies are for HTTPS alone.
    pub(crate) secure: bool,
    /// A stop has begun: not ready for new work.
    pub(crate) leaving: AtomicBool,
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
