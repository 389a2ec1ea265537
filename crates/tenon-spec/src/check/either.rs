//! Shapes with alternatives.
//!
//! The first alternative that fits is taken. When none does, the message is
//! the one of the alternative that came nearest: the right form with a value
//! that is not allowed before the wrong form.

use tenon_model::Code;
use tenon_model::shape::Shape;
use tenon_model::spec::Item;

use super::problems::wanted;
use super::{Checker, Literal, Where};
use crate::findings::Findings;
use crate::yaml::Node;

/// What an alternative made of a value.
struct Trial {
    item: Option<Item>,
    findings: Findings,
}

impl<'t> Checker<'_, 't> {
    /// A known scalar against alternatives.
    pub(super) fn either_literal(
        &mut self,
        literal: Literal<'_, 't>,
        whole: &Shape,
        shapes: &[Shape],
        at: &Where<'_>,
    ) -> Option<Item> {
        self.first_fit(whole, shapes, takes_scalar, at, |checker, shape| {
            checker.literal(literal, shape, at)
        })
    }

    /// A list or map against alternatives.
    pub(super) fn either_node(
        &mut self,
        node: &Node<'t>,
        whole: &Shape,
        shapes: &[Shape],
        fits: fn(&Shape) -> bool,
        at: &Where<'_>,
    ) -> Option<Item> {
        self.first_fit(whole, shapes, fits, at, |checker, shape| {
            checker.check(node, shape, at)
        })
    }

    fn first_fit(
        &mut self,
        whole: &Shape,
        shapes: &[Shape],
        fits: fn(&Shape) -> bool,
        at: &Where<'_>,
        mut check: impl FnMut(&mut Self, &Shape) -> Option<Item>,
    ) -> Option<Item> {
        let candidates: Vec<&Shape> = shapes.iter().filter(|shape| fits(shape)).collect();
        let candidates = if candidates.is_empty() {
            shapes.iter().take(1).collect()
        } else {
            candidates
        };
        let mut best: Option<Trial> = None;
        for shape in candidates {
            let trial = self.attempt(|checker| check(checker, shape));
            if trial.findings.seen() == 0 {
                return trial.item;
            }
            if best.as_ref().is_none_or(|best| trial.is_nearer(best)) {
                best = Some(trial);
            }
        }
        let mut best = best?;
        let message = format!("{at} takes {}", wanted(whole));
        best.findings
            .rename(Code::WrongType, &at.to_string(), &message);
        self.findings.append(best.findings);
        best.item
    }

    /// Runs `check` and keeps what it remembers only if it finds nothing.
    fn attempt(&mut self, check: impl FnOnce(&mut Self) -> Option<Item>) -> Trial {
        let outer = std::mem::take(&mut self.findings);
        let (references, files) = (self.references.len(), self.text_files.len());
        let item = check(self);
        let findings = std::mem::replace(&mut self.findings, outer);
        if findings.seen() > 0 {
            self.references.truncate(references);
            self.forget_files(files);
        }
        Trial { item, findings }
    }
}

impl Trial {
    fn is_nearer(&self, other: &Trial) -> bool {
        self.rank() < other.rank()
    }

    fn rank(&self) -> (usize, usize) {
        let wrong_form = usize::from(self.findings.first() == Some(Code::WrongType));
        (wrong_form, self.findings.seen())
    }
}

fn takes_scalar(shape: &Shape) -> bool {
    match shape {
        Shape::List(_) | Shape::Struct(_) | Shape::Keyed(_) | Shape::Nothing => false,
        Shape::OneOrMany(element) => takes_scalar(element),
        Shape::Either(shapes) => shapes.iter().any(takes_scalar),
        _ => true,
    }
}

/// Whether `shape` takes a list.
pub(super) fn takes_list(shape: &Shape) -> bool {
    match shape {
        Shape::List(_) | Shape::OneOrMany(_) | Shape::Any => true,
        Shape::Either(shapes) => shapes.iter().any(takes_list),
        _ => false,
    }
}

/// Whether `shape` takes a map.
pub(super) fn takes_map(shape: &Shape) -> bool {
    match shape {
        Shape::Struct(_) | Shape::Keyed(_) | Shape::Any => true,
        Shape::OneOrMany(element) => takes_map(element),
        Shape::Either(shapes) => shapes.iter().any(takes_map),
        _ => false,
    }
}
