//! Each judge speaks where a fault is planted in what a good run left, and says nothing where there is none.

use super::all;
use crate::sim::evidence::{Event, Evidence};
use crate::sim::journal::What;
use crate::sim::plan::Plan;
use crate::sim::run::live;
use crate::sim::settings;
use crate::sim::world::World;
use baton_core::actor::{Actor, Part};
use baton_core::event::{Answer, Audience, Fact, Failure, Fate, Outcome, PresenceBy};
use baton_core::ids::{AgentId, ConnectionId, ConversationId};
use baton_core::ownership::Holder;
use std::sync::Arc;
use std::sync::OnceLock;
use uuid::Uuid;

/// What a few good runs left, so that everything that a fault needs happened in one of them.
fn good() -> &'static [Evidence] {
    static GOOD: OnceLock<Vec<Evidence>> = OnceLock::new();
    GOOD.get_or_init(|| {
        (1..=24)
            .map(|seed| {
                let world = World::new(Plan::new(seed));
                let mut violations = Vec::new();
                let evidence = live(&world, &mut violations).expect("the run comes to its end");
                world.machine.end();
                assert!(violations.is_empty(), "seed {seed}: {violations:?}");
                evidence
            })
            .collect()
    })
}

/// Plants a fault in the first run in which it can be planted, and expects this judge to speak.
fn planted(invariant: &str, plant: impl Fn(&mut Evidence) -> bool) {
    for evidence in good() {
        let mut evidence = evidence.clone();
        if plant(&mut evidence) {
            let (violations, _) = all(&evidence);
            assert!(violations.iter().any(|violation| violation.invariant == invariant), "{violations:?}");
            return;
        }
    }
    panic!("in no run there was a place for this fault");
}

/// Changes the first event of which `change` wants to know something.
fn event(evidence: &mut Evidence, change: impl Fn(&mut Event) -> bool) -> bool {
    evidence.log.iter_mut().any(change)
}

/// Changes the first line of the journals of which `change` wants to know something.
fn line(evidence: &mut Evidence, change: impl Fn(&mut What) -> bool) -> bool {
    evidence.lines.iter_mut().any(|line| change(&mut line.what))
}

/// Takes away the first event that is so.
fn lose(evidence: &mut Evidence, which: impl Fn(&Event) -> bool) -> bool {
    let at = evidence.log.iter().position(which);
    at.map(|at| evidence.log.remove(at)).is_some()
}

fn of_bot(event: &Event) -> bool {
    matches!(event.header.actor.who, baton_core::actor::Who::Bot { .. }) && matches!(event.header.fact, Fact::Said(_))
}

const STRANGER: AgentId = AgentId(Uuid::from_u128(0x77));

#[test]
fn good_runs_are_not_spoken_against_and_put_every_promise_to_the_test() {
    let mut tried = std::collections::BTreeMap::new();
    for evidence in good() {
        let (violations, counts) = all(evidence);
        assert!(violations.is_empty(), "seed {}: {violations:?}", evidence.plan.seed);
        for (invariant, count) in counts {
            *tried.entry(invariant).or_insert(0) += count;
        }
    }
    for invariant in super::INVARIANTS {
        assert!(tried.get(invariant).is_some_and(|count| *count >= 10), "{invariant} was hardly tried: {tried:?}");
    }
}

#[test]
fn one_holder_speaks_of_a_voice_that_is_none_and_of_a_number_that_did_not_rise() {
    planted("one_holder", |evidence| {
        event(evidence, |event| {
            let shown = of_bot(event) && event.header.position.is_some();
            if shown {
                event.header.actor = Actor::bot(ConnectionId(Uuid::from_u128(0x99)));
            }
            shown
        })
    });
    planted("one_holder", |evidence| {
        event(evidence, |event| {
            let set = matches!(event.header.fact, Fact::HolderSet(_));
            event.header.baton = event.header.baton.map(|baton| if set { baton - 1 } else { baton });
            set
        })
    });
}

