//! Many customers and agents on sockets: closed loop (the next message follows the acknowledgement and the delivery of
//! the last) and open loop (messages leave by a time-table whatever became of those before).
//!
//! The same code drives Baton and the floor; only the address and the first frame differ. Times in open loop count from
//! the moment that the time-table names, so that a server that stalls cannot hide the messages that it kept waiting.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_with_config, connect_async_with_config};
use uuid::Uuid;

/// Orders that one customer has not carried out yet.
const ORDERS: usize = 4_096;
/// Characters of a message.
pub(super) const PAYLOAD: usize = 200;
/// Begins the part of a message by which it is known again.
const MARK: &str = "zqmark";
/// So long everything may take to come back after a round.
pub(super) const DRAIN: Duration = Duration::from_secs(30);
/// Messages a second by a time-table, at least.
const LEAST: f64 = 10.0;
/// Sockets are kept alive by a frame so often.
pub(super) const ALIVE: Duration = Duration::from_secs(15);

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a socket with small buffers: a thousand clients with the library's own would fill a cache by themselves.
pub(super) async fn open(address: &str) -> anyhow::Result<Socket> {
    let config = WebSocketConfig::default().read_buffer_size(4_096).write_buffer_size(0);
    let opened = timeout(DRAIN, connect_async_with_config(address, Some(config), true)).await;
    let (socket, _) = opened.context("no answer")?.with_context(|| format!("{address} could not be opened"))?;
    Ok(socket)
}

/// Clients that share one address of this machine: beyond that its ports run out.
const PER_SOURCE: usize = 20_000;

/// As [`enter`], but by its own address of the loopback network for each twenty thousand clients.
pub(super) async fn enter_from(client: &Client, number: usize) -> anyhow::Result<Socket> {
    let host = client.address.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).context("an address")?;
    let source = TcpSocket::new_v4()?;
    let last = u8::try_from(2 + number / PER_SOURCE).context("too many clients")?;
    source.bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
    let opened = async {
        let stream = source.connect(host.parse()?).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(1_024).write_buffer_size(0);
        let stream = MaybeTlsStream::Plain(stream);
        anyhow::Ok(client_async_with_config(client.address.as_str(), stream, Some(config)).await?.0)
    };
    let mut socket = timeout(DRAIN, opened).await.context("no answer")??;
    introduce(client, &mut socket).await?;
    Ok(socket)
}

/// As [`enter`], with so small a buffer that a server soon feels that nobody reads.
pub(super) async fn enter_narrow(client: &Client) -> anyhow::Result<Socket> {
    let host = client.address.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).context("an address")?;
    let narrow = TcpSocket::new_v4()?;
    narrow.set_recv_buffer_size(4_096)?;
    let stream = MaybeTlsStream::Plain(timeout(DRAIN, narrow.connect(host.parse()?)).await.context("no answer")??);
    let config = WebSocketConfig::default().read_buffer_size(1_024).write_buffer_size(0);
    let mut socket = client_async_with_config(client.address.as_str(), stream, Some(config)).await?.0;
    introduce(client, &mut socket).await?;
    Ok(socket)
}

/// Where a client connects and what it says first.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) address: String,
    /// Sent first; the server's `welcome` is waited for.
    pub(super) hello: Option<String>,
    /// Sent afterwards.
    pub(super) then: Vec<String>,
    /// The copy of the client under which a customer sends.
    pub(super) id: Uuid,
    /// What it has sent already.
    pub(super) counter: u64,
}

/// What one round found.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// Messages that were acknowledged to the customer and had reached the agent, in the window.
    pub(super) messages: u64,
    pub(super) seconds: f64,
    /// Microseconds, sorted.
    pub(super) acknowledged: Vec<u32>,
    pub(super) delivered: Vec<u32>,
    /// Microseconds of processor time in the window.
    pub(super) server_cpu: u64,
    pub(super) own_cpu: u64,
}

impl Round {
    pub(super) fn per_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }

    pub(super) fn cpu_each(&self) -> f64 {
        self.server_cpu as f64 / self.messages.max(1) as f64
    }

    pub(super) fn own_cpu_each(&self) -> f64 {
        self.own_cpu as f64 / self.messages.max(1) as f64
    }
}

/// A share of sorted values, in milliseconds.
pub(super) fn share_ms(sorted: &[u32], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
}

enum Order {
    /// Say one thing, due at this microsecond.
    Say(u64),
    /// Say one thing after the other until this microsecond.
    Loop(u64),
}

