//! What happened on a disk, in order.

use std::collections::HashMap;

/// A file, whatever it is called: a name may be given to another one later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNumber(pub usize);

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Op {
    /// A file that was there, durable, before the trace began.
    Found {
        /// Its name.
        name: String,
        /// Its number.
        file: FileNumber,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A file was made under this name.
    Create {
        /// Its name.
        name: String,
        /// Its number.
        file: FileNumber,
    },
    /// The name was taken away.
    Delete {
        /// Whose name.
        name: String,
    },
    /// Bytes were written.
    Write {
        /// To which file.
        file: FileNumber,
        /// Where.
        at: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file was cut or stretched.
    Truncate {
        /// Which file.
        file: FileNumber,
        /// To what size.
        size: u64,
    },
    /// A file's bytes and size are on the disk.
    Sync {
        /// Which file.
        file: FileNumber,
        /// All that happened before this place, which is where the sync began.
        covers: usize,
    },
    /// The folder's names are on the disk.
    FolderSync {
        /// All that happened before this place.
        covers: usize,
    },
    /// A mark of the test: somebody asks for this to be kept.
    Begun(u64),
    /// A mark of the test: somebody was told that this is kept.
    Acknowledged(u64),
}

/// Everything that happened on a disk.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    ops: Vec<Op>,
    names: HashMap<String, FileNumber>,
    files: usize,
}

/// An acknowledgement that came before the sync of what it acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Early {
    /// Its number.
    pub number: u64,
    /// Where in the trace it was given.
    pub at: usize,
    /// What is not on the disk by then.
    pub why: &'static str,
}

impl Trace {
    /// How long it is.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Has nothing happened?
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// What happened.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// What was acknowledged before this place.
    pub fn acknowledged(&self, before: usize) -> impl Iterator<Item = u64> + '_ {
        self.ops[..before].iter().filter_map(|op| match op {
            Op::Acknowledged(number) => Some(*number),
            _ => None,
        })
    }

    /// Where each number that was acknowledged began, and where it was acknowledged.
    fn marks(&self) -> HashMap<u64, (usize, usize)> {
        let mut begun = HashMap::new();
        let mut marks = HashMap::new();
        for (at, op) in self.ops.iter().enumerate() {
            match op {
                Op::Begun(number) => drop(begun.insert(*number, at)),
                Op::Acknowledged(number) => {
                    marks.insert(*number, (begun.get(number).copied().unwrap_or(0), at));
                }
                _ => {}
            }
        }
        marks
    }

    pub(super) fn push(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// A file that the trace has not seen made: it is durable.
    pub(super) fn found(&mut self, name: &str, bytes: Vec<u8>) {
        let file = self.next(name);
        self.ops.push(Op::Found { name: name.to_owned(), file, bytes });
    }

    /// A file is opened; one of a name that is not known is made by it.
    pub(super) fn opened(&mut self, name: &str) -> FileNumber {
        if let Some(file) = self.names.get(name) {
            return *file;
        }
        let file = self.next(name);
        self.ops.push(Op::Create { name: name.to_owned(), file });
        file
    }

    fn next(&mut self, name: &str) -> FileNumber {
        let file = FileNumber(self.files);
        self.files += 1;
        self.names.insert(name.to_owned(), file);
        file
    }

    pub(super) fn deleted(&mut self, name: &str) {
        if self.names.remove(name).is_some() {
            self.ops.push(Op::Delete { name: name.to_owned() });
        }
    }

    /// The files that had this name, one after the other.
    pub fn made(&self, name: &str) -> Vec<FileNumber> {
        self.ops.iter().filter_map(|op| made(op, name)).collect()
    }

    /// The file of this name in the end.
    pub fn file(&self, name: &str) -> Option<FileNumber> {
        self.names.get(name).copied()
    }

    /// Acknowledgements that were given before the commit was synced. `tokens`: bytes that stand in the write-ahead log
    /// `log` once the commit is written, each with the number of its acknowledgement.
    ///
    /// A commit is written with the first frame behind its token that closes a transaction, and on the disk with a sync
    /// that began after that.
    pub fn early(&self, log: &str, tokens: &[(u64, Vec<u8>)]) -> Vec<Early> {
        let logs = self.made(log);
        let of_log = |file: &FileNumber| logs.contains(file);
        let marks = self.marks();
        let mut early = Vec::new();
        for (number, token) in tokens {
            let Some((begun, at)) = marks.get(number) else { continue };
            let at = *at;
            let mut tell = |why| early.push(Early { number: *number, at, why });
            // The end of a page may fall into a token; one of its halves is whole then.
            let (first, second) = token.split_at(token.len() / 2);
            let written = self.ops[*begun..at].iter().position(|op| {
                matches!(op, Op::Write { file, bytes, .. }
                    if of_log(file) && (contains(bytes, first) || contains(bytes, second)))
            });
            let written = written.map(|written| begun + written);
            let Some(written) = written else {
                tell("it was never written");
                continue;
            };
            // A frame is a head of 24 bytes and its page; the head that closes a transaction says the size of the database.
            let head = self.ops[..=written].iter().rposition(|op| is_head(op, &of_log)).unwrap_or(written);
            let last = (head..self.ops.len()).find(|at| closes(&self.ops[*at], &of_log));
            let page = last.and_then(|last| {
                (last + 1..self.ops.len()).find(|at| matches!(&self.ops[*at], Op::Write { file, .. } if of_log(file)))
            });
            let Some(page) = page.filter(|page| *page < at) else {
                tell("its transaction was not closed");
                continue;
            };
            let synced = self.ops[page..at]
                .iter()
                .any(|op| matches!(op, Op::Sync { file, covers } if of_log(file) && *covers > page));
            if !synced {
                tell("no sync lies between its last write and the acknowledgement");
            }
        }
        early
    }
}

fn made(op: &Op, wanted: &str) -> Option<FileNumber> {
    match op {
        Op::Create { name, file } | Op::Found { name, file, .. } if name == wanted => Some(*file),
        _ => None,
    }
}

/// Bytes of a frame's head in the write-ahead log.
const HEAD: usize = 24;

fn is_head(op: &Op, of_log: &impl Fn(&FileNumber) -> bool) -> bool {
    matches!(op, Op::Write { file, bytes, .. } if of_log(file) && bytes.len() == HEAD)
}

fn closes(op: &Op, of_log: &impl Fn(&FileNumber) -> bool) -> bool {
    is_head(op, of_log) && matches!(op, Op::Write { bytes, .. } if bytes[4..8] != [0; 4])
}

fn contains(bytes: &[u8], token: &[u8]) -> bool {
    bytes.windows(token.len()).any(|window| window == token)
}
