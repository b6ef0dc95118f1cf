//! Floors: the least that a program can do which does the same. Each is this same binary under a hidden name of a bench,
//! in a process of its own, so that its processor time can be told apart from the load's.

mod catch_up;
mod echo;
mod idle;
mod path;
mod scan;

use super::child::READY;
use super::{Bench, Options};
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 4_096;

/// Runs the floor until it is killed; none if this bench is no floor.
pub(super) async fn run(options: &Options) -> Option<anyhow::Result<()>> {
    let folder = options.keep.clone().unwrap_or_default();
    match options.bench {
        Bench::FloorPath => Some(path::run(Some(folder)).await),
        Bench::FloorPathMemory => Some(path::run(None).await),
        Bench::FloorEcho => Some(echo::run().await),
        Bench::FloorIdle => Some(idle::run(true).await),
        Bench::FloorIdleDefaults => Some(idle::run(false).await),
        Bench::FloorScan => Some(scan::run(&folder)),
        Bench::FloorCatchUp => Some(catch_up::run(&folder, options.events.unwrap_or(0)).await),
        _ => None,
    }
}

/// A free port of this machine.
fn listen() -> anyhow::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    Ok(socket.listen(BACKLOG)?)
}

/// Tells who started it where it listens.
fn ready(listener: &TcpListener) -> anyhow::Result<()> {
    println!("{READY}http://{}", listener.local_addr()?);
    Ok(())
}
