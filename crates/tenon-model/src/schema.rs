//! JSON Schemas of the documents that are written for programs.
//!
//! They are made of the types that are written, so they cannot say something
//! else. Draft-07, the newest that editors know. Readers ignore members that
//! they do not know, so objects stay open; lists of words grow only with a new
//! number of the format.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map as Object, Value as Json, json};

use crate::event::{Event, Line};
use crate::image::{ImageId, ImageVersion};
use crate::plan::preflight::About;
use crate::plan::{Plan, facts};
use crate::report::Document;
use crate::value::LATER_MEMBER;
use crate::{Code, Map, Path, ResourceId, Value};

/// Returns the schema of a plan document, `tenon.plan/1`.
#[must_use]
pub fn plan() -> Json {
    published::<Plan>(
        crate::plan::FORMAT,
        "A plan, as `tenon plan --out` saves it and `tenon show --json` prints it.",
    )
}

/// Returns the schema of one line of a stream of events, `tenon.events/1`.
#[must_use]
pub fn events() -> Json {
    published::<Told>(
        crate::event::FORMAT,
        "One line of what a command with `--json` tells while it works. The first line has type `version`.",
    )
}

/// Returns the schema of a saved report, `tenon.report/1`.
#[must_use]
pub fn report() -> Json {
    published::<Document<'_>>(
        crate::report::FORMAT,
        "How an apply ended, as `tenon apply --report` saves it.",
    )
}

/// One line of a stream of events.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Told {
    /// What is told around a run.
    Line(Line<'static>),
    /// What happens in a run.
    Event(Event),
}

/// What the documents say besides what the types of the engine do.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct All<T> {
    document: T,
    plan: facts::OfPlan,
    change: facts::OfChange<'static>,
    property: facts::OfProperty,
    place: Ends,
}

/// Where a place of a diagnostic ends, where the text was at hand.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Ends {
    /// The line of the last character, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    /// The column after the last character, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

fn published<T: JsonSchema>(format: &str, what: &str) -> Json {
    let mut settings = SchemaSettings::draft07().for_serialize();
    settings
        .transforms
        .push(Box::new(RecursiveTransform(as_published)));
    let mut all = settings
        .into_generator()
        .into_root_schema_for::<All<T>>()
        .to_value();
    let mut definitions = match all["definitions"].take() {
        Json::Object(definitions) => definitions,
        _ => Object::new(),
    };
    for (of, facts) in [
        ("Plan", "OfPlan"),
        ("Change", "OfChange"),
        ("PropertyChange", "OfProperty"),
        ("Place", "Ends"),
    ] {
        let facts = definitions.remove(facts);
        if let (Some(of), Some(facts)) = (definitions.get_mut(of), facts) {
            add(of, facts);
        }
    }
    let name = T::schema_name();
    let mut document = definitions.remove(&*name).unwrap_or_default();
    document["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    document["title"] = json!(format);
    document["description"] = json!(what);
    let reached = reached(&document, &definitions);
    definitions.retain(|name, _| reached.contains(name));
    document["definitions"] = Json::Object(definitions);
    document
}

/// Adds the members of `facts` to an object's schema.
fn add(of: &mut Json, mut facts: Json) {
    if let Json::Object(properties) = facts["properties"].take() {
        for (name, schema) in properties {
            of["properties"][name] = schema;
        }
    }
    let Json::Array(required) = facts["required"].take() else {
        return;
    };
    if of.get("required").is_none() {
        of["required"] = json!([]);
    }
    if let Some(all) = of["required"].as_array_mut() {
        all.extend(required);
    }
}

/// The definitions that are used from here, and from those.
fn reached(from: &Json, definitions: &Object<String, Json>) -> std::collections::BTreeSet<String> {
    let mut reached = std::collections::BTreeSet::new();
    let mut open = vec![from];
    while let Some(schema) = open.pop() {
        match schema {
            Json::Object(members) => open.extend(members.values()),
            Json::Array(items) => open.extend(items),
            Json::String(text) => {
                let name = text.strip_prefix("#/definitions/");
                if let Some((name, found)) = name.and_then(|name| definitions.get_key_value(name))
                    && reached.insert(name.clone())
                {
                    open.push(found);
                }
            }
            _ => {}
        }
    }
    reached
}

/// Leaves out what only Rust knows: names of its types of numbers, links of its
/// documentation, line breaks of its comments.
fn as_published(schema: &mut Schema) {
    let number = schema
        .get("format")
        .and_then(Json::as_str)
        .is_some_and(|format| format.starts_with("uint") || format.starts_with("int"));
    if number {
        schema.remove("format");
    }
    if let Some(Json::String(words)) = schema.get_mut("description") {
        *words = words
            .replace("[`", "`")
            .replace("`]", "`")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
    }
}

/// Says of types that are written as text what that text is.
macro_rules! text {
    ($($type:ty, $name:literal, $more:tt;)*) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($more)
            }
        })*
    };
}

text! {
    ResourceId, "ResourceId", {
        "type": "string", "pattern": "^/",
        "description": "The full id of a resource in Azure."
    };
    ImageId, "ImageId", {"type": "string", "description": "The full id of a version of an image."};
    ImageVersion, "ImageVersion", {
        "type": "string", "pattern": r"^\d+\.\d+\.\d+$",
        "description": "The version of an image."
    };
    Path, "Path", {"type": "string", "description": "A place in a body: `properties.hardwareProfile.vmSize`."};
    Code, "Code", {
        "type": "string", "pattern": "^TN[0-9]{4}$",
        "description": "The code of a diagnostic; `tenon explain CODE` explains it."
    };
    About, "About", {
        "type": "string", "enum": (About::ALL.iter().map(|about| about.name()).collect::<Vec<_>>()),
        "description": "What a check is about."
    };
    Map, "Map", {"type": "object", "description": "Members by name."};
    Value, "Value", {
        "description": (format!(
            "Any value. An object with the one member `{LATER_MEMBER}` stands for a value that is read only when a request is sent: of another resource, of a secret."
        ))
    };
}
