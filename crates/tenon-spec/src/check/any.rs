//! Values that may be anything: bodies of the escape hatch, outputs.

use tenon_model::shape::Shape;
use tenon_model::{Help, Value};

use super::{Checker, Literal, Where};
use crate::yaml::{Style, core};

impl<'t> Checker<'_, 't> {
    /// Returns what a scalar is by the core schema of YAML 1.2.
    pub(super) fn any_scalar(&mut self, literal: Literal<'_, 't>, at: &Where<'_>) -> Option<Value> {
        let text = &*literal.scalar.text;
        if literal.scalar.style != Style::Plain {
            return Some(Value::text(text));
        }
        if let Some(truth) = core::boolean(text) {
            return Some(Value::Bool(truth));
        }
        match core::whole(text) {
            Some(core::Whole::Fits(number)) => return Some(Value::Int(number)),
            Some(core::Whole::TooLarge) => {
                let why = "no 64 bits hold this number";
                let problem = self.invalid(at, literal.span, text, why);
                let help = Help::text("put it in quotes if it is meant as text");
                self.findings.push(problem.help(help));
                return None;
            }
            None => {}
        }
        Some(core::fraction(text).map_or_else(|| Value::text(text), Value::Float))
    }
}

/// Whether `shape` takes whatever stands there.
pub(super) fn is_any(shape: &Shape) -> bool {
    matches!(shape, Shape::Any)
}
