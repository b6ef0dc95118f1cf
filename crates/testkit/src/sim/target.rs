//! A contact centre that accepts late or not at all, opens twice, dies in the middle of a chat and says things under a
//! number that is over. It keeps account of what is open there.

use super::dice::Dice;
use super::journal::What;
use super::machine::{WORLD, lock};
use super::outside::text;
use super::settings::TARGET;
use super::world::World;
use baton_core::command::{Command, TargetDid};
use baton_core::effect::CloseReason;
use baton_core::event::Failure;
use baton_core::ids::{ConversationId, Ms};
use baton_core::limits;
use baton_core::permission::{Action, Subject, permit};
use baton_kit::runtime::BoxFuture;
use baton_kit::store::Record;
use baton_kit::target::{Error, ErrorKind, Opening, Polled, Target, Told};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

type Place = (ConversationId, u64);

#[derive(Default)]
struct Session {
    /// What it did, for a hub that polls.
    did: Vec<TargetDid>,
    over: bool,
}

/// The target.
pub(crate) struct SimTarget {
    world: Weak<World>,
    dice: Mutex<Dice>,
    polled: bool,
    sessions: Mutex<BTreeMap<Place, Session>>,
}

fn error<T>(kind: ErrorKind) -> Result<T, Error> {
    Err(Error { kind, detail: "simulated".into() })
}

impl SimTarget {
    pub(crate) fn new(world: Weak<World>, seed: u64, polled: bool) -> Self {
        Self { world, dice: Mutex::new(Dice::new(seed, "target")), polled, sessions: Mutex::default() }
    }

    fn over(&self, place: Place) -> bool {
        lock(&self.sessions).get(&place).is_none_or(|session| session.over)
    }

    async fn take(&self, opening: Opening) -> Result<TargetDid, Error> {
        let Some(world) = self.world.upgrade() else { return std::future::pending().await };
        let (conversation, baton, attempt) = (opening.conversation, opening.baton, opening.attempt);
        let history: Vec<(u64, String)> =
            opening.history.iter().map(|line| (line.position, line.text.clone())).collect();
        let note = |taken| {
            let history = history.clone();
            world.note("target", What::Opened { conversation, baton, attempt, taken, history });
        };
        let mut wait = lock(&self.dice).between(20, 1_500);
        let mut late: Option<Ms> = None;
        if let Some((mut dice, name)) = world.faults.befalls("target-open", world.plan.rude) {
            let (sort, out) = match dice.below(6) {
                0 => ("refuses", Some(Ok(TargetDid::Refused))),
                1 => ("unreachable", Some(error(ErrorKind::Transient))),
                2 => ("nonsense", Some(error(ErrorKind::Permanent))),
                3 => {
                    wait = dice.between(10_000, 50_000);
                    ("opens late", None)
                }
                _ => {
                    late = Some(dice.between(10, 20_000));
                    ("opens and says that it did not", None)
                }
            };
            world.faults.note(&name, sort);
            if let Some(out) = out {
                world.machine.sleep(wait).await;
                note(false);
                return out;
            }
        }
        world.machine.sleep(wait).await;
        // The same handover twice is one conversation there.
        let fresh = lock(&self.sessions).insert((conversation, baton), Session::default()).is_none();
        note(true);
        if fresh {
            let dice = Dice::new(lock(&self.dice).any(), "session");
            let session = session(world.clone(), (conversation, baton), dice);
            world.machine.spawn(WORLD, "target's chat", Box::pin(session));
        }
        if let Some(span) = late {
            world.machine.sleep(span).await;
            return error(ErrorKind::Transient);
        }
        Ok(match lock(&self.dice).below(3) {
            0 => TargetDid::Accepted,
            1 => TargetDid::Waiting { place: Some(2) },
            _ => TargetDid::Waiting { place: None },
        })
    }

    /// Does something there: it is in the list that is polled, or called back until the hub says that it has it.
    async fn act(&self, world: &Arc<World>, place: Place, did: TargetDid, token: Option<String>) {
        let (conversation, baton) = place;
        let what = match &did {
            TargetDid::Said { .. } => "said",
            TargetDid::Joined { .. } => "joined",
            TargetDid::Ended { .. } => "ended",
            TargetDid::Failed(_) => "failed",
            _ => "did",
        };
        let over = matches!(did, TargetDid::Ended { .. } | TargetDid::Failed(_));
        if over && let Some(session) = lock(&self.sessions).get_mut(&place) {
            session.over = true;
        }
        let note = |taken| {
            let (what, token) = (what.to_owned(), token.clone());
            world.note("target", What::TargetDid { conversation, baton, what, token, taken, over });
        };
        if self.polled {
            if let Some(session) = lock(&self.sessions).get_mut(&place) {
                session.did.push(did);
            }
            return note(false);
        }
        let key = world.token("callback").into_bytes();
        for _ in 0..6 {
            let (did, key) = (did.clone(), key.clone());
            let asked = world.ask("target's callback", move |engine| {
                Box::pin(async move {
                    let subject = Subject::Target { connection: TARGET, conversation };
                    let permit = permit(&subject, Action::Serve(conversation)).expect("a target may serve");
                    let expires = engine.runtime().now() + limits::FREE_KEY;
                    let record = Record { kind: "target-event".into(), key, value: Vec::new(), expires };
                    engine.execute_once(&permit, conversation, Command::Target { baton, did }, record).await.is_ok()
                })
            });
            let taken = asked.await == Some(true);
            note(taken);
            if taken {
                return;
            }
            world.machine.sleep(1_500).await;
        }
    }
}

