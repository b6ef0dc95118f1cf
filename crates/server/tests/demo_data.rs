//! The demo data, against a real hub: there at first sight, apart from the figures, gone when they are removed.
#![allow(clippy::disallowed_methods, reason = "tests talk to a hub of their own on this machine")]

mod common;

use common::{Customer, Hub};
use reqwest::Method;
use serde_json::Value;

async fn list(hub: &Hub, list: &str) -> Vec<Value> {
    let page = hub.admin(Method::GET, &format!("conversations?list={list}"), None).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn the_demo_data_fill_every_list_stand_apart_from_the_figures_and_go_for_good() {
    let mut hub = Hub::with(&["--demo-data"]);
    let demo = hub.admin(Method::GET, "demo", None).await.expect(200);
    assert_eq!(demo, serde_json::json!({"present": true, "conversations": 8}));
    let all = list(&hub, "all").await;
    assert_eq!((all.len(), list(&hub, "closed").await.len()), (7, 1));
    assert!(all.iter().all(|row| row["demo"] == true && row["inbox"]["name"] == "Demo shop"));
    let of = |name: &str| all.iter().find(|row| row["customer"]["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let maya = of("Maya Lindqvist");
    assert_eq!((maya["holder"]["kind"].as_str(), maya["place"].as_u64()), (Some("queue"), Some(2)));
    assert_eq!(of("Hélène Garnier")["offer"]["to"]["name"], "Ana (demo)");
    assert_eq!(
        (of("Priya Nair")["holder"]["kind"].as_str(), of("Priya Nair")["state"].as_str()),
        (Some("bot"), Some("open"))
    );
    assert_eq!(of("Oluwaseun Adeyemi")["handover"]["trigger"], "bot_failed");
    assert_eq!(
        (of("Zofia Wiśniewska")["language"].as_str(), of("Zofia Wiśniewska")["holder"]["name"].as_str()),
        (Some("pl"), Some("Ben (demo)"))
    );
    assert!(of("Jonas Weber")["later"]["due"].is_i64());
    assert!(of("Ruth Abernathy")["seq"].as_u64().is_some_and(|seq| seq > 5_000));
    let closed = &list(&hub, "closed").await[0];
    assert_eq!(closed["rating"]["bot"], 2);
    let reports = hub.admin(Method::GET, "reports?state=all", None).await.expect(200);
    assert_eq!(reports["items"].as_array().map(Vec::len), Some(1), "{reports}");
    // The middle of the long one opens, texts and all.
    let long = of("Ruth Abernathy")["id"].as_str().expect("an id").to_owned();
    let page =
        hub.admin(Method::GET, &format!("conversations/{long}/events?after=2500&limit=10"), None).await.expect(200);
    assert!(page["events"][0]["plain"].as_str().is_some_and(|text| !text.is_empty()), "{page}");

    let board = hub.admin(Method::GET, "board", None).await.expect(200);
    assert_eq!((board["waiting"]["count"].as_u64(), board["handovers"]["asked"].as_u64()), (Some(0), Some(0)));
    assert_eq!(board["agents"], serde_json::json!([]));

    // A restart changes nothing and seeds nothing twice.
    let before: Vec<_> = all.iter().map(|row| (row["id"].clone(), row["seq"].clone())).collect();
    hub.kill();
    hub.restart();
    let after: Vec<_> = list(&hub, "all").await.iter().map(|row| (row["id"].clone(), row["seq"].clone())).collect();
    assert_eq!(before, after);

    let kim = hub.agent("Kim", "agent", 4).await;
    let mut desk = kim.stream(None).await;
    let rows = |frame: &Value| frame["snapshot"].as_array().map_or(0, Vec::len);
    desk.until("welcome", |frame| rows(frame) > 0).await;
    hub.admin(Method::DELETE, "demo", None).await.expect(204);
    // An open screen is told everything anew.
    desk.until("welcome", |frame| rows(frame) == 0).await;
    hub.admin(Method::DELETE, "demo", None).await.expect(204);
    assert!(list(&hub, "all").await.is_empty() && list(&hub, "closed").await.is_empty());
    let detail = hub.admin(Method::GET, &format!("conversations/{long}"), None).await;
    assert_eq!(detail.status, 404, "{}", detail.body);
    let demo = hub.admin(Method::GET, "demo", None).await.expect(200);
    assert_eq!(demo, serde_json::json!({"present": false, "conversations": 0}));
    let directory = hub.admin(Method::GET, "directory", None).await.expect(200);
    assert!(!directory.to_string().contains("Demo shop") && !directory.to_string().contains("(demo)"), "{directory}");
    // What is one's own stays, and the data do not come back.
    let mut customer = Customer::start(&hub, "Robin").await;
    customer.say("hello").await;
    hub.kill();
    hub.restart();
    assert_eq!(list(&hub, "all").await.len(), 1);
}

#[tokio::test]
async fn a_demo_chat_rings_for_nobody_and_can_be_picked_by_hand() {
    let hub = Hub::with(&["--demo-data"]);
    let kim = hub.agent("Kim", "agent", 4).await;
    let mut desk = kim.at_desk().await;
    // Whoever is at the desk is offered what is real, and only that.
    let real = Customer::waiting(&hub, "Robin").await;
    let row = desk.offer(&real.conversation).await;
    assert_eq!(row["offer"]["to"]["name"], "Kim");
    let waiting = list(&hub, "waiting").await;
    let of =
        |name: &str| waiting.iter().find(|row| row["customer"]["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(of("Maya Lindqvist")["offer"], Value::Null);
    let maya = of("Maya Lindqvist")["id"].as_str().expect("an id").to_owned();
    let picked = kim.act(&maya, "pick", serde_json::json!({})).await.expect(200);
    assert_eq!((picked["holder"]["name"].as_str(), picked["demo"].as_bool()), (Some("Kim"), Some(true)));
    kim.act(&maya, "close", serde_json::json!({})).await.expect(200);
    let board = hub.admin(Method::GET, "board", None).await.expect(200);
    assert_eq!(board["waiting"]["count"], 1, "the real one alone");
}

#[tokio::test]
async fn who_holds_a_demo_chat_when_the_demo_goes_has_the_seat_back() {
    let hub = Hub::with(&["--demo-data"]);
    let kim = hub.agent("Kim", "agent", 4).await;
    let waiting = list(&hub, "waiting").await;
    let maya = waiting.iter().find(|row| row["customer"]["name"] == "Maya Lindqvist").expect("Maya");
    kim.act(maya["id"].as_str().expect("an id"), "pick", serde_json::json!({})).await.expect(200);
    let load = async || {
        let directory = kim.get("directory").await;
        let agents = directory["agents"].as_array().expect("agents").clone();
        agents.iter().find(|one| one["id"] == kim.id).expect("listed")["load"].clone()
    };
    assert_eq!(load().await, 1);
    hub.admin(Method::DELETE, "demo", None).await.expect(204);
    assert_eq!(load().await, 0);
}

#[tokio::test]
async fn a_demo_inbox_with_a_chat_of_ones_own_stays_as_an_ordinary_one() {
    let hub = Hub::with(&["--demo-data"]);
    let shown = hub.call(Method::GET, "/chat/v1/inboxes/demo-shop", &[], None).await.expect(200);
    assert_eq!(shown["widget"]["demo"], true);
    let body = serde_json::json!({"inbox": "demo-shop", "client": common::fresh_id(), "name": "Robin"}).to_string();
    let own = hub.call(Method::POST, "/chat/v1/conversations", &[], Some(&body)).await.expect(201);
    hub.admin(Method::DELETE, "demo", None).await.expect(204);
    let left = list(&hub, "all").await;
    assert_eq!((left.len(), &left[0]["id"], left[0]["demo"].as_bool()), (1, &own["conversation"], Some(false)));
    let shown = hub.call(Method::GET, "/chat/v1/inboxes/demo-shop", &[], None).await.expect(200);
    assert_eq!(shown["widget"]["demo"], false);
    // Changed or not, what is left of it is marked no more.
    for sort in ["queues", "inboxes", "agents", "bots"] {
        let all = hub.admin(Method::GET, sort, None).await.expect(200);
        assert!(all["items"].as_array().expect("items").iter().all(|item| item["demo"] == false), "{all}");
    }
    // Whoever has only an agent's rank removes nothing.
    let key = serde_json::json!({"name": "desk", "rank": "agent"});
    let key = hub.admin(Method::POST, "keys", Some(key)).await.expect(201)["key"].as_str().expect("a key").to_owned();
    let bearer = format!("Bearer {key}");
    hub.call(Method::DELETE, "/api/v1/demo", &[("authorization", &bearer)], None).await.problem(403, "not_allowed");
}
