//! A timeline as a Mermaid gantt chart: a bar for each entry, grouped by what
//! happened to it.

use std::fmt::Write as _;

use tenon_model::time;

use super::{Row, Sort, Timeline};
use crate::mermaid::escape;
use crate::names::short;
use crate::text::cut_end;

/// The bars that are drawn; the shortest are left out.
const ROWS: usize = 40;

/// Returns the chart.
pub(crate) fn write(timeline: &Timeline) -> String {
    let mut out = "gantt\n".to_owned();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "  title {}, {}",
        words(&timeline.deployment),
        timeline.when()
    );
    out.push_str("  dateFormat YYYY-MM-DD HH:mm:ss.SSS\n");
    let axis = if timeline.took < 600_000 {
        "%H:%M:%S"
    } else {
        "%H:%M"
    };
    let _ = writeln!(out, "  axisFormat {axis}");
    let (shown, hidden) = longest(timeline);
    for sort in Sort::ALL {
        let mut mine = shown.iter().filter(|row| row.sort() == sort).peekable();
        if mine.peek().is_some() {
            let _ = writeln!(out, "  section {}", sort.word());
        }
        for row in mine {
            bar(timeline, row, &mut out);
        }
    }
    if hidden > 0 {
        let _ = writeln!(out, "  section {hidden} shorter ones are left out");
    }
    out
}

fn bar(timeline: &Timeline, row: &Row, out: &mut String) {
    let tag = match (row.failed(), row.is_open()) {
        (Some(_), _) => "crit",
        (None, true) => "active",
        (None, false) => "done",
    };
    let failed = row
        .failed()
        .map_or_else(String::new, |code| format!(" failed, {code}"));
    let name = words(&format!("{}{failed}", short(&row.name)));
    let from = timeline.began.unwrap_or(0) * 1_000 + row.span().0;
    let at = time::rfc3339(from / 1_000)
        .replace('T', " ")
        .replace('Z', "");
    // A bar of no length is not drawn.
    let took = row.took().max(1);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {name} :{tag}, {at}.{:03}, {took}ms", from % 1_000);
}

/// The rows that take longest, in their order, and the number of the others.
/// The pauses between waves show as gaps.
fn longest(timeline: &Timeline) -> (Vec<&Row>, usize) {
    let rows = timeline.rows.iter().enumerate();
    let pauses = |row: &Row| row.sort() == Sort::Look && row.failed().is_none();
    let mut rows: Vec<(usize, &Row)> = rows.filter(|(_, row)| !pauses(row)).collect();
    // What failed is never left out.
    rows.sort_by_key(|(at, row)| (row.failed().is_none(), std::cmp::Reverse(row.took()), *at));
    let hidden = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    rows.sort_by_key(|(at, _)| *at);
    (rows.into_iter().map(|(_, row)| row).collect(), hidden)
}

/// Words at the beginning of a line, where Mermaid looks for its own.
fn words(text: &str) -> String {
    const OWN: [&str; 17] = [
        "gantt",
        "dateformat",
        "inclusiveend",
        "topaxis",
        "axisformat",
        "tickinterval",
        "includes",
        "excludes",
        "todaymarker",
        "weekday",
        "weekend",
        "title",
        "acctitle",
        "accdescr",
        "section",
        "click",
        "vert",
    ];
    let escaped = escape(&cut_end(text, 60));
    let lower = escaped.to_ascii_lowercase();
    let is_own = OWN.iter().any(|own| lower.starts_with(own));
    // A date is one of its words, too.
    match escaped.chars().next() {
        Some(first) if is_own || first.is_ascii_digit() => {
            format!("#{};{}", u32::from(first), &escaped[1..])
        }
        _ => escaped,
    }
}
