//! Each refusal has its page.

use baton_core::content;
use baton_core::refusal::Refusal;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn all() -> Vec<Refusal> {
    use Refusal::*;
    vec![
        NotFound,
        NotAllowed,
        NotVoice,
        NotHolder,
        Closed,
        Open,
        CounterGap { expected: 3 },
        TooManyClients,
        Content(content::Error::Empty),
        Content(content::Error::TooLong),
        Content(content::Error::TooManyParts),
        Field("note"),
        OfferGone,
        Taken,
        NoCapacity,
        NotAvailable,
        UnknownDestination,
        BouncesExhausted,
        NoBot,
        NotWaiting,
        NoMessages,
        NoWayToAnswer,
        NothingToRate,
        BadMark,
        TooManyAsks,
        TooManyGuests,
        DraftGone,
        TooLate,
        Blocked,
        UnknownTag,
        NotABotMessage,
        AlreadyReported,
        TooManyReports,
        UnknownReport,
        AlreadyJudged,
        FileNotFound,
        FormNotFound,
        FilesFull,
        Erased,
        Exists,
    ]
}

fn page(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors").join(format!("{name}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_code_has_a_page_that_names_its_status_and_says_what_to_do() {
    let refusals = all();
    let codes: BTreeSet<&str> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(codes, Refusal::CODES.iter().copied().collect(), "every code stands in `CODES`, once");
    let index = page("README");
    for refusal in refusals {
        let (code, status) = (refusal.code(), refusal.status());
        let text = page(code);
        assert!(text.contains(&format!("`{code}` · HTTP {status}\n")), "{code}");
        assert!(text.contains("**What to do:**"), "{code}");
        assert!(index.contains(&format!("| [`{code}`]({code}.md) | {status} |")), "the index lacks {code}");
    }
}
