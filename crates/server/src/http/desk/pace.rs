//! How fast events come to a screen: on a very busy one they leave together.

use baton_core::ids::Ms;

/// A screen on which more than so many events come in a second gets them together.
const MANY: u32 = 80;
/// So many milliseconds' worth at a time.
pub(super) const MANY_GATHER: Ms = 20;

/// How many events a screen got in the last second.
#[derive(Default)]
pub(super) struct Pace {
    second: Ms,
    before: u32,
    now: u32,
}

impl Pace {
    fn turn(&mut self, now: Ms) {
        let second = now / 1_000;
        if second != self.second {
            let before = if second == self.second + 1 { self.now } else { 0 };
            *self = Self { second, before, now: 0 };
        }
    }

    pub(super) fn add(&mut self, events: usize, now: Ms) {
        self.turn(now);
        self.now = self.now.saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
    }

    /// Whether that is more than anybody reads one by one.
    pub(super) fn many(&mut self, now: Ms) -> bool {
        self.turn(now);
        self.before.max(self.now) > MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_screen_with_many_events_a_second_gets_them_together() {
        let mut pace = Pace::default();
        for at in 0..80 {
            pace.add(1, 1_000 + at * 10);
        }
        assert!(!pace.many(1_800), "eighty in a second");
        pace.add(1, 1_801);
        assert!(pace.many(1_801));
        assert!(pace.many(2_500), "the second before counts");
        assert!(!pace.many(3_500), "and no longer");
    }
}
