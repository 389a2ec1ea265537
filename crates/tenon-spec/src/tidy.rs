//! Puts a spec into its usual form: keys in the order of the reference at the
//! top and in entries, two spaces for each level of block maps.
//!
//! It moves lines and changes what they are indented by, and writes no text of
//! its own: quotes, flow maps and comments stay as their author wrote them. A
//! comment goes with the key below it; what stands before the first key of the
//! file stays there. What it made is read again; if it is not the same spec
//! with the same lines, the order is left alone, and then the file.

use std::ops::Range;

use tenon_model::shape::{Section, Shape};
use tenon_model::{Diagnostic, diagnostic};

use crate::{Data, Node, Pair, SourceFile, fleet_keys, language, parse_document};

/// Columns of a level.
const STEP: usize = 2;

/// Returns the text of a spec in its usual form.
///
/// # Errors
///
/// What is wrong with a text that cannot be read.
pub fn tidy(file: &SourceFile, sections: &[&'static Section]) -> Result<String, Vec<Diagnostic>> {
    let mut text = once(file, sections)?;
    // Where a comment belongs shows only beside the lines that stand around it
    // afterwards, so it may take another look until nothing moves any more.
    for _ in 0..LOOKS {
        let moved = SourceFile {
            name: file.name.clone(),
            text: text.clone(),
        };
        let again = once(&moved, sections)?;
        if again == text {
            return Ok(text);
        }
        text = again;
    }
    Ok(file.text.clone())
}

/// How many further looks a file gets; one that still moves is left alone.
const LOOKS: usize = 4;

fn once(file: &SourceFile, sections: &[&'static Section]) -> Result<String, Vec<Diagnostic>> {
    let (document, diagnostics) = parse_document(file);
    if diagnostic::has_errors(&diagnostics) {
        return Err(diagnostics);
    }
    let Some(root) = &document.root else {
        return Ok(file.text.clone());
    };
    for sorting in [Sorting::Usual, Sorting::AsWritten] {
        let tidying = Tidying {
            lines: file.text.lines().collect(),
            sections,
            sorting,
        };
        if let Some(text) = tidying.file(root)
            && is_same(file, root, &text)
        {
            return Ok(text);
        }
    }
    Ok(file.text.clone())
}

/// Whether a text is the same spec, and has the same lines in any order.
fn is_same(file: &SourceFile, root: &Node<'_>, text: &str) -> bool {
    let lines = |text: &str| {
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        lines.sort_unstable();
        lines
    };
    let after = SourceFile {
        name: file.name.clone(),
        text: text.to_owned(),
    };
    let (document, diagnostics) = parse_document(&after);
    !diagnostic::has_errors(&diagnostics)
        && document.root.is_some_and(|after| is_alike(root, &after))
        && lines(&file.text) == lines(text)
}

/// Whether two nodes say the same; maps have no order.
fn is_alike(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.data, &other.data) {
        (Data::Scalar(one), Data::Scalar(other)) => {
            *one.text == *other.text && one.style == other.style
        }
        (Data::List(ones), Data::List(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others.iter()).all(|(a, b)| is_alike(a, b))
        }
        (Data::Map(pairs), Data::Map(_)) => {
            pairs.len() == other.pairs().len()
                && pairs.iter().all(|pair| {
                    let found = other.pair(&pair.key);
                    found.is_some_and(|found| is_alike(&pair.value, &found.value))
                })
        }
        _ => false,
    }
}

/// Whether keys are put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sorting {
    Usual,
    AsWritten,
}

/// Where a map stands in the spec.
#[derive(Clone, Copy)]
enum Level {
    /// The spec itself.
    Top,
    /// A collection; its names are the author's, and stay in their order.
    Collection(&'static Section),
    /// An entry of a collection.
    Entry(&'static Section),
    /// Anything below.
    Deeper,
}

struct Tidying<'t> {
    lines: Vec<&'t str>,
    sections: &'t [&'static Section],
    sorting: Sorting,
}

/// A key with the lines that belong to it.
struct Chunk<'n, 't> {
    pair: &'n Pair<'t>,
    /// Blank lines and comments above it.
    lead: Range<usize>,
    line: usize,
    /// What follows of its value.
    rest: Range<usize>,
}

