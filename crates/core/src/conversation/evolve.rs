//! The fold: state and header to state. Total: every header that the format admits is applied.

use super::{Conversation, Erased, Head, Held, Marks, OpenAsk, OpenHandover, RatingDue, RecentAsk, Report};
use crate::actor::Who;
use crate::event::{AskEnd, Fact, Failure, Fate, Header, Once, Said, Stream, start_of_chain};
use crate::ids::ConversationId;
use crate::limits;
use crate::ownership::{Holder, Line, Offer, Ownership};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

impl Conversation {
    /// The state after the first event, which is `opened`; `None` for any other.
    pub fn begin(id: ConversationId, first: &Header) -> Option<Self> {
        let Fact::Opened(opened) = &first.fact else { return None };
        let mut state = Self {
            id,
            head: Head { seq: 0, position: 0, at: 0, chain: start_of_chain(Stream::Conversation(id)) },
            inbox: opened.inbox,
            person: opened.person,
            key: first.key,
            language: opened.language.clone(),
            episode: 0,
            opened: first.at,
            own: Ownership::new(Holder::Nobody { closed: first.at }),
            since: first.at,
            handover: None,
            asks: Vec::new(),
            recent_asks: VecDeque::new(),
            clients: BTreeMap::new(),
            unanswered_since: None,
            waited_since: None,
            last_word: first.at,
            last_customer: 0,
            told_choice: false,
            told_near: false,
            told_due: None,
            told_silent: false,
            hand_backs: 0,
            bot_failures: 0,
            people_words: (0, 0),
            bot_words: 0,
            last_bot: None,
            last_agent: None,
            rating: None,
            brief: None,
            drafts: Vec::new(),
            held: Vec::new(),
            snoozed_until: None,
            paused_at: 0,
            tags: BTreeSet::new(),
            person_first: false,
            known: false,
            blocked: None,
            reports: Vec::new(),
            mentioned: BTreeMap::new(),
            kept: None,
            erased: None,
            marks: Marks { first_opened: first.seq, ..Marks::default() },
        };
        state.apply(first);
        Some(state)
    }

