//! A body against its schema, as Swagger 2.0 with Microsoft's extensions says.
//!
//! Stricter than Azure in two ways: a member that the schema does not name is
//! a finding although some providers ignore it, and so is one that only Azure
//! sets.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::descriptions::{Descriptions, Node};
use crate::finding::{Finding, Problem};
use crate::form;
use crate::tables::Known;

/// What a request does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Makes it.
    Create,
    /// Replaces the whole of it.
    Replace,
    /// Changes members of it.
    Change,
    /// Deletes it.
    Remove,
    /// Asks it to do something.
    Act,
}

/// A body that is being checked.
pub(crate) struct Check<'d> {
    pub(crate) all: &'d Descriptions,
    pub(crate) resource_type: &'d str,
    pub(crate) version: &'d str,
    pub(crate) purpose: Purpose,
    pub(crate) findings: Vec<Finding>,
}

/// A schema with all that it takes from others.
#[derive(Default)]
struct Object<'d> {
    members: BTreeMap<&'d str, Node<'d>>,
    required: Vec<&'d str>,
    values: Option<Node<'d>>,
}

impl<'d> Check<'d> {
    fn find(&mut self, path: &str, problem: Problem) {
        let path = path.to_owned();
        self.findings.push(Finding { path, problem });
    }

    /// Checks `value` at `path` against the schema at `node`.
    pub(crate) fn value(&mut self, node: Node<'d>, value: &Json, path: &str) {
        let schema = self.all.resolve(node);
        if let Some(words) = schema.member("enum") {
            self.word(schema, words, value, path);
        }
        match (schema.text("type"), value) {
            (Some("string"), Json::String(text)) => {
                let problems = form::text(schema.json, text).into_iter();
                problems.for_each(|problem| self.find(path, Problem::Form(problem)));
            }
            (Some("integer" | "number"), Json::Number(_)) => {
                let problems = form::number(schema.json, value).into_iter();
                problems.for_each(|problem| self.find(path, Problem::Form(problem)));
            }
            (Some("boolean"), Json::Bool(_)) => {}
            (Some("array"), Json::Array(items)) => {
                let problems = form::list(schema.json, items).into_iter();
                problems.for_each(|problem| self.find(path, Problem::Form(problem)));
                let Some(element) = schema.member("items") else {
                    return;
                };
                for item in items {
                    self.value(element, item, &format!("{path}[]"));
                }
            }
            (Some("object") | None, Json::Object(_)) => self.object(schema, value, path),
            // A schema without a type and without members is anything.
            (None, _) if !has_members(schema) => {}
            (wanted, found) => {
                let wanted = wanted.unwrap_or("object");
                self.find(path, Problem::Type(format!("{wanted}, not {found}")));
            }
        }
    }

    fn object(&mut self, schema: Node<'d>, value: &Json, path: &str) {
        let mut object = Object::default();
        self.gather(schema, &mut object);
        if let Some(chosen) = self.chosen(schema, value) {
            self.gather(chosen, &mut object);
        }
        let anything = object.members.is_empty() && object.values.is_none();
        let members = value.as_object().into_iter().flatten();
        for (name, value) in members.filter(|_| !anything) {
            let place = join(path, name);
            match (object.members.get(name.as_str()), object.values) {
                (Some(node), _) => self.member(*node, value, &place),
                // A PATCH takes an identity out by null.
                (None, Some(_)) if value.is_null() && self.purpose == Purpose::Change => {}
                (None, Some(node)) => self.value(node, value, &join(path, "{*}")),
                (None, None) => self.elsewhere(value, &place),
            }
        }
        for name in &object.required {
            if value.get(name).is_none() && !self.is_read_only(&object, name) {
                self.find(path, Problem::Missing((*name).to_owned()));
            }
        }
    }

    fn is_read_only(&self, object: &Object<'d>, name: &str) -> bool {
        let node = object.members.get(name);
        node.is_some_and(|node| node.is("readOnly") || self.all.resolve(*node).is("readOnly"))
    }

    fn member(&mut self, node: Node<'d>, value: &Json, path: &str) {
        let known = self
            .all
            .tables
            .member(self.resource_type, path, self.version);
        if let Known::NotThen { from, to } = known {
            self.find(path, Problem::NotThen(format!("{from} to {to}")));
        }
        // Azure sets it, so nothing inside of it can matter.
        if node.is("readOnly") || self.all.resolve(node).is("readOnly") {
            self.find(path, Problem::ReadOnly);
            return;
        }
        if node.is("x-ms-secret") && matches!(self.purpose, Purpose::Replace | Purpose::Change) {
            self.find(path, Problem::Secret);
        }
        if let Some(when) = node.json.get("x-ms-mutability").and_then(Json::as_array) {
            let needed = match self.purpose {
                Purpose::Create => "create",
                Purpose::Change => "update",
                // The whole of it repeats what was said when it was made.
                _ => "read",
            };
            if !when.contains(&needed.into()) {
                self.find(path, Problem::NotNow);
            }
        }
        self.value(node, value, path);
    }

