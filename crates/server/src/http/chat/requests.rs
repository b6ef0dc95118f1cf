//! The customer's requests.

use super::{Customer, forms, wire};
use crate::app::App;
use crate::files::{self, SendFile};
use crate::http::address::ClientAddress;
use crate::json::{Json, Path, Query};
use crate::problem::Problem;
use crate::rates::address_key;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baton_core::command::{Command, Rate, Say, Start};
use baton_core::content::{Content, Part};
use baton_core::decide::Reply;
use baton_core::event::Answered;
use baton_core::ids::{ClientId, Ids, MessageId, Ms, PersonId};
use baton_core::limits;
use baton_core::notice::person_word;
use baton_core::permission::{Action, Subject, permit};
use baton_core::refusal::Refusal;
use baton_engine::Done;
use baton_kit::runtime::seed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What a page may know before a chat begins.
pub(super) async fn inbox(State(app): State<App>, Path(slug): Path<String>) -> Result<Response, Problem> {
    let (id, inbox) = app.engine.inbox(&slug).map_err(|_| unknown_inbox())?;
    let settings = app.engine.settings();
    let bot = inbox.bot.map(|bot| settings.connection_name(bot).to_owned());
    let body = json!({
        "slug": inbox.slug, "name": inbox.name, "bot_name": bot, "language": inbox.language,
        "person_word": person_word(&inbox.language), "widget": app.public_widget(id),
    });
    Ok(axum::Json(body).into_response())
}

fn unknown_inbox() -> Problem {
    Problem::new(404, "unknown_inbox", "There is no inbox of this name. The snippet names one as `data-inbox`.")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StartBody {
    inbox: String,
    client: ClientId,
    language: Option<String>,
    name: Option<String>,
    page: Option<String>,
    key: Option<String>,
    #[serde(default)]
    variables: Map<String, Value>,
    /// Who the customer is, signed by the house's own site.
    identity: Option<String>,
    /// Answers to the questions before the chat.
    #[serde(default)]
    fields: Map<String, Value>,
}

pub(super) async fn start(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Json(body): Json<StartBody>,
) -> Result<Response, Problem> {
    let engine = &app.engine;
    let now = engine.runtime().now();
    if let Some(address) = address {
        app.rates.starts.take(address_key(address), now)?;
    }
    let (inbox, settings) = engine.inbox(&body.inbox).map_err(|_| unknown_inbox())?;
    app.rates.inbox_starts.take(inbox.0.as_u128(), now)?;
    let identity = body.identity.filter(|token| !token.is_empty());
    let identity = identity.map(|token| app.read_identity(inbox, &token)).transpose()?;
    let mut known: Vec<&str> = Vec::new();
    if let Some(identity) = &identity {
        let told = [("name", &identity.name), ("mail", &identity.mail), ("phone", &identity.phone)];
        known.extend(told.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| *key));
    }
    let fields = app.widget(inbox).filled(&body.fields, &known)?;
    let mut variables = body.variables;
    variables.extend(fields.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))));
    let variables_size = serde_json::to_vec(&variables).map_or(0, |bytes| bytes.len());
    if variables_size > limits::VARIABLES_BYTES {
        return Err(Refusal::Field("variables").into());
    }
    let page = body.page.filter(|page| page.chars().count() <= 2_000);
    // The first two letters are the language; `de-AT` and `de_AT` are German.
    let language =
        body.language.map(|tag| tag.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_lowercase());
    let language = language.filter(|code| code.len() == 2).unwrap_or(settings.language);
    // Who is known has the same person on every device; who is not is a new one each time.
    let known = match &identity {
        Some(identity) => app.person_of(inbox, identity).await?,
        None => None,
    };
    let person = match known {
        Some(person) => person,
        None => PersonId(Ids::new(seed(&**engine.runtime()), engine.runtime().now()).deal()),
    };
    let told = |key: &str| fields.get(key).cloned();
    let name = identity.as_ref().and_then(|identity| identity.name.clone());
    let name = name.or_else(|| told("name")).or(body.name).filter(|name| !name.trim().is_empty());
    let contact = identity.as_ref().and_then(|identity| identity.mail.clone().or(identity.phone.clone()));
    let contact = contact.or_else(|| told("mail")).or_else(|| told("phone"));
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let device = agent.and_then(super::device::words);
    let start = Start { inbox, person, language, name, contact, page, device, variables };
    // Anybody may open a conversation; the subject is the one that comes of it.
    let anybody = Subject::Customer { conversation: baton_core::ids::ConversationId(uuid::Uuid::nil()) };
    let start_permit = permit(&anybody, Action::Start)?;
    let started = engine.start(&start_permit, start, body.key.as_deref().filter(|key| key.len() <= 200)).await?;
    let token = app.chat_token(started.conversation, started.state.inbox);
    let customer = app.customer(&token)?;
    let mut started = started;
    // A repeat may be of another who uses this device.
    if let Some(identity) = identity.filter(|_| !started.state.known || started.state.person != person) {
        started.state = app.make_known(&customer, started.state, identity).await?;
    }
    let next = started.state.clients.get(&body.client).copied().unwrap_or(0) + 1;
    let body = json!({
        "conversation": started.conversation,
        "token": token,
        "client": body.client,
        "next_counter": next,
        "cursor": app.cursor_at(0),
        "state": wire::state(&app, &customer.permit, &started.state).await,
    });
    let status = if started.repeat { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(body)).into_response())
}

