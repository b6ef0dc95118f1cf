//! Reading the data sets: JSON Lines packed with gzip, under `BATON_DATA`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// One labelled text.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Labelled {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) intent: serde_json::Value,
    #[serde(default)]
    pub(crate) split: String,
}

impl Labelled {
    pub(crate) fn intent(&self) -> &str {
        self.intent.as_str().unwrap_or_default()
    }
}

/// Why there are no data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Missing {
    #[error("{} is absent", .0.display())]
    Absent(PathBuf),
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
}

/// Texts by label, in the order of their first appearance.
pub(crate) type Topics = Vec<(String, Vec<String>)>;

pub(crate) fn read(relative: &str) -> Result<Vec<Labelled>, Missing> {
    let root = std::env::var("BATON_DATA").unwrap_or_else(|_| "data-sets".to_owned());
    let path = Path::new(&root).join(relative);
    if !path.is_file() {
        return Err(Missing::Absent(path));
    }
    let fail = |why: String| Missing::Unreadable { path: path.clone(), why };
    // Packing is not what Baton is about: every machine that runs this has gzip, and no crate is needed.
    let out = Command::new("gzip").arg("-dc").arg(&path).output().map_err(|e| fail(e.to_string()))?;
    if !out.status.success() {
        return Err(fail(String::from_utf8_lossy(&out.stderr).into_owned()));
    }
    let lines = std::str::from_utf8(&out.stdout).map_err(|e| fail(e.to_string()))?;
    lines.lines().map(|line| serde_json::from_str(line).map_err(|e| fail(e.to_string()))).collect()
}

/// Groups by label.
pub(crate) fn topics(rows: impl IntoIterator<Item = Labelled>) -> Topics {
    let mut out: Topics = Vec::new();
    for row in rows {
        match out.iter_mut().find(|(label, _)| label == row.intent()) {
            Some((_, texts)) => texts.push(row.text),
            None => out.push((row.intent().to_owned(), vec![row.text])),
        }
    }
    out
}

/// The two intents of the Bitext set that are requests for a person, not topics.
pub(crate) const REQUESTS: [&str; 2] = ["contact_human_agent", "contact_customer_service"];

/// The 25 topics of the Bitext set.
pub(crate) fn bitext() -> Result<Topics, Missing> {
    let rows = read("bitext-cs/train.jsonl.gz")?;
    let mut topics = topics(rows.into_iter().filter(|row| !REQUESTS.contains(&row.intent())));
    topics.sort();
    Ok(topics)
}

/// CLINC150's out-of-scope texts: the test's other half, read by the evaluation alone.
pub(crate) fn clinc_out_of_scope() -> Result<Vec<String>, Missing> {
    Ok(read("clinc150/train.jsonl.gz")?.into_iter().filter(|row| row.intent() == "oos").map(|row| row.text).collect())
}

/// CLINC150's in-scope texts, for fitting.
pub(crate) fn clinc_in_scope() -> Result<Topics, Missing> {
    Ok(topics(read("clinc150/train.jsonl.gz")?.into_iter().filter(|row| !row.split.starts_with("oos"))))
}

/// Some of CLINC150's in-scope texts that no shop would answer, for choosing the method without the test's texts.
pub(crate) fn clinc_foreign_to_a_shop() -> Result<Vec<String>, Missing> {
    const SHOPPING: [&str; 14] = [
        "order",
        "order_status",
        "cancel",
        "card_declined",
        "pay_bill",
        "bill_balance",
        "bill_due",
        "pin_change",
        "change_user_name",
        "account_blocked",
        "yes",
        "no",
        "maybe",
        "replacement_card_duration",
    ];
    let topics = clinc_in_scope()?.into_iter().filter(|(label, _)| !SHOPPING.contains(&label.as_str()));
    Ok(topics.flat_map(|(_, texts)| texts.into_iter().step_by(30)).collect())
}

/// A small generator with a seed, so that every split is repeatable (PCG-XSH-RR by M. O'Neill).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1405_7b7e_f767_814f));
        for _ in 0..4 {
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u32 {
        let old = self.0;
        self.0 = old.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (((old >> 18) ^ old) >> 27) as u32;
        mixed.rotate_right((old >> 59) as u32)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n.max(1)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
