//! Text that was made for a terminal, on a page: the same words, with room.

use crate::markup::{Page, tag};
use crate::{Glyphs, Line, Options, Role, Text};

/// A page so wide that nothing is broken into lines for want of room; the
/// browser does that.
pub(super) fn wide() -> Options {
    Options {
        width: 100_000,
        glyphs: Glyphs::Unicode,
        ..Options::default()
    }
}

/// Adds every line as a row; what stands before the first wide gap, and is
/// of less weight, is its label.
pub(super) fn rows(text: &Text, page: &mut Page) {
    for line in text.lines().iter().filter(|line| line.width() > 0) {
        row(line, page);
    }
}

fn row(line: &Line, page: &mut Page) {
    let spans: Vec<(Role, &str)> = line
        .spans()
        .iter()
        .map(|span| (span.role, span.text.as_str()))
        .skip_while(|(_, text)| text.trim().is_empty())
        .collect();
    let Some(((first, label), rest)) = spans.split_first() else {
        return;
    };
    let has_gap = rest.first().is_some_and(|(_, gap)| gap.starts_with(' '));
    page.within(tag("div").class("row"), |page| {
        if *first == Role::Dim && has_gap && label.contains(char::is_alphabetic) {
            page.leaf(tag("span").class("label"), label);
            page.text(" ");
            page.within(tag("span"), |page| spans_of(rest, page));
        } else {
            page.within(tag("span").class("whole"), |page| spans_of(&spans, page));
        }
    });
}

fn spans_of(spans: &[(Role, &str)], page: &mut Page) {
    for (index, (role, text)) in spans.iter().enumerate() {
        let text = if index == 0 { text.trim_start() } else { text };
        span(*role, text, page);
    }
}

/// Adds text as it stands, line for line.
pub(super) fn as_it_stands(text: &Text, page: &mut Page) {
    page.within(tag("pre").class("text"), |page| {
        for (index, line) in text.lines().iter().enumerate() {
            if index > 0 {
                page.end_line();
            }
            for piece in line.spans() {
                span(piece.role, &piece.text, page);
            }
        }
    });
}

/// Adds a piece of text in its role.
pub(super) fn span(role: Role, text: &str, page: &mut Page) {
    match class(role) {
        "" => page.text(text),
        class => page.leaf(tag("span").class(class), text),
    };
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Plain | Role::Value => "",
        Role::Heading | Role::Address => "strong",
        Role::Create | Role::Good => "good",
        Role::Update | Role::Warning => "warn",
        Role::Replace => "again",
        Role::Delete | Role::Error => "bad",
        Role::Adopt | Role::Help => "help",
        Role::Forget | Role::Dim | Role::Gutter => "soft",
    }
}
