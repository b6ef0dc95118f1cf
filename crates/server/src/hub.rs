//! Puts the hub together: store, engine, plug-ins, routes; starts it and stops it.

use crate::accounts::{digest, fresh_key, fresh_token};
use crate::analyzer::Insight;
use crate::app::{App, Inner};
use crate::counts::Counts;
use crate::files::Uploads;
use crate::options::Options;
use crate::plugins::Registry;
use crate::rates::Rates;
use crate::serving::{self, Bounds};
use crate::throttle::Throttle;
use crate::{demo, http};
use anyhow::{Context, Result};
use baton_core::actor::Part;
use baton_core::event::{Key, Object};
use baton_core::ids::Hash32;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_core::settings::Rank;
use baton_engine::search::Search;
use baton_engine::{Changed, Deps, Engine};
use baton_infra::{FolderBlobs, LocalBus, SqliteIndex, SqliteStore, TokioRuntime};
use baton_kit::bus::Signal;
use baton_kit::keys::Master;
use baton_kit::runtime::{SharedRuntime, seed};
use baton_kit::store::{Record, Store};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// What `serve` was told beside the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extras {
    /// Seed the demo shop on an empty folder.
    pub(crate) demo: bool,
    /// Seed conversations of a demo shop too.
    pub(crate) demo_data: bool,
    /// A knowledge file for the demo's assistant.
    pub(crate) demo_knowledge: Option<PathBuf>,
    /// Write an administrator's API key there, for tests.
    pub(crate) demo_key: Option<PathBuf>,
}

/// An opened hub that does not listen.
pub(crate) struct Opened {
    pub(crate) engine: Arc<Engine>,
    registry: Arc<Registry>,
    runtime: SharedRuntime,
    store: Arc<SqliteStore>,
    search: Arc<Search>,
    index: Arc<SqliteIndex>,
}

/// Opens the data folder. Fails if another hub has it.
pub(crate) async fn open(options: &Options, public_url: String) -> Result<Opened> {
    let runtime: SharedRuntime = Arc::new(TokioRuntime::new());
    let data = &options.store.data;
    let store = Arc::new(SqliteStore::open(data, seed(&*runtime))?);
    let master = master_key(options, &*runtime)?;
    let registry = Arc::new(Registry::new(runtime.clone(), master.clone()));
    let engine = Engine::open(Deps {
        store: store.clone(),
        blobs: Arc::new(FolderBlobs::open(&data.join("blobs"))?),
        bus: Arc::new(LocalBus::new()),
        runtime: runtime.clone(),
        master,
        analyzer: Arc::new(Insight::default()),
        plugins: registry.clone(),
        public_url,
    })
    .await?;
    registry.rebuild(&engine.config());
    let index = Arc::new(SqliteIndex::open(data, store.identity())?);
    let search = Search::new(engine.clone(), index.clone());
    Ok(Opened { engine, registry, runtime, store, search, index })
}

/// The master key: from the settings, or made once and kept for the owner's eyes alone.
fn master_key(options: &Options, runtime: &dyn baton_kit::runtime::Runtime) -> Result<Master> {
    let path = options.store.data.join("master.key");
    let text = match (options.keys.master.as_str(), path.exists()) {
        ("", true) => std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?,
        ("", false) if crate::cli::restore::holds_keys(&options.store.data)? => anyhow::bail!(
            "{} holds keys, but their master key is not at hand: set keys.master, or put the key into {}",
            options.store.data.display(),
            path.display()
        ),
        ("", false) => {
            let mut key = [0; 32];
            runtime.random(&mut key);
            let text = Hash32(key).to_hex();
            write_private(&path, &text)?;
            text
        }
        (text, _) => text.to_owned(),
    };
    let key = Hash32::from_hex(text.trim()).context("the master key is not 64 hexadecimal digits")?;
    Ok(Master(Key(key.0)))
}

