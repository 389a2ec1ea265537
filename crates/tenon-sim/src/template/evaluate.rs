//! Values out of template text: strings with expressions in them, loops in properties.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::expression::{Expression, inside};
use super::{Parameters, Place, Problem, Runtime, functions};

/// How deep variables may lead to variables.
const DEEPEST: u32 = 64;

/// The loops around an expression: the place in each, and the innermost one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Copies {
    current: Option<String>,
    places: BTreeMap<String, i64>,
}

impl Copies {
    /// The same loops with one more inside.
    pub(super) fn within(&self, name: &str, place: i64) -> Self {
        let mut copies = self.clone();
        let key = name.to_ascii_lowercase();
        copies.places.insert(key.clone(), place);
        copies.current = Some(key);
        copies
    }

    /// The same loops with one in a property, which only its name reaches.
    fn around(&self, name: &str, place: i64) -> Self {
        let mut copies = self.within(name, place);
        copies.current = self.current.clone().or(copies.current);
        copies
    }

    /// The place in a loop, or in the innermost one.
    pub(super) fn place(&self, name: Option<&str>) -> Option<i64> {
        let key = match name {
            Some(name) => name.to_ascii_lowercase(),
            None => self.current.clone()?,
        };
        self.places.get(&key).copied()
    }
}

/// What names in an expression stand for.
pub(crate) struct Scope<'s> {
    pub(crate) parameters: &'s Parameters,
    /// The template's variables as they were written.
    pub(crate) variables: &'s Value,
    pub(crate) place: &'s Place,
    pub(crate) runtime: &'s dyn Runtime,
    pub(crate) copies: Copies,
    depth: Cell<u32>,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(
        parameters: &'s Parameters,
        variables: &'s Value,
        place: &'s Place,
        runtime: &'s dyn Runtime,
    ) -> Self {
        Self {
            parameters,
            variables,
            place,
            runtime,
            copies: Copies::default(),
            depth: Cell::new(0),
        }
    }

    /// The same scope inside of other loops.
    pub(crate) fn inside(&self, copies: Copies) -> Self {
        Self {
            copies,
            depth: Cell::new(self.depth.get()),
            ..*self
        }
    }

    /// A value with every expression in it evaluated.
    pub(crate) fn value(&self, written: &Value) -> Result<Value, Problem> {
        match written {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => self.object(members),
            other => Ok(other.clone()),
        }
    }

    /// A text that has to come out as text.
    pub(crate) fn string(&self, written: &Value) -> Result<String, Problem> {
        match self.value(written)? {
            Value::String(text) => Ok(text),
            other => Err(Problem::invalid(format!(
                "Expected a value of type 'String', but received a value of type '{}'.",
                functions::type_of(&other)
            ))),
        }
    }

    fn text(&self, text: &str) -> Result<Value, Problem> {
        match inside(text) {
            Some(expression) => self.evaluate(&Expression::parse(expression)?),
            None if text.starts_with("[[") => Ok(Value::from(&text[1..])),
            None => Ok(Value::from(text)),
        }
    }

    fn object(&self, members: &Map<String, Value>) -> Result<Value, Problem> {
        let mut read = Map::new();
        for (name, value) in members {
            if let (true, Some(loops)) = (name == "copy", loops(value)) {
                for one in loops {
                    read.insert(one.name.to_owned(), self.repeated(&one)?);
                }
                continue;
            }
            let name = match inside(name) {
                Some(_) => self.string(&Value::from(name.as_str()))?,
                None => name.clone(),
            };
            read.insert(name, self.value(value)?);
        }
        Ok(Value::Object(read))
    }

    /// The values of a loop in properties or variables.
    fn repeated(&self, one: &Loop<'_>) -> Result<Value, Problem> {
        let count = self.value(one.count)?.as_i64().unwrap_or_default();
        (0..count)
            .map(|place| {
                self.inside(self.copies.around(one.name, place))
                    .value(one.input)
            })
            .collect()
    }

    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Value, Problem> {
        match expression {
            Expression::Text(text) => Ok(Value::from(text.as_str())),
            Expression::Number(number) => Ok(Value::from(*number)),
            Expression::Call {
                name,
                written,
                arguments,
            } => functions::call(self, name, written, arguments),
            Expression::Member(of, name) => functions::member(&self.evaluate(of)?, name),
            Expression::Index(of, place) => {
                functions::element(&self.evaluate(of)?, &self.evaluate(place)?)
            }
        }
    }

    /// The value of a variable, evaluated each time it is named.
    pub(super) fn variable(&self, name: &str) -> Result<Value, Problem> {
        if self.depth.get() >= DEEPEST {
            return Err(Problem::invalid(format!(
                "The template variable '{name}' refers to itself."
            )));
        }
        self.depth.set(self.depth.get() + 1);
        let found = self.find_variable(name);
        self.depth.set(self.depth.get() - 1);
        found.unwrap_or_else(|| {
            Err(Problem::invalid(format!(
                "The template variable '{name}' is not found. Please see https://aka.ms/arm-syntax-variables for usage details."
            )))
        })
    }

    fn find_variable(&self, name: &str) -> Option<Result<Value, Problem>> {
        let members = self.variables.as_object()?;
        let written = members
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        if let Some((_, written)) = written {
            return Some(self.value(written));
        }
        let loops = loops(members.get("copy")?)?;
        let one = loops
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name))?;
        Some(self.repeated(one))
    }
}

/// A loop in properties or variables.
struct Loop<'l> {
    name: &'l str,
    count: &'l Value,
    input: &'l Value,
}

/// The loops of a `copy` member; `None` when it is something else that has this name.
fn loops(copy: &Value) -> Option<Vec<Loop<'_>>> {
    copy.as_array()?
        .iter()
        .map(|one| {
            Some(Loop {
                name: one.get("name")?.as_str()?,
                count: one.get("count")?,
                input: one.get("input")?,
            })
        })
        .collect()
}
