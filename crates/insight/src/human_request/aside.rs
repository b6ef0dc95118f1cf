//! Which persons of a segment are not asked for: somebody else's, counted, asked about, refused.

use super::frames::{LIGHT, PERSONS, Reader, State};
use super::segments::Item;
use crate::Lang;
use crate::lexicon::{Class, Classes};

impl Reader<'_> {
    pub(super) fn set_aside_foreign(&mut self) {
        for i in 0..self.items.len() {
            let item = self.items[i];
            if item.is(Class::Mine) {
                for j in i + 1..self.items.len().min(i + 3) {
                    if self.items[j].is_any(Classes::of(&[Class::Staff, Class::Boss, Class::Team, Class::Human])) {
                        self.state[j] = State::Foreign;
                        break;
                    }
                    if !(self.items[j].is_unknown() || self.items[j].is_any(Classes::of(&[Class::Word, Class::Real]))) {
                        break;
                    }
                }
            }
            let counts = item.is(Class::Num) || item.number;
            if counts
                && let Some(next) = self.items.get(i + 1)
                && next.is_any(Classes::of(&[Class::Human, Class::Staff]))
            {
                self.state[i + 1] = State::Foreign;
            }
            if item.is_any(Classes::of(&[Class::Greet, Class::Thanks]))
                && !self.is_cjk()
                && self.items.get(i + 1).is_some_and(|n| n.is(Class::Staff))
                && self.items.get(i + 2).is_none_or(|n| !n.is(Class::Please))
            {
                self.state[i + 1] = State::Foreign;
            }
            // "the human resources department" is not the house's department.
            if item.is(Class::Other)
                && let Some(next) = self.items.get(i + 1)
                && next.is_any(Classes::of(&[Class::Team, Class::Desk]))
            {
                self.state[i + 1] = State::Foreign;
            }
            // "agent number", "operator manual": in English the last noun is what is meant.
            if self.lang == Lang::En
                && item.is_any(Classes::of(&[Class::Staff, Class::Human]))
                && self.items.get(i + 1).is_some_and(|n| n.is(Class::Word))
            {
                self.state[i] = State::Foreign;
            }
        }
    }

    pub(super) fn set_aside_asked(&mut self) {
        let n = self.items.len();
        let stops = |item: &Item| {
            item.is_any(Classes::of(&[
                Class::Want,
                Class::Wanted,
                Class::Talk,
                Class::Pass,
                Class::Move,
                Class::Please,
                Class::Help,
            ]))
        };
        let is_kind =
            |item: &Item| item.is_any(Classes::of(&[Class::Human, Class::Bot, Class::Staff, Class::Live, Class::Some]));
        for i in 0..n {
            if !self.items[i].is(Class::Nature) {
                continue;
            }
            let mut marked = false;
            for j in i + 1..n {
                if stops(&self.items[j]) || self.distance(i, j) > 6 {
                    break;
                }
                if is_kind(&self.items[j]) {
                    self.state[j] = State::Asked;
                    self.asked.get_or_insert((i, j));
                    marked = true;
                }
            }
            if !marked || self.lang.is_verb_final() || self.is_cjk() {
                for j in (0..i).rev() {
                    if stops(&self.items[j]) || self.distance(i, j) > 8 {
                        break;
                    }
                    if is_kind(&self.items[j]) {
                        self.state[j] = State::Asked;
                        self.asked.get_or_insert((j, i));
                    }
                }
            }
        }
        // "Robot or human?", "are there humans here or only bots?": the alternative is the question.
        let has = |class| self.items.iter().position(|i| i.is(class));
        if let (Some(bot), Some(human)) = (has(Class::Bot), has(Class::Human).or(has(Class::Live)))
            && self.asked.is_none()
        {
            let (first, last) = (bot.min(human), bot.max(human));
            let alternative = self.question && self.items[first..last].iter().any(|i| i.is(Class::Or));
            let wishes = Classes::of(&[
                Class::Want,
                Class::Wanted,
                Class::Pass,
                Class::Move,
                Class::Please,
                Class::Refuse,
                Class::No,
            ]);
            let quiet = if alternative {
                !self.items.iter().any(|i| i.is_any(wishes))
            } else {
                !self.items.iter().any(|i| stops(i) || i.is_any(wishes) || i.is(Class::Exists))
            };
            if quiet {
                for i in 0..n {
                    if is_kind(&self.items[i]) {
                        self.state[i] = State::Asked;
                    }
                }
                self.asked = Some((first, last));
            }
        }
    }

    pub(super) fn bind_refusals(&mut self) {
        for i in 0..self.items.len() {
            let strong = self.items[i].is(Class::Refuse);
            if !strong && !self.items[i].is(Class::No) {
                continue;
            }
            let reach = match (strong, self.is_cjk()) {
                (true, false) => 7,
                (true, true) => 12,
                (false, _) => 2,
            };
            let bound = if self.lang.is_verb_final() {
                self.bind(i, reach, false) || strong && self.bind(i, reach, true)
            } else {
                self.bind(i, reach, true) || strong && self.bind(i, reach, false)
            };
            let _ = bound;
        }
    }

    /// Binds a refusal to the nearest object on one side, and to what is joined to it.
    fn bind(&mut self, i: usize, reach: usize, forward: bool) -> bool {
        let order: Vec<usize> = if forward { (i + 1..self.items.len()).collect() } else { (0..i).rev().collect() };
        let mut bound = false;
        for j in order {
            let item = self.items[j];
            if self.distance(i, j) > reach
                || item.is_any(Classes::of(&[Class::Want, Class::Wanted, Class::Refuse, Class::Please]))
            {
                break;
            }
            if bound && !(item.is_any(LIGHT) || item.is_any(PERSONS)) {
                break;
            }
            if item.is(Class::Bot) && !bound {
                if self.state[j] != State::Asked {
                    self.bot_refused = Some((i.min(j), i.max(j)));
                }
                return true;
            }
            // "Not a person who knows": what stands far behind a mere "no" is not its object.
            if self.items[i].is(Class::No) && !item.is_any(LIGHT) && !item.is_any(PERSONS) && !item.is(Class::Pass) {
                break;
            }
            if self.usable(j) || item.is_any(Classes::of(&[Class::Pass, Class::CallMe])) {
                self.state[j] = State::Refused;
                self.refused = Some((i.min(j), i.max(j)));
                bound = true;
            }
        }
        bound
    }
}
