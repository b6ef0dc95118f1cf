//! The HTTP bot against fakes, golden bodies and the example bot.

use super::map::{self, parse_later_reply};
use super::{Config, HttpBot, wire};
use crate::protocols::baton_http::fake::{
    Example, Fake, SECRET, Say, TestRuntime, fits, same_as_committed, schemas_are_committed, top,
};
use baton_core::content::{Choice, Content, Part};
use baton_core::event::{AskFor, Brief, Settled};
use baton_core::ids::{AskId, ConversationId, QueueId};
use baton_core::limits;
use baton_core::settings::Destination;
use baton_kit::bot::{Answer, Bot, Error, ErrorKind, Line, Then, Turn};
use baton_kit::signature::Secret;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bots/http/fixtures").join(name)
}

fn fixture_json(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(name)).expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

fn schema(name: &str) -> Value {
    wire::schemas().into_iter().find(|(file, _)| *file == name).expect("a schema").1
}

fn turn(text: &str) -> Turn {
    let choices = vec![Choice { label: "Yes".into(), value: "y".into() }];
    let said = Part::Text { text: text.into(), markdown: false, language: None };
    let parts = if text == "golden" { vec![said, Part::Choices { choices }] } else { vec![said] };
    Turn {
        conversation: ConversationId(Uuid::from_u128(0xc)),
        ask: AskId(Uuid::from_u128(0xa)),
        baton: 3,
        reason: AskFor::Message,
        message: Some((12, Content::parts(parts).expect("a content"))),
        history: vec![Line {
            position: 11,
            at: 1_790_000_000_000,
            by: "bot",
            name: Some("Ben".into()),
            text: "Hello.".into(),
        }],
        history_before: Some(11),
        variables: Map::from_iter([("plan".to_owned(), json!("gold"))]),
        language: "en".into(),
        brief: None,
        reply_address: Some("https://hub.example.org/hooks/bots/abc.def".into()),
        attempt: 1,
        left: 20_000,
    }
}

fn handed_back() -> Turn {
    Turn {
        reason: AskFor::HandedBack,
        message: None,
        history: Vec::new(),
        history_before: None,
        brief: Some(Brief {
            settled: vec![
                Settled { fact: "The order is 7731".into(), turn: 14 },
                Settled { fact: "The new street is Lindenweg 5".into(), turn: 16 },
            ],
            promised: vec!["A mail when it leaves".into()],
            do_not_ask: vec!["order number".into(), "address".into()],
            note: "Ana changed the address.".into(),
        }),
        ask: AskId(Uuid::from_u128(0xb)),
        ..turn("unused")
    }
}

fn bot(url: &str, limit_ms: i64) -> HttpBot {
    let config = Config { url: url.into(), secret: SECRET.into(), limit_ms, allow_private: true };
    HttpBot::new(config, TestRuntime::shared()).expect("a bot")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn ask(bot: &HttpBot, turn: Turn) -> Result<Answer, Error> {
    block_on(bot.ask(turn))
}

fn said(answer: &Answer) -> Vec<&str> {
    answer.messages.iter().map(|content| content.plain.as_str()).collect()
}

#[test]
fn the_schemas_in_the_documentation_are_those_of_the_types() {
    schemas_are_committed(wire::schemas());
}

#[test]
fn a_turn_is_written_as_the_golden_bodies_show_and_fits_the_schema() {
    for (name, turn) in [("request-message.json", turn("golden")), ("request-handed-back.json", handed_back())] {
        let body = serde_json::to_value(map::request(&turn)).expect("JSON");
        same_as_committed(&fixture(name), &(serde_json::to_string_pretty(&body).expect("JSON") + "\n"));
        fits(&schema("http-bot-request.schema.json"), &body).expect("fits");
    }
}

#[test]
fn good_replies_are_read_and_fit_the_schema() {
    for case in fixture_json("replies-good.json").as_array().expect("a list") {
        let body = &case["body"];
        fits(&schema("http-bot-reply.schema.json"), body).unwrap_or_else(|error| panic!("{body}: {error}"));
        let answer = map::answer(body.to_string().as_bytes(), true).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(json!(said(&answer)), case["plain"], "{body}");
        assert_eq!(then_word(&answer.then), case["then"], "{body}");
    }
}

fn then_word(then: &Then) -> &'static str {
    match then {
        Then::Done => "done",
        Then::Later => "later",
        Then::Silent => "silent",
        Then::Abstained { .. } => "abstained",
        Then::HandOver { .. } => "hand_over",
        Then::End => "end",
    }
}