#[test]
fn late_replies_speaks_of_a_late_word_that_is_shown() {
    planted("late_replies", |evidence| {
        event(evidence, |event| match &mut event.header.fact {
            Fact::Said(said) if said.fate == Fate::Withheld && said.once.is_some() => {
                said.fate = Fate::Shown;
                true
            }
            _ => false,
        })
    });
}

#[test]
fn accepted_kept_speaks_of_an_acknowledged_word_that_is_gone() {
    planted("accepted_kept", |evidence| {
        let acked = evidence.lines.iter().find_map(|line| match &line.what {
            What::Acked { seq, conversation, .. } => Some((*conversation, *seq)),
            _ => None,
        });
        acked.is_some_and(|(id, seq)| {
            lose(evidence, |event| event.conversation() == Some(id) && event.header.seq == seq)
        })
    });
}

#[test]
fn once_visible_speaks_of_a_word_twice_and_of_a_repeat_answered_otherwise() {
    planted("once_visible", |evidence| {
        let word =
            evidence.log.iter().find(|event| matches!(&event.header.fact, Fact::Said(said) if said.once.is_some()));
        let twice = word.cloned();
        evidence.log.extend(twice.clone());
        twice.is_some()
    });
    planted("once_visible", |evidence| {
        let mut acked = evidence.lines.iter().filter(|line| matches!(line.what, What::Acked { .. }));
        let Some(mut second) = acked.next().cloned() else { return false };
        if let What::Acked { seq, .. } = &mut second.what {
            *seq += 1;
        }
        evidence.lines.push(second);
        true
    });
}

#[test]
fn one_order_speaks_of_gaps_and_of_time_that_stands() {
    planted("one_order", |evidence| lose(evidence, |event| event.header.seq == 3));
    planted("one_order", |evidence| {
        event(evidence, |event| {
            let second = event.header.seq == 2;
            event.header.at -= if second { 100_000 } else { 0 };
            second
        })
    });
    planted("one_order", |evidence| {
        event(evidence, |event| {
            event.header.position = event.header.position.map(|position| position + 1);
            event.header.position.is_some()
        })
    });
}

#[test]
fn resume_speaks_of_a_gap_and_of_an_event_that_is_another_one_later() {
    planted("resume", |evidence| {
        line(evidence, |what| match what {
            What::Read { page, .. } if page.len() > 2 => {
                page.remove(1);
                true
            }
            _ => false,
        })
    });
    planted("resume", |evidence| {
        let read = evidence.lines.iter().find(|line| matches!(&line.what, What::Read { page, .. } if !page.is_empty()));
        let Some(mut again) = read.cloned() else { return false };
        if let What::Read { page, .. } = &mut again.what {
            page[0].1 ^= 1;
        }
        evidence.lines.push(again);
        true
    });
}

#[test]
fn true_answer_speaks_of_a_missing_answer_a_second_outcome_and_another_notice() {
    planted("true_answer", |evidence| lose(evidence, |event| matches!(event.header.fact, Fact::HandoverAnswered(_))));
    planted("true_answer", |evidence| lose(evidence, |event| matches!(event.header.fact, Fact::HandoverEnded(_))));
    planted("true_answer", |evidence| {
        let ended = evidence.log.iter().find(|event| matches!(event.header.fact, Fact::HandoverEnded(_))).cloned();
        evidence.log.extend(ended.clone());
        ended.is_some()
    });
    planted("true_answer", |evidence| {
        event(evidence, |event| match &mut event.header.fact {
            Fact::HandoverAnswered(fact) if matches!(fact.answer, Answer::Queued { .. }) => {
                fact.answer = Answer::Assigned { agent: STRANGER };
                true
            }
            _ => false,
        })
    });
    planted("true_answer", |evidence| {
        // Only who asked by themselves is told so at once.
        let asked =
            evidence.log.iter().any(|event| matches!(&event.header.fact, Fact::Told(told) if told.code == "asked"));
        let mut lost = false;
        for event in &mut evidence.log {
            if let Fact::Told(told) = &mut event.header.fact
                && told.code == "in_line"
            {
                (told.code, lost) = ("closed".into(), true);
            }
        }
        asked && lost
    });
    planted("true_answer", |evidence| {
        // Whoever was refused at once was not accepted afterwards.
        let refused = evidence.log.iter().find_map(|event| match &event.header.fact {
            Fact::HandoverAnswered(fact) if matches!(fact.answer, Answer::Queued { .. }) => Some(fact.handover),
            _ => None,
        });
        let Some(of) = refused else { return false };
        event(evidence, |event| match &mut event.header.fact {
            Fact::HandoverAnswered(fact) if fact.handover == of => {
                fact.answer = Answer::Refused { reason: baton_core::event::No::NoCapacity };
                false
            }
            Fact::HandoverEnded(fact) if fact.handover == of => {
                fact.outcome = Outcome::Accepted;
                true
            }
            _ => false,
        })
    });
}

