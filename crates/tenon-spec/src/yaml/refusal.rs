//! What the parser could not read, in words that help to mend it.
//!
//! The parser names the place where it gave up. That is often a line after the
//! mistake, so the text around it is looked at again: tabs, a value that needs
//! quotes, a bracket or quote that is still open, indentation between two
//! neighbours.

use granit_parser::{ErrorKind, ScanError};
use tenon_model::diagnostic::Edit;
use tenon_model::{Code, Diagnostic, Help, Place};

use super::{indentation, limits, quote};
use crate::source::{Files, Span};
use crate::words;

mod flow;
mod lines;
mod scalars;

pub(super) use lines::{Line, Lines};

/// A list or map that had not ended when reading stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unfinished {
    pub(super) span: Span,
    /// Whether it is written with brackets.
    pub(super) flow: bool,
}

/// Where reading stopped.
pub(super) struct Stop<'a, 't> {
    pub(super) files: &'a Files<'t>,
    pub(super) file: u32,
    /// The byte.
    pub(super) at: usize,
    pub(super) lines: Lines<'t>,
    pub(super) unfinished: &'a [Unfinished],
}

impl Stop<'_, '_> {
    /// The place of some bytes.
    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        let whole = Span {
            end: u32::try_from(self.files.text(self.file).len()).unwrap_or(u32::MAX),
            ..Span::beginning(self.file)
        };
        self.files
            .place(self.files.part(whole, start, end.saturating_sub(start)))
    }
}

/// Returns the message for an error of the parser.
pub(super) fn explain(
    files: &Files<'_>,
    file: u32,
    error: &ScanError,
    unfinished: &[Unfinished],
) -> Diagnostic {
    let text = files.text(file);
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let stop = Stop {
        files,
        file,
        at,
        lines: Lines::new(text),
        unfinished,
    };
    conflict_markers(&stop)
        .or_else(|| by_kind(&stop, error.kind()))
        .unwrap_or_else(|| {
            let here = stop.place(at, at + stop.lines.letter(at));
            Diagnostic::error(Code::InvalidYaml, "this is no YAML that can be read")
                .at(&here, "reading stopped here")
                .note(error.kind().to_string())
                .help(Help::text(
                    "if the value is text with special characters, put it in quotes",
                ))
        })
}

fn by_kind(stop: &Stop<'_, '_>, kind: &ErrorKind) -> Option<Diagnostic> {
    use ErrorKind as K;
    match kind {
        K::RecursionLimitExceeded => {
            let limit = format!("{} levels", limits::DEPTH);
            let here = stop.place(stop.at, stop.at + 1);
            Some(limits::too_large(
                &here,
                "lists and maps inside of each other",
                &limit,
            ))
        }
        K::DirectiveDisallowed => Some(directive(stop)),
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabInPlainScalar
        | K::TabAtBlockScalarStart => lines::tab(stop),
        K::ExpectedFlowMappingSeparator
        | K::ExpectedFlowSequenceSeparator
        | K::InvalidColonPlacement
        | K::UnclosedFlowCollection { .. }
        | K::UnexpectedEof
        | K::UnexpectedEofFlowMapping
        | K::UnexpectedEofFlowSequence
        | K::UnexpectedEofImplicitFlowMapping
        | K::InvalidFlowScalarIndent => {
            let colon = || {
                let here = stop.files.text(stop.file).get(stop.at..)?;
                here.starts_with(':').then(|| scalars::second_colon(stop))?
            };
            flow::unquoted_expression(stop)
                .or_else(colon)
                .or_else(|| flow::unclosed(stop))
        }
        K::MisplacedFlowCollectionEnd | K::MismatchedFlowCollectionEnd { .. } => {
            flow::unquoted_expression(stop).or_else(|| Some(flow::misplaced(stop)))
        }
        K::UnexpectedCharacter { character } => Some(scalars::bad_start(stop, *character)),
        K::MissingAnchorOrAliasName | K::InvalidBlockScalarHeader => {
            let here = stop.files.text(stop.file).get(stop.at..)?;
            Some(scalars::bad_start(stop, here.chars().next()?))
        }
        K::BlockSequenceEntryNotAllowed | K::BlockEntryInFlowCollection => {
            Some(scalars::misplaced_dash(stop))
        }
        K::UnclosedQuotedScalar
        | K::InvalidQuotedScalarIndent
        | K::DocumentIndicatorInQuotedScalar => scalars::unclosed_quote(stop),
        K::UnknownQuotedScalarEscape
        | K::InvalidQuotedScalarHexEscape
        | K::InvalidUnicodeEscape => Some(scalars::bad_escape(stop)),
        K::InvalidTrailingDoubleQuotedScalar | K::InvalidTrailingSingleQuotedScalar => {
            Some(scalars::after_quote(stop))
        }
        K::MappingValueNotAllowed => {
            let inside = || Some(scalars::inside_text(stop));
            indentation::explain(stop)
                .or_else(|| scalars::second_colon(stop))
                .or_else(inside)
        }
        K::ExpectedBlockMappingKey
        | K::ExpectedBlockSequenceEntry
        | K::InvalidIndentation
        | K::MappingKeyNotAllowed => {
            indentation::explain(stop).or_else(|| Some(scalars::no_key(stop)))
        }
        K::SimpleKeyExpected | K::ExpectedDocumentStart => Some(scalars::no_key(stop)),
        _ => None,
    }
}

