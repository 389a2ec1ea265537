//! Maps of which exactly one member counts.

use std::fmt;

use tenon_model::spec::{Item, Member};
use tenon_model::{Code, Diagnostic, Help, Place};

use crate::check::Checker;

/// What such a map is about, for messages.
pub(super) struct Choice<'a> {
    /// The members of which one counts.
    pub(super) names: &'a [&'a str],
    /// The same in words: `` `env`, `file` or `key_vault` ``.
    pub(super) words: &'a str,
    /// Why there is one only: "a secret has one source".
    pub(super) rule: &'a str,
    /// How the commonest is written.
    pub(super) example: &'a str,
}

impl Choice<'_> {
    /// Returns the member of `item` that counts; reports none and several.
    pub(super) fn of<'i>(
        &self,
        checker: &mut Checker<'_, '_>,
        item: &'i Item,
        at: &dyn fmt::Display,
        place: &Place,
    ) -> Option<&'i Member> {
        let mut found = item
            .members()
            .iter()
            .filter(|member| self.names.contains(&member.name.as_str()));
        let problem = match (found.next(), found.next()) {
            (Some(only), None) => return Some(only),
            (Some(first), Some(second)) => self.several(first, second, at),
            (None, _) => self.none(at, place),
        };
        checker.findings.push(problem);
        None
    }

    fn several(&self, first: &Member, second: &Member, at: &dyn fmt::Display) -> Diagnostic {
        Diagnostic::error(
            Code::ConflictingKeys,
            format!(
                "`{}` and `{}` exclude each other in {at}",
                first.name, second.name
            ),
        )
        .at(&second.place, self.rule)
        .context(&first.place, "this is one")
        .help(Help::text(format!("keep one of {}", self.words)))
    }

    fn none(&self, at: &dyn fmt::Display, place: &Place) -> Diagnostic {
        let first = self.names.first().copied().unwrap_or_default();
        Diagnostic::error(Code::MissingKey, format!("missing key `{first}` in {at}"))
            .at(place, format!("one of {} must be here", self.words))
            .help(Help::text(format!("write `{}`", self.example)))
    }
}
