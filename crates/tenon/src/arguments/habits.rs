//! What fingers type that learnt other tools.
//!
//! `tenon plan -out=p` would be read as the short options `-o -u -t`, or worse,
//! as one of them with a value. Long options of Terraform that are typed with
//! one hyphen get their second one.

use std::ffi::OsString;

const WITH_ONE_HYPHEN: &[&str] = &[
    "out",
    "var",
    "var-file",
    "auto-approve",
    "detailed-exitcode",
    "json",
    "parallelism",
    "no-color",
    "chdir",
    "target",
    "replace",
    "refresh",
    "destroy",
    "input",
];

/// Rewrites the words of a command line.
pub(super) fn translate(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut translated = Vec::new();
    let mut options = true;
    for word in words {
        if word == "--" {
            options = false;
        }
        match word
            .to_str()
            .filter(|_| options)
            .and_then(translated_option)
        {
            Some(words) => translated.extend(words.into_iter().map(OsString::from)),
            None => translated.push(word),
        }
    }
    translated
}

fn translated_option(word: &str) -> Option<Vec<String>> {
    let body = word
        .strip_prefix('-')
        .filter(|body| !body.starts_with('-'))?;
    let name = body.split('=').next().unwrap_or(body);
    if !WITH_ONE_HYPHEN.contains(&name) {
        return None;
    }
    Some(match body {
        "no-color" => vec!["--color=never".to_owned()],
        "input=false" => vec!["--no-input".to_owned()],
        _ => vec![format!("-{word}")],
    })
}
