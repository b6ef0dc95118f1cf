//! What is seen of a log: by the customer, and by people at the desk. Pages fold the same log in their own language;
//! golden vectors that are made from these two functions hold them to it.

use crate::actor::{Actor, Who};
use crate::event::{Answered, Body, Edited, Fact, Fate, Header, Rated, Redacted, Said, Undone};
use crate::ids::MessageId;
use crate::ownership::Holder;

/// What a customer's screen shows, in the order of positions.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Somebody's words.
    Message {
        /// Where it stands.
        position: u64,
        /// Who said it.
        by: Actor,
        /// The words as they are now; empty if they were erased.
        text: String,
        /// It was cut by a new baton number: this is what was seen.
        interrupted: bool,
        /// The words are not the first ones.
        edited: bool,
        /// The words are gone.
        erased: bool,
    },
    /// A text of the house.
    Notice {
        /// Where it stands.
        position: u64,
        /// Which notice.
        code: String,
        /// The words as they were told.
        text: String,
    },
    /// The customer's mark.
    Rated {
        /// Where it stands.
        position: u64,
        /// Is the question answered?
        answered: Option<Answered>,
        /// 1 to 5.
        agent: Option<u8>,
        /// 1 to 5.
        bot: Option<u8>,
    },
    /// An episode begins.
    Opened {
        /// Where it stands.
        position: u64,
        /// From 1.
        episode: u32,
    },
}

/// Words, a notice or a mark as the desk shows it, in the order of the log, under the holder of the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The event that put it there: of a released word, the one that released it.
    pub seq: u64,
    /// Who held the conversation.
    pub holder: Option<Holder>,
    /// Who said it.
    pub by: Actor,
    /// What it is.
    pub what: What,
}

/// What an [`Item`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Somebody's words.
    Message {
        /// What became of them.
        fate: Fate,
        /// The words as they are now; empty if they were erased.
        text: String,
        /// The words are not the first ones.
        edited: bool,
        /// The words are gone.
        erased: bool,
    },
    /// What the customer was told.
    Told {
        /// Which notice.
        code: String,
        /// The words.
        text: String,
    },
    /// The customer's mark.
    Rated(Rated),
}

fn words(body: Option<&Body>) -> Option<String> {
    match body {
        Some(Body::Message { content, .. }) => Some(content.plain.clone()),
        Some(Body::Notice { words, .. }) => Some(words.clone()),
        _ => None,
    }
}

/// What the customer sees of a conversation. Events without a position are none of theirs.
pub fn by_customer<'a>(log: impl IntoIterator<Item = (&'a Header, Option<&'a Body>)>) -> Vec<Shown> {
    let mut out: Vec<(Option<MessageId>, Shown)> = Vec::new();
    for (header, body) in log {
        let Some(position) = header.position else { continue };
        let text = words(body);
        match &header.fact {
            Fact::Said(Said { message, fate, .. }) => {
                let (erased, text) = (text.is_none(), text.unwrap_or_default());
                let interrupted = *fate == Fate::Interrupted;
                let shown = Shown::Message { position, by: header.actor, text, interrupted, edited: false, erased };
                out.push((Some(*message), shown));
            }
            // The new words stand where the old ones stood.
            Fact::Edited(Edited { message, old }) => {
                for (id, shown) in out.iter_mut().filter(|(id, _)| *id == Some(*old)) {
                    *id = Some(*message);
                    if let Shown::Message { text: now, edited, erased, .. } = shown {
                        (*edited, *erased) = (true, text.is_none());
                        *now = text.clone().unwrap_or_default();
                    }
                }
            }
            Fact::Told(told) => {
                out.push((None, Shown::Notice { position, code: told.code.clone(), text: text.unwrap_or_default() }));
            }
            Fact::Rated(Rated { answered, agent, bot, .. }) => {
                out.push((None, Shown::Rated { position, answered: *answered, agent: *agent, bot: *bot }));
            }
            Fact::Opened(opened) => out.push((None, Shown::Opened { position, episode: opened.episode })),
            _ => {}
        }
    }
    out.into_iter().map(|(_, shown)| shown).collect()
}

