//! The learned part: from the example questions of a knowledge file to scores of its entries. Deterministic: the same
//! file gives the same model on every machine, with no clock and no randomness.
//!
//! Two opinions are kept, because they fail differently: a linear classifier per entry over TF-IDF features (good at
//! telling entries apart), and the nearest example question (good at telling what is foreign to all of them). Beside
//! them: how much of what was said is known at all. `signals` hands these to the calibrator.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::fillers;
use super::signals::Signals;
use super::text::{self, Feature, Kind};

/// Floats of the weight table at most (64 MiB); beyond it the rarest features are left out.
const MAX_WEIGHTS: usize = 16 * 1024 * 1024;
/// Multiply-adds that training may take; beyond it there are fewer rounds.
const TRAINING_BUDGET: usize = 6_000_000_000;
const ROUNDS: usize = 16;
const STEP: f32 = 1.0;
/// How much of the weights a round of step 1 forgets: a strong hand, for files have few examples.
const DECAY: f32 = 0.05;
/// Relative weights of the kinds of features.
const WORD: f32 = 1.0;
const PAIR: f32 = 0.8;
const CHARS: f32 = 0.6;
/// What likeness to the nearest example counts in log-odds when entries are ranked.
const NEAR_IN_RANK: f32 = 6.0;

/// Hashes are already well mixed.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type ByHash = HashMap<u64, u32, BuildHasherDefault<AsIs>>;

/// A text as a unit vector over known features, sorted by feature.
type Sparse = Vec<(u32, f32)>;

/// A trained model of a knowledge file.
#[derive(Debug)]
pub(crate) struct Model {
    entries: usize,
    /// How alike two examples of one entry are in this file: its own yard-stick of nearness.
    closeness: f32,
    /// The share of the examples that are nearer to their own entry than to another: how well this file's entries can be
    /// told apart.
    told_apart: f32,
    vocabulary: ByHash,
    /// Rarity of each feature, with the weight of its kind.
    rarity: Vec<f32>,
    /// Share of the entries that have this feature, inverted: 1 for one entry, 0 for all.
    tell: Vec<f32>,
    /// Weights, `feature * entries + entry`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// Whether an entry has a feature, `feature * entries + entry`.
    has: Vec<bool>,
    /// The examples that have a feature.
    postings: Vec<Vec<(u32, f32)>>,
    owner: Vec<u32>,
    /// Whether an example is of fillers alone ("hello", "can you help me").
    bare: Vec<bool>,
    /// The entry of each example, word by word.
    verbatim: ByHash,
    fillers: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl std::fmt::Debug for AsIs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AsIs")
    }
}

/// What the model makes of one text.
#[derive(Debug)]
pub(crate) struct Opinion {
    /// The classifier's score of each entry (log-odds).
    pub(crate) scores: Vec<f32>,
    /// The likeness of each entry's nearest example, 0 to 1.
    pub(crate) nearest: Vec<f32>,
    /// For a text of fillers alone: the likeness of each entry's nearest example that is of fillers alone, too.
    nearest_bare: Option<Vec<f32>>,
    /// The number of words that are no fillers.
    pub(crate) content: usize,
    /// The entry of which this is an example, word by word.
    pub(crate) verbatim: Option<usize>,
    features: Vec<Feature>,
    tokens: Vec<String>,
    ids: Vec<Option<u32>>,
}

impl Opinion {
    /// Whether the text had no words at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The number of words.
    pub(crate) fn words(&self) -> usize {
        self.tokens.len()
    }

    /// Both opinions on an entry in one number, for ranking.
    pub(crate) fn rank(&self, entry: usize) -> f32 {
        self.scores[entry] + NEAR_IN_RANK * self.nearest[entry]
    }
}

impl Model {
    /// Learns from (entry, question) pairs; `entries` is their number.
    pub(crate) fn train(language: &str, entries: usize, examples: &[(usize, &str)]) -> Self {
        let tokens: Vec<Vec<String>> = examples.iter().map(|(_, question)| text::tokens(question)).collect();
        let texts: Vec<Vec<Feature>> = tokens.iter().map(|tokens| text::features(tokens)).collect();
        let owner: Vec<u32> = examples.iter().map(|(entry, _)| to_u32(*entry)).collect();
        let mut model = Self::empty(entries, &texts, owner);
        model.fillers = fillers::of(language).map(text::word_hash).collect();
        model.bare = texts.iter().map(|features| model.content_words(features) == 0).collect();
        model.verbatim = tokens.iter().zip(&model.owner).map(|(t, entry)| (text::whole_hash(t), *entry)).collect();
        let vectors: Vec<Sparse> = texts.iter().map(|features| model.vector(features, &model.ids(features))).collect();
        for (i, vector) in vectors.iter().enumerate() {
            for (feature, value) in vector {
                model.postings[*feature as usize].push((to_u32(i), *value));
                model.has[*feature as usize * entries + model.owner[i] as usize] = true;
            }
        }
        model.know_thyself(&vectors);
        model.fit(&vectors);
        model
    }