/// Writes a secret so that only the owner can read it, durably.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let mut new = std::fs::OpenOptions::new();
    new.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        new.mode(0o600);
    }
    let mut file = new.open(path).with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// A one-time set-up link: the secret is in the fragment, which no server log sees.
pub(crate) async fn set_up_link(engine: &Engine, base: &str) -> Result<String> {
    let secret = fresh_token(engine, "");
    let expires = engine.runtime().now() + limits::SETUP_LINK;
    engine
        .store()
        .put_record(Record { kind: "setup".into(), key: digest(&secret), value: Vec::new(), expires })
        .await?;
    Ok(format!("{base}/setup#{secret}"))
}

/// Takes out of the search's file what was forgotten.
pub(crate) async fn tidy_search(opened: &Opened) -> Result<()> {
    use baton_kit::search::SearchIndex;
    while opened.index.tidy().await? {}
    Ok(())
}

/// Makes an API key; its text is returned once.
pub(crate) async fn make_key(opened: &Opened, name: &str, rank: Rank) -> Result<String> {
    let (id, text, key) = fresh_key(&opened.engine, name, rank);
    let change = Changed { object: Object::ApiKey, id, json: Some(serde_json::to_value(key)?) };
    opened.engine.configure(&Permit::system(Part::Setup), vec![change]).await?;
    Ok(text)
}

fn app(opened: &Opened, options: &Options, public_url: &str, stop: watch::Receiver<bool>) -> Result<App> {
    // One recorder for the process: this is called once.
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("metrics go to a recorder that was there first; /metrics stays empty");
    }
    Ok(App::new(Inner {
        engine: opened.engine.clone(),
        search: opened.search.clone(),
        registry: opened.registry.clone(),
        tokens: opened.engine.master().tokens(),
        data: options.store.data.clone(),
        throttle: Throttle::default(),
        rates: Rates::new(&options.limits),
        limits: options.limits.clone(),
        chat_sockets: Counts::default(),
        address_sockets: Counts::default(),
        proxies: options.server.proxies.clone(),
        leaving: AtomicBool::new(false),
        uploads: Uploads::default(),
        metrics: handle,
        secure: public_url.starts_with("https://"),
        stop,
    }))
}

/// Listens until Ctrl-C or SIGTERM.
pub(crate) async fn serve(options: Options, extras: Extras) -> Result<()> {
    let listener = listen(&options.server.listen).await?;
    let address = listener.local_addr()?;
    let local = format!("http://{address}");
    let public_url = match options.server.public_url.trim_end_matches('/') {
        "" => local.clone(),
        url => url.to_owned(),
    };
    let opened = open(&options, public_url.clone()).await?;
    if extras.demo {
        demo::seed_demo(&opened.engine, extras.demo_knowledge.as_deref()).await?;
        opened.registry.rebuild(&opened.engine.config());
    }
    if extras.demo_data
        && let Err(error) = demo::seed_data(&opened.engine).await
    {
        // A hub without demo data is a good hub.
        tracing::error!(error = format!("{error:#}"), "the demo data could not be seeded");
    }
    if let Some(path) = &extras.demo_key {
        let key = make_key(&opened, "tests", Rank::Administrator).await?;
        write_private(path, &key)?;
    }
    let (stop, stopped) = watch::channel(false);
    let app = app(&opened, &options, &public_url, stopped.clone())?;
    follow_configuration(&opened);
    outlive_quotas();
    opened.engine.run();
    opened.search.run();
    let link = if app.set_up() { None } else { Some(set_up_link(&opened.engine, &public_url).await?) };
    println!("baton ready {local}");
    print_addresses(&public_url, &options, link.as_deref(), extras.demo);
    let bounds = Bounds {
        connections: serving::possible(options.limits.connections),
        per_address: options.limits.connections_per_address,
        proxies: options.server.proxies.clone(),
    };
    let router = http::router(app.clone());
    let mut serving = pin!(serving::serve(listener, router, bounds, opened.runtime.clone(), stopped));
    tokio::select! {
        () = serving.as_mut() => {}
        () = interrupted() => {}
    }
    tracing::info!("stopping");
    let limit = Duration::from_secs(options.server.stop_seconds);
    let stopping = async {
        // A balancer sees that new customers belong elsewhere before the first of them is turned away.
        app.leaving.store(true, Ordering::Release);
        let drain = Duration::from_secs(options.server.drain_seconds).min(limit / 2);
        tokio::select! {
            () = serving.as_mut() => {}
            () = sleep(drain) => {}
        }
        opened.engine.stop();
        stop.send_replace(true);
        // A client that never lets go does not keep the hub from stopping; a part of the time is the store's.
        if timeout((limit - drain) * 3 / 4, serving).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        let (index, store) = (opened.index.clone(), opened.store.clone());
        let closing = tokio::task::spawn_blocking(move || {
            index.close();
            store.close();
        });
        closing.await
    };
    match timeout(limit, stopping).await {
        Ok(Ok(())) => tracing::info!("stopped; nothing that was accepted is lost"),
        _ => anyhow::bail!("the store was not closed in time; what was accepted is kept, and the next start looks"),
    }
    Ok(())
}

