//! Requests for a person, through the whole decision: what is answered is what the customer is told.

use crate::common::*;
use baton_core::actor::Actor;
use baton_core::command::{BotEnd, Command, TargetDid};
use baton_core::decide::Reply;
use baton_core::event::{Already, Answer, Fact, Failure, No, Outcome};
use baton_core::settings::{History, Settings};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Asks {
    Button,
    Phrase,
    Bot,
    Abstained,
    BotFailed,
    NoBot,
}

const ASKS: [Asks; 5] = [Asks::Button, Asks::Phrase, Asks::Bot, Asks::Abstained, Asks::BotFailed];

/// What a request led to: the answers in its commit, the outcomes, the codes told.
#[derive(Debug, PartialEq)]
struct Led {
    answers: Vec<Answer>,
    outcomes: Vec<Outcome>,
    told: Vec<String>,
}

fn led(then: &Then) -> Led {
    let mut out = Led { answers: Vec::new(), outcomes: Vec::new(), told: Vec::new() };
    for event in &then.done().events {
        match &event.header.fact {
            Fact::HandoverAnswered(fact) => out.answers.push(fact.answer),
            Fact::HandoverEnded(fact) => out.outcomes.push(fact.outcome),
            Fact::Told(fact) => out.told.push(fact.code.clone()),
            _ => {}
        }
    }
    out
}

fn ask(settings: Settings, who: Asks) -> (House, Then) {
    let mut house = House::new(settings);
    if who == Asks::NoBot {
        let then = Then { result: house.act(CHAT, Actor::CUSTOMER, start(), read("")) };
        return (house, then);
    }
    house.start(CHAT);
    if !matches!(who, Asks::Button | Asks::Phrase) {
        house.when_customer_writes("where is it").done();
    }
    let then = match who {
        Asks::Button => house.when(Actor::CUSTOMER, Command::AskPerson),
        Asks::Phrase => house.when_customer_writes("a person"),
        Asks::Bot => house.when_bot_ends(BotEnd::HandOver {
            reason: "refund".into(),
            to: None,
            variables: serde_json::Map::new(),
        }),
        Asks::Abstained => house.when_bot_ends(BotEnd::Abstained { reason: "not known".into() }),
        _ => house.when_bot_ends(bot_failed()),
    };
    (house, then)
}

/// The one table, row by row: house, who asks, answers, outcomes, what is told.
#[test]
fn what_is_answered_is_what_is_told() {
    let queued = |place| Answer::Queued { place };
    let no = |reason| Answer::Refused { reason };
    let opening = Answer::Opening { target: TARGET };
    for who in ASKS {
        let first = if who == Asks::BotFailed { "bot_failed" } else { "asked" };
        let failed = who == Asks::BotFailed;
        let row = |settings: Settings, answers: &[Answer], outcomes: &[Outcome], told: &[&str]| {
            let (_, then) = ask(settings, who);
            let told = told.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!(led(&then), Led { answers: answers.to_vec(), outcomes: outcomes.to_vec(), told }, "{who:?}");
        };
        row(desk(), &[queued(Some(1))], &[], &[first, "in_line"]);
        row(without_list(), &[queued(Some(1))], &[], &[first, "in_line"]);
        row(outside(), &[opening], &[], &[first]);
        for (settings, why) in [(closed as fn(Settings) -> Settings, No::ClosedHours), (full, No::NoCapacity)] {
            if failed {
                // A bot that failed cannot keep the chat: it becomes a promise, or waits in the line all the same.
                row(settings(desk()), &[no(why), queued(None)], &[Outcome::Refused], &["bot_failed_nobody"]);
                row(settings(without_list()), &[no(why), queued(None)], &[Outcome::Refused], &["bot_failed_nobody"]);
            } else {
                row(settings(desk()), &[no(why)], &[Outcome::Refused], &["unavailable"]);
                row(settings(without_list()), &[no(why)], &[Outcome::Refused], &["unavailable"]);
            }
        }
    }
    let (_, then) = ask(without_bot(), Asks::NoBot);
    assert_eq!(led(&then).told, ["in_line"]);
    let mut no_bot = outside();
    no_bot.inboxes.get_mut(&INBOX).expect("the inbox").bot = None;
    let (_, then) = ask(no_bot, Asks::NoBot);
    assert_eq!((led(&then).answers, led(&then).told), (vec![opening], vec!["asked".to_owned()]));
    let (_, then) = ask(closed(without_bot()), Asks::NoBot);
    assert_eq!(led(&then).answers, [no(No::ClosedHours), queued(None)]);
    assert_eq!(led(&then).told, ["unavailable", "message_left"]);
}

