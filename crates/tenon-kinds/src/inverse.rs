//! From a live body back to the words of the spec.
//!
//! The same tables that compare also read: a row says where a property stands
//! in the body, the shape of an entry whether the spec has a key for it, what
//! the value has to look like there, and what it means to leave it out. What
//! equals that is left out. Kinds add what no table says.

use tenon_model::found::{Drawing, Found};
use tenon_model::marker::is_marker_tag;
use tenon_model::outline::{Outline, Written};
use tenon_model::path::key_of;
use tenon_model::rules::{Absent, Echo, Row, Rules, View, region};
use tenon_model::shape::{Field, Format, Presence, Shape};
use tenon_model::snapshot::Live;
use tenon_model::{Map, Path, ResourceId, Value};

/// Reads the properties of `live` that an entry of `shape` has keys for, those
/// of keyed lists included; `skip` are written by their kind.
pub(crate) fn properties(rules: &Rules, shape: &Shape, live: &Live, skip: &[&str]) -> Outline {
    let mut out = Outline::default();
    add_properties(rules, shape, live, skip, &mut out);
    out
}

/// The same, added to an entry that stands for several resources.
pub(crate) fn add_properties(
    rules: &Rules,
    shape: &Shape,
    live: &Live,
    skip: &[&str],
    out: &mut Outline,
) {
    let reading = Reading {
        shape,
        name: live.id.name(),
        skip,
    };
    for row in rules.rows.iter().filter(|row| !row.path.contains('[')) {
        reading.row(row, row.property, row.path, &live.body, out);
    }
    for list in rules.lists {
        let Some((section, "*")) = list.property.rsplit_once('.') else {
            continue;
        };
        if skip.contains(&section) {
            continue;
        }
        let Some(Shape::Keyed(shape)) = field(shape, section).map(|field| field.shape) else {
            continue;
        };
        let items = Path::parse(list.path)
            .ok()
            .and_then(|path| path.get(&live.body)?.as_list());
        let prefix = format!("{}[{}].", list.path, list.key);
        for item in items.unwrap_or(&[]) {
            let Some(key) = key_of(item, list.key) else {
                continue;
            };
            let mut element = Outline::default();
            let reading = Reading {
                shape,
                name: &key,
                skip: &[],
            };
            for row in rules.rows {
                let path = row.path.strip_prefix(&prefix);
                let property = row.property.strip_prefix(list.property);
                let property = property.and_then(|rest| rest.strip_prefix('.'));
                if let (Some(path), Some(property)) = (path, property) {
                    let twin = row.twin.and_then(|twin| twin.strip_prefix(&prefix));
                    let row = Row { twin, ..*row };
                    reading.row(&row, property, path, item, &mut element);
                }
            }
            out.map(section).set(&key, element);
        }
    }
}

struct Reading<'a> {
    shape: &'a Shape,
    name: &'a str,
    skip: &'a [&'a str],
}

impl Reading<'_> {
    fn row(&self, row: &Row, property: &str, path: &str, body: &Value, out: &mut Outline) {
        if row.view != View::Plain
            || row.echo == Echo::WriteOnly
            || property.contains('*')
            // Written by `place`, for all that an entry stands for.
            || property == "location"
            || self.skip.contains(&property.split('.').next().unwrap_or(property))
        {
            return;
        }
        let Some(field) = field(self.shape, property) else {
            return;
        };
        let at = |path: &str| Path::parse(path).ok()?.get(body).cloned();
        let found = [Some(path), row.twin].into_iter().flatten();
        let Some(value) = found.filter_map(at).find(|value| !is_nothing(value)) else {
            return;
        };
        if is_default(row, field, &value, self.name) {
            return;
        }
        if let Some(value) = fit(&value, &field.shape) {
            out.set_at(property, value);
        }
    }
}

