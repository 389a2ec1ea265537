//! Functions on numbers, truth and order.

use serde_json::Value;

use super::{Given, text};
use crate::template::Problem;

/// The value of a function on numbers or truth; `None` for another function.
pub(super) fn call(name: &str, given: Given<'_>) -> Option<Result<Value, Problem>> {
    Some(match name {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        "null" => Ok(Value::Null),
        "not" => given
            .get(0)
            .map(|value| (value != &Value::Bool(true)).into()),
        "bool" => given.get(0).map(|value| truth(value).into()),
        "int" => int(given),
        "add" => reckon(given, i64::checked_add),
        "sub" => reckon(given, i64::checked_sub),
        "mul" => reckon(given, i64::checked_mul),
        "div" => reckon(given, i64::checked_div),
        "mod" => reckon(given, i64::checked_rem),
        "equals" => equals(given),
        "less" => compare(given, std::cmp::Ordering::is_lt),
        "lessorequals" => compare(given, std::cmp::Ordering::is_le),
        "greater" => compare(given, std::cmp::Ordering::is_gt),
        "greaterorequals" => compare(given, std::cmp::Ordering::is_ge),
        "coalesce" => Ok(given
            .values
            .iter()
            .find(|value| !value.is_null())
            .cloned()
            .unwrap_or_default()),
        _ => return None,
    })
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => text.eq_ignore_ascii_case("true") || text == "1",
        _ => false,
    }
}

fn int(given: Given<'_>) -> Result<Value, Problem> {
    let value = given.get(0)?;
    let number = value
        .as_i64()
        .or_else(|| text::shown(value).trim().parse().ok());
    number
        .map(Value::from)
        .ok_or_else(|| given.wrong("cannot convert its argument to an integer"))
}

fn reckon(given: Given<'_>, rule: fn(i64, i64) -> Option<i64>) -> Result<Value, Problem> {
    rule(given.number(0)?, given.number(1)?)
        .map(Value::from)
        .ok_or_else(|| given.wrong("has no result for these arguments"))
}

/// Equality; texts compare with case, as the reference page says.
fn equals(given: Given<'_>) -> Result<Value, Problem> {
    Ok((given.get(0)? == given.get(1)?).into())
}

fn compare(given: Given<'_>, holds: fn(std::cmp::Ordering) -> bool) -> Result<Value, Problem> {
    let order = match (given.get(0)?, given.get(1)?) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => given.number(0)?.cmp(&given.number(1)?),
    };
    Ok(holds(order).into())
}