impl Tidying<'_> {
    fn file(&self, root: &Node<'_>) -> Option<String> {
        let mut out = Vec::new();
        self.map(root, 0..self.lines.len(), 0, Level::Top, &mut out)?;
        while out.last().is_some_and(String::is_empty) {
            out.pop();
        }
        out.push(String::new());
        Some(out.join("\n"))
    }

    /// Writes a block map; none if its lines are not of the plain form.
    fn map(
        &self,
        node: &Node<'_>,
        region: Range<usize>,
        indent: usize,
        level: Level,
        out: &mut Vec<String>,
    ) -> Option<()> {
        let mut chunks = self.chunks(node, &region)?;
        let before = region.start..chunks.first()?.lead.start;
        if !self.are_remarks(before.clone()) {
            return None;
        }
        self.remarks(before, indent, out);
        if matches!(level, Level::Top) {
            let lead = std::mem::take(&mut chunks.first_mut()?.lead);
            self.remarks(lead, indent, out);
        }
        if self.sorting == Sorting::Usual {
            chunks.sort_by_key(|chunk| self.rank(level, &chunk.pair.key));
        }
        for (index, chunk) in chunks.iter().enumerate() {
            let lead = match index {
                0 => self.without_blank_start(chunk.lead.clone()),
                _ => chunk.lead.clone(),
            };
            self.remarks(lead, indent, out);
            let line = self.lines[chunk.line].trim();
            out.push(format!("{:indent$}{line}", ""));
            self.value(chunk, indent, self.below(level, &chunk.pair.key), out);
        }
        Some(())
    }

    /// The keys of a block map, each at the beginning of a line of `region`,
    /// all at the same column.
    fn chunks<'n, 't>(
        &self,
        node: &'n Node<'t>,
        region: &Range<usize>,
    ) -> Option<Vec<Chunk<'n, 't>>> {
        let line_of = |pair: &Pair<'_>| (pair.span.line as usize).checked_sub(1);
        let column = node.pairs().first()?.span.column;
        let mut chunks: Vec<Chunk<'n, 't>> = Vec::new();
        for pair in node.pairs() {
            let line = line_of(pair).filter(|line| region.contains(line))?;
            let least = chunks.last().map_or(region.start, |last| last.line + 1);
            let indent = indent_of(self.lines[line]);
            if pair.span.column != column || indent + 1 != column as usize || line < least {
                return None;
            }
            let lead = self.lead(line, least, indent);
            if let Some(last) = chunks.last_mut() {
                last.rest.end = lead.start;
            }
            chunks.push(Chunk {
                pair,
                lead,
                line,
                rest: line + 1..region.end,
            });
        }
        Some(chunks)
    }

    /// Blank lines and comments right above a key, down to `least`. A comment
    /// that is indented deeper belongs to what is above.
    fn lead(&self, line: usize, least: usize, indent: usize) -> Range<usize> {
        let mut start = line;
        while start > least {
            let above = self.lines[start - 1];
            let is_ours =
                above.trim().is_empty() || is_comment(above) && indent_of(above) <= indent;
            if !is_ours {
                break;
            }
            start -= 1;
        }
        start..line
    }

    fn value(&self, chunk: &Chunk<'_, '_>, indent: usize, level: Level, out: &mut Vec<String>) {
        let rest = chunk.rest.clone();
        let inside = indent + STEP;
        if matches!(chunk.pair.value.data, Data::Map(_)) {
            let length = out.len();
            if self
                .map(&chunk.pair.value, rest.clone(), inside, level, out)
                .is_some()
            {
                return;
            }
            out.truncate(length);
        }
        let first = rest.clone().map(|at| self.lines[at]);
        let first = first
            .filter(|line| !line.trim().is_empty() && !is_comment(line))
            .find(|line| {
                let start = line.trim_start();
                start == "-" || start.starts_with("- ")
            })
            .filter(|_| matches!(chunk.pair.value.data, Data::List(_)));
        let (from, to) = match first {
            Some(item) => (indent_of(item), inside),
            None => (indent_of(self.lines[chunk.line]), indent),
        };
        for at in rest {
            out.push(moved(self.lines[at], from, to));
        }
    }

    /// The place of a key among its siblings. What is not known comes last, as
    /// it was written.
    fn rank(&self, level: Level, key: &str) -> usize {
        match level {
            Level::Top if key == "outputs" => usize::MAX - 1,
            Level::Top => {
                let language = language().iter().map(|field| field.name);
                let sections = self.sections.iter().map(|section| section.name);
                place(key, language.chain(sections))
            }
            Level::Entry(_) if key == "count" => 0,
            Level::Entry(section) => match section.shape {
                Shape::Struct(fields) => {
                    let fleet = fleet_keys().iter().map(|field| field.name);
                    let fields = fields.iter().map(|field| field.name);
                    let all = fields.chain(fleet.filter(|name| *name != "count"));
                    place(key, all).saturating_add(1)
                }
                _ => 0,
            },
            Level::Collection(_) | Level::Deeper => 0,
        }
    }

    fn below(&self, level: Level, key: &str) -> Level {
        match level {
            Level::Top => {
                let found = self.sections.iter().find(|section| section.name == key);
                found.map_or(Level::Deeper, |section| Level::Collection(section))
            }
            Level::Collection(section) => Level::Entry(section),
            Level::Entry(_) | Level::Deeper => Level::Deeper,
        }
    }

    fn are_remarks(&self, lines: Range<usize>) -> bool {
        lines
            .map(|at| self.lines[at])
            .all(|line| line.trim().is_empty() || is_comment(line))
    }

    /// Writes comments, and one blank line for each run of them.
    fn remarks(&self, lines: Range<usize>, indent: usize, out: &mut Vec<String>) {
        for at in lines {
            let line = self.lines[at].trim();
            if !line.is_empty() {
                out.push(format!("{:indent$}{line}", ""));
            } else if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        }
    }

    fn without_blank_start(&self, lines: Range<usize>) -> Range<usize> {
        let blank = lines
            .clone()
            .take_while(|at| self.lines[*at].trim().is_empty());
        lines.start + blank.count()..lines.end
    }
}

fn place(key: &str, mut names: impl Iterator<Item = &'static str>) -> usize {
    names.position(|name| name == key).unwrap_or(usize::MAX)
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// A line of a value that moves as a whole.
fn moved(line: &str, from: usize, to: usize) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    let indent = (indent_of(line) + to).saturating_sub(from);
    format!("{:indent$}{}", "", line.trim_start_matches(' '))
}

#[cfg(test)]
mod tests;
