//! The one stage in front of store, bot, target and log: what an inbox does not want to keep is taken out of a command
//! before it is decided on. It never stops a message: a text that cannot be looked through is left out, and its place says so. Only a
//! secret that could not be kept for whoever asked is refused.

use crate::query::Opened;
use crate::{Engine, Error, ReplyClaims};
use baton_core::actor::{Actor, Who};
use baton_core::command::{BotEnd, BotReplied, Command, TargetDid};
use baton_core::content::{Content, Original, Part};
use baton_core::conversation::Conversation;
use baton_core::event::{Body, BotSaid, Deed, Fact, Handled, Key, Stream, open, seal};
use baton_core::form::{hidden, take_secrets};
use baton_core::ids::{ConversationId, InboxId};
use baton_core::permission::Permit;
use baton_core::privacy::Redaction;
use baton_core::refusal::Refusal;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What stands for a text that could not be looked through.
const UNREAD: &str = "[text left out: it could not be checked]";
/// What originals are sealed as.
const KIND: &str = "original";

/// Something that was taken out of a message, opened for whoever may look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// What stands in its place.
    pub token: String,
    /// The words.
    pub text: String,
}

/// Originals are sealed apart from the words around them, under a key that goes with the episode's.
fn apart(episode: &Key) -> Key {
    Key(blake3::derive_key("baton 2026 what was taken out", &episode.0))
}

struct Stage<'a> {
    engine: &'a Engine,
    /// None: nothing is looked for, and secrets go all the same.
    rules: Option<&'a Redaction>,
    id: ConversationId,
    workspace: Uuid,
    /// None: originals are not kept.
    key: Option<Key>,
    originals: Vec<Original>,
}

/// Whether a customer filled in a secret. Such an answer is worth nothing unless it is kept for whoever asked.
fn bears_secret(command: &Command) -> bool {
    let secret = |part: &Part| matches!(part, Part::FormAnswer { secret, .. } if !secret.is_empty());
    matches!(command, Command::Say(say) if say.content.parts.iter().any(secret))
}

