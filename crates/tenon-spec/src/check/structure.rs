//! Lists and maps.

use tenon_model::shape::{Field, Presence, Shape};
use tenon_model::spec::{Item, Member, Node as Built};
use tenon_model::{Code, Diagnostic, Help, Place};

use super::{Checker, Mode, Where, either};
use crate::expression;
use crate::words::shown;
use crate::yaml::{Node, Pair};

impl<'t> Checker<'_, 't> {
    pub(super) fn list(
        &mut self,
        nodes: &[Node<'t>],
        node: &Node<'t>,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Option<Item> {
        let element = match shape {
            Shape::List(element) | Shape::OneOrMany(element) => element,
            Shape::Any => &Shape::Any,
            Shape::Either(shapes) => {
                return self.either_node(node, shape, shapes, either::takes_list, at);
            }
            _ => {
                self.refuse_form(at, node.span, shape, "this is a list");
                return None;
            }
        };
        let outer = self.mode;
        // A list replaces a list, so its elements are whole.
        self.mode = Mode::Whole;
        let items = nodes.iter().enumerate().filter_map(|(index, node)| {
            let at = at.element(index, node.span);
            self.check(node, element, &at)
        });
        let items = items.collect();
        self.mode = outer;
        Some(self.item(Built::List(items), node.span))
    }

    pub(super) fn map(
        &mut self,
        pairs: &[Pair<'t>],
        node: &Node<'t>,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Option<Item> {
        match shape {
            Shape::Struct(fields) => Some(self.members(pairs, node, fields, &[], at)),
            Shape::Keyed(value) => Some(self.keyed(pairs, node, value, at)),
            Shape::Any => Some(self.keyed(pairs, node, &Shape::Any, at)),
            Shape::OneOrMany(element) if either::takes_map(element) => {
                self.map(pairs, node, element, at)
            }
            Shape::Either(shapes) => self.either_node(node, shape, shapes, either::takes_map, at),
            _ => {
                self.refuse_form(at, node.span, shape, "this is a map");
                None
            }
        }
    }

    /// A map with known keys. Keys of `others` are known and left to the
    /// caller.
    pub(crate) fn members(
        &mut self,
        pairs: &[Pair<'t>],
        node: &Node<'t>,
        fields: &[Field],
        others: &[Field],
        at: &Where<'_>,
    ) -> Item {
        let mut members = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let name = &*pair.key;
            if let Some(field) = fields.iter().find(|field| field.name == name) {
                let at = at.key(name, pair.span);
                if let Some(item) = self.check(&pair.value, &field.shape, &at) {
                    members.push(self.member(pair, item));
                }
            } else if !others.iter().any(|field| field.name == name) {
                let known = fields.iter().chain(others).map(|field| field.name);
                let pattern = at.pattern().map(|pattern| format!(" --at '{pattern}'"));
                self.unknown_key(pair, at, pattern.as_deref(), known);
            }
        }
        if self.mode == Mode::Whole {
            let has = |name: &str| pairs.iter().any(|pair| *pair.key == *name);
            let place = self.files.place(at.span().unwrap_or(node.span));
            for field in required(fields).filter(|field| !has(field.name)) {
                self.findings.push(Self::missing(field, at, &place));
            }
        }
        self.item(Built::Map(members), node.span)
    }

    fn keyed(
        &mut self,
        pairs: &[Pair<'t>],
        node: &Node<'t>,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Item {
        let mut members = Vec::with_capacity(pairs.len());
        for pair in pairs {
            if expression::is_in(&pair.key) {
                self.findings.push(self.expression_as_key(pair));
                continue;
            }
            let at = at.name(&pair.key, pair.span);
            if let Some(item) = self.check(&pair.value, shape, &at) {
                members.push(self.member(pair, item));
            }
        }
        self.item(Built::Map(members), node.span)
    }

    fn expression_as_key(&self, pair: &Pair<'t>) -> Diagnostic {
        Diagnostic::error(Code::InvalidExpression, "this expression cannot be read")
            .at(
                &self.files.place(pair.span),
                "a key cannot be an expression",
            )
            .help(Help::text("write the key itself"))
    }

    pub(crate) fn member(&self, pair: &Pair<'t>, item: Item) -> Member {
        Member {
            name: pair.key.to_string(),
            place: self.files.place(pair.span),
            item,
        }
    }

    /// The pairs of a section, which must be a map; nothing if that was
    /// reported.
    pub(crate) fn map_of<'p>(&mut self, section: &'p Pair<'t>) -> Option<&'p [Pair<'t>]> {
        let at = Where::top(&section.key).with(section.span);
        if let crate::yaml::Data::Map(pairs) = &section.value.data {
            return Some(pairs);
        }
        let problem = if section.value.is_null() {
            self.empty(&at, section.span, "a map of names")
        } else {
            let found = self.what_stands(&section.value);
            self.wrong_type(&at, section.value.span, "a map of names", &found)
                .help(Help::text("write `name: {…}` below it"))
        };
        self.findings.push(problem);
        None
    }

    /// Reports a name that cannot be part of an address.
    pub(crate) fn check_key(&mut self, pair: &Pair<'t>, section: &str) {
        self.check_name(&pair.key, pair, section);
    }

    fn check_name(&mut self, name: &str, pair: &Pair<'t>, section: &str) {
        if is_key(name) {
            return;
        }
        let why = "letters, digits, `-` and `_` make a name; it begins with a letter or digit";
        let problem = Diagnostic::error(
            Code::InvalidValue,
            format!("a name in {section} cannot be {}", shown(name)),
        )
        .at(&self.files.place(pair.span), why);
        let help = if section == "vars" || section == "secrets" || section == "tenants" {
            "give it another name"
        } else {
            "give it another name here and write the one for Azure as `name:`"
        };
        self.findings.push(problem.help(Help::text(help)));
    }
}

/// Whether `name` can be a segment of an address.
pub(crate) fn is_key(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn required(fields: &[Field]) -> impl Iterator<Item = &Field> {
    fields
        .iter()
        .filter(|field| field.presence == Presence::Required)
}

/// Reports the keys that `item`, put together from template and overrides,
/// lacks anywhere.
pub(crate) fn missing_keys(
    item: &Item,
    shape: &Shape,
    at: &str,
    place: &Place,
    report: &mut dyn FnMut(Diagnostic),
) {
    match (shape, &item.node) {
        (Shape::Struct(fields), Built::Map(members)) => {
            for field in required(fields) {
                if item.get(field.name).is_none() {
                    report(Checker::missing(field, &at, place));
                }
            }
            for member in members {
                if let Some(field) = fields.iter().find(|field| field.name == member.name) {
                    let at = format!("{at}.{}", member.name);
                    missing_keys(&member.item, &field.shape, &at, &member.place, report);
                }
            }
        }
        (Shape::Keyed(value), Built::Map(members)) if !super::any::is_any(value) => {
            for member in members {
                let at = format!("{at}.{}", member.name);
                missing_keys(&member.item, value, &at, &member.place, report);
            }
        }
        (Shape::OneOrMany(element), Built::Map(_)) => {
            missing_keys(item, element, at, place, report);
        }
        (Shape::Either(shapes), Built::Map(_)) => {
            if let Some(shape) = best_fit(item, shapes) {
                missing_keys(item, shape, at, place, report);
            }
        }
        _ => {}
    }
}

/// The alternative that a checked map was checked against: the first that
/// knows all of its keys.
fn best_fit<'s>(item: &Item, shapes: &'s [Shape]) -> Option<&'s Shape> {
    shapes.iter().find(|shape| match shape {
        Shape::Struct(fields) => item
            .members()
            .iter()
            .all(|member| fields.iter().any(|field| field.name == member.name)),
        shape => either::takes_map(shape),
    })
}