fn conflict_markers(stop: &Stop<'_, '_>) -> Option<Diagnostic> {
    let line = stop
        .lines
        .all()
        .find(|line| line.text.starts_with("<<<<<<< "))?;
    let here = stop.place(line.start, line.start + line.text.len());
    Some(
        Diagnostic::error(
            Code::InvalidYaml,
            "this file has a merge conflict that nobody resolved",
        )
        .at(&here, "it begins here")
        .help(Help::text(
            "choose one side and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`",
        )),
    )
}

fn directive(stop: &Stop<'_, '_>) -> Diagnostic {
    let line = stop.lines.at(stop.at);
    let here = stop.place(line.start, line.start + line.text.len());
    Diagnostic::error(Code::UnsupportedYaml, "specs cannot use directives")
        .at(&here, "everything is YAML 1.2 here")
        .help(edit("remove this line", &here, String::new()))
}

/// Returns the message for an alias without an anchor.
pub(super) fn unknown_anchor(files: &Files<'_>, span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidYaml,
        format!("there is no anchor {} above", words::shown(name)),
    )
    .at(&files.place(span), "this stands for what an anchor marks")
    .help(edit(
        "if the text begins with `*`, put it in quotes",
        &files.place(span),
        quote::quoted(files.slice(span)),
    ))
}

/// Returns the message for an alias inside of what it stands for.
pub(super) fn endless(files: &Files<'_>, span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnsupportedYaml,
        "specs cannot use an alias inside of what it stands for",
    )
    .at(
        &files.place(span),
        format!("this is inside of `&{name}`, so it would never end"),
    )
    .help(Help::text("remove the alias"))
}

/// Returns the message for a tag.
pub(super) fn tag(files: &Files<'_>, span: Span) -> Diagnostic {
    Diagnostic::error(Code::UnsupportedYaml, "specs cannot use tags")
        .at(
            &files.place(span),
            "the key decides what the value means; a tag cannot",
        )
        .help(edit(
            "remove the tag; put text that begins with `!` in quotes",
            &files.place(span),
            String::new(),
        ))
}

/// Returns the message for a second document in one file.
pub(super) fn second_document(place: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::UnsupportedYaml,
        "specs cannot use several documents in one file",
    )
    .at(place, "a second one begins here")
    .help(Help::text(
        "put it into a file of its own and name both with `-f`",
    ))
}

/// Returns the message for a second `<<` in one map.
pub(super) fn second_merge(place: &Place) -> Diagnostic {
    Diagnostic::error(Code::DuplicateKey, "the key `<<` stands twice")
        .at(place, "again here")
        .help(Help::text("write one `<<: [*one, *two]`"))
}

/// Returns the message for a key that YAML readers take for a number or the
/// like.
pub(super) fn key_is_no_text(files: &Files<'_>, span: Span, key: &str) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnsupportedYaml,
        "specs cannot use a key that is no text",
    );
    let place = files.place(span);
    if key.is_empty() {
        return problem
            .at(&place, "the key is missing")
            .help(Help::text("write a key before the `:`"));
    }
    problem
        .at(&place, "without quotes this is no text in YAML")
        .help(edit("put it in quotes", &place, quote::quoted(key)))
}

/// Returns the message for a key that plans use for themselves.
pub(super) fn reserved_key(files: &Files<'_>, span: Span) -> Diagnostic {
    Diagnostic::error(Code::UnsupportedYaml, "specs cannot use this as a key")
        .at(&files.place(span), "plans mark their own values with it")
        .help(Help::text("give it another name"))
}

/// Returns help that replaces what stands at `place`.
pub(super) fn edit(text: &str, place: &Place, replacement: String) -> Help {
    Help {
        text: text.to_owned(),
        command: None,
        edit: Some(Edit {
            place: place.clone(),
            replacement,
        }),
    }
}
