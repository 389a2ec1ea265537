//! Diagnostics as a SARIF 2.1.0 log, which code hosts show beside the lines
//! of a spec.
//!
//! The format: OASIS, "Static Analysis Results Interchange Format (SARIF)
//! Version 2.1.0", <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>. A code of
//! ours is a rule, a label that points at a problem a location, help with an
//! edit a fix. The rules say what the errors page says.

use std::collections::BTreeSet;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use tenon_model::diagnostic::{Edit, LabelRole, Severity};
use tenon_model::place::Sources;
use tenon_model::{Code, Diagnostic, Help, Label, Place};

use crate::arguments::SarifArgument;
use crate::output::Output;
use crate::{files, page};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Where the sources of this program are; the errors page is among them.
/// Empty as long as the manifest does not say.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Writes the log, if one is asked for, and says so if that fails.
pub(crate) fn write(
    asked: &SarifArgument,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    output: &Output,
) -> Result<(), Box<Diagnostic>> {
    let Some(path) = &asked.sarif else {
        return Ok(());
    };
    let written = save(path, diagnostics, sources);
    if let Err(problem) = &written {
        output.diagnostics(std::slice::from_ref(problem), sources);
    }
    written
}

fn save(path: &Path, diagnostics: &[Diagnostic], sources: &Sources) -> Result<(), Box<Diagnostic>> {
    let text = format!("{:#}\n", log(diagnostics, sources));
    files::replace(path, &text).map_err(|error| Box::new(files::unwritable(path, &error)))
}

/// The log of one run.
fn log(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|one| one.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|one| result(one, &codes, sources))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "tenon",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// What is written about a code.
fn rule(code: Code) -> Value {
    let Some(section) = page::section(code) else {
        return json!({"id": code});
    };
    let what = section.part("What happened").unwrap_or_default();
    let mut rule = json!({
        "id": code,
        "name": section.name,
        "shortDescription": {"text": section.title},
        "fullDescription": {"text": what},
        "help": {"text": section.text, "markdown": section.text},
        "properties": {"page": format!("docs/errors.md#{}", section.anchor())},
    });
    // SARIF wants this address to be absolute.
    if !REPOSITORY.is_empty() {
        let address = format!("{REPOSITORY}/blob/main/docs/errors.md#{}", section.anchor());
        rule["helpUri"] = json!(address);
    }
    rule
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": message(diagnostic)},
        "locations": locations(diagnostic, sources),
        "partialFingerprints": {"tenonProblem/v1": fingerprint(diagnostic)},
    });
    let related: Vec<Value> = of_role(diagnostic, LabelRole::Secondary)
        .enumerate()
        .map(|(id, label)| {
            let mut location = location(&label.place, sources);
            location["id"] = json!(id);
            location["message"] = json!({"text": label.message});
            location
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    let fixes: Vec<Value> = diagnostic
        .helps
        .iter()
        .filter_map(|help| Some(fix(help, help.edit.as_ref()?, sources)))
        .collect();
    if !fixes.is_empty() {
        result["fixes"] = json!(fixes);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// What a person reads beside the line: the message, the facts, the ways out.
fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(diagnostic.notes.iter().cloned());
    lines.extend(diagnostic.helps.iter().map(help));
    lines.join("\n")
}

fn help(help: &Help) -> String {
    match &help.command {
        Some(command) => format!("help: {}: {command}", help.text),
        None => format!("help: {}", help.text),
    }
}

fn of_role(diagnostic: &Diagnostic, role: LabelRole) -> impl Iterator<Item = &Label> {
    let labels = diagnostic.labels.iter();
    labels.filter(move |label| label.role == role)
}

/// Where the problem is: the first place, and by name what it concerns.
fn locations(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Value> {
    let names: Vec<Value> = diagnostic
        .addresses
        .iter()
        .map(|address| json!({"fullyQualifiedName": address, "kind": "resource"}))
        .collect();
    let mut all: Vec<Value> = of_role(diagnostic, LabelRole::Primary)
        .map(|label| {
            let mut location = location(&label.place, sources);
            if !label.message.is_empty() {
                location["message"] = json!({"text": label.message});
            }
            location
        })
        .collect();
    if names.is_empty() {
        return all;
    }
    match all.first_mut() {
        Some(first) => first["logicalLocations"] = json!(names),
        None => all.push(json!({"logicalLocations": names})),
    }
    all
}

fn location(place: &Place, sources: &Sources) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&place.file)},
        "region": region(place, sources),
    }})
}

/// Lines and columns from 1; the end is the column after the last character.
fn region(place: &Place, sources: &Sources) -> Value {
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(place.line));
    if place.end > place.start {
        region.insert("startColumn".to_owned(), json!(place.column));
        if let Some((line, column)) = sources.end(place) {
            region.insert("endLine".to_owned(), json!(line));
            region.insert("endColumn".to_owned(), json!(column));
        }
    }
    Value::Object(region)
}

fn fix(help: &Help, edit: &Edit, sources: &Sources) -> Value {
    json!({
        "description": {"text": help.text},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(&edit.place.file)},
            "replacements": [{
                "deletedRegion": deleted(&edit.place, sources),
                "insertedContent": {"text": edit.replacement},
            }],
        }],
    })
}

/// What an edit takes away; nothing where it only adds.
fn deleted(place: &Place, sources: &Sources) -> Value {
    let (line, column) = sources.end(place).unwrap_or((place.line, place.column));
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": line,
        "endColumn": column,
    })
}

/// The same problem in the next run, although lines were added above it.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    let file = diagnostic.place().map_or("", |place| &*place.file);
    let what = format!("{}\n{file}\n{}", diagnostic.code, diagnostic.message);
    let hash = digest(&SHA256, what.as_bytes());
    let bytes = hash.as_ref().iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The file as a reference: relative ones stay relative to where this ran.
fn uri(file: &str) -> String {
    let mut uri = String::new();
    if file.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in file.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn files_are_references() {
        assert_eq!(uri("specs/web prod.yaml"), "specs/web%20prod.yaml");
        assert_eq!(uri("/a/ü.yaml"), "file:///a/%C3%BC.yaml");
    }
}