/// One customer as the others see it.
#[derive(Default)]
struct Seat {
    /// The counter of the newest message that reached an agent.
    delivered: AtomicU64,
    news: Notify,
}

struct Shared {
    base: Instant,
    copies: u64,
    seats: Vec<Seat>,
    from: AtomicU64,
    to: AtomicU64,
    /// Sent and not yet both acknowledged and delivered: each message counts once for each.
    under_way: AtomicU64,
    acknowledged: AtomicU64,
    delivered: AtomicU64,
    acknowledged_after: Vec<Mutex<Vec<u32>>>,
    delivered_after: Vec<Mutex<Vec<u32>>>,
    over: AtomicBool,
    trouble: Mutex<Option<String>>,
}

impl Shared {
    fn now(&self) -> u64 {
        self.base.elapsed().as_micros() as u64
    }

    fn in_window(&self, at: u64) -> bool {
        at >= self.from.load(Relaxed) && at < self.to.load(Relaxed)
    }

    fn trouble(&self, what: String) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
    }
}

/// Customers and agents, connected.
pub(super) struct Load {
    shared: Arc<Shared>,
    orders: Vec<mpsc::Sender<Order>>,
    tasks: JoinSet<()>,
    pid: u32,
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.over.store(true, Relaxed);
    }
}

impl Load {
    /// Connects everybody. `pid`: the server, whose processor time is counted. `copies`: agents whom a message reaches.
    pub(super) async fn connect(
        customers: &[Client],
        agents: &[Client],
        pid: u32,
        copies: u64,
    ) -> anyhow::Result<Self> {
        let store = |count: usize| (0..count).map(|_| Mutex::default()).collect();
        let seat = |client: &Client| Seat { delivered: AtomicU64::new(client.counter), news: Notify::new() };
        let shared = Arc::new(Shared {
            base: Instant::now(),
            copies,
            seats: customers.iter().map(seat).collect(),
            from: AtomicU64::new(u64::MAX),
            to: AtomicU64::new(0),
            under_way: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            acknowledged_after: store(customers.len()),
            delivered_after: store(agents.len()),
            over: AtomicBool::new(false),
            trouble: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        for (number, agent) in agents.iter().enumerate() {
            let (socket, shared) = (enter(agent).await?, shared.clone());
            tasks.spawn(async move {
                if let Err(error) = listen(number, socket, &shared).await {
                    shared.trouble(format!("an agent's socket: {error:#}"));
                }
            });
        }
        let mut orders = Vec::with_capacity(customers.len());
        for (number, customer) in customers.iter().enumerate() {
            let (socket, shared, customer) = (enter(customer).await?, shared.clone(), customer.clone());
            let (sender, receiver) = mpsc::channel(ORDERS);
            orders.push(sender);
            tasks.spawn(async move {
                if let Err(error) = write(number, &customer, socket, receiver, &shared).await {
                    shared.trouble(format!("a customer's socket: {error:#}"));
                }
            });
        }
        Ok(Self { shared, orders, tasks, pid })
    }

    /// Everybody says one thing after the other.
    pub(super) async fn closed(&mut self, warm: Duration, window: Duration) -> anyhow::Result<Round> {
        let until = self.open_window(warm, window);
        for orders in &self.orders {
            orders.send(Order::Loop(until)).await.context("a customer has gone")?;
        }
        self.measure(warm, window).await
    }

    /// So many messages a second by a time-table.
    pub(super) async fn open(&mut self, rate: f64, warm: Duration, window: Duration) -> anyhow::Result<Round> {
        // A server that was starved while its speed was measured is asked for a little all the same.
        let rate = rate.max(LEAST);
        let until = self.open_window(warm, window);
        let (shared, orders) = (self.shared.clone(), self.orders.clone());
        let begin = shared.now();
        let clock = std::thread::Builder::new().name("time-table".to_owned()).spawn(move || {
            for number in 0_u64.. {
                let due = begin + (number as f64 * 1e6 / rate) as u64;
                if due >= until || shared.over.load(Relaxed) {
                    break;
                }
                let now = shared.now();
                if due > now {
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "tokio's clock ticks in milliseconds, too coarse here"
                    )]
                    std::thread::sleep(Duration::from_micros(due - now));
                }
                shared.under_way.fetch_add(1 + shared.copies, Relaxed);
                if orders[number as usize % orders.len()].try_send(Order::Say(due)).is_err() {
                    shared.trouble("a customer is thousands of messages behind the time-table".to_owned());
                    break;
                }
            }
        })?;
        let round = self.measure(warm, window).await;
        let _ = clock.join();
        round
    }

