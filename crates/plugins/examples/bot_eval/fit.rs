//! Fits the calibrator on other people's topics: many small made-up knowledge files, none with a text of the evaluation.
//!
//! Neither Bitext nor CLINC150's out-of-scope texts are read here, so that the evaluation measures a transfer.

use baton_plugins::bots::builtin::lab::{self, Lab};

use super::data::{self, Dice, Missing, Topics};
use super::eval;
use super::metrics::calibration_error;
use super::split;

const EPISODES: usize = 240;
const RIDGE: f64 = 3.0;

struct Row {
    terms: Vec<f64>,
    right: bool,
    weight: f64,
    set: usize,
}

struct Set {
    name: &'static str,
    topics: Topics,
    /// Relative number of episodes.
    share: usize,
}

pub(crate) fn run() -> Result<(), Missing> {
    let sets = sets()?;
    let chatter: Vec<String> = data::read("multidogo/train.jsonl.gz")
        .map(|rows| rows.into_iter().map(|row| row.text).step_by(17).collect())
        .unwrap_or_default();
    let rows = rows(&sets, &chatter);
    let everything = fit(rows.iter());
    println!("rows {}, log loss {:.4}", rows.len(), log_loss(&rows, &everything));
    for (i, set) in sets.iter().enumerate() {
        let without = fit(rows.iter().filter(|row| row.set != i));
        let own = || rows.iter().filter(move |row| row.set == i);
        let error = |weights: &[f64]| {
            100.0 * calibration_error(own().map(|row| (lab::probability(&row.terms, weights), row.right, row.weight)))
        };
        let right: f64 = own().map(|row| if row.right { row.weight } else { 0.0 }).sum();
        let all: f64 = own().map(|row| row.weight).sum();
        println!(
            "{:12} right {:5.1} %  calibration error {:5.2} %, when fitted without this set {:5.2} %",
            set.name,
            100.0 * right / all,
            error(&everything),
            error(&without)
        );
        for threshold in [0.5, 0.6, 0.7, 0.8] {
            let given: f64 =
                own().filter(|r| lab::probability(&r.terms, &without) >= threshold).map(|r| r.weight).sum();
            let wrong: f64 =
                own().filter(|r| !r.right && lab::probability(&r.terms, &without) >= threshold).map(|r| r.weight).sum();
            println!(
                "    from {threshold}: wrong {:5.2} %, answers right of all right {:5.1} %",
                100.0 * wrong / given,
                100.0 * (given - wrong) / right
            );
        }
    }
    println!("\npub(crate) const WEIGHTS: [f64; TERMS] = [");
    everything.iter().for_each(|weight| println!("    {weight:.4},"));
    println!("];");
    Ok(())
}

fn log_loss(rows: &[Row], weights: &[f64]) -> f64 {
    let all: f64 = rows.iter().map(|row| row.weight).sum();
    let loss = |row: &Row| {
        let p = lab::probability(&row.terms, weights);
        -(if row.right { p } else { 1.0 - p }).max(1e-12).ln() * row.weight
    };
    rows.iter().map(loss).sum::<f64>() / all
}

fn sets() -> Result<Vec<Set>, Missing> {
    let read = |path: &str| data::read(path).map(data::topics);
    Ok(vec![
        Set { name: "clinc150", topics: data::clinc_in_scope()?, share: 4 },
        Set { name: "banking77", topics: read("banking77/train.jsonl.gz")?, share: 2 },
        Set { name: "curekart", topics: read("hint3/curekart.train.jsonl.gz")?, share: 1 },
        Set { name: "powerplay11", topics: read("hint3/powerplay11.train.jsonl.gz")?, share: 1 },
        Set { name: "sofmattress", topics: read("hint3/sofmattress.train.jsonl.gz")?, share: 1 },
    ])
}

fn rows(sets: &[Set], chatter: &[String]) -> Vec<Row> {
    let order: Vec<usize> = sets.iter().enumerate().flat_map(|(i, set)| vec![i; set.share]).collect();
    let mut dice = Dice::new(2026);
    (0..EPISODES).flat_map(|e| episode(sets, order[e % order.len()], chatter, &mut dice)).collect()
}