#[test]
fn nobody_waits_speaks_of_a_chat_that_never_rests_and_of_a_deadline_without_timer() {
    planted("nobody_waits", |evidence| {
        evidence.folded.values_mut().next().is_some_and(|state| {
            Arc::make_mut(state).own.holder =
                Holder::Target { connection: settings::TARGET, phase: baton_core::ownership::Phase::Live, due: 0 };
            true
        })
    });
    planted("nobody_waits", |evidence| {
        evidence.unarmed.push("one".into());
        true
    });
}

#[test]
fn fair_assignment_speaks_of_two_agents_too_many_chats_and_a_chat_left_beside_a_free_agent() {
    planted("fair_assignment", |evidence| lose(evidence, |event| matches!(event.header.fact, Fact::SeatFreed(_))));
    planted("fair_assignment", |evidence| {
        // As if nobody but the first had seats, and these were none.
        evidence.plan.agents = 0;
        evidence.log.iter().any(|event| {
            let other = event.header.stream == baton_core::event::Stream::Agent(settings::agent(1));
            other && matches!(event.header.fact, Fact::SeatTaken(_))
        })
    });
    planted("fair_assignment", |evidence| {
        // A chat waits ten minutes beside somebody who is there, and one that came later is offered.
        let offer = evidence.log.iter().position(|event| {
            matches!(&event.header.fact, Fact::Offered(fact) if fact.giver.is_none()) && event.conversation().is_some()
        });
        let Some(offer) = offer else { return false };
        let id = evidence.log[offer].conversation();
        let waits = evidence.log.iter().position(|event| {
            event.conversation() == id
                && matches!(&event.header.fact, Fact::HolderSet(set) if matches!(set.holder, Holder::Queue { .. }))
        });
        let Some(mut waiting) = waits.map(|at| evidence.log[at].clone()) else { return false };
        let old = ConversationId(Uuid::from_u128(0x55));
        waiting.header.stream = baton_core::event::Stream::Conversation(old);
        if let Fact::HolderSet(set) = &mut waiting.header.fact
            && let Holder::Queue { since, .. } = &mut set.holder
        {
            *since -= 600_000;
        }
        waiting.real -= 600_000;
        evidence.lines.retain(|line| !matches!(line.what, What::Died | What::Woke | What::ClockSet { .. }));
        evidence.log.insert(0, waiting);
        true
    });
}

#[test]
fn bot_failure_speaks_of_a_failure_without_a_person_and_of_ping_pong() {
    planted("bot_failure", |evidence| {
        let failed = evidence.log.iter().position(|event| {
            matches!(&event.header.fact, Fact::Failed(fact) if matches!(fact.what, Failure::BotTimeout | Failure::BotError))
        });
        let Some(at) = failed else { return false };
        let (commit, id) = (evidence.log[at].commit, evidence.log[at].conversation());
        lose(evidence, |event| {
            event.commit == commit && event.conversation() == id && matches!(event.header.fact, Fact::HolderSet(_))
        })
    });
    planted("bot_failure", |evidence| {
        let back = evidence.log.iter().find(
            |event| matches!(&event.header.fact, Fact::HolderSet(set) if set.why == baton_core::event::Why::HandedBack),
        );
        let Some(back) = back.cloned() else { return false };
        let at = evidence.log.iter().position(|event| event.header == back.header).unwrap_or(0);
        for _ in 0..4 {
            evidence.log.insert(at, back.clone());
        }
        true
    });
}

