//! The functions of the template language.
//!
//! Names compare without case. A function that is not here is refused as
//! Resource Manager refuses an unknown one.

mod collections;
mod numbers;
mod scopes;
mod text;

use serde_json::Value;

use super::expression::Expression;
use super::{Problem, Scope};

/// The value of a call.
pub(super) fn call(
    scope: &Scope<'_>,
    name: &str,
    written: &str,
    arguments: &[Expression],
) -> Result<Value, Problem> {
    // These do not look at all of their arguments.
    match name {
        "if" => return choose(scope, arguments),
        "and" => return all(scope, arguments, false),
        "or" => return all(scope, arguments, true),
        _ => {}
    }
    let values: Vec<Value> = arguments
        .iter()
        .map(|argument| scope.evaluate(argument))
        .collect::<Result<_, _>>()?;
    let given = Given {
        function: written,
        values: &values,
    };
    scopes::call(scope, name, given)
        .or_else(|| text::call(name, given))
        .or_else(|| numbers::call(name, given))
        .or_else(|| collections::call(name, given))
        .unwrap_or_else(|| {
            Err(Problem::invalid(format!(
                "The template function '{written}' is not valid. Please see https://aka.ms/arm-functions for usage details."
            )))
        })
}

fn choose(scope: &Scope<'_>, arguments: &[Expression]) -> Result<Value, Problem> {
    let [condition, then, otherwise] = arguments else {
        return Err(Problem::invalid(
            "The template function 'if' expects exactly three arguments.",
        ));
    };
    match scope.evaluate(condition)? {
        Value::Bool(true) => scope.evaluate(then),
        Value::Bool(false) => scope.evaluate(otherwise),
        _ => Err(Problem::invalid(
            "The first argument of the template function 'if' must be of type 'Boolean'.",
        )),
    }
}

/// `and` stops at the first false, `or` at the first true.
fn all(scope: &Scope<'_>, arguments: &[Expression], stop: bool) -> Result<Value, Problem> {
    for argument in arguments {
        if scope.evaluate(argument)? == Value::Bool(stop) {
            return Ok(Value::Bool(stop));
        }
    }
    Ok(Value::Bool(!stop))
}

/// The evaluated arguments of a call.
#[derive(Clone, Copy)]
struct Given<'g> {
    function: &'g str,
    values: &'g [Value],
}

impl<'g> Given<'g> {
    fn get(&self, place: usize) -> Result<&'g Value, Problem> {
        self.values
            .get(place)
            .ok_or_else(|| self.wrong("has too few arguments"))
    }

    fn text(&self, place: usize) -> Result<&'g str, Problem> {
        let value = self.get(place)?;
        value.as_str().ok_or_else(|| {
            self.wrong(&format!(
                "expects its parameter at position {} to be of type 'String', but it is of type '{}'",
                place + 1,
                type_of(value)
            ))
        })
    }

    fn number(&self, place: usize) -> Result<i64, Problem> {
        let value = self.get(place)?;
        value.as_i64().ok_or_else(|| {
            self.wrong(&format!(
                "expects its parameter at position {} to be of type 'Integer', but it is of type '{}'",
                place + 1,
                type_of(value)
            ))
        })
    }

    /// An argument that may be left out.
    fn optional(&self, place: usize) -> Option<&'g Value> {
        self.values.get(place)
    }

    fn wrong(&self, what: &str) -> Problem {
        Problem::invalid(format!(
            "The template language function '{}' {what}. Please see https://aka.ms/arm-functions for usage details.",
            self.function
        ))
    }
}

/// A type as messages name it.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
    }
}

/// The member of an object; names compare without case.
pub(super) fn member(of: &Value, name: &str) -> Result<Value, Problem> {
    let Some(members) = of.as_object() else {
        return Err(Problem::invalid(format!(
            "The language expression property '{name}' cannot be evaluated: the value is of type '{}'.",
            type_of(of)
        )));
    };
    let found = members.get(name).or_else(|| {
        members
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    });
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = members.keys().map(String::as_str).collect();
        Problem::invalid(format!(
            "The language expression property '{name}' doesn't exist, available properties are '{}'.",
            known.join(", ")
        ))
    })
}

/// What stands between square brackets behind a value.
pub(super) fn element(of: &Value, place: &Value) -> Result<Value, Problem> {
    match (of, place) {
        (Value::Array(items), Value::Number(number)) => {
            let at = number.as_u64().and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| items.get(at)).cloned().ok_or_else(|| {
                Problem::invalid(format!(
                    "The language expression property array index '{number}' is out of bounds."
                ))
            })
        }
        (_, Value::String(name)) => member(of, name),
        _ => Err(Problem::invalid(format!(
            "The language expression property of type '{}' cannot be selected in a value of type '{}'.",
            type_of(place),
            type_of(of)
        ))),
    }
}
