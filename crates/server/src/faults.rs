//! `serve --faults FILE`: a slow disk and a stepped clock, for `baton torture` alone. It is refused unless the data
//! folder bears the marker that torture writes, so that no hub of people can be started with it by mistake.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

/// The file in a data folder which says that it was made to be tormented.
const MARKER: &str = "made-by-baton-torture";
/// How often the file is read again.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Faults {
    commit_delay_ms: u64,
    clock_ahead_ms: i64,
}

/// Reads the file now, and again for as long as the process lives.
pub(crate) fn follow(file: &Path, data: &Path) -> Result<()> {
    if !data.join(MARKER).exists() {
        bail!("--faults is for `baton torture`: {} was not made by it", data.display());
    }
    let read = |file: &Path| -> Result<Faults> { Ok(serde_json::from_slice(&std::fs::read(file)?)?) };
    let set = |faults: Faults| {
        baton_infra::faults::set(Duration::from_millis(faults.commit_delay_ms), faults.clock_ahead_ms);
    };
    set(read(file).with_context(|| format!("{} cannot be read", file.display()))?);
    let file = file.to_owned();
    #[expect(clippy::disallowed_methods, reason = "a thread of its own that looks into a file now and then")]
    std::thread::Builder::new().name("faults".into()).spawn(move || {
        loop {
            std::thread::sleep(LOOK);
            // It may just be being written.
            if let Ok(faults) = read(&file) {
                set(faults);
            }
        }
    })?;
    Ok(())
}
