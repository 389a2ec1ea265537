//! Objects of Graph as bodies of resources, and back.
//!
//! A body has the id, the tags as names with values, and everything else among
//! its properties. Graph's tags are a list of texts without spaces: `name=value`
//! each, with spaces written as `%20`; one without a value is a name alone.
//! Source: Microsoft Learn, "Understand the app manifest", on `tags`.

use tenon_model::{Map, Value};

use super::address::{Application, Set, Target};

/// The tag of a service principal that says whose it is, for those who know
/// its application by name.
const OF: &str = "tenon-application";

/// The members of an application that are objects of their own.
const CREDENTIALS: &str = "federatedIdentityCredentials";

/// The object of a target as the body of a resource.
pub(super) fn shown(target: &Target, object: Value) -> Value {
    let mut properties = match object {
        Value::Map(map) => map,
        _ => Map::new(),
    };
    properties.retain(|name, _| !name.starts_with('@'));
    let tags = properties.remove("tags");
    if let Some(Value::List(own)) = properties.get_mut(CREDENTIALS) {
        let above = target.id();
        for one in own {
            let name = one.member("name").and_then(Value::as_text);
            let id = format!("{above}/{CREDENTIALS}/{}", name.unwrap_or_default());
            *one = resource(&id, std::mem::take(one), None);
        }
    }
    resource(&target.id(), Value::Map(properties), tags.as_ref())
}

/// One object of a list; none that nobody here could name.
pub(super) fn listed(target: &Target, object: Value) -> Option<Value> {
    let Target::Set(tenant, set) = target else {
        return Some(shown(target, object));
    };
    let text = |name: &str| Some(object.member(name)?.as_text()?.to_owned());
    let own = match set {
        Set::Applications => Target::Application(Application {
            tenant: tenant.clone(),
            unique_name: text("uniqueName").filter(|name| !name.is_empty())?,
        }),
        Set::Principals => match named(&object) {
            Some(of) => Target::PrincipalOf(tenant.clone(), of),
            None => Target::Principal(tenant.clone(), text("appId")?),
        },
    };
    Some(shown(&own, object))
}

/// The application that a service principal says it belongs to.
fn named(object: &Value) -> Option<Application> {
    let tags = object.member("tags")?.as_list()?.iter();
    let mut own = tags.filter_map(|tag| {
        let (name, value) = tag.as_text()?.split_once('=')?;
        (name == OF).then_some(value)
    });
    Application::read_dotted(&decoded(own.next()?))
}

fn resource(id: &str, properties: Value, tags: Option<&Value>) -> Value {
    let mut body = Map::from([
        ("id", Value::text(id)),
        ("name", Value::text(id.rsplit('/').next().unwrap_or(id))),
    ]);
    if let Some(tags) = tags.and_then(Value::as_list) {
        let mut map = Map::new();
        for tag in tags.iter().filter_map(Value::as_text) {
            let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
            if name != OF {
                map.insert(decoded(name), Value::Text(decoded(value)));
            }
        }
        body.insert("tags", Value::Map(map));
    }
    let mut properties = properties;
    if let Some(map) = properties.as_map_mut() {
        map.remove("tags");
    }
    body.insert("properties", properties);
    Value::Map(body)
}

/// The object that a body of a resource asks for.
pub(super) fn sent(target: &Target, body: Option<&Value>) -> Value {
    let properties = body.and_then(|body| body.member("properties"));
    let mut object = match properties {
        Some(Value::Map(map)) => map.clone(),
        _ => Map::new(),
    };
    object.remove(CREDENTIALS);
    let tags = body.and_then(|body| body.member("tags")?.as_map());
    if let Some(tags) = tags {
        let mut list: Vec<Value> = tags
            .iter()
            .map(|(name, value)| Value::Text(tag(name, &value.to_plain_text())))
            .collect();
        if let Some(of) = target.application_of_principal() {
            list.push(Value::Text(tag(OF, &of.dotted())));
        }
        object.insert("tags", Value::List(list));
    }
    Value::Map(object)
}

/// Whether an object shows everything that was sent to it.
pub(super) fn shows(sent: &Value, live: Option<&Value>) -> bool {
    let Some(live) = live else {
        return sent.is_null();
    };
    match (sent, live) {
        (Value::Map(sent), Value::Map(live)) => sent
            .iter()
            .all(|(name, value)| shows(value, live.get(name))),
        // What is a set to Graph comes back in any order.
        (Value::List(sent), Value::List(live)) => {
            sent.len() == live.len() && sent.iter().all(|one| live.contains(one))
        }
        (Value::Text(sent), Value::Text(live)) => sent.eq_ignore_ascii_case(live),
        (sent, live) => sent == live,
    }
}

fn tag(name: &str, value: &str) -> String {
    if value.is_empty() {
        encoded(name)
    } else {
        format!("{}={}", encoded(name), encoded(value))
    }
}

fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace(' ', "%20")
}

fn decoded(text: &str) -> String {
    text.replace("%20", " ").replace("%25", "%")
}
