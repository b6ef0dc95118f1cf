//! What the customer is told: one pure function from a fact to a text.
//!
//! Every claim in a text stands in a field of its fact: a sentence that needs a fact which is absent is left out, and
//! nothing is unwrapped to a default. The words come from the catalogues of [`crate::words`].

use crate::settings::History;
use crate::words::Words;
use serde_json::{Map, Value};

pub use crate::words::languages;

/// A fact of which the customer is told. All moments are in words of the customer's language already, because only the
/// house knows its time zone.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Somebody asked for a person and the request is committed.
    Asked {
        /// Who did.
        by: AskedBy,
        /// What the destination gets of the history.
        history: History,
    },
    /// Stands in a line.
    InLine {
        /// Place, if the line is ours and knows it.
        place: Option<u32>,
        /// The line's name, for a target that hides the place.
        team: Option<String>,
        /// When "what else" is said; the timer exists.
        choice_by: Option<String>,
        /// Somebody who serves the line is there.
        staffed: bool,
        /// Ways besides waiting.
        ways: Ways,
    },
    /// Nobody can take it now.
    Unavailable {
        /// Closed, or full.
        why: Unavailable,
        /// Ways besides waiting.
        ways: Ways,
    },
    /// Asked again.
    Already(AlreadyAt),
    /// The wait is long.
    WaitChoice {
        /// Ways besides waiting.
        ways: Ways,
    },
    /// The wait was over and became a promise.
    WaitOver {
        /// Short name of the chat.
        reference: String,
        /// When a person answers.
        by: String,
    },
    /// Somebody joined.
    Joined {
        /// Their name, if it is known.
        name: Option<String>,
        /// It is known that a person answers.
        human: bool,
        /// The team.
        team: String,
        /// The team is a queue of ours whose name is worth saying.
        say_team: bool,
        /// What was handed over of the history.
        history: History,
    },
    /// An agent asked a colleague.
    TransferAsked {
        /// Who asks.
        giver: String,
        /// Who is asked.
        to: String,
    },
    /// The colleague accepted.
    TransferPassed {
        /// Who gave.
        giver: String,
        /// Who took.
        to: String,
    },
    /// Passed to a line or a target.
    TransferTeam {
        /// Who gives.
        giver: String,
        /// To which team.
        team: String,
        /// Place, if known.
        place: Option<u32>,
    },
    /// An agent was lost, or did not answer, and the customer is in line again.
    AgentLost {
        /// The agent.
        name: String,
        /// The connection was lost; else the agent said nothing for too long.
        lost: bool,
        /// Place, if known.
        place: Option<u32>,
    },
    /// Back with the bot.
    HandedBack {
        /// Who gave.
        giver: String,
        /// The bot acknowledged the brief; the line that the agent approved.
        acknowledged: Option<String>,
        /// The word that gets a person, where the phrase works in this language.
        word: bool,
    },
    /// The bot takes its time.
    StillWorking,
    /// The bot failed and a handover was opened.
    BotFailed,
    /// The bot failed and nobody is there: it is a promise now.
    BotFailedNobody {
        /// Short name of the chat.
        reference: String,
        /// When a person answers, if there is a message list.
        by: Option<String>,
    },
    /// A target failed and the next is tried.
    TargetFailed {
        /// Which failed.
        team: String,
        /// Which is tried now.
        next: String,
    },
    /// A target failed and there is no next.
    TargetFailedNone {
        /// Short name of the chat.
        reference: String,
        /// When a person answers.
        by: String,
    },
    /// A target failed and nobody else is there.
    TargetFailedBack {
        /// Which failed.
        team: String,
        /// The bot holds again; else the chat is closed.
        bot: bool,
    },
    /// A message was left.
    MessageLeft {
        /// Short name of the chat.
        reference: String,
        /// When a person answers.
        by: String,
    },
    /// Out of the line, back with the bot.
    Withdrawn,
    /// Closed.
    Closed {
        /// By whom.
        by: ClosedBy,
    },
    /// The customer may rate.
    Rating {
        /// The agent, if a people stretch had words from both sides.
        agent: Option<String>,
        /// The bot, if it spoke.
        bot: bool,
    },
    /// The bot may not take it again.
    BouncesExhausted,
}

/// Who asked for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// The customer.
    Customer,
    /// The house, or the bot.
    House,
    /// Nobody had to: people answer first here.
    Nobody,
}

/// Ways besides waiting: only those that exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ways {
    /// A message can be left and is answered by then; there is a list with an owner, and the chat itself bears the answer.
    pub leave_by: Option<String>,
    /// A healthy bot is there.
    pub bot: bool,
}

/// Why nobody can take it.
#[derive(Clone, Debug, PartialEq)]
pub enum Unavailable {
    /// Outside the hours.
    Closed {
        /// The week and the place whose clock counts.
        hours: (String, String),
        /// The next opening, if one is near.
        next: Option<String>,
    },
    /// The line is full.
    Full,
}

