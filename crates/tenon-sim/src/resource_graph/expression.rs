//! Expressions over the columns of a row.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::functions;

/// A row: values by column.
pub(super) type Row = Map<String, Value>;

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    Column(String),
    Member(Box<Expression>, Box<Expression>),
    Call(String, Vec<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Test {
        test: Test,
        left: Box<Expression>,
        right: Vec<Expression>,
    },
    Reckon(char, Box<Expression>, Box<Expression>),
}

/// What is asked about two values; negation is around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// `==` and `in`.
    Equal,
    /// `=~` and `in~`.
    Same,
    Less,
    LessOrEqual,
    Contains,
    ContainsExactly,
    StartsWith,
    EndsWith,
    Has,
}

impl Expression {
    /// The value in a row; what does not exist is null.
    pub(super) fn value(&self, row: &Row) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Column(name) => row.get(name).cloned().unwrap_or_default(),
            Self::Member(of, name) => match (of.value(row), name.value(row)) {
                (Value::Object(mut members), Value::String(name)) => {
                    members.remove(&name).unwrap_or_default()
                }
                (Value::Array(mut items), Value::Number(place)) => {
                    let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
                    let place = place.filter(|place| *place < items.len());
                    place
                        .map(|place| items.swap_remove(place))
                        .unwrap_or_default()
                }
                _ => Value::Null,
            },
            Self::Call(name, arguments) => {
                let values: Vec<Value> = arguments.iter().map(|one| one.value(row)).collect();
                functions::call(name, &values)
            }
            Self::All(parts) => parts.iter().all(|part| part.holds(row)).into(),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)).into(),
            Self::Not(part) => (!part.holds(row)).into(),
            Self::Test { test, left, right } => {
                let left = left.value(row);
                right
                    .iter()
                    .any(|right| test.holds(&left, &right.value(row)))
                    .into()
            }
            Self::Reckon(sign, left, right) => reckon(*sign, &left.value(row), &right.value(row)),
        }
    }

    /// True when the value in a row is true.
    pub(super) fn holds(&self, row: &Row) -> bool {
        self.value(row) == Value::Bool(true)
    }

    /// The columns it names.
    pub(super) fn columns<'e>(&'e self, found: &mut Vec<&'e str>) {
        match self {
            Self::Literal(_) => {}
            Self::Column(name) => found.push(name),
            Self::Member(left, right) | Self::Reckon(_, left, right) => {
                left.columns(found);
                right.columns(found);
            }
            Self::Call(_, parts) | Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.columns(found));
            }
            Self::Not(part) => part.columns(found),
            Self::Test { left, right, .. } => {
                left.columns(found);
                right.iter().for_each(|part| part.columns(found));
            }
        }
    }

    /// The name of a column that was given none: `properties_a_b` for `properties.a.b`.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Column(name) => Some(name.clone()),
            Self::Member(of, name) => match name.as_ref() {
                Self::Literal(Value::String(name)) => Some(format!("{}_{name}", of.name()?)),
                Self::Literal(place) => Some(format!("{}_{place}", of.name()?)),
                _ => None,
            },
            Self::Call(function, parts) if function.starts_with("to") && parts.len() == 1 => {
                parts[0].name()
            }
            _ => None,
        }
    }
}

impl Test {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let (l, r) = (functions::text(left), functions::text(right));
        let lower = || (l.to_lowercase(), r.to_lowercase());
        match self {
            Self::Equal => equal(left, right),
            Self::Same => {
                let (l, r) = lower();
                l == r
            }
            Self::Less => order(left, right) == Some(Ordering::Less),
            Self::LessOrEqual => {
                matches!(order(left, right), Some(Ordering::Less | Ordering::Equal))
            }
            Self::Contains => {
                let (l, r) = lower();
                l.contains(&r)
            }
            Self::ContainsExactly => l.contains(&r),
            Self::StartsWith => {
                let (l, r) = lower();
                l.starts_with(&r)
            }
            Self::EndsWith => {
                let (l, r) = lower();
                l.ends_with(&r)
            }
            Self::Has => {
                let (l, r) = lower();
                has_term(&l, &r)
            }
        }
    }
}

/// Equality; a number or truth equals its text, as dynamic values do.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, other) | (other, Value::Null) => other.as_str() == Some(""),
        (Value::Number(_), Value::Number(_)) => order(left, right) == Some(Ordering::Equal),
        _ => functions::text(left) == functions::text(right),
    }
}

/// The order of two values; none between kinds that have none.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) {
        return left.partial_cmp(&right);
    }
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        _ => Some(functions::text(left).cmp(&functions::text(right))),
    }
}

/// True when a text has a term as a whole word.
fn has_term(text: &str, term: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !term.is_empty()
        && text.match_indices(term).any(|(at, found)| {
            edge(text[..at].chars().last()) && edge(text[at + found.len()..].chars().next())
        })
}

fn reckon(sign: char, left: &Value, right: &Value) -> Value {
    let whole = left.as_i64().zip(right.as_i64());
    if let Some((left, right)) = whole {
        let result = match sign {
            '+' => left.checked_add(right),
            '-' => left.checked_sub(right),
            '*' => left.checked_mul(right),
            _ => left.checked_div(right),
        };
        return result.map_or(Value::Null, Value::from);
    }
    let Some((left, right)) = left.as_f64().zip(right.as_f64()) else {
        return Value::Null;
    };
    Value::from(match sign {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    })
}
