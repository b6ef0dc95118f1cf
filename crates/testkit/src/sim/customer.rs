//! A customer: starts with a key, writes under counters, each thing up to three times and in another order, reads by
//! cursor, loses the connection and comes back.

use super::dice::{Dice, hash};
use super::journal::What;
use super::machine::WORLD;
use super::outside::text;
use super::settings::{INBOX, as_customer, person};
use super::world::World;
use baton_core::command::{Command, Rate, Report, Say, Start};
use baton_core::decide::Reply;
use baton_core::event::Answered;
use baton_core::ids::{ClientId, ConversationId, Ms};
use baton_core::permission::{Action, Permit, Subject, permit};
use baton_core::refusal::Refusal;
use baton_engine::{Error, Opened};
use std::sync::Arc;
use uuid::Uuid;

/// Tries of one send before the sender gives up.
const TRIES: u32 = 25;

/// One running copy of a client, which counts what it sends.
pub(crate) struct Copy {
    pub(crate) client: ClientId,
    pub(crate) counter: u64,
}

impl Copy {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let client = ClientId(Uuid::from_u128(u128::from(dice.any()) << 64 | u128::from(dice.any())));
        Self { client, counter: 0 }
    }
}

/// Something to be sent until it is acknowledged.
#[derive(Clone)]
pub(crate) struct Send {
    pub(crate) who: String,
    pub(crate) permit: Permit,
    pub(crate) conversation: ConversationId,
    pub(crate) client: ClientId,
    pub(crate) counter: u64,
    pub(crate) token: String,
    pub(crate) words: String,
    pub(crate) hold: bool,
    pub(crate) copies: u64,
}

/// How a send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Acked(u64),
    Refused,
    GivenUp,
}

/// Sends it, in copies, again and again, until somebody says that it is kept or may not be.
pub(crate) async fn send(world: Arc<World>, send: Send) -> Sent {
    for round in 0..TRIES {
        // All copies of a round are under way at once, so that they arrive in any order.
        let (sender, mut answers) = tokio::sync::mpsc::channel(4);
        for _ in 0..if round == 0 { send.copies } else { 1 } {
            let (world, send, sender) = (world.clone(), send.clone(), sender.clone());
            let machine = world.machine.clone();
            let one = async move {
                let out = once(&world, &send).await;
                let _ = sender.send(out).await;
            };
            machine.spawn(WORLD, "send", Box::pin(one));
        }
        drop(sender);
        let mut refused = false;
        let mut acked = None;
        while let Some(answer) = answers.recv().await {
            match answer {
                Some(Ok(seq)) => acked = Some(seq),
                Some(Err(true)) => refused = true,
                _ => {}
            }
        }
        if let Some(seq) = acked {
            return Sent::Acked(seq);
        }
        if refused {
            return Sent::Refused;
        }
        world.machine.sleep(400).await;
    }
    Sent::GivenUp
}

/// One copy. `Err(true)`: it may not be sent; `Err(false)`: not now.
async fn once(world: &Arc<World>, send: &Send) -> Option<Result<u64, bool>> {
    let Send { who, permit, conversation, client, counter, token, words, hold, .. } = send.clone();
    let sent = What::Sends { conversation, client, counter, token: token.clone() };
    world.note(&who, sent);
    let content = text(&format!("{token} {words}"));
    let say = Say { content, once: Some((client, counter)), reply_to: None, basis: None, hold };
    let answer = world
        .ask("say", move |engine| {
            Box::pin(async move { engine.execute(&permit, conversation, Command::Say(say)).await })
        })
        .await?;
    Some(match answer {
        Ok(done) => match done.said {
            Some(said) => {
                let (seq, position) = (said.seq, said.position);
                world.note(&who, What::Acked { client, counter, token, seq, position, conversation });
                Ok(seq)
            }
            // A repeat whose event cannot be found is no acknowledgement that anybody could hold us to.
            None => Err(false),
        },
        Err(Error::Refused(Refusal::CounterGap { .. })) => Err(false),
        Err(Error::Refused(refusal)) => {
            let wish = format!("say {token}");
            world.note(&who, What::Denied { conversation, wish, why: refusal.code().to_owned() });
            Err(true)
        }
        Err(_) => Err(false),
    })
}

