//! What a run is made of: everything follows from the seed, and a shrunk run leaves out what is not named in its list.

use super::dice::Dice;
use baton_core::ids::Ms;
use std::collections::BTreeSet;

/// Names of the choices of a run: what an actor does, what fails. `c0/3` is the fourth thing that customer 0 does,
/// `commit.12` what befalls the thirteenth commit.
pub type Names = BTreeSet<String>;

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Everything else follows from it.
    pub seed: u64,
    /// Only these choices take place; none: all that the seed brings.
    pub keep: Option<Names>,
    pub(crate) customers: u64,
    pub(crate) agents: u64,
    /// Things that each customer does.
    pub(crate) acts: u64,
    /// How long people are at it.
    pub(crate) active: Ms,
    /// A handover goes to the target first.
    pub(crate) outside: bool,
    /// The target is polled; else it calls back.
    pub(crate) polled: bool,
    /// There is a list for left messages.
    pub(crate) later: bool,
    /// Customers meet a bot first.
    pub(crate) bot: bool,
    /// How often a call of the store fails, of a thousand.
    pub(crate) store: u64,
    /// How many of those faults are the death of the hub, of a thousand.
    pub(crate) deaths: u64,
    /// How often a request or its answer is lost, of a thousand.
    pub(crate) net: u64,
    /// How often a hint is lost, of a thousand.
    pub(crate) hints: u64,
    /// How often bots and targets misbehave, of a thousand.
    pub(crate) rude: u64,
    /// How often the wall clock is set, of a thousand, each ten seconds.
    pub(crate) clock: u64,
    /// Chance says who goes on next.
    pub(crate) chaos: bool,
}

impl Plan {
    /// The run of this seed.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, None)
    }

    /// The run of this seed, of which only the named choices take place.
    pub fn with(seed: u64, keep: Option<Names>) -> Self {
        let mut dice = Dice::new(seed, "plan");
        let mut plan = Self {
            seed,
            keep,
            customers: 1 + dice.below(5),
            agents: 1 + dice.below(3),
            acts: 3 + dice.below(8),
            active: dice.between(60_000, 420_000),
            outside: dice.chance(350),
            polled: dice.chance(500),
            later: dice.chance(800),
            bot: dice.chance(900),
            store: *dice.pick(&[0, 1, 4, 12, 30]),
            deaths: *dice.pick(&[0, 100, 300]),
            net: *dice.pick(&[0, 10, 40, 120]),
            hints: *dice.pick(&[0, 100, 500, 1_000]),
            rude: *dice.pick(&[50, 200, 500]),
            clock: *dice.pick(&[0, 0, 30, 100]),
            chaos: true,
        };
        plan.chaos = plan.allows("chaos");
        plan
    }

    /// Whether this choice takes place.
    pub(crate) fn allows(&self, name: &str) -> bool {
        self.keep.as_ref().is_none_or(|names| names.contains(name))
    }

    /// Reads a list as [`words`] wrote it.
    pub fn names(text: &str) -> Names {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// A list of choices as one word for a command line.
pub fn words(names: &Names) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_choices_reads_back_and_nothing_else_takes_place() {
        let names = Plan::names("c0/3, commit.12");
        assert_eq!(Plan::names(&words(&names)), names);
        let plan = Plan::with(7, Some(names));
        assert!(plan.allows("c0/3") && !plan.allows("c0/4") && !plan.chaos);
        assert_eq!(Plan::new(7).customers, plan.customers);
    }
}
