//! Search: what was said is found by those who ask, and by nothing in the index itself.

use crate::house::{ANA, BEN, House, INBOX, MINUTE, SECOND, as_agent, reader};
use baton_core::command::Command;
use baton_core::event::Fact;
use baton_core::ids::{ConversationId, KeyId};
use baton_engine::search::{Hit, Narrow, Search, Wrong};
use baton_infra::MemoryIndex;
use baton_kit::search::{By, SearchIndex};
use baton_kit::store::Store;
use std::sync::Arc;

struct Library {
    house: House,
    index: Arc<MemoryIndex>,
    search: Arc<Search>,
}

impl Library {
    async fn open() -> Self {
        let house = House::open().await;
        let index = Arc::new(MemoryIndex::default());
        let search = Search::new(house.engine.clone(), index.clone());
        search.run();
        Self { house, index, search }
    }

    /// A conversation in which the customer said this.
    async fn said(&self, words: &str) -> ConversationId {
        let chat = self.house.start().await;
        self.house.write(chat, words).await;
        self.house.pass(SECOND).await;
        chat
    }

    async fn narrowed(&self, question: &str, narrow: &Narrow) -> Vec<(ConversationId, Vec<Hit>)> {
        let asked = self.search.parse(question).unwrap();
        let page = self.search.find(&reader(), &asked, narrow, None, 100).await.unwrap();
        let mut out = Vec::new();
        for found in page.found {
            if let Some(hits) = self.search.hits(&reader(), &asked, narrow, &found).await.unwrap() {
                out.push((found.conversation, hits));
            }
        }
        out
    }

    async fn ask(&self, question: &str) -> Vec<ConversationId> {
        self.narrowed(question, &Narrow::default()).await.into_iter().map(|(chat, _)| chat).collect()
    }
}

fn marked(hit: &Hit) -> String {
    hit.snippet.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
}

#[tokio::test]
async fn berlin_refund_finds_refunds_in_berlin() {
    let library = Library::open().await;
    let chat = library.said("Do you give Refunds at the shop in berlin?").await;
    let other = library.said("Berlin is nice").await;
    let found = library.narrowed("Berlin refund", &Narrow::default()).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, chat);
    assert_eq!(marked(&found[0].1[0]), "Do you give [Refunds] at the shop in [berlin]?");
    assert_eq!(library.ask("BERLIN").await, [other, chat]);
    assert_eq!(library.ask("berlin -nice").await, [chat]);
    assert_eq!(library.ask("\"shop in Berlin\"").await, [chat]);
    assert_eq!(library.ask("\"Berlin shop\"").await, []);
    assert_eq!(library.ask("\"refund\"").await, [], "a phrase is as it was written");
}

#[tokio::test]
async fn words_of_customer_bot_and_agent_meet_and_are_told_apart() {
    let library = Library::open().await;
    let chat = library.house.with_ana().await;
    library.house.write(chat, "I am in Hamburg").await;
    library.house.reply(chat, ANA, "Your voucher is on its way").await;
    library
        .house
        .agent(
            chat,
            ANA,
            Command::Note { text: baton_core::content::Content::text("VIP, be kind").unwrap(), mentions: Vec::new() },
        )
        .await
        .unwrap();
    library.house.pass(SECOND).await;
    assert_eq!(library.ask("hamburg voucher vip kim").await, [chat], "the name counts, too");
    assert_eq!(library.ask("voucher by:agent").await, [chat]);
    assert_eq!(library.ask("voucher by:customer").await, []);
    let by = |by| Narrow { by: Some(by), ..Narrow::default() };
    assert_eq!(library.narrowed("hamburg", &by(By::Customer)).await.len(), 1);
    assert_eq!(library.narrowed("hamburg", &by(By::Bot)).await.len(), 0);
    let held = |agent| Narrow { agent: Some(agent), inboxes: vec![INBOX], ..Narrow::default() };
    assert_eq!(library.narrowed("hamburg", &held(ANA)).await.len(), 1);
    assert_eq!(library.narrowed("hamburg", &held(BEN)).await.len(), 0);
}

#[tokio::test]
async fn wrap_ups_and_texts_of_every_script_are_found() {
    let library = Library::open().await;
    let chat = library.house.with_ana().await;
    let close = Command::Close { disposition: Some("Erstattung".into()), wrap_up: Some("Gutschein verschickt".into()) };
    library.house.agent(chat, ANA, close).await.unwrap();
    library.house.pass(SECOND).await;
    assert_eq!(library.ask("gutschein").await, [chat]);
    for (words, question) in [
        ("返金してください", "返金"),
        ("我的包裹还没有到", "包裹"),
        ("أريد استرداد أموالي", "استرداد"),
        ("Ich möchte mein Geld für die Rückerstattungen", "Rueckerstattung"),
        ("환불해 주세요", "환불"),
        ("B\u{f6}den", "bo\u{308}den"),
    ] {
        let chat = library.said(words).await;
        assert_eq!(library.ask(question).await, [chat], "{question}");
    }
}

