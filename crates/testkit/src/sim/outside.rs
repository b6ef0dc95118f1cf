//! A bot that is late, silent, fails, doubles what it says and answers under old numbers.

use super::dice::Dice;
use super::journal::What;
use super::machine::{WORLD, lock};
use super::settings::BOT;
use super::world::World;
use baton_core::content::Content;
use baton_core::ids::Ms;
use baton_core::permission::{Action, Subject, permit};
use baton_kit::bot::{Answer, Bot, Error, ErrorKind, Then, Turn};
use baton_kit::runtime::BoxFuture;
use std::sync::{Arc, Mutex, Weak};

pub(crate) use super::target::SimTarget;

/// A text of the simulation's own.
pub(crate) fn text(words: &str) -> Content {
    Content::text(words).expect("a text of the simulation's own")
}

/// The bot.
pub(crate) struct SimBot {
    world: Weak<World>,
    dice: Mutex<Dice>,
    /// A turn whose reply address is used again much later.
    old: Mutex<Option<Turn>>,
}

/// How the bot takes a turn.
enum Manner {
    Answers { messages: u64, after: Ms },
    Later { messages: u64, double: bool },
    Silent,
    Abstains,
    HandsOver { urgent: bool },
    Ends,
    Fails(ErrorKind),
    Hangs(Ms),
}

impl SimBot {
    pub(crate) fn new(world: Weak<World>, seed: u64) -> Self {
        Self { world, dice: Mutex::new(Dice::new(seed, "bot")), old: Mutex::default() }
    }

    fn manner(&self, world: &World) -> (Manner, Dice) {
        let mut rude = world.faults.befalls("bot", world.plan.rude);
        let mut dice = lock(&self.dice);
        let own = Dice::new(dice.any(), "turn");
        let manner = match &mut rude {
            None => match dice.below(12) {
                0 => Manner::HandsOver { urgent: dice.chance(300) },
                1 => Manner::Silent,
                2 => Manner::Later { messages: 1 + dice.below(2), double: false },
                _ => Manner::Answers { messages: 1 + dice.below(2), after: dice.between(20, 2_500) },
            },
            Some((rude, name)) => {
                let (manner, sort) = match rude.below(9) {
                    0 => (Manner::Answers { messages: 1, after: rude.between(8_000, 40_000) }, "late"),
                    1 => (Manner::Later { messages: 2, double: true }, "doubles"),
                    2 => (Manner::Later { messages: 2, double: true }, "doubles"),
                    3 => (Manner::Abstains, "abstains"),
                    4 => (Manner::Ends, "ends the chat"),
                    5 => (Manner::Fails(ErrorKind::Transient), "fails"),
                    6 => (Manner::Fails(ErrorKind::Permanent), "fails for good"),
                    7 => (Manner::Hangs(rude.between(15_000, 70_000)), "hangs"),
                    _ => (Manner::HandsOver { urgent: false }, "hands over"),
                };
                world.faults.note(name, sort);
                manner
            }
        };
        (manner, own)
    }

    async fn take(&self, turn: Turn) -> Result<Answer, Error> {
        let Some(world) = self.world.upgrade() else { return std::future::pending().await };
        let history = turn.history.iter().map(|line| (line.position, line.text.clone())).collect();
        let upto = turn.message.as_ref().map_or(0, |(position, _)| *position);
        let (conversation, ask, baton, attempt) = (turn.conversation, turn.ask, turn.baton, turn.attempt);
        world.note("bot", What::Turn { conversation, ask, baton, attempt, upto, history });
        let (manner, mut dice) = self.manner(&world);
        let says = |count: u64| -> Vec<(String, Content)> {
            (0..count).map(|_| world.token("bot")).map(|token| (token.clone(), text(&token))).collect()
        };
        let fails = |kind| Err(Error { kind, detail: "simulated".into() });
        match manner {
            Manner::Answers { messages, after } => {
                world.machine.sleep(after).await;
                let said = says(messages);
                for (ordinal, (token, _)) in (0..).zip(&said) {
                    let token = token.clone();
                    world.note("bot", What::BotSays { conversation, ask, baton, ordinal, token, taken: false });
                }
                Ok(Answer { messages: said.into_iter().map(|(_, content)| content).collect(), ..Answer::default() })
            }
            Manner::Later { messages, double } => {
                let said = says(messages);
                let copies = if double { 2 + dice.below(2) } else { 1 };
                for _ in 0..copies {
                    let (world, turn, said) = (world.clone(), turn.clone(), said.clone());
                    let wait = if double { dice.between(10, 45_000) } else { dice.between(10, 9_000) };
                    let machine = world.machine.clone();
                    let task = async move {
                        world.machine.sleep(wait).await;
                        reply_later(&world, &turn, &said).await;
                    };
                    machine.spawn(WORLD, "bot replies later", Box::pin(task));
                }
                // Now and then somebody uses the address of a turn that was over long ago.
                let old = lock(&self.old).replace(turn.clone());
                if let (true, Some(old)) = (double, old) {
                    let (world, said) = (world.clone(), says(1));
                    let machine = world.machine.clone();
                    let task = async move {
                        world.machine.sleep(5_000).await;
                        reply_later(&world, &old, &said).await;
                    };
                    machine.spawn(WORLD, "bot replies under an old number", Box::pin(task));
                }
                Ok(Answer { then: Then::Later, ..Answer::default() })
            }
            Manner::Silent => Ok(Answer { then: Then::Silent, ..Answer::default() }),
            Manner::Abstains => Ok(Answer { then: Then::Abstained { reason: "unsure".into() }, ..Answer::default() }),
            Manner::HandsOver { urgent } => {
                let named = urgent.then(|| "Safety".to_owned());
                let then = Then::HandOver { reason: "a person is better".into(), to: None, named };
                Ok(Answer { then, ..Answer::default() })
            }
            Manner::Ends => Ok(Answer { then: Then::End, ..Answer::default() }),
            Manner::Fails(kind) => {
                world.machine.sleep(dice.between(5, 3_000)).await;
                fails(kind)
            }
            Manner::Hangs(span) => {
                world.machine.sleep(span).await;
                fails(ErrorKind::Transient)
            }
        }
    }
}

async fn reply_later(world: &Arc<World>, turn: &Turn, said: &[(String, Content)]) {
    let Some(address) = &turn.reply_address else { return };
    let token = address.rsplit('/').next().unwrap_or_default().to_owned();
    let (conversation, ask, baton) = (turn.conversation, turn.ask, turn.baton);
    for _ in 0..3 {
        let answer =
            Answer { messages: said.iter().map(|(_, content)| content.clone()).collect(), ..Answer::default() };
        let token = token.clone();
        let asked = world.ask("bot's later reply", move |engine| {
            Box::pin(async move {
                let claims = engine.read_reply_address(&token)?;
                let subject = Subject::Bot { connection: BOT, conversation };
                let permit = permit(&subject, Action::Answer(conversation)).ok()?;
                Some(engine.bot_replied_later(&permit, &claims, answer).await)
            })
        });
        let taken = matches!(asked.await, Some(Some(Ok(_))));
        for (ordinal, (token, _)) in (0..).zip(said) {
            let token = token.clone();
            world.note("bot", What::BotSays { conversation, ask, baton, ordinal, token, taken });
        }
        if taken {
            return;
        }
        world.machine.sleep(700).await;
    }
}

impl Bot for SimBot {
    fn ask(&self, turn: Turn) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(self.take(turn))
    }
}