    /// Vocabulary and rarities.
    fn empty(entries: usize, texts: &[Vec<Feature>], owner: Vec<u32>) -> Self {
        // Per feature in order of first appearance: kind, number of examples, number of entries, last example, last entry.
        let mut vocabulary = ByHash::default();
        let mut seen: Vec<Seen> = Vec::new();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|i| (owner[*i], *i));
        for i in order {
            for feature in &texts[i] {
                let id = *vocabulary.entry(feature.hash).or_insert_with(|| {
                    seen.push(Seen::new(feature));
                    to_u32(seen.len() - 1)
                });
                seen[id as usize].count(i, owner[i]);
            }
        }
        let room = (MAX_WEIGHTS / entries.max(1)).max(1);
        if seen.len() > room {
            let mut by_use: Vec<usize> = (0..seen.len()).collect();
            by_use.sort_by_key(|i| (std::cmp::Reverse(seen[*i].examples), *i));
            by_use.truncate(room);
            by_use.sort_unstable();
            vocabulary = by_use.iter().enumerate().map(|(new, old)| (seen[*old].hash, to_u32(new))).collect();
            seen = by_use.iter().map(|old| seen[*old].clone()).collect();
        }
        let all = texts.len() as f32;
        let rarity =
            seen.iter().map(|s| s.kind_weight() * ((1.0 + all) / (1.0 + s.examples as f32)).ln().max(0.05)).collect();
        let tell = seen.iter().map(|s| tell(s.entries, entries)).collect();
        Self {
            entries,
            closeness: 0.0,
            told_apart: 0.0,
            rarity,
            tell,
            weights: vec![0.0; seen.len() * entries],
            bias: vec![0.0; entries],
            has: vec![false; seen.len() * entries],
            postings: vec![Vec::new(); seen.len()],
            vocabulary,
            owner,
            bare: Vec::new(),
            verbatim: ByHash::default(),
            fillers: HashSet::default(),
        }
    }

    fn ids(&self, features: &[Feature]) -> Vec<Option<u32>> {
        features.iter().map(|feature| self.vocabulary.get(&feature.hash).copied()).collect()
    }

    /// Unknown features count into the length: a text of which little is known is near to nothing.
    fn vector(&self, features: &[Feature], ids: &[Option<u32>]) -> Sparse {
        let unknown = (1.0 + self.owner.len() as f32).ln();
        let mut known: Vec<u32> = ids.iter().flatten().copied().collect();
        known.sort_unstable();
        let mut out: Sparse = Vec::with_capacity(known.len());
        let mut square = 0.0;
        for same in known.chunk_by(|a, b| a == b) {
            let value = self.rarity[same[0] as usize] * (1.0 + (same.len() as f32).ln());
            square += value * value;
            out.push((same[0], value));
        }
        let mut filler = false;
        for (feature, id) in features.iter().zip(ids) {
            if feature.kind == Kind::Word {
                filler = self.fillers.contains(&feature.hash);
            }
            if id.is_none() {
                // Half: an unknown feature may be a slip of the pen.
                let value = if filler { fillers::WEIGHT } else { 0.5 } * unknown * kind_weight(feature.kind);
                square += value * value;
            }
        }
        let norm = square.sqrt().max(f32::MIN_POSITIVE);
        out.iter_mut().for_each(|(_, value)| *value /= norm);
        out
    }

    /// One-against-the-rest logistic regression, by gradient steps in a fixed shuffled order.
    fn fit(&mut self, vectors: &[Sparse]) {
        let n = vectors.len();
        let k = self.entries;
        if n == 0 || k == 0 {
            return;
        }
        let size: usize = vectors.iter().map(Vec::len).sum::<usize>() * k * 2;
        let rounds = (TRAINING_BUDGET / size.max(1)).clamp(1, ROUNDS);
        let mut of_entry = vec![0.0_f32; k];
        self.owner.iter().for_each(|entry| of_entry[*entry as usize] += 1.0);
        let mean = n as f32 / k as f32;
        // Entries with many examples shall not win by number alone.
        let lift: Vec<f32> = of_entry.iter().map(|own| (mean / own.max(1.0)).sqrt()).collect();
        self.bias = vec![-(k as f32).ln(); k];
        let mut order: Vec<usize> = (0..n).collect();
        let mut scores = vec![0.0_f32; k];
        for round in 0..rounds {
            shuffle(&mut order, round as u64);
            let step = STEP / (1.0 + 0.35 * round as f32);
            for i in &order {
                self.score_into(&vectors[*i], &mut scores);
                let own = self.owner[*i] as usize;
                for (entry, score) in scores.iter_mut().enumerate() {
                    let p = 1.0 / (1.0 + (-*score).exp());
                    *score = if entry == own { step * lift[entry] * (1.0 - p) } else { -step * p };
                }
                for (feature, value) in &vectors[*i] {
                    let at = *feature as usize * k;
                    for (weight, push) in self.weights[at..at + k].iter_mut().zip(&scores) {
                        *weight += push * value;
                    }
                }
                for (bias, push) in self.bias.iter_mut().zip(&scores) {
                    *bias += 0.02 * push;
                }
            }
            let keep = (1.0 - DECAY * step).max(0.3);
            self.weights.iter_mut().for_each(|weight| *weight *= keep);
        }
    }

    fn score_into(&self, vector: &[(u32, f32)], scores: &mut [f32]) {
        scores.copy_from_slice(&self.bias);
        for (feature, value) in vector {
            let at = *feature as usize * self.entries;
            for (score, weight) in scores.iter_mut().zip(&self.weights[at..at + self.entries]) {
                *score += weight * value;
            }
        }
    }

    /// The likeness of each example.
    fn likeness(&self, vector: &[(u32, f32)]) -> Vec<f32> {
        let mut likeness = vec![0.0_f32; self.owner.len()];
        for (feature, value) in vector {
            for (example, other) in &self.postings[*feature as usize] {
                likeness[*example as usize] += value * other;
            }
        }
        likeness
    }

    /// The likeness of each entry's nearest example among those that count.
    fn nearest(&self, likeness: &[f32], counts: impl Fn(usize) -> bool) -> Vec<f32> {
        let mut best = vec![0.0_f32; self.entries];
        for (i, value) in likeness.iter().enumerate() {
            let slot = &mut best[self.owner[i] as usize];
            if *value > *slot && counts(i) {
                *slot = *value;
            }
        }
        best
    }

    /// Looks at some 400 of its own examples as if each were new: how near is the rest of its entry, how far the others?
    fn know_thyself(&mut self, vectors: &[Sparse]) {
        let stride = (vectors.len() / 400).max(1);
        let (mut close, mut told, mut count) = (0.0, 0.0, 0.0_f32);
        for i in (0..vectors.len()).step_by(stride) {
            let near = self.nearest(&self.likeness(&vectors[i]), |other| other != i);
            let own = self.owner[i] as usize;
            close += near[own];
            told += if near[own] > others(&near, own, 0.0) { 1.0 } else { 0.0 };
            count += 1.0;
        }
        let count = count.max(1.0);
        (self.closeness, self.told_apart) = (close / count, told / count);
    }

    /// What the model makes of a text.
    pub(crate) fn opinion(&self, text: &str) -> Opinion {
        let tokens = text::tokens(text);
        let features = text::features(&tokens);
        let ids = self.ids(&features);
        let vector = self.vector(&features, &ids);
        let mut scores = vec![0.0; self.entries];
        self.score_into(&vector, &mut scores);
        let likeness = self.likeness(&vector);
        let nearest = self.nearest(&likeness, |_| true);
        let content = self.content_words(&features);
        let nearest_bare = (content == 0).then(|| self.nearest(&likeness, |example| self.bare[example]));
        let verbatim = self.verbatim.get(&text::whole_hash(&tokens)).map(|entry| *entry as usize);
        Opinion { scores, nearest, nearest_bare, content, verbatim, features, tokens, ids }
    }

    /// What speaks for and against an entry being the right answer. By itself "who are you" is near to no question that
    /// has a word of content in it ("when are you open"); where the last answer gives it its content (`in_context`) it is.
    pub(crate) fn signals(&self, opinion: &Opinion, entry: usize, in_context: bool) -> Signals {
        let score = opinion.scores[entry];
        let nearest = opinion.nearest_bare.as_ref().filter(|_| !in_context).unwrap_or(&opinion.nearest);
        let near = nearest[entry];
        let known = self.known(opinion, entry);
        Signals {
            score,
            lead: (score - others(&opinion.scores, entry, -12.0)).clamp(-12.0, 12.0),
            near,
            near_lead: near - others(nearest, entry, 0.0),
            relative_near: near / self.closeness.max(0.05),
            known_to_entry: known.to_entry,
            content: known.content,
            fillers_only: opinion.content == 0,
            foreign: known.foreign,
            missing: known.missing,
            words: (opinion.tokens.len() as f32).max(1.0).ln(),
            entries: (self.entries as f32).ln(),
            closeness: self.closeness,
            told_apart: self.told_apart,
        }
    }

    /// The number of words that are no fillers.
    fn content_words(&self, features: &[Feature]) -> usize {
        let words = features.iter().filter(|feature| feature.kind == Kind::Word);
        words.filter(|feature| !self.fillers.contains(&feature.hash)).count()
    }

    /// How much of what was said the entry, and the file, have seen; weighed by how much each word tells.
    fn known(&self, opinion: &Opinion, entry: usize) -> Known {
        let n = opinion.tokens.len();
        let mut words = vec![WordKnown::default(); n];
        for (feature, id) in opinion.features.iter().zip(&opinion.ids) {
            let word = &mut words[usize::from(feature.token)];
            match feature.kind {
                Kind::Word => {
                    word.filler = self.fillers.contains(&feature.hash);
                    word.chars_long = opinion.tokens[usize::from(feature.token)].chars().count();
                    if let Some(id) = id {
                        word.known = true;
                        word.tell = self.tell[*id as usize];
                        word.of_entry = self.has[*id as usize * self.entries + entry];
                    }
                }
                Kind::Chars => {
                    word.grams += 1.0;
                    if let Some(id) = id {
                        word.grams_known += 1.0;
                        if self.has[*id as usize * self.entries + entry] {
                            word.grams_of_entry += 1.0;
                        }
                    }
                }
                Kind::Pair => {}
            }
        }
        let (mut all, mut to_entry, mut foreign, mut missing, mut content) = (0.02, 0.02, 0.0, 0.0_f32, 0.0_f32);
        for word in &words {
            let share = |part: f32| if word.grams > 0.0 { part / word.grams } else { 0.0 };
            // A word never seen tells much, unless it is so short that it is likely a filler.
            let weight = match (word.known, word.chars_long) {
                (true, _) => word.tell + 0.05,
                (false, _) if word.filler => fillers::WEIGHT,
                (false, 0..=2) => 0.4,
                (false, 3) => 0.7,
                (false, _) => 1.0,
            };
            // Slips of the pen and inflections share most of their n-grams with the word that was meant.
            let file = if word.known { 1.0 } else { share(word.grams_known).powi(2) };
            let own = if word.of_entry { 1.0 } else { share(word.grams_of_entry).powi(2) };
            all += weight;
            to_entry += weight * own;
            foreign += weight * (1.0 - file);
            missing += weight * (1.0 - own);
            content += if word.filler { 0.0 } else { weight * own };
        }
        let [foreign, missing, content] = [foreign, missing, content].map(|amount: f32| (1.0 + amount).ln());
        Known { to_entry: to_entry / all, foreign, missing, content }
    }
}

