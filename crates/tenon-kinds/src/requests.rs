//! Every request to Resource Manager, in one table.
//!
//! `docs/requests.md` is made of it. It decides nothing: the requests are made
//! where they are needed, and tests hold the two together. One runs the program
//! and looks each of its requests up here, and every row up in what was asked;
//! another compares the rows with Microsoft's descriptions, from which paths and
//! the names of operations are taken as they stand there, also where the case of
//! a letter is odd.
//!
//! Addresses that Azure hands out (of operations, of the next page) and the
//! requests of signing in belong to the client.

mod around;
mod authorization;
mod compute;
mod galleries;
mod network;
mod resources;

/// A path in a resource group.
macro_rules! group {
    ($rest:literal) => {
        concat!(
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
            $rest
        )
    };
}
use group;

/// Every request to Resource Manager: images, groups, then type by type.
pub fn all() -> impl Iterator<Item = &'static Row> {
    [
        compute::ROWS,
        around::ROWS,
        galleries::ROWS,
        resources::ROWS,
        network::ROWS,
        authorization::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// A request to Resource Manager.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method.
    pub method: &'static str,
    /// The path as its description writes it.
    pub path: &'static str,
    /// The api-version that it names.
    pub version: Version,
    /// Further parameters of the query.
    pub query: &'static [&'static str],
    /// What it is for.
    pub purpose: &'static str,
    /// The document that describes it, below `specification/` of
    /// Azure/azure-rest-api-specs. It is that of the version which the request
    /// was compared with, not always of the one that it names.
    pub document: &'static str,
    /// The name of the operation there.
    pub operation: &'static str,
}

/// The api-version of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// This one, from [`crate::versions`].
    Pinned(&'static str),
    /// The one that an entry of `resources` names with its type.
    Written,
}

/// The row of a request; `query` are the names of its parameters. The path is
/// compared without regard to case. Parameters that only lead to a further page
/// do not count.
#[must_use]
pub fn find<'q>(
    method: &str,
    path: &str,
    query: impl Iterator<Item = &'q str>,
) -> Option<&'static Row> {
    let mut names: Vec<&str> = query
        .filter(|name| *name != "api-version" && !name.starts_with("$skip"))
        .collect();
    names.sort_unstable();
    let mut rows: Vec<&Row> = all()
        .filter(|row| row.method == method && row.query == names && fits(row.path, path))
        .collect();
    // Any id fits the path of the rows for any type.
    rows.sort_by_key(|row| words(row.path));
    rows.pop()
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn is_name(segment: &str) -> bool {
    segment.starts_with('{')
}

fn words(template: &str) -> usize {
    segments(template).filter(|word| !is_name(word)).count()
}

fn fits(template: &str, path: &str) -> bool {
    if template == ANY {
        return true;
    }
    if let Some(rest) = template.strip_prefix("/{scope}") {
        // A scope is an id of any length.
        let own: Vec<&str> = segments(path).collect();
        let many = segments(rest).count();
        return own.len() > many && fits(rest, &own[own.len() - many..].join("/"));
    }
    let mut path = segments(path);
    let mut same = segments(template).map(|word| {
        path.next()
            .is_some_and(|own| is_name(word) || own.eq_ignore_ascii_case(word))
    });
    same.all(|same| same) && path.next().is_none()
}

/// The path of a resource of any type.
const ANY: &str = "/{resourceId}";

#[cfg(test)]
mod tests;
