//! Every message at every width, with and without colour and other signs.

use tenon_model::{Code, Diagnostic};
use tenon_render::{Glyphs, Options, Theme};

use crate::samples::{self, Sample};
use crate::{folder, golden};

/// A few that have all that messages are made of: marks, notes, commands,
/// edits, long words, other files.
const SHOWN: [Code; 6] = [
    Code::UnknownKey,
    Code::Cycle,
    Code::DuplicateKey,
    Code::ImageNotReadable,
    Code::QuotaExceeded,
    Code::Protected,
];

fn render(sample: &Sample, width: usize, glyphs: Glyphs, theme: Theme) -> String {
    let options = Options {
        width,
        glyphs,
        ..Options::default()
    };
    let one = std::slice::from_ref(&sample.diagnostic);
    tenon_render::diagnostics(one, &sample.sources, &options).paint(&theme)
}

#[test]
fn a_few_at_other_widths_in_colour_and_in_ascii() {
    let samples = samples::all();
    let mut page = String::new();
    let mut add = |title: &str, text: &str| page.push_str(&format!("## {title}\n\n{text}\n"));
    for code in SHOWN {
        let sample = &samples[&code][0];
        for width in [60, 120] {
            let text = render(sample, width, Glyphs::Unicode, Theme::None);
            add(&format!("{code}, {width} columns"), &text);
        }
        let text = render(sample, 80, Glyphs::Ascii, Theme::None);
        add(&format!("{code}, in ASCII"), &text);
        let text = render(sample, 80, Glyphs::Unicode, Theme::Ansi);
        add(&format!("{code}, in colour"), &text.replace('\u{1b}', "␛"));
    }
    let differs = golden(&folder().join("widths.txt"), &page);
    assert_eq!(differs, None);
}

#[test]
fn no_line_is_wider_than_the_page_unless_it_cannot_be_broken() {
    for sample in samples::all().values().flatten() {
        for width in [60, 80, 120] {
            let text = render(sample, width, Glyphs::Unicode, Theme::None);
            for line in text.lines() {
                let fits = unicode_width(line) <= width;
                assert!(
                    fits || cannot_be_broken(line, &sample.diagnostic),
                    "{} at {width}: {line}",
                    sample.diagnostic.code
                );
            }
        }
    }
}

/// Columns; what our words use is one column wide.
fn unicode_width(line: &str) -> usize {
    line.chars().count()
}

/// A single word, or a command that has to be pasted.
fn cannot_be_broken(line: &str, diagnostic: &Diagnostic) -> bool {
    let text = line.trim_start().trim_start_matches("= ").trim();
    let commands = diagnostic
        .helps
        .iter()
        .filter_map(|help| help.command.as_deref());
    let is_command = |command: &str| command.lines().any(|one| one.trim() == text);
    is_one_word(text) || commands.into_iter().any(is_command)
}

/// What stands in quotes or backticks is not broken either.
fn is_one_word(text: &str) -> bool {
    let mut quote = None;
    text.chars().all(|letter| {
        match quote {
            Some(open) if letter == open => quote = None,
            None if matches!(letter, '`' | '"') => quote = Some(letter),
            _ => {}
        }
        quote.is_some() || letter != ' '
    })
}

#[test]
fn colour_is_only_colour_and_ascii_only_ascii() {
    for sample in samples::all().values().flatten() {
        let code = sample.diagnostic.code;
        let plain = render(sample, 80, Glyphs::Unicode, Theme::None);
        assert!(!plain.contains('\u{1b}'), "{code} has colour");
        let colour = render(sample, 80, Glyphs::Unicode, Theme::Ansi);
        assert!(colour.contains('\u{1b}'), "{code} has no colour");
        assert_eq!(without_colour(&colour), plain, "{code}");
        let ascii = render(sample, 80, Glyphs::Ascii, Theme::None);
        let foreign: String = ascii.chars().filter(|letter| !letter.is_ascii()).collect();
        assert!(foreign.is_empty(), "{code}: {foreign} in {ascii}");
    }
}

fn without_colour(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split('\u{1b}').enumerate() {
        let rest = part.split_once('m').filter(|_| index > 0);
        plain.push_str(rest.map_or(part, |(_, rest)| rest));
    }
    plain
}