/// What people see of a conversation. A word that was held and went out is seen once, where it went out; one that its
/// agent took back is not seen; one that the house held back is seen as withheld.
pub fn at_desk<'a>(log: impl IntoIterator<Item = (&'a Header, Option<&'a Body>)>) -> Vec<Item> {
    let mut out: Vec<(Option<MessageId>, Item)> = Vec::new();
    let mut holder = None;
    for (header, body) in log {
        let text = words(body);
        match &header.fact {
            Fact::HolderSet(set) => holder = Some(set.holder.clone()),
            Fact::Said(Said { message, fate, .. }) => {
                if let Fate::Released { of } = fate {
                    out.retain(|(_, item)| item.seq != *of);
                }
                let (erased, text) = (text.is_none(), text.unwrap_or_default());
                let what = What::Message { fate: *fate, text, edited: false, erased };
                out.push((Some(*message), Item { seq: header.seq, holder: holder.clone(), by: header.actor, what }));
            }
            Fact::Undone(Undone { of }) => match header.actor.who {
                Who::Agent { .. } | Who::Integration { .. } => out.retain(|(_, item)| item.seq != *of),
                _ => {
                    for (_, item) in out.iter_mut().filter(|(_, item)| item.seq == *of) {
                        if let What::Message { fate, .. } = &mut item.what {
                            *fate = Fate::Withheld;
                        }
                    }
                }
            },
            Fact::Edited(Edited { message, old }) => {
                for (id, item) in out.iter_mut().filter(|(id, _)| *id == Some(*old)) {
                    *id = Some(*message);
                    if let What::Message { text: now, edited, erased, .. } = &mut item.what {
                        (*edited, *erased) = (true, text.is_none());
                        *now = text.clone().unwrap_or_default();
                    }
                }
            }
            Fact::Redacted(Redacted { of }) => {
                for (_, item) in out.iter_mut().filter(|(_, item)| item.seq == *of) {
                    if let What::Message { text, erased, .. } = &mut item.what {
                        text.clear();
                        *erased = true;
                    }
                }
            }
            Fact::Told(told) => {
                let what = What::Told { code: told.code.clone(), text: text.unwrap_or_default() };
                out.push((None, Item { seq: header.seq, holder: holder.clone(), by: header.actor, what }));
            }
            Fact::Rated(rated) => {
                let what = What::Rated(rated.clone());
                out.push((None, Item { seq: header.seq, holder: holder.clone(), by: header.actor, what }));
            }
            _ => {}
        }
    }
    out.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::common::*;

    fn log(house: &House) -> Vec<(Header, Option<Body>)> {
        let chat = &house.chats[&CHAT];
        chat.headers.iter().cloned().zip(chat.bodies.iter().cloned()).collect()
    }

    fn desk(house: &House) -> Vec<(Fate, String)> {
        let log = log(house);
        let items = at_desk(log.iter().map(|(header, body)| (header, body.as_ref())));
        let said = |item: Item| match item.what {
            What::Message { fate, text, .. } => Some((fate, text)),
            _ => None,
        };
        items.into_iter().filter_map(said).collect()
    }

    fn customer(house: &House) -> Vec<String> {
        let log = log(house);
        let shown = by_customer(log.iter().map(|(header, body)| (header, body.as_ref())));
        let text = |shown: Shown| match shown {
            Shown::Message { text, .. } => Some(text),
            _ => None,
        };
        shown.into_iter().filter_map(text).collect()
    }

    fn hold(house: &mut House, text: &str) -> u64 {
        house.when(Actor::agent(ANA), say_held(text, DESK, 1)).done();
        house.state().head.seq
    }

    #[test]
    fn a_held_word_is_seen_once_where_it_went_out() {
        let mut house = given_held();
        let held = hold(&mut house, "held");
        assert!(customer(&house).is_empty());
        house.when_passed(crate::limits::UNDO).done();
        assert_eq!(customer(&house), ["held"]);
        assert_eq!(desk(&house), [(Fate::Released { of: held }, "held".to_owned())]);
    }

    #[test]
    fn a_word_taken_back_is_gone_and_one_held_back_by_the_house_is_withheld() {
        let mut house = given_held();
        let of = hold(&mut house, "held");
        house.when(Actor::agent(ANA), Command::Undo { of }).done();
        assert!(desk(&house).is_empty() && customer(&house).is_empty());

        let mut house = given_held();
        hold(&mut house, "held");
        house.when(Actor::agent(SAM), Command::TakeOver).done();
        assert_eq!(desk(&house), [(Fate::Withheld, "held".to_owned())]);
        assert!(customer(&house).is_empty());
    }
}
