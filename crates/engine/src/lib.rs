//! Carries out what core decides. One algorithm for every store: load at version v, gather facts, `decide`, commit if
//! still v; on conflict again, at most [`baton_core::limits::COMMIT_TRIES`] times.
//!
//! The engine never names a runtime, a store, a bus or a plug-in: all come in through `kit`'s contracts.

mod alerts;
pub mod at_rest;
mod audit;
mod behind;
mod config;
mod cursor;
mod erase;
mod execute;
mod export;
mod files;
mod identify;
mod keyring;
mod lists;
mod live;
mod outbox;
mod packing;
mod perform;
mod presence;
mod projections;
mod query;
mod redact;
mod restored;
mod retention;
mod router;
mod seal;
pub mod search;
mod states;
mod storage;
mod take_in;
mod timers;
mod viewing;

pub use alerts::{Alert, AlertKind};
pub use config::{Changed, Config};
pub use cursor::{BadCursor, Cursor};
pub use erase::Erasure;
pub use execute::{Done, SaidAt, Started};
pub use files::{File, Incoming, Outgoing};
pub use live::{Heard, Listener};
pub use perform::{ReplyClaims, TargetClaims};
pub use presence::Reach;
pub use projections::{RowData, Seqs, lists as entries, row};
pub use query::{Fresh, Opened};
pub use redact::Revealed;
pub use retention::{RetentionState, WouldErase};
pub use viewing::seen_by_others;

use baton_core::refusal::Refusal;
use baton_core::settings::Settings;
use baton_kit::analyzer::Analyzer;
use baton_kit::blobs::Blobs;
use baton_kit::bot::Bot;
use baton_kit::bus::{Bus, Signal};
use baton_kit::keys::Master;
use baton_kit::runtime::SharedRuntime;
use baton_kit::store::{self, Store};
use baton_kit::target::Target;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// The configured plug-ins, by connection id.
pub trait Plugins: Send + Sync + 'static {
    /// A bot, if it is set up and usable.
    fn bot(&self, id: baton_core::ids::ConnectionId) -> Option<Arc<dyn Bot>>;
    /// A target, if it is set up and usable.
    fn target(&self, id: baton_core::ids::ConnectionId) -> Option<Arc<dyn Target>>;
}

/// What the engine drives and is driven by.
pub struct Deps {
    /// The truth.
    pub store: Arc<dyn Store>,
    /// Customers' and agents' files.
    pub blobs: Arc<dyn Blobs>,
    /// Hints.
    pub bus: Arc<dyn Bus>,
    /// Time, randomness, tasks.
    pub runtime: SharedRuntime,
    /// The key above all keys.
    pub master: Master,
    /// Reads customers' texts.
    pub analyzer: Arc<dyn Analyzer>,
    /// Bots and targets.
    pub plugins: Arc<dyn Plugins>,
    /// Where bots and targets reach this hub, e.g. `https://chat.example.org`; no slash at the end.
    pub public_url: String,
}

/// Why the engine did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Core said no; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Others wrote faster, or the store has too much to do: try again soon.
    #[error("too busy just now; try again")]
    Busy,
    /// The store cannot write.
    #[error("the store cannot keep anything now: {0}")]
    Full(String),
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(String),
    /// A stored event cannot be read by this version.
    #[error("a stored event cannot be read: {0}")]
    Unreadable(String),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            // A store that closes belongs to a hub that stops: the same is worth another try.
            store::Error::Conflict | store::Error::Busy | store::Error::Closed => Self::Busy,
            store::Error::Full(why) => Self::Full(why),
            other => Self::Store(other.to_string()),
        }
    }
}

/// The engine.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) runtime: SharedRuntime,
    pub(crate) analyzer: Arc<dyn Analyzer>,
    pub(crate) plugins: Arc<dyn Plugins>,
    pub(crate) public_url: String,
    pub(crate) master: Master,
    pub(crate) keyring: keyring::Keyring,
    pub(crate) config: config::Registry,
    pub(crate) states: states::States,
    pub(crate) lines: router::Lines,
    pub(crate) live: live::Live,
    pub(crate) behind: behind::Behind,
    pub(crate) reach: Reach,
    pub(crate) wake: Wake,
    pub(crate) audit: audit::Head,
    pub(crate) alerts: watch::Sender<Arc<Vec<Alert>>>,
    pub(crate) full: watch::Sender<bool>,
    /// What the search keeps, once there is one.
    pub(crate) index: std::sync::OnceLock<Arc<dyn baton_kit::search::SearchIndex>>,
    pub(crate) retention: retention::Progress,
    stop: watch::Sender<bool>,
}

