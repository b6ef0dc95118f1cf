//! Performing effects: checked against the state just before, so that what is stale is withdrawn; the receipt is
//! committed together with the events that the answer causes.

use crate::execute::Along;
use crate::outbox::Result;
use crate::query::Opened;
use crate::{Engine, Error};
use baton_core::actor::Who;
use baton_core::command::{BotEnd, BotReplied, Command, TargetDid};
use baton_core::content::Content;
use baton_core::conversation::Conversation;
use baton_core::decide::Reply;
use baton_core::effect::{CloseReason, Effect};
use baton_core::event::{AskFor, Body, BotSaid, Brief, Fact, Failure, Fate, Stream};
use baton_core::ids::{AskId, ConnectionId, ConversationId, HandoverId, reference};
use baton_core::limits;
use baton_core::ownership::{Holder, Phase};
use baton_core::permission::Permit;
use baton_core::refusal::Refusal;
use baton_core::sabotage::{Invariant, off};
use baton_core::settings::{Destination, History};
use baton_kit::bot::{self, Answer, Line, Then, Turn};
use baton_kit::bus::{Signal, Typist};
use baton_kit::store::{EffectId, LeasedEffect, Link};
use baton_kit::target::{self, Opening, Told};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What became of a piece of work.
pub(crate) enum Performed {
    /// The receipt is committed.
    Done,
    /// Stale, or nothing came of it: take it off the lane.
    Nothing,
    /// Not yet, or failed in a way that may pass.
    Again {
        /// Milliseconds until then.
        after: i64,
    },
    /// Given up.
    Park {
        /// Why, as a stable word.
        reason: &'static str,
    },
}

/// What a bot's reply address says, under its signature.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyClaims {
    /// Which conversation.
    pub c: ConversationId,
    /// Which ask.
    pub a: AskId,
    /// Which bot.
    pub b: ConnectionId,
    /// Under which baton number.
    pub n: u64,
    /// Until when, UTC milliseconds.
    pub e: i64,
}

/// What a target's callback address says, under its signature.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetClaims {
    /// Which conversation.
    pub c: ConversationId,
    /// Which target.
    pub t: ConnectionId,
    /// Under which baton number.
    pub n: u64,
}

const REPLY: &str = "bot-reply";
const CALLBACK: &str = "target-callback";

impl Engine {
    pub(crate) async fn perform(&self, work: &LeasedEffect, effect: &Effect) -> Result<Performed> {
        let id = work.conversation;
        let Some(state) = self.state(id).await? else { return Ok(Performed::Nothing) };
        match effect {
            Effect::AskBot { bot, ask, baton } => self.ask_bot(work, &state, *bot, *ask, *baton).await,
            Effect::OpenTarget { target, handover, baton } => {
                self.open_target(work, &state, *target, *handover, *baton).await
            }
            Effect::TellTarget { target, seq, baton } => self.tell_target(work, &state, *target, *seq, *baton).await,
            Effect::PollTarget { target, baton } => self.poll_target(work, &state, *target, *baton).await,
            Effect::CloseTarget { target, baton, reason } => self.close_target(work, *target, *baton, *reason).await,
        }
    }

    async fn ask_bot(
        &self,
        work: &LeasedEffect,
        state: &Conversation,
        bot: ConnectionId,
        ask: AskId,
        baton: u64,
    ) -> Result<Performed> {
        let id = work.conversation;
        let Some(open) = state.ask(ask).copied() else { return Ok(Performed::Nothing) };
        if state.own.baton != baton || !state.own.may_speak(&Who::Bot { id: bot }) {
            return Ok(Performed::Nothing);
        }
        // One in flight: the bot answers later and has not yet.
        if state.asks.first().is_some_and(|first| first.id != ask) {
            return Ok(Performed::Again { after: 100 });
        }
        let left = open.first_since + open.limit - self.now();
        let permit = Permit::performed_for_bot(bot, id);
        let Some(plugin) = self.plugins.bot(bot) else {
            return self.bot_failed(&permit, id, ask, baton, work.id, "the bot is not set up").await;
        };
        if left <= 0 {
            return self.bot_failed(&permit, id, ask, baton, work.id, "out of time").await;
        }
        let turn = self.turn(&permit, state, bot, ask, baton, work.attempts, left).await?;
        let answered = self.while_typing(id, plugin.ask(turn)).await;
        metrics::counter!("baton_bot_asks_total", "ok" => if answered.is_ok() { "true" } else { "false" }).increment(1);
        match answered {
            Ok(mut answer) => {
                answer.basis = self.seq_of(id, answer.basis).await?;
                self.resolve(state, &mut answer.then);
                let command = turn_command(ask, baton, answer);
                let along = Along { done: vec![work.id], ..Along::default() };
                self.execute_along(&permit, id, command, along).await?;
                Ok(Performed::Done)
            }
            Err(error) => {
                let after = self.back_off(work.attempts);
                let left = open.first_since + open.limit - self.now();
                tracing::info!(%bot, attempt = work.attempts, %error, "a bot did not answer");
                if error.kind == bot::ErrorKind::Transient && after < left {
                    Ok(Performed::Again { after })
                } else {
                    self.bot_failed(&permit, id, ask, baton, work.id, &error.detail).await
                }
            }
        }
    }

