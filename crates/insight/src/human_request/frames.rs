//! The frames: which arrangements of tagged words are a request for a person, a refusal, a question about who answers.
//!
//! A segment is read in two steps. First, persons that are none of the house's are set aside: somebody else's ("my
//! insurance agent"), counted ("2 persons"), asked about ("are you a human?"), refused ("no agent needed"). Then each
//! frame looks for its arrangement among the rest; the strongest decides.

use super::segments::{Item, Segment};
use super::{Reading, Verdict};
use crate::Lang;
use crate::lexicon::{Class, Classes};

pub(super) const PERSONS: Classes =
    Classes::of(&[Class::Staff, Class::Boss, Class::Human, Class::Some, Class::Desk, Class::Team, Class::Live]);
/// Words that may stand between the two halves of a tight frame.
pub(super) const LIGHT: Classes = Classes::of(&[Class::Thin, Class::Def, Class::Real, Class::Please, Class::InPerson]);
/// Words that may stand before a request that begins with its verb.
const OPENERS: Classes = Classes::of(&[
    Class::Thin,
    Class::Def,
    Class::Real,
    Class::Please,
    Class::Greet,
    Class::Want,
    Class::Wanted,
    Class::Thanks,
    Class::No,
    Class::Help,
    Class::Exists,
    Class::Polite,
    Class::Can,
    Class::Courtesy,
    Class::InPerson,
]);
const WISHES: Classes = Classes::of(&[Class::Want, Class::Wanted]);

/// How far a verb may stand from its person, in words (or characters of Chinese and Japanese).
const REACH_OF_TALK: usize = 8;
const REACH_OF_TALK_CJK: usize = 14;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Free,
    /// Not one of the house.
    Foreign,
    /// Asked about: are you one?
    Asked,
    /// Not wanted.
    Refused,
}

pub(super) struct Reader<'a> {
    pub(super) items: &'a [Item],
    pub(super) lang: Lang,
    pub(super) question: bool,
    pub(super) state: Vec<State>,
    pub(super) bot_refused: Option<(usize, usize)>,
    pub(super) asked: Option<(usize, usize)>,
    pub(super) refused: Option<(usize, usize)>,
    pub(super) best: Option<(u32, &'static str, Vec<usize>)>,
}

/// Reads one segment.
pub(super) fn read(segment: &Segment<'_>) -> Verdict {
    let items = segment.items;
    let none = Verdict { reading: Reading::None, points: 0, rule: "nothing", spans: Vec::new() };
    let speaks_of_people = items
        .iter()
        .any(|i| i.is_any(PERSONS) || i.is_any(Classes::of(&[Class::Bot, Class::Pass, Class::Other, Class::CallMe])));
    if !speaks_of_people {
        return none;
    }
    let mut reader = Reader {
        items,
        lang: segment.lang,
        question: segment.question,
        state: vec![State::Free; items.len()],
        bot_refused: None,
        asked: None,
        refused: None,
        best: None,
    };
    reader.set_aside_foreign();
    reader.set_aside_asked();
    reader.bind_refusals();
    reader.pass();
    reader.talk();
    reader.want();
    reader.exists();
    reader.available();
    reader.helped();
    reader.live();
    reader.call_me();
    reader.bare();
    reader.not_a_bot();
    reader.verdict()
}

