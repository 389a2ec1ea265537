//! The tree as a `serde_yaml` value, for files that are not specs.
//!
//! Files with variables, worlds of a simulator: whatever is decoded into types
//! of its own comes through the same limits as a spec when it is read as a
//! [`super::Document`] first.

use serde_yaml::Value;

use super::core::{self, Whole};
use super::node::{Data, Node, Scalar};

impl Node<'_> {
    /// Returns the value that `serde_yaml` would read, merge keys applied.
    ///
    /// Numbers with a fraction stay text: `1.10` is a version more often than
    /// a number.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.data {
            Data::List(nodes) => Value::Sequence(nodes.iter().map(Node::to_value).collect()),
            Data::Map(pairs) => Value::Mapping(
                pairs
                    .iter()
                    .map(|pair| (Value::String(pair.key.to_string()), pair.value.to_value()))
                    .collect(),
            ),
            Data::Scalar(scalar) => scalar_value(scalar),
        }
    }
}

fn scalar_value(scalar: &Scalar<'_>) -> Value {
    if scalar.is_null() {
        return Value::Null;
    }
    let open = scalar.is_open();
    match (core::boolean(&scalar.text), core::whole(&scalar.text)) {
        (Some(truth), _) if open => Value::Bool(truth),
        (_, Some(Whole::Fits(number))) if open => Value::Number(number.into()),
        _ => Value::String(scalar.text.to_string()),
    }
}