    /// Shows that the bot types once it takes a second.
    async fn while_typing<T>(&self, id: ConversationId, answering: impl Future<Output = T>) -> T {
        tokio::pin!(answering);
        let typing = |on| self.signal(Signal::Typing { conversation: id, by: Typist::Bot, on });
        tokio::select! {
            biased;
            answer = &mut answering => return answer,
            () = self.runtime.sleep_until(self.now() + limits::BOT_TYPING) => typing(true),
        }
        let answer = answering.await;
        typing(false);
        answer
    }

    async fn bot_failed(
        &self,
        permit: &Permit,
        id: ConversationId,
        ask: AskId,
        baton: u64,
        effect: EffectId,
        why: &str,
    ) -> Result<Performed> {
        tracing::warn!(conversation = %id, why, "a bot has failed; the conversation goes to people");
        let command = Command::BotEnded { ask, baton, how: BotEnd::Failed(Failure::BotError) };
        let along = Along { done: vec![effect], ..Along::default() };
        self.execute_along(permit, id, command, along).await?;
        Ok(Performed::Done)
    }

    async fn turn(
        &self,
        permit: &Permit,
        state: &Conversation,
        bot: ConnectionId,
        ask: AskId,
        baton: u64,
        attempt: u32,
        left: i64,
    ) -> Result<Turn> {
        let id = state.id;
        let open = state.ask(ask).copied().ok_or(Refusal::NotFound)?;
        // A turn without a message ends where the baton passed: what came after it is asked in turns of its own.
        let upto = if open.upto == 0 { self.passed_at(state).await? } else { open.upto };
        let first = upto.saturating_sub(bot::HISTORY as u64);
        let events = self.positions(permit, id, first, (upto - first) as usize).await?;
        let message = events.iter().rev().find(|event| event.header.position == Some(open.upto)).and_then(content);
        let history: Vec<Line> =
            events.iter().filter(|e| e.header.position != Some(open.upto)).filter_map(line).collect();
        let brief: Option<Brief> = match open.reason {
            AskFor::HandedBack => Some(self.brief_of(id, state.marks.passed).await?.unwrap_or_default()),
            _ => None,
        };
        let claims = ReplyClaims { c: id, a: ask, b: bot, n: baton, e: self.now() + limits::REPLY_ADDRESS };
        let claims = serde_json::to_string(&claims).map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(Turn {
            conversation: id,
            ask,
            baton,
            reason: open.reason,
            message: message.map(|content| (open.upto, content)),
            history,
            history_before: (first > 0).then_some(first + 1),
            variables: self.variables(permit, state).await?,
            language: state.language.clone(),
            brief,
            reply_address: Some(format!(
                "{}/hooks/bots/{}",
                self.public_url,
                self.master.tokens().token(REPLY, &claims)
            )),
            attempt,
            left,
        })
    }

