//! The changes as a diff, in which hosts colour the lines.
//!
//! A host looks at the first sign of a line: `+` green, `-` red, `!` orange.
//! The lines themselves are those of the plan's text, moved to the left.

use tenon_model::plan::Action;

use super::Page;
use super::budget::Level;
use super::markdown::{fence, fold};
use crate::cards::Block;
use crate::layout::Layout;
use crate::plan::{details, title};
use crate::words::{count, symbol};
use crate::{Line, Options, Role, Text};

/// Where the details of a block begin, two columns behind its name.
const INDENT: usize = 6;

/// Returns the folded diff; none where nothing changes or nothing fits.
pub(super) fn detail(page: &Page<'_>, level: Level) -> Option<String> {
    if page.blocks.is_empty() || level >= Level::Counts {
        return None;
    }
    let layout = Layout::for_diff(&Options::default(), INDENT);
    let titles = title::titles(&page.blocks, &page.order, &layout);
    let columns = title::Columns::of(&titles, &layout);
    let mut lines: Vec<String> = Vec::new();
    for (block, title) in page.blocks.iter().zip(&titles) {
        let mut head = Text::new();
        title.render(&columns, &layout, &mut head);
        let mut body = Text::new();
        if shows(block, level) {
            details::details(block, title, &layout, &mut body);
        } else if !title.which.is_empty() {
            layout.listed(INDENT, "", 0, Role::Dim, &title.which, &mut body);
        }
        if level == Level::Fields && block.action() != Action::Create {
            fields(block, &layout, &mut body);
        }
        if !lines.is_empty() && !body.is_empty() {
            lines.push(String::new());
        }
        lines.extend(signed(block.action(), &head, &body));
    }
    let number = count(page.plan.summary.changes(), "change");
    let folded = fence("diff", &lines.join("\n"));
    Some(fold(&format!("{number} in detail"), &folded))
}

fn shows(block: &Block<'_>, level: Level) -> bool {
    match level {
        Level::Full => true,
        Level::Grouped => block.action() != Action::Create,
        _ => false,
    }
}

/// The names of the properties that change, without their values.
fn fields(block: &Block<'_>, layout: &Layout, text: &mut Text) {
    let all = block.first().changes();
    let paths = all.flat_map(|change| &change.properties);
    let paths: Vec<String> = paths.map(|property| property.path.clone()).collect();
    if !paths.is_empty() {
        layout.labelled("changes", Role::Plain, &paths, text);
    }
}

/// Puts the sign of a line into its first column.
fn signed(action: Action, head: &Text, body: &Text) -> Vec<String> {
    let mut out = Vec::new();
    for (index, line) in head.plain().lines().enumerate() {
        let line = line.trim_start();
        out.push(match (index, action) {
            // What goes on below the title belongs to it.
            (1.., _) => format!("{}{}{line}", sign(action), " ".repeat(INDENT - 1)),
            (0, Action::Update) => line.replacen('~', "!", 1),
            (0, _) => line.to_owned(),
        });
    }
    let mut before = sign(action);
    for line in body.lines() {
        before = sign_of(action, line, before);
        let plain: String = line.spans().iter().map(|span| span.text.as_str()).collect();
        let plain = plain.strip_prefix(&" ".repeat(INDENT)).unwrap_or(&plain);
        let gap = " ".repeat(INDENT - 1);
        out.push(format!("{before}{gap}{plain}").trim_end().to_owned());
    }
    out
}

fn sign(action: Action) -> char {
    match action {
        Action::Create => '+',
        Action::Delete => '-',
        Action::Update | Action::Replace => '!',
        _ => symbol(action).chars().next().unwrap_or(' '),
    }
}

/// The colour of a line: of what is lost red, of what is only said none; a line
/// that goes on has the colour of the one above.
fn sign_of(action: Action, line: &Line, above: char) -> char {
    if matches!(action, Action::Create | Action::Delete) {
        return sign(action);
    }
    let spans = line.spans();
    let blank = |text: &str| text.chars().all(|sign| sign == ' ');
    let first = spans.iter().find(|span| !blank(&span.text));
    let indent: usize = line.width() - line_text(line).trim_start().chars().count();
    match first {
        None => ' ',
        Some(span) if span.role == Role::Delete => '-',
        Some(span) if span.role == Role::Create && span.text.starts_with('+') => '+',
        Some(_) if indent > INDENT => above,
        Some(span) if span.role == Role::Dim => {
            match spans.iter().any(|s| s.role == Role::Delete) {
                true => '-',
                false => ' ',
            }
        }
        Some(_) => sign(action),
    }
}

fn line_text(line: &Line) -> String {
    line.spans().iter().map(|span| span.text.as_str()).collect()
}
