//! Reader threads with read-only connections of their own: they see committed data only and never hold up the writer.

use super::fault::Fault;
use baton_core::limits;
use baton_kit::store::Error;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// What a reader thread reads from.
pub(super) struct Files {
    pub(super) baton: Connection,
    pub(super) keys: Connection,
}

type Query<F> = Box<dyn FnOnce(&F) + Send>;

/// The way to the reader threads.
pub(super) struct Readers<F = Files> {
    queue: RwLock<Option<SyncSender<Query<F>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<F: Send + 'static> Readers<F> {
    /// Starts one thread of this name for each of these.
    pub(super) fn start(name: &str, files: Vec<F>) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(limits::READER_QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::new();
        for files in files {
            let receiver = Arc::clone(&receiver);
            let thread = std::thread::Builder::new().name(name.to_owned());
            threads.push(thread.spawn(move || serve(&files, &receiver))?);
        }
        Ok(Self { queue: RwLock::new(Some(sender)), threads: Mutex::new(threads) })
    }

    /// Reads.
    pub(super) async fn call<T, R>(&self, read: R) -> Result<T, Error>
    where
        T: Send + 'static,
        R: FnOnce(&F) -> Result<T, Fault> + Send + 'static,
    {
        metrics::counter!("baton_store_reads_total").increment(1);
        let (reply, answer) = oneshot::channel();
        let query: Query<F> = Box::new(move |files: &F| {
            if !reply.is_closed() {
                let _ = reply.send(read(files).map_err(Error::from));
            }
        });
        {
            let queue = self.queue.read().map_err(|_| Error::Closed)?;
            queue.as_ref().ok_or(Error::Closed)?.try_send(query).map_err(|refused| match refused {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Disconnected(_) => Error::Closed,
            })?;
        }
        answer.await.unwrap_or(Err(Error::Closed))
    }

    /// Takes no more, answers what is queued, and ends.
    pub(super) fn stop(&self) {
        if let Ok(mut queue) = self.queue.write() {
            queue.take();
        }
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a reader thread ended by a panic");
            }
        }
    }
}

fn serve<F>(files: &F, queue: &Mutex<Receiver<Query<F>>>) {
    loop {
        // The lock is held while waiting and let go before reading: one thread waits, the others read.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(query) => query(files),
            Err(_) => return,
        }
    }
}
