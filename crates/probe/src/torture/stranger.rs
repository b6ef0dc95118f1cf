//! Those who may not: without a token, with a wrong one, with another's, with a tampered address, with an account that
//! has no part in the chat. Nothing of a conversation may come back.

use super::journal::Trespass;
use super::world::World;
use crate::ambient::Dice;
use crate::hub::As;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Tries until the customers have gone.
pub(crate) async fn try_doors(world: &World, number: u64) {
    let mut dice = world.dice.fork(990 + number);
    while !world.ends() {
        tokio::time::sleep(Duration::from_millis(40 + dice.below(120))).await;
        let picked = {
            let pages = world.journal.pages();
            let with: Vec<(Uuid, String, Vec<String>)> = pages
                .talks
                .iter()
                .filter(|(_, talk)| !talk.sends.is_empty())
                .map(|(id, talk)| (*id, talk.token.clone(), talk.sends.iter().map(|sent| sent.text.clone()).collect()))
                .collect();
            (with.len() > 1).then(|| {
                let one = with[dice.below(with.len() as u64) as usize].clone();
                (one, with[dice.below(with.len() as u64) as usize].1.clone())
            })
        };
        let Some(((id, token, texts), other)) = picked else { continue };
        let mut tampered = token.clone().into_bytes();
        let at = dice.below(tampered.len() as u64) as usize;
        tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap_or_default();
        let changed = tampered != token;
        let outsider = world.as_agent(world.people.outsider);
        let wrong = As::Key { key: "bk_0000000000000000000000000000000000000000000", agent: None };
        let (says, empty) =
            (json!({"client": Uuid::from_u128(1), "counter": 1, "text": "I am somebody else"}), json!({}));
        let detail = format!("/api/v1/conversations/{id}");
        let events = format!("{detail}/events?limit=100");
        let messages = format!("{detail}/messages");
        let chat = "/chat/v1/conversation/events";
        let hook = format!("/hooks/bots/{tampered}");
        let tries: Vec<(&str, &str, &str, As<'_>, Option<&Value>)> = vec![
            ("reads a chat without a token", "GET", chat, As::Nobody, None),
            ("reads a chat with a tampered token", "GET", chat, As::Token(&tampered), None),
            ("reads the desk without a key", "GET", &events, As::Nobody, None),
            ("reads the desk with a wrong key", "GET", &events, wrong, None),
            ("reads the desk with a customer's token", "GET", &events, As::Token(&other), None),
            ("an agent without a part reads the events", "GET", &events, outsider, None),
            ("an agent without a part reads the panel", "GET", &detail, outsider, None),
            ("an agent without a part writes", "POST", &messages, outsider, Some(&says)),
            ("an agent reads the accounts", "GET", "/api/v1/agents", outsider, None),
            ("an agent makes a key", "POST", "/api/v1/keys", outsider, Some(&empty)),
            ("posts to a forged reply address", "POST", &hook, As::Nobody, Some(&empty)),
        ];
        let (what, method, path, who, body) = tries[dice.below(tries.len() as u64) as usize];
        if !changed && what.contains("tampered") {
            continue;
        }
        // What a bot holds any agent may read. So it counts only if somebody else held it before and after.
        let barred = async |dice: &mut Dice| -> Option<u64> {
            let row = world.direct.call("GET", &detail, world.as_key(), None, dice).await.ok()?;
            let holder = row.body.pointer("/holder/kind")?.as_str()?;
            row.body.get("seq")?.as_u64().filter(|_| holder != "bot")
        };
        let reads = what.starts_with("an agent without a part reads");
        let before = if reads { barred(&mut dice).await } else { None };
        if reads && before.is_none() {
            continue;
        }
        let Ok(answer) = world.hub.once(method, path, who, body).await else { continue };
        if reads && barred(&mut dice).await != before {
            continue;
        }
        // The bad network and a hub that just starts say nothing about doors.
        if answer.status >= 500 || answer.status == 429 {
            continue;
        }
        let told = answer.body.to_string();
        let leaked = texts.iter().any(|text| told.contains(text.as_str()));
        let trespass = Trespass { conversation: id, what: what.to_owned(), status: answer.status, leaked };
        world.journal.deed(id, format!("somebody {what}: {}", answer.status));
        world.journal.pages().trespasses.push(trespass);
    }
}

/// What the hub tells whoever watches it must hold no word of a customer: its metrics and its log.
pub(crate) async fn read_what_is_open(world: &World, log: &std::path::Path) {
    let metrics = world.direct.text("/metrics").await.unwrap_or_default();
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let mut pages = world.journal.pages();
    for (what, told) in [("the metrics are read", metrics), ("the log is read", log)] {
        let leaked = pages.talks.values().flat_map(|talk| &talk.sends).any(|sent| told.contains(sent.text.as_str()));
        pages.trespasses.push(Trespass { conversation: Uuid::nil(), what: what.to_owned(), status: 401, leaked });
    }
}