#[test]
fn wrong_replies_are_told_with_their_place_and_without_their_words() {
    for case in fixture_json("replies-bad.json").as_array().expect("a list") {
        let (body, place) = (&case["body"], case["place"].as_str().expect("a place"));
        let error = map::answer(body.to_string().as_bytes(), true).expect_err(&body.to_string());
        assert_eq!(error.place, place, "{body}: {error}");
        assert!(!error.to_string().contains("SECRET"), "{error}");
        let schema_says = fits(&schema("http-bot-reply.schema.json"), body).is_err();
        assert_eq!(schema_says, case["schema"] == json!(true), "{body}");
    }
}

#[test]
fn what_a_bot_says_of_its_answer_is_kept() {
    let id = Uuid::from_u128(5);
    let body = json!({"confidence": 0.123_456_7, "intent": " order_status ", "variables": {"order": "7731"}, "seen": 12,
        "hand_over": {"reason": "No idea", "destination": {"kind": "queue", "id": id}}});
    let answer = map::answer(body.to_string().as_bytes(), false).expect("an answer");
    assert_eq!(answer.said.confidence, Some(123_457));
    assert_eq!(answer.said.intent.as_deref(), Some("order_status"));
    assert_eq!(answer.said.variables["order"], "7731");
    assert_eq!(answer.basis, Some(12));
    let to = Some(Destination::Queue { id: QueueId(id) });
    assert_eq!(answer.then, Then::HandOver { reason: "No idea".into(), to, named: None });
}

