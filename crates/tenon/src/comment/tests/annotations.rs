//! Notes beside lines, which nobody turns into commands.

use serde_json::json;

use super::caps::plan;
use crate::comment::annotations::{Level, Note, azure, github, harmless, notes};
use crate::comment::ci::Runner;
use crate::comment::{reports, summary};

#[test]
fn what_is_destroyed_comes_before_problems() {
    let notes = notes(&plan(|_| {}), "infra");
    assert_eq!(
        github(&notes),
        [
            "::warning file=infra/specs/web.yaml,line=42,col=3,title=this plan deletes::vms.jump; lost: os_disk",
            "::warning file=infra/specs/web.yaml,line=42,col=3,title=TN2101::open to everybody",
        ]
    );
    assert_eq!(
        azure(&notes),
        [
            "##vso[task.logissue type=warning;sourcepath=infra/specs/web.yaml;linenumber=42;columnnumber=3;code=tenon-delete;]this plan deletes: vms.jump; lost: os_disk",
            "##vso[task.logissue type=warning;sourcepath=infra/specs/web.yaml;linenumber=42;columnnumber=3;code=TN2101;]TN2101: open to everybody",
        ]
    );
}

fn note(level: Level, text: &str) -> Note {
    Note {
        level,
        check: text.to_owned(),
        file: text.to_owned(),
        line: 1,
        column: 1,
        title: text.to_owned(),
        message: text.to_owned(),
    }
}

#[test]
fn nothing_in_a_note_is_a_command() {
    let evil = "a\r\n::error::b\n##vso[task.setvariable variable=x]y%0A,file=z;code=]c";
    for line in github(&[note(Level::Error, evil)])
        .iter()
        .chain(&azure(&[note(Level::Error, evil)]))
    {
        assert!(!line.contains(['\r', '\n']), "{line}");
    }
    let github = &github(&[note(Level::Error, evil)])[0];
    let (properties, _) = github["::error ".len()..].split_once("::").expect("an end");
    let names: Vec<&str> = properties
        .split(',')
        .filter_map(|one| Some(one.split_once('=')?.0))
        .collect();
    assert_eq!(names, ["file", "line", "col", "title"], "{properties}");
    assert!(properties.contains("%250A"), "{properties}");
    let azure = &azure(&[note(Level::Error, evil)])[0];
    let (properties, message) = azure.split_once(']').expect("an end");
    let names: Vec<&str> = properties
        .split(';')
        .filter_map(|one| Some(one.split_once('=')?.0))
        .collect();
    assert_eq!(
        names,
        [
            "##vso[task.logissue type",
            "sourcepath",
            "linenumber",
            "columnnumber",
            "code"
        ],
        "{properties}"
    );
    // The agent reads the first command of a line and takes the rest as text.
    assert!(message.starts_with("a%0D%0A"), "{message}");
}

#[test]
fn a_host_shows_ten_of_a_kind() {
    let mut all: Vec<Note> = (0..25)
        .map(|one| note(Level::Warning, &format!("w{one}")))
        .collect();
    all.extend((0..9).map(|one| note(Level::Error, &format!("e{one}"))));
    let lines = github(&all);
    let of = |kind: &str| lines.iter().filter(|line| line.starts_with(kind)).count();
    assert_eq!((of("::error"), of("::warning")), (9, 10));
    assert!(
        lines
            .last()
            .is_some_and(|line| line.contains("and 16 more")),
        "{lines:?}"
    );
}

#[test]
fn the_text_of_others_runs_no_command() {
    let text = "a\n::error::b\n##vso[task.x]c ##[group]d";
    let github = harmless(text, Some(Runner::GitHub), "word");
    assert_eq!(github, format!("::stop-commands::word\n{text}\n::word::\n"));
    let azure = harmless(text, Some(Runner::Azure), "word");
    assert!(
        !azure.contains("##vso[") && !azure.contains("##["),
        "{azure}"
    );
    assert_eq!(harmless(text, None, "word"), text);
}

#[test]
fn gitlab_counts_a_replace_twice() {
    let counts = reports::counts(&plan(|_| {}));
    assert_eq!(counts, json!({"create": 3, "update": 4, "delete": 3}));
    let quality = reports::quality(&notes(&plan(|_| {}), ""));
    assert_eq!(
        quality[0]["location"],
        json!({"path": "specs/web.yaml", "lines": {"begin": 42}})
    );
    assert_eq!(quality[0]["severity"], "major");
    // The same problem on another line is the same problem.
    let moved = reports::quality(&notes(
        &plan(|whole| {
            whole["changes"][0]["source"]["line"] = json!(50);
        }),
        "",
    ));
    assert_eq!(quality[0]["fingerprint"], moved[0]["fingerprint"]);
    assert_ne!(quality[0]["fingerprint"], quality[1]["fingerprint"]);
}

/// A step that writes more than 1 MiB has no summary at all.
#[test]
fn a_summary_stays_within_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("summary.md");
    std::fs::write(&path, "a".repeat(1_000_000)).expect("a file");
    summary::append(&path, &|left| "b".repeat(left.saturating_sub(1))).expect("written");
    let length = std::fs::metadata(&path).expect("a file").len();
    assert!((1_000_001..=1 << 20).contains(&length), "{length}");
    // What does not fit at all is left out.
    summary::append(&path, &|_| "c".repeat(100_000)).expect("left out");
    assert_eq!(std::fs::metadata(&path).expect("a file").len(), length);
    let command = summary::upload(folder.path(), "web-prod", &|_| "d".to_owned()).expect("written");
    assert!(
        command.starts_with("##vso[task.uploadsummary]/"),
        "{command}"
    );
    assert!(command.ends_with("/tenon-web-prod.md"), "{command}");
}
