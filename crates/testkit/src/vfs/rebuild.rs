//! The disk as it may be found after a power cut.

use super::trace::{FileNumber, Op, Trace};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Numbers from a seed (SplitMix64), so that a failing cut can be looked at again.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is above 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }
}

/// Files by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Each with its bytes.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Image {
    /// Writes it into a folder.
    ///
    /// # Errors
    /// The system's own.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            if let Some(above) = path.parent() {
                std::fs::create_dir_all(above)?;
            }
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }
}

/// What one cut does to writes that were not synced: a disk loses all, some or none of them, and mixes them.
#[derive(Clone, Copy)]
struct Habit {
    keep: u64,
    tear: u64,
    sector: usize,
    undo_names: u64,
}

impl Habit {
    fn of(dice: &mut Dice) -> Self {
        // All lost and all kept are the two ends, and both are found on real disks.
        let keep = match dice.below(6) {
            0 => 0,
            1 => 100,
            2 => 90,
            _ => dice.below(101),
        };
        let tear = if dice.percent(50) { 0 } else { 30 };
        let sector = if dice.percent(50) { 512 } else { 4_096 };
        let undo_names = if dice.percent(30) { 0 } else { 50 };
        Self { keep, tear, sector, undo_names }
    }
}

#[derive(Default)]
struct Names {
    /// What stands for sure.
    durable: Option<FileNumber>,
    /// What was done to the name since, in order.
    since: Vec<Option<FileNumber>>,
}

impl Trace {
    /// The disk after the power went at this place of the trace. What was synced before stands; each write since is kept,
    /// dropped or torn at the borders of sectors, and names made or taken away since the last sync of the folder may be
    /// as before.
    pub fn after_power_cut(&self, cut: usize, seed: u64) -> Image {
        let mut dice = Dice::new(seed ^ (cut as u64).rotate_left(32));
        let habit = Habit::of(&mut dice);
        let ops = &self.ops()[..cut];
        let mut synced: HashMap<FileNumber, usize> = HashMap::new();
        let mut folder_synced = 0;
        for op in ops {
            match op {
                Op::Sync { file, covers } => {
                    let until = synced.entry(*file).or_default();
                    *until = (*until).max(*covers);
                }
                Op::FolderSync { covers } => folder_synced = folder_synced.max(*covers),
                _ => {}
            }
        }
        let mut names: BTreeMap<&str, Names> = BTreeMap::new();
        let mut bytes: HashMap<FileNumber, Vec<u8>> = HashMap::new();
        for (at, op) in ops.iter().enumerate() {
            let sure = |file: &FileNumber| synced.get(file).is_some_and(|until| at < *until);
            match op {
                Op::Found { name, file, bytes: found } => {
                    names.entry(name).or_default().durable = Some(*file);
                    bytes.insert(*file, found.clone());
                }
                Op::Create { name, file } => named(names.entry(name).or_default(), Some(*file), at < folder_synced),
                Op::Delete { name } => named(names.entry(name).or_default(), None, at < folder_synced),
                Op::Write { file, at: place, bytes: new } => {
                    let old = bytes.entry(*file).or_default();
                    if sure(file) {
                        put(old, *place, new);
                    } else {
                        perhaps(old, *place, new, habit, &mut dice);
                    }
                }
                Op::Truncate { file, size } => {
                    if sure(file) || dice.percent(habit.keep) {
                        bytes.entry(*file).or_default().resize(*size as usize, 0);
                    }
                }
                Op::Sync { .. } | Op::FolderSync { .. } | Op::Begun(_) | Op::Acknowledged(_) => {}
            }
        }
        let mut image = Image::default();
        for (name, history) in names {
            // What happened to one name happens in order; how far, nobody knows.
            let mut stands = history.durable;
            for next in history.since {
                if dice.percent(habit.undo_names) {
                    break;
                }
                stands = next;
            }
            if let Some(file) = stands {
                image.files.insert(name.to_owned(), bytes.get(&file).cloned().unwrap_or_default());
            }
        }
        image
    }
}