/// One made-up knowledge file, asked what it knows, what its neighbours know, and what is foreign to it.
fn episode(sets: &[Set], which: usize, chatter: &[String], dice: &mut Dice) -> Vec<Row> {
    let topics = &sets[which].topics;
    let usable: Vec<usize> = (0..topics.len()).filter(|i| topics[*i].1.len() >= 6).collect();
    let mut chosen = usable.clone();
    dice.shuffle(&mut chosen);
    let sizes = [1, 2, 3, 5, 8, 12, 18, 25, 25, 40];
    let entries = sizes[dice.below(sizes.len())].min(usable.len() * 2 / 3);
    let outside = chosen.split_off(entries);
    let examples = [4, 8, 12, 16, 30, 60][dice.below(6)];
    let similarity = [0.5, 0.6, 0.7][dice.below(3)];
    let mut base = Vec::new();
    let mut inside: Vec<(String, usize)> = Vec::new();
    for topic in &chosen {
        let (name, texts) = &topics[*topic];
        let split = split::split(texts, similarity, split::Part::Either, dice);
        let mut questions = split.train;
        questions.truncate(examples);
        if questions.is_empty() {
            continue;
        }
        inside.extend(split.test.into_iter().map(|(text, _)| (text, base.len())));
        base.push(eval::entry(name, questions));
    }
    let mut near: Vec<&String> = outside.iter().flat_map(|topic| &topics[*topic].1).collect();
    let mut far: Vec<&String> = sets
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != which)
        .flat_map(|(_, set)| set.topics.iter().flat_map(|(_, texts)| texts))
        .chain(chatter)
        .collect();
    dice.shuffle(&mut inside);
    dice.shuffle(&mut near);
    dice.shuffle(&mut far);
    let lab = Lab::of(eval::base(base));
    let mut out = Vec::new();
    let mut ask = |text: &str, right: Option<usize>, weight: f64| {
        if let Some(measured) = lab.measure(text) {
            out.push(Row { terms: measured.terms, right: Some(measured.entry) == right, weight, set: which });
        }
    };
    let count = |n: usize| n.max(1) as f64;
    let (inside, near, far) =
        (&inside[..inside.len().min(150)], &near[..near.len().min(75)], &far[..far.len().min(75)]);
    inside.iter().for_each(|(text, topic)| ask(text, Some(*topic), 50.0 / count(inside.len())));
    near.iter().for_each(|text| ask(text, None, NEAR * 50.0 / count(near.len())));
    far.iter().for_each(|text| ask(text, None, (1.0 - NEAR) * 50.0 / count(far.len())));
    out
}

/// Share of the foreign half that is about the same subject as the file: what its neighbours would know.
const NEAR: f64 = 0.2;

/// Logistic regression by Newton steps, with a ridge on standardised terms.
#[expect(clippy::needless_range_loop, reason = "a matrix is read by its indices")]
fn fit<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<f64> {
    let n = rows.clone().next().map_or(0, |row| row.terms.len());
    let all: f64 = rows.clone().map(|row| row.weight).sum();
    let mean = |f: &dyn Fn(&Row) -> f64| rows.clone().map(|row| row.weight * f(row)).sum::<f64>() / all;
    let centre: Vec<f64> = (0..n).map(|j| if j == 0 { 0.0 } else { mean(&|r| r.terms[j]) }).collect();
    let spread: Vec<f64> = (0..n)
        .map(|j| if j == 0 { 1.0 } else { mean(&|r| (r.terms[j] - centre[j]).powi(2)).sqrt().max(1e-9) })
        .collect();
    let scaled: Vec<(Vec<f64>, f64, f64)> = rows
        .map(|row| {
            let terms = (0..n).map(|j| (row.terms[j] - centre[j]) / spread[j]).collect();
            (terms, f64::from(u8::from(row.right)), row.weight)
        })
        .collect();
    let mut weights = vec![0.0; n];
    for _ in 0..12 {
        let mut slope = vec![0.0; n];
        let mut bend = vec![vec![0.0; n]; n];
        for (terms, right, weight) in &scaled {
            let p = lab::probability(terms, &weights);
            for j in 0..n {
                slope[j] += weight * (right - p) * terms[j];
                for k in 0..=j {
                    bend[j][k] += weight * p * (1.0 - p) * terms[j] * terms[k];
                }
            }
        }
        for j in 0..n {
            for k in j + 1..n {
                bend[j][k] = bend[k][j];
            }
            if j > 0 {
                slope[j] -= RIDGE * weights[j];
                bend[j][j] += RIDGE;
            }
            bend[j][j] += 1e-9;
        }
        let step = solve(bend, slope);
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step.clamp(-2.0, 2.0));
    }
    let mut out: Vec<f64> = (0..n).map(|j| weights[j] / spread[j]).collect();
    out[0] -= (1..n).map(|j| weights[j] * centre[j] / spread[j]).sum::<f64>();
    out
}

/// Gaussian elimination with row exchange.
#[expect(clippy::needless_range_loop, reason = "a matrix is read by its indices")]
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        let pivot = (i..n).max_by(|x, y| a[*x][i].abs().total_cmp(&a[*y][i].abs())).unwrap_or(i);
        a.swap(i, pivot);
        b.swap(i, pivot);
        for j in i + 1..n {
            let share = a[j][i] / a[i][i];
            for k in i..n {
                a[j][k] -= share * a[i][k];
            }
            b[j] -= share * b[i];
        }
    }
    for i in (0..n).rev() {
        let rest: f64 = (i + 1..n).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - rest) / a[i][i];
    }
    b
}