#[test]
fn who_has_a_person_already_is_told_where() {
    for (mut house, place, words) in [
        (given_waiting(), Already::Queue, "You are 1st in line."),
        (given_held(), Already::Agent, "Ana"),
        (given_opening(), Already::Target, "Night desk"),
        (given_live(), Already::Target, "Night desk"),
    ] {
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        then.then(&["told:already"]).replied(Reply::Answer(Answer::Already { place }));
        assert!(then.words().contains(words), "{}", then.words());
    }
}

#[test]
fn what_is_told_of_a_target_is_what_its_manifest_says() {
    for history in [History::Full, History::Summary, History::None] {
        for (says_human, tells_place) in [(false, false), (false, true), (true, false), (true, true)] {
            let settings = manifest(outside(), history, says_human, tells_place);
            let (mut house, then) = ask(settings.clone(), Asks::Button);
            assert_eq!(then.words().contains("They will see this whole chat"), history == History::Full);
            assert_eq!(then.words().contains("summary"), history == History::Summary);

            let then = house.when_target(TargetDid::Waiting { place: Some(4) });
            assert_eq!(then.words().contains("4th in line"), tells_place, "{}", then.words());
            assert_eq!(then.words().contains("You are in line with Night desk."), !tells_place, "{}", then.words());

            for (human, name) in [(true, Some("Rita")), (true, None), (false, Some("Rita")), (false, None)] {
                let mut house = house.clone();
                let did = TargetDid::Joined { human, name: name.map(str::to_owned), party: None };
                let then = house.when_target(did);
                assert_eq!(led(&then).outcomes, [Outcome::Accepted]);
                let words = then.words();
                assert_eq!(words.contains("is a person"), says_human && human && name.is_some(), "{words}");
                assert_eq!(words.contains("Someone from Night desk"), !words.contains("is a person"), "{words}");
                assert_eq!(words.contains("can read everything above"), history == History::Full, "{words}");
                assert_eq!(words.contains("has a summary"), history == History::Summary, "{words}");
            }
        }
    }
}

#[test]
fn a_target_that_fails_is_told_with_what_is_tried_next() {
    let fails = [(TargetDid::Refused, Outcome::Refused), (TargetDid::Failed(Failure::TargetLost), Outcome::Failed)];
    for (did, outcome) in fails {
        for (settings, told) in [
            (outside(), vec!["target_failed", "in_line"]),
            (full(outside()), vec!["target_failed_none"]),
            (closed(outside()), vec!["target_failed_none"]),
            (outside_alone(), vec!["target_failed_back"]),
        ] {
            let (mut house, _) = ask(settings, Asks::Button);
            let then = house.when_target(did.clone());
            assert_eq!(
                (led(&then).outcomes[0], led(&then).told),
                (outcome, told.iter().map(|c| (*c).into()).collect())
            );
        }
    }
}

#[test]
fn an_outcome_is_told_as_it_is() {
    let mut house = given_waiting();
    let then = house.when(Actor::CUSTOMER, Command::Withdraw);
    assert_eq!((led(&then).outcomes, led(&then).told), (vec![Outcome::Withdrawn], vec!["withdrawn".to_owned()]));

    let mut house = given_waiting();
    let then = house.when(Actor::CUSTOMER, Command::LeaveMessage { text: None, contact: None });
    assert!(matches!(led(&then).outcomes[..], [Outcome::Redirected { .. }]));
    assert_eq!(led(&then).told, ["message_left"]);

    let mut house = given_waiting();
    house.when_next_due().then(&["told:wait_choice"]);
    let then = house.when_next_due();
    assert_eq!((led(&then).outcomes, led(&then).told), (vec![Outcome::Expired], vec!["wait_over".to_owned()]));

    let mut house = given_bot();
    let then = house.when(Actor::agent(ANA), Command::TakeOver);
    assert_eq!(led(&then).answers, [Answer::Assigned { agent: ANA }]);
    assert_eq!((led(&then).outcomes, led(&then).told), (vec![Outcome::Accepted], vec!["joined".to_owned()]));

    let mut house = given_waiting();
    let then = house.when(Actor::agent(SAM), Command::Close { disposition: None, wrap_up: None });
    assert_eq!((led(&then).outcomes, led(&then).told), (vec![Outcome::Abandoned], vec!["closed".to_owned()]));
}

#[test]
fn the_language_of_the_customer_is_the_language_of_the_notice() {
    let mut house = House::new(desk());
    let Command::Start(mut start) = start() else { return };
    start.language = "de".into();
    house.act(CHAT, Actor::CUSTOMER, Command::Start(start), read("")).expect("it starts");
    let then = house.when(Actor::CUSTOMER, Command::AskPerson);
    assert!(then.words().contains("Sie sind an 1. Stelle."), "{}", then.words());
}
