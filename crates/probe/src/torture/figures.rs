//! The hub's figures, each beside the same counted from the logs that were read.

use super::journal::Figure;
use super::log::Log;
use super::world::World;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Of so many closed conversations the customer is erased.
const ERASED: usize = 25;

/// Erases some customers whose conversations are over: no figure may change by it, and none of their words is left.
pub(crate) async fn erase_some(world: &World, logs: &HashMap<Uuid, Log>) -> anyhow::Result<()> {
    let mut dice = world.dice.fork(42);
    let over = |log: &Log| {
        log.desk.iter().rfind(|event| event.kind == "holder-set").is_some_and(|event| event.fact("holder") == "nobody")
    };
    let numbers: Vec<(Uuid, u64)> = {
        let pages = world.journal.pages();
        let mut over: Vec<_> = logs.iter().filter(|(_, log)| over(log)).map(|(id, _)| *id).collect();
        over.sort_unstable();
        over.into_iter().take(ERASED).filter_map(|id| Some((id, pages.talks.get(&id)?.number))).collect()
    };
    for (id, number) in numbers {
        let body = json!({"reason": "a test of erasure", "confirm": format!("Customer {number}")});
        let path = format!("/api/v1/conversations/{id}/customer/erase");
        let answer = world.direct.call("POST", &path, world.as_key(), Some(&body), &mut dice).await?;
        if !answer.ok() {
            world.journal.trouble(format!("a customer could not be erased: {} {}", answer.status, answer.code()));
            continue;
        }
        let path = format!("/api/v1/conversations/{id}/events?after=0&limit=500");
        let told = world.direct.call("GET", &path, world.as_key(), None, &mut dice).await?.body.to_string();
        let mut pages = world.journal.pages();
        let left = pages
            .talks
            .get(&id)
            .map_or(0, |talk| talk.sends.iter().filter(|sent| told.contains(&format!("\"{}\"", sent.text))).count());
        pages.figures.push(Figure {
            what: format!("words left of customer {number} after erasure"),
            hub: left as i64,
            counted: 0,
        });
    }
    Ok(())
}

/// Asks the board and the lists, and writes each figure down.
pub(crate) async fn compare(world: &World, logs: &HashMap<Uuid, Log>, when: &str) -> anyhow::Result<()> {
    let mut dice = world.dice.fork(41);
    let mut figures = Vec::new();
    let mut get = async |path: &str| -> anyhow::Result<Value> {
        world.direct.call("GET", path, world.as_key(), None, &mut dice).await?.read(path)
    };
    let board = get("/api/v1/board").await?;
    let since = board.get("since").and_then(Value::as_i64).unwrap_or(0);
    let counted = Counted::of(logs, since);
    let number = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let mut figure =
        |what: String, hub: i64, counted: i64| figures.push(Figure { what: format!("{what}{when}"), hub, counted });
    figure("board: requests today".into(), number(&board, "/handovers/asked"), counted.today);
    figure("board: requests open".into(), number(&board, "/handovers/open"), counted.open);
    for (group, own) in
        [("trigger", &counted.by_trigger), ("answer", &counted.by_answer), ("outcome", &counted.by_outcome)]
    {
        let names: Vec<String> = board
            .pointer(&format!("/handovers/by_{group}"))
            .and_then(Value::as_object)
            .map(|all| all.keys().cloned().collect())
            .unwrap_or_default();
        for name in own.keys().cloned().chain(names.into_iter().filter(|name| !own.contains_key(name))) {
            let here = own.get(&name).copied().unwrap_or(0);
            figure(
                format!("board: requests by {group} {name}"),
                number(&board, &format!("/handovers/by_{group}/{name}")),
                here,
            );
            let list = get(&format!("/api/v1/handovers?from={since}&{group}={name}&limit=1")).await?;
            figure(format!("list: requests by {group} {name}"), number(&list, "/total"), here);
        }
    }
    for (name, pointer) in [
        ("bot", "/with_bot"),
        ("waiting", "/waiting/count"),
        ("messages", "/messages/count"),
        ("people", "/with_people"),
    ] {
        figure(
            format!("board: conversations with {name}"),
            number(&board, pointer),
            counted.holders.get(name).copied().unwrap_or(0),
        );
    }
    // Each request by itself.
    let mut cursor = String::new();
    let mut seen = 0;
    loop {
        let page = get(&format!("/api/v1/handovers?from=0&limit=200{cursor}")).await?;
        for item in page.get("items").and_then(Value::as_array).into_iter().flatten() {
            seen += 1;
            let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or("none").to_owned();
            let own = counted.each.get(&text("handover"));
            let same = own.is_some_and(|own| *own == (text("trigger"), text("answer"), text("outcome")));
            figure(format!("request {}: trigger, answer and outcome", text("handover")), i64::from(same), 1);
        }
        match page.get("cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    figure("list: all requests".into(), seen, counted.each.len() as i64);
    world.journal.pages().figures.extend(figures);
    Ok(())
}

#[derive(Default)]
struct Counted {
    today: i64,
    open: i64,
    by_trigger: BTreeMap<String, i64>,
    by_answer: BTreeMap<String, i64>,
    by_outcome: BTreeMap<String, i64>,
    holders: BTreeMap<&'static str, i64>,
    each: BTreeMap<String, (String, String, String)>,
}

impl Counted {
    fn of(logs: &HashMap<Uuid, Log>, since: i64) -> Self {
        let mut out = Self::default();
        let add = |map: &mut BTreeMap<String, i64>, name: &str| *map.entry(name.to_owned()).or_default() += 1;
        for log in logs.values() {
            let mut asked_at = BTreeMap::new();
            for event in &log.desk {
                let id = event.id("handover");
                match event.kind.as_str() {
                    "handover-asked" => {
                        asked_at.insert(id.clone(), event.at);
                        let entry = (event.fact("trigger").to_owned(), "none".to_owned(), "none".to_owned());
                        out.each.insert(id, entry);
                    }
                    "handover-answered" => {
                        if let Some(entry) = out.each.get_mut(&id) {
                            entry.1 = event.fact("answer").to_owned();
                        }
                    }
                    "handover-ended" => {
                        if let Some(entry) = out.each.get_mut(&id) {
                            entry.2 = event.fact("outcome").to_owned();
                        }
                    }
                    _ => {}
                }
            }
            for (id, _) in asked_at.into_iter().filter(|(_, at)| *at >= since) {
                let Some((trigger, answer, outcome)) = out.each.get(&id) else { continue };
                out.today += 1;
                add(&mut out.by_trigger, trigger);
                if answer != "none" {
                    add(&mut out.by_answer, answer);
                }
                match outcome.as_str() {
                    "none" => out.open += 1,
                    outcome => add(&mut out.by_outcome, outcome),
                }
            }
            let holder = log.desk.iter().rfind(|event| event.kind == "holder-set");
            let line = holder.and_then(|event| event.facts.pointer("/holder/line")?.as_str().map(str::to_owned));
            let name = match holder.map_or("", |event| event.fact("holder")) {
                "bot" => "bot",
                "queue" if line.as_deref() == Some("later") => "messages",
                "queue" => "waiting",
                "agent" | "target" => "people",
                _ => continue,
            };
            *out.holders.entry(name).or_default() += 1;
        }
        out
    }
}
