//! Azure's rules for names and identifiers in a gallery, as its
//! troubleshooting page has them, so that nobody waits for Azure to tell.

use tenon_model::image::ImageVersion;
use tenon_model::{Code, Diagnostic, Help, Place};

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '_' || sign == '.'
}

fn problem(what: &str, text: &str, why: &str, rule: &str, place: &Place) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidValue,
        format!("`{text}` is no name of {what}: {why}"),
    )
    .at(place, "")
    .help(Help::text(rule))
}

/// What is wrong with the name of a gallery.
pub(super) fn gallery(name: &str, place: &Place) -> Option<Diagnostic> {
    let edges = name.starts_with(|sign: char| sign.is_ascii_alphanumeric())
        && name.ends_with(|sign: char| sign.is_ascii_alphanumeric());
    let why = if name.contains('-') {
        "a gallery has no dashes"
    } else if !name.chars().all(is_word) {
        "it has other signs than letters, digits, `_` and `.`"
    } else if name.len() > 80 {
        "it is longer than 80 signs"
    } else if !edges {
        "it does not begin and end with a letter or digit"
    } else {
        return None;
    };
    let rule =
        "letters, digits, `_` and `.`, at most 80, with a letter or digit at both ends: name: …";
    Some(problem("a gallery", name, why, rule, place))
}

/// What is wrong with the name of an image definition.
pub(super) fn definition(name: &str, place: &Place) -> Option<Diagnostic> {
    let why = if !name.chars().all(|sign| is_word(sign) || sign == '-') {
        "it has other signs than letters, digits, `_`, `-` and `.`"
    } else if name.len() > 80 {
        "it is longer than 80 signs"
    } else if !name.starts_with(|sign: char| sign.is_ascii_alphanumeric()) {
        "it does not begin with a letter or digit"
    } else if name.ends_with(['.', '-', '_']) {
        "it ends with a sign that is no letter and no digit"
    } else {
        return None;
    };
    let rule = "letters, digits, `_`, `-` and `.`, at most 80, with a letter or digit at both ends: name: …";
    Some(problem("an image definition", name, why, rule, place))
}

/// What is wrong with one of the three words that identify a definition.
pub(super) fn identifier(key: &str, text: &str, place: &Place) -> Option<Diagnostic> {
    let most = if key == "publisher" { 128 } else { 64 };
    let why = if text.is_empty() {
        "it is empty".to_owned()
    } else if text.chars().count() > most {
        format!("it is longer than {most} signs")
    } else if !text.chars().all(|sign| is_word(sign) || sign == '-') {
        "it has other signs than letters, digits, `_`, `-` and `.`".to_owned()
    } else if text.ends_with('.') {
        "it ends with a `.`".to_owned()
    } else {
        return None;
    };
    let rule =
        format!("letters, digits, `_`, `-` and `.`, at most {most}, without a `.` at the end");
    let words = format!("`{text}` is no `{key}` of an image: {why}");
    let problem = Diagnostic::error(Code::InvalidValue, words);
    Some(problem.at(place, "").help(Help::text(rule)))
}

/// Reads the number of a version.
pub(super) fn version(text: &str, place: &Place) -> Result<ImageVersion, Box<Diagnostic>> {
    ImageVersion::parse(text).map_err(|_| {
        let words = format!("`{text}` is no image version");
        let problem = Diagnostic::error(Code::InvalidValue, words);
        let problem = problem.at(place, "three numbers, such as 1.4.2");
        Box::new(problem.help(Help::text(
            "write three whole numbers up to 2147483647 with dots between them",
        )))
    })
}
