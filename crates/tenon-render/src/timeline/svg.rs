//! A timeline as SVG: a row for each entry, a bar for each step.

use tenon_model::plan::Does;
use tenon_model::time;

use super::{End, Piece, Row, Timeline};
use crate::markup::{Page, Tag, tag};
use crate::names::short;
use crate::picture::svg::{STYLE, Setting, colours};
use crate::text::{cut_middle, width};
use crate::words::{count, duration};

/// The forms and colours of timelines, beside those of pictures.
pub(crate) const BARS: &str = include_str!("timeline.css");

/// The rows that are drawn.
const ROWS: usize = 300;
const ROW: usize = 24;
const TOP: usize = 40;
const MARGIN: usize = 14;
/// The widest name, in columns, and what a column takes.
const NAME: usize = 30;
const COLUMN: usize = 8;
/// Where bars are.
const BARS_WIDE: usize = 640;
/// What stands right of them.
const TIMES: usize = 150;
/// The seconds between two times of the axis.
const TICKS: [u64; 15] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600,
];

/// Returns the timeline as a file of its own.
pub(crate) fn alone(timeline: &Timeline) -> String {
    let mut page = Page::default();
    write(timeline, Setting::Alone, &mut page);
    page.end_line();
    page.finish()
}

/// Writes the timeline.
pub(crate) fn write(timeline: &Timeline, setting: Setting<'_>, page: &mut Page) {
    let shown = &timeline.rows[..timeline.rows.len().min(ROWS)];
    let hidden = timeline.rows.len() - shown.len();
    let names = shown.iter().map(|row| width(short(&row.name)));
    let names = names.max().unwrap_or(0).min(NAME) * COLUMN;
    let scale = Scale {
        left: MARGIN + names + 10,
        took: timeline.took.max(1),
    };
    let whole = scale.left + BARS_WIDE + TIMES;
    let height = TOP + shown.len() * ROW + MARGIN + if hidden > 0 { ROW } else { 0 };
    let svg = tag("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .class("tenon-picture tenon-timeline")
        .with("viewBox", format!("0 0 {whole} {height}"))
        .with("width", whole)
        .with("height", height)
        .with("role", "img")
        .with(
            "aria-labelledby",
            "tenon-timeline-title tenon-timeline-desc",
        );
    page.within(svg, |page| {
        page.end_line();
        page.leaf(
            tag("title").with("id", "tenon-timeline-title"),
            &timeline.title(),
        );
        page.leaf(
            tag("desc").with("id", "tenon-timeline-desc"),
            &described(shown),
        );
        page.end_line();
        if matches!(setting, Setting::Alone) {
            page.within(tag("style"), |page| {
                colours(page);
                page.literal(STYLE).literal(BARS);
            });
            let face = tag("rect").class("page").with("rx", 8);
            page.empty(face.with("width", whole).with("height", height));
            page.end_line();
        }
        axis(&scale, TOP + shown.len() * ROW, page);
        for (at, row) in shown.iter().enumerate() {
            drawn(row, TOP + at * ROW, &scale, page);
        }
        if hidden > 0 {
            let y = TOP + shown.len() * ROW + 16;
            let text = tag("text").class("note").with("x", MARGIN).with("y", y);
            page.leaf(
                text,
                &format!("{} that began later", count(hidden, "entry")),
            );
        }
    });
}

/// Where times are.
struct Scale {
    left: usize,
    took: u64,
}

impl Scale {
    fn x(&self, milliseconds: u64) -> usize {
        let wide = BARS_WIDE as u64;
        let x = milliseconds.min(self.took).saturating_mul(wide) / self.took;
        self.left + usize::try_from(x).unwrap_or(0)
    }

    /// The times of the axis, milliseconds: at most nine.
    fn ticks(&self) -> impl Iterator<Item = u64> {
        let fits = |step: &&u64| self.took / (**step * 1_000) < 9;
        let step = TICKS.iter().find(fits).unwrap_or(&86_400) * 1_000;
        let took = self.took;
        (0..)
            .map(move |number| number * step)
            .take_while(move |at| *at <= took)
    }
}

fn axis(scale: &Scale, bottom: usize, page: &mut Page) {
    for at in scale.ticks() {
        let x = scale.x(at);
        let line = tag("path").class("tick");
        page.empty(line.with("d", format!("M{x} 30V{bottom}")));
        let text = tag("text").class("note").with("x", x).with("y", 22);
        page.leaf(text.with("text-anchor", "middle"), &time::span(at / 1_000));
        page.end_line();
    }
}

fn drawn(row: &Row, y: usize, scale: &Scale, page: &mut Page) {
    page.within(tag("g").class("row"), |page| {
        let name = tag("text")
            .class("name")
            .with("x", MARGIN)
            .with("y", y + 16);
        page.leaf(name, &cut_middle(short(&row.name), NAME));
        for piece in &row.pieces {
            bar(piece, y, scale, page);
        }
        let took = duration(row.took());
        let said = match (row.failed(), row.is_open()) {
            (Some(code), _) => format!("{took}  {}", cut_middle(code, 16)),
            (None, true) => format!("{took}  end not known"),
            (None, false) => took,
        };
        let class = if row.failed().is_some() {
            "note bad"
        } else {
            "note"
        };
        let last = row.pieces.iter().map(|piece| piece.to).max().unwrap_or(0);
        let text = tag("text").class(class).with("x", scale.x(last) + 8);
        page.leaf(text.with("y", y + 16), &said);
    });
    page.end_line();
}

fn bar(piece: &Piece, y: usize, scale: &Scale, page: &mut Page) {
    let (from, to) = (scale.x(piece.from), scale.x(piece.to));
    // Parts of an entry are made at the same time as each other, so they are
    // drawn thinner than the entry itself, below it.
    let part = piece.address.segments().count() > 2;
    let (down, height) = if part { (17, 3) } else { (5, 11) };
    let class = match (&piece.end, piece.does) {
        (End::Failed(_), _) => "bar bad",
        (End::Open, _) => "bar open",
        (_, Does::Create) => "bar create",
        (_, Does::Delete) => "bar delete",
        (_, Does::Check | Does::Settle) => "bar look",
        _ => "bar update",
    };
    let rect: Tag = tag("rect")
        .class(class)
        .with("x", from)
        .with("y", y + down)
        .with("width", (to - from).max(2))
        .with("height", height)
        .with("rx", if part { 1 } else { 3 });
    page.within(rect, |page| {
        let took = duration(piece.to - piece.from);
        page.leaf(tag("title"), &format!("{}, {took}", piece.said()));
    });
}

fn described(rows: &[Row]) -> String {
    let said = rows.iter().map(|row| {
        let (from, took) = (row.span().0, row.took());
        let failed = row
            .failed()
            .map_or_else(String::new, |code| format!(", failed: {code}"));
        format!(
            "{} {} after {}, took {}{failed}",
            row.sort().word(),
            short(&row.name),
            duration(from),
            duration(took)
        )
    });
    let said: Vec<String> = said.collect();
    said.join("; ")
}