impl Reader<'_> {
    pub(super) fn is_cjk(&self) -> bool {
        matches!(self.lang, Lang::Zh | Lang::Ja)
    }

    pub(super) fn distance(&self, a: usize, b: usize) -> usize {
        let (left, right) = if a < b { (a, b) } else { (b, a) };
        // A word that is both halves of a frame is none.
        if left == right { usize::MAX } else { self.items[right].from - self.items[left].to }
    }

    pub(super) fn usable(&self, i: usize) -> bool {
        self.state[i] == State::Free && self.items[i].is_any(PERSONS)
    }

    fn persons(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.items.len()).filter(|&i| self.usable(i))
    }

    fn between(&self, a: usize, b: usize) -> &[Item] {
        let (left, right) = if a < b { (a, b) } else { (b, a) };
        self.items.get(left + 1..right).unwrap_or(&[])
    }

    fn is_tight(&self, a: usize, b: usize) -> bool {
        a != b && self.between(a, b).iter().all(|i| i.is_any(LIGHT))
    }

    /// "someone real", "a live agent": the person is marked as no machine.
    fn is_real(&self, i: usize) -> bool {
        if self.items[i].is(Class::Live) {
            return true;
        }
        let near = |j: Option<usize>| {
            j.and_then(|j| self.items.get(j)).is_some_and(|n| n.is(Class::Real) || n.is(Class::InPerson))
        };
        near(i.checked_sub(1)) || near(i.checked_sub(2)) || near(Some(i + 1)) || near(Some(i + 2))
    }

    fn offer(&mut self, points: u32, rule: &'static str, parts: &[usize]) {
        if points == 0 || self.best.as_ref().is_some_and(|(best, ..)| *best >= points) {
            return;
        }
        self.best = Some((points, rule, parts.to_vec()));
    }

    /// A story ("yesterday", "they told me to") stands before the frame, and no wish of the customer's in between.
    fn is_told(&self, parts: &[usize]) -> bool {
        // "Do I have to talk to an agent?" ends with its verb in Turkish and Japanese.
        if self.question && self.lang.is_verb_final() && self.items.last().is_some_and(|i| i.is(Class::Veto)) {
            return true;
        }
        let first = parts.iter().copied().min().unwrap_or(0);
        let last_told = (0..first).rev().find(|&i| self.items[i].is(Class::Veto));
        match last_told {
            Some(told) => !self.items[told..first].iter().any(|i| i.is_any(Classes::of(&[Class::Want, Class::Pass]))),
            None => false,
        }
    }

    /// The segment asks for hours or a number, and not only after *about*.
    fn asks_for_info(&self) -> bool {
        let info = self.items.iter().position(|i| i.is(Class::Info));
        let about = self.items.iter().position(|i| i.is(Class::About));
        match (info, about) {
            (Some(info), Some(about)) => self.lang.is_verb_final() || self.is_cjk() || info < about,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn pass(&mut self) {
        for i in 0..self.items.len() {
            let item = self.items[i];
            if self.state[i] != State::Free {
                continue;
            }
            if item.is(Class::Pass) {
                let person = self
                    .persons()
                    .filter(|&p| self.distance(i, p) <= if self.class(p) == Class::Team { 4 } else { 8 })
                    .min_by_key(|&p| (self.distance(i, p), p < i));
                if let Some(p) = person {
                    let told = self.is_told(&[i, p]) || self.asks_for_info() && !self.has_wish();
                    self.offer(if told { 45 } else { 95 }, "pass_me", &[i, p]);
                } else if self.items.iter().enumerate().all(|(j, x)| j == i || x.is_any(OPENERS))
                    && self.items.len() <= 7
                {
                    self.offer(75, "pass_me", &[i]);
                }
            }
            if item.is(Class::Move) {
                let either_way = !matches!(self.lang, Lang::En | Lang::Es | Lang::Fr | Lang::Pt | Lang::It | Lang::Ar);
                let person = self
                    .persons()
                    .filter(|&p| (p > i || either_way) && self.is_tight(i, p))
                    .min_by_key(|&p| self.distance(i, p));
                if let Some(p) = person {
                    let comes = self.items[i..]
                        .iter()
                        .any(|x| x.is_any(Classes::of(&[Class::Help, Class::Talk, Class::CallMe])));
                    let mut points =
                        match self.class(p) {
                            Class::Team => 55,
                            Class::Some if !comes && !self.is_real(p) => {
                                if self.items.iter().any(|x| x.is(Class::Please)) { 62 } else { 50 }
                            }
                            Class::Some => 70,
                            _ => 90,
                        };
                    if self.is_told(&[i, p]) || self.asks_for_info() {
                        points = 45;
                    }
                    self.offer(points, "pass_me", &[i, p]);
                }
            }
        }
    }

    /// What kind of person an item is; the strongest, if it is several.
    fn class(&self, i: usize) -> Class {
        const STRONGEST_FIRST: [Class; 7] =
            [Class::Live, Class::Human, Class::Staff, Class::Boss, Class::Desk, Class::Some, Class::Team];
        STRONGEST_FIRST.into_iter().find(|class| self.items[i].is(*class)).unwrap_or(Class::Word)
    }

    fn has_wish(&self) -> bool {
        self.items.iter().any(|i| i.is_any(Classes::of(&[Class::Want, Class::Wanted, Class::Please])))
    }

    fn talk(&mut self) {
        let reach = if self.is_cjk() { REACH_OF_TALK_CJK } else { REACH_OF_TALK };
        for t in 0..self.items.len() {
            let is_talk = self.items[t].is(Class::Talk);
            if !is_talk && !self.items[t].is(Class::Reach) || self.state[t] != State::Free {
                continue;
            }
            let nearest = self
                .persons()
                .filter(|&p| self.distance(t, p) <= reach)
                .filter(|&p| !self.between(t, p).iter().any(|i| i.is(Class::About)) || p < t)
                .min_by_key(|&p| (self.distance(t, p), p));
            let Some(p) = nearest else { continue };
            let first = t.min(p);
            let last = t.max(p);
            let wish = if self.lang.is_verb_final() || self.is_cjk() {
                self.items.iter().position(|i| i.is_any(WISHES) || i.is(Class::Please))
            } else {
                self.items[..last].iter().rposition(|i| i.is_any(WISHES)).or_else(|| {
                    self.items.iter().position(|i| i.is_any(Classes::of(&[Class::Please, Class::Help, Class::Want])))
                })
            };
            let fragment = self.items[..first].iter().all(|i| i.is_any(OPENERS))
                && (self.items.len() <= 8 || self.distance(t, p) <= 3);
            let opened = wish.is_some() || fragment && !(self.question && self.lang == Lang::Ja);
            let mut points = match self.class(p) {
                _ if !opened => 40,
                Class::Some => 88,
                Class::Desk => 88,
                Class::Team => 80,
                _ => 95,
            };
            if !is_talk && points > 40 {
                points -= 8;
                if self.class(p) == Class::Some && !self.is_real(p) {
                    points = if wish.is_some_and(|w| self.items[w].is_any(WISHES) || self.items[w].is(Class::Help)) {
                        62
                    } else {
                        50
                    };
                }
            }
            // "Someone talks": before its verb, a person is who talks, unless something offers it ("is there anyone I can
            // talk to").
            let verb_follows = matches!(self.lang, Lang::En | Lang::Es | Lang::Fr | Lang::Pt | Lang::It | Lang::Ar);
            if p < t && verb_follows && points > 40 {
                let offered = self.items[..t].iter().any(|i| i.is(Class::Exists))
                    || self.between(p, t).iter().any(|i| i.is_any(WISHES) || i.is(Class::Rel));
                points = if offered { points } else { 40 };
            }
            let from = wish.map_or(first, |w| w.min(first));
            // Without a wish, a story anywhere in the segment is what it is about: Japanese tells at the end.
            let told = self.is_told(&[from]) || wish.is_none() && self.items.iter().any(|i| i.is(Class::Veto));
            if told || self.asks_for_info() {
                points = points.min(45);
            }
            match wish {
                Some(w) => self.offer(points, "talk_to_person", &[w, t, p]),
                None => self.offer(points, "talk_to_person", &[t, p]),
            }
        }
    }

    fn want(&mut self) {
        for w in 0..self.items.len() {
            let please = self.items[w].is(Class::Please);
            if !please && !self.items[w].is_any(WISHES) || self.state[w] != State::Free {
                continue;
            }
            let both_ways = please || self.lang.is_verb_final() || self.lang == Lang::Zh || self.lang == Lang::De;
            let person = self
                .persons()
                .filter(|&p| (p > w || both_ways) && self.is_tight(w, p))
                .filter(|&p| self.distance(w, p) <= 6)
                .min_by_key(|&p| self.distance(w, p));
            let Some(p) = person else { continue };
            // "Agent, please" stands alone; "the agent please told me" does not.
            let before = w.min(p);
            let alone = self.items[..before].iter().all(|i| i.is_any(OPENERS));
            let mut points: u32 = match (self.class(p), please) {
                (Class::Staff | Class::Human | Class::Live | Class::Boss, false) => 88,
                (Class::Staff | Class::Human | Class::Live | Class::Boss, true) => {
                    if alone {
                        88
                    } else {
                        64
                    }
                }
                (Class::Desk, _) => 80,
                (Class::Team, true) if self.items.len() <= 5 => 70,
                (Class::Some, _) if self.is_real(p) => 80,
                (Class::Team | Class::Some, _) => 50,
                _ => 0,
            };
            if self.items[w].is(Class::Wanted) {
                points = points.saturating_sub(8);
            }
            // "I need agent information": an unknown word joined to the person makes it another thing.
            if self.lang == Lang::En
                && p > w
                && self.class(p) != Class::Live
                && self.items.get(p + 1).is_some_and(|n| n.is_unknown())
            {
                points = points.min(50);
            }
            // "I asked for an agent yesterday" is told, "I wanted an agent" is polite.
            let told_after = self.items[w].is(Class::Wanted) && self.items[w..].iter().any(|i| i.is(Class::Veto));
            if self.is_told(&[w.min(p)]) || told_after || self.asks_for_info() {
                points = points.min(45);
            }
            self.offer(points, "want_person", &[w, p]);
        }
    }

    fn exists(&mut self) {
        for e in 0..self.items.len() {
            // "Is someone real there?" begins with its verb.
            let first = e == 0 && self.items[e].is(Class::Can);
            if !self.items[e].is(Class::Exists) && !first {
                continue;
            }
            let either_way = self.lang.is_verb_final() || self.is_cjk();
            let person = self
                .persons()
                .filter(|&p| (p > e || either_way) && self.distance(e, p) <= 6)
                // "Is there a discount for ten persons?" asks for no person.
                .filter(|&p| self.between(e, p).iter().all(|i| i.is_any(LIGHT) || i.is_any(PERSONS)))
                .min_by_key(|&p| self.distance(e, p));
            let Some(p) = person.filter(|&p| !first || self.is_real(p)) else { continue };
            let helped = self.items.iter().any(|i| i.is_any(Classes::of(&[Class::Help, Class::Talk])));
            let mut points = match self.class(p) {
                Class::Live => 85,
                _ if self.is_real(p) => 85,
                Class::Human => 80,
                Class::Staff => 70,
                Class::Boss => 55,
                Class::Some if helped => 64,
                Class::Desk => 55,
                _ => 40,
            };
            let counted = self.items[..e].iter().any(|i| i.is(Class::Num));
            if self.is_told(&[e, p]) || self.asks_for_info() || counted {
                points = points.min(45);
            }
            self.offer(points, "is_there_person", &[e, p]);
        }
    }

    /// "Is a manager available?"
    fn available(&mut self) {
        let asks = self.question || self.items.iter().any(|i| i.is_any(Classes::of(&[Class::Exists, Class::Can])));
        for a in 0..self.items.len() {
            if !asks || !self.items[a].is(Class::Available) {
                continue;
            }
            let person = self.persons().filter(|&p| self.is_tight(a, p)).min_by_key(|&p| self.distance(a, p));
            let Some(p) = person else { continue };
            let points = match self.class(p) {
                _ if self.is_told(&[a, p]) || self.asks_for_info() => 45,
                _ if self.is_real(p) => 85,
                Class::Staff | Class::Boss | Class::Human => 70,
                _ => 50,
            };
            self.offer(points, "is_there_person", &[a, p]);
        }
    }

    fn helped(&mut self) {
        for h in 0..self.items.len() {
            let call = self.items[h].is(Class::CallMe);
            if !call && !self.items[h].is(Class::Help) || self.state[h] != State::Free {
                continue;
            }
            let person = self.persons().filter(|&p| self.distance(h, p) <= 7).min_by_key(|&p| self.distance(h, p));
            let Some(p) = person else { continue };
            let wish = self
                .items
                .iter()
                .position(|i| i.is_any(WISHES) || i.is_any(Classes::of(&[Class::Please, Class::Exists])));
            // "Can somebody call me": the can stands beside its person.
            let may = self.items.iter().enumerate().position(|(c, i)| {
                i.is(Class::Can) && (self.is_cjk() || self.lang.is_verb_final() || self.distance(c, p) <= 3)
            });
            let wish = wish.or(may);
            let helper_first = p < h || self.lang.is_verb_final();
            let mut points: u32 = match self.class(p) {
                _ if self.is_real(p) => 82,
                Class::Some if self.items.iter().any(|i| i.is(Class::InPerson)) => 80,
                Class::Some if call => 80,
                Class::Some => 50,
                Class::Staff | Class::Human | Class::Live | Class::Boss => 82,
                Class::Desk | Class::Team if call => 75,
                _ => 45,
            };
            if wish.is_none() {
                points = points.saturating_sub(30);
            }
            // "Can I help a person": the person is who is helped.
            if !helper_first && !call && !self.is_real(p) && self.class(p) != Class::Staff {
                points = points.min(66);
            }
            if self.is_told(&[h, p]) || self.asks_for_info() {
                points = points.min(45);
            }
            match wish {
                Some(w) => self.offer(points, "person_helps", &[w, p, h]),
                None => self.offer(points, "person_helps", &[p, h]),
            }
        }
    }

    fn live(&mut self) {
        let Some(p) = self.persons().find(|&p| self.items[p].is(Class::Live)) else { return };
        let asks = self.question
            || self.items.iter().any(|i| {
                i.is_any(Classes::of(&[
                    Class::Want,
                    Class::Wanted,
                    Class::Exists,
                    Class::Please,
                    Class::Can,
                    Class::Help,
                    Class::Pass,
                ]))
            });
        let mut points = if self.items.len() <= 4 || asks && self.items.len() <= 8 { 66 } else { 50 };
        let before_is_about = self.items[..p].iter().rev().take(3).any(|i| i.is(Class::About));
        let told = self.items.iter().any(|i| i.is(Class::Veto));
        if before_is_about || told || self.asks_for_info() {
            points = 40;
        }
        self.offer(points, "live_help", &[p]);
    }

    fn call_me(&mut self) {
        let Some(c) = self.items.iter().position(|i| i.is(Class::CallMe)) else { return };
        if self.state[c] == State::Free
            && self.items.iter().enumerate().all(|(j, i)| j == c || i.is_any(OPENERS) || i.number)
        {
            self.offer(72, "call_me", &[c]);
        }
    }

    /// A turn (or sentence) of nothing but the word: "agent", "a real person please".
    fn bare(&mut self) {
        let light = |i: &Item| i.is_any(LIGHT) || i.is(Class::Greet) || i.is_any(PERSONS) || i.is(Class::Help);
        let mut heard = self.items;
        // "an agent, thanks": a thank-you behind the word is a please.
        while let Some((last, rest)) = heard.split_last() {
            if !last.is(Class::Thanks) {
                break;
            }
            heard = rest;
        }
        let longest = if self.is_cjk() { 10 } else { 7 };
        if heard.is_empty() || heard.len() > longest || !heard.iter().all(light) {
            return;
        }
        let please = heard.iter().any(|i| i.is(Class::Please));
        // "The adviser who helped me" is the beginning of a story.
        // "…, or a person" belongs to the question before it.
        if heard[0].is(Class::Or) {
            return;
        }
        if heard.iter().any(|i| i.is(Class::Rel) && !i.is(Class::Please)) && heard.iter().any(|i| i.is(Class::Help)) {
            return;
        }
        if heard.iter().any(|i| i.is(Class::Def)) && !please {
            return;
        }
        let Some(p) = (0..heard.len()).filter(|&p| self.usable(p)).max_by_key(|&p| self.bare_points(p, please)) else {
            return;
        };
        self.offer(self.bare_points(p, please), "bare_word", &[p]);
    }

    fn bare_points(&self, p: usize, please: bool) -> u32 {
        match self.class(p) {
            Class::Live => 90,
            Class::Staff | Class::Human => 85,
            Class::Desk => 75,
            Class::Boss | Class::Team if please => 70,
            Class::Some if self.is_real(p) => 75,
            _ => 40,
        }
    }

    fn not_a_bot(&mut self) {
        if let Some((a, b)) = self.bot_refused {
            // "No bots in multiplayer": a mere "no" needs a sentence that says little else.
            let weak = !self.items[a].is(Class::Refuse) && !self.items[b].is(Class::Refuse);
            let beside = self.items.iter().filter(|i| i.is_unknown()).count() >= 2;
            let told = self.is_told(&[a]) || weak && beside;
            self.offer(if told { 45 } else { 86 }, "not_a_bot", &[a, b]);
        }
    }

    fn verdict(self) -> Verdict {
        let span = |parts: &[usize]| {
            let mut parts = parts.to_vec();
            parts.sort_unstable();
            parts.dedup();
            parts.iter().map(|&i| (self.items[i].from, self.items[i].to)).collect::<Vec<_>>()
        };
        let points = self.best.as_ref().map_or(0, |(points, ..)| *points);
        if let Some((points, rule, parts)) = &self.best
            && points * 10_000 >= super::ASKED_FROM_MILLIONTHS
        {
            return Verdict { reading: Reading::Request, points: *points, rule, spans: span(parts) };
        }
        if let Some((a, b)) = self.refused {
            return Verdict { reading: Reading::Refusal, points, rule: "person_refused", spans: span(&[a, b]) };
        }
        if let Some((a, b)) = self.asked {
            return Verdict { reading: Reading::NatureQuestion, points, rule: "are_you_human", spans: span(&[a, b]) };
        }
        let spoken_of = (0..self.items.len()).find(|&i| {
            self.items[i].is_any(Classes::of(&[
                Class::Staff,
                Class::Boss,
                Class::Human,
                Class::Desk,
                Class::Live,
                Class::Other,
            ]))
        });
        match spoken_of {
            Some(p) => Verdict { reading: Reading::Mention, points, rule: "mention", spans: span(&[p]) },
            None => Verdict { reading: Reading::None, points, rule: "nothing", spans: Vec::new() },
        }
    }
}