/// What people there do with one conversation.
async fn session(world: Arc<World>, place: Place, mut dice: Dice) {
    let target = world.target.clone();
    let said = |world: &World| {
        let token = world.token("target");
        (TargetDid::Said { content: text(&token), name: Some("Sam".into()), party: None, outside: None }, Some(token))
    };
    world.machine.sleep(dice.between(500, 30_000)).await;
    if target.over(place) {
        // Somebody there has not noticed yet that it was closed.
        if dice.chance(500) {
            let (did, token) = said(&world);
            target.act(&world, place, did, token).await;
        }
        return;
    }
    target.act(&world, place, TargetDid::Joined { human: true, name: Some("Sam".into()), party: None }, None).await;
    for _ in 0..dice.below(5) {
        world.machine.sleep(dice.between(300, 25_000)).await;
        // Said even where it was closed in between: it is late.
        let (did, token) = said(&world);
        target.act(&world, place, did, token).await;
        if target.over(place) {
            return;
        }
    }
    let end = match dice.below(4) {
        0 => TargetDid::Failed(Failure::TargetLost),
        1 => return,
        2 => TargetDid::Ended { disposition: None, back_to_bot: true },
        _ => TargetDid::Ended { disposition: Some("solved".into()), back_to_bot: false },
    };
    if !target.over(place) {
        target.act(&world, place, end, None).await;
    }
}

impl Target for SimTarget {
    fn open(&self, opening: Opening) -> BoxFuture<'_, Result<TargetDid, Error>> {
        Box::pin(self.take(opening))
    }

    fn tell(&self, told: Told) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let Some(world) = self.world.upgrade() else { return std::future::pending().await };
            let (conversation, baton, position) = (told.conversation, told.baton, told.line.position);
            let note = |taken| world.note("target", What::Told { conversation, baton, position, taken });
            world.machine.sleep(30).await;
            let rude = world.faults.befalls("target-tell", world.plan.rude / 2);
            let out = match rude {
                None => Ok(()),
                Some((mut dice, name)) => {
                    let (kind, sort, took) = match dice.below(8) {
                        0 => (ErrorKind::Gone, "does not know the chat", false),
                        1..=3 => (ErrorKind::Transient, "hears and says that it did not", true),
                        _ => (ErrorKind::Transient, "does not hear", false),
                    };
                    world.faults.note(&name, sort);
                    if took {
                        note(true);
                    }
                    if kind == ErrorKind::Gone
                        && let Some(session) = lock(&self.sessions).get_mut(&(conversation, baton))
                    {
                        session.over = true;
                    }
                    return error(kind);
                }
            };
            note(true);
            out
        })
    }

    fn typing(&self, _: ConversationId, _: u64, _: bool) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    fn close(&self, conversation: ConversationId, baton: u64, _: CloseReason) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let Some(world) = self.world.upgrade() else { return std::future::pending().await };
            world.machine.sleep(30).await;
            let fails = world.faults.befalls("target-close", world.plan.rude / 2);
            let taken = fails.is_none();
            if let Some((_, name)) = fails {
                world.faults.note(&name, "unreachable");
            }
            world.note("target", What::Closed { conversation, baton, taken });
            if !taken {
                return error(ErrorKind::Transient);
            }
            match lock(&self.sessions).get_mut(&(conversation, baton)) {
                Some(session) => session.over = true,
                None => return error(ErrorKind::Gone),
            }
            Ok(())
        })
    }

    fn poll(
        &self,
        conversation: ConversationId,
        baton: u64,
        cursor: Option<String>,
    ) -> BoxFuture<'_, Result<Option<Polled>, Error>> {
        Box::pin(async move {
            if !self.polled {
                return Ok(None);
            }
            let Some(world) = self.world.upgrade() else { return std::future::pending().await };
            world.machine.sleep(20).await;
            if let Some((_, name)) = world.faults.befalls("target-poll", world.plan.rude / 4) {
                world.faults.note(&name, "unreachable");
                return error(ErrorKind::Transient);
            }
            let after: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
            let sessions = lock(&self.sessions);
            let did = sessions.get(&(conversation, baton)).map_or(&[][..], |session| &session.did);
            let did = did.get(after..).unwrap_or_default().to_vec();
            Ok(Some(Polled { cursor: Some((after + did.len()).to_string()), did, again: 1_000 }))
        })
    }
}
