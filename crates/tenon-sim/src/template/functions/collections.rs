//! Functions on arrays and objects, and those that take text as well.

use serde_json::{Map, Value};

use super::{Given, text};
use crate::template::Problem;

/// The longest range a template may make.
const LONGEST_RANGE: i64 = 10_000;

/// The value of a function on collections; `None` for another function.
pub(super) fn call(name: &str, given: Given<'_>) -> Option<Result<Value, Problem>> {
    Some(match name {
        "concat" => concat(given),
        "createarray" => Ok(given.values.to_vec().into()),
        "createobject" => create_object(given),
        "array" => given.get(0).map(|value| match value {
            Value::Array(_) => value.clone(),
            other => vec![other.clone()].into(),
        }),
        "length" => length(given),
        "empty" => given.get(0).map(|value| is_empty(value).into()),
        "contains" => contains(given),
        "first" => given.get(0).map(|value| at_end(value, End::First)),
        "last" => given.get(0).map(|value| at_end(value, End::Last)),
        "skip" | "take" => part(name, given),
        "join" => join(given),
        "union" => union(given),
        "range" => range(given),
        "min" => extreme(given, Iterator::min),
        "max" => extreme(given, Iterator::max),
        _ => return None,
    })
}

fn concat(given: Given<'_>) -> Result<Value, Problem> {
    if given.get(0)?.is_array() {
        let mut all = Vec::new();
        for value in given.values {
            match value {
                Value::Array(items) => all.extend(items.iter().cloned()),
                other => all.push(other.clone()),
            }
        }
        return Ok(all.into());
    }
    Ok(given
        .values
        .iter()
        .map(text::shown)
        .collect::<String>()
        .into())
}

fn create_object(given: Given<'_>) -> Result<Value, Problem> {
    let mut made = Map::new();
    for place in (0..given.values.len()).step_by(2) {
        made.insert(given.text(place)?.to_owned(), given.get(place + 1)?.clone());
    }
    Ok(Value::Object(made))
}

fn length(given: Given<'_>) -> Result<Value, Problem> {
    let length = match given.get(0)? {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::String(text) => text.chars().count(),
        _ => return Err(given.wrong("expects an array, an object or a string")),
    };
    Ok(length.into())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn contains(given: Given<'_>) -> Result<Value, Problem> {
    let wanted = given.get(1)?;
    let found = match given.get(0)? {
        Value::Array(items) => items.contains(wanted),
        Value::Object(members) => {
            let name = text::shown(wanted);
            members.keys().any(|own| own.eq_ignore_ascii_case(&name))
        }
        Value::String(text) => text.contains(&text::shown(wanted)),
        _ => return Err(given.wrong("expects an array, an object or a string")),
    };
    Ok(found.into())
}

#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

fn at_end(value: &Value, end: End) -> Value {
    match (value, end) {
        (Value::Array(items), End::First) => items.first().cloned().unwrap_or_default(),
        (Value::Array(items), End::Last) => items.last().cloned().unwrap_or_default(),
        (other, End::First) => text::shown(other)
            .chars()
            .take(1)
            .collect::<String>()
            .into(),
        (other, End::Last) => {
            let last = text::shown(other).chars().last();
            last.map(String::from).unwrap_or_default().into()
        }
    }
}

fn part(name: &str, given: Given<'_>) -> Result<Value, Problem> {
    let count = usize::try_from(given.number(1)?).unwrap_or_default();
    let skips = name == "skip";
    Ok(match given.get(0)? {
        Value::Array(items) if skips => items.iter().skip(count).cloned().collect(),
        Value::Array(items) => items.iter().take(count).cloned().collect(),
        other if skips => text::shown(other)
            .chars()
            .skip(count)
            .collect::<String>()
            .into(),
        other => text::shown(other)
            .chars()
            .take(count)
            .collect::<String>()
            .into(),
    })
}

fn join(given: Given<'_>) -> Result<Value, Problem> {
    let Value::Array(items) = given.get(0)? else {
        return Err(given.wrong("expects an array"));
    };
    let texts: Vec<String> = items.iter().map(text::shown).collect();
    Ok(texts.join(given.text(1)?).into())
}

/// Objects merge, the last one wins; arrays keep each element once.
fn union(given: Given<'_>) -> Result<Value, Problem> {
    if given.get(0)?.is_object() {
        let mut merged = Value::Object(Map::new());
        for value in given.values {
            let nulls_stay = value.as_object().into_iter().flatten();
            for (name, value) in nulls_stay {
                match merged.get_mut(name) {
                    Some(own) if own.is_object() && value.is_object() => {
                        crate::json::merge(own, value);
                    }
                    _ => merged[name] = value.clone(),
                }
            }
        }
        return Ok(merged);
    }
    let mut all: Vec<Value> = Vec::new();
    for value in given.values.iter().filter_map(Value::as_array).flatten() {
        if !all.contains(value) {
            all.push(value.clone());
        }
    }
    Ok(all.into())
}

fn range(given: Given<'_>) -> Result<Value, Problem> {
    let (start, count) = (given.number(0)?, given.number(1)?);
    if !(0..=LONGEST_RANGE).contains(&count) {
        return Err(given.wrong("makes at most 10000 numbers"));
    }
    Ok((start..start.saturating_add(count))
        .collect::<Vec<i64>>()
        .into())
}

fn extreme(
    given: Given<'_>,
    pick: fn(std::vec::IntoIter<i64>) -> Option<i64>,
) -> Result<Value, Problem> {
    let values = match given.get(0)? {
        Value::Array(items) => items.as_slice(),
        _ => given.values,
    };
    let numbers: Option<Vec<i64>> = values.iter().map(Value::as_i64).collect();
    numbers
        .and_then(|numbers| pick(numbers.into_iter()))
        .map(Value::from)
        .ok_or_else(|| given.wrong("expects integers"))
}