impl Stage<'_> {
    fn text(&mut self, text: &mut String) {
        self.take_out(text, false);
    }

    fn option(&mut self, text: &mut Option<String>) {
        text.iter_mut().for_each(|text| self.text(text));
    }

    fn take_out(&mut self, text: &mut String, keeps: bool) {
        let Some(rules) = self.rules else { return };
        let Ok(found) = self.engine.analyzer.redact(text, rules) else {
            metrics::counter!("baton_redaction_failed_total").increment(1);
            UNREAD.clone_into(text);
            return;
        };
        if found.is_empty() {
            return;
        }
        metrics::counter!("baton_redacted_total").increment(found.len() as u64);
        let mut clean = String::with_capacity(text.len());
        let mut at = 0;
        for found in found {
            // Spans that are none would be a fault of the analyser: nothing of the text is let through then.
            let (Some(before), Some(words)) = (text.get(at..found.start), text.get(found.start..found.end)) else {
                UNREAD.clone_into(text);
                return;
            };
            clean.push_str(before);
            clean.push_str(&found.token);
            if keeps && rules.reversible {
                self.keep(found.token, words);
            }
            at = found.end;
        }
        clean.push_str(text.get(at..).unwrap_or_default());
        *text = clean;
    }

    fn keep(&mut self, token: String, words: &str) {
        let Some(key) = &self.key else { return };
        let place = (self.workspace, Stream::Conversation(self.id), 0, KIND, 1);
        let sealed = seal(key, self.engine.keyring.nonce(), place, words.as_bytes());
        let sealed = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        self.originals.push(Original { token, sealed });
    }

    /// All texts in it, and numbers that say the same as a text would.
    fn json(&mut self, json: &mut Value, keeps: bool) {
        match json {
            Value::String(text) => self.take_out(text, keeps),
            Value::Number(number) => {
                let was = number.to_string();
                let mut text = was.clone();
                self.take_out(&mut text, keeps);
                if text != was {
                    *json = Value::String(text);
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| self.json(one, keeps)),
            Value::Object(members) => self.members(members, keeps),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>, keeps: bool) {
        for (mut name, mut value) in std::mem::take(members) {
            self.take_out(&mut name, keeps);
            self.json(&mut value, keeps);
            members.insert(name, value);
        }
    }

    fn content(&mut self, content: &mut Content) {
        let before = content.parts.clone();
        for part in &mut content.parts {
            match part {
                Part::Text { text, .. } => self.take_out(text, true),
                Part::Choices { choices } => {
                    for choice in choices {
                        self.text(&mut choice.label);
                        self.text(&mut choice.value);
                    }
                }
                // A blob's name says nothing: it is a hash.
                Part::File { name, .. } => self.take_out(name, true),
                Part::FormAnswer { json, secret } => {
                    for (token, words) in take_secrets(json, secret) {
                        metrics::counter!("baton_redacted_total").increment(1);
                        self.keep(token, &words);
                    }
                    self.json(json, true);
                }
                Part::Card { json, .. } | Part::Form { json } | Part::Unknown { json, .. } => self.json(json, false),
                Part::Link { url, title } => {
                    self.text(url);
                    self.text(title);
                }
                Part::Location { label, .. } => self.text(label),
                Part::Event { name, json } => {
                    self.text(name);
                    self.json(json, false);
                }
            }
        }
        if let Some(native) = &mut content.native {
            self.json(&mut native.json, false);
        }
        if content.parts != before && !content.renew(&before) {
            self.text(&mut content.plain);
        }
        content.originals.append(&mut self.originals);
    }

    fn bot_said(&mut self, said: &mut BotSaid) {
        self.members(&mut said.variables, false);
    }

    fn replied(&mut self, reply: &mut BotReplied) {
        self.content(&mut reply.content);
        self.bot_said(&mut reply.said);
    }

    fn end(&mut self, end: &mut BotEnd) {
        match end {
            BotEnd::Abstained { reason } => self.text(reason),
            BotEnd::HandOver { reason, variables, .. } => {
                self.text(reason);
                self.members(variables, false);
            }
            BotEnd::Answered | BotEnd::Silent | BotEnd::Failed(_) | BotEnd::End => {}
        }
    }

    fn target_did(&mut self, did: &mut TargetDid) {
        match did {
            TargetDid::Said { content, name, .. } => {
                self.content(content);
                self.option(name);
            }
            TargetDid::Joined { name, .. } | TargetDid::Transferred { name } => self.option(name),
            TargetDid::Ended { disposition, .. } => self.option(disposition),
            TargetDid::Accepted | TargetDid::Waiting { .. } | TargetDid::Refused | TargetDid::Failed(_) => {}
        }
    }

    fn command(&mut self, command: &mut Command) {
        match command {
            Command::Start(start) => {
                for text in [&mut start.name, &mut start.contact, &mut start.page, &mut start.device] {
                    self.option(text);
                }
                self.members(&mut start.variables, false);
            }
            Command::Say(say) => self.content(&mut say.content),
            Command::LeaveMessage { text, contact } => {
                if let Some(say) = text {
                    self.content(&mut say.content);
                }
                self.option(contact);
            }
            Command::Transfer { note, .. } => self.option(note),
            Command::HandBack { brief } => {
                brief.settled.iter_mut().for_each(|settled| self.text(&mut settled.fact));
                brief.promised.iter_mut().chain(&mut brief.do_not_ask).for_each(|text| self.text(text));
                self.text(&mut brief.note);
            }
            Command::Approve { content, .. } | Command::Note { text: content, .. } => self.content(content),
            Command::SetCustomer(set) => {
                self.option(&mut set.name);
                self.option(&mut set.contact);
            }
            Command::Identify(identify) => {
                let identity = &mut identify.identity;
                for text in [&mut identity.sub, &mut identity.name, &mut identity.mail, &mut identity.phone] {
                    self.option(text);
                }
                self.members(&mut identity.variables, false);
            }
            Command::Block { reason } => self.text(reason),
            Command::Report(report) => {
                self.option(&mut report.should_have_said);
                self.option(&mut report.comment);
            }
            Command::JudgeReport { reason, .. } => self.option(reason),
            Command::Close { disposition, wrap_up } => {
                self.option(disposition);
                self.option(wrap_up);
            }
            Command::Rate(rate) => self.option(&mut rate.comment),
            Command::BotReplied(reply) => self.replied(reply),
            Command::BotEnded { how, .. } => self.end(how),
            Command::BotTurn { replies, said, end } => {
                replies.iter_mut().for_each(|reply| self.replied(reply));
                said.iter_mut().for_each(|said| self.bot_said(said));
                if let Some((_, _, how)) = end {
                    self.end(how);
                }
            }
            Command::Target { did, .. } => self.target_did(did),
            Command::TargetTurn { did, .. } => did.iter_mut().for_each(|did| self.target_did(did)),
            // Nobody's words.
            Command::Undo { .. }
            | Command::AskPerson
            | Command::Withdraw
            | Command::MakeOffer { .. }
            | Command::AnswerOffer { .. }
            | Command::Pick
            | Command::TakeOver
            | Command::CancelTransfer
            | Command::Lend { .. }
            | Command::Return
            | Command::Join { .. }
            | Command::Leave { .. }
            | Command::SetDelivery(_)
            | Command::Reject { .. }
            | Command::SetPause(_)
            | Command::Snooze { .. }
            | Command::Wake
            | Command::SetTags { .. }
            | Command::Unblock
            | Command::Reopen
            | Command::Look
            | Command::SetPresence { .. }
            | Command::AgentLost { .. }
            | Command::Erase { .. }
            | Command::Due => {}
        }
    }
}

impl Engine {
    /// The rules for what this one says in this inbox; `None`: nothing is looked for.
    fn redaction(&self, inbox: InboxId, actor: &Actor) -> Option<Redaction> {
        let settings = self.settings();
        let rules = settings.privacy.get(&inbox).map(|privacy| privacy.redaction.clone()).unwrap_or_default();
        let applies = match actor.who {
            Who::Customer => true,
            Who::Bot { .. } | Who::Target { .. } => rules.bots,
            Who::System { .. } => false,
            _ => rules.agents,
        };
        (applies && (rules.cards || rules.ibans || !rules.patterns.is_empty())).then_some(rules)
    }

    /// Takes out of a command what its inbox does not keep.
    pub(crate) async fn redact(
        &self,
        id: ConversationId,
        state: Option<&Conversation>,
        actor: &Actor,
        command: &mut Command,
    ) -> Result<(), Error> {
        let inbox = match (&*command, state) {
            (_, Some(state)) => state.inbox,
            (Command::Start(start), None) => start.inbox,
            _ => return Ok(()),
        };
        let rules = self.redaction(inbox, actor);
        let secret = bears_secret(command);
        // What is said after the end begins an episode with a key of its own, which is not there yet.
        let open = state.filter(|state| !state.closed()).and_then(|state| state.key);
        let key = match open {
            Some(key) if secret || rules.as_ref().is_some_and(|rules| rules.reversible) => {
                self.keyring.get(key).await?.as_ref().map(apart)
            }
            _ => None,
        };
        if secret && key.is_none() {
            return Err(Refusal::Closed.into());
        }
        let workspace = self.store.identity().workspace;
        let mut stage = Stage { engine: self, rules: rules.as_ref(), id, workspace, key, originals: Vec::new() };
        stage.command(command);
        Ok(())
    }

    /// A file's name as it may be kept.
    pub(crate) fn redacted_name(&self, state: &Conversation, actor: &Actor, name: &str) -> String {
        let mut name = name.to_owned();
        if let Some(rules) = self.redaction(state.inbox, actor) {
            let workspace = self.store.identity().workspace;
            let id = state.id;
            Stage { engine: self, rules: Some(&rules), id, workspace, key: None, originals: Vec::new() }
                .text(&mut name);
        }
        name
    }

    /// Why a pattern of the house cannot be used; `None`: it can.
    pub fn unfit(&self, pattern: &baton_core::privacy::Pattern) -> Option<String> {
        self.analyzer.unfit(pattern)
    }

    /// What was taken out of a message. That somebody looked stands in the audit before they see it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]: nothing was taken out of it, or it is not kept.
    pub async fn reveal(
        &self,
        permit: &Permit,
        id: ConversationId,
        seq: u64,
        reason: &str,
    ) -> Result<Vec<Revealed>, Error> {
        let state = self.conversation(permit, id).await?;
        let opened = self.event(permit, id, seq).await?.ok_or(Refusal::NotFound)?;
        let revealed = self.taken_out(id, &opened).await?.ok_or(Refusal::NotFound)?;
        let handled = Handled { deed: Deed::Revealed, person: state.person, conversation: Some(id), of: Some(seq) };
        self.account(permit, handled, reason).await?;
        Ok(revealed)
    }

    /// The secrets of the answer at this position, by their keys, for the bot whose form asked for them, while it holds the
    /// conversation under this baton number. That it looked stands in the audit before it sees them.
    ///
    /// # Errors
    /// [`Refusal::NotHolder`]: it holds no more. [`Refusal::FormNotFound`]: no such answer to a form of its own.
    pub async fn redeem(&self, permit: &Permit, claims: &ReplyClaims, position: u64) -> Result<Vec<Revealed>, Error> {
        let bot = Who::Bot { id: claims.b };
        let state = self.conversation(permit, claims.c).await?;
        if state.own.baton != claims.n || !state.own.may_speak(&bot) {
            return Err(Refusal::NotHolder.into());
        }
        let none = || Error::from(Refusal::FormNotFound);
        let answer = self.at_position(permit, claims.c, position).await?.ok_or_else(none)?;
        let (Fact::Said(said), Some(Body::Message { content, .. })) = (&answer.header.fact, &answer.body) else {
            return Err(none());
        };
        let secret = content.parts.iter().find_map(|part| match part {
            Part::FormAnswer { secret, .. } if !secret.is_empty() => Some(secret.clone()),
            _ => None,
        });
        let (Who::Customer, Some(to), Some(secret)) = (answer.header.actor.who, said.reply_to, secret) else {
            return Err(none());
        };
        let form = self.at_position(permit, claims.c, to).await?.ok_or_else(none)?;
        if form.header.actor.who != bot {
            return Err(none());
        }
        let kept = self.taken_out(claims.c, &answer).await?.ok_or_else(none)?;
        let named = |key: &String| kept.iter().find(|one| one.token == hidden(key)).map(|one| (key.clone(), one));
        let found = secret.iter().filter_map(named);
        let found = found.map(|(key, one)| Revealed { token: key, text: one.text.clone() }).collect();
        let of = Some(answer.header.seq);
        let handled = Handled { deed: Deed::Revealed, person: state.person, conversation: Some(claims.c), of };
        self.account(permit, handled, "the assistant's form asked for it").await?;
        Ok(found)
    }

    /// What stands at this position of what the customer sees.
    ///
    /// # Errors
    /// As [`Self::conversation`].
    pub async fn at_position(
        &self,
        permit: &Permit,
        id: ConversationId,
        position: u64,
    ) -> Result<Option<Opened>, Error> {
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let found = self.positions(permit, id, before, 1).await?.pop();
        Ok(found.filter(|opened| opened.header.position == Some(position)))
    }

    /// What was taken out of a message; `None`: nothing, or it is not kept.
    async fn taken_out(&self, id: ConversationId, opened: &Opened) -> Result<Option<Vec<Revealed>>, Error> {
        let Some(Body::Message { content, .. }) = &opened.body else { return Ok(None) };
        let key = match opened.header.key {
            Some(key) => self.keyring.get(key).await?,
            None => None,
        };
        let (Some(key), false) = (key, content.originals.is_empty()) else { return Ok(None) };
        let key = apart(&key);
        let place = (self.store.identity().workspace, Stream::Conversation(id), 0, KIND, 1);
        let mut out = Vec::with_capacity(content.originals.len());
        for Original { token, sealed } in &content.originals {
            let digits = |at: usize| u8::from_str_radix(sealed.get(at..at + 2)?, 16).ok();
            let bytes: Option<Vec<u8>> = (0..sealed.len()).step_by(2).map(digits).collect();
            let words = bytes.and_then(|bytes| open(&key, place, &bytes).ok());
            let text = words.and_then(|words| String::from_utf8(words).ok());
            let text = text.ok_or_else(|| Error::Unreadable("what was taken out does not open".into()))?;
            out.push(Revealed { token: token.clone(), text });
        }
        Ok(Some(out))
    }
}
