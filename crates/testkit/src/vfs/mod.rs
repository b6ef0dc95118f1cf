//! A disk under SQLite that can lose its power, fill up, fail and be slow.
//!
//! [`Disk`] is a file system that SQLite knows by a name. It passes everything on to the system's own and keeps a
//! [`Trace`]: each write, truncation, sync, creation and deletion in order, and the marks that a test sets between them.
//! A kill leaves what was written with the system, so it cannot show a missing sync; a cut through the trace can:
//! [`Trace::after_power_cut`] builds the disk as it may be found after the power went, where only what was synced is sure.

mod faults;
mod ffi;
mod rebuild;
mod trace;

pub use faults::{Call, Failure, Refusal};
pub use rebuild::{Dice, Image};
pub use trace::{Early, FileNumber, Op, Trace};

use faults::Faults;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A file system for SQLite over one folder.
pub struct Disk {
    shared: Arc<Shared>,
    registered: ffi::Registered,
}

/// What the disk's functions and its owner share.
struct Shared {
    root: PathBuf,
    state: Mutex<State>,
}

struct State {
    trace: Trace,
    recording: bool,
    faults: Faults,
    delay: Option<Duration>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file's name below the folder; none for what is not there.
    fn name(&self, path: &Path) -> Option<String> {
        path.strip_prefix(&self.root).ok().map(|name| name.to_string_lossy().into_owned())
    }
}

impl Disk {
    /// A disk that keeps a trace of what happens in this folder. `root` is made if it is not there.
    ///
    /// # Panics
    /// The folder cannot be made, or SQLite refuses the registration.
    pub fn traced(root: &Path) -> Self {
        Self::new(root, true)
    }

    /// A disk that only spares the system's syncs: for looking at hundreds of rebuilt folders.
    ///
    /// # Panics
    /// As [`Disk::traced`].
    pub fn untraced(root: &Path) -> Self {
        Self::new(root, false)
    }

    fn new(root: &Path, recording: bool) -> Self {
        std::fs::create_dir_all(root).expect("the folder can be made");
        // SQLite asks by full names.
        let root = root.canonicalize().expect("the folder is there");
        let mut trace = Trace::default();
        if recording {
            for (name, bytes) in there(&root, &root).expect("the folder can be read") {
                trace.found(&name, bytes);
            }
        }
        let state = State { trace, recording, faults: Faults::default(), delay: None };
        let shared = Arc::new(Shared { root, state: Mutex::new(state) });
        let registered = ffi::Registered::new(&shared);
        Self { shared, registered }
    }

    /// The name by which SQLite knows it.
    pub fn name(&self) -> &str {
        self.registered.name()
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.shared.root
    }

    /// Marks this moment: "the commit of this number is asked for".
    pub fn begin(&self, number: u64) {
        self.shared.state().trace.push(Op::Begun(number));
    }

    /// Marks this moment: "the commit of this number was acknowledged".
    pub fn acknowledge(&self, number: u64) {
        self.shared.state().trace.push(Op::Acknowledged(number));
    }

    /// The folder was synced by somebody else than SQLite, as opening a store ends with.
    pub fn folder_synced(&self) {
        let mut state = self.shared.state();
        let covers = state.trace.len();
        state.trace.push(Op::FolderSync { covers });
    }

    /// The trace so far.
    pub fn trace(&self) -> Trace {
        self.shared.state().trace.clone()
    }

    /// How many operations the trace has.
    pub fn moment(&self) -> usize {
        self.shared.state().trace.len()
    }

    /// Has calls fail from now on; counts them from here. One failure at a time.
    pub fn fail(&self, failure: Failure) {
        self.shared.state().faults.plan(failure);
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        self.shared.state().faults.heal();
    }

    /// How many calls were refused since the failure was planned.
    pub fn refused(&self) -> u64 {
        self.shared.state().faults.refused()
    }

    /// Has each write and sync take so long.
    pub fn slow(&self, delay: Option<Duration>) {
        self.shared.state().delay = delay;
    }
}

/// The files of a folder, but for what a restart makes anew: locks and the index of the write-ahead log.
fn there(root: &Path, folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(there(root, &path)?);
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if !name.ends_with("-shm") && !name.ends_with(".lock") {
            files.push((name, std::fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
