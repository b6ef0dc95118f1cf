//! The table failure → consequence, held against what decisions do.

use crate::common::*;
use baton_core::actor::{Actor, Part};
use baton_core::command::{BotEnd, Command, TargetDid};
use baton_core::conversation::Conversation;
use baton_core::event::{Failure, Trigger};
use baton_core::failure::{Consequence, consequence};
use baton_core::ownership::{Holder, Line};

const ALL: [Failure; 12] = [
    Failure::BotTimeout,
    Failure::BotError,
    Failure::TargetRefused,
    Failure::TargetLost,
    Failure::LaneDead,
    Failure::AgentLost,
    Failure::OfferLapsed,
    Failure::WaitOver,
    Failure::PromiseNear,
    Failure::PromiseDue,
    Failure::AgentSilent,
    Failure::SignalMissing,
];

/// The state before a failure and after it; `None` where no decision meets it.
fn meet(failure: Failure) -> Option<(Conversation, Conversation)> {
    let around = |mut house: House, step: &dyn Fn(&mut House)| {
        let before = house.state().clone();
        step(&mut house);
        Some((before, house.state().clone()))
    };
    let asked = || {
        let mut house = given_bot();
        house.when_customer_writes("where is it").done();
        house
    };
    let unanswered = || {
        let mut house = given_held();
        house.when_customer_writes("hello").done();
        house
    };
    let next = |house: &mut House| drop(house.when_next_due());
    match failure {
        Failure::BotTimeout | Failure::BotError => {
            around(asked(), &|house| drop(house.when_bot_ends(BotEnd::Failed(failure))))
        }
        Failure::TargetRefused => around(given_opening(), &|house| drop(house.when_target(TargetDid::Refused))),
        Failure::TargetLost | Failure::LaneDead => {
            around(given_live(), &|house| drop(house.when_target(TargetDid::Failed(failure))))
        }
        Failure::AgentLost => around(unanswered(), &|house| {
            drop(house.when(Actor::system(Part::Timer), Command::AgentLost { agent: ANA }));
        }),
        Failure::OfferLapsed => around(given_offered(), &next),
        Failure::WaitOver => around(given_waiting(), &|house| {
            next(house);
            next(house);
        }),
        Failure::PromiseNear => around(given_promise(), &next),
        Failure::PromiseDue => around(given_promise(), &|house| {
            next(house);
            next(house);
        }),
        Failure::AgentSilent => around(unanswered(), &next),
        Failure::SignalMissing => None,
    }
}

fn triggered(state: &Conversation) -> Option<Trigger> {
    state.handover.map(|open| open.trigger)
}

#[test]
fn each_failure_has_the_consequence_that_the_table_names() {
    for failure in ALL {
        let Some((before, after)) = meet(failure) else {
            assert_eq!(consequence(failure), Consequence::Ignore);
            continue;
        };
        let line = |line| matches!(after.own.holder, Holder::Queue { line: l, .. } if l == line);
        let stays = before.own.holder == after.own.holder && before.own.baton == after.own.baton;
        match consequence(failure) {
            Consequence::HandOver(trigger) => assert_eq!(triggered(&after), Some(trigger), "{failure:?}"),
            Consequence::NextDestination => assert_eq!(triggered(&after), Some(Trigger::TargetFailed), "{failure:?}"),
            Consequence::OfferAgain => assert!(line(Line::Live) && after.own.offer.is_none(), "{failure:?}"),
            Consequence::Promise => assert!(line(Line::Later), "{failure:?}"),
            Consequence::Escalate => assert!(stays && line(Line::Later) && after.told_near, "{failure:?}"),
            Consequence::Warn => assert!(stays && after.told_silent, "{failure:?}"),
            Consequence::Ignore => assert_eq!(before, after),
        }
    }
}

#[test]
fn no_failure_leaves_a_waiting_customer_without_holder_and_deadline() {
    for failure in ALL {
        if let Some((_, after)) = meet(failure) {
            assert!(!after.closed() && after.next_due().is_some(), "{failure:?}");
        }
    }
}