/// Where the customer is already.
#[derive(Clone, Debug, PartialEq)]
pub enum AlreadyAt {
    /// In a line.
    Line {
        /// Place, if known.
        place: Option<u32>,
    },
    /// With an agent.
    Agent(String),
    /// With a target.
    Target(String),
}

/// Who closed.
#[derive(Clone, Debug, PartialEq)]
pub enum ClosedBy {
    /// An agent, and when.
    Agent(String, String),
    /// Nobody wrote for so many minutes.
    Quiet(i64),
    /// The bot, and when.
    Bot(String),
    /// A target or the house, and when.
    House(String),
}

/// A notice as it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Stable code.
    pub code: &'static str,
    /// Catalogue version.
    pub catalogue: u32,
    /// Language in which it was told.
    pub language: String,
    /// Values by name.
    pub values: Map<String, Value>,
    /// The words.
    pub words: String,
    /// What the customer can do next, as stable words.
    pub actions: Vec<&'static str>,
}

struct Writer {
    catalogue: &'static Words,
    words: String,
    values: Map<String, Value>,
    actions: Vec<&'static str>,
}

impl Writer {
    fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a sentence, apart by a space where the language has one.
    fn say(&mut self, key: &str) -> &mut Self {
        if !self.words.is_empty() {
            self.words.push_str(self.catalogue.text("sentence.join"));
        }
        self.join(key)
    }

