//! Every refusal that Azure is known to give, and what we say about it.
//!
//! The rows are those of Microsoft's pages and of what people reported; each
//! file of `*.yaml` beside this one has those of one subject:
//!
//! ```yaml
//! - row: AuthorizationFailed      # its name
//!   ours: TN3020                  # the code that we give it
//!   of: vm                        # what was asked for, one of `thing::THINGS`
//!   status: 403                   # the answer
//!   code: AuthorizationFailed
//!   says: The client …
//! ```
//!
//! Further keys: `body` is the whole body, for what is nested; `late` lets an
//! operation end so that was accepted first, with `details`; `elsewhere` says
//! that the application signs in to the other tenant; `auxiliary` that its
//! token came along; `secret` is what it signs in with. A row that no request
//! of ours is answered with says `why`, and what the page of the code says
//! about it (`page`).
//!
//! The answers go through the real client. What is printed stands in `*.txt`;
//! `TENON_BLESS=1 cargo test -p tenon-tests --test catalogue` writes it anew.

mod around;
mod azure;
#[path = "../plans/case.rs"]
#[allow(dead_code, reason = "only what plans say is read here")]
mod case;
mod page;
mod pages;
#[path = "../plans/reduced.rs"]
#[allow(dead_code, reason = "`case` writes its goldens with it")]
mod reduced;
mod row;
mod samples;
mod snapshots;
#[path = "../plans/support/mod.rs"]
mod support;
mod thing;
mod widths;

use std::path::{Path, PathBuf};

use tenon_model::{Code, Diagnostic};
use tenon_render::Options;

use around::Spec;
use row::Row;

/// The columns of the pages.
const WIDTH: usize = 80;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/catalogue")
}

/// The files of rows.
fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder of this file")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .filter(|path| path.file_name().is_some_and(|name| name != "spec.yaml"))
        .collect();
    files.sort();
    files
}

#[tokio::test(start_paused = true)]
async fn every_row_has_a_code_a_message_and_a_way_out() {
    let spec = Spec::read(&folder());
    let mut problems = Vec::new();
    for file in files() {
        let mut page = String::new();
        for row in Row::read(&file) {
            let Some(asked) = row.asked() else {
                problems.extend(without_answer(&row));
                continue;
            };
            let refusal = azure::refuse(&row, &asked).await;
            let problem = spec.explain(&refusal, &row, &asked);
            problems.extend(wrong(&row, &problem));
            page.push_str(&format!("## {}\n\n", row.name));
            let options = Options {
                width: WIDTH,
                ..Options::default()
            };
            let shown = tenon_render::diagnostics(&[problem], &spec.sources, &options);
            page.push_str(&shown.plain());
            page.push('\n');
        }
        problems.extend(golden(&file.with_extension("txt"), &page));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// What is wrong with what we say.
fn wrong(row: &Row, problem: &Diagnostic) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{}: {what}", row.name));
    if problem.code != row.ours {
        say(format!("{} in place of {}", problem.code, row.ours));
    }
    if row.ours == Code::AzureRefused && row.why.is_none() {
        say("has no code of its own, and no reason".to_owned());
    }
    if problem.helps.is_empty() {
        say("has no way out".to_owned());
    }
    let kept = |words: &str| problem.notes.iter().any(|note| note.contains(words));
    if !kept(&row.azure_s_code()) {
        say(format!("lost Azure's {}", row.azure_s_code()));
    }
    if !kept("request id") || !kept("correlation id") {
        say("lost the ids".to_owned());
    }
    if problem.place().is_none() {
        say("stands nowhere in the spec".to_owned());
    }
    if problem
        .message
        .contains("11111111-1111-1111-1111-111111111111")
    {
        say("names a tenant by its whole id".to_owned());
    }
    wrong
}

/// A row that is no answer is on the page of its code, or says why not.
fn without_answer(row: &Row) -> Option<String> {
    let docs = folder().join("../../docs/errors.md");
    let page = std::fs::read_to_string(docs).expect("the page of errors");
    let head = format!("## {} ", row.ours);
    let section = page.split(&head).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = row.page.as_deref()?;
    (row.why.is_none() || !section.contains(wanted))
        .then(|| format!("{}: {} says nothing of `{wanted}`", row.name, row.ours))
}

fn golden(path: &Path, found: &str) -> Option<String> {
    if std::env::var_os("TENON_BLESS").is_some() {
        std::fs::write(path, found).expect("the golden can be written");
        return None;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = found.lines().zip(expected.lines());
    let first = lines.find(|(found, expected)| found != expected);
    (expected != found).then(|| format!("{} differs: {first:?}", path.display()))
}

/// The two texts that people mistake for each other, and the two codes of the
/// sign-in host.
#[test]
fn what_is_often_mistaken_is_told_apart() {
    let rows: Vec<Row> = files().iter().flat_map(|file| Row::read(file)).collect();
    let code = |name: &str| {
        let row = rows.iter().find(|row| row.name == name);
        row.unwrap_or_else(|| panic!("no row {name}")).ours
    };
    assert_ne!(
        code("LinkedAuthorizationFailed v1"),
        code("LinkedAuthorizationFailed v2, the image")
    );
    assert_ne!(code("AADSTS7000229"), code("AADSTS700016"));
    assert!(rows.len() > 220, "{} rows", rows.len());
}
