//! What a team sets for its own work.

mod common;

use common::Hub;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn supervisors_set_tags_that_everybody_reads() {
    let hub = Hub::start();
    let (lead, kim) = (hub.agent("Lea", "supervisor", 4).await, hub.agent("Kim", "agent", 4).await);
    let made = lead.call(Method::POST, "tags", Some(json!({"name": " Refund "}))).await.expect(201);
    assert_eq!(made["name"], "Refund");
    kim.call(Method::POST, "tags", Some(json!({"name": "Mine"}))).await.problem(403, "not_allowed");
    let twice = lead.call(Method::POST, "tags", Some(json!({"name": "refund"}))).await.problem(422, "object_invalid");
    assert!(twice["detail"].as_str().is_some_and(|detail| detail.starts_with("name:")), "{twice}");
    lead.call(Method::POST, "tags", Some(json!({"name": "two\nlines"}))).await.problem(422, "object_invalid");
    let one = format!("tags/{}", made["id"].as_str().expect("an id"));
    let renamed = lead.call(Method::PUT, &one, Some(json!({"name": "Refunds"}))).await.expect(200);
    assert_eq!((&renamed["id"], &renamed["version"]), (&made["id"], &json!(2)));
    assert_eq!(kim.get("tags").await["items"], json!([renamed]));
    assert_eq!(kim.get("directory").await["tags"], json!([{"id": made["id"], "name": "Refunds"}]));
    lead.call(Method::DELETE, &one, None).await.expect(204);
    lead.call(Method::DELETE, &one, None).await.problem(404, "object_not_found");
    assert_eq!(kim.get("tags").await["items"], json!([]));
}

#[tokio::test]
async fn a_personal_reply_is_its_agents_own_and_a_shared_one_the_supervisors() {
    let hub = Hub::start();
    let lead = hub.agent("Lea", "supervisor", 4).await;
    let (kim, ben) = (hub.agent("Kim", "agent", 4).await, hub.agent("Ben", "agent", 4).await);
    let reply = |shortcut: &str, personal: bool| json!({"shortcut": shortcut, "title": "How to return", "text": "Send it back within **30 days**.", "personal": personal});
    let shared = lead.call(Method::POST, "replies", Some(reply("/returns", false))).await.expect(201);
    assert_eq!((&shared["shortcut"], &shared["personal"]), (&json!("returns"), &json!(false)));
    kim.call(Method::POST, "replies", Some(reply("mine", false))).await.problem(403, "not_allowed");
    let own = kim.call(Method::POST, "replies", Some(reply("returns", true))).await.expect(201);
    let both = kim.get("replies").await;
    assert_eq!(both["items"].as_array().map(Vec::len), Some(2), "{both}");
    assert_eq!(kim.get("directory").await["replies"], both["items"]);
    assert_eq!(ben.get("replies").await["items"], json!([shared]));
    assert_eq!(lead.get("replies").await["items"], json!([shared]));

    let one = format!("replies/{}", own["id"].as_str().expect("an id"));
    ben.call(Method::PUT, &one, Some(reply("theirs", true))).await.problem(404, "object_not_found");
    lead.call(Method::DELETE, &one, None).await.problem(404, "object_not_found");
    // Making it everybody's is not its agent's to do.
    kim.call(Method::PUT, &one, Some(reply("returns", false))).await.problem(403, "not_allowed");
    let changed = kim.call(Method::PUT, &one, Some(reply("back", true))).await.expect(200);
    assert_eq!((&changed["shortcut"], &changed["version"]), (&json!("back"), &json!(2)));
    kim.call(Method::DELETE, &one, None).await.expect(204);
    assert_eq!(kim.get("replies").await["items"], json!([shared]));
    for (bad, place) in [
        (json!({"shortcut": "two words", "title": "x", "text": "x"}), "shortcut"),
        (json!({"shortcut": "x", "title": "", "text": "x"}), "title"),
        (json!({"shortcut": "x", "title": "x", "text": " "}), "text"),
        (json!({"shortcut": "x", "title": "x", "text": "x", "language": "German"}), "language"),
        (json!({"shortcut": "x", "title": "x", "text": "x", "queue": common::fresh_id()}), "queue"),
        (json!({"shortcut": "Returns", "title": "x", "text": "x"}), "shortcut"),
    ] {
        let problem = lead.call(Method::POST, "replies", Some(bad)).await.problem(422, "object_invalid");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.starts_with(place)), "{problem}");
    }
}