    fn open_window(&self, warm: Duration, window: Duration) -> u64 {
        let from = self.shared.now() + warm.as_micros() as u64;
        let until = from + window.as_micros() as u64;
        self.shared.from.store(from, Relaxed);
        self.shared.to.store(until, Relaxed);
        until
    }

    async fn measure(&mut self, warm: Duration, window: Duration) -> anyhow::Result<Round> {
        let shared = &self.shared;
        let from = Instant::now() + warm;
        sleep_until(from).await;
        let done = || shared.acknowledged.load(Relaxed).min(shared.delivered.load(Relaxed) / shared.copies.max(1));
        let before = (super::child::cpu(self.pid), super::child::own_cpu(), done(), Instant::now());
        sleep_until(from + window).await;
        let seconds = before.3.elapsed().as_secs_f64();
        let (server_cpu, own_cpu) = (super::child::cpu(self.pid) - before.0, super::child::own_cpu() - before.1);
        let messages = done() - before.2;
        let give_up = Instant::now() + DRAIN;
        while shared.under_way.load(Relaxed) > 0 {
            if let Some(what) = shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
                bail!("{what}");
            }
            if Instant::now() > give_up {
                bail!("{} acknowledgements or deliveries did not come", shared.under_way.load(Relaxed));
            }
            sleep(Duration::from_millis(5)).await;
        }
        // Everything has come; nobody writes any more.
        shared.to.store(0, Relaxed);
        let gather = |all: &[Mutex<Vec<u32>>]| {
            let mut out: Vec<u32> = Vec::new();
            all.iter().for_each(|one| out.append(&mut one.lock().unwrap_or_else(PoisonError::into_inner)));
            out.sort_unstable();
            out
        };
        let (acknowledged, delivered) = (gather(&shared.acknowledged_after), gather(&shared.delivered_after));
        Ok(Round { messages, seconds, acknowledged, delivered, server_cpu, own_cpu })
    }

    /// Everybody goes away.
    pub(super) async fn leave(mut self) {
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Connects, says hello, waits until it is heard.
pub(super) async fn enter(client: &Client) -> anyhow::Result<Socket> {
    let mut socket = open(&client.address).await?;
    introduce(client, &mut socket).await?;
    Ok(socket)
}

async fn introduce(client: &Client, socket: &mut Socket) -> anyhow::Result<()> {
    if let Some(hello) = &client.hello {
        socket.send(Message::text(hello.as_str())).await?;
        let welcomed = async {
            while let Some(message) = socket.next().await {
                let Message::Text(text) = message? else { continue };
                if text.contains(r#""type":"welcome""#) {
                    return Ok(());
                }
                if text.contains(r#""type":"error""#) {
                    bail!("{text}");
                }
            }
            bail!("the server closed the socket")
        };
        timeout(DRAIN, welcomed).await.context("no welcome")??;
    }
    for frame in &client.then {
        socket.send(Message::text(frame.as_str())).await?;
    }
    Ok(())
}

/// An agent, who reads.
async fn listen(number: usize, mut socket: Socket, shared: &Shared) -> anyhow::Result<()> {
    let mut alive = Instant::now() + ALIVE;
    loop {
        let message = tokio::select! {
            message = socket.next() => message.context("the server closed it")??,
            () = sleep_until(alive) => {
                alive = Instant::now() + ALIVE;
                socket.send(Message::text(r#"{"type":"ping"}"#)).await?;
                continue;
            }
        };
        let Message::Text(text) = message else { continue };
        // Rows of lists carry the last words, too.
        let Some(mark) = read_mark(&text) else { continue };
        if !text.contains(r#""type":"event""#) {
            continue;
        }
        let now = shared.now();
        if shared.in_window(mark.due) {
            let after = now.saturating_sub(mark.due).min(u64::from(u32::MAX)) as u32;
            shared.delivered_after[number].lock().unwrap_or_else(PoisonError::into_inner).push(after);
        }
        let Some(seat) = shared.seats.get(mark.customer) else { continue };
        seat.delivered.fetch_max(mark.counter, Relaxed);
        shared.delivered.fetch_add(1, Relaxed);
        shared.under_way.fetch_sub(1, Relaxed);
        seat.news.notify_one();
    }
}

/// A customer, who writes.
async fn write(
    number: usize,
    customer: &Client,
    mut socket: Socket,
    mut orders: mpsc::Receiver<Order>,
    shared: &Shared,
) -> anyhow::Result<()> {
    let (mut counter, mut acknowledged) = (customer.counter, customer.counter);
    let mut until = 0;
    let mut pending: VecDeque<u64> = VecDeque::new();
    let mut alive = Instant::now() + ALIVE;
    let seat = &shared.seats[number];
    loop {
        let mut said = None;
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Say(due)) => said = Some(due),
                Some(Order::Loop(end)) => until = end,
                None => return Ok(()),
            },
            message = socket.next() => {
                let Message::Text(text) = message.context("the server closed it")?? else { continue };
                if !text.contains(r#""type":"ack""#) {
                    if text.contains(r#""type":"refused""#) || text.contains(r#""type":"error""#) {
                        bail!("{text}");
                    }
                    continue;
                }
                acknowledged += 1;
                let due = pending.pop_front().context("an acknowledgement too many")?;
                let now = shared.now();
                if shared.in_window(due) {
                    let after = now.saturating_sub(due).min(u64::from(u32::MAX)) as u32;
                    shared.acknowledged_after[number].lock().unwrap_or_else(PoisonError::into_inner).push(after);
                }
                shared.acknowledged.fetch_add(1, Relaxed);
                shared.under_way.fetch_sub(1, Relaxed);
            }
            () = seat.news.notified(), if until > 0 => {}
            () = sleep_until(alive) => {
                alive = Instant::now() + ALIVE;
                socket.send(Message::text(r#"{"type":"ping"}"#)).await?;
            }
        }
        if until > 0 && acknowledged == counter && seat.delivered.load(Relaxed) >= counter {
            let now = shared.now();
            if now < until {
                shared.under_way.fetch_add(1 + shared.copies, Relaxed);
                said = Some(now);
            } else {
                until = 0;
            }
        }
        if let Some(due) = said {
            counter += 1;
            pending.push_back(due);
            let text = text_of(number, counter, due);
            let frame = format!(r#"{{"type":"send","client":"{}","counter":{counter},"text":"{text}"}}"#, customer.id);
            socket.send(Message::text(frame)).await?;
        }
    }
}

/// What a message says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    customer: usize,
    counter: u64,
    due: u64,
}

/// Numbers as letters: rows of digits look like card numbers, which a hub may hide.
fn letters(out: &mut String, number: u64, count: u32) {
    for place in (0..count).rev() {
        out.push(char::from(b'a' + ((number >> (4 * place)) & 15) as u8));
    }
}

fn number(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |sum, letter| match letter {
        b'a'..=b'p' => Some((sum << 4) | u64::from(letter - b'a')),
        _ => None,
    })
}

/// A message of [`PAYLOAD`] characters that tells who said it, as which, and when it was due.
pub(super) fn text_of(customer: usize, counter: u64, due: u64) -> String {
    const WORDS: &str = " the parcel with the tent did not come yesterday and the tracking page still says that it left \
        Hamburg on Monday, so I would like to know whether somebody can look where it is now and when it may arrive at \
        my address";
    let mut text = String::with_capacity(PAYLOAD);
    text.push_str(MARK);
    letters(&mut text, customer as u64, 4);
    letters(&mut text, counter, 8);
    letters(&mut text, due, 12);
    text.push_str(&WORDS[..PAYLOAD - text.len()]);
    text
}

fn read_mark(frame: &str) -> Option<Mark> {
    let rest = frame.get(frame.find(MARK)? + MARK.len()..)?.as_bytes();
    let part = |from: usize, to: usize| rest.get(from..to).and_then(number);
    Some(Mark { customer: part(0, 4)? as usize, counter: part(4, 12)?, due: part(12, 24)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_who_said_it_and_when_it_was_due() {
        let text = text_of(999, 70_000, 123_456_789_012);
        assert_eq!(text.len(), PAYLOAD);
        let frame = format!(r#"{{"event":{{"text":"{text}"}},"type":"event"}}"#);
        assert_eq!(read_mark(&frame), Some(Mark { customer: 999, counter: 70_000, due: 123_456_789_012 }));
        assert_eq!(read_mark("zqmarkaaaa"), None);
        assert_eq!(read_mark("nothing"), None);
    }

    #[test]
    fn a_share_of_sorted_values_is_in_milliseconds() {
        let values: Vec<u32> = (1..=1_000).map(|n| n * 10).collect();
        assert_eq!(share_ms(&values, 0.5), 5.0);
        assert_eq!(share_ms(&values, 0.999), 9.99);
        assert!(share_ms(&[], 0.5).is_nan());
    }
}
