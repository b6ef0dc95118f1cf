//! Switches that break one promise each, so that it can be shown that its checker fires. They exist only with the
//! feature `sabotage`, which no release has; without it [`off`] is a constant.

/// The promises of Baton, in the order of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// 1.
    OneHolder,
    /// 2.
    LateRepliesDie,
    /// 3.
    AcceptedMeansKept,
    /// 4.
    OnceVisible,
    /// 5.
    OneOrder,
    /// 6.
    ResumeWithoutGap,
    /// 7.
    TrueAnswerTrueOutcome,
    /// 8.
    NobodyWaitsForEver,
    /// 9.
    FairBoundedAssignment,
    /// 10.
    BotFailureIsAHandover,
    /// 11.
    Presence,
    /// 12.
    ContextIsComplete,
    /// 13.
    NumbersFromHeaders,
    /// 14.
    PushesRetriedOrParked,
    /// 15.
    StrangerSeesNothing,
}

/// Whether this promise is broken on purpose: never.
#[cfg(not(feature = "sabotage"))]
#[inline(always)]
pub const fn off(_: Invariant) -> bool {
    false
}

#[cfg(feature = "sabotage")]
pub use switched::{off, switch_off};

#[cfg(feature = "sabotage")]
mod switched {
    use super::Invariant;
    use std::sync::atomic::{AtomicU8, Ordering};

    static OFF: AtomicU8 = AtomicU8::new(u8::MAX);

    const NAMES: [(&str, Invariant); 15] = [
        ("one_holder", Invariant::OneHolder),
        ("late_replies_die", Invariant::LateRepliesDie),
        ("accepted_means_kept", Invariant::AcceptedMeansKept),
        ("once_visible", Invariant::OnceVisible),
        ("one_order", Invariant::OneOrder),
        ("resume_without_gap", Invariant::ResumeWithoutGap),
        ("true_answer_true_outcome", Invariant::TrueAnswerTrueOutcome),
        ("nobody_waits_for_ever", Invariant::NobodyWaitsForEver),
        ("fair_bounded_assignment", Invariant::FairBoundedAssignment),
        ("bot_failure_is_a_handover", Invariant::BotFailureIsAHandover),
        ("presence", Invariant::Presence),
        ("context_is_complete", Invariant::ContextIsComplete),
        ("numbers_from_headers", Invariant::NumbersFromHeaders),
        ("pushes_retried_or_parked", Invariant::PushesRetriedOrParked),
        ("stranger_sees_nothing", Invariant::StrangerSeesNothing),
    ];

    /// Whether this promise is broken on purpose.
    pub fn off(invariant: Invariant) -> bool {
        OFF.load(Ordering::Relaxed) == invariant as u8
    }

    /// Breaks the promise of this name; false: there is none.
    pub fn switch_off(name: &str) -> bool {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        if let Some((_, invariant)) = found {
            OFF.store(*invariant as u8, Ordering::Relaxed);
        }
        found.is_some()
    }
}
