//! What can be wrong with `${...}`.

use tenon_model::{Code, Diagnostic, Help};

use super::{Flaw, Reach, Reader, What};
use crate::source::{Files, Span};
use crate::words::{listing, shown};
use tenon_model::suggest::nearest;

impl Reader<'_, '_> {
    pub(super) fn refuse(&mut self, span: Span, ordinal: usize, why: &str, help: Help) {
        let place = self.files.place(self.expression(span, ordinal));
        self.findings.push(
            Diagnostic::error(Code::InvalidExpression, "this expression cannot be read")
                .at(&place, why)
                .help(help),
        );
    }

    pub(super) fn refuse_flaw(&mut self, span: Span, flaw: Flaw) {
        let literal = Help::text("if the text is meant for another program, write `$${`");
        let (why, help) = match flaw.what {
            What::Unclosed => ("there is no `}`", literal),
            What::Empty => ("there is no name in it", Help::text("write `${vars.…}`")),
            What::NoName => (
                "only a name may stand here, such as `vars.x`; there are no functions and no operators",
                literal,
            ),
        };
        self.refuse(span, flaw.ordinal, why, help);
    }

    pub(super) fn refuse_first(
        &mut self,
        first: &str,
        span: Span,
        ordinal: usize,
        is_section: bool,
    ) {
        let words = self.scope.reach.words();
        let everything = Reach::Everything.words();
        if is_section || everything.contains(&first) {
            let why = match words {
                [] => "no expression can be used here".to_owned(),
                _ => format!("only {} can be used here", words.join(", ")),
            };
            let help = Help::text("write the value itself");
            return self.refuse(span, ordinal, &why, help);
        }
        let candidates = words.iter().chain(&self.scope.sections).copied();
        let literal = "if the text is meant for another program, write `$${`";
        let (why, help) = match nearest(first, candidates.clone()) {
            Some(near) => (format!("did you mean `{near}`?"), Help::text(literal)),
            None if self.scope.vars.contains_key(first) => {
                (format!("did you mean `vars.{first}`?"), Help::text(literal))
            }
            None => (
                format!("{} is none of {}", shown(first), listing(candidates, 12)),
                Help::text(literal),
            ),
        };
        self.refuse(span, ordinal, &why, help);
    }

    pub(super) fn refuse_unknown(
        &mut self,
        noun: &str,
        section: &str,
        name: &str,
        names: &[&str],
        span: Span,
        ordinal: usize,
    ) {
        if self.findings.is_full() {
            return;
        }
        let written = self.expression(span, ordinal);
        let place = self.files.place(written);
        let near = nearest(name, names.iter().copied());
        let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let problem = Diagnostic::error(
            Code::UnknownReference,
            format!("the spec has no {noun} {}", shown(name)),
        )
        .at(&place, label);
        let problem = if names.is_empty() {
            problem
        } else {
            let known = listing(names.iter().copied(), 10);
            problem.note(format!("{section} of this spec: {known}"))
        };
        let problem = match near {
            Some(near) => problem.help(renamed(self.files, written, name, near)),
            None => problem,
        };
        self.findings
            .push(problem.help(Help::text(format!("declare it under `{section}`"))));
    }

    pub(super) fn refuse_unset(&mut self, name: &str, span: Span, ordinal: usize) {
        let place = self.files.place(self.expression(span, ordinal));
        self.findings.push(
            Diagnostic::error(
                Code::UnsetVariable,
                format!("the environment variable {} has no value", shown(name)),
            )
            .at(&place, "used here")
            .help(Help::command("set it", format!("export {name}=…"))),
        );
    }

    pub(super) fn refuse_secret(&mut self, name: &str, span: Span, ordinal: usize) {
        let place = self.files.place(self.expression(span, ordinal));
        self.findings.push(
            Diagnostic::error(
                Code::SecretInPlainSight,
                format!("the secret {} would be readable here", shown(name)),
            )
            .at(&place, "a secret cannot be a part of a text")
            .help(Help::text(
                "store the whole text as one secret and use it alone",
            )),
        );
    }

    /// Where the `${` with this number stands.
    fn expression(&self, span: Span, ordinal: usize) -> Span {
        expression_span(self.files, span, ordinal)
    }
}

/// Returns help that writes `near` for `name` in the expression at `span`.
pub(crate) fn renamed(files: &Files<'_>, span: Span, name: &str, near: &str) -> Help {
    let new = files.slice(span).replacen(name, near, 1);
    crate::check::replace(&format!("write `{new}`"), &files.place(span), &new)
}

/// Where the `${` with this number stands inside of the scalar at `span`; the
/// whole scalar where escapes hide it.
pub(crate) fn expression_span(files: &Files<'_>, span: Span, ordinal: usize) -> Span {
    let raw = files.slice(span);
    let Some((start, _)) = raw.match_indices("${").nth(ordinal) else {
        return span;
    };
    let length = raw[start..]
        .find('}')
        .map_or_else(|| "${".len(), |end| end + 1);
    files.part(span, start, length)
}