/// Wakes the engine's own tasks.
#[derive(Default)]
pub(crate) struct Wake {
    pub(crate) outbox: tokio::sync::Notify,
    pub(crate) timers: tokio::sync::Notify,
    pub(crate) router: tokio::sync::Notify,
    pub(crate) retention: tokio::sync::Notify,
    pub(crate) rows: tokio::sync::Notify,
}

impl Engine {
    /// Reads settings, lines and leases from the store. Tasks begin with [`Self::run`].
    ///
    /// # Errors
    /// The store's own, or events that this version cannot read.
    pub async fn open(deps: Deps) -> Result<Arc<Self>, Error> {
        let keyring = keyring::Keyring::new(deps.master.clone(), deps.store.clone(), deps.runtime.clone());
        let config = config::Registry::load(&*deps.store, &keyring).await?;
        let engine = Arc::new(Self {
            store: deps.store,
            blobs: deps.blobs,
            bus: deps.bus,
            runtime: deps.runtime,
            analyzer: deps.analyzer,
            plugins: deps.plugins,
            public_url: deps.public_url,
            master: deps.master,
            keyring,
            config,
            states: states::States::default(),
            lines: router::Lines::default(),
            live: live::Live::default(),
            behind: behind::Behind::default(),
            reach: Reach::default(),
            wake: Wake::default(),
            audit: audit::Head::default(),
            alerts: watch::channel(Arc::default()).0,
            full: watch::channel(false).0,
            index: std::sync::OnceLock::new(),
            retention: retention::Progress::default(),
            stop: watch::channel(false).0,
        });
        engine.store.reclaim_effects(engine.now()).await?;
        engine.load_lists(&baton_core::permission::Permit::system(baton_core::actor::Part::Setup)).await?;
        engine.load_rows().await?;
        engine.load_lines().await?;
        engine.load_reach().await?;
        engine.live.told_upto(engine.store.end().await?);
        Ok(engine)
    }

    /// Starts the router, the timers, the outbox and the sweepers.
    pub fn run(self: &Arc<Self>) {
        self.clone().spawn("router", |engine, stop| Box::pin(router::run(engine, stop)));
        self.clone().spawn("timers", |engine, stop| Box::pin(timers::run(engine, stop)));
        self.clone().spawn("outbox", |engine, stop| Box::pin(outbox::run(engine, stop)));
        self.clone().spawn("alerts", |engine, stop| Box::pin(alerts::run(engine, stop)));
        self.clone().spawn("rows", |engine, stop| Box::pin(behind::run(engine, stop)));
        self.clone().spawn("live", |engine, stop| Box::pin(live::run(engine, stop)));
        self.clone().spawn("places", |engine, stop| Box::pin(live::run_lines(engine, stop)));
        self.clone().spawn("retention", |engine, stop| Box::pin(retention::run(engine, stop)));
        self.clone().spawn("packing", |engine, stop| Box::pin(packing::run(engine, stop)));
        self.clone().spawn("storage", |engine, stop| Box::pin(storage::run(engine, stop)));
        self.clone().spawn("presence", |engine, stop| Box::pin(presence::run(engine, stop)));
    }

    fn spawn(
        self: Arc<Self>,
        name: &'static str,
        task: fn(Arc<Self>, watch::Receiver<bool>) -> baton_kit::runtime::BoxFuture<'static, ()>,
    ) {
        let stop = self.stop.subscribe();
        let runtime = self.runtime.clone();
        runtime.spawn(name, task(self, stop));
    }

    /// Tells the tasks to stop. What is under way ends by itself or is leased again later.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Turns true when the engine is told to stop.
    pub fn stopped(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Arc<Settings> {
        self.config.settings()
    }

    /// The whole configuration, credentials included; for the server, never for a page.
    pub fn config(&self) -> Arc<Config> {
        self.config.current()
    }

    /// The store, for log-ins and other records.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The runtime.
    pub fn runtime(&self) -> &SharedRuntime {
        &self.runtime
    }

    /// The master key, for tokens.
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// Listens to hints from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.bus.subscribe()
    }

    pub(crate) fn now(&self) -> baton_core::ids::Ms {
        self.runtime.now()
    }

    /// Where bots and targets reach this hub.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }
}
