use std::ffi::OsString;

use clap::{CommandFactory as _, Parser as _};

use super::{Action, Arguments, habits};

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    let words = line.split_whitespace().map(OsString::from);
    Arguments::try_parse_from(habits::translate(words))
}

#[test]
fn the_definition_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn habits_of_terraform_are_understood() {
    let arguments = parse("tenon plan -out=p.tenon -var a=b -detailed-exitcode").unwrap();
    let Action::Plan(plan) = arguments.action else {
        panic!("{arguments:?}")
    };
    assert_eq!(plan.out.unwrap().to_str(), Some("p.tenon"));
    assert!(plan.detailed_exitcode);
    assert_eq!(arguments.global.variables, ["a=b"]);
    assert!(parse("tenon apply -auto-approve").is_ok());
    assert!(parse("tenon apply -y").is_ok());
    assert!(parse("tenon plan -no-color").is_ok());
}

#[test]
fn what_is_not_known_is_an_error() {
    for line in [
        "tenon plan --otu x",
        "tenon plna",
        "tenon plan -ut=p",
        "tenon apply --client-secret x",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

/// Every command of the pipelines that users copy.
#[test]
fn pipelines_use_commands_that_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = 0;
    for folder in [
        "docs/ci/github",
        "docs/ci/gitlab",
        "docs/ci/azure",
        ".github/actions/plan",
    ] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for line in commands(&text) {
                found += 1;
                assert!(parse(&line).is_ok(), "{}: {line}", path.display());
            }
        }
    }
    assert!(found > 20, "{found}");
}

/// The commands in the scripts of a pipeline, without what the shell does.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        for part in line.split([';', '|', '&']) {
            let Some((before, rest)) = part.split_once("tenon ") else {
                continue;
            };
            let starts = before.is_empty()
                || before.ends_with("run: ")
                || before.ends_with("- ")
                || before.ends_with("then ")
                || before.trim().is_empty();
            let known = ["plan", "apply", "comment", "update", "validate"];
            if !starts || !known.iter().any(|word| rest.starts_with(word)) {
                continue;
            }
            let rest = rest.split(" > ").next().unwrap_or_default();
            let words = rest
                .split_whitespace()
                .filter(|word| !word.contains("[@]") && !word.starts_with("${AGAINST"));
            let words: Vec<&str> = words.filter(|word| *word != "\"$AGAINST\"}").collect();
            found.push(format!("tenon {}", words.join(" ").replace('"', "")));
        }
    }
    found
}
