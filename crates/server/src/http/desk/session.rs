//! Set-up, log-in, and who one is.

use crate::accounts::{Account, Caller, check_strength, digest, hash_passphrase};
use crate::app::App;
use crate::http::address::ClientAddress;
use crate::json::Json;
use crate::problem::Problem;
use crate::rates::address_key;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use baton_core::actor::Part;
use baton_core::event::{Object, PresenceBy};
use baton_core::hours::is_zone;
use baton_core::ids::{AgentId, Ids, Ms};
use baton_core::limits;
use baton_core::permission::{Action, Permit, Subject};
use baton_core::settings::{AgentCard, Rank};
use baton_engine::Changed;
use baton_kit::runtime::seed;
use baton_kit::store::Record;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long it is told when a link was used.
const USED_KNOWN: Ms = 30 * 24 * 60 * 60 * 1_000;

pub(super) async fn set_up_needed(State(app): State<App>) -> Response {
    axum::Json(json!({"needed": !app.set_up()})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUp {
    secret: String,
    name: String,
    mail: String,
    passphrase: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    language: String,
}

/// Makes an administrator by a one-time link. Of two who use it at once one wins.
pub(super) async fn set_up(
    State(app): State<App>,
    headers: HeaderMap,
    Json(body): Json<SetUp>,
) -> Result<Response, Problem> {
    same_site(&app, &headers)?;
    let (store, runtime) = (app.engine.store(), app.engine.runtime());
    let key = digest(&body.secret);
    let Some(link) = store.record("setup", &key, runtime.now()).await? else {
        return Err(no_link(&app, &key).await?);
    };
    let invalid = |why: &str| Err(Problem::new(422, "object_invalid", why));
    let (name, mail) = (body.name.trim(), body.mail.trim());
    if name.is_empty() || name.chars().count() > limits::NAME_CHARS || name.chars().any(char::is_control) {
        return invalid("name: give the name that customers will read, at most 80 characters");
    }
    if !mail.contains('@') || mail.len() > 200 || mail.chars().any(char::is_whitespace) {
        return invalid("mail: give a mail address");
    }
    let known = |text: &str| text.len() <= 64 && text.is_ascii();
    if !known(&body.time_zone) || !known(&body.language) {
        return invalid("time_zone, language: give names such as Europe/Berlin and de");
    }
    check_strength(&body.passphrase)?;
    if app.account_by_mail(mail).is_some() {
        return Err(Problem::new(409, "mail_taken", "Another account has this mail address."));
    }
    let passphrase = hash_passphrase(body.passphrase).await?;
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let account = Account {
        card: AgentCard { name: name.into(), role: Rank::Administrator, capacity: limits::CAPACITY, active: true },
        mail: mail.into(),
        passphrase: Some(passphrase),
        time_zone: or(body.time_zone, "UTC"),
        language: or(body.language, "en"),
        demo: false,
    };
    let zone = account.time_zone.clone();
    let json = serde_json::to_value(account).map_err(|error| Problem::new(500, "internal", error.to_string()))?;
    // Before the link is taken: whoever comes second must find when it was used.
    let now = runtime.now();
    let used = Record {
        kind: "setup_used".into(),
        key: key.clone(),
        value: now.to_string().into_bytes(),
        expires: now + USED_KNOWN,
    };
    store.put_record(used).await?;
    if !store.take_record("setup", &key).await? {
        return Err(no_link(&app, &key).await?);
    }
    let id = Ids::new(seed(&**runtime), runtime.now()).deal();
    let mut changes = vec![Changed { object: Object::Agent, id, json: Some(json) }];
    changes.extend(inboxes_in(&app, &zone));
    if let Err(error) = app.engine.configure(&Permit::system(Part::Setup), changes).await {
        // Nothing was made: the link is as good as before.
        store.put_record(link).await?;
        store.take_record("setup_used", &key).await?;
        return Err(error.into());
    }
    logged_in(&app, AgentId(id), StatusCode::CREATED).await
}

/// The inboxes that were there before anybody was set up get the clock of whoever sets up.
fn inboxes_in(app: &App, zone: &str) -> Vec<Changed> {
    if !is_zone(zone) {
        return Vec::new();
    }
    let config = app.engine.config();
    let without = config.all(Object::Inbox).filter(|(.., json)| json.pointer("/card/time_zone").is_none());
    without
        .map(|(id, _, json)| {
            let mut json = json.clone();
            if let Some(card) = json.get_mut("card").and_then(serde_json::Value::as_object_mut) {
                card.insert("time_zone".into(), zone.into());
            }
            Changed { object: Object::Inbox, id, json: Some(json) }
        })
        .collect()
}

/// Why a link is not good.
async fn no_link(app: &App, key: &[u8]) -> Result<Problem, Problem> {
    let used = app.engine.store().record("setup_used", key, app.engine.runtime().now()).await?;
    let at: Option<Ms> = used.and_then(|record| String::from_utf8(record.value).ok()?.parse().ok());
    Ok(match at {
        Some(at) => Problem::new(410, "setup_link_used", "This link was used. `baton admin link` makes a new one.")
            .with("used_at", at),
        None if app.set_up() => {
            Problem::new(409, "setup_done", "This hub is set up. Log in, or make a new link with `baton admin link`.")
        }
        None => Problem::new(
            410,
            "setup_link_used",
            "This link was used or is older than 60 minutes. `baton admin link` makes a new one.",
        )
        .with("used_at", Value::Null),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
    mail: String,
    passphrase: String,
}

pub(super) async fn log_in(
    State(app): State<App>,
    address: ClientAddress,
    headers: HeaderMap,
    Json(body): Json<LogIn>,
) -> Result<Response, Problem> {
    same_site(&app, &headers)?;
    if let Some(address) = address.0 {
        // Each costs tens of milliseconds of a core, right or wrong.
        app.rates.log_ins.take(address_key(address), app.engine.runtime().now())?;
    }
    let agent = app.check_log_in(&body.mail, body.passphrase, &address.text()).await?;
    logged_in(&app, agent, StatusCode::OK).await
}

async fn logged_in(app: &App, agent: AgentId, status: StatusCode) -> Result<Response, Problem> {
    let (cookie, csrf) = app.log_in(agent).await?;
    let rank = app.engine.settings().agents.get(&agent).map_or(Rank::Agent, |card| card.role);
    let caller = Caller { subject: Subject::Person { agent, rank }, csrf: Some(csrf) };
    let me = describe(app, &caller).await?;
    Ok((status, [(header::SET_COOKIE, cookie)], axum::Json(me)).into_response())
}

pub(super) async fn log_out(State(app): State<App>, _caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    let cookie = app.log_out(&headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    Ok(axum::Json(describe(&app, &caller).await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Presence {
    available: bool,
}

pub(super) async fn presence(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<Presence>,
) -> Result<Response, Problem> {
    app.engine.set_presence(&caller.may(Action::Presence)?, body.available).await?;
    Ok(axum::Json(describe(&app, &caller).await?).into_response())
}

/// Who the caller is, and how things stand with them.
pub(super) async fn describe(app: &App, caller: &Caller) -> Result<Value, Problem> {
    let permit = caller.may(Action::Read)?;
    let (settings, now) = (app.engine.settings(), app.engine.runtime().now());
    let Some(agent) = caller.agent() else {
        // A key that acts for nobody: it reads, and has neither seats nor presence.
        return Ok(json!({
            "agent": null, "name": null, "mail": null, "role": caller.rank(), "csrf": "",
            "presence": {"available": false, "reachable": false, "by": "system"},
            "capacity": 0, "load": 0, "queues": [],
        }));
    };
    let state = app.engine.agent(&permit, agent).await?;
    let by = if state.by == PresenceBy::Own { "self" } else { "system" };
    let queues: Vec<_> = settings.queues.keys().filter(|queue| settings.serves(agent, **queue)).collect();
    Ok(json!({
        "agent": agent,
        "name": settings.agent_name(agent),
        "mail": app.account(agent).map(|account| account.mail),
        "role": caller.rank(),
        "csrf": caller.csrf.clone().unwrap_or_default(),
        "presence": {
            "available": state.available, "reachable": app.engine.reach().reachable(agent, now), "by": by,
        },
        "capacity": settings.agents.get(&agent).map_or(0, |card| card.capacity),
        "load": state.load(),
        "queues": queues,
    }))
}

/// A browser says from which site a request comes: another site's page may not log anybody in or use their cookie.
pub(super) fn same_site(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let host = |url: &str| url.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
    let from = host(origin);
    if from.is_some() && (from.as_deref() == text(header::HOST) || from == host(app.engine.public_url())) {
        return Ok(());
    }
    Err(Problem::new(403, "csrf_missing", "The request comes from a page of another site."))
}
