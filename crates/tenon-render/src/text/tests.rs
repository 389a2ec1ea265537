use super::{Line, Role, Text, Theme, clean, cut_end, cut_middle, wrap};
use crate::Glyphs;

#[test]
fn nothing_that_acts_comes_through() {
    let dirty = "a\u{1b}[31m\u{202e}b\r\n\u{9b}c\u{200b}";
    let shown = clean(dirty, Glyphs::Unicode);
    assert_eq!(shown, r"a\u{1b}[31m\u{202e}b\r\n\u{9b}c\u{200b}");
    assert_eq!(clean(&shown, Glyphs::Unicode), shown);
}

#[test]
fn ascii_spells_our_signs_and_leaves_names() {
    assert_eq!(clean("1 → 2 … ñ", Glyphs::Ascii), "1 -> 2 ... ñ");
}

#[test]
fn lines_end_without_space() {
    let mut text = Text::new();
    text.push(
        Line::new(Glyphs::Unicode)
            .with(Role::Delete, "gone ")
            .with(Role::Dim, "  "),
    );
    assert_eq!(text.plain(), "gone\n");
    assert_eq!(
        text.paint(&Theme::Ansi),
        "\u{1b}[1m\u{1b}[31mgone\u{1b}[0m\n"
    );
}

#[test]
fn cutting_counts_columns() {
    assert_eq!(cut_middle("abcdefghij", 5), "ab…ij");
    assert_eq!(cut_end("東京都庁", 5), "東京…");
    assert_eq!(cut_end("short", 5), "short");
}

#[test]
fn wrapping_keeps_literals_whole() {
    assert_eq!(
        wrap("write `from: \"*\" now` or not at all", 14),
        ["write", "`from: \"*\" now`", "or not at all"]
    );
    assert_eq!(wrap("an `open quote", 6), ["an", "`open", "quote"]);
}