/// The key of an entry at a dotted place.
pub(crate) fn field(shape: &Shape, property: &str) -> Option<&'static Field> {
    let (key, rest) = match property.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (property, None),
    };
    let fields = match shape {
        Shape::Struct(fields) => fields,
        Shape::Either(shapes) => {
            return shapes.iter().find_map(|shape| field(shape, property));
        }
        _ => return None,
    };
    let found = fields.iter().find(|field| field.name == key)?;
    match rest {
        None => Some(found),
        Some(rest) => field(&found.shape, rest),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// Whether the spec means this value when it says nothing. Of what is nobody's
/// business then, Azure's own default is `false`.
fn is_default(row: &Row, field: &Field, value: &Value, name: &str) -> bool {
    if row
        .absent
        .value()
        .is_some_and(|default| row.same.same(&default, value))
    {
        return true;
    }
    let Presence::Optional(absent) = field.presence else {
        return false;
    };
    let open = matches!(row.absent, Absent::Unmanaged | Absent::Removed);
    if *value == Value::Bool(false) && open && !absent.starts_with("true") {
        return true;
    }
    let absent = absent.trim_matches('`');
    let absent = match absent {
        "the name" | "the key" => name,
        word => word,
    };
    row.same.same(&Value::text(absent), &single(value))
}

/// The only element of a list, or the value itself.
fn single(value: &Value) -> Value {
    match value {
        Value::List(items) if items.len() == 1 => items[0].clone(),
        other => other.clone(),
    }
}

/// The value in the form that the spec wants.
fn fit(value: &Value, shape: &Shape) -> Option<Written> {
    match shape {
        Shape::Text(format) => {
            let value = single(value);
            let text = match &value {
                Value::Text(text) => text.clone(),
                Value::Int(_) | Value::Bool(_) => value.to_plain_text(),
                _ => return None,
            };
            let number = text.parse::<i64>().ok();
            match (format, number) {
                (Format::Port, Some(port)) => Some(port.into()),
                _ => Some(text.as_str().into()),
            }
        }
        Shape::Integer { .. } => {
            let number = match value {
                Value::Int(number) => Some(*number),
                Value::Text(text) => text.parse().ok(),
                _ => None,
            };
            Some(number?.into())
        }
        Shape::Boolean => Some(value.as_bool()?.into()),
        Shape::OneOf(words) => {
            let text = value.to_plain_text();
            let word = words.iter().find(|word| word.eq_ignore_ascii_case(&text))?;
            Some((*word).into())
        }
        Shape::OneOrMany(one) => match value {
            Value::List(items) if items.len() != 1 => fit(value, &Shape::List(one)),
            _ => fit(&single(value), one),
        },
        Shape::List(one) => {
            let items: &[Value] = match value {
                Value::List(items) => items,
                other => std::slice::from_ref(other),
            };
            let items: Option<Vec<Written>> = items.iter().map(|item| fit(item, one)).collect();
            Some(Written::List(items?))
        }
        Shape::Either(shapes) => shapes.iter().find_map(|shape| fit(value, shape)),
        Shape::Any => Some(value.into()),
        Shape::Struct(_) | Shape::Keyed(_) | Shape::Nothing => None,
    }
}

/// Region and tags of an entry that stands for these resources: the tags that
/// all of them have. Others stay as they are.
pub(crate) fn place(found: &Found, parts: &[&Live], out: &mut Outline) {
    let Some(main) = parts.first() else { return };
    let location = main.body.member("location").map(Value::to_plain_text);
    let location = location.map(|text| region(&text)).unwrap_or_default();
    if !location.is_empty() && location != region(&found.location) {
        out.set("location", location.as_str());
    }
    let tags = |live: &Live| live.body.member("tags").and_then(Value::as_map).cloned();
    for (name, value) in tags(main).iter().flat_map(Map::iter) {
        let on_all = parts.iter().all(|part| {
            let own = tags(part);
            own.is_some_and(|own| own.get_caseless(name).is_some_and(|(_, own)| own == value))
        });
        // What begins like this is Azure's own note.
        let hidden = name.to_ascii_lowercase().starts_with("hidden-");
        if on_all && !is_marker_tag(name) && !hidden {
            out.map("tags").set(name, value);
        }
    }
}

/// Moves tags that everything has to the top, when that is more than one entry.
pub(crate) fn lift_tags(sections: &mut Outline) {
    let takes_tags = |entry: &Outline| {
        let kept = ["existing", "parent"];
        !kept.iter().any(|key| entry.get(key).is_some())
    };
    let mut entries: Vec<&mut Outline> = Vec::new();
    for line in sections.lines_mut() {
        if let ("secrets" | "images", _) | (_, Written::Scalar(_)) = (&*line.key, &line.value) {
            continue;
        }
        if let Written::Map(section) = &mut line.value {
            let own = section.lines_mut().iter_mut();
            entries.extend(own.filter_map(|line| match &mut line.value {
                Written::Map(entry) if takes_tags(entry) => Some(entry),
                _ => None,
            }));
        }
    }
    let Some((first, others)) = entries
        .split_first()
        .filter(|(_, others)| !others.is_empty())
    else {
        return;
    };
    let tags = |entry: &Outline| match entry.get("tags") {
        Some(Written::Map(tags)) => tags.clone(),
        _ => Outline::default(),
    };
    let mut common = Outline::default();
    for line in tags(first).lines() {
        if others
            .iter()
            .all(|entry| tags(entry).get(&line.key) == Some(&line.value))
        {
            common.set(&line.key, line.value.clone());
        }
    }
    for entry in entries {
        let mut own = tags(entry);
        for line in common.lines() {
            own.remove(&line.key);
        }
        if own.is_empty() {
            entry.remove("tags");
        } else {
            entry.set("tags", own);
        }
    }
    if !common.is_empty() {
        sections.set("tags", common);
    }
}

/// How an entry names `id`: by its key in the spec, or in full.
pub(crate) fn reference(drawing: &Drawing, id: &ResourceId) -> Written {
    match drawing.keys.get(id) {
        Some((_, key)) => key.as_str().into(),
        None => id.as_str().into(),
    }
}

/// The id at a dotted place in a body.
pub(crate) fn id_at(body: &Value, names: &[&str]) -> Option<ResourceId> {
    ResourceId::parse(body.at(names)?.as_text()?).ok()
}
