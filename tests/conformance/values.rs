//! Values that together say everything that a shape has.

use serde_json::{Map, Value as Json, json};
use tenon_model::shape::{Field, Presence, Shape};

use crate::samples;

/// A value, and how it differs from the plain one.
#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) value: Json,
}

/// The first value that a shape has: what is needed and no more.
pub(crate) fn plain(at: &str, shape: &Shape) -> Json {
    variants(at, shape).swap_remove(0).value
}

fn variant(name: impl Into<String>, value: Json) -> Variant {
    Variant {
        name: name.into(),
        value,
    }
}

/// Values that together say everything that the shape has, the plain one first.
pub(crate) fn variants(at: &str, shape: &Shape) -> Vec<Variant> {
    match shape {
        Shape::Text(format) => values(samples::texts(at, *format)),
        Shape::Integer { min, max } => values(samples::numbers(at, *min, *max)),
        Shape::Boolean => values(
            samples::truths(at)
                .iter()
                .map(|truth| json!(truth))
                .collect(),
        ),
        Shape::OneOf(words) => {
            let other = words.iter().map(|word| word.to_ascii_uppercase());
            let other = other.filter(|word| !words.contains(&word.as_str()));
            let all = words.iter().map(|word| json!(word));
            values(all.chain(other.map(|word| json!(word))).collect())
        }
        Shape::Any => values(samples::anything(at)),
        Shape::Nothing => values(vec![Json::Null]),
        Shape::List(inner) => listed(at, inner),
        Shape::OneOrMany(inner) => {
            // One in a list is the same as one without.
            let mut all = variants(&format!("{at}[]"), inner);
            all.extend(listed(at, inner).pop());
            all
        }
        Shape::Keyed(inner) => variants(&format!("{at}.*"), inner)
            .into_iter()
            .map(|one| variant(format!(".*{}", one.name), keyed(at, one.value)))
            .collect(),
        Shape::Either(shapes) => shapes.iter().flat_map(|one| variants(at, one)).collect(),
        Shape::Struct(fields) => keys(at, fields),
    }
}

fn keyed(at: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(samples::key(at).to_owned(), value)]))
}

fn values(values: Vec<Json>) -> Vec<Variant> {
    let named = |value: Json| variant(format!("={value}"), value);
    values.into_iter().map(named).collect()
}

/// One element of each sort, and all of them.
fn listed(at: &str, inner: &Shape) -> Vec<Variant> {
    let elements = variants(&format!("{at}[]"), inner);
    let all: Vec<Json> = elements.iter().map(|one| one.value.clone()).collect();
    let several = (all.len() > 1).then(|| variant("=several", Json::Array(all)));
    let single = elements
        .into_iter()
        .map(|one| variant(format!("[]{}", one.name), json!([one.value])));
    single.chain(several).collect()
}

fn keys(at: &str, fields: &[Field]) -> Vec<Variant> {
    let place = |field: &Field| format!("{at}.{}", field.name);
    let required = fields
        .iter()
        .filter(|one| one.presence == Presence::Required);
    let mut base: Map<String, Json> = required
        .map(|field| (field.name.to_owned(), plain(&place(field), &field.shape)))
        .collect();
    for name in samples::needed(at) {
        let field = fields.iter().find(|one| one.name == *name).expect("a key");
        base.insert((*name).to_owned(), plain(&place(field), &field.shape));
    }
    let mut all = vec![variant("", Json::Object(base.clone()))];
    for field in fields {
        for one in variants(&place(field), &field.shape) {
            let mut entry = base.clone();
            for other in samples::excluded(at, field.name) {
                entry.remove(*other);
            }
            entry.insert(field.name.to_owned(), one.value);
            let name = format!(".{}{}", field.name, one.name);
            all.push(variant(name, Json::Object(entry)));
        }
    }
    all
}

/// A value that says as much as the shape can.
pub(crate) fn full(at: &str, shape: &Shape) -> Json {
    match shape {
        Shape::Struct(fields) => {
            let apart = samples::apart(at);
            let fields = fields.iter().filter(|field| !apart.contains(&field.name));
            let members = fields.map(|field| {
                let at = format!("{at}.{}", field.name);
                (field.name.to_owned(), full(&at, &field.shape))
            });
            Json::Object(members.collect())
        }
        Shape::Keyed(inner) => keyed(at, full(&format!("{at}.*"), inner)),
        // Of some lists no element goes with an entry of its own.
        Shape::List(Shape::Text(format))
            if samples::texts(&format!("{at}[]"), *format).is_empty() =>
        {
            json!([])
        }
        Shape::List(inner) | Shape::OneOrMany(inner) => {
            json!([full(&format!("{at}[]"), inner)])
        }
        Shape::Either(shapes) => match shapes.last() {
            Some(last) => full(at, last),
            None => Json::Null,
        },
        other => plain(at, other),
    }
}
