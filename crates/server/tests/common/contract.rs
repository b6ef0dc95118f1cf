//! The committed OpenAPI document is true: every request, answer and frame that a test sees is checked against it.
//! Strictly: where the document names members, there are no others.

use jsonschema::{Resource, Validator};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The document as it is committed.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("docs/openapi.json is JSON")
});

/// The document as it is checked against.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = DOCUMENT.clone();
    close(&mut document);
    document
});

/// Where members are named, there are no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            let names_members = members.get("properties").is_some_and(Value::is_object) && members.contains_key("type");
            if names_members && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn validator(pointer: &str) -> Arc<Validator> {
    static KEPT: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let made = kept.entry(pointer.to_owned()).or_insert_with(|| {
        let resource = Resource::from_contents(STRICT.clone()).expect("a resource");
        let address = format!("urn:baton#{}", pointer.replace('{', "%7B").replace('}', "%7D"));
        let schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": address});
        let options = jsonschema::options().with_resource("urn:baton", resource).should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap_or_else(|error| panic!("{pointer}: {error}")))
    });
    made.clone()
}

#[track_caller]
fn check(what: &str, pointer: &str, value: &Value) {
    let wrong: Vec<String> =
        validator(pointer).iter_errors(value).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(
        wrong.is_empty(),
        "docs/openapi.json says otherwise: {what}\n  {}\n  {value}",
        wrong.iter().map(|line| line.chars().take(600).collect::<String>()).collect::<Vec<_>>().join("\n  "),
    );
}

fn escaped(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// The documented path that this one is an instance of: the one with the fewest parameters.
pub fn template(path: &str) -> Option<&'static str> {
    let asked: Vec<&str> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fits = |template: &&String| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, given)| part.starts_with('{') || part == given)
    };
    paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).map(String::as_str)
}

/// One request and its answer.
pub struct Exchange<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path and query.
    pub address: &'a str,
    /// What was sent, if it is text.
    pub request: Option<&'a str>,
    /// What came.
    pub status: u16,
    /// Content type of what came.
    pub kind: &'a str,
    /// What came.
    pub answer: &'a [u8],
}

impl Exchange<'_> {
    /// Fails unless the document tells of this.
    #[track_caller]
    pub fn check(&self) {
        let (path, query) = self.address.split_once('?').unwrap_or((self.address, ""));
        if !(path.starts_with("/api/v1/") || path.starts_with("/chat/v1/")) || *self.method == Method::OPTIONS {
            return;
        }
        let (method, status) = (self.method.as_str().to_lowercase(), self.status);
        let what = format!("{} {path} → {status}", self.method);
        let json: Value = serde_json::from_slice(self.answer).unwrap_or_default();
        let Some(template) = template(path) else {
            assert_eq!(json["code"], "route_not_found", "no path in docs/openapi.json: {what}");
            return check(&what, "/components/schemas/Problem", &json);
        };
        let at = format!("/paths/{}/{method}", escaped(template));
        let Some(operation) = DOCUMENT.pointer(&at) else {
            assert_eq!(json["code"], "method_not_allowed", "no operation in docs/openapi.json: {what}");
            return check(&what, "/components/schemas/Problem", &json);
        };
        let Some(response) = operation["responses"].get(status.to_string()) else {
            panic!("no such status in docs/openapi.json: {what} {json}");
        };
        let (response, at_response) = match response["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.trim_start_matches('#').to_owned();
                (DOCUMENT.pointer(&pointer).expect("a response"), pointer)
            }
            None => (response, format!("{at}/responses/{status}")),
        };
        let kind = self.kind.split(';').next().unwrap_or_default().trim();
        match response.get("content").and_then(Value::as_object) {
            None => assert!(self.answer.is_empty(), "docs/openapi.json tells of no body: {what} {json}"),
            Some(content) if content.contains_key(kind) => {
                if kind.ends_with("json") {
                    check(&what, &format!("{at_response}/content/{}/schema", escaped(kind)), &json);
                }
            }
            Some(content) => {
                assert!(content.contains_key("*/*"), "no content type {kind} in docs/openapi.json: {what}")
            }
        }
        if status < 300 {
            self.check_request(&what, &at, operation, query);
        }
    }

    /// What was taken is what the document says can be sent.
    #[track_caller]
    fn check_request(&self, what: &str, at: &str, operation: &Value, query: &str) {
        let sent = self.request.filter(|text| !text.is_empty());
        let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
        match (content, sent) {
            (Some(content), _) if !content.contains_key("application/json") => {}
            (Some(_), Some(text)) => {
                let body: Value = serde_json::from_str(text).expect("a taken body is JSON");
                check(what, &format!("{at}/requestBody/content/application~1json/schema"), &body);
            }
            (Some(_), None) => {
                assert_ne!(operation["requestBody"]["required"], true, "taken without its body: {what}");
            }
            (None, Some(_)) => panic!("docs/openapi.json tells of no request body: {what}"),
            (None, None) => {}
        }
        for name in query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()) {
            let known = operation["parameters"].as_array().into_iter().flatten().any(|parameter| {
                let parameter = match parameter["$ref"].as_str() {
                    Some(reference) => &DOCUMENT.pointer(&reference[1..]).expect("a parameter").clone(),
                    None => parameter,
                };
                parameter["in"] == "query" && parameter["name"] == name
            });
            assert!(known, "no query parameter {name} in docs/openapi.json: {what}");
        }
    }
}

/// A frame of the hub is one that the document tells of.
#[track_caller]
pub fn check_frame(path: &str, side: &str, frame: &Value) {
    let path = path.split('?').next().unwrap_or(path);
    let Some(schema) = DOCUMENT["x-frames"][path][side]["$ref"].as_str() else { return };
    let what = format!("a frame of {path}: {}", frame["type"]);
    // The branch of its type says more than that none fits.
    let branches = DOCUMENT.pointer(&schema[1..]).and_then(|all| all["oneOf"].as_array()).expect("frames");
    let branch = branches.iter().position(|one| one.pointer("/properties/type/const") == frame.get("type"));
    let branch = branch.unwrap_or_else(|| panic!("docs/openapi.json does not know {what}"));
    check(&what, &format!("{}/oneOf/{branch}", &schema[1..]), frame);
}
