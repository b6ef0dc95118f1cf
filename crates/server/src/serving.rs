//! Connections: so many at once, in all and from one address; each with a limit on silence and on unread bytes; told when
//! the hub stops. HTTP/1.1 alone, as browsers speak it to a proxy and proxies to us.

use crate::counts::{Counted, Counts};
use crate::problem::Problem;
use crate::rates::address_key;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use baton_core::limits;
use baton_kit::runtime::SharedRuntime;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep, timeout};

/// How many connections there may be.
pub(crate) struct Bounds {
    /// In all.
    pub(crate) connections: usize,
    /// From one address; 0 is no bound.
    pub(crate) per_address: usize,
    /// Whose connections are many clients'.
    pub(crate) proxies: Vec<IpAddr>,
}

/// Serves until `stop` turns true; then takes no more and comes back when the last connection has ended.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    runtime: SharedRuntime,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(bounds.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let told = Arc::new(Semaphore::new(limits::REFUSALS_TOLD));
    let addresses = Counts::default();
    let (last, open) = watch::channel(());
    let mut complained = false;
    while !*stop.borrow() {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a connection that was gone before it was taken.
                if !complained {
                    tracing::warn!(%error, "a connection could not be taken");
                    complained = true;
                }
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        complained = false;
        let many = peer.ip().to_canonical().is_loopback() || bounds.proxies.contains(&peer.ip().to_canonical());
        let most = if many { 0 } else { bounds.per_address };
        let place = places.clone().try_acquire_owned().ok();
        let address = addresses.enter(address_key(peer.ip()), most);
        let (Some(place), Some(address)) = (place, address) else {
            metrics::counter!("baton_connections_refused_total").increment(1);
            if let Ok(telling) = told.clone().try_acquire_owned() {
                runtime.spawn("connection-refused", Box::pin(refuse(stream, telling)));
            }
            continue;
        };
        metrics::gauge!("baton_connections").increment(1.0);
        let _ = stream.set_nodelay(true);
        let io = Held { io: stream, stalled: None, _place: place, _address: address, _open: open.clone() };
        runtime.spawn("connection", Box::pin(one(io, peer, router.clone(), stop.clone())));
    }
    drop(listener);
    drop(open);
    last.closed().await;
}

/// One connection, to its end.
async fn one(io: Held, peer: SocketAddr, router: Router, mut stop: watch::Receiver<bool>) {
    let asked = Arc::new(AtomicBool::new(false));
    let asks = asked.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        asks.store(true, Ordering::Relaxed);
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            Ok::<_, std::convert::Infallible>(call(router, request).await)
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(limits::REQUEST_HEAD as u64))
            .max_buf_size(limits::HEAD_BYTES)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades()
    );
    // An error is a client that went away or spoke no HTTP: nothing that anybody could act on.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    // Who has not asked anything yet would be waited for as for somebody in mid-sentence.
    if asked.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn call(mut router: Router, request: Request) -> axum::response::Response {
    use tower_service::Service;
    let ready = poll_fn(|cx| Service::<Request>::poll_ready(&mut router, cx)).await;
    let answered = match ready {
        Ok(()) => router.call(request).await,
        Err(never) => match never {},
    };
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Says why, and reads a little, or the answer would be lost with the connection.
async fn refuse(mut stream: TcpStream, _telling: OwnedSemaphorePermit) {
    let why = "There are too many connections just now. Nothing was lost; connect again soon.";
    let body = Problem::new(503, "too_many_connections", why).retry_after(2).json().to_string();
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 2\r\n\
         content-length: {}\r\nconnection: close\r\ncache-control: no-store\r\n\r\n",
        body.len()
    );
    let telling = async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1_024];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(1), telling).await;
}

/// A connection that counts until it is dropped, also after it has become a socket.
struct Held {
    io: TcpStream,
    /// Runs while the client takes none of what was written to it.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
    _address: Counted,
    _open: watch::Receiver<()>,
}

impl Drop for Held {
    fn drop(&mut self) {
        metrics::gauge!("baton_connections").decrement(1.0);
    }
}

impl Held {
    /// What a write came to; an error instead of a wait without end.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = Duration::from_millis(limits::WRITE_STALLED as u64);
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        match stalled.as_mut().poll(cx) {
            Poll::Ready(()) => {
                metrics::counter!("baton_connections_stalled_total").increment(1);
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, buf);
        self.in_time(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.in_time(cx, written)
    }
}

/// So many connections as asked for, if the system lets us have the file descriptors; asks it for all that it gives.
#[cfg(unix)]
pub(crate) fn possible(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let need = wanted as u64 + limits::DESCRIPTORS_KEPT;
    let soft = match (now.current, now.maximum) {
        (None, _) => return wanted,
        (Some(soft), _) if soft >= need => return wanted,
        (Some(soft), most) => {
            let more = most.map_or(need, |most| most.min(need));
            match setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum: most }) {
                Ok(()) => more,
                Err(_) => soft,
            }
        }
    };
    let left = soft.saturating_sub(limits::DESCRIPTORS_KEPT.min(soft / 2));
    let possible = usize::try_from(left).unwrap_or(wanted).min(wanted);
    if possible < wanted {
        tracing::info!(
            wanted,
            possible,
            "fewer connections at once than set: the system gives so many file descriptors"
        );
    }
    possible
}

/// As asked for: this system tells no bound.
#[cfg(not(unix))]
pub(crate) fn possible(wanted: usize) -> usize {
    wanted
}
