//! The requests of the program.

use std::collections::BTreeSet;

use tenon_client::requests::{self as client, Token};
use tenon_kinds::requests::{self as arm, Version};

use super::table::{Table, code};

/// What most paths begin with, and what the page writes instead.
const GROUP: (&str, &str) = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    "{group}",
);

/// What the page on requests takes from the tables.
pub(super) fn inserts() -> Vec<(&'static str, String)> {
    vec![
        ("arm", of_arm()),
        ("documents", documents()),
        ("client", of_client()),
    ]
}

fn of_arm() -> String {
    let mut table = Table::new(&["request", "api-version", "what for", "operation"]);
    for row in arm::all() {
        let version = match row.version {
            Version::Pinned(version) => code(version),
            Version::Written => "the entry's".to_owned(),
        };
        let (document, _) = named(row.document);
        let operation = format!("{} in {}", code(row.operation), code(document));
        table.row(&[request(row), version, row.purpose.to_owned(), operation]);
    }
    table.finish()
}

fn request(row: &arm::Row) -> String {
    let path = row.path.replace(GROUP.0, GROUP.1);
    let query = match row.query {
        [] => String::new(),
        names => format!("?{}", names.join("&")),
    };
    code(&format!("{} {path}{query}", row.method))
}

/// The name of a document, and the folders it lies in.
fn named(document: &str) -> (&str, &str) {
    let (folder, name) = document.rsplit_once('/').unwrap_or(("", document));
    (name, folder)
}

fn documents() -> String {
    let all: BTreeSet<(&str, &str)> = arm::all().map(|row| named(row.document)).collect();
    let mut table = Table::new(&["document", "in"]);
    for (name, folder) in all {
        table.row(&[code(name), code(&format!("specification/{folder}"))]);
    }
    table.finish()
}

fn of_client() -> String {
    let mut table = Table::new(&[
        "request",
        "api-version",
        "what for",
        "token",
        "described by",
    ]);
    for row in client::ALL {
        let token = match row.token {
            Token::None => "none",
            Token::Azure => "the tenant's",
            Token::Storage => "the tenant's, for storage",
            Token::Graph => "the tenant's, for Graph",
            Token::OfTheHost => "the runner's or host's own",
        };
        table.row(&[
            code(&format!("{} {}", row.method, row.address)),
            row.version.map_or("none".to_owned(), code),
            row.purpose.to_owned(),
            token.to_owned(),
            row.page
                .unwrap_or("no page; the Azure CLI and azurerm ask it too")
                .to_owned(),
        ]);
    }
    table.finish()
}