    /// Variables of the conversation: what the page attached, then what bots set, the newest winning.
    pub async fn variables(&self, permit: &Permit, state: &Conversation) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        let first = self.event(permit, state.id, state.marks.first_opened).await?;
        if let Some(Opened { body: Some(Body::Opening { variables, .. }), .. }) = first {
            out.extend(variables);
        }
        let mut after = state.marks.opened;
        loop {
            let page = self.events(permit, state.id, after, limits::PAGE).await?;
            for opened in &page {
                after = opened.header.seq;
                if let Some(Body::Message { bot: Some(said), .. } | Body::BotSaid(said)) = &opened.body {
                    out.extend(said.variables.clone());
                }
            }
            if page.len() < limits::PAGE {
                return Ok(out);
            }
        }
    }

    /// Finds the queue that a bot names, among those of the conversation's inbox.
    fn resolve(&self, state: &Conversation, then: &mut Then) {
        let Then::HandOver { to: to @ None, named: Some(name), .. } = then else { return };
        let settings = self.settings();
        let Some(inbox) = settings.inboxes.get(&state.inbox) else { return };
        let known = |id: &&baton_core::ids::QueueId| {
            settings.queues.get(id).is_some_and(|queue| queue.name.to_lowercase() == name.to_lowercase())
        };
        *to = inbox.queues.iter().find(known).map(|id| Destination::Queue { id: *id });
    }

    /// The last position before the baton passed to the present holder.
    async fn passed_at(&self, state: &Conversation) -> Result<u64> {
        let mut before = state.marks.passed;
        loop {
            let page = self.store.read_before(Stream::Conversation(state.id), before, bot::HISTORY).await?;
            if let Some(position) = page.iter().rev().find_map(|event| event.position) {
                return Ok(position);
            }
            match page.first() {
                Some(first) => before = first.seq,
                None => return Ok(0),
            }
        }
    }

    /// The seq of a position: bots know positions, the log's basis is a seq.
    async fn seq_of(&self, id: ConversationId, position: Option<u64>) -> Result<Option<u64>> {
        let Some(position) = position.filter(|position| *position > 0) else { return Ok(None) };
        Ok(self.store.read_positions(id, position - 1, 1).await?.pop().map(|event| event.seq))
    }

    /// Reads a bot's reply address.
    ///
    /// # Errors
    /// `None`: not ours, or no longer good.
    pub fn read_reply_address(&self, token: &str) -> Option<ReplyClaims> {
        let claims = self.master.tokens().read_token(REPLY, token).ok()?;
        let claims: ReplyClaims = serde_json::from_str(&claims).ok()?;
        (claims.e > self.now()).then_some(claims)
    }

    /// Takes a later reply of a bot. True: it was shown; false: it was kept and not shown, or was a repeat.
    ///
    /// # Errors
    /// The store's own.
    pub async fn bot_replied_later(&self, permit: &Permit, claims: &ReplyClaims, answer: Answer) -> Result<bool> {
        let mut answer = answer;
        answer.basis = self.seq_of(claims.c, answer.basis).await?;
        let command = turn_command(claims.a, claims.n, answer);
        let done = self.execute(permit, claims.c, command).await?;
        Ok(!matches!(done.reply, Reply::Withheld | Reply::Repeat))
    }

    async fn open_target(
        &self,
        work: &LeasedEffect,
        state: &Conversation,
        target: ConnectionId,
        handover: HandoverId,
        baton: u64,
    ) -> Result<Performed> {
        let id = work.conversation;
        let due = match &state.own.holder {
            Holder::Target { connection, phase: Phase::Opening, due }
                if *connection == target && state.own.began == baton =>
            {
                *due
            }
            // It may have been opened by a lease that ended without receipt: whoever holds now, that one is closed.
            _ if work.attempts > 1 => return self.close_target(work, target, baton, CloseReason::TooLate).await,
            _ => return Ok(Performed::Nothing),
        };
        let permit = Permit::performed_for_target(target, id);
        let left = due - self.now();
        let did = match self.plugins.target(target) {
            Some(_) if left <= 0 => return Ok(Performed::Again { after: 250 }),
            Some(plugin) => {
                let opening = self.opening(&permit, state, target, handover, baton, work.attempts, left).await?;
                match plugin.open(opening).await {
                    Ok(did) => did,
                    Err(error) => {
                        tracing::info!(%target, attempt = work.attempts, %error, "a target was not opened");
                        let after = self.back_off(work.attempts);
                        if error.kind == target::ErrorKind::Transient && after < due - self.now() {
                            return Ok(Performed::Again { after });
                        }
                        TargetDid::Failed(Failure::TargetLost)
                    }
                }
            }
            None => TargetDid::Failed(Failure::TargetLost),
        };
        let along = Along { done: vec![work.id], ..Along::default() };
        self.execute_along(&permit, id, Command::Target { baton, did }, along).await?;
        Ok(Performed::Done)
    }

    async fn opening(
        &self,
        permit: &Permit,
        state: &Conversation,
        target: ConnectionId,
        handover: HandoverId,
        baton: u64,
        attempt: u32,
        left: i64,
    ) -> Result<Opening> {
        let id = state.id;
        let settings = self.settings();
        let full = match settings.connections.get(&target).map(|c| &c.role) {
            Some(baton_core::settings::Role::Target { history, .. }) => *history,
            _ => History::None,
        };
        let shown = if full == History::None { 0 } else { bot::HISTORY as u64 };
        // What the customer says from now on is told live, so it is no history.
        let upto = self.passed_at(state).await?;
        let first = upto.saturating_sub(shown);
        let history =
            if shown == 0 { Vec::new() } else { self.positions(permit, id, first, (upto - first) as usize).await? };
        let history = if off(Invariant::ContextIsComplete) { Vec::new() } else { history };
        let reason = match self.event(permit, id, state.marks.asked).await?.and_then(|opened| opened.body) {
            Some(Body::Reason(reason)) => reason,
            _ => baton_core::event::Reason::default(),
        };
        let customer = match self.event(permit, id, state.marks.first_opened).await?.and_then(|opened| opened.body) {
            Some(Body::Opening { name, .. }) => name,
            _ => None,
        };
        let mut variables = self.variables(permit, state).await?;
        variables.extend(reason.variables);
        // A bot's own memory is nothing for others.
        variables.retain(|name, _| !name.starts_with('_'));
        let trigger = state.handover.map(|open| serde_json::to_value(open.trigger));
        let token = self.target_token(&TargetClaims { c: id, t: target, n: baton })?;
        Ok(Opening {
            conversation: id,
            reference: reference(id),
            handover,
            baton,
            trigger: trigger
                .and_then(std::result::Result::ok)
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            evidence: reason.evidence,
            customer,
            language: state.language.clone(),
            variables,
            history: history.iter().filter_map(line).collect(),
            history_address: (first > 0 && full == History::Full)
                .then(|| format!("{}/hooks/history/{token}?before={}", self.public_url, first + 1)),
            callback: format!("{}/hooks/targets/{token}", self.public_url),
            attempt,
            left,
        })
    }

    fn target_token(&self, claims: &TargetClaims) -> Result<String> {
        let claims = serde_json::to_string(claims).map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(self.master.tokens().token(CALLBACK, &claims))
    }

    /// Reads a target's callback address. Whether it is still the holder is judged per event, by baton number.
    pub fn read_callback_address(&self, token: &str) -> Option<TargetClaims> {
        let claims = self.master.tokens().read_token(CALLBACK, token).ok()?;
        serde_json::from_str(&claims).ok()
    }

    async fn tell_target(
        &self,
        work: &LeasedEffect,
        state: &Conversation,
        target: ConnectionId,
        seq: u64,
        baton: u64,
    ) -> Result<Performed> {
        let id = work.conversation;
        let current = matches!(&state.own.holder, Holder::Target { connection, .. } if *connection == target)
            && state.own.began == baton;
        if !current {
            return Ok(Performed::Nothing);
        }
        let permit = Permit::performed_for_target(target, id);
        let told = self.event(&permit, id, seq).await?.as_ref().and_then(line);
        let (Some(plugin), Some(line)) = (self.plugins.target(target), told) else { return Ok(Performed::Nothing) };
        match plugin.tell(Told { conversation: id, baton, line, attempt: work.attempts }).await {
            Ok(()) => Ok(Performed::Nothing),
            Err(_) if off(Invariant::PushesRetriedOrParked) => Ok(Performed::Nothing),
            Err(error) if error.kind == target::ErrorKind::Transient && work.attempts < limits::PUSH_TRIES => {
                Ok(Performed::Again { after: self.back_off(work.attempts) })
            }
            Err(error) => {
                tracing::warn!(%target, %error, "a target lane cannot go on; the conversation goes elsewhere");
                let what = if error.kind == target::ErrorKind::Gone { Failure::TargetLost } else { Failure::LaneDead };
                let along = Along { done: vec![work.id], ..Along::default() };
                self.execute_along(&permit, id, Command::Target { baton, did: TargetDid::Failed(what) }, along).await?;
                Ok(Performed::Done)
            }
        }
    }

    /// Asks once and puts itself on again. The cursor is kept in the link, in the commit of what was learnt.
    async fn poll_target(
        &self,
        work: &LeasedEffect,
        state: &Conversation,
        target: ConnectionId,
        baton: u64,
    ) -> Result<Performed> {
        let id = work.conversation;
        let phase = match &state.own.holder {
            Holder::Target { connection, phase, .. } if *connection == target && state.own.began == baton => *phase,
            _ => return Ok(Performed::Nothing),
        };
        if phase == Phase::Opening {
            return Ok(Performed::Again { after: 250 });
        }
        let Some(plugin) = self.plugins.target(target) else { return Ok(Performed::Nothing) };
        let link = self.store.link(target, id).await?;
        let kept: Option<(u64, String)> = link.as_ref().and_then(|link| serde_json::from_slice(&link.state).ok());
        let cursor = kept.filter(|(number, _)| *number == baton).map(|(_, cursor)| cursor);
        let polled = match plugin.poll(id, baton, cursor).await {
            Ok(Some(polled)) => polled,
            Ok(None) => return Ok(Performed::Nothing),
            Err(error) => {
                tracing::debug!(%target, %error, "a target could not be polled; tried again");
                return Ok(Performed::Again { after: self.back_off(work.attempts.min(7)) });
            }
        };
        if !polled.did.is_empty() {
            let state = serde_json::to_vec(&(baton, polled.cursor.unwrap_or_default())).unwrap_or_default();
            let version = link.as_ref().map_or(1, |link| link.version + 1);
            let outside = link.and_then(|link| link.outside);
            let links = vec![Link { connection: target, conversation: id, outside, state, version }];
            let along = Along { links, ..Along::default() };
            let permit = Permit::performed_for_target(target, id);
            self.execute_along(&permit, id, Command::TargetTurn { baton, did: polled.did }, along).await?;
        }
        Ok(Performed::Again { after: polled.again.max(200) })
    }

    async fn close_target(
        &self,
        work: &LeasedEffect,
        target: ConnectionId,
        baton: u64,
        reason: CloseReason,
    ) -> Result<Performed> {
        let Some(plugin) = self.plugins.target(target) else {
            return Ok(Performed::Park { reason: "target_not_set_up" });
        };
        match plugin.close(work.conversation, baton, reason).await {
            Ok(()) => Ok(Performed::Nothing),
            Err(error) if error.kind == target::ErrorKind::Gone => Ok(Performed::Nothing),
            Err(error) if error.kind == target::ErrorKind::Transient && work.attempts < limits::PUSH_TRIES => {
                tracing::debug!(%target, %error, "closing at a target is tried again");
                Ok(Performed::Again { after: self.back_off(work.attempts) })
            }
            Err(_) => Ok(Performed::Park { reason: "target_close_failed" }),
        }
    }
}

