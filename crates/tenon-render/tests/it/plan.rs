//! Plans.

use tenon_model::place::Sources;
use tenon_render::{Depth, Glyphs, Options, Theme};

use crate::golden::{check, wide};
use crate::sample;

fn show(plan: &tenon_model::plan::Plan, options: &Options) -> String {
    let text = tenon_render::plan(plan, &Sources::default(), options).plain();
    for line in text.lines() {
        assert_eq!(line.trim_end(), line, "space at the end");
    }
    text
}

#[test]
fn widths() {
    for width in [60, 80, 100, 120] {
        let text = show(&sample::plan(), &wide(width));
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        check(&format!("plan-{width}"), &text);
    }
}

#[test]
fn ascii_and_depths() {
    let ascii = Options {
        glyphs: Glyphs::Ascii,
        ..wide(100)
    };
    let text = show(&sample::plan(), &ascii);
    assert!(text.is_ascii(), "{text}");
    check("plan-ascii", &text);
    for depth in [Depth::Summary, Depth::Full] {
        let name = format!("plan-{depth:?}").to_lowercase();
        check(
            &name,
            &show(&sample::plan(), &Options { depth, ..wide(100) }),
        );
    }
}

#[test]
fn colour() {
    let text = tenon_render::plan(&sample::plan(), &Sources::default(), &wide(100));
    check(
        "plan-colour",
        &text.paint(&Theme::Ansi).replace('\u{1b}', "␛"),
    );
}