    /// The fold over a whole stream.
    pub fn fold<'a>(id: ConversationId, headers: impl IntoIterator<Item = &'a Header>) -> Option<Self> {
        let mut headers = headers.into_iter();
        let mut state = Self::begin(id, headers.next()?)?;
        headers.for_each(|header| state.apply(header));
        Some(state)
    }

    /// Applies the next header. The chain is set by whoever holds the header's bytes.
    pub fn apply(&mut self, header: &Header) {
        self.head.seq = header.seq;
        self.head.at = header.at;
        if let Some(position) = header.position {
            self.head.position = position;
        }
        match &header.fact {
            Fact::Opened(fact) => {
                self.episode = fact.episode;
                self.marks.opened = header.seq;
                self.marks.rated = None;
                self.inbox = fact.inbox;
                self.language.clone_from(&fact.language);
                self.opened = header.at;
                if header.key.is_some() {
                    self.key = header.key;
                }
                (self.hand_backs, self.bot_failures, self.bot_words) = (0, 0, 0);
                (self.people_words, self.rating) = ((0, 0), None);
                (self.last_bot, self.last_agent) = (None, None);
                (self.unanswered_since, self.last_word) = (None, header.at);
                self.waited_since = None;
            }
            Fact::Said(fact) => self.said(header, fact),
            Fact::Undone(fact) => {
                self.drafts.retain(|(seq, _)| *seq != fact.of);
                self.held.retain(|held| held.seq != fact.of);
            }
            Fact::Edited(_) | Fact::Redacted(_) | Fact::PresenceSet(_) | Fact::Looked(_) => {}
            Fact::SeatTaken(_) | Fact::SeatFreed(_) | Fact::Configured(_) | Fact::Handled(_) => {}
            Fact::Erased(fact) => {
                self.kept = fact.kept;
                self.erased = Some(Erased { at: header.at, by: fact.by, upto: fact.upto });
                if fact.upto >= self.marks.opened {
                    // Nothing can be sealed here until an episode begins.
                    (self.key, self.rating) = (None, None);
                }
            }
            Fact::HolderSet(fact) => self.holder_set(header, &fact.holder, fact.why),
            Fact::VoicesSet(fact) => self.own = self.own.set_voices(fact.guests.clone(), fact.delivery),
            Fact::PhaseSet(fact) => {
                if let Holder::Target { phase, due, .. } = &mut self.own.holder {
                    (*phase, *due) = (fact.phase, fact.due);
                }
            }
            Fact::Paused(fact) => {
                if let Holder::Agent { pause, .. } = &mut self.own.holder {
                    *pause = fact.pause;
                    (self.snoozed_until, self.paused_at) = (fact.until, header.at);
                }
            }
            Fact::Offered(fact) => {
                self.marks.offered = header.seq;
                self.own.offer = Some(Offer { id: fact.offer, to: fact.to, giver: fact.giver, due: fact.due });
            }
            Fact::OfferEnded(fact) => {
                if self.own.offer.as_ref().is_some_and(|offer| offer.id == fact.offer) {
                    self.own.offer = None;
                }
            }
            Fact::HandoverAsked(fact) => {
                (self.marks.asked, self.marks.trigger, self.marks.outcome) = (header.seq, Some(fact.trigger), None);
                self.handover = Some(OpenHandover {
                    id: fact.handover,
                    trigger: fact.trigger,
                    to: fact.to,
                    priority: fact.priority,
                    asked: header.at,
                    answered: false,
                });
            }
            Fact::HandoverAnswered(fact) => {
                if let Some(open) = self.handover.as_mut().filter(|open| open.id == fact.handover) {
                    open.answered = true;
                }
            }
            Fact::HandoverEnded(fact) => {
                self.marks.outcome = Some(fact.outcome);
                if self.handover.is_some_and(|open| open.id == fact.handover) {
                    self.handover = None;
                }
            }
            Fact::AskOpened(fact) => {
                self.asks.push(OpenAsk {
                    id: fact.ask,
                    bot: fact.bot,
                    reason: fact.reason,
                    upto: fact.upto,
                    limit: fact.limit,
                    first_since: if self.asks.is_empty() { header.at } else { 0 },
                    told_still: false,
                });
                self.recent_asks.push_back(RecentAsk { id: fact.ask, next: 0 });
                // Open asks stay known however many there are: only the ended ones are forgotten.
                while self.recent_asks.len() > limits::RECENT_ASKS + self.asks.len() {
                    self.recent_asks.pop_front();
                }
                if fact.reason == crate::event::AskFor::HandedBack {
                    self.brief = Some((fact.ask, header.at + limits::NOTICE_SHORT));
                }
            }
            Fact::AskEnded(fact) => {
                self.asks.retain(|ask| ask.id != fact.ask);
                if let Some(first) = self.asks.first_mut().filter(|first| first.first_since == 0) {
                    first.first_since = header.at;
                }
                if fact.how == AskEnd::Silent {
                    self.unanswered_since = None;
                }
            }
            Fact::BriefAcknowledged(_) => self.brief = None,
            Fact::Told(fact) => {
                self.marks.told = header.seq;
                self.told(&fact.code);
            }
            Fact::Rated(fact) => {
                self.rating = None;
                self.marks.rated = Some((fact.answered, fact.agent, fact.bot));
            }
            Fact::Failed(fact) => match fact.what {
                Failure::BotTimeout | Failure::BotError => self.bot_failures += 1,
                Failure::PromiseNear => self.told_near = true,
                Failure::PromiseDue => self.told_due = Some(header.at),
                Failure::AgentSilent => self.told_silent = true,
                _ => {}
            },
            Fact::Tagged(fact) => {
                self.tags.retain(|tag| !fact.remove.contains(tag));
                self.tags.extend(&fact.add);
            }
            Fact::CustomerSet(fact) => {
                self.person_first = fact.person_first.unwrap_or(self.person_first);
                if let Some(language) = &fact.language {
                    self.language.clone_from(language);
                }
                self.said_of_customer(header.seq, fact.named, fact.contact);
            }
            Fact::Identified(fact) => {
                (self.person, self.known) = (fact.person, true);
                self.said_of_customer(header.seq, fact.named, fact.contact);
            }
            Fact::Blocked(fact) => self.blocked = fact.on.then_some((header.seq, header.at)),
            Fact::Reported(fact) => {
                self.reports.push(Report { id: fact.report, position: fact.position, accepted: None });
            }
            Fact::ReportJudged(fact) => {
                if let Some(report) = self.reports.iter_mut().find(|report| report.id == fact.report) {
                    report.accepted = Some(fact.accepted);
                }
            }
        }
        debug_assert!(
            header.baton.is_none_or(|baton| baton == self.own.baton),
            "a header names the baton number after it"
        );
    }

    fn said_of_customer(&mut self, seq: u64, named: bool, contact: bool) {
        if named {
            self.marks.named = seq;
        }
        if contact {
            self.marks.contact = seq;
        }
    }

    fn said(&mut self, header: &Header, fact: &Said) {
        let fate = fact.fate;
        if let Some(agent) = header.actor.acting_agent() {
            self.mentioned.remove(&agent);
        }
        self.mentioned.extend(fact.mentions.iter().map(|agent| (*agent, header.seq)));
        match fact.once {
            Some(Once::Client { client, counter }) => {
                let highest = self.clients.entry(client).or_insert(0);
                *highest = counter.max(*highest);
            }
            Some(Once::Reply { ask, ordinal }) => {
                if let Some(recent) = self.recent_asks.iter_mut().find(|recent| recent.id == ask) {
                    recent.next = recent.next.max(ordinal.saturating_add(1));
                }
            }
            Some(Once::Outside { .. }) | None => {}
        }
        match fate {
            Fate::Shown | Fate::Released { .. } | Fate::Interrupted => {
                self.last_word = header.at;
                (self.marks.said, self.marks.said_by) = (header.seq, Some(header.actor.who));
                match header.actor.who {
                    Who::Customer => {
                        self.unanswered_since = self.unanswered_since.or(Some(header.at));
                        self.last_customer = self.head.position;
                        self.told_silent = false;
                        self.people_words.0 += u32::from(self.with_people());
                    }
                    Who::Bot { id } => {
                        self.unanswered_since = None;
                        self.bot_words += 1;
                        self.last_bot = Some(id);
                    }
                    _ => {
                        self.unanswered_since = None;
                        self.told_silent = false;
                        self.people_words.1 += u32::from(self.with_people());
                    }
                }
                if let Fate::Released { of } = fate {
                    self.drafts.retain(|(seq, _)| *seq != of);
                    self.held.retain(|held| held.seq != of);
                }
            }
            Fate::Draft { due } => self.drafts.push((header.seq, due)),
            Fate::Held { due } => self.held.push(Held {
                seq: header.seq,
                due,
                actor: header.actor,
                message: fact.message,
                reply_to: fact.reply_to,
            }),
            Fate::Withheld | Fate::Note | Fate::Whisper => {}
        }
    }

    fn with_people(&self) -> bool {
        matches!(self.own.holder, Holder::Agent { .. } | Holder::Target { .. })
    }

    fn holder_set(&mut self, header: &Header, holder: &Holder, why: crate::event::Why) {
        use crate::event::Why;
        let before = std::mem::replace(&mut self.own, Ownership::new(Holder::Nobody { closed: 0 }));
        self.own = before.pass(holder.clone());
        self.since = header.at;
        if matches!(self.own.holder, Holder::Nobody { .. }) {
            self.kept = self.kept.or(Some(header.at));
        }
        if let Holder::Queue { line: Line::Live, since, .. } = &self.own.holder {
            self.waited_since = Some(*since);
        }
        self.marks.passed = header.seq;
        (self.told_choice, self.told_near, self.told_due, self.told_silent) = (false, false, None, false);
        self.drafts.clear();
        self.held.clear();
        (self.snoozed_until, self.paused_at) = (None, 0);
        if self.own.baton != before.baton {
            self.brief = None;
        }
        if matches!(before.holder, Holder::Agent { .. } | Holder::Target { .. }) && !self.with_people() {
            if self.people_words.0 > 0 && self.people_words.1 > 0 {
                let bot = if self.bot_words > 0 { self.last_bot } else { None };
                let agent = match before.holder {
                    Holder::Agent { agent, .. } => Some(agent),
                    _ => None,
                };
                self.rating = Some(RatingDue { agent, bot });
            }
            self.people_words = (0, 0);
        }
        match (&self.own.holder, why) {
            (Holder::Agent { agent, .. }, _) => self.last_agent = Some(*agent),
            // What a target gives back was not given by the agent before it.
            (Holder::Target { .. }, _) => self.last_agent = None,
            (Holder::Bot { .. }, Why::HandedBack) => {
                self.hand_backs += 1;
                self.waited_since = None;
            }
            (Holder::Nobody { .. }, _) if self.rating.is_none() && self.bot_words > 0 => {
                self.rating = Some(RatingDue { agent: None, bot: self.last_bot });
            }
            _ => {}
        }
    }

    fn told(&mut self, code: &str) {
        match code {
            "still_working" => {
                if let Some(first) = self.asks.first_mut() {
                    first.told_still = true;
                }
            }
            "wait_choice" => self.told_choice = true,
            // The short form stands in for an acknowledgement that has not come.
            "handed_back_short" => self.brief = None,
            _ => {}
        }
    }
}
