use proptest::prelude::*;

use super::knowledge::{Error, KnowledgeBase};
use super::{BuiltinBot, Turn, TurnContext};

const FERNWEH: &str = include_str!("../../../../../knowledge/fernweh.yaml");

fn fernweh() -> BuiltinBot {
    BuiltinBot::new(FERNWEH).expect("the demo's file is valid")
}

fn after(entry: &str) -> TurnContext {
    TurnContext { last_entry: Some(entry.to_owned()) }
}

fn answered(turn: &Turn) -> Option<&str> {
    match turn {
        Turn::Answer { entry_id, .. } | Turn::HandOver { entry_id, .. } => Some(entry_id),
        Turn::Abstain { .. } => None,
    }
}

/// A file of one entry, with these lines in it.
fn file(entry: &str) -> String {
    format!(
        "version: 1\nname: n\nlanguage: en\ngreeting: g\nfallback: f\nentries:\n  - id: first\n    questions: [one two, three four]\n    answer: a\n{entry}"
    )
}

fn problems(yaml: &str) -> String {
    match KnowledgeBase::parse(yaml) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("the file was taken"),
    }
}

#[test]
fn an_unknown_field_is_refused_with_its_path_and_line() {
    let error = KnowledgeBase::parse(&file("    colour: red\n")).expect_err("an unknown field");
    assert!(matches!(error, Error::Syntax { line: 7..=10, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("entries[0]") && text.contains("colour"), "{text}");
}

#[test]
fn a_wrong_type_is_refused_with_its_path() {
    let text = problems(&file("    follow_ups: 3\n"));
    assert!(text.contains("entries[0].follow_ups"), "{text}");
}

#[test]
fn text_that_is_no_yaml_is_refused() {
    assert!(matches!(KnowledgeBase::parse("{ a: [b"), Err(Error::Syntax { .. })));
    assert!(matches!(KnowledgeBase::parse(""), Err(Error::Syntax { .. })));
}

#[test]
fn a_repeated_id_is_named_with_the_line_of_the_second() {
    let text = problems(&file("  - id: first\n    questions: [five six, seven]\n    answer: b\n"));
    assert_eq!(text, "line 10: entries[1] \"first\" id: is also the id of entries[0]; each id stands once");
}

#[test]
fn a_follow_up_that_leads_nowhere_is_named() {
    let text = problems(&file("    follow_ups: [second]\n"));
    assert_eq!(text, "line 7: entries[0] \"first\" follow_ups[0]: \"second\" is the id of no entry");
}

#[test]
fn the_same_question_in_two_entries_is_refused() {
    let text = problems(&file("  - id: second\n    questions: [\"Three, FOUR?\", seven]\n    answer: b\n"));
    assert!(text.contains("\"second\" questions[0]") && text.contains("question of entry \"first\""), "{text}");
}

#[test]
fn an_entry_needs_an_answer_or_a_handover() {
    let text = problems(&file("  - id: second\n    questions: [five, seven]\n"));
    assert!(text.contains("\"second\" answer: is missing"), "{text}");
    let handing_over = file("  - id: second\n    questions: [five, seven]\n    hand_over: { reason: r }\n");
    assert!(KnowledgeBase::parse(&handing_over).is_ok());
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let yaml = file("  - id: second\n    questions: [five]\n    answer: ' '\n    follow_ups: [nowhere]\n");
    let text = problems(&yaml);
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn sizes_beyond_the_limits_are_refused() {
    let long = "x".repeat(super::knowledge::MAX_ANSWER_CHARS + 1);
    let text = problems(&file(&format!("  - id: second\n    questions: [five, six]\n    answer: {long}\n")));
    assert!(text.contains("\"second\" answer: is longer than"), "{text}");
    let huge = " ".repeat(super::knowledge::MAX_FILE_BYTES + 1);
    assert!(matches!(KnowledgeBase::parse(&huge), Err(Error::TooLarge { .. })));
}

#[test]
fn the_committed_schema_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schemas/knowledge.schema.json");
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(KnowledgeBase)).expect("a schema is JSON") + "\n";
    if std::env::var_os("BATON_BLESS").is_some() {
        std::fs::write(path, &schema).expect("the schema can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, schema, "run this test with BATON_BLESS=1 and commit {path}");
}

#[test]
fn where_is_my_parcel_is_answered_with_confidence() {
    let turn = fernweh().answer("Where is my parcel?", &TurnContext::default());
    let Turn::Answer { entry_id, confidence_millionths, quick_replies, intent, .. } = turn else {
        panic!("no answer: {turn:?}");
    };
    assert_eq!((entry_id.as_str(), intent.as_str()), ("parcel", "parcel"));
    assert!(confidence_millionths > 850_000, "{confidence_millionths}");
    assert_eq!(quick_replies.len(), 2);
}

#[test]
fn the_demo_answers_questions_that_its_file_does_not_have() {
    let asked = [
        ("wheres my package", "parcel"),
        ("my order still hasn't arrived", "parcel"),
        ("track order 9120", "parcel"),
        ("how do i send the boots back", "returns"),
        ("when do i get my money back", "refund_time"),
        ("how much does shipping cost to austria", "delivery_cost"),
        ("are you open on saturdays", "opening_hours"),
        ("do you accept paypal", "payment"),
        ("my tent pole broke", "tent_repair"),
        ("how should i wash my gore-tex jacket", "rain_jacket_care"),
        ("my discount code isn't working", "vouchers"),
        ("please cancel order 9120", "cancel_order"),
        ("thank you so much", "thanks"),
        ("HELLO!!", "hello"),
    ];
    let bot = fernweh();
    let missed: Vec<_> = asked
        .iter()
        .map(|(text, entry)| (text, entry, bot.answer(text, &TurnContext::default())))
        .filter(|(_, entry, turn)| answered(turn) != Some(entry))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_quick_reply_of_the_demo_leads_to_an_answer() {
    let bot = fernweh();
    for entry in &bot.knowledge().entries {
        for reply in &entry.quick_replies {
            let turn = bot.answer(&reply.value, &after(&entry.id));
            assert!(answered(&turn).is_some(), "{}: {reply:?} -> {turn:?}", entry.id);
        }
    }
}

#[test]
fn damaged_safety_gear_goes_to_a_person() {
    let turn = fernweh().answer("there is a crack in my carabiner", &TurnContext::default());
    let Turn::HandOver { entry_id, reason, destination, text, .. } = turn else {
        panic!("no handover: {turn:?}");
    };
    assert_eq!((entry_id.as_str(), destination.as_deref()), ("safety_gear", Some("safety")));
    assert_eq!(reason, "Safety gear may be damaged");
    assert!(text.is_some_and(|text| text.contains("do not use it")));
}

#[test]
fn what_the_file_does_not_know_is_not_answered() {
    let foreign = [
        "what is the capital of Mongolia",
        "write me a poem about trains",
        "asdf qwer zxcv",
        "how do i bake sourdough bread",
        "who won the match last night",
        "translate good luck into Finnish",
        "my laptop doesn't boot",
        "who are you",
        "no",
        "what's the weather in Oslo",
        "Как испечь хлеб?",
        "今日の天気はどうですか",
        "🙃🙃🙃",
        "",
        "   ?!  ",
    ];
    let bot = fernweh();
    for text in foreign {
        let turn = bot.answer(text, &TurnContext::default());
        assert!(matches!(turn, Turn::Abstain { .. }), "{text:?} -> {turn:?}");
    }
}

#[test]
fn a_few_words_are_understood_as_a_follow_up() {
    let bot = fernweh();
    let words = "and how long does that take?";
    assert_eq!(answered(&bot.answer(words, &after("returns"))), Some("refund_time"));
    assert_ne!(answered(&bot.answer(words, &TurnContext::default())), Some("refund_time"));
}

#[test]
fn context_does_not_turn_nonsense_into_an_answer() {
    let bot = fernweh();
    for text in ["blorp", "??", "purple elephants", "🙃"] {
        let turn = bot.answer(text, &after("returns"));
        assert!(matches!(turn, Turn::Abstain { .. }), "{text:?} -> {turn:?}");
    }
}

#[test]
fn a_context_that_names_no_entry_is_ignored() {
    let bot = fernweh();
    let plain = bot.answer("where is my parcel", &TurnContext::default());
    assert_eq!(bot.answer("where is my parcel", &after("no such entry")), plain);
}

#[test]
fn a_good_file_replaces_the_old_one_at_once() {
    let bot = fernweh();
    bot.reload(&file("")).expect("a good file");
    assert_eq!(bot.knowledge().name, "n");
    assert_eq!(answered(&bot.answer("damaged rope", &TurnContext::default())), None);
}

#[test]
fn a_bad_file_keeps_the_old_one() {
    let bot = fernweh();
    let before = bot.answer("Where is my parcel?", &TurnContext::default());
    assert!(bot.reload("entries: [").is_err());
    assert!(bot.reload(&file("    follow_ups: [nowhere]\n")).is_err());
    assert_eq!(bot.knowledge().name, "Fernweh Outdoors");
    assert_eq!(bot.answer("Where is my parcel?", &TurnContext::default()), before);
}

#[test]
fn the_same_file_and_text_give_the_same_turn() {
    let (one, two) = (fernweh(), fernweh());
    for text in ["Where is my parcel?", "refund", "sizes for kids", "my rope", "bread"] {
        assert_eq!(one.answer(text, &TurnContext::default()), two.answer(text, &TurnContext::default()));
    }
}

#[test]
fn a_higher_threshold_answers_less() {
    let bot = fernweh().with_threshold(1_000_000);
    assert!(
        matches!(bot.answer("Where is my parcel?", &TurnContext::default()), Turn::Abstain { best: Some(best), .. } if best == "parcel")
    );
}

#[test]
fn scripts_without_spaces_are_understood() {
    let yaml = "version: 1\nname: n\nlanguage: ja\ngreeting: g\nfallback: f\nentries:\n  - id: parcel\n    questions: [荷物はどこですか, 荷物が届きません, 注文の配送状況を知りたい]\n    answer: a\n  - id: returns\n    questions: [返品したいです, 返品の方法を教えてください, 商品を送り返したい]\n    answer: b\n";
    let bot = BuiltinBot::new(yaml).expect("a valid file").with_threshold(300_000);
    assert_eq!(answered(&bot.answer("荷物はどこ", &TurnContext::default())), Some("parcel"));
}

#[test]
fn an_entry_built_by_hand_without_words_is_never_chosen_to_speak() {
    let mut base = KnowledgeBase::parse(FERNWEH).expect("valid");
    base.entries.iter_mut().for_each(|entry| (entry.answer, entry.hand_over) = (None, None));
    let turn = BuiltinBot::of(base).answer("Where is my parcel?", &TurnContext::default());
    assert!(matches!(turn, Turn::Abstain { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_bot_panic(text in "(\\PC|[\\x00-\\x1f\u{200d}\u{fe0f}🙂👩‍🚒\u{0301}]){0,200}", last in "[a-z_]{0,12}") {
        let turn = shared().answer(&text, &after(&last));
        let (Turn::Answer { confidence_millionths, .. }
        | Turn::Abstain { confidence_millionths, .. }
        | Turn::HandOver { confidence_millionths, .. }) = turn;
        prop_assert!(confidence_millionths <= 1_000_000);
    }

    #[test]
    fn no_file_makes_the_parser_panic(text in "\\PC{0,400}") {
        let _ = KnowledgeBase::parse(&text);
        let _ = KnowledgeBase::parse(&file(&text));
    }
}

#[test]
fn a_message_of_20_000_characters_is_read_at_its_beginning() {
    for piece in ["a", "parcel ", "🙂", "\u{0301}", "\u{0}", "荷"] {
        let text: String = piece.chars().cycle().take(20_000).collect();
        let _ = shared().answer(&text, &TurnContext::default());
    }
}

fn shared() -> &'static BuiltinBot {
    static BOT: std::sync::OnceLock<BuiltinBot> = std::sync::OnceLock::new();
    BOT.get_or_init(fernweh)
}

#[test]
fn the_file_in_the_documentation_is_one_that_the_bot_takes() {
    let page = include_str!("../../../../../docs/bots-builtin.md");
    let yaml = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let bot = BuiltinBot::new(yaml).expect("a valid file");
    assert_eq!(answered(&bot.answer("I need a return label", &TurnContext::default())), Some("returns"));
}

#[test]
fn the_answers_of_the_replay_need_only_questions() {
    let mut base: KnowledgeBase = serde_yaml_ng::from_str(include_str!("../../../../../knowledge/bitext-topics.yaml"))
        .expect("the form is right");
    assert_eq!(base.entries.len(), 25);
    for entry in &mut base.entries {
        entry.questions = vec![format!("{} please", entry.id), format!("about {}", entry.id)];
    }
    let filled = serde_yaml_ng::to_string(&base).expect("a knowledge base is YAML");
    assert_eq!(KnowledgeBase::parse(&filled), Ok(base));
}
