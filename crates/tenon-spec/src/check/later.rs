//! Values that are known later: secrets, and attributes of other entries.

use tenon_model::shape::{Format, Shape};
use tenon_model::spec::{Item, Node as Built};
use tenon_model::{Code, Diagnostic, Help, Later, Value};

use super::problems::wanted;
use super::{Audience, Checker, Where};
use crate::source::Span;
use crate::words::shown;

impl Checker<'_, '_> {
    /// Returns a value that is known later as an item of `shape`; nothing if
    /// that was reported.
    pub(super) fn later(
        &mut self,
        value: &Value,
        span: Span,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Option<Item> {
        if let Some(Later::Secret { name, .. }) = value.as_later() {
            if self.may_be_secret(shape) {
                return Some(self.item(Built::Scalar(value.clone()), span));
            }
            let problem = Diagnostic::error(
                Code::SecretInPlainSight,
                format!("the secret {} would be readable here", shown(name)),
            )
            .at(
                &self.files.place(span),
                format!("{at} is shown in plans and stored in Azure as it is"),
            )
            .help(Help::text("write a value that everybody may read"));
            self.findings.push(problem);
            return None;
        }
        if may_be_later(shape) {
            return Some(self.item(Built::Scalar(value.clone()), span));
        }
        let found = "this is known only when Azure has been asked";
        let problem = self
            .wrong_type(at, span, &wanted(shape), found)
            .help(Help::text("write the value itself"));
        self.findings.push(problem);
        None
    }

    fn may_be_secret(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Text(format) => *format == Format::Secret,
            Shape::Any => self.audience == Audience::Azure,
            Shape::OneOrMany(element) => self.may_be_secret(element),
            Shape::Either(shapes) => shapes.iter().any(|shape| self.may_be_secret(shape)),
            _ => false,
        }
    }
}

fn may_be_later(shape: &Shape) -> bool {
    match shape {
        Shape::Text(format) => *format != Format::Secret,
        Shape::Struct(_) | Shape::Keyed(_) | Shape::Nothing => false,
        Shape::Either(shapes) => shapes.iter().any(may_be_later),
        _ => true,
    }
}
