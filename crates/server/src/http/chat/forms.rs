//! Filling in a form that somebody sent into the chat.

use super::Customer;
use crate::app::App;
use crate::problem::Problem;
use baton_core::actor::Who;
use baton_core::content::{Content, Error, Part};
use baton_core::event::Body;
use baton_core::form::{Form, Wrong, filled, hidden};
use baton_core::refusal::Refusal;
use serde_json::{Map, Value};

/// The form that stands at this position, if there is one.
async fn form_at(app: &App, customer: &Customer, position: u64) -> Result<Option<Form>, Problem> {
    let found = app.engine.at_position(&customer.permit, customer.id, position).await?;
    let form = found.filter(|opened| opened.header.actor.who != Who::Customer).and_then(|opened| {
        let Some(Body::Message { content, .. }) = opened.body else { return None };
        content.parts.iter().find_map(|part| match part {
            Part::Form { json } => Form::of(json),
            _ => None,
        })
    });
    Ok(form)
}

/// What was filled in. What is secret is named in the part, and the engine's redaction takes it out.
pub(super) async fn answer(
    app: &App,
    customer: &Customer,
    to: Option<u64>,
    values: &Map<String, Value>,
) -> Result<Content, Problem> {
    let to = to.ok_or_else(|| Problem::malformed("say in `reply_to` at which position the form stands"))?;
    let form = form_at(app, customer, to).await?.ok_or(Refusal::FormNotFound)?;
    let values = filled(&form.fields, values, &[]).map_err(|wrong| match wrong {
        // The name is not said again: what a page puts there by mistake may be what was typed.
        Wrong::Unasked { .. } => Problem::new(422, "field_invalid", "The form does not ask for one of these fields."),
        Wrong::Missing { key, label } => {
            Problem::new(422, "field_required", format!("Fill in \u{201c}{label}\u{201d}.")).with("field", key)
        }
        Wrong::Unfit { key, why } => Problem::new(422, "field_invalid", format!("{key}: {why}")).with("field", key),
    })?;
    if values.is_empty() {
        return Err(Refusal::Content(Error::Empty).into());
    }
    let secret: Vec<String> = form.secrets().filter(|key| values.contains_key(*key)).map(str::to_owned).collect();
    let line = |field: &baton_core::form::Field| {
        let value = values.get(&field.key)?;
        let value = if secret.contains(&field.key) { &hidden(&field.key) } else { value };
        Some(format!("{}: {value}", field.label))
    };
    let plain = form.fields.iter().filter_map(line).collect::<Vec<_>>().join("\n");
    let json = values.into_iter().map(|(key, value)| (key, value.into())).collect::<Map<_, _>>().into();
    let mut content = Content::parts(vec![Part::FormAnswer { json, secret }]).map_err(Refusal::from)?;
    content.plain = plain;
    Ok(content)
}

/// Words in reply to a form that asks for a secret would stand in the transcript: they are refused.
pub(super) async fn not_in_words(app: &App, customer: &Customer, to: Option<u64>) -> Result<(), Problem> {
    let Some(to) = to else { return Ok(()) };
    let form = form_at(app, customer, to).await?;
    if form.is_some_and(|form| form.secrets().next().is_some()) {
        let why = "This form asks for a secret. Send what was filled in as `form`, not as words; nothing was kept.";
        return Err(Problem::new(422, "form_answer_wanted", why));
    }
    Ok(())
}
