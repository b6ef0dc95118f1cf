//! Holding out by template: near-duplicates of one intent form a cluster, and a cluster goes to one side as a whole.

use std::collections::{BTreeMap, HashSet};

use super::data::Dice;

/// Share of an intent that is held out, about.
const HELD_OUT: f64 = 0.3;

/// One topic, split: texts to learn from, and texts to test with, each with its cluster.
pub(crate) struct Split {
    pub(crate) train: Vec<String>,
    pub(crate) test: Vec<(String, usize)>,
    pub(crate) clusters: usize,
    pub(crate) clusters_held_out: usize,
}

/// From which clusters may be held out. Clusters are dealt to two parts once and for all, so that what the method was
/// chosen by (`Choosing`) is never what it is judged by (`Judging`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Judging,
    Choosing,
    Either,
}

impl Part {
    fn has(self, group: &[usize], texts: &[String]) -> bool {
        let least = group.iter().map(|i| texts[*i].as_str()).min().unwrap_or_default();
        // FNV-1a: stays the same whatever the order of the file.
        let hash =
            least.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        match self {
            Self::Either => true,
            Self::Judging => (hash >> 33) % 3 != 0,
            Self::Choosing => (hash >> 33) % 3 == 0,
        }
    }
}

/// Clusters by union-find: two texts are near-duplicates when the 3-character pieces of their folded forms (digits as
/// one mark) overlap by `similarity` (Jaccard) or more. A cluster is a chain of such pairs, so that no near-duplicate
/// of a held-out text is left to learn from.
pub(crate) fn clusters(texts: &[String], similarity: f64) -> Vec<Vec<usize>> {
    let pieces: Vec<HashSet<[char; 3]>> = texts.iter().map(|text| pieces(text)).collect();
    let mut parent: Vec<usize> = (0..texts.len()).collect();
    for a in 0..texts.len() {
        for b in 0..a {
            let both = pieces[a].intersection(&pieces[b]).count();
            let either = pieces[a].len() + pieces[b].len() - both;
            if both as f64 >= similarity * either as f64 {
                let (x, y) = (root(&mut parent, a), root(&mut parent, b));
                parent[x] = y;
            }
        }
    }
    let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..texts.len() {
        out.entry(root(&mut parent, i)).or_default().push(i);
    }
    out.into_values().collect()
}

/// Splits one topic. A cluster that holds more than half of the topic is always learned from.
pub(crate) fn split(texts: &[String], similarity: f64, part: Part, dice: &mut Dice) -> Split {
    let mut groups = clusters(texts, similarity);
    let clusters = groups.len();
    dice.shuffle(&mut groups);
    let most = (texts.len() as f64 * HELD_OUT).ceil() as usize;
    let mut out = Split { train: Vec::new(), test: Vec::new(), clusters, clusters_held_out: 0 };
    let mut learned: Vec<Vec<usize>> = Vec::new();
    for (number, group) in groups.into_iter().enumerate() {
        let fits = out.test.len() + group.len() <= most + most / 4 && out.test.len() < most;
        if fits && group.len() * 2 <= texts.len() && part.has(&group, texts) {
            out.clusters_held_out += 1;
            out.test.extend(group.into_iter().map(|i| (texts[i].clone(), number)));
        } else {
            learned.push(group);
        }
    }
    // One of each cluster, then a second of each, and so on: who writes a knowledge file does not write one sentence
    // sixty times, and the first N are taken.
    learned.iter_mut().for_each(|group| dice.shuffle(group));
    for round in 0..learned.iter().map(Vec::len).max().unwrap_or(0) {
        out.train.extend(learned.iter().filter_map(|group| group.get(round)).map(|i| texts[*i].clone()));
    }
    out
}

fn pieces(text: &str) -> HashSet<[char; 3]> {
    let mut folded = vec![' '];
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c.is_numeric() {
            '0'
        } else if c.is_alphabetic() {
            c
        } else {
            ' '
        };
        let last = folded.last().copied().unwrap_or(' ');
        if !(c == last && (c == ' ' || c == '0')) {
            folded.push(c);
        }
    }
    if folded.last() != Some(&' ') {
        folded.push(' ');
    }
    folded.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}
