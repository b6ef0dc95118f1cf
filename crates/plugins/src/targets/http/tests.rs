//! The HTTP target against fakes, golden bodies and the example desk.

use super::map::{self, CallbackDid, CallbackItem, parse_callback, parse_poll};
use super::{Config, HttpTarget, Manifest, wire};
use crate::protocols::baton_http::fake::{
    Example, Fake, SECRET, Say, TestRuntime, fits, same_as_committed, schemas_are_committed, top,
};
use baton_core::command::TargetDid;
use baton_core::effect::CloseReason;
use baton_core::event::Failure;
use baton_core::ids::{ConversationId, HandoverId, Hash16};
use baton_core::limits;
use baton_core::settings::History;
use baton_kit::bot::Line;
use baton_kit::http::{Client, Guard};
use baton_kit::target::{Error, ErrorKind, Opening, Target, Told};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

const CONVERSATION: ConversationId = ConversationId(Uuid::from_u128(0xc));

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/targets/http/fixtures").join(name)
}

fn fixture_json(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(name)).expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

fn schema(name: &str) -> Value {
    wire::schemas().into_iter().find(|(file, _)| *file == name).expect("a schema").1
}

/// Stands in for the keyed hash: tells different words apart.
fn hash(text: &str) -> Hash16 {
    let mut out = [0u8; 16];
    for (at, byte) in text.bytes().enumerate() {
        out[at % 16] = out[at % 16].wrapping_mul(31).wrapping_add(byte);
    }
    Hash16(out)
}

fn line(position: u64, by: &'static str, text: &str) -> Line {
    Line { position, at: 1_790_000_000_000, by, name: None, text: text.into() }
}

fn opening(number: u128, callback: &str) -> Opening {
    Opening {
        conversation: ConversationId(Uuid::from_u128(number)),
        reference: "B-7K2Q9M".into(),
        handover: HandoverId(Uuid::from_u128(0xd)),
        baton: 4,
        trigger: "phrase".into(),
        evidence: vec!["I want a person".into()],
        customer: Some("Kim".into()),
        language: "en".into(),
        variables: Map::from_iter([("order".to_owned(), json!("7731"))]),
        history: vec![line(6, "bot", "Hello."), line(7, "customer", "I want a person")],
        history_address: Some("https://hub.example.org/hooks/history/abc.def?before=6".into()),
        callback: callback.into(),
        attempt: 1,
        left: 20_000,
    }
}

fn golden() -> Opening {
    opening(0xc, "https://hub.example.org/hooks/targets/abc.def")
}

