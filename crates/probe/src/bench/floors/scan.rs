//! The floor of `restart`: every row of the log read once, in order, with the SQLite library alone.

use super::super::child::READY;
use anyhow::Context;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use tokio::time::Instant;

/// Reads the store in this folder and says how long it took.
pub(super) fn run(folder: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let store = Connection::open_with_flags(folder.join("baton.db"), flags).context("the hub's store")?;
    let (mut rows, mut bytes) = (0_u64, 0_u64);
    for (table, columns) in [("events", "header, body"), ("packs", "headers, bodies")] {
        let known = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
        if store.query_row(known, [table], |row| row.get::<_, i64>(0))? == 0 {
            continue;
        }
        let mut all = store.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let mut all = all.query([])?;
        while let Some(row) = all.next()? {
            let size = |at| {
                row.get_ref(at).ok().and_then(|value| value.as_bytes_or_null().ok().flatten()).map_or(0, <[u8]>::len)
            };
            (rows, bytes) = (rows + 1, bytes + (size(0) + size(1)) as u64);
        }
    }
    println!("{READY}{rows} {bytes} {}", began.elapsed().as_micros());
    Ok(())
}