struct Known {
    to_entry: f32,
    foreign: f32,
    missing: f32,
    content: f32,
}

#[derive(Clone, Default)]
struct WordKnown {
    known: bool,
    filler: bool,
    of_entry: bool,
    tell: f32,
    chars_long: usize,
    grams: f32,
    grams_known: f32,
    grams_of_entry: f32,
}

#[derive(Clone)]
struct Seen {
    hash: u64,
    kind: Kind,
    examples: usize,
    entries: usize,
    last_example: Option<usize>,
    last_entry: Option<u32>,
}

impl Seen {
    fn new(feature: &Feature) -> Self {
        let Feature { hash, kind, .. } = *feature;
        Self { hash, kind, examples: 0, entries: 0, last_example: None, last_entry: None }
    }

    /// Examples come entry by entry, so "another than the last" counts each once.
    fn count(&mut self, example: usize, entry: u32) {
        if self.last_example != Some(example) {
            self.last_example = Some(example);
            self.examples += 1;
        }
        if self.last_entry != Some(entry) {
            self.last_entry = Some(entry);
            self.entries += 1;
        }
    }

    fn kind_weight(&self) -> f32 {
        kind_weight(self.kind)
    }
}

fn others(values: &[f32], but: usize, floor: f32) -> f32 {
    values.iter().enumerate().filter(|(i, _)| *i != but).map(|(_, v)| *v).fold(floor, f32::max)
}

fn kind_weight(kind: Kind) -> f32 {
    match kind {
        Kind::Word => WORD,
        Kind::Pair => PAIR,
        Kind::Chars => CHARS,
    }
}

fn tell(of: usize, entries: usize) -> f32 {
    let all = (entries as f32 + 1.0).ln().max(0.1);
    ((entries as f32 + 1.0) / (of as f32 + 0.5)).ln().max(0.0) / all
}

/// A fixed order that mixes the entries: a linear congruential generator, seeded by the round.
fn shuffle(order: &mut [usize], round: u64) {
    let mut state = round.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for i in (1..order.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, usize::try_from((state >> 33) % (i as u64 + 1)).unwrap_or(0));
    }
}

fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
