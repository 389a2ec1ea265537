//! Who took how long, to scale.

use tenon_model::plan::Action;
use tenon_model::report::Report;

use crate::layout::Layout;
use crate::run::Run;
use crate::text::{cut_middle, width};
use crate::words::{duration, role};
use crate::{Role, Text, names};

/// The rows that are shown.
const ROWS: usize = 16;
/// The widest name.
const NAME: usize = 22;
/// The columns of durations.
const TIME: usize = 7;
/// The least columns between two times of the axis.
const TICK: usize = 10;
/// The seconds between two times of the axis.
const TICKS: [u64; 13] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600];

struct Row {
    name: String,
    role: Role,
    from: u64,
    to: u64,
}

/// Adds a bar for everything that ran, in the order in which it began.
pub(crate) fn bars(run: &Run, report: &Report, layout: &Layout, text: &mut Text) {
    let mut rows = rows(run, report);
    if rows.len() < 2 || report.took == 0 {
        return;
    }
    let hidden = rows.split_off(rows.len().min(ROWS));
    rows.sort_by_key(|row| (row.from, row.to));
    let names = rows
        .iter()
        .map(|row| width(&row.name))
        .max()
        .unwrap_or(0)
        .min(NAME);
    let start = 2 + names + 2;
    let scale = Scale {
        columns: layout.width.saturating_sub(start + TIME + 1).max(10),
        took: report.took,
    };
    text.space();
    axis(&scale, start, layout, text);
    for row in &rows {
        let mut line = layout.line();
        line.pad_to(2, 0)
            .push(Role::Address, cut_middle(&row.name, NAME))
            .pad_to(start, 2);
        let (from, to) = (scale.column(row.from), scale.column(row.to));
        line.pad_to(start + from, 0)
            .push(row.role, "#".repeat((to - from).max(1)));
        let took = duration(row.to - row.from);
        let end = start + scale.columns + 1 + TIME;
        line.pad_to(end.saturating_sub(width(&took)), 1)
            .push(Role::Plain, took);
        text.push(line);
    }
    if let Some(longest) = hidden.iter().map(|row| row.to - row.from).max() {
        let more = format!(
            "and {} more, none longer than {}",
            hidden.len(),
            duration(longest)
        );
        text.push(layout.line().with(Role::Dim, format!("  {more}")));
    }
}

/// The rows, the longest first: units, or blocks where there are too many.
fn rows(run: &Run, report: &Report) -> Vec<Row> {
    let ran: Vec<(usize, u64, u64)> = run
        .units
        .iter()
        .enumerate()
        .filter(|(_, unit)| unit.action != Action::NoOp)
        .filter_map(|(at, unit)| {
            let lines = unit.steps.iter().filter_map(|step| report.lines.get(step));
            let from = lines.clone().filter_map(|line| line.from).min()?;
            let to = lines.map(|line| line.to.unwrap_or(report.took)).max()?;
            Some((at, from, to.max(from)))
        })
        .collect();
    let by_block = ran.len() > ROWS;
    let mut rows: Vec<Row> = Vec::new();
    let mut last = None;
    for (at, from, to) in ran {
        let unit = &run.units[at];
        if let Some(row) = rows
            .last_mut()
            .filter(|_| by_block && last == Some(unit.block))
        {
            row.from = row.from.min(from);
            row.to = row.to.max(to);
            continue;
        }
        last = Some(unit.block);
        let name = if by_block {
            run.blocks[unit.block].as_str()
        } else {
            names::short(&unit.name)
        };
        rows.push(Row {
            name: name.to_owned(),
            role: role(unit.action),
            from,
            to,
        });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.to - row.from));
    rows
}

struct Scale {
    columns: usize,
    took: u64,
}

impl Scale {
    fn column(&self, at: u64) -> usize {
        let columns = self.columns as u64;
        usize::try_from(at.min(self.took) * columns / self.took).unwrap_or(0)
    }
}

/// Adds the times above the bars.
fn axis(scale: &Scale, start: usize, layout: &Layout, text: &mut Text) {
    let fits = |seconds: &&u64| scale.column((**seconds * 1000).min(scale.took)) >= TICK;
    let step = TICKS
        .iter()
        .find(fits)
        .or(TICKS.last())
        .copied()
        .unwrap_or(1)
        * 1000;
    let (mut times, mut marks) = (layout.line(), layout.line());
    let mut at = 0;
    while at <= scale.took {
        let column = start + scale.column(at);
        let said = if at == 0 { "0s".to_owned() } else { tick(at) };
        if column + width(&said) <= layout.width {
            times.pad_to(column, 1).push(Role::Dim, said);
        }
        marks.pad_to(start, 0);
        let dashes = column.saturating_sub(marks.width());
        marks
            .push(Role::Dim, "-".repeat(dashes))
            .push(Role::Dim, "|");
        at += step;
    }
    let rest = (start + scale.columns).saturating_sub(marks.width());
    marks.push(Role::Dim, "-".repeat(rest));
    text.push(times);
    text.push(marks);
}

/// A time of the axis: `30s`, `2m`, `1h30m`.
fn tick(at: u64) -> String {
    let seconds = at / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, 0) => format!("{minutes}m"),
        (hours, 0, 0) => format!("{hours}h"),
        _ => duration(at),
    }
}
