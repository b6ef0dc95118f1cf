//! One conversation: what the panel beside it shows, and its events in pages.

use super::texts::History;
use super::wire;
use super::{Desk, View};
use crate::json::{Path, Query};
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use baton_core::actor::Who;
use baton_core::conversation::Conversation;
use baton_core::event::{Body, BotSaid, Fact};
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_core::ownership::{Guest, Holder, Pause};
use baton_core::settings::{Rank, Settings};
use baton_engine::{Opened, RowData};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn detail(desk: Desk, Path(id): Path<ConversationId>) -> Result<Response, Problem> {
    let view = desk.view()?;
    let detail = view.detail(id).await?;
    view.app.engine.look(&view.permit, id).await?;
    Ok(axum::Json(detail).into_response())
}

#[derive(Deserialize)]
pub(super) struct Asked {
    after: Option<u64>,
    before: Option<u64>,
    limit: Option<usize>,
}

/// Downwards after a seq, upwards before one; without either the newest.
pub(super) async fn events(
    desk: Desk,
    Path(id): Path<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let view = desk.view()?;
    let (row, _) = view.readable(id).await?;
    view.app.engine.look(&view.permit, id).await?;
    let engine = &view.app.engine;
    let limit = wire::page(asked.limit, 100, limits::PAGE);
    let (events, more) = match (asked.after, asked.before) {
        (Some(_), Some(_)) => return Err(Problem::malformed("give `after` or `before`, not both")),
        (Some(after), None) => {
            let events = engine.events(&view.permit, id, after, limit).await?;
            let more = events.last().is_some_and(|last| last.header.seq < row.seq);
            (events, more)
        }
        (None, before) => {
            let events = engine.events_before(&view.permit, id, before.unwrap_or(row.seq + 1), limit).await?;
            let more = events.first().is_some_and(|first| first.header.seq > 1);
            (events, more)
        }
    };
    let settings = engine.settings();
    let last = events.last().map_or(row.seq, |last| last.header.seq.max(row.seq));
    let events: Vec<_> = events.iter().map(|opened| wire::event(opened, &settings)).collect();
    Ok(axum::Json(json!({"events": events, "first_seq": 1, "last_seq": last, "more": more})).into_response())
}

impl View {
    /// The panel: the row and what stands beside it.
    pub(super) async fn detail(&self, id: ConversationId) -> Result<Value, Problem> {
        let engine = &self.app.engine;
        let (row, mut out) = self.readable(id).await?;
        let state = engine.conversation(&self.permit, id).await?;
        let settings = engine.settings();
        let data: RowData = wire::data(&row)?;
        let texts = self.row_texts(&row, &data).await?;
        let history = self.history(&state).await?;
        let asked = texts.asked.as_deref().filter(|asked| asked.at >= data.opened_at);
        out["reason"] = json!(asked.map(|asked| json!({
            "trigger": asked.trigger, "evidence": asked.evidence, "from": asked.by, "at": asked.at, "turns": asked.turns,
        })));
        let mut variables = history.attached.clone();
        variables.extend(history.set.clone());
        // A bot's own memory is nothing for people.
        variables.retain(|name, _| !name.starts_with('_'));
        out["variables"] = json!(variables);
        out["brief"] = json!(history.brief);
        out["episodes"] = history
            .episodes
            .iter()
            .map(|(episode, opened, closed)| json!({"episode": episode, "opened_at": opened, "closed_at": closed}))
            .collect();
        out["guests"] = state
            .own
            .guests
            .iter()
            .map(|guest| match guest {
                Guest::Agent { id } => json!({"id": id, "name": settings.agent_name(*id)}),
                Guest::Bot { id } => json!({"id": id, "name": settings.connection_name(*id)}),
            })
            .collect();
        self.about(&state, &texts, &mut out).await?;
        out["tried"] = history.tried.json();
        out["earlier"] = self.earlier(&state, &history.past).await?;
        out["can"] = self.can(&state, &settings);
        Ok(out)
    }