#[tokio::test]
async fn desk_settings_and_saved_replies_outlive_a_restart() {
    let mut hub = Hub::start();
    let (mut lead, mut kim) = (hub.agent("Lea", "supervisor", 4).await, hub.agent("Kim", "agent", 4).await);
    assert_eq!(kim.get("desk-settings").await, json!({"dispositions": [], "hold_seconds": 5}));
    let wanted = json!({"dispositions": ["Answered", "Refund"], "hold_seconds": 10});
    kim.call(Method::PUT, "desk-settings", Some(wanted.clone())).await.problem(403, "not_allowed");
    for bad in [
        json!({"dispositions": [], "hold_seconds": 31}),
        json!({"dispositions": ["Refund", "refund"], "hold_seconds": 5}),
        json!({"dispositions": [""], "hold_seconds": 5}),
    ] {
        lead.call(Method::PUT, "desk-settings", Some(bad)).await.problem(422, "object_invalid");
    }
    lead.call(Method::PUT, "desk-settings", Some(wanted.clone())).await.expect(200);
    let body = json!({"shortcut": "hi", "title": "Hello", "text": "Hello, this is Kim.", "personal": true});
    let own = kim.call(Method::POST, "replies", Some(body)).await.expect(201);
    hub.kill();
    hub.restart();
    lead.moved_to(&hub);
    kim.moved_to(&hub);
    assert_eq!(lead.get("desk-settings").await, wanted);
    let directory = kim.get("directory").await;
    assert_eq!((&directory["dispositions"], &directory["replies"]), (&wanted["dispositions"], &json!([own])));
}

#[tokio::test]
async fn preferences_are_kept_whole_and_sealed_for_each_agent() {
    let hub = Hub::start();
    let (kim, ben) = (hub.agent("Kim", "agent", 4).await, hub.agent("Ben", "agent", 4).await);
    assert_eq!(kim.get("me/preferences").await, json!({}));
    let mine = json!({"keys": {"reply": "mod+enter"}, "sounds": {"offer": false}, "tour_done": true, "colour": "a-word-of-mine"});
    assert_eq!(kim.call(Method::PUT, "me/preferences", Some(mine.clone())).await.expect(200), mine);
    assert_eq!(kim.get("me/preferences").await, mine);
    assert_eq!(ben.get("me/preferences").await, json!({}));
    let large = json!({"colour": "x".repeat(17_000)});
    kim.call(Method::PUT, "me/preferences", Some(large)).await.problem(422, "object_invalid");
    kim.call(Method::PUT, "me/preferences", Some(json!([]))).await.problem(400, "malformed");
    assert_eq!(kim.get("me/preferences").await, mine);
    hub.admin(Method::GET, "me/preferences", None).await.problem(403, "not_allowed");
    for file in std::fs::read_dir(hub.data()).expect("a folder").flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).expect("a file");
        let found = bytes.windows(14).any(|window| window == b"a-word-of-mine");
        assert!(!found, "in the clear in {:?}", file.path());
    }
}

#[tokio::test]
async fn the_document_is_served_as_it_is_committed() {
    let hub = Hub::start();
    let served = hub.call(Method::GET, "/api/v1/openapi.json", &[], None).await.expect(200);
    assert_eq!(served, *common::contract::DOCUMENT);
}
