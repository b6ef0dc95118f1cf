//! The pages: npm packages when the lock file changed, builds when a source changed, the widget's size.
//! A stamp in the target folder holds the hash of what was used last.

use crate::run;
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that the page tools accept.
pub(crate) const NODE: (u64, u64) = (20, 19);
/// What a customer loads to see the launcher, open the panel and exchange messages, gzipped.
pub(crate) const WIDGET_BUDGET: u64 = 25_000;
/// Inputs of the page builds below `web/`.
const SOURCES: &[&str] = &[
    "console",
    "widget",
    "shared",
    "public",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "svelte.config.js",
    "vite.config.ts",
    "vite.common.config.ts",
    "vite.chat.config.ts",
    "vite.catalogues.config.ts",
    "vite.widget.config.ts",
];

/// Says in one sentence why the pages cannot be built here, if they cannot.
pub(crate) fn obstacle(root: &Path) -> Option<String> {
    if !root.join("web/package.json").exists() {
        return Some("web/package.json is not in this checkout".into());
    }
    let wanted = format!("Node {}.{} or newer with npm (https://nodejs.org/en/download)", NODE.0, NODE.1);
    let Some(version) = run::ask(Command::new("node").arg("--version")) else {
        return Some(format!("Node is not installed: install {wanted}"));
    };
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE {
        return Some(format!("Node {} is too old: install {wanted}", version.trim()));
    }
    run::ask(Command::new("npm").arg("--version")).is_none().then(|| format!("npm is not installed: install {wanted}"))
}

/// `npm` in the pages' folder, quiet about itself.
pub(crate) fn npm(root: &Path, args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(args).arg("--loglevel=error").current_dir(root.join("web"));
    npm
}

/// `npm run NAME`.
pub(crate) fn script(root: &Path, name: &str) -> Command {
    npm(root, &["run", "--silent", name])
}

/// `npm ci`.
pub(crate) fn packages(root: &Path) -> Command {
    npm(root, &["ci", "--no-fund", "--no-audit"])
}

/// One of the two things that are done only when their input changed.
pub(crate) struct Stamp {
    file: PathBuf,
    now: String,
    /// Whether the result of an equal input is still there.
    pub(crate) fresh: bool,
}

impl Stamp {
    /// The npm packages, by the lock file and by Node's version.
    pub(crate) fn packages(root: &Path, target: &Path) -> Result<Self> {
        let version = run::ask(Command::new("node").arg("--version")).unwrap_or_default();
        let inputs = [root.join("web/package-lock.json"), root.join("web/package.json")];
        Self::new(target, "npm", &version, &inputs, &root.join("web/node_modules/.package-lock.json"))
    }

    /// The built pages, by the content of their sources.
    pub(crate) fn pages(root: &Path, target: &Path) -> Result<Self> {
        let web = root.join("web");
        let mut inputs = vec![root.join("i18n")];
        inputs.extend(SOURCES.iter().map(|name| web.join(name)));
        for entry in std::fs::read_dir(&web).with_context(|| format!("cannot read {}", web.display()))? {
            let path = entry?.path();
            let config = path.file_name().is_some_and(|name| name.to_string_lossy().contains(".config."));
            if config {
                inputs.push(path);
            }
        }
        inputs.sort();
        Self::new(target, "pages", "", &inputs, &web.join("dist/widget.js"))
    }

    fn new(target: &Path, name: &str, salt: &str, inputs: &[PathBuf], result: &Path) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        for input in inputs {
            hash(input, &mut hasher)?;
        }
        let file = target.join("xtask").join(format!("{name}.stamp"));
        let now = format!("{:016x}", hasher.finish());
        let fresh = result.exists() && std::fs::read_to_string(&file).is_ok_and(|before| before == now);
        Ok(Self { file, now, fresh })
    }

    /// To be called after the work succeeded.
    pub(crate) fn keep(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.file, &self.now).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            hash(&entry, hasher)?;
        }
    } else if path.is_file() {
        path.hash(hasher);
        std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(hasher);
    }
    Ok(())
}

/// What the widget's first load weighs after `gzip -9` (launcher, chat, and the texts of the heaviest language), or why
/// that cannot be told. The build itself counts more exactly what the chat imports; this asks the files that are served.
pub(crate) fn widget_size(root: &Path) -> Result<u64, String> {
    let dist = root.join("web/dist");
    let (mut chat, mut texts) = (0, 0);
    let assets = dist.join("assets");
    let files = std::fs::read_dir(&assets).map_err(|error| format!("cannot read {}: {error}", assets.display()))?;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix("widget-").filter(|name| name.ends_with(".js")) else { continue };
        match name.split('-').next() {
            Some("chat") => chat += gzipped(&file.path())?,
            Some(language) if language.len() == 2 => texts = gzipped(&file.path())?.max(texts),
            _ => {}
        }
    }
    if chat == 0 || texts == 0 {
        return Err(format!("no chat or no texts of it in {}", assets.display()));
    }
    Ok(gzipped(&dist.join("widget.js"))? + chat + texts)
}

fn gzipped(file: &Path) -> Result<u64, String> {
    let output = Command::new("gzip")
        .args(["-9", "-c"])
        .arg(file)
        .output()
        .map_err(|error| format!("cannot start gzip: {error}"))?;
    if output.status.success() {
        Ok(output.stdout.len() as u64)
    } else {
        Err(format!("cannot compress {}: {}", file.display(), String::from_utf8_lossy(&output.stderr).trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_a_byte_of_its_input_changes() {
        let folder = std::env::temp_dir().join(format!("baton-xtask-stamp-{}", std::process::id()));
        let (input, result) = (folder.join("input"), folder.join("result"));
        std::fs::create_dir_all(&input).expect("a folder for the test");
        std::fs::write(input.join("a.ts"), "one").expect("writes");
        let stamp = || Stamp::new(&folder, "test", "", std::slice::from_ref(&input), &result).expect("hashes");
        let first = stamp();
        assert!(!first.fresh, "nothing was built yet");
        first.keep().expect("writes the stamp");
        assert!(!stamp().fresh, "the result is missing");
        std::fs::write(&result, "built").expect("writes");
        assert!(stamp().fresh);
        std::fs::write(input.join("a.ts"), "two").expect("writes");
        assert!(!stamp().fresh);
        std::fs::remove_dir_all(&folder).expect("cleans up");
    }
}
