//! Problems for programs: lines of JSON, and a SARIF log.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE, machines};

fn broken() -> String {
    let machine = MACHINE.replace("image: web", "image: wbe");
    format!(
        "{HEAD}vms:\n  one: {{{MACHINE}, tags: {{who: ünü}}, sise: Standard_D2s_v5}}\n  two: {{{machine}}}\n"
    )
}

fn with(spec: &str) -> Scenario {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", spec);
    scenario
}

fn read(scenario: &Scenario, file: &str) -> Value {
    let text = std::fs::read_to_string(scenario.path(file)).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

/// The text with an edit made, by its bytes.
fn mended(text: &str, edit: &Value) -> String {
    let at = |name: &str| {
        let number = edit["place"][name].as_u64().expect("a number");
        usize::try_from(number).expect("an offset")
    };
    let new = edit["replacement"].as_str().expect("a replacement");
    format!("{}{new}{}", &text[..at("start")], &text[at("end")..])
}

#[test]
fn edits_mend_what_they_say() {
    let mut text = broken();
    let scenario = with(&text);
    let output = scenario.run("validate --json").exits(1).stdout.clone();
    // The first one says how to read the others.
    let lines = output
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let mut problems: Vec<Value> = lines
        .map(|line: Value| line["diagnostic"].clone())
        .collect();
    assert_eq!(problems.len(), 2, "{output}");
    let place = &problems[0]["labels"][0]["place"];
    assert_eq!(place["line"], place["end_line"]);
    let width = place["end_column"].as_u64().zip(place["column"].as_u64());
    assert_eq!(width.map(|(end, start)| end - start), Some(4));
    // From the end, so that the places before stay where they are.
    problems.reverse();
    for problem in problems {
        let helps = problem["helps"].as_array().expect("helps");
        let edit = helps.iter().find_map(|help| help.get("edit"));
        text = mended(
            &text,
            edit.unwrap_or_else(|| panic!("no edit in {problem}")),
        );
    }
    with(&text).run("validate").exits(0);
}

#[test]
fn a_log_of_a_broken_spec() {
    let scenario = with(&broken());
    scenario.run("validate --sarif out/log.sarif").exits(1);
    let log = read(&scenario, "out/log.sarif");
    well_formed(&log);
    let run = &log["runs"][0];
    let ids: Vec<&str> = rules(run)
        .iter()
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    assert_eq!(ids, ["TN1004", "TN1201"]);
    let page = rules(run)[0]["properties"]["page"]
        .as_str()
        .unwrap_or_default();
    assert!(
        page.starts_with("docs/errors.md#tn1004-unknownkey"),
        "{page}"
    );
    let one = &run["results"][0];
    assert_eq!(one["level"], "error");
    let fix = &one["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(fix["insertedContent"]["text"], "size");
    let region = &one["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, fix["deletedRegion"]);
    // Lines above change nothing about which problem it is.
    let before = one["partialFingerprints"].clone();
    let moved = with(&format!("# a line\n{}", broken()));
    moved.run("validate --sarif log.sarif").exits(1);
    let log = read(&moved, "log.sarif");
    assert_eq!(log["runs"][0]["results"][0]["partialFingerprints"], before);
}

#[test]
fn a_log_of_a_plan_and_of_nothing() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("plan --sarif log.sarif").exits(0);
    let log = read(&scenario, "log.sarif");
    well_formed(&log);
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    scenario.write("tenon.yaml", &machines(&["one"]).replace("1.4.2", "1.4.9"));
    scenario.run("plan --sarif log.sarif").exits(1);
    let log = read(&scenario, "log.sarif");
    well_formed(&log);
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "TN3103");
    scenario
        .run("validate --sarif log.sarif/x")
        .exits(1)
        .says("TN4102");
}

fn rules(run: &Value) -> &[Value] {
    let rules = &run["tool"]["driver"]["rules"];
    rules.as_array().map_or(&[], Vec::as_slice)
}

/// What the schema of SARIF 2.1.0 asks of the parts that are used here
/// (OASIS, sarif-schema-2.1.0.json): members that must be there, members that
/// there are, their types, and what refers to what.
fn well_formed(log: &Value) {
    members(log, &["$schema", "version", "runs"], &[]);
    assert_eq!(log["version"], "2.1.0");
    for run in list(&log["runs"]) {
        members(run, &["tool", "results"], &["columnKind"]);
        members(&run["tool"], &["driver"], &[]);
        let driver = &run["tool"]["driver"];
        members(driver, &["name", "semanticVersion", "rules"], &[]);
        for rule in rules(run) {
            let texts = ["shortDescription", "fullDescription", "help"];
            members(
                rule,
                &["id"],
                &[
                    "name",
                    "helpUri",
                    "properties",
                    texts[0],
                    texts[1],
                    texts[2],
                ],
            );
            for text in texts {
                assert!(rule[text]["text"].is_string(), "{rule}");
            }
        }
        for result in list(&run["results"]) {
            check_result(result, run);
        }
    }
}

fn check_result(result: &Value, run: &Value) {
    let optional = ["locations", "relatedLocations", "fixes"];
    members(
        result,
        &[
            "ruleId",
            "ruleIndex",
            "level",
            "message",
            "partialFingerprints",
        ],
        &optional,
    );
    assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or_default()));
    assert!(result["message"]["text"].is_string());
    let index = result["ruleIndex"].as_u64().expect("an index");
    let rule = &rules(run)[usize::try_from(index).expect("small")];
    assert_eq!(rule["id"], result["ruleId"]);
    for location in list(&result["locations"]) {
        members(
            location,
            &[],
            &["physicalLocation", "logicalLocations", "message"],
        );
        check_place(location);
    }
    for location in list(&result["relatedLocations"]) {
        members(location, &["id", "physicalLocation", "message"], &[]);
        check_place(location);
    }
    for fix in list(&result["fixes"]) {
        members(fix, &["description", "artifactChanges"], &[]);
        for change in list(&fix["artifactChanges"]) {
            members(change, &["artifactLocation", "replacements"], &[]);
            for replacement in list(&change["replacements"]) {
                members(replacement, &["deletedRegion", "insertedContent"], &[]);
                check_region(&replacement["deletedRegion"]);
            }
        }
    }
}

fn check_place(location: &Value) {
    let Some(place) = location.get("physicalLocation") else {
        return;
    };
    members(place, &["artifactLocation", "region"], &[]);
    let uri = place["artifactLocation"]["uri"]
        .as_str()
        .expect("a reference");
    assert!(!uri.contains([' ', '\\']), "{uri}");
    check_region(&place["region"]);
}

fn check_region(region: &Value) {
    let all = ["startColumn", "endLine", "endColumn"];
    members(region, &["startLine"], &all);
    for (name, number) in region.as_object().expect("a region") {
        assert!(
            number.as_u64().is_some_and(|number| number > 0),
            "{name} in {region}"
        );
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// These must be there, these may, and no others are.
fn members(value: &Value, must: &[&str], may: &[&str]) {
    let there: BTreeSet<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    for name in must {
        assert!(there.contains(name), "no {name} in {value}");
    }
    let known: BTreeSet<&str> = must.iter().chain(may).copied().collect();
    let unknown: Vec<&&str> = there.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} in {value}");
}