/// A bot's answer as one command.
fn turn_command(ask: AskId, baton: u64, answer: Answer) -> Command {
    let Answer { messages, first_ordinal, said, then, basis } = answer;
    let variables = said.variables.clone();
    let silent = (messages.is_empty() && said != BotSaid::default()).then(|| said.clone());
    let mut said = Some(said);
    let replies = messages
        .into_iter()
        .zip(first_ordinal..)
        .map(|(content, ordinal)| BotReplied {
            ask,
            ordinal,
            baton,
            basis,
            content,
            said: said.take().unwrap_or_default(),
        })
        .collect();
    let end = match then {
        Then::Done => Some(BotEnd::Answered),
        Then::Later => None,
        Then::Silent => Some(BotEnd::Silent),
        Then::Abstained { reason } => Some(BotEnd::Abstained { reason }),
        Then::HandOver { reason, to, named: _ } => Some(BotEnd::HandOver { reason, to, variables }),
        Then::End => Some(BotEnd::End),
    };
    Command::BotTurn { replies, said: silent, end: end.map(|how| (ask, baton, how)) }
}

fn content(opened: &Opened) -> Option<Content> {
    match &opened.body {
        Some(Body::Message { content, .. }) => Some(content.clone()),
        _ => None,
    }
}

/// A line of the transcript, for events that the customer saw as words.
pub(crate) fn line(opened: &Opened) -> Option<Line> {
    let position = opened.header.position?;
    let (text, name) = match (&opened.header.fact, &opened.body) {
        (Fact::Said(said), Some(Body::Message { content, shown_name, .. })) if said.fate != Fate::Withheld => {
            (content.plain.clone(), shown_name.clone())
        }
        (Fact::Told(_), Some(Body::Notice { words, .. })) => (words.clone(), None),
        _ => return None,
    };
    let by = match (&opened.header.fact, opened.header.actor.who) {
        (Fact::Told(_), _) => "house",
        (_, Who::Customer) => "customer",
        (_, Who::Bot { .. }) => "bot",
        (_, Who::Target { .. }) => "target",
        _ => "agent",
    };
    Some(Line { position, at: opened.header.at, by, name, text })
}

impl Engine {
    /// Lines of the transcript before a position, for a target that reads further back.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn lines_before(&self, permit: &Permit, id: ConversationId, before: u64) -> Result<Vec<Line>> {
        let first = before.saturating_sub(1 + bot::HISTORY as u64);
        let events = self.positions(permit, id, first, (before.saturating_sub(1) - first) as usize).await?;
        Ok(events.iter().filter_map(line).collect())
    }
}
