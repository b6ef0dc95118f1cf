//! One writer thread: it takes what queued while its last commit ran into one transaction and answers after the
//! commit, that is, after the sync. It never waits for more to come. It must never do anything slow but write.

use super::fault::{Fault, told};
use baton_core::limits;
use baton_core::sabotage::{Invariant, off};
use baton_kit::store::Error;
use rusqlite::Connection;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// What a writer thread owns: a connection and what it remembers of it.
pub(super) trait State: Send + 'static {
    /// The connection.
    fn connection(&self) -> &Connection;
    /// A command begins: changes to what is remembered may have to be undone.
    fn begin(&mut self) {}
    /// The command was undone.
    fn undo(&mut self) {}
    /// The whole transaction was undone.
    fn forget(&mut self) {}
    /// A transaction of so many commands has been committed; nobody has been answered yet.
    fn committed(&mut self, _commands: usize) {}
}

trait Command<S>: Send {
    fn run(&mut self, state: &mut S) -> Result<(), Fault>;
    fn answer(self: Box<Self>, failed: Option<Error>);
}

struct Call<F, T> {
    work: F,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<S, T, F> Command<S> for Call<F, T>
where
    T: Send,
    F: FnMut(&mut S) -> Result<T, Fault> + Send,
{
    fn run(&mut self, state: &mut S) -> Result<(), Fault> {
        self.result = Some((self.work)(state)?);
        Ok(())
    }

    fn answer(self: Box<Self>, failed: Option<Error>) {
        let outcome = match (failed, self.result) {
            (None, Some(result)) => Ok(result),
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::Closed),
        };
        // The caller may have gone; what it asked for is kept all the same.
        let _ = self.reply.send(outcome);
    }
}

type Queued<S> = Box<dyn Command<S>>;

/// The way to a writer thread.
pub(super) struct Writer<S> {
    full: Arc<AtomicBool>,
    queue: RwLock<Option<SyncSender<Queued<S>>>>,
    thread: RwLock<Option<JoinHandle<()>>>,
}

impl<S: State> Writer<S> {
    /// Starts the thread.
    pub(super) fn start(name: &str, state: S) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(limits::WRITER_QUEUE);
        let full = Arc::new(AtomicBool::new(false));
        let told = full.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || write(state, &receiver, &told))?;
        Ok(Self { full, queue: RwLock::new(Some(sender)), thread: RwLock::new(Some(thread)) })
    }

    /// Has this done; comes back when it is durable. It may be done twice, the first time undone.
    pub(super) async fn call<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut S) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call: Queued<S> = Box::new(Call { work, result: None, reply });
        {
            let queue = self.queue.read().map_err(|_| Error::Closed)?;
            queue.as_ref().ok_or(Error::Closed)?.try_send(call).map_err(|refused| match refused {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Disconnected(_) => Error::Closed,
            })?;
        }
        answer.await.unwrap_or(Err(Error::Closed))
    }

    /// Whether the last transaction that wrote something failed for want of room or leave.
    pub(super) fn full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Takes no more, does what is queued, and ends.
    pub(super) fn stop(&self) {
        if let Ok(mut queue) = self.queue.write() {
            queue.take();
        }
        let thread = self.thread.write().ok().and_then(|mut thread| thread.take());
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a writer thread ended by a panic");
        }
    }
}

fn write<S: State>(mut state: S, queue: &Receiver<Queued<S>>, full: &AtomicBool) {
    let mut batch = Vec::new();
    while let Ok(first) = queue.recv() {
        batch.push(first);
        batch.extend(queue.try_iter().take(limits::WRITER_BATCH - 1));
        transact(&mut state, &mut batch, full);
    }
}