    /// A member that the document does not know; it may be newer.
    fn elsewhere(&mut self, value: &Json, path: &str) {
        match self
            .all
            .tables
            .member(self.resource_type, path, self.version)
        {
            Known::Nothing => self.find(path, Problem::Unknown),
            Known::NotThen { from, to } => {
                self.find(path, Problem::NotThen(format!("{from} to {to}")));
            }
            Known::Exists(said) => {
                if said.is_some_and(|said| said["readOnly"] == true) {
                    self.find(path, Problem::ReadOnly);
                    return;
                }
                if let Some(words) = said.and_then(|said| said["enum"].as_array()) {
                    let listed = words.contains(value);
                    if !listed && value.is_string() {
                        self.find(path, Problem::NotListed(value.to_string()));
                    }
                }
                self.below(value, path);
            }
        }
    }

    fn below(&mut self, value: &Json, path: &str) {
        match value {
            Json::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.elsewhere(value, &join(path, name))),
            Json::Array(items) => items
                .iter()
                .filter(|item| item.is_object())
                .for_each(|item| self.below(item, &format!("{path}[]"))),
            _ => {}
        }
    }

    /// All that an object of the schema may have and must have.
    fn gather(&self, schema: Node<'d>, object: &mut Object<'d>) {
        self.all.members(schema, &mut object.members);
        self.all.each_part(schema, &mut |part| {
            let required = part.member("required").into_iter();
            let names = required.flat_map(Node::elements);
            object
                .required
                .extend(names.filter_map(|name| name.json.as_str()));
            if let Some(values) = part.member("additionalProperties") {
                object.values = Some(values).filter(|node| node.json.is_object());
            }
        });
    }

    /// The schema that the member named by `discriminator` chooses.
    fn chosen(&self, schema: Node<'d>, value: &Json) -> Option<Node<'d>> {
        let chosen = value.get(schema.text("discriminator")?)?.as_str()?;
        let document = self.all.documents().find(|one| one.file == schema.file)?;
        let definitions = document.member("definitions")?;
        definitions.members().find_map(|(name, node)| {
            let called = node.text("x-ms-discriminator-value").unwrap_or(name);
            (called == chosen).then_some(node)
        })
    }

    /// A word of an enumeration.
    fn word(&mut self, schema: Node<'d>, words: Node<'d>, value: &Json, path: &str) {
        let newest = self.all.tables.newest(self.resource_type, path);
        let newer = newest.and_then(|said| said["enum"].as_array());
        let listed = words.json.as_array().into_iter().chain(newer).flatten();
        let listed: Vec<&Json> = listed.collect();
        if listed.contains(&value) {
            return;
        }
        let text = value.as_str().unwrap_or_default();
        let other = listed.iter().filter_map(|word| word.as_str());
        if let Some(word) = other
            .into_iter()
            .find(|word| word.eq_ignore_ascii_case(text))
        {
            self.find(path, Problem::Letters(format!("{text}, not {word}")));
        } else if schema
            .member("x-ms-enum")
            .is_some_and(|said| said.is("modelAsString"))
        {
            self.find(path, Problem::NotListed(value.to_string()));
        } else {
            self.find(path, Problem::NotInEnum(value.to_string()));
        }
    }
}

impl Descriptions {
    /// Visits the schemas that a schema is made of, its own part last.
    fn each_part<'d>(&'d self, schema: Node<'d>, visit: &mut dyn FnMut(Node<'d>)) {
        let schema = self.resolve(schema);
        let parts = schema.member("allOf").into_iter().flat_map(Node::elements);
        parts.for_each(|part| self.each_part(part, visit));
        visit(schema);
    }

    /// The members of the schema and of all it is made of.
    pub(crate) fn members<'d>(
        &'d self,
        schema: Node<'d>,
        members: &mut BTreeMap<&'d str, Node<'d>>,
    ) {
        self.each_part(schema, &mut |part| {
            let own = part.member("properties").into_iter();
            members.extend(own.flat_map(Node::members));
        });
    }
}

fn has_members(schema: Node<'_>) -> bool {
    ["properties", "allOf", "additionalProperties"]
        .iter()
        .any(|name| schema.member(name).is_some())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
