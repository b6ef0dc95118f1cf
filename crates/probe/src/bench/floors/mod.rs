//! Floors: the least that a program can do which does the same. Each is this same binary under a hidden name of a bench,
//! in a process of its own, so that its processor time can be told apart from the load's.

mod path;

use super::Bench;
use super::child::READY;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 4_096;

/// Runs the floor until it is killed; none if this bench is no floor.
pub(super) async fn run(bench: Bench, folder: PathBuf) -> Option<anyhow::Result<()>> {
    match bench {
        Bench::FloorPath => Some(path::run(Some(folder)).await),
        Bench::FloorPathMemory => Some(path::run(None).await),
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