async fn start(world: &Arc<World>, who: &str, number: u64, dice: &mut Dice) -> Option<ConversationId> {
    let key = format!("key of {who}");
    let mut found = None;
    for _ in 0..10 {
        let (sender, mut answers) = tokio::sync::mpsc::channel(4);
        for _ in 0..1 + dice.below(3) {
            let (world, key, sender) = (world.clone(), key.clone(), sender.clone());
            let machine = world.machine.clone();
            let one = async move {
                let start = Start {
                    inbox: INBOX,
                    person: person(number),
                    language: "en".into(),
                    name: Some("Kim".into()),
                    contact: None,
                    page: None,
                    device: None,
                    variables: serde_json::Map::new(),
                };
                let anybody = Subject::Customer { conversation: ConversationId(Uuid::nil()) };
                let permit = permit(&anybody, Action::Start).expect("anybody may start");
                let asked = world.ask("start", move |engine| {
                    Box::pin(async move { engine.start(&permit, start, Some(&key)).await })
                });
                let answer = match asked.await {
                    Some(Ok(started)) => Some(started.conversation),
                    _ => None,
                };
                let _ = sender.send(answer).await;
            };
            machine.spawn(WORLD, "start", Box::pin(one));
        }
        drop(sender);
        while let Some(answer) = answers.recv().await {
            if let Some(conversation) = answer {
                world.note(who, What::Started { key: key.clone(), conversation });
                found = Some(conversation);
            }
        }
        if found.is_some() {
            return found;
        }
        world.machine.sleep(800).await;
    }
    None
}

/// What of a read is compared.
fn digest(opened: &Opened) -> u64 {
    let body = serde_json::to_vec(&opened.body).unwrap_or_default();
    hash(&opened.header.to_bytes().unwrap_or_default()) ^ hash(&body).rotate_left(7)
}

async fn read(world: &Arc<World>, who: &str, chat: ConversationId, after: u64, most: usize) -> Option<u64> {
    let permit = as_customer(chat);
    let asked =
        world.ask("read", move |engine| Box::pin(async move { engine.positions(&permit, chat, after, most).await }));
    let Some(Ok(page)) = asked.await else { return None };
    let page: Vec<(u64, u64)> =
        page.iter().map(|opened| (opened.header.position.unwrap_or(0), digest(opened))).collect();
    let last = page.last().map(|(position, _)| *position);
    world.note(who, What::Read { conversation: chat, after, page });
    last
}

/// The customer's screen: reads on from its cursor when it hears of something, or after a while; sometimes it forgets
/// where it was and reads again from further up.
async fn screen(world: Arc<World>, who: String, chat: ConversationId, mut dice: Dice) {
    let mut cursor = 0;
    while world.machine.real() < world.end + 20_000 {
        let most = 1 + dice.below(12) as usize;
        if dice.chance(80) {
            let again = dice.below(cursor + 1);
            read(&world, &who, chat, again, most).await;
        }
        if let Some(last) = read(&world, &who, chat, cursor, most).await {
            cursor = last;
            continue;
        }
        let hint = async {
            let Some((engine, _)) = world.engine() else { return std::future::pending().await };
            let mut signals = engine.subscribe();
            drop(engine);
            let _ = signals.recv().await;
        };
        tokio::select! {
            biased;
            () = hint => {}
            () = world.machine.sleep(2_000 + dice.below(6_000) as Ms) => {}
        }
        world.machine.sleep(200).await;
    }
}

const WORDS: &[&str] = &["where is my parcel", "hello", "and now", "I want a person", "thanks", "it is blue"];

