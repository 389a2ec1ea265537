//! The table of requests against the descriptions.

use tenon_kinds::requests::{self, Row, Version};

use crate::UNDESCRIBED;
use crate::descriptions::{self, Descriptions};
use crate::operation::Operation;

/// Operations of described documents that the folder has been cut down by, and
/// one that is described with a path for each sort of scope.
const LEFT_OUT: &[&str] = &[
    "VirtualMachineScaleSets_Reimage",
    "Permissions_ListForResource",
];

/// The operation that a row names, in the document that it names.
fn described<'d>(all: &'d Descriptions, row: &Row) -> Result<Operation<'d>, String> {
    let source = format!("specification/{}", row.document);
    let document = all
        .documents()
        .find(|one| all.source(one.file).as_deref() == Some(&source))
        .ok_or_else(|| format!("there is no {source}"))?;
    let same = |(method, operation): &(&str, Operation<'d>)| {
        method.eq_ignore_ascii_case(row.method)
            && operation.template == row.path
            && operation.node.file == document.file
    };
    let found = all.operations().find(same).map(|(_, operation)| operation);
    found.ok_or_else(|| format!("{source} has no {} {}", row.method, row.path))
}

/// The type of the resource that a path is about, without names and actions;
/// for others the group of the document, and the document.
fn type_of(row: &Row, operation: Operation<'_>) -> Vec<String> {
    let (_, tail) = row.path.rsplit_once("/providers/").unwrap_or_default();
    let words: Vec<&str> = tail
        .split('/')
        .filter(|word| !word.starts_with('{'))
        .collect();
    let without_action = &words[..words.len().saturating_sub(1)];
    let (group, document) = operation.node.file.split_once('/').unwrap_or_default();
    let document = document.trim_end_matches(".json");
    vec![
        words.join("/"),
        without_action.join("/"),
        group.to_owned(),
        document.to_owned(),
    ]
}

fn problems(all: &Descriptions, row: &Row) -> Vec<String> {
    let operation = match described(all, row) {
        Ok(operation) => operation,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    if operation.id() != row.operation {
        problems.push(format!("it is {}, not {}", operation.id(), row.operation));
    }
    let parameters = operation.parameters(all);
    for name in row.query {
        let known = |one: &&descriptions::Node<'_>| {
            one.text("in") == Some("query") && one.text("name") == Some(name)
        };
        if !parameters.iter().any(|one| known(&one)) {
            problems.push(format!("{} knows no {name}", row.operation));
        }
    }
    if let Version::Pinned(version) = row.version {
        let names = type_of(row, operation);
        if !names
            .iter()
            .any(|name| all.tables.has_version(name, version))
        {
            problems.push(format!("{names:?} have no {version}"));
        }
    }
    problems
}

#[test]
fn every_row_is_described() {
    let Some(all) = descriptions::find("every_row_is_described") else {
        return;
    };
    let described = |row: &&Row| {
        !LEFT_OUT.contains(&row.operation)
            && !UNDESCRIBED
                .iter()
                .any(|(_, one)| row.document.ends_with(one))
    };
    let problems: Vec<String> = requests::all()
        .filter(described)
        .flat_map(|row| problems(&all, row))
        .collect();
    assert_eq!(problems, [""; 0]);
}

/// What the engine sends for the cases is in the table, with its version.
#[test]
fn every_write_has_a_row() {
    for sent in &crate::sent::everything().sent {
        let request = &sent.request;
        let method = request.method.to_ascii_uppercase();
        let row = requests::find(&method, &request.path, std::iter::empty());
        let row = row.unwrap_or_else(|| panic!("no row for {sent}"));
        match row.version {
            Version::Pinned(version) => assert_eq!(version, request.version, "{sent}"),
            Version::Written => assert!(!request.version.is_empty(), "{sent}"),
        }
    }
}