/// The address that was asked for; where its port is taken, one of the next.
async fn listen(address: &str) -> Result<TcpListener> {
    let wanted: SocketAddr = address.parse().with_context(|| format!("{address} is no address with a port"))?;
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && wanted.port() != 0 => {
            for port in wanted.port() + 1..wanted.port().saturating_add(50) {
                if let Ok(listener) = TcpListener::bind(SocketAddr::new(wanted.ip(), port)).await {
                    println!("Port {} is taken; using {port}.", wanted.port());
                    return Ok(listener);
                }
            }
            Err(error).with_context(|| format!("{wanted} and the ports after it are taken"))
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {wanted}")),
    }
}

/// Rebuilds plug-ins when settings change, and takes in changed knowledge files.
fn follow_configuration(opened: &Opened) {
    let (engine, registry, runtime) = (opened.engine.clone(), opened.registry.clone(), opened.runtime.clone());
    let mut signals = engine.subscribe();
    opened.runtime.spawn(
        "configuration",
        Box::pin(async move {
            use tokio::sync::broadcast::error::RecvError;
            let mut next_look = runtime.now();
            loop {
                tokio::select! {
                    signal = signals.recv() => match signal {
                        Ok(Signal::Configured) | Err(RecvError::Lagged(_)) => {
                            let (registry, config) = (registry.clone(), engine.config());
                            let _ = tokio::task::spawn_blocking(move || registry.rebuild(&config)).await;
                        }
                        Ok(_) => {}
                        Err(RecvError::Closed) => return,
                    },
                    () = runtime.sleep_until(next_look) => {
                        next_look = runtime.now() + 2_000;
                        let registry = registry.clone();
                        let _ = tokio::task::spawn_blocking(move || registry.reload_files()).await;
                    }
                }
            }
        }),
    );
}

/// A write beyond a quota ends a program by a signal, unless somebody takes it: that the write fails is enough.
fn outlive_quotas() {
    #[cfg(unix)]
    {
        const SIGXFSZ: i32 = 25;
        if let Err(error) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)) {
            tracing::debug!(%error, "a quota may end this program");
        }
    }
}

async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

fn print_addresses(url: &str, options: &Options, link: Option<&str>, demo: bool) {
    let mut lines = Vec::new();
    if demo {
        lines.push(format!("Try it   {url}/try"));
    }
    match link {
        Some(link) => lines.push(format!("Set up   {link}   (once, 60 minutes)")),
        None => lines.push(format!("Desk     {url}/console")),
    }
    lines.push(format!("Data     {}", options.store.data.display()));
    lines.push("Stop     Ctrl-C".to_owned());
    lines.push("Docs     docs/README.md".to_owned());
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    println!("┌{}┐", "─".repeat(width + 2));
    for line in lines {
        println!("│ {line}{} │", " ".repeat(width - line.chars().count()));
    }
    println!("└{}┘", "─".repeat(width + 2));
}