/// Runs the batch in one transaction and answers everybody.
fn transact<S: State>(state: &mut S, batch: &mut Vec<Queued<S>>, full: &AtomicBool) {
    let before = state.connection().total_changes();
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut ended = run_all(state, batch, &mut outcomes, Undo::Whole);
    if let Err(Ended::LeftTraces) = ended {
        roll_back(state);
        outcomes.clear();
        ended = run_all(state, batch, &mut outcomes, Undo::Each);
    }
    crate::faults::before_commit();
    if off(Invariant::AcceptedMeansKept) && ended.is_ok() {
        outcomes.resize_with(batch.len(), || None);
        batch.drain(..).zip(outcomes.drain(..)).for_each(|(command, refused)| command.answer(refused));
        crate::faults::wait(std::time::Duration::from_millis(400));
    }
    let ended = ended.and_then(|()| Ok(execute(state, "COMMIT")?));
    match &ended {
        Ok(()) => state.committed(batch.len()),
        Err(error) => {
            roll_back(state);
            // A full disk says so once, where it is noticed and where it is over.
            match error.told() {
                Error::Full(_) => tracing::debug!(commands = batch.len(), %error, "a transaction found no room"),
                _ => tracing::warn!(commands = batch.len(), %error, "a transaction failed"),
            }
        }
    }
    let no_room = |error: &Error| matches!(error, Error::Full(_));
    if ended.as_ref().is_err_and(|error| no_room(&error.told())) || outcomes.iter().flatten().any(no_room) {
        full.store(true, Ordering::Relaxed);
    } else if ended.is_ok() && state.connection().total_changes() > before {
        // What wrote nothing needed no room.
        full.store(false, Ordering::Relaxed);
    }
    outcomes.resize_with(batch.len(), || None);
    for (command, refused) in batch.drain(..).zip(outcomes) {
        command.answer(refused.or_else(|| ended.as_ref().err().map(Ended::told)));
    }
}

/// How a command is undone that failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// It is not, as long as it has written nothing. A savepoint for each command would cost a third of the speed, and
    /// nearly every refusal comes from a check.
    Whole,
    /// By a savepoint of its own.
    Each,
}

/// Why a transaction cannot be committed.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("a command failed after it had written something")]
    LeftTraces,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl Ended {
    fn told(&self) -> Error {
        match self {
            Self::LeftTraces => Error::Failed(self.to_string()),
            Self::Sqlite(error) => told(error),
        }
    }
}

fn run_all<S: State>(
    state: &mut S,
    batch: &mut [Queued<S>],
    outcomes: &mut Vec<Option<Error>>,
    undo: Undo,
) -> Result<(), Ended> {
    execute(state, "BEGIN IMMEDIATE")?;
    for command in batch {
        outcomes.push(match undo {
            Undo::Whole => run(state, command)?,
            Undo::Each => run_apart(state, command)?,
        });
    }
    Ok(())
}

/// Runs a command; its refusal, if it left no trace.
fn run<S: State>(state: &mut S, command: &mut Queued<S>) -> Result<Option<Error>, Ended> {
    let before = state.connection().total_changes();
    state.begin();
    match command.run(state) {
        Ok(()) => Ok(None),
        Err(fault) if state.connection().total_changes() == before && !state.connection().is_autocommit() => {
            Ok(Some(fault.into()))
        }
        Err(_) => Err(Ended::LeftTraces),
    }
}

/// Runs a command under a savepoint of its own; its refusal.
fn run_apart<S: State>(state: &mut S, command: &mut Queued<S>) -> Result<Option<Error>, Ended> {
    execute(state, "SAVEPOINT command")?;
    state.begin();
    let refused = match command.run(state) {
        Ok(()) => None,
        // A full disk makes SQLite give up the whole transaction by itself.
        Err(Fault::Sqlite(error)) if state.connection().is_autocommit() => return Err(error.into()),
        Err(fault) => {
            state.undo();
            execute(state, "ROLLBACK TO command")?;
            Some(Error::from(fault))
        }
    };
    execute(state, "RELEASE command")?;
    Ok(refused)
}

fn roll_back<S: State>(state: &mut S) {
    if !state.connection().is_autocommit()
        && let Err(error) = execute(state, "ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
    state.forget();
}

fn execute<S: State>(state: &S, sql: &str) -> Result<(), rusqlite::Error> {
    state.connection().prepare_cached(sql)?.execute([]).map(|_| ())
}
