//! A picture as SVG.
//!
//! Colours are variables, so that a picture follows the page it stands on, or
//! by itself the scheme of whoever looks at it. There is no script in it and
//! nothing is fetched: a host shows it as an image.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layout::{Area, Laid, Route, layout, rows, size};
use super::{Picture, PictureCard, Shape, Why, style};
use crate::markup::{Page, Tag, tag};
use crate::words::count;

/// What the forms and colours of pictures are; the report has them in its own
/// sheet.
pub(crate) const STYLE: &str = include_str!("svg/picture.css");
/// The colours, on light and on dark ground.
pub(crate) const LIGHT: &str = include_str!("svg/light.css");
pub(crate) const DARK: &str = include_str!("svg/dark.css");

/// Returns the picture as a file of its own.
pub(crate) fn alone(picture: &Picture, title: &str) -> String {
    let mut page = Page::default();
    write(picture, title, Setting::Alone, &mut page);
    page.end_line();
    page.finish()
}

/// Adds the colours to a picture that stands alone.
pub(crate) fn colours(page: &mut Page) {
    page.literal("\n.tenon-picture{color-scheme:light dark;")
        .literal(LIGHT);
    page.literal("}\n@media (prefers-color-scheme:dark){.tenon-picture{");
    page.literal(DARK).literal("}}\n");
}

/// Where a picture stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setting<'a> {
    /// In a file of its own, with its colours.
    Alone,
    /// On a page that has the colours, and tells of entries in these places.
    OnPage(&'a HashMap<&'a str, usize>),
}

/// Writes the picture.
pub(crate) fn write(picture: &Picture, title: &str, setting: Setting<'_>, page: &mut Page) {
    let laid = layout(picture);
    let dashed = picture.links.iter().any(|link| link.why == Why::First);
    let height = laid.height + if dashed { 22 } else { 0 };
    let svg = tag("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .class("tenon-picture")
        .with("viewBox", format!("0 0 {} {height}", laid.width))
        .with("width", laid.width)
        .with("height", height)
        .with("role", "img")
        .with("aria-labelledby", "tenon-picture-title tenon-picture-desc");
    page.within(svg, |page| {
        page.end_line();
        page.leaf(tag("title").with("id", "tenon-picture-title"), title);
        page.end_line();
        page.leaf(
            tag("desc").with("id", "tenon-picture-desc"),
            &described(picture),
        );
        page.end_line();
        if matches!(setting, Setting::Alone) {
            page.within(tag("style"), |page| {
                colours(page);
                page.literal(STYLE);
            });
            page.end_line();
            let whole = tag("rect").class("page").with("rx", 8);
            page.empty(whole.with("width", laid.width).with("height", height));
            page.end_line();
        }
        arrow(page);
        for (area, name) in laid.tenants.iter().zip(&picture.tenants) {
            tenant(area, name, page);
        }
        for route in &laid.routes {
            line(picture, route, page);
        }
        for (card, area) in picture.cards.iter().zip(&laid.cards) {
            drawn(card, area, setting, page);
        }
        if dashed {
            legend(&laid, page);
        }
    });
}

/// The picture in words, for those who do not see it.
fn described(picture: &Picture) -> String {
    let mut said = format!("{}. ", count(picture.cards.len(), "card"));
    for (number, tenant) in picture.tenants.iter().enumerate() {
        let mine = picture.cards.iter().filter(|card| card.tenant == number);
        let cards: Vec<String> = mine.map(PictureCard::line).collect();
        // Writing to a string cannot fail.
        let _ = write!(said, "{tenant}: {}. ", cards.join("; "));
    }
    said.trim_end().to_owned()
}

fn arrow(page: &mut Page) {
    page.literal(
        "<defs><marker id=\"tenon-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">\
         <path class=\"tip\" d=\"M0 0.5 7.5 4 0 7.5z\"/></marker></defs>\n",
    );
}

fn tenant(area: &Area, name: &str, page: &mut Page) {
    page.empty(rectangle(area).class("tenant").with("rx", 10));
    let text = tag("text").class("tenant-name");
    page.leaf(text.with("x", area.x + 14).with("y", area.y + 21), name);
    page.end_line();
}

fn rectangle(area: &Area) -> Tag {
    tag("rect")
        .with("x", area.x)
        .with("y", area.y)
        .with("width", area.width)
        .with("height", area.height)
}

fn line(picture: &Picture, route: &Route, page: &mut Page) {
    let class = match route.link.why {
        Why::Needs => "line",
        Why::First => "line first",
    };
    let end = if route.is_backward {
        "marker-start"
    } else {
        "marker-end"
    };
    let path = tag("path")
        .class(class)
        .with("d", way(route))
        .with("data-from", route.link.from)
        .with("data-to", route.link.to)
        .with(end, "url(#tenon-arrow)");
    page.within(path, |page| {
        let [from, to] = [route.link.from, route.link.to].map(|at| &picture.cards[at].names);
        let said = match route.link.why {
            Why::Needs => format!("{to} needs {from}"),
            Why::First => format!("first {from}, then {to}"),
        };
        page.leaf(tag("title"), &said);
    });
    page.end_line();
}

fn way(route: &Route) -> String {
    let mut out = String::new();
    for (at, ((x, y), (to_x, to_y))) in route.curves.iter().enumerate() {
        let start = if at == 0 { 'M' } else { 'L' };
        let middle = i32::midpoint(*x, *to_x);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "{start}{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"
        );
    }
    out
}

fn drawn(card: &PictureCard, area: &Area, setting: Setting<'_>, page: &mut Page) {
    let shape = match card.shape {
        Shape::Entry => "",
        Shape::Elsewhere => " elsewhere",
        Shape::Image => " image",
    };
    let group = tag("g")
        .class(format!("card {}{shape}", style(card.action)))
        .with(
            "data-entry",
            card.entries.first().map_or("", String::as_str),
        );
    let target = match setting {
        Setting::Alone => None,
        Setting::OnPage(targets) => card
            .entries
            .first()
            .and_then(|one| targets.get(one.as_str())),
    };
    let group = match target {
        Some(at) => group.with("data-change", format!("change-{at}")),
        None => group,
    };
    page.within(group, |page| {
        let round = if card.shape == Shape::Elsewhere {
            16
        } else {
            6
        };
        page.empty(rectangle(area).class("face").with("rx", round));
        let mut y = area.y + 18;
        let text = |class: &'static str, y: i32| {
            let text = tag("text").class(class);
            text.with("x", area.x + 12).with("y", y)
        };
        page.leaf(text("head", y), &card.head());
        for row in rows(card) {
            y += super::layout::ROW;
            page.leaf(text("name", y), &row);
        }
        if !card.notes.is_empty() {
            page.leaf(text("note", y + 15), &card.note());
        }
    });
    page.end_line();
    debug_assert_eq!(size(card).height, area.height);
}

fn legend(laid: &Laid, page: &mut Page) {
    let y = laid.height + 4;
    let dash = tag("path").class("line first");
    page.empty(dash.with("d", format!("M14 {y}H44")));
    let text = tag("text").class("note").with("x", 52).with("y", y + 4);
    page.leaf(text, "goes first, although nothing else binds the two");
    page.end_line();
}