#[test]
fn presence_speaks_of_work_for_somebody_who_is_not_there_and_of_a_word_that_is_not_their_own() {
    planted("presence", |evidence| {
        evidence.lines.retain(|line| !matches!(line.what, What::Alive { .. }));
        evidence.log.iter().any(|event| matches!(&event.header.fact, Fact::Offered(fact) if fact.giver.is_none()))
    });
    planted("presence", |evidence| {
        event(evidence, |event| {
            let set = matches!(&event.header.fact, Fact::PresenceSet(set) if set.by == PresenceBy::Own);
            if set {
                event.header.actor = Actor::system(Part::Router);
            }
            set
        })
    });
}

#[test]
fn context_speaks_of_a_turn_without_history_and_of_a_word_that_a_target_never_heard() {
    planted("context", |evidence| {
        line(evidence, |what| match what {
            What::Turn { history, .. } if history.len() > 1 => {
                history.remove(0);
                true
            }
            _ => false,
        })
    });
    planted("context", |evidence| {
        line(evidence, |what| match what {
            What::Opened { history, .. } if !history.is_empty() => {
                history.pop();
                true
            }
            _ => false,
        })
    });
    planted("context", |evidence| {
        line(evidence, |what| match what {
            What::Told { position, taken: true, .. } => {
                *position = 1;
                true
            }
            _ => false,
        })
    });
}

#[test]
fn numbers_speaks_of_a_row_and_an_entry_that_the_log_does_not_bear_out() {
    planted("numbers", |evidence| evidence.rows.pop().is_some());
    planted("numbers", |evidence| evidence.kept.pop().is_some());
    planted("numbers", |evidence| {
        line(evidence, |what| {
            let looked = matches!(what, What::Looked);
            if looked {
                *what = What::Behind { conversation: ConversationId(Uuid::nil()), words: "old".into() };
            }
            looked
        })
    });
    planted("numbers", |evidence| {
        evidence.live.values_mut().next().is_some_and(|state| {
            Arc::make_mut(state).own.baton += 1;
            true
        })
    });
}

#[test]
fn lanes_speaks_of_work_left_of_turns_out_of_order_and_of_what_stays_open_outside() {
    planted("lanes", |evidence| {
        evidence.left = Some(1);
        true
    });
    planted("lanes", |evidence| {
        let opened = evidence.lines.iter().any(|line| matches!(line.what, What::Opened { taken: true, .. }));
        evidence.lines.retain(|line| !matches!(line.what, What::Closed { .. } | What::TargetDid { over: true, .. }));
        opened
    });
    planted("lanes", |evidence| {
        let turns: Vec<usize> =
            (0..evidence.lines.len()).filter(|at| matches!(evidence.lines[*at].what, What::Turn { .. })).collect();
        let of = |at: usize| match &evidence.lines[at].what {
            What::Turn { conversation, ask, .. } => Some((*conversation, *ask)),
            _ => None,
        };
        let pair = turns.windows(2).find(|pair| match (of(pair[0]), of(pair[1])) {
            (Some((first, ask)), Some((second, other))) => first == second && ask != other,
            _ => false,
        });
        let pair = pair.map(|pair| (pair[0], pair[1]));
        if let Some((first, second)) = pair {
            evidence.lines.swap(first, second);
        }
        pair.is_some()
    });
}

#[test]
fn strangers_speaks_of_whoever_got_in() {
    planted("strangers", |evidence| {
        let Some(mut first) = evidence.lines.first().cloned() else { return false };
        first.what = What::Trespass { conversation: ConversationId(Uuid::nil()) };
        evidence.lines.push(first);
        true
    });
}

#[test]
fn chains_speaks_of_a_header_that_was_changed() {
    planted("chains", |evidence| {
        event(evidence, |event| {
            let first = event.header.seq == 1 && event.header.audience == Audience::Customer;
            if first && let Some(last) = event.bytes.last_mut() {
                *last ^= 1;
            }
            first
        })
    });
}
