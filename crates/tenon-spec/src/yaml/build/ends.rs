//! What ends a reading, and what mars it.

use std::ops::ControlFlow;

use granit_parser::{Span as Mark, StructureStyle};
use tenon_model::{Code, Diagnostic, Help};

use super::super::refusal::Unfinished;
use super::super::{Unreadable, limits, refusal};
use super::{Builder, Key, Open};
use crate::source::Span;

impl Builder<'_, '_> {
    pub(super) fn too_large(&mut self, span: Span, what: &str, limit: &str) -> Unreadable {
        let place = self.files.place(span);
        self.findings.push(limits::too_large(&place, what, limit));
        Unreadable
    }

    pub(super) fn too_deep(&mut self, span: Span) -> ControlFlow<()> {
        let limit = format!("{} levels", limits::DEPTH);
        self.too_large(span, "lists and maps inside of each other", &limit);
        ControlFlow::Break(())
    }

    pub(super) fn refuse_key(&mut self, span: Span, why: &str) {
        if self.skipping > 0 {
            return;
        }
        self.set_key(Key::Refused);
        let place = self.files.place(span);
        self.findings.push(
            Diagnostic::error(Code::UnsupportedYaml, "specs cannot use this as a key")
                .at(&place, why)
                .help(Help::text("write a short text as the key")),
        );
    }

    pub(super) fn refuse_tag(&mut self, mark: &Mark) {
        let span = mark
            .tag_span()
            .map_or_else(|| self.span(mark), |tag| self.span(&tag));
        self.findings.push(refusal::tag(self.files, span));
    }

    pub(super) fn refuse_document(&mut self, span: Span) -> ControlFlow<()> {
        let place = self.files.place(span);
        self.findings.push(refusal::second_document(&place));
        ControlFlow::Break(())
    }

    /// The lists and maps that have not ended, outermost first.
    pub(super) fn unfinished(&self) -> Vec<Unfinished> {
        let one = |open: &Open<'_>| Unfinished {
            span: open.span,
            flow: open.style == StructureStyle::Flow,
        };
        self.open.iter().map(one).collect()
    }

    pub(super) fn span(&self, mark: &Mark) -> Span {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Span {
            file: self.file,
            start: small(mark.start.byte_offset().unwrap_or(0)),
            end: small(mark.end.byte_offset().unwrap_or(0)),
            line: small(mark.start.line()),
            column: small(mark.start.col()) + 1,
        }
    }
}