    /// What this reader can do now; core has the last word.
    fn can(&self, state: &Conversation, settings: &Settings) -> Value {
        let own = &state.own;
        let (open, me) = (!state.closed(), self.reader.agent);
        let lead = me.is_some() && self.reader.rank >= Rank::Supervisor;
        let is_me = |agent| me == Some(agent);
        let holds = matches!(own.holder, Holder::Agent { agent, .. } if is_me(agent));
        let guest = me.is_some_and(|id| own.guests.contains(&Guest::Agent { id }));
        let speaks = open && me.is_some_and(|id| own.may_speak(&Who::Agent { id }));
        let seat = own.holder.seat().is_some_and(is_me) || (!open && state.last_agent.is_some_and(is_me));
        let handles = seat || guest || lead;
        let offered = own.offer.as_ref().is_some_and(|offer| is_me(offer.to));
        let pick = match &own.holder {
            Holder::Queue { queue, .. } => {
                me.is_some_and(|agent| settings.serves(agent, *queue))
                    && own.offer.as_ref().is_none_or(|offer| is_me(offer.to))
            }
            _ => false,
        };
        let take_over = match &own.holder {
            Holder::Bot { .. } => me.is_some(),
            Holder::Agent { .. } | Holder::Target { .. } => lead && !holds,
            _ => false,
        };
        let bot = settings.inboxes.get(&state.inbox).and_then(|inbox| inbox.bot);
        let bot = bot.is_some_and(|bot| settings.is_bot(bot))
            && state.bot_failures < limits::BOT_FAILURES
            && state.hand_backs < limits::HAND_BACKS;
        let stays = !state.gone();
        json!({
            "reply": speaks,
            "note": me.is_some() && stays,
            "accept": offered,
            "decline": offered,
            "pick": pick,
            "take_over": take_over,
            "transfer": holds,
            "hand_back": holds && bot,
            "close": open && (holds || lead),
            "join": open && lead && !holds && !guest && own.guests.len() < limits::GUESTS,
            "leave": open && guest,
            "undo": state.held.iter().any(|held| me.is_some() && held.actor.acting_agent() == me),
            "snooze": holds && state.snoozed_until.is_none(),
            "wake": holds && matches!(own.holder, Holder::Agent { pause, .. } if pause != Pause::None),
            "tag": me.is_some() && stays,
            "block": handles && state.blocked.is_none() && stays,
            "unblock": handles && state.blocked.is_some(),
            "reopen": !open && me.is_some() && stays,
            "reassign": open && lead && !holds,
            "edit_customer": me.is_some() && stays,
            "upload": speaks,
            "reveal": self.reader.rank >= Rank::Supervisor,
            "export": self.reader.rank >= Rank::Supervisor && stays,
            "erase": self.reader.rank >= Rank::Administrator && stays,
        })
    }

    /// Reads what is new of a stream since somebody last looked.
    async fn history(&self, state: &Conversation) -> Result<Arc<History>, Problem> {
        let now = self.app.engine.runtime().now();
        let kept = self.texts.history(state.id, now).unwrap_or_default();
        if kept.seq >= state.head.seq {
            return Ok(kept);
        }
        let mut history = (*kept).clone();
        loop {
            let page = self.app.engine.events(&self.permit, state.id, history.seq, limits::PAGE).await?;
            page.iter().for_each(|opened| history.take(opened));
            if page.len() < limits::PAGE {
                break;
            }
        }
        let history = Arc::new(history);
        self.texts.keep_history(state.id, history.clone(), now);
        Ok(history)
    }
}

impl History {
    fn take(&mut self, opened: &Opened) {
        self.seq = opened.header.seq;
        self.tried.take(opened);
        self.past.take(opened);
        match (&opened.header.fact, &opened.body) {
            (Fact::Erased(_), _) => {
                // What was read before must not outlive its erasure.
                let (seq, episodes) = (self.seq, std::mem::take(&mut self.episodes));
                *self = Self { seq, episodes, ..Self::default() };
            }
            (Fact::Opened(fact), body) => {
                self.episodes.push((fact.episode, opened.header.at, None));
                self.set.clear();
                if let Some(Body::Opening { variables, .. }) = body {
                    self.attached.extend(variables.clone());
                }
            }
            (Fact::HolderSet(fact), body) => {
                if let (Holder::Nobody { closed }, Some(episode)) = (&fact.holder, self.episodes.last_mut()) {
                    episode.2 = Some(*closed);
                }
                if let Some(Body::Passing(passing)) = body
                    && passing.brief.is_some()
                {
                    self.brief.clone_from(&passing.brief);
                }
            }
            (
                _,
                Some(
                    Body::Message { bot: Some(BotSaid { variables, .. }), .. }
                    | Body::BotSaid(BotSaid { variables, .. }),
                ),
            ) => self.set.extend(variables.clone()),
            (_, Some(Body::Reason(reason))) => self.set.extend(reason.variables.clone()),
            _ => {}
        }
    }
}