fn target(url: &str, can: Manifest) -> HttpTarget {
    let config = Config { url: url.into(), secret: SECRET.into(), allow_private: true, can };
    HttpTarget::new(config, TestRuntime::shared(), Arc::new(hash)).expect("a target")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn the_schemas_in_the_documentation_are_those_of_the_types() {
    schemas_are_committed(wire::schemas());
}

#[test]
fn requests_are_written_as_the_golden_bodies_show_and_fit_the_schema() {
    let told = Told { conversation: CONVERSATION, baton: 4, line: line(8, "customer", "Are you there?"), attempt: 2 };
    for (name, request) in [
        ("open-full.json", map::open(&golden(), History::Full)),
        ("open-summary.json", map::open(&golden(), History::Summary)),
        ("open-none.json", map::open(&golden(), History::None)),
        ("message.json", map::tell(&told)),
        ("typing.json", map::request(CONVERSATION, 4, wire::Op::Typing { on: true })),
        ("close.json", map::close(CONVERSATION, 4, CloseReason::TooLate)),
        ("events.json", map::request(CONVERSATION, 4, wire::Op::Events { after: Some("17".into()) })),
    ] {
        let body = serde_json::to_value(request).expect("JSON");
        same_as_committed(&fixture(name), &(serde_json::to_string_pretty(&body).expect("JSON") + "\n"));
        fits(&schema("http-target-request.schema.json"), &body).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_target_gets_no_more_of_the_history_than_its_manifest_says() {
    let none = serde_json::to_string(&map::open(&golden(), History::None)).expect("JSON");
    assert!(!none.contains("Hello.") && !none.contains("/hooks/history/"), "{none}");
    let summary = serde_json::to_value(map::open(&golden(), History::Summary)).expect("JSON");
    assert_eq!(summary["summary"], "bot: Hello.\ncustomer: I want a person\n");
    assert_eq!(summary["history"], json!([]));
}

#[test]
fn the_three_answers_to_open_are_read_and_others_are_told() {
    for (body, did) in [
        (json!({"status": "accepted"}), TargetDid::Accepted),
        (json!({"status": "waiting"}), TargetDid::Waiting { place: None }),
        (json!({"status": "waiting", "place": 3, "team": "x"}), TargetDid::Waiting { place: Some(3) }),
        (json!({"status": "refused", "reason": "closed_hours"}), TargetDid::Refused),
        (json!({"status": "refused"}), TargetDid::Refused),
    ] {
        fits(&schema("http-target-open-answer.schema.json"), &body).expect("fits");
        assert_eq!(map::opened(body.to_string().as_bytes()).expect("an answer").0, did);
    }
    for (body, place) in [
        (json!({}), "body"),
        (json!({"status": "SECRET"}), "status"),
        (json!({"status": "waiting", "place": "SECRET"}), "body"),
        (json!({"status": "waiting", "place": 0}), "place"),
        (json!({"status": "refused", "reason": "SECRET"}), "body"),
        (json!("accepted"), "body"),
    ] {
        let error = map::opened(body.to_string().as_bytes()).expect_err("no answer");
        assert!(error.place == place && !error.to_string().contains("SECRET"), "{body}: {error}");
        assert!(fits(&schema("http-target-open-answer.schema.json"), &body).is_err(), "{body}");
    }
}

#[test]
fn every_event_of_a_callback_is_mapped() {
    let body = fixture_json("callback.json");
    fits(&schema("http-target-events.schema.json"), &body).expect("fits");
    let items = parse_callback(body.to_string().as_bytes(), &hash).expect("events");
    let ben = Some(hash("party:u-7"));
    let outside = hash("event:e5");
    let did: Vec<CallbackDid> = items.iter().map(|item| item.did.clone()).collect();
    let said = |did: &CallbackDid| match did {
        CallbackDid::Did(TargetDid::Said { content, name, party, outside }) => {
            (content.plain.clone(), name.clone(), *party, *outside)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(did[0], CallbackDid::Did(TargetDid::Accepted));
    assert_eq!(did[1], CallbackDid::Did(TargetDid::Waiting { place: Some(2) }));
    let joined = TargetDid::Joined { human: true, name: Some("Ben".into()), party: ben };
    assert_eq!(did[2], CallbackDid::Did(joined));
    assert_eq!(did[3], CallbackDid::Typing(true));
    assert_eq!(said(&did[4]), ("Hello, I am Ben.".into(), Some("Ben".into()), ben, Some(outside)));
    assert_eq!(said(&did[5]).0, "See\nTrack it (https://example.org/t)");
    assert_eq!(did[6], CallbackDid::Did(TargetDid::Transferred { name: Some("Cleo".into()) }));
    let ended = TargetDid::Ended { disposition: Some("solved".into()), back_to_bot: true };
    assert_eq!(did[7], CallbackDid::Did(ended));
    assert_eq!(did[8], CallbackDid::Did(TargetDid::Failed(Failure::TargetLost)));
    assert_eq!(did[9], CallbackDid::Did(TargetDid::Refused));
    assert_eq!(did[10], CallbackDid::Did(TargetDid::Ended { disposition: None, back_to_bot: false }));
    assert_eq!(items[4].outside, outside, "the same event id is the same hash");
}

#[test]
fn wrong_callbacks_are_told_with_their_place_and_nothing_of_them_counts() {
    for case in fixture_json("callbacks-bad.json").as_array().expect("a list") {
        let (body, place) = (&case["body"], case["place"].as_str().expect("a place"));
        let error = parse_callback(body.to_string().as_bytes(), &hash).expect_err(&body.to_string());
        assert_eq!(error.place, place, "{body}: {error}");
        assert!(!error.to_string().contains("SECRET"), "{error}");
        let schema_says = fits(&schema("http-target-events.schema.json"), body).is_err();
        assert_eq!(schema_says, case["schema"] == json!(true), "{body}");
    }
    let long = "x".repeat(limits::TEXT_CHARS + 1);
    let body = json!({"events": [{"id": "1", "type": "message", "text": long}]});
    assert_eq!(parse_callback(body.to_string().as_bytes(), &hash).expect_err("long").place, "events[0].text");
    let body = json!({"events": vec![json!({"id": "1", "type": "accepted"}); limits::PAGE + 1]});
    assert_eq!(parse_callback(body.to_string().as_bytes(), &hash).expect_err("many").place, "events");
}

#[test]
fn a_poll_needs_a_cursor_and_its_pause_is_bounded() {
    let body = json!({"events": [{"id": "1", "type": "joined"}, {"id": "2", "type": "typing", "on": true}],
        "cursor": "2", "again_ms": 1});
    let polled = parse_poll(body.to_string().as_bytes(), &hash).expect("events");
    assert_eq!((polled.did.len(), polled.cursor.as_deref(), polled.again), (1, Some("2"), 500));
    let body = json!({"events": [{"id": "1", "type": "joined"}]});
    assert_eq!(parse_poll(body.to_string().as_bytes(), &hash).expect_err("no cursor").place, "cursor");
    assert_eq!(parse_poll(b"{\"events\": []}", &hash).expect("nothing").again, 2_000);
}

#[test]
fn operations_are_signed_and_a_repeat_bears_the_same_id() {
    let fake = Fake::start(Say::Answer(200, r#"{"status": "waiting", "place": 1}"#.into()));
    let target = target(&fake.url, Manifest::default());
    block_on(async {
        assert_eq!(target.open(golden()).await, Ok(TargetDid::Waiting { place: Some(1) }));
        let told = Told { conversation: CONVERSATION, baton: 4, line: line(8, "customer", "Hm"), attempt: 1 };
        assert_eq!(target.tell(told.clone()).await, Ok(()));
        assert_eq!(target.tell(Told { attempt: 2, ..told }).await, Ok(()));
        assert_eq!(target.typing(CONVERSATION, 4, true).await, Ok(()));
        assert_eq!(target.close(CONVERSATION, 4, CloseReason::Withdrawn).await, Ok(()));
        assert!(matches!(target.poll(CONVERSATION, 4, None).await, Ok(None)));
    });
    let seen: Vec<_> = (0..5).map(|_| fake.next()).collect();
    assert!(seen.iter().all(|seen| seen.verify() == Ok(())));
    let ops: Vec<Value> = seen.iter().map(|seen| seen.json()["op"].clone()).collect();
    assert_eq!(ops, ["open", "message", "message", "typing", "close"]);
    assert_eq!(seen[1].header("webhook-id"), seen[2].header("webhook-id"));
    assert!(fake.nothing_more(), "a target that calls back is not polled");
}

#[test]
fn what_a_failure_of_the_desk_means_depends_on_the_operation() {
    let told = || Told { conversation: CONVERSATION, baton: 4, line: line(8, "customer", "Hm"), attempt: 1 };
    let kind = |result: Result<_, Error>| result.map(drop).map_err(|error| error.kind);
    for (status, open, tell, close) in [
        (410, Err(ErrorKind::Permanent), Err(ErrorKind::Gone), Ok(())),
        (404, Err(ErrorKind::Permanent), Err(ErrorKind::Gone), Ok(())),
        (503, Err(ErrorKind::Transient), Err(ErrorKind::Transient), Err(ErrorKind::Transient)),
        (401, Err(ErrorKind::Permanent), Err(ErrorKind::Permanent), Err(ErrorKind::Permanent)),
        // Only `open` has an answer to be read.
        (204, Err(ErrorKind::Permanent), Ok(()), Ok(())),
    ] {
        let fake = Fake::start(Say::Answer(status, String::new()));
        let target = target(&fake.url, Manifest::default());
        block_on(async {
            assert_eq!(target.open(golden()).await.map(drop).map_err(|error| error.kind), open, "{status}");
            assert_eq!(kind(target.tell(told()).await), tell, "{status}");
            assert_eq!(kind(target.close(CONVERSATION, 4, CloseReason::Closed).await), close, "{status}");
        });
    }
    let fake = Fake::start(Say::Hang);
    let error = block_on(target(&fake.url, Manifest::default()).open(Opening { left: 100, ..golden() }));
    let error = error.expect_err("silence");
    assert_eq!(error, Error { kind: ErrorKind::Transient, detail: "no answer within 100 ms".into() });
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = map::opened(&bytes);
        let _ = parse_callback(&bytes, &hash);
        let _ = parse_poll(&bytes, &hash);
    }

    #[test]
    fn no_event_makes_the_reader_panic(
        kind in proptest::sample::select(vec!["accepted", "waiting", "joined", "message", "typing", "ended", "x"]),
        field in proptest::sample::select(vec!["place", "text", "parts", "name", "agent_id", "on", "to", "reason", "id"]),
        value in "(\"[a-zé]{0,9}\"|-?[0-9]{1,25}|true|null|\\[\\]|\\{\\}|1e999)",
    ) {
        let body = format!("{{\"events\": [{{\"id\": \"1\", \"type\": \"{kind}\", \"{field}\": {value}}}]}}");
        let _ = parse_callback(body.as_bytes(), &hash);
    }
}

/// What the person at the example desk does.
fn at_desk(desk: &str, path: &str, order: &Value) -> u16 {
    let client = Client::new(Guard::Any, TestRuntime::shared()).expect("a client");
    let call = async {
        let body = order.to_string().into_bytes();
        client.post_json(&format!("{desk}{path}"), "1", body, None, 5_000).await.expect("an answer").status
    };
    block_on(call)
}

#[test]
fn the_example_desk_keeps_the_contract() {
    let hub = Fake::start(Say::Answer(202, "{}".into()));
    let Some(desk) = Example::start("examples/http-desk/desk.py", &["--room", "2"]) else { return };
    let target = target(&desk.url, Manifest { says_human: true, tells_place: true, ..Manifest::default() });
    let open = |number| block_on(target.open(opening(number, &format!("{}/hooks/targets/token", hub.url))));
    let next = || {
        let seen = hub.next();
        let [id, time, signature] =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| seen.header(name).to_owned());
        assert_eq!(target.verify(&id, &time, &signature, &seen.body), Ok(()));
        let mut items = parse_callback(&seen.body, &hash).expect("events");
        assert_eq!(items.len(), 1);
        let CallbackItem { did, .. } = items.remove(0);
        did
    };
    assert_eq!(open(1), Ok(TargetDid::Waiting { place: Some(1) }));
    assert_eq!(open(2), Ok(TargetDid::Waiting { place: Some(2) }));
    assert_eq!(open(2), Ok(TargetDid::Waiting { place: Some(2) }), "a repeat takes no second place");
    assert_eq!(open(3), Ok(TargetDid::Refused), "there is room for two");

    let first = ConversationId(Uuid::from_u128(1)).to_string();
    assert_eq!(
        at_desk(&desk.url, "/say", &json!({"conversation": first, "name": "Ben", "text": "Hello, I am Ben."})),
        200
    );
    let ben = Some(hash("party:Ben"));
    assert_eq!(next(), CallbackDid::Did(TargetDid::Joined { human: true, name: Some("Ben".into()), party: ben }));
    match next() {
        CallbackDid::Did(TargetDid::Said { content, name, party, outside: Some(_) }) => {
            assert_eq!((content.plain.as_str(), name.as_deref(), party), ("Hello, I am Ben.", Some("Ben"), ben));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(next(), CallbackDid::Did(TargetDid::Waiting { place: Some(1) }), "the second has moved up");
    assert_eq!(at_desk(&desk.url, "/typing", &json!({"conversation": first})), 200);
    assert_eq!(next(), CallbackDid::Typing(true));

    let told = Told {
        conversation: ConversationId(Uuid::from_u128(1)),
        baton: 4,
        line: line(8, "customer", "Hm"),
        attempt: 1,
    };
    assert_eq!(block_on(target.tell(told.clone())), Ok(()));
    let stale = block_on(target.tell(Told { baton: 3, ..told.clone() })).expect_err("another passing");
    assert_eq!(stale.kind, ErrorKind::Gone);

    assert_eq!(at_desk(&desk.url, "/end", &json!({"conversation": first, "to": "bot", "disposition": "solved"})), 200);
    let over = loop {
        // The place of the second is told again when the first leaves.
        match next() {
            CallbackDid::Did(TargetDid::Waiting { .. }) => {}
            other => break other,
        }
    };
    assert_eq!(over, CallbackDid::Did(TargetDid::Ended { disposition: Some("solved".into()), back_to_bot: true }));
    assert_eq!(block_on(target.tell(told)), Ok(()), "a word that crosses the end is no failure");
    for number in [2, 2, 99] {
        let conversation = ConversationId(Uuid::from_u128(number));
        assert_eq!(
            block_on(target.close(conversation, 4, CloseReason::TooLate)),
            Ok(()),
            "closing what is closed is closed"
        );
    }
    let forged = Config {
        url: desk.url.clone(),
        secret: "another secret, long enough".into(),
        allow_private: true,
        can: Manifest::default(),
    };
    let forged = HttpTarget::new(forged, TestRuntime::shared(), Arc::new(hash)).expect("a target");
    assert_eq!(block_on(forged.open(golden())).expect_err("a foreign signature").kind, ErrorKind::Permanent);
}

#[test]
fn the_example_desk_can_be_polled() {
    let Some(desk) = Example::start("examples/http-desk/desk.py", &["--poll"]) else { return };
    let target = target(&desk.url, Manifest { polls: true, ..Manifest::default() });
    assert_eq!(block_on(target.open(opening(1, "http://127.0.0.1:9/none"))), Ok(TargetDid::Waiting { place: Some(1) }));
    let conversation = ConversationId(Uuid::from_u128(1));
    assert_eq!(at_desk(&desk.url, "/say", &json!({"conversation": conversation.to_string(), "text": "Hello."})), 200);
    let poll = |cursor| block_on(target.poll(conversation, 4, cursor)).expect("an answer").expect("it is polled");
    let first = poll(None);
    assert!(matches!(&first.did[..], [TargetDid::Joined { .. }, TargetDid::Said { .. }]), "{:?}", first.did);
    assert!(poll(first.cursor).did.is_empty(), "the cursor has passed them");
}

#[test]
fn the_bodies_in_the_documentation_fit_the_schemas() {
    let page = std::fs::read_to_string(top().join("docs/http-target.md")).expect("the page");
    let block = |rest: &str| rest.split("```").next().expect("its end").to_owned();
    let blocks: Vec<String> = page.split("```json\n").skip(1).map(block).collect();
    let [config, open, answers, events, poll] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    let mut config: Value = serde_json::from_str(config).expect("JSON");
    config.as_object_mut().expect("an object").remove("kind");
    serde_json::from_value::<Config>(config).expect("a configuration");
    let open: Value = serde_json::from_str(open).expect("JSON");
    fits(&schema("http-target-request.schema.json"), &open).expect("fits");
    for answer in answers.lines() {
        map::opened(answer.as_bytes()).expect(answer);
    }
    assert_eq!(parse_callback(events.as_bytes(), &hash).expect("events").len(), 6);
    parse_poll(poll.as_bytes(), &hash).expect("events");
}