/// Everything that this customer does.
pub(crate) async fn customer(world: Arc<World>, number: u64, chats: Arc<std::sync::Mutex<Vec<ConversationId>>>) {
    let who = format!("c{number}");
    let mut dice = Dice::new(world.plan.seed, &who);
    let slots: Vec<Dice> = (0..world.plan.acts + 1).map(|_| Dice::new(dice.any(), "act")).collect();
    world.machine.sleep(dice.between(0, 20_000)).await;
    if !world.faults.allows(&format!("{who}/start")) {
        return;
    }
    let Some(chat) = start(&world, &who, number, &mut dice).await else { return };
    super::machine::lock(&chats).push(chat);
    let screen = screen(world.clone(), who.clone(), chat, Dice::new(dice.any(), "screen"));
    world.machine.spawn(WORLD, "screen", Box::pin(screen));
    let mut copy = Copy::new(&mut dice);
    for (act, mut dice) in slots.into_iter().enumerate() {
        let pause = if dice.chance(150) { dice.between(20_000, 90_000) } else { dice.between(100, 14_000) };
        world.machine.sleep(pause).await;
        if world.machine.real() >= world.end {
            return;
        }
        if !world.faults.allows(&format!("{who}/{act}")) {
            continue;
        }
        act_once(&world, &who, chat, &mut copy, dice, &chats).await;
    }
}

async fn act_once(
    world: &Arc<World>,
    who: &str,
    chat: ConversationId,
    copy: &mut Copy,
    mut dice: Dice,
    chats: &std::sync::Mutex<Vec<ConversationId>>,
) {
    let permit = as_customer(chat);
    let drawn = dice.below(20);
    let command = match drawn {
        0..=9 => {
            // Sometimes two or three go out before the first is acknowledged.
            let several = if dice.chance(250) { 2 + dice.below(2) } else { 1 };
            let mut last = None;
            for _ in 0..several {
                copy.counter += 1;
                let one = Send {
                    who: who.to_owned(),
                    permit,
                    conversation: chat,
                    client: copy.client,
                    counter: copy.counter,
                    token: world.token(who),
                    words: (*dice.pick(WORDS)).to_owned(),
                    hold: false,
                    copies: 1 + dice.below(3),
                };
                if let Some(before) = last.replace(one) {
                    let (world, machine) = (world.clone(), world.machine.clone());
                    machine.spawn(
                        WORLD,
                        "send",
                        Box::pin(async move {
                            send(world, before).await;
                        }),
                    );
                }
            }
            if let Some(one) = last
                && send(world.clone(), one).await != Sent::Acked(0)
                && dice.chance(60)
            {
                // The page is loaded anew: another copy, which counts from one.
                *copy = Copy::new(&mut dice);
            }
            return;
        }
        10..=12 => Command::AskPerson,
        13 => Command::Withdraw,
        14 => Command::LeaveMessage { text: None, contact: None },
        15 => Command::Rate(Rate { answered: Some(Answered::Yes), agent: Some(4), bot: None, comment: None }),
        16 => Command::Report(Report { position: 1 + dice.below(12), should_have_said: None, comment: None }),
        17 => {
            let others: Vec<_> = super::machine::lock(chats).iter().copied().filter(|other| *other != chat).collect();
            if let Some(other) = others.first().copied() {
                let asked = world.ask("trespass", move |engine| {
                    Box::pin(async move {
                        let read = engine.positions(&permit, other, 0, 5).await.is_ok();
                        read || engine.execute(&permit, other, Command::AskPerson).await.is_ok()
                    })
                });
                if asked.await == Some(true) {
                    world.note(who, What::Trespass { conversation: other });
                }
            }
            return;
        }
        _ => return,
    };
    let wish = format!("{command:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    for _ in 0..1 + dice.below(2) {
        let (command, wish) = (command.clone(), wish.clone());
        let asked =
            world.ask("wish", move |engine| Box::pin(async move { engine.execute(&permit, chat, command).await }));
        world.note(
            who,
            match asked.await {
                Some(Ok(done)) => match done.reply {
                    Reply::Answer(answer) => What::Answered { conversation: chat, answer },
                    _ => What::Granted { conversation: chat, wish },
                },
                Some(Err(error)) => What::Denied { conversation: chat, wish, why: error.to_string() },
                None => What::Denied { conversation: chat, wish, why: "nobody knows".into() },
            },
        );
    }
}