#[test]
fn later_is_wrong_where_there_is_no_reply_address() {
    assert_eq!(map::answer(br#"{"later": true}"#, false).expect_err("no address").place, "later");
}

#[test]
fn a_later_reply_goes_on_from_its_ordinal_and_says_when_it_is_done() {
    let first = parse_later_reply(br#"{"ordinal": 2, "messages": ["c", "d"]}"#).expect("a reply");
    assert_eq!((first.answer.first_ordinal, first.done, &first.answer.then), (2, false, &Then::Later));
    let last = parse_later_reply(br#"{"done": true}"#).expect("a reply");
    assert_eq!((last.done, &last.answer.then), (true, &Then::Done));
    let person = parse_later_reply(br#"{"hand_over": {"reason": "x"}}"#).expect("a reply");
    assert!(person.done, "a wish for a person is the last word");
    for (body, place) in [
        (r#"{"messages": ["a"]}"#, "ordinal"),
        (r#"{"ordinal": 31, "messages": ["a", "b"]}"#, "messages"),
        (r#"{"ordinal": -1, "messages": ["a"]}"#, "ordinal"),
        (r#"{"ordinal": 0}"#, "body"),
        (r#"{"silent": true, "ordinal": 0, "messages": ["a"]}"#, "silent"),
        ("not json", "body"),
    ] {
        assert_eq!(parse_later_reply(body.as_bytes()).expect_err(body).place, place, "{body}");
    }
    fits(&schema("http-bot-later.schema.json"), &json!({"ordinal": 0, "messages": ["a"], "done": true})).expect("fits");
}

#[test]
fn limits_hold_on_what_a_bot_sends() {
    let many = vec!["x"; usize::from(limits::REPLIES_PER_ASK) + 1];
    let long = "x".repeat(limits::TEXT_CHARS + 1);
    let parts = vec![json!({"type": "text", "text": "x"}); limits::PARTS + 1];
    let large = "x".repeat(limits::VARIABLES_BYTES);
    for (body, place) in [
        (json!({"messages": many}), "messages"),
        (json!({"messages": ["a", long]}), "messages[1]"),
        (json!({"messages": [{"parts": parts}]}), "messages[0]"),
        (json!({"messages": ["a"], "variables": {"x": large}}), "variables"),
        (json!({"messages": ["a"], "intent": "x".repeat(limits::NAME_CHARS + 1)}), "intent"),
    ] {
        let error = map::answer(body.to_string().as_bytes(), true).expect_err(place);
        assert_eq!(error.place, place);
    }
}

#[test]
fn a_turn_is_posted_once_and_signed_over_its_ask() {
    let fake = Fake::start(Say::Answer(200, r#"{"messages": ["Hi."]}"#.into()));
    let answer = ask(&bot(&fake.url, 5_000), turn("Hello")).expect("an answer");
    assert_eq!(said(&answer), ["Hi."]);
    let seen = fake.next();
    assert_eq!(seen.verify(), Ok(()));
    assert_eq!(seen.header("webhook-id"), AskId(Uuid::from_u128(0xa)).to_string());
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.json()["message"]["text"], "Hello");
    assert!(fake.nothing_more(), "one ask is one call");
}

#[test]
fn a_bot_that_hangs_is_transient_and_the_limit_of_the_ask_counts() {
    let fake = Fake::start(Say::Hang);
    let error = ask(&bot(&fake.url, 5_000), Turn { left: 150, ..turn("Hello") }).expect_err("silence");
    assert_eq!(error, Error { kind: ErrorKind::Transient, detail: "no answer within 150 ms".into() });
}

#[test]
fn what_may_pass_is_transient_and_what_will_not_is_permanent() {
    for (say, kind) in [
        (Say::Answer(502, String::new()), ErrorKind::Transient),
        (Say::Answer(503, "busy".into()), ErrorKind::Transient),
        (Say::Answer(429, "slow down".into()), ErrorKind::Transient),
        (Say::Break, ErrorKind::Transient),
        (Say::Answer(400, "{}".into()), ErrorKind::Permanent),
        (Say::Answer(401, "{}".into()), ErrorKind::Permanent),
        (Say::Answer(404, "{}".into()), ErrorKind::Permanent),
        (Say::Answer(307, "{}".into()), ErrorKind::Permanent),
        (Say::Answer(200, "<html>".into()), ErrorKind::Permanent),
        (Say::Answer(204, String::new()), ErrorKind::Permanent),
        (Say::Answer(200, r#"{"messages": "SECRET"}"#.into()), ErrorKind::Permanent),
        (Say::Answer(200, "x".repeat(limits::BODY_BYTES + 1)), ErrorKind::Permanent),
    ] {
        let fake = Fake::start(say);
        let error = ask(&bot(&fake.url, 5_000), turn("Hello")).expect_err("a failure");
        assert_eq!(error.kind, kind, "{error}");
        assert!(!error.detail.is_empty() && !error.detail.contains("SECRET"), "{error}");
    }
    let nobody = Fake::start(Say::Hang).url.replace("127.0.0.1", "127.0.0.2");
    assert_eq!(ask(&bot(&nobody, 5_000), turn("Hello")).expect_err("nobody").kind, ErrorKind::Transient);
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = map::answer(&bytes, true);
        let _ = parse_later_reply(&bytes);
    }

    #[test]
    fn no_value_of_a_known_field_makes_the_reader_panic(
        field in proptest::sample::select([wire::REPLY_FIELDS, wire::LATER_FIELDS].concat()),
        value in "[\\[{]{0,3}(\"(text|parts|choices|reason|type|id)\":)?(\"[a-zé\u{0}]{0,9}\"|-?[0-9]{1,25}|true|null|1e999)[\\]}]{0,3}",
    ) {
        let body = format!("{{\"{field}\": {value}}}");
        let _ = map::answer(body.as_bytes(), true);
        let _ = parse_later_reply(body.as_bytes());
    }
}

#[test]
fn the_example_bot_keeps_the_contract() {
    let hub = Fake::start(Say::Answer(202, "{}".into()));
    let Some(example) = Example::start("examples/http-bot/bot.py", &["--slow", "0.05"]) else { return };
    let bot = bot(&example.url, 10_000);
    let mut number = 100;
    let mut say = |text: &str| {
        number += 1;
        let mut turn = turn(text);
        turn.ask = AskId(Uuid::from_u128(number));
        turn.reply_address = Some(format!("{}/hooks/bots/token", hub.url));
        ask(&bot, turn).expect("an answer")
    };
    assert_eq!(said(&say("Hello")), ["Hello. What is it about?\n[My order] [Something else]"]);
    assert_eq!(said(&say("Where is my order?")), ["Which order number?"]);
    assert_eq!(say("slow").then, Then::Later);
    let late = hub.next();
    let reply = parse_later_reply(&late.body).expect("a later reply");
    assert!(reply.done);
    assert_eq!(said(&reply.answer), ["Here is the slow answer."]);
    assert!(matches!(say("I am stuck").then, Then::HandOver { to: None, .. }));
    assert_eq!(say("Goodbye").then, Then::End);

    // Ana settles it and hands back: the bot greets with the facts and asks for neither again.
    let greeting = ask(&bot, handed_back()).expect("an answer");
    let words = "Welcome back. Your order 7731 goes to Lindenweg 5. Promised: A mail when it leaves. What else can I do for you?";
    assert_eq!(said(&greeting), [words]);
    assert_eq!(
        greeting.said.variables,
        Map::from_iter([("order".into(), json!("7731")), ("street".into(), json!("Lindenweg 5"))])
    );
    assert_eq!(said(&say("Where is my order?")), ["Your order 7731 goes to Lindenweg 5. It is on its way."]);
    assert_eq!(said(&say("And the new address?")), ["Your order 7731 goes to Lindenweg 5."]);

    // A repeat of an ask is answered as the first time, although the bot knows more now.
    let mut again = turn("Where is my order?");
    again.ask = AskId(Uuid::from_u128(102));
    again.attempt = 2;
    assert_eq!(said(&ask(&bot, again).expect("an answer")), ["Which order number?"]);

    let stranger = Config {
        url: example.url.clone(),
        secret: "another secret, long enough".into(),
        limit_ms: 5_000,
        allow_private: true,
    };
    let stranger = HttpBot::new(stranger, TestRuntime::shared()).expect("a bot");
    let error = ask(&stranger, turn("Hello")).expect_err("a foreign signature");
    assert_eq!((error.kind, &error.detail[..8]), (ErrorKind::Permanent, "HTTP 401"));
}

/// The first block of this language in the documentation.
fn documented(language: &str) -> String {
    let page = std::fs::read_to_string(top().join("docs/http-bot.md")).expect("the page");
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("a block");
    rest.split("```").next().expect("its end").to_owned()
}

#[test]
fn the_signature_checks_in_the_documentation_hold() {
    let signature = Secret::parse(SECRET).expect("a secret").sign_request("m", 1_790_000_000, b"{}");
    let python = format!(
        "{}\nh = {{'webhook-id': 'm', 'webhook-timestamp': '1790000000', 'webhook-signature': 'v1,AAAA {signature}'}}\n\
         print(signature_holds('{SECRET}', h, b'{{}}', 1790000001), signature_holds('{SECRET}', h, b'[]', 1790000001), \
         signature_holds('{SECRET}', h, b'{{}}', 1790000999), signature_holds('{SECRET}', {{}}, b'{{}}'))",
        documented("python")
    );
    let js = format!(
        "{}\nconst h = {{'webhook-id': 'm', 'webhook-timestamp': '1790000000', 'webhook-signature': 'v1,AAAA {signature}'}};\n\
         const b = (text) => Buffer.from(text);\n\
         console.log(signatureHolds('{SECRET}', h, b('{{}}'), 1790000001), signatureHolds('{SECRET}', h, b('[]'), 1790000001), \
         signatureHolds('{SECRET}', h, b('{{}}'), 1790000999), signatureHolds('{SECRET}', {{}}, b('{{}}')));",
        documented("js")
    );
    let runs = [("python3", vec!["-c", &python]), ("node", vec!["--input-type=module", "-e", &js])];
    for (program, arguments) in runs {
        match std::process::Command::new(program).args(arguments).output() {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout).to_lowercase();
                assert_eq!(said.trim(), "true false false false", "{}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => {
                assert!(std::env::var_os("BATON_CI").is_none(), "{program}: {error}");
                println!("SKIPPED: {program} is not there ({error})");
            }
        }
    }
}

#[test]
fn the_bodies_in_the_documentation_fit_the_schemas() {
    let page = std::fs::read_to_string(top().join("docs/http-bot.md")).expect("the page");
    let blocks: Vec<Value> = page
        .split("```json\n")
        .skip(1)
        .map(|rest| serde_json::from_str(rest.split("```").next().expect("its end")).expect("JSON"))
        .collect();
    let [request, reply, form, answered, _, brief] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    fits(&schema("http-bot-request.schema.json"), request).expect("fits");
    map::answer(reply.to_string().as_bytes(), true).expect("an answer");
    let asked = map::answer(form.to_string().as_bytes(), true).expect("an answer with a form");
    assert_eq!(said(&asked), ["I can unblock the card.\nPlease confirm\n[Order number] [PIN]"]);
    let mut filled_in = request.clone();
    (filled_in["message"], filled_in["secrets_address"]) =
        (answered["message"].clone(), answered["secrets_address"].clone());
    fits(&schema("http-bot-request.schema.json"), &filled_in).expect("fits");
    let mut handed_back = request.clone();
    handed_back["brief"] = brief["brief"].clone();
    fits(&schema("http-bot-request.schema.json"), &handed_back).expect("fits");
}
