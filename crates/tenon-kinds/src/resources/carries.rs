//! Whether a type has a region and tags.
//!
//! Azure refuses members that a type does not have, and a region that is
//! missing. As a rule resources in a group have both, and what lies below or
//! extends another has neither; the table has the exceptions. An entry that
//! says `location` or `tags` itself has the last word.

use tenon_model::rules::Rules;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Value};

use crate::draft::Draft;
use crate::placement::Placement;

/// What a type takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Region and tags.
    Both,
    /// Neither.
    Neither,
    /// Neither; its description carries the marker.
    Description,
}

/// Exceptions to the rule, `*` standing for all of a namespace.
/// Source: the resource's schema in azure-rest-api-specs, whose top-level
/// definition has `location` and `tags` or has not.
const TYPES: &[(&str, Takes)] = &[
    // authorization 2022-04-01
    (
        "Microsoft.Authorization/roleAssignments",
        Takes::Description,
    ),
    // authorization 2022-04-01, locks 2020-05-01, policy 2023-04-01
    ("Microsoft.Authorization/*", Takes::Neither),
    // compute 2024-11-01
    ("Microsoft.Compute/virtualMachines/extensions", Takes::Both),
    ("Microsoft.Compute/virtualMachines/runCommands", Takes::Both),
    ("Microsoft.Compute/galleries/images", Takes::Both),
    ("Microsoft.Compute/galleries/images/versions", Takes::Both),
    // consumption 2023-05-01
    ("Microsoft.Consumption/budgets", Takes::Neither),
    // monitor 2021-05-01-preview and 2022-06-01
    ("Microsoft.Insights/diagnosticSettings", Takes::Neither),
    (
        "Microsoft.Insights/dataCollectionRuleAssociations",
        Takes::Neither,
    ),
    // resources 2025-04-01
    ("Microsoft.Resources/tags", Takes::Neither),
    // sql 2021-11-01
    ("Microsoft.Sql/servers/databases", Takes::Both),
    // web 2023-12-01
    ("Microsoft.Web/sites/slots", Takes::Both),
];

/// What an entry of `resources` has besides its body.
pub(super) struct Carries {
    takes: Takes,
    location: bool,
    tags: bool,
}

/// What the entry, of the type `kind`, has besides its body.
pub(super) fn of(entry: &Entry, kind: &str) -> Carries {
    let takes = takes(kind, entry.item.get("parent").is_some());
    let carries = |key: &str| match entry.item.get(key) {
        Some(item) => !is_null(item),
        None => takes == Takes::Both,
    };
    Carries {
        takes,
        location: carries("location"),
        tags: carries("tags"),
    }
}

fn takes(kind: &str, lies_below: bool) -> Takes {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(namespace) => kind
            .get(..namespace.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(namespace)),
        None => pattern.eq_ignore_ascii_case(kind),
    };
    let known = TYPES.iter().find(|(pattern, _)| fits(pattern));
    match known {
        Some((_, takes)) => *takes,
        None if lies_below => Takes::Neither,
        None => Takes::Both,
    }
}

fn is_null(item: &Item) -> bool {
    item.scalar() == Some(&Value::Null)
}

impl Carries {
    /// The rules of any type that has these.
    pub(super) fn rules(&self) -> &'static Rules {
        if self.takes == Takes::Description {
            &super::ANY_ASSIGNMENT
        } else if self.tags {
            &super::ANY
        } else {
            &super::ANY_UNTAGGED
        }
    }

    /// Writes what the entry has.
    pub(super) fn write(&self, mut draft: Draft, placement: &Placement) -> Draft {
        if self.location {
            draft = draft.placed(placement);
        }
        if self.tags {
            draft = draft.tagged(placement);
        }
        draft
    }

    /// What the entry says of a type that is known to take none.
    pub(super) fn problems(&self, entry: &Entry) -> Vec<Diagnostic> {
        let said = |key: &str| entry.item.get(key).filter(|item| !is_null(item));
        let kind = entry.item.text("type").unwrap_or_default();
        let kind = kind.split('@').next().unwrap_or_default();
        let known = takes(kind, false) != Takes::Both;
        [("location", "region"), ("tags", "tags")]
            .into_iter()
            .filter(|_| known)
            .filter_map(|(key, noun)| {
                let item = said(key)?;
                let problem = Diagnostic::error(
                    Code::InvalidValue,
                    format!("{kind} takes no {noun}, and Azure would refuse it"),
                );
                let problem = problem.at(&item.place, "leave this out");
                Some(
                    problem
                        .help(Help::text(format!("take `{key}` out")))
                        .about(&entry.address),
                )
            })
            .collect()
    }
}
