//! The bad network between everybody and the hub: connections that are cut, stall, trickle, close one way or stay open
//! with nobody behind them. Each draws its fate when it is made.

use crate::ambient::Dice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) address: String,
    state: Arc<State>,
}

struct State {
    hub: String,
    calm: AtomicBool,
    hurt: AtomicU64,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Good,
    /// Both ends are closed after so many bytes of the hub's.
    Cut {
        after: u64,
    },
    /// Nothing passes for this long, once.
    Stall {
        after: u64,
        span: Duration,
    },
    /// A few bytes at a time.
    Trickle,
    /// What the client sends is thrown away from here on; the hub's bytes still pass.
    HalfOpen {
        after: u64,
    },
    /// The hub sees that the client has closed its side; the hub's bytes still pass.
    HalfClosed {
        after: u64,
    },
}

impl Proxy {
    pub(crate) async fn start(hub: &str, dice: Dice) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let hub = hub.trim_start_matches("http://").to_owned();
        let state = Arc::new(State { hub, calm: AtomicBool::new(false), hurt: AtomicU64::new(0) });
        super::go(accept(listener, state.clone(), dice));
        Ok(Self { address, state })
    }

    /// From now on every new connection is good.
    pub(crate) fn calm(&self) {
        self.state.calm.store(true, Ordering::Relaxed);
    }

    /// Connections that were hurt.
    pub(crate) fn hurt(&self) -> u64 {
        self.state.hurt.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>, mut dice: Dice) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let fate = if state.calm.load(Ordering::Relaxed) { Fate::Good } else { draw(&mut dice) };
        let state = state.clone();
        super::go(async move {
            let Ok(hub) = TcpStream::connect(&state.hub).await else { return };
            let _ = (client.set_nodelay(true), hub.set_nodelay(true));
            if !matches!(fate, Fate::Good) {
                state.hurt.fetch_add(1, Ordering::Relaxed);
            }
            let (client_in, client_out) = client.into_split();
            let (hub_in, hub_out) = hub.into_split();
            let up = up(client_in, hub_out, fate);
            let down = down(hub_in, client_out, fate);
            match fate {
                // One way may end long before the other.
                Fate::HalfClosed { .. } | Fate::HalfOpen { .. } => {
                    let _ = tokio::time::timeout(Duration::from_secs(90), async { tokio::join!(up, down) }).await;
                }
                _ => tokio::select! { () = up => {}, () = down => {} },
            }
        });
    }
}

fn draw(dice: &mut Dice) -> Fate {
    let after = dice.below(12_000);
    match dice.below(100) {
        0..=15 => Fate::Cut { after: 400 + after },
        16..=23 => Fate::Stall { after, span: Duration::from_millis(200 + dice.below(1_800)) },
        24..=28 => Fate::Trickle,
        29..=32 => Fate::HalfOpen { after: 300 + after / 4 },
        33..=37 => Fate::HalfClosed { after: 300 + after / 4 },
        _ => Fate::Good,
    }
}

async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, fate: Fate) {
    let mut buffer = [0_u8; 8_192];
    let mut passed = 0_u64;
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        passed += read as u64;
        match fate {
            Fate::HalfOpen { after } if passed > after => continue,
            Fate::HalfClosed { after } if passed > after => {
                let _ = to.shutdown().await;
                return;
            }
            _ => {}
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn down(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, fate: Fate) {
    let mut buffer = [0_u8; 8_192];
    let mut passed = 0_u64;
    let mut stalled = false;
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        let before = passed;
        passed += read as u64;
        match fate {
            Fate::Cut { after } if passed > after => {
                let rest = usize::try_from(after.saturating_sub(before)).unwrap_or(0).min(read);
                let _ = to.write_all(&buffer[..rest]).await;
                return;
            }
            Fate::Stall { after, span } if passed > after && !stalled => {
                stalled = true;
                tokio::time::sleep(span).await;
            }
            Fate::Trickle => {
                for few in buffer[..read].chunks(97) {
                    if to.write_all(few).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                continue;
            }
            _ => {}
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