#[tokio::test]
async fn a_destroyed_key_means_that_nothing_is_found() {
    let library = Library::open().await;
    let chat = library.said("my secret is safe").await;
    assert_eq!(library.ask("secret").await, [chat]);
    let opened =
        library.house.events(chat).await.into_iter().find(|event| matches!(event.header.fact, Fact::Opened(_)));
    let key: KeyId = opened.unwrap().header.key.unwrap();
    library.house.store.destroy_key(key).await.unwrap();
    // A hub that has not had the key in memory.
    let fresh = Search::new(library.house.beside().await, library.index.clone());
    let asked = fresh.parse("secret").unwrap();
    let page = fresh.find(&reader(), &asked, &Narrow::default(), None, 10).await.unwrap();
    assert_eq!(page.found.len(), 1, "the index does not know");
    assert!(fresh.hits(&reader(), &asked, &Narrow::default(), &page.found[0]).await.unwrap().is_none());
    library.search.forget(chat).await.unwrap();
    assert_eq!(library.search.find(&reader(), &asked, &Narrow::default(), None, 10).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_restart_catches_up_and_a_lost_index_is_built_again() {
    let mut library = Library::open().await;
    let before = library.said("before the crash").await;
    assert_eq!(library.search.behind().await.unwrap(), 0);
    library.house.restart().await;
    let during = library.house.start().await;
    library.house.write(during, "during the crash").await;
    assert!(library.search.behind().await.unwrap() > 0);
    library.search = Search::new(library.house.engine.clone(), library.index.clone());
    library.search.run();
    library.house.pass(SECOND).await;
    assert_eq!(library.search.behind().await.unwrap(), 0);
    assert_eq!(library.ask("crash").await, [during, before]);
    library.index.reset().await.unwrap();
    library.house.pass(10 * SECOND).await;
    assert_eq!(library.ask("crash").await, [during, before]);
}

#[tokio::test]
async fn a_span_of_time_is_that_of_the_words() {
    let library = Library::open().await;
    let start = library.house.clock.now();
    let chat = library.said("early bird").await;
    library.house.pass(MINUTE).await;
    let middle = library.house.clock.now();
    library.house.pass(SECOND).await;
    library.house.write(chat, "late worm").await;
    library.house.pass(SECOND).await;
    let since = |from| Narrow { from: Some(from), ..Narrow::default() };
    assert_eq!(library.narrowed("bird", &since(start)).await.len(), 1);
    assert_eq!(library.narrowed("bird", &since(middle)).await.len(), 0);
    assert_eq!(library.narrowed("worm", &since(middle)).await.len(), 1);
    let until = Narrow { to: Some(middle), ..Narrow::default() };
    assert_eq!(library.narrowed("worm", &until).await.len(), 0);
}

#[tokio::test]
async fn a_word_that_three_conversations_have_is_suggested_and_one_persons_is_not() {
    let library = Library::open().await;
    for _ in 0..3 {
        library.said("the telescope arrived broken").await;
    }
    library.said("Zebulon here, Zebulon again").await;
    let suggested = async |question: &str| {
        let asked = library.search.parse(question).unwrap();
        let found = library.search.suggest(&asked).await.unwrap();
        found.into_iter().map(|suggestion| suggestion.question).collect::<Vec<_>>()
    };
    assert_eq!(suggested("broken telescpoe").await, ["broken telescope"]);
    assert_eq!(suggested("zebulom").await, [] as [&str; 0]);
    assert_eq!(suggested("telescope").await, [] as [&str; 0]);
    // A hub that reads the sealed words of another.
    let again = Search::new(library.house.engine.clone(), library.index.clone());
    let asked = again.parse("telescpoe").unwrap();
    assert_eq!(again.suggest(&asked).await.unwrap()[0].word, "telescope");
    for (_, sealed) in library.index.words().await.unwrap() {
        assert!(!sealed.windows(5).any(|window| window == b"teles"));
        assert_eq!(sealed.len() % 32, 24 + 16 - 32, "its length tells little");
    }
}

#[tokio::test]
async fn a_question_without_words_is_refused_and_hostile_ones_do_no_harm() {
    let library = Library::open().await;
    assert_eq!(library.search.parse("  ").unwrap_err(), Wrong::Empty);
    library.said("plain").await;
    for question in ["\"", "-\"", "tag:", "'; DROP TABLE postings; --x", "\u{202e}nialp", "%", "a:b:c", "\u{0}x", "“„«"]
    {
        if let Ok(asked) = library.search.parse(question) {
            library.search.find(&as_agent(ANA), &asked, &Narrow::default(), None, 10).await.unwrap();
        }
    }
    assert_eq!(library.ask("pl\u{200b}ain").await.len(), 1, "what nobody sees does not count");
}
