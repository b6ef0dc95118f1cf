//! Chance from a seed. Each actor and each sort of fault rolls dice of its own, so that leaving one out does not change
//! what the others do.

/// A stream of chance (SplitMix64): the same seed and name roll the same for ever.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// Scrambles a number.
pub(crate) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number for a name.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Dice {
    /// The dice of this name under this seed.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        Self(mix(seed ^ mix(hash(name.as_bytes()))))
    }

    /// Any number.
    pub(crate) fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.any() % end }
    }

    /// A number from `first` up to `last`, both included.
    pub(crate) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below((last - first + 1).max(1) as u64) as i64
    }

    /// True so many times in a thousand.
    pub(crate) fn chance(&mut self, of_thousand: u64) -> bool {
        self.below(1_000) < of_thousand
    }

    /// One of these.
    ///
    /// # Panics
    /// Where there is nothing to choose from.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_name_roll_the_same_and_others_do_not() {
        let roll = |seed, name| Dice::new(seed, name).any();
        assert_eq!(roll(1, "a"), roll(1, "a"));
        assert_ne!(roll(1, "a"), roll(1, "b"));
        assert_ne!(roll(1, "a"), roll(2, "a"));
        let mut dice = Dice::new(3, "c");
        assert!((0..1_000).all(|_| (2..=4).contains(&dice.between(2, 4))));
        assert_eq!(dice.below(0), 0);
    }
}
