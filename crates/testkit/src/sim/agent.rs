//! People at the desk: they accept twice, two of them the same offer; they disappear, take over, transfer, lend, hand back
//! and close. One of them has a supervisor's right.

use super::customer::{Copy, Send, send};
use super::dice::Dice;
use super::journal::What;
use super::machine::{WORLD, lock};
use super::outside::text;
use super::settings::{BOT, LATER, QUEUE, TARGET, URGENT, agent as agent_id, as_agent};
use super::world::World;
use baton_core::command::{Command, TransferTo};
use baton_core::event::{Body, Brief};
use baton_core::ids::{AgentId, ConversationId};
use baton_core::ownership::{Delivery, Guest, Pause};
use baton_kit::store::{HolderKind, Row, RowFilter};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

struct Desk {
    world: Arc<World>,
    who: String,
    id: AgentId,
    supervisor: bool,
    connected: Arc<AtomicBool>,
    copies: BTreeMap<ConversationId, Copy>,
    chats: Arc<Mutex<Vec<ConversationId>>>,
}

async fn beat(world: Arc<World>, who: String, id: AgentId, connected: Arc<AtomicBool>) {
    while world.machine.real() < world.end {
        if connected.load(SeqCst) {
            let sent = world.machine.shown();
            let asked = world.ask("heartbeat", move |engine| Box::pin(async move { engine.heartbeat(id).await }));
            // The hub may have heard it even where nobody knows.
            let _ = asked.await;
            world.note(&who, What::Alive { agent: id, sent });
        }
        world.machine.sleep(15_000).await;
    }
}

/// Everything that this person does.
pub(crate) async fn agent(world: Arc<World>, number: u64, chats: Arc<Mutex<Vec<ConversationId>>>) {
    let supervisor = number == world.plan.agents;
    let (who, id) = (format!("a{number}"), agent_id(number));
    let mut dice = Dice::new(world.plan.seed, &who);
    let connected = Arc::new(AtomicBool::new(true));
    let mut desk = Desk {
        world: world.clone(),
        who: who.clone(),
        id,
        supervisor,
        connected: connected.clone(),
        copies: BTreeMap::new(),
        chats,
    };
    if !world.faults.allows(&format!("{who}/start")) {
        return;
    }
    world.machine.spawn(WORLD, "heartbeat", Box::pin(beat(world.clone(), who.clone(), id, connected)));
    world.machine.sleep(dice.between(0, 5_000)).await;
    if !supervisor {
        desk.presence(true).await;
    }
    let mut act = 0;
    while world.machine.real() < world.end {
        let own = Dice::new(dice.any(), "act");
        world.machine.sleep(dice.between(300, if supervisor { 40_000 } else { 9_000 })).await;
        if world.faults.allows(&format!("{who}/{act}")) {
            desk.act(own).await;
        }
        act += 1;
    }
}

impl Desk {
    async fn presence(&self, available: bool) {
        let permit = as_agent(self.id);
        for _ in 0..4 {
            let asked = self.world.ask("presence", move |engine| {
                Box::pin(async move { engine.set_presence(&permit, available).await.is_ok() })
            });
            if asked.await == Some(true) {
                return;
            }
            self.world.machine.sleep(900).await;
        }
    }

    async fn rows(&self, filter: RowFilter) -> Vec<Row> {
        let permit = as_agent(self.id);
        let filter = RowFilter { limit: 20, ..filter };
        let asked = self.world.ask("list", move |engine| Box::pin(async move { engine.rows(&permit, filter).await }));
        asked.await.and_then(Result::ok).unwrap_or_default()
    }

