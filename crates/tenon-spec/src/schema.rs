//! The language as a JSON Schema for editors, and as lists of keys for people.
//!
//! Draft-07, the newest that yaml-language-server knows. Any value may be an
//! expression, so every scalar has `${…}` as an alternative; what an
//! expression becomes is checked when it is read.

use serde_yaml::{Mapping, Value};
use tenon_model::shape::{Field, Fleet, Presence, Section, Shape};

use crate::{fleet_keys, language};

mod forms;

/// Returns the JSON Schema of a spec with these sections.
#[must_use]
pub fn schema(sections: &[&'static Section]) -> Value {
    let mut properties = Mapping::new();
    for field in language() {
        properties.insert(text(field.name), described(of(&field.shape), field));
    }
    for section in sections {
        let keyed = map([
            ("type", text("object")),
            ("description", text(section.doc)),
            ("additionalProperties", of(&entry(section))),
        ]);
        properties.insert(text(section.name), keyed);
    }
    map([
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("title", text("tenon spec")),
        ("type", text("object")),
        ("required", Value::Sequence(vec![text("tenon")])),
        ("additionalProperties", Value::Bool(false)),
        ("properties", Value::Mapping(properties)),
    ])
}

/// Returns the JSON Schema of a lock file. Nothing in it is an expression.
#[must_use]
pub fn lock_schema() -> Value {
    let image = crate::lock::IMAGE.iter().map(|field| {
        let shape = match field.name {
            "version" => pattern(forms::VERSION),
            "channel" => pattern(forms::CHANNEL),
            _ => map([("type", text("string"))]),
        };
        (text(field.name), described(shape, field))
    });
    let image = map([
        ("type", text("object")),
        ("required", Value::Sequence(vec![text("version")])),
        ("additionalProperties", Value::Bool(false)),
        ("properties", Value::Mapping(image.collect())),
    ]);
    let images = map([("type", text("object")), ("additionalProperties", image)]);
    let file = crate::lock::FILE.iter().map(|field| {
        let shape = match field.name {
            "lock" => map([("const", Value::from(1))]),
            _ => images.clone(),
        };
        (text(field.name), described(shape, field))
    });
    map([
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("title", text("tenon lock")),
        ("type", text("object")),
        ("required", Value::Sequence(vec![text("lock")])),
        ("additionalProperties", Value::Bool(false)),
        ("properties", Value::Mapping(file.collect())),
    ])
}

/// One key of a map, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key.
    pub name: &'static str,
    /// What its absence means; `required` where it must be there.
    pub absent: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// Returns the keys at a place such as `vms.*` or `vms.*.os_disk`; `.` is the
/// top. Nothing if there is no map with known keys.
#[must_use]
pub fn keys_at(place: &str, sections: &[&'static Section]) -> Option<Vec<Listed>> {
    let mut steps = place.split('.').filter(|step| !step.is_empty());
    let Some(first) = steps.next() else {
        let own = sections.iter().map(|section| Listed {
            name: section.name,
            absent: "none",
            doc: section.doc,
        });
        return Some(language().iter().map(listed).chain(own).collect());
    };
    let mut shape = match sections.iter().find(|section| section.name == first) {
        Some(section) => {
            steps.next()?;
            entry(section)
        }
        None => language().iter().find(|field| field.name == first)?.shape,
    };
    for step in steps {
        shape = inside(&shape, step)?;
    }
    fields(&shape).map(|fields| fields.into_iter().map(listed).collect())
}

fn listed(field: &Field) -> Listed {
    Listed {
        name: field.name,
        absent: match field.presence {
            Presence::Required => "required",
            Presence::Optional(absent) => absent,
        },
        doc: field.doc,
    }
}

/// The shape of an entry, with the keys that make it a fleet.
fn entry(section: &Section) -> Shape {
    let (Shape::Struct(own), Fleet::Allowed) = (section.shape, section.fleet) else {
        return section.shape;
    };
    let all: Vec<Field> = own.iter().chain(fleet_keys()).copied().collect();
    // A handful of sections, for a program that ends soon.
    Shape::Struct(Box::leak(all.into_boxed_slice()))
}

fn inside(shape: &Shape, step: &str) -> Option<Shape> {
    match shape {
        Shape::Struct(fields) => fields
            .iter()
            .find(|field| field.name == step)
            .map(|field| field.shape),
        Shape::Keyed(inner) => Some(**inner),
        Shape::List(inner) | Shape::OneOrMany(inner) => inside(inner, step),
        Shape::Either(forms) => forms.iter().find_map(|form| inside(form, step)),
        _ => None,
    }
}

fn fields(shape: &Shape) -> Option<Vec<&'static Field>> {
    match shape {
        Shape::Struct(fields) => Some(fields.iter().collect()),
        Shape::Keyed(inner) | Shape::List(inner) | Shape::OneOrMany(inner) => fields(inner),
        Shape::Either(forms) => forms.iter().find_map(fields),
        _ => None,
    }
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text(format) => scalar(forms::text(*format)),
        Shape::Integer { min, max } => scalar(map([
            ("type", text("integer")),
            ("minimum", Value::from(*min)),
            ("maximum", Value::from(*max)),
        ])),
        Shape::Boolean => scalar(map([("type", text("boolean"))])),
        Shape::OneOf(words) => scalar(map([(
            "enum",
            Value::Sequence(words.iter().map(|word| text(word)).collect()),
        )])),
        Shape::List(inner) => list(inner),
        Shape::OneOrMany(inner) => any_of(vec![of(inner), list(inner)]),
        Shape::Struct(fields) => object(fields),
        Shape::Keyed(inner) => map([
            ("type", text("object")),
            ("additionalProperties", of(inner)),
        ]),
        Shape::Either(forms) => any_of(forms.iter().map(of).collect()),
        Shape::Any => map([]),
        Shape::Nothing => map([("type", text("null"))]),
    }
}

fn object(fields: &'static [Field]) -> Value {
    let mut properties = Mapping::new();
    let mut required = Vec::new();
    for field in fields {
        properties.insert(text(field.name), described(of(&field.shape), field));
        if field.presence == Presence::Required {
            required.push(text(field.name));
        }
    }
    let mut object = Mapping::new();
    object.insert(text("type"), text("object"));
    object.insert(text("additionalProperties"), Value::Bool(false));
    object.insert(text("properties"), Value::Mapping(properties));
    if !required.is_empty() {
        object.insert(text("required"), Value::Sequence(required));
    }
    Value::Mapping(object)
}

fn pattern(pattern: &str) -> Value {
    map([("type", text("string")), ("pattern", text(pattern))])
}

fn scalar(plain: Value) -> Value {
    let expression = map([("type", text("string")), ("pattern", text(r"\$\{.+\}"))]);
    any_of(vec![plain, expression])
}

fn list(inner: &Shape) -> Value {
    let items = map([("type", text("array")), ("items", of(inner))]);
    scalar(items)
}

fn any_of(forms: Vec<Value>) -> Value {
    map([("anyOf", Value::Sequence(forms))])
}

fn described(mut schema: Value, field: &Field) -> Value {
    let words = match field.presence {
        Presence::Required => field.doc.to_owned(),
        Presence::Optional(absent) => format!("{} Default: {absent}.", field.doc),
    };
    if let Value::Mapping(members) = &mut schema {
        members.insert(text("description"), Value::String(words));
    }
    schema
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Mapping(
        members
            .into_iter()
            .map(|(name, value)| (text(name), value))
            .collect(),
    )
}