fn named(names: &mut Names, file: Option<FileNumber>, sure: bool) {
    if sure {
        names.durable = file;
    } else {
        names.since.push(file);
    }
}

fn put(file: &mut Vec<u8>, at: u64, new: &[u8]) {
    let at = at as usize;
    if file.len() < at + new.len() {
        file.resize(at + new.len(), 0);
    }
    file[at..at + new.len()].copy_from_slice(new);
}

/// A write that was not synced.
fn perhaps(file: &mut Vec<u8>, at: u64, new: &[u8], habit: Habit, dice: &mut Dice) {
    if dice.percent(habit.tear) {
        // Each sector goes its own way. What a write does not touch of a sector stays as it was.
        let mut from = 0;
        while from < new.len() {
            let place = at as usize + from;
            let to = new.len().min(from + habit.sector - place % habit.sector);
            if dice.percent(50) {
                put(file, place as u64, &new[from..to]);
            }
            from = to;
        }
    } else if dice.percent(habit.keep) {
        put(file, at, new);
    } else if dice.percent(25) && file.len() < at as usize + new.len() {
        // The size has come through, the bytes have not.
        file.resize(at as usize + new.len(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(ops: Vec<Op>) -> Trace {
        let mut trace = Trace::default();
        for op in ops {
            trace.push(op);
        }
        trace
    }

    fn write(file: usize, at: u64, byte: u8, length: usize) -> Op {
        Op::Write { file: FileNumber(file), at, bytes: vec![byte; length] }
    }

    fn create(name: &str, file: usize) -> Op {
        Op::Create { name: name.into(), file: FileNumber(file) }
    }

    #[test]
    fn what_was_synced_stands_and_what_was_not_may_go_any_way() {
        let ops = vec![
            create("a", 0),
            write(0, 0, 1, 8_192),
            Op::Sync { file: FileNumber(0), covers: 2 },
            Op::FolderSync { covers: 3 },
            write(0, 4_096, 2, 8_192),
        ];
        let trace = trace(ops);
        let images: Vec<_> = (0..200).map(|seed| trace.after_power_cut(5, seed).files["a"].clone()).collect();
        assert!(images.iter().all(|bytes| bytes.len() >= 8_192 && bytes[..4_096] == [1; 4_096]));
        assert!(images.iter().any(|bytes| bytes.len() == 8_192 && bytes[4_096..] == [1; 4_096]), "dropped");
        assert!(images.iter().any(|bytes| bytes.len() == 12_288 && bytes[4_096..] == [2; 8_192]), "kept");
        let torn = |bytes: &&Vec<u8>| bytes[4_096..].contains(&1) && bytes[4_096..].contains(&2);
        assert!(images.iter().any(|bytes| torn(&bytes)), "torn");
        assert_eq!(trace.after_power_cut(5, 7), trace.after_power_cut(5, 7));
    }

    #[test]
    fn a_name_without_a_sync_of_the_folder_may_be_as_before() {
        let synced = Op::Sync { file: FileNumber(0), covers: 2 };
        let ops = vec![create("a", 0), write(0, 0, 1, 9), synced, Op::Delete { name: "a".into() }, create("a", 1)];
        let trace = trace(ops);
        let sizes: std::collections::BTreeSet<_> =
            (0..200).map(|seed| trace.after_power_cut(5, seed).files.get("a").map(Vec::len)).collect();
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [None, Some(0), Some(9)]);
    }

    #[test]
    fn a_sync_covers_only_what_came_before_it_began() {
        let ops = vec![create("a", 0), write(0, 0, 1, 4), write(0, 0, 2, 4)];
        let mut ops = ops;
        ops.push(Op::Sync { file: FileNumber(0), covers: 2 });
        ops.push(Op::FolderSync { covers: 1 });
        let trace = trace(ops);
        assert!((0..100).any(|seed| trace.after_power_cut(5, seed).files["a"] == [1; 4]));
    }
}