    /// Adds words without a space before them.
    fn join(&mut self, key: &str) -> &mut Self {
        let text = self.catalogue.fill_with(key, |name| match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        self.words.push_str(&text);
        self
    }

    fn place(&mut self, place: u32) -> &mut Self {
        let text = self.catalogue.place(place);
        self.set("n", place).set("place", text)
    }

    fn ways(&mut self, ways: &Ways) -> &mut Self {
        match (&ways.leave_by, ways.bot) {
            (Some(by), true) => self.set("by", by.clone()).say("offer.leave_or_bot"),
            (Some(by), false) => self.set("by", by.clone()).say("offer.leave"),
            (None, true) => self.say("offer.bot"),
            (None, false) => self,
        };
        if ways.leave_by.is_some() {
            self.actions.push("leave_message");
        }
        if ways.bot {
            self.actions.push("stay_with_bot");
        }
        self
    }
}

/// From a fact to what is told, in the customer's language or else in English.
pub fn notice(fact: &Notice, language: &str) -> Told {
    let catalogue = Words::of(language);
    let mut w = Writer { catalogue, words: String::new(), values: Map::new(), actions: Vec::new() };
    let code = write(&mut w, fact);
    Told {
        code,
        catalogue: catalogue.version(),
        language: catalogue.language().to_owned(),
        values: w.values,
        words: w.words,
        actions: w.actions,
    }
}

fn write(w: &mut Writer, fact: &Notice) -> &'static str {
    match fact {
        Notice::Asked { by, history } => {
            w.say(match by {
                AskedBy::Customer => "asked.customer",
                AskedBy::House => "asked.house",
                AskedBy::Nobody => "asked.first",
            });
            match history {
                History::Full => w.say("history.full"),
                History::Summary => w.say("history.summary"),
                History::None => w,
            };
            "asked"
        }
        Notice::InLine { place, team, choice_by, staffed, ways } => {
            if !staffed {
                w.say("staffless");
            }
            match (place, team) {
                (Some(place), _) => {
                    w.place(*place).say("line.place").say("line.unknown_time");
                }
                (None, Some(team)) => {
                    w.set("team", team.clone()).say("line.team");
                }
                (None, None) => {}
            }
            if let Some(by) = choice_by {
                w.set("choice_by", by.clone()).say("line.promise");
            }
            w.actions.push("wait");
            if !staffed {
                w.ways(ways);
            }
            "in_line"
        }
        Notice::Unavailable { why, ways } => {
            match why {
                Unavailable::Closed { hours: (week, zone), next } => {
                    w.say("closed.nobody");
                    // Hours without any open span say nothing of a week.
                    if !week.is_empty() {
                        w.set("week", week.clone()).set("zone", zone.clone()).say("closed.hours");
                    }
                    if let Some(next) = next {
                        w.set("next", next.clone()).say("closed.next");
                    }
                }
                Unavailable::Full => {
                    w.say("full");
                }
            }
            w.ways(ways);
            "unavailable"
        }
        Notice::Already(at) => {
            match at {
                AlreadyAt::Line { place: Some(place) } => w.place(*place).say("line.place"),
                AlreadyAt::Line { place: None } => w.say("already.queue"),
                AlreadyAt::Agent(name) => w.set("name", name.clone()).say("already.agent"),
                AlreadyAt::Target(team) => w.set("team", team.clone()).say("already.target"),
            };
            "already"
        }
        Notice::WaitChoice { ways } => {
            w.say("wait_choice");
            w.actions.push("wait");
            w.ways(ways);
            "wait_choice"
        }
        Notice::WaitOver { reference, by } => {
            w.set("reference", reference.clone()).set("by", by.clone()).say("wait_over");
            "wait_over"
        }
        Notice::Joined { name, human, team, say_team, history } => {
            w.set("team", team.clone());
            match name {
                Some(name) if *human => {
                    w.set("name", name.clone()).say(if *say_team { "joined.person_team" } else { "joined.person" })
                }
                _ => w.say("joined.someone"),
            };
            w.join(match history {
                History::Full => "joined.full",
                History::Summary => "joined.summary",
                History::None => "joined.none",
            });
            "joined"
        }
        Notice::TransferAsked { giver, to } => {
            w.set("giver", giver.clone()).set("to", to.clone()).say("transfer.asking");
            "transfer_asked"
        }
        Notice::TransferPassed { giver, to } => {
            w.set("giver", giver.clone()).set("to", to.clone()).say("transfer.passed").say("transfer.sees");
            "transfer_passed"
        }
        Notice::TransferTeam { giver, team, place } => {
            w.set("giver", giver.clone()).set("team", team.clone()).say("transfer.queue");
            if let Some(place) = place {
                w.place(*place).say("line.place");
            }
            "transfer_team"
        }
        Notice::AgentLost { name, lost, place } => {
            w.set("name", name.clone()).say(if *lost { "agent_lost" } else { "agent_silent" });
            match place {
                Some(1) => w.say("again.front"),
                Some(place) => w.place(*place).say("again.place"),
                None => w.say("again.line"),
            };
            if *lost { "agent_lost" } else { "agent_silent" }
        }
        Notice::HandedBack { giver, acknowledged, word } => {
            w.set("giver", giver.clone()).say("handed_back");
            match acknowledged {
                Some(note) if !note.trim().is_empty() => {
                    let note = note.trim();
                    let ended = note.ends_with(['.', '!', '?', '。', '！', '？', '؟']);
                    let end = if ended { "" } else { w.catalogue.text("sentence.end") };
                    w.set("note", format!("{note}{end}")).say("handed_back.known");
                }
                Some(_) => {
                    w.say("handed_back.knows");
                }
                None => {}
            }
            if *word {
                w.set("word", w.catalogue.text("person_word")).say("handed_back.word");
            }
            if acknowledged.is_some() { "handed_back" } else { "handed_back_short" }
        }
        Notice::StillWorking => {
            w.say("still_working");
            "still_working"
        }
        Notice::BotFailed => {
            w.say("bot_failed");
            "bot_failed"
        }
        Notice::BotFailedNobody { reference, by } => {
            w.set("reference", reference.clone());
            match by {
                Some(by) => w.set("by", by.clone()).say("bot_failed.nobody"),
                None => w.say("bot_failed.alone"),
            };
            "bot_failed_nobody"
        }
        Notice::TargetFailed { team, next } => {
            w.set("team", team.clone()).set("next", next.clone()).say("target_failed.next");
            "target_failed"
        }
        Notice::TargetFailedNone { reference, by } => {
            w.set("reference", reference.clone()).set("by", by.clone()).say("target_failed.none");
            "target_failed_none"
        }
        Notice::TargetFailedBack { team, bot } => {
            w.set("team", team.clone()).say(if *bot { "target_failed.bot" } else { "target_failed.nobody" });
            "target_failed_back"
        }
        Notice::MessageLeft { reference, by } => {
            w.set("reference", reference.clone()).set("by", by.clone()).say("message_left");
            "message_left"
        }
        Notice::Withdrawn => {
            w.say("withdrawn");
            "withdrawn"
        }
        Notice::Closed { by } => {
            match by {
                ClosedBy::Agent(name, at) => w.set("name", name.clone()).set("at", at.clone()).say("closed_by.agent"),
                ClosedBy::Quiet(minutes) => {
                    let key = w.catalogue.counted("closed_by.quiet", minutes.unsigned_abs());
                    w.set("minutes", *minutes).say(&key)
                }
                ClosedBy::Bot(at) => w.set("at", at.clone()).say("closed_by.bot"),
                ClosedBy::House(at) => w.set("at", at.clone()).say("closed_by.house"),
            };
            w.say("closed_by.again");
            "closed"
        }
        Notice::Rating { agent, bot } => {
            w.say("rating.ask");
            if let Some(agent) = agent {
                w.set("agent", agent.clone()).say("rating.agent");
            }
            if *bot {
                w.say("rating.bot");
            }
            w.say("rating.skip");
            w.say(if agent.is_some() { "rating.seen_by" } else { "rating.seen_team" });
            w.actions.push("rate");
            "rating"
        }
        Notice::BouncesExhausted => {
            w.say("bounces_exhausted");
            "bounces_exhausted"
        }
    }
}

/// The word that the hand-back notice names, in the language in which it is told.
pub fn person_word(language: &str) -> &'static str {
    Words::of(language).text("person_word")
}
