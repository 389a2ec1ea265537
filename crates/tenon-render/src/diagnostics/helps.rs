//! Ways out, so that they can be pasted.

use tenon_model::Help;

use crate::layout::Layout;
use crate::text::{width, wrap};
use crate::{Role, Text};

const WORD: &str = "help: ";
/// The widest words that commands are moved right for.
const BESIDE: usize = 40;

/// Adds the ways out, commands below each other. A command is never broken:
/// one that finds no room beside its words goes on a line of its own.
pub(crate) fn helps(helps: &[Help], layout: &Layout, text: &mut Text) {
    let with_command = helps.iter().filter(|help| help.command.is_some());
    let words = with_command.map(|help| width(&introduced(&help.text)));
    let column = WORD.len() + words.filter(|w| *w <= BESIDE).max().unwrap_or(0) + 2;
    for help in helps {
        one(help, column, layout, text);
    }
}

/// The words before a command.
fn introduced(words: &str) -> String {
    if words.is_empty() || words.ends_with(':') {
        words.to_owned()
    } else {
        format!("{words}:")
    }
}

fn one(help: &Help, column: usize, layout: &Layout, text: &mut Text) {
    let command = help.command.as_deref().unwrap_or("");
    let words = if command.is_empty() {
        help.text.clone()
    } else {
        introduced(&help.text)
    };
    let mut line = layout
        .line()
        .with(Role::Help, "help")
        .with(Role::Plain, ": ");
    let mut is_first = true;
    for written in words.lines() {
        for row in wrap(written, layout.width.saturating_sub(WORD.len())) {
            if !is_first {
                text.push(std::mem::replace(&mut line, layout.line()));
                line.pad_to(WORD.len(), 0);
            }
            line.push(Role::Plain, row);
            is_first = false;
        }
    }
    let start = if words.is_empty() {
        0
    } else {
        column.max(line.width() + 2)
    };
    let fits = start.max(line.width()) + width(command) <= layout.width;
    if command.is_empty() || fits && !command.contains('\n') {
        line.pad_to(start, 0).push(Role::Value, command);
        text.push(line);
        return;
    }
    if !words.is_empty() {
        text.push(std::mem::replace(&mut line, layout.line()));
    }
    for row in command.lines() {
        line.pad_to(WORD.len(), 0).push(Role::Value, row);
        text.push(std::mem::replace(&mut line, layout.line()));
    }
}
