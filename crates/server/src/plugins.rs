//! The configured plug-ins: built from the configuration, built anew when it changes.

use baton_core::event::Object;
use baton_core::ids::{ConnectionId, Hash16};
use baton_engine::{Config, Plugins};
use baton_kit::bot::Bot;
use baton_kit::keys::Master;
use baton_kit::runtime::SharedRuntime;
use baton_kit::target::Target;
use baton_plugins::bots::builtin::{BuiltinBot, plugin::Plugin};
use baton_plugins::bots::http::HttpBot;
use baton_plugins::targets::http::{HttpTarget, Manifest};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// A bot's plug-in and its settings.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum BotPlugin {
    /// Answers from a knowledge file.
    Builtin {
        /// The file's text.
        #[serde(default)]
        knowledge: Option<String>,
        /// Or a file on the hub's disk, taken again when it changes.
        #[serde(default)]
        file: Option<PathBuf>,
    },
    /// Any bot by the HTTP contract.
    Http(baton_plugins::bots::http::Config),
}

/// A target's plug-in and its settings.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum TargetPlugin {
    /// Any desk by the HTTP contract.
    Http(baton_plugins::targets::http::Config),
}

struct Built<T: ?Sized> {
    version: u32,
    plugin: Arc<T>,
}

#[derive(Default)]
struct Inner {
    bots: HashMap<ConnectionId, BuiltBot>,
    targets: HashMap<ConnectionId, (Built<dyn Target>, Arc<HttpTarget>)>,
    files: HashMap<ConnectionId, Watched>,
}

/// A bot's plug-in, and the same as what it is where it makes requests of its own.
struct BuiltBot {
    version: u32,
    plugin: Arc<dyn Bot>,
    http: Option<Arc<HttpBot>>,
}

type Made = (Arc<dyn Bot>, Option<Arc<HttpBot>>, Option<Watched>);

struct Watched {
    path: PathBuf,
    text: String,
    bot: Arc<BuiltinBot>,
}

/// All plug-ins of this hub.
pub(crate) struct Registry {
    inner: RwLock<Inner>,
    runtime: SharedRuntime,
    master: Master,
}

impl Registry {
    pub(crate) fn new(runtime: SharedRuntime, master: Master) -> Self {
        Self { inner: RwLock::default(), runtime, master }
    }

    /// Builds what is new or changed and drops what is gone. What cannot be built is said and left out: its
    /// conversations go to people.
    pub(crate) fn rebuild(&self, config: &Config) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner
            .bots
            .retain(|id, built| config.objects.get(&(Object::Bot, id.0)).is_some_and(|(v, _)| *v == built.version));
        inner.targets.retain(|id, (built, _)| {
            config.objects.get(&(Object::Target, id.0)).is_some_and(|(v, _)| *v == built.version)
        });
        for (id, version, json) in config.all(Object::Bot) {
            let id = ConnectionId(id);
            if inner.bots.contains_key(&id) {
                continue;
            }
            inner.files.remove(&id);
            match self.build_bot(json) {
                Ok((plugin, http, watched)) => {
                    inner.bots.insert(id, BuiltBot { version, plugin, http });
                    inner.files.extend(watched.map(|watched| (id, watched)));
                }
                Err(why) => tracing::error!(bot = %id, why, "a bot cannot be used; its conversations go to people"),
            }
        }
        for (id, version, json) in config.all(Object::Target) {
            let id = ConnectionId(id);
            if inner.targets.contains_key(&id) {
                continue;
            }
            match self.build_target(json) {
                Ok(target) => {
                    inner.targets.insert(id, (Built { version, plugin: target.clone() as Arc<dyn Target> }, target));
                }
                Err(why) => {
                    tracing::error!(target = %id, why, "a target cannot be used; its conversations go elsewhere")
                }
            }
        }
    }

    fn build_bot(&self, json: &Value) -> Result<Made, String> {
        let plugin = json.get("plugin").cloned().unwrap_or_default();
        match serde_json::from_value(plugin).map_err(|error| error.to_string())? {
            BotPlugin::Builtin { knowledge: Some(text), .. } => {
                let bot = Arc::new(BuiltinBot::new(&text).map_err(|error| error.to_string())?);
                Ok((Arc::new(Plugin(bot)), None, None))
            }
            BotPlugin::Builtin { knowledge: None, file: Some(path) } => {
                let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                let bot = Arc::new(BuiltinBot::new(&text).map_err(|error| error.to_string())?);
                Ok((Arc::new(Plugin(bot.clone())), None, Some(Watched { path, text, bot })))
            }
            BotPlugin::Builtin { knowledge: None, file: None } => Err("it has neither knowledge nor a file".into()),
            BotPlugin::Http(config) => {
                let bot = HttpBot::new(config, self.runtime.clone()).map_err(|error| error.to_string())?;
                let bot = Arc::new(bot);
                Ok((bot.clone(), Some(bot), None))
            }
        }
    }

    fn build_target(&self, json: &Value) -> Result<Arc<HttpTarget>, String> {
        let plugin = json.get("plugin").cloned().unwrap_or_default();
        let TargetPlugin::Http(config) = serde_json::from_value(plugin).map_err(|error| error.to_string())?;
        let master = self.master.clone();
        let hash = Arc::new(move |text: &str| -> Hash16 { master.outside(text) });
        HttpTarget::new(config, self.runtime.clone(), hash).map(Arc::new).map_err(|error| error.to_string())
    }

    /// Takes changed knowledge files in. A file with a mistake leaves the old knowledge in place and is said.
    pub(crate) fn reload_files(&self) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        for watched in inner.files.values_mut() {
            let Ok(text) = std::fs::read_to_string(&watched.path) else { continue };
            if text == watched.text {
                continue;
            }
            match watched.bot.reload(&text) {
                Ok(()) => tracing::info!(file = %watched.path.display(), "the knowledge file was taken in"),
                Err(error) => {
                    tracing::error!(file = %watched.path.display(), %error, "the knowledge file has a mistake; the old knowledge stays")
                }
            }
            watched.text = text;
        }
    }

    /// The bot behind this address, to check its signature.
    pub(crate) fn http_bot(&self, id: ConnectionId) -> Option<Arc<HttpBot>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.bots.get(&id).and_then(|bot| bot.http.clone())
    }

    /// The target of this callback, to check its signature.
    pub(crate) fn http_target(&self, id: ConnectionId) -> Option<Arc<HttpTarget>> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.targets.get(&id).map(|(_, target)| target.clone())
    }

    /// What a target says of itself, for the card that decisions see.
    pub(crate) fn manifest(json: &Value) -> Option<Manifest> {
        serde_json::from_value(json.get("can")?.clone()).ok()
    }
}

impl Plugins for Registry {
    fn bot(&self, id: ConnectionId) -> Option<Arc<dyn Bot>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).bots.get(&id).map(|built| built.plugin.clone())
    }

    fn target(&self, id: ConnectionId) -> Option<Arc<dyn Target>> {
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .targets
            .get(&id)
            .map(|(built, _)| built.plugin.clone())
    }
}
