//! The part of Microsoft Graph that sign-in needs: applications, service
//! principals, and who they are.
//!
//! It lies below `/graph` of the same host, which is at once the audience of
//! its tokens: the Azure CLI takes one address of the metadata document for
//! both. Everything is written into the world's frame, so that what Graph
//! changes is what the next sign-in sees, while Graph itself shows it a moment
//! later. Users, groups, and granting
//! application permissions are left out. Source: Microsoft Graph REST v1.0.

mod access;
mod applications;
mod credentials;
mod deleted;
pub(crate) mod edit;
mod error;
mod federation;
mod filter;
pub(crate) mod late;
mod list;
mod objects;
mod principals;
mod rules;

use serde_json::Value;

use access::Caller;
use error::GraphError;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::entra::directory::Directory;
use crate::state::State;

/// What every handler works with.
pub(crate) struct Graph<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) call: &'a Call,
    pub(crate) caller: Caller,
    /// What reads would show, where that is not what there is.
    late: Option<Directory>,
}

type Answer = Result<Reply, GraphError>;

/// How a path names one object of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    ObjectId(String),
    /// The alternate key: `servicePrincipals(appId='…')`.
    AppId(String),
    /// The key that clients choose: `applications(uniqueName='…')`.
    UniqueName(String),
}

/// Answers a request to Graph, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    let segments = call.segments();
    let ["graph", version @ ("v1.0" | "beta"), rest @ ..] = segments.as_slice() else {
        return None;
    };
    let caller = match access::admit(state, call) {
        Ok(caller) => caller,
        Err(error) => return Some(error.reply(state, call)),
    };
    let reads = late::is_read(call, rest);
    let late = late::directory(state);
    let before = if reads {
        late::look_back(state)
    } else {
        Some(state.world.applications.clone())
    };
    let mut graph = Graph {
        state,
        call,
        caller,
        late,
    };
    let answered = graph.answer(rest);
    match before {
        Some(now) if reads => late::look_at(state, now),
        Some(before) => late::note(state, before),
        None => {}
    }
    let mut reply = answered.unwrap_or_else(|error| error.reply(state, call));
    name_context(call, version, rest, &mut reply);
    Some(reply)
}

impl Graph<'_> {
    fn answer(&mut self, path: &[&str]) -> Answer {
        let (name, keyed) = path
            .split_first()
            .map_or(("", None), |(first, _)| keyed(first));
        let (key, rest) = match (keyed, path) {
            (Some(key), [_, rest @ ..]) => (Some(key), rest),
            (None, [_, id, rest @ ..]) => (Some(Key::ObjectId((*id).to_owned())), rest),
            _ => (None, &[][..]),
        };
        match (name.to_ascii_lowercase().as_str(), key, rest) {
            ("me", ..) => Err(GraphError::new(
                400,
                "BadRequest",
                "/me request is only valid with delegated authentication flow.",
            )),
            ("organization", None, _) => objects::organization(self),
            ("directoryobjects", Some(Key::ObjectId(word)), [])
                if word.eq_ignore_ascii_case("getByIds")
                    || word.eq_ignore_ascii_case("microsoft.graph.getByIds") =>
            {
                objects::by_ids(self)
            }
            ("directoryobjects", Some(Key::ObjectId(id)), []) => objects::one(self, &id),
            ("serviceprincipals", None, _) => principals::collection(self),
            ("serviceprincipals", Some(key), []) => principals::item(self, &key),
            ("directory", Some(Key::ObjectId(word)), rest)
                if word.eq_ignore_ascii_case("deletedItems") =>
            {
                deleted::answer(self, rest)
            }
            ("applications", None, _) => applications::collection(self),
            ("applications", Some(key), rest) => self.application(&key, rest),
            _ => Err(nowhere(path)),
        }
    }

    fn application(&mut self, key: &Key, rest: &[&str]) -> Answer {
        if !rest.is_empty() && self.call.method != "GET" {
            self.seen_application(key)?;
        }
        if let [credential] = rest
            && let Some(name) = federation::named(credential)
        {
            return federation::item(self, key, &name);
        }
        let words: Vec<String> = rest.iter().map(|word| word.to_ascii_lowercase()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match (words.as_slice(), rest) {
            ([], _) => applications::item(self, key),
            (["addpassword" | "microsoft.graph.addpassword"], _) => credentials::add(self, key),
            (["removepassword" | "microsoft.graph.removepassword"], _) => {
                credentials::remove(self, key)
            }
            (["owners"], _) => applications::owners(self, key),
            (["federatedidentitycredentials"], _) => federation::collection(self, key),
            (["federatedidentitycredentials", _], [_, name]) => {
                let name = federation::Name::Segment((*name).to_owned());
                federation::item(self, key, &name)
            }
            _ => Err(nowhere(rest)),
        }
    }

    /// Reads the body, which has to be an object.
    fn body(&self) -> Result<Value, GraphError> {
        let body = serde_json::from_slice::<Value>(&self.call.body).ok();
        body.filter(Value::is_object).ok_or_else(|| {
            GraphError::bad_request("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
        })
    }

    /// Whether an update may make what is missing.
    fn may_make(&self) -> bool {
        let prefer = self.call.header("prefer").unwrap_or_default();
        let mut wishes = prefer.split(',').map(str::trim);
        wishes.any(|wish| wish.eq_ignore_ascii_case("create-if-missing"))
    }

    fn method_not_allowed<T>(&self) -> Result<T, GraphError> {
        let message = "Specified HTTP method is not allowed for the request target.";
        Err(GraphError::new(405, "Request_BadRequest", message))
    }
}

/// Takes `name(appId='value')` apart, and the same with `uniqueName`.
fn keyed(segment: &str) -> (&str, Option<Key>) {
    let Some((name, rest)) = segment.split_once('(') else {
        return (segment, None);
    };
    let inside = rest.trim_end_matches(')');
    let of = |member: &str, text: &str| {
        let value = unquoted(text);
        match member.to_ascii_lowercase().as_str() {
            "appid" => Some(Key::AppId(value)),
            "uniquename" => Some(Key::UniqueName(value)),
            _ => None,
        }
    };
    let value = inside.split_once('=');
    let value = value.and_then(|(member, value)| of(member, value));
    // Without a member it is OData's way to write the object id.
    let key = value.unwrap_or_else(|| Key::ObjectId(unquoted(inside)));
    (name, Some(key))
}

/// The text between quotes, in which two of them stand for one.
fn unquoted(text: &str) -> String {
    let inside = text.strip_prefix('\'').unwrap_or(text);
    let inside = inside.strip_suffix('\'').unwrap_or(inside);
    inside.replace("''", "'")
}

fn nowhere(path: &[&str]) -> GraphError {
    let segment = path.last().copied().unwrap_or_default();
    let message = format!("Resource not found for the segment '{segment}'.");
    GraphError::new(400, "BadRequest", message)
}

/// Adds where the description of an answer lies, as OData wants it.
fn name_context(call: &Call, version: &str, path: &[&str], reply: &mut Reply) {
    let Some(Value::Object(body)) = &mut reply.body else {
        return;
    };
    if reply.status >= 300 {
        return;
    }
    let set = path.first().map_or("", |first| keyed(first).0);
    let entity = if body.contains_key("value") {
        ""
    } else {
        "/$entity"
    };
    let context = format!("{}/graph/{version}/$metadata#{set}{entity}", call.base);
    body.insert("@odata.context".to_owned(), Value::String(context));
}