pub(super) async fn state(State(app): State<App>, customer: Customer) -> Result<Response, Problem> {
    let state = app.engine.conversation(&customer.permit, customer.id).await?;
    Ok(axum::Json(wire::state(&app, &customer.permit, &state).await).into_response())
}

#[derive(Deserialize)]
pub(super) struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn events(
    State(app): State<App>,
    customer: Customer,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let after = app.chat_cursor(page.after.as_deref())?;
    let limit = page.limit.unwrap_or(100).clamp(1, limits::PAGE);
    let events = app.engine.positions(&customer.permit, customer.id, after, limit).await?;
    let settings = app.engine.settings();
    let last = events.last().and_then(|event| event.header.position).unwrap_or(after);
    let more = events.len() == limit;
    let events: Vec<_> = events.iter().filter_map(|event| wire::event(event, &settings)).collect();
    Ok(axum::Json(json!({"events": events, "cursor": app.cursor_at(last), "more": more})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceBody {
    label: String,
    value: String,
}

/// A send, by request or by frame.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendBody {
    client: ClientId,
    counter: u64,
    text: Option<String>,
    choice: Option<ChoiceBody>,
    /// A file that was uploaded before.
    file: Option<SendFile>,
    /// What was filled in: of the form that stands at `reply_to`.
    form: Option<Map<String, Value>>,
    reply_to: Option<u64>,
}

impl SendBody {
    pub(super) fn client(&self) -> (ClientId, u64) {
        (self.client, self.counter)
    }

    async fn content(&self, app: &App, customer: &Customer) -> Result<Content, Problem> {
        if let (None, None, None, Some(values)) = (&self.text, &self.choice, &self.file, &self.form) {
            return forms::answer(app, customer, self.reply_to, values).await;
        }
        forms::not_in_words(app, customer, self.reply_to).await?;
        match (&self.text, &self.choice, &self.file) {
            _ if self.form.is_some() => Err(Problem::malformed("send one of `text`, `choice`, `file` and `form`")),
            (Some(text), None, None) => Ok(Content::text(text).map_err(Refusal::from)?),
            (None, None, Some(file)) => files::content(app, &customer.permit, customer.id, file, false).await,
            (None, Some(choice), None) => {
                let text = Part::Text { text: choice.label.clone(), markdown: false, language: None };
                let value = Part::Event { name: "choice".into(), json: json!({"value": choice.value}) };
                let mut content = Content::parts(vec![text, value]).map_err(Refusal::from)?;
                content.plain = choice.label.trim().to_owned();
                if content.plain.is_empty() {
                    return Err(Refusal::Content(baton_core::content::Error::Empty).into());
                }
                Ok(content)
            }
            _ => Err(Problem::malformed("send one of `text`, `choice`, `file` and `form`")),
        }
    }
}

/// Where a message stands.
#[derive(Serialize)]
pub(super) struct Said {
    position: Option<u64>,
    at: Ms,
    counter: u64,
    client: ClientId,
    message: MessageId,
}

/// Says something; the answer is that of the first time, however often it is repeated.
pub(super) async fn say(app: &App, customer: &Customer, body: &SendBody) -> Result<(bool, Said), Problem> {
    let say = Say {
        content: body.content(app, customer).await?,
        once: Some(body.client()),
        reply_to: body.reply_to,
        basis: None,
        hold: false,
    };
    let Done { reply, said, .. } = app.engine.execute(&customer.permit, customer.id, Command::Say(say)).await?;
    let said = said.ok_or_else(|| Problem::new(500, "internal", "The first send of this count cannot be found."))?;
    let (client, counter) = body.client();
    let answer = Said { position: said.position, at: said.at, counter, client, message: said.message };
    Ok((reply == Reply::Repeat, answer))
}

pub(super) async fn send(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<SendBody>,
) -> Result<Response, Problem> {
    app.may_say(&customer)?;
    let (repeat, answer) = say(&app, &customer, &body).await?;
    let status = if repeat { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(answer)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

pub(super) async fn person(
    State(app): State<App>,
    customer: Customer,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    let done = app.engine.execute(&customer.permit, customer.id, Command::AskPerson).await?;
    let Reply::Answer(answer) = done.reply else {
        return Err(Problem::new(500, "internal", "A request for a person got no answer."));
    };
    Ok(axum::Json(json!({"answer": wire::answer(&answer, &app.engine)})).into_response())
}

pub(super) async fn withdraw(
    State(app): State<App>,
    customer: Customer,
    Json(Empty {}): Json<Empty>,
) -> Result<Response, Problem> {
    app.engine.execute(&customer.permit, customer.id, Command::Withdraw).await?;
    Ok(axum::Json(json!({})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaveBody {
    text: Option<String>,
    contact: Option<String>,
    /// With `counter`: a repeat of this send is known.
    client: Option<ClientId>,
    counter: Option<u64>,
}

pub(super) async fn leave_message(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<LeaveBody>,
) -> Result<Response, Problem> {
    app.may_say(&customer)?;
    let text = body.text.filter(|text| !text.trim().is_empty());
    let once = body.client.zip(body.counter);
    let text = text.map(|text| Content::text(&text)).transpose().map_err(Refusal::from)?;
    let text = text.map(|content| Say { content, once, reply_to: None, basis: None, hold: false });
    let command = Command::LeaveMessage { text, contact: body.contact };
    let done = app.engine.execute(&customer.permit, customer.id, command).await?;
    let due = match done.state.own.holder {
        baton_core::ownership::Holder::Queue { due, .. } => Some(due),
        _ => None,
    };
    Ok(axum::Json(json!({"reference": baton_core::ids::reference(customer.id), "due": due})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateBody {
    answered: Option<Answered>,
    agent: Option<u8>,
    bot: Option<u8>,
    comment: Option<String>,
}

pub(super) async fn rate(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<RateBody>,
) -> Result<Response, Problem> {
    let RateBody { answered, agent, bot, comment } = body;
    app.engine.execute(&customer.permit, customer.id, Command::Rate(Rate { answered, agent, bot, comment })).await?;
    Ok(axum::Json(json!({})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypingBody {
    on: bool,
}

pub(super) async fn typing(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<TypingBody>,
) -> Result<StatusCode, Problem> {
    app.engine.typing(&customer.permit, customer.id, body.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenBody {
    position: u64,
}

pub(super) async fn seen(
    State(app): State<App>,
    customer: Customer,
    Json(body): Json<SeenBody>,
) -> Result<StatusCode, Problem> {
    app.engine.seen(&customer.permit, customer.id, body.position)?;
    Ok(StatusCode::NO_CONTENT)
}