    async fn command(&self, chat: ConversationId, command: Command) {
        let permit = as_agent(self.id);
        let wish = format!("{command:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned();
        let asked =
            self.world.ask("desk", move |engine| Box::pin(async move { engine.execute(&permit, chat, command).await }));
        let what = match asked.await {
            Some(Ok(_)) => What::Granted { conversation: chat, wish },
            Some(Err(error)) => What::Denied { conversation: chat, wish, why: error.to_string() },
            None => What::Denied { conversation: chat, wish, why: "nobody knows".into() },
        };
        self.world.note(&self.who, what);
    }

    /// The same command twice at once, as a doubled click.
    async fn twice(&self, chat: ConversationId, command: Command) {
        tokio::join!(biased; self.command(chat, command.clone()), self.command(chat, command));
    }

    async fn act(&mut self, mut dice: Dice) {
        if !self.connected.load(SeqCst) {
            if dice.chance(200) {
                self.connected.store(true, SeqCst);
            }
            return;
        }
        if dice.chance(25) && !self.supervisor {
            // The screen is gone without a word.
            self.connected.store(false, SeqCst);
            return;
        }
        if dice.chance(25) && !self.supervisor {
            self.presence(dice.chance(400)).await;
            return;
        }
        let offered = self.rows(RowFilter { offered_to: Some(self.id.0), ..RowFilter::default() }).await;
        if let Some(row) = offered.first() {
            return self.offered(row.id, &mut dice).await;
        }
        let filter = RowFilter { holders: vec![HolderKind::Agent], holder_id: Some(self.id.0), ..RowFilter::default() };
        let held = self.rows(filter).await;
        if !held.is_empty() && dice.chance(850) {
            let chat = dice.pick(&held).id;
            return self.held(chat, &mut dice).await;
        }
        let chats = lock(&self.chats).clone();
        if chats.is_empty() {
            return;
        }
        self.other(*dice.pick(&chats), &mut dice).await;
    }

    async fn offered(&mut self, chat: ConversationId, dice: &mut Dice) {
        let permit = as_agent(self.id);
        let asked = self
            .world
            .ask("look at an offer", move |engine| Box::pin(async move { engine.conversation(&permit, chat).await }));
        let Some(Ok(state)) = asked.await else { return };
        let Some(offer) = &state.own.offer else { return };
        let answer = |accept| Command::AnswerOffer { offer: offer.id, accept, as_of: state.head.seq };
        match dice.below(10) {
            0 => self.command(chat, answer(false)).await,
            1 => {}
            2..=4 => self.twice(chat, answer(true)).await,
            _ => self.command(chat, answer(true)).await,
        }
    }

    async fn say(&mut self, chat: ConversationId, dice: &mut Dice) {
        let copy = self.copies.entry(chat).or_insert_with(|| Copy::new(dice));
        copy.counter += 1;
        let one = Send {
            who: self.who.clone(),
            permit: as_agent(self.id),
            conversation: chat,
            client: copy.client,
            counter: copy.counter,
            token: self.world.token(&self.who),
            words: "from the desk".into(),
            hold: dice.chance(400),
            copies: 1 + dice.below(3),
        };
        let sent = send(self.world.clone(), one).await;
        if !matches!(sent, super::customer::Sent::Acked(_)) {
            // It was refused or nobody knows: another copy counts anew.
            self.copies.remove(&chat);
        }
        if let (super::customer::Sent::Acked(seq), true) = (sent, dice.chance(120)) {
            self.command(chat, Command::Undo { of: seq }).await;
        }
    }

    async fn held(&mut self, chat: ConversationId, dice: &mut Dice) {
        let now = self.world.machine.shown();
        let colleague = agent_id(dice.below(self.world.plan.agents + 1));
        let command = match dice.below(28) {
            0..=12 => return self.say(chat, dice).await,
            13 => Command::Transfer { to: TransferTo::Agent(colleague), note: Some("note".into()) },
            14 => Command::Transfer { to: TransferTo::Queue(*dice.pick(&[QUEUE, URGENT, LATER])), note: None },
            15 => Command::Transfer { to: TransferTo::Bot(BOT), note: None },
            16 => Command::Transfer { to: TransferTo::Target(TARGET), note: None },
            17 | 18 => Command::HandBack { brief: Brief { note: "all settled".into(), ..Brief::default() } },
            19 => Command::Lend { bot: BOT },
            20 => Command::Close { disposition: None, wrap_up: None },
            21 => return self.twice(chat, Command::Close { disposition: None, wrap_up: None }).await,
            22 => Command::Note { text: text("a note"), mentions: vec![colleague] },
            23 => Command::SetPause(*dice.pick(&[Pause::WaitingCustomer, Pause::None])),
            24 => Command::Snooze { until: now + dice.between(1_000, 90_000) },
            25 => Command::Join { guest: Guest::Agent { id: colleague } },
            26 => Command::Join { guest: Guest::Bot { id: BOT } },
            _ => Command::CancelTransfer,
        };
        self.command(chat, command).await;
    }

    async fn other(&mut self, chat: ConversationId, dice: &mut Dice) {
        let last = if self.supervisor { 14 } else { 9 };
        let command = match dice.below(last) {
            0 => Command::Pick,
            1 => Command::Note { text: text("a note"), mentions: Vec::new() },
            2 => return self.say(chat, dice).await,
            3 => Command::Reopen,
            4 => return self.drafts(chat, dice).await,
            5 => Command::Return,
            6 => return self.steal(chat).await,
            7 => return self.look(chat).await,
            8 => Command::Leave { guest: Guest::Agent { id: self.id } },
            9 | 10 => return self.twice(chat, Command::TakeOver).await,
            11 => Command::Join { guest: Guest::Agent { id: self.id } },
            12 => Command::SetDelivery(*dice.pick(&[Delivery::Open, Delivery::Approval])),
            _ => Command::Close { disposition: None, wrap_up: None },
        };
        self.command(chat, command).await;
    }

    /// Answers an offer that was made to somebody else.
    async fn steal(&self, chat: ConversationId) {
        let permit = as_agent(self.id);
        let asked = self
            .world
            .ask("look at an offer", move |engine| Box::pin(async move { engine.conversation(&permit, chat).await }));
        let Some(Ok(state)) = asked.await else { return };
        let Some(offer) = &state.own.offer else { return };
        self.command(chat, Command::AnswerOffer { offer: offer.id, accept: true, as_of: state.head.seq }).await;
    }

    async fn look(&self, chat: ConversationId) {
        let permit = as_agent(self.id);
        let asked =
            self.world.ask("look", move |engine| Box::pin(async move { engine.look(&permit, chat).await.is_ok() }));
        let _ = asked.await;
    }

    /// Approves or rejects what a bot proposed.
    async fn drafts(&self, chat: ConversationId, dice: &mut Dice) {
        let permit = as_agent(self.id);
        let asked = self.world.ask("look at drafts", move |engine| {
            Box::pin(async move {
                let state = engine.conversation(&permit, chat).await.ok()?;
                let (draft, _) = *state.drafts.first()?;
                let opened = engine.event(&permit, chat, draft).await.ok()??;
                match opened.body {
                    Some(Body::Message { content, .. }) => Some((draft, content)),
                    _ => None,
                }
            })
        });
        let Some(Some((draft, content))) = asked.await else { return };
        let command = if dice.chance(700) { Command::Approve { draft, content } } else { Command::Reject { draft } };
        self.twice(chat, command).await;
    }
}
