//! Which api-versions exist.
//!
//! The table is Microsoft's own, generated from the published descriptions.
//! Deployments have one more, which Microsoft's SDK for them (2.0.0) asks for.
//! A type that is not in it takes any version that looks like one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::error::ArmError;
use crate::call::Call;

#[derive(Debug, Deserialize)]
struct Published {
    types: BTreeMap<String, Vec<String>>,
    families: BTreeMap<String, Vec<String>>,
}

static PUBLISHED: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!("../../data/api-versions.json");
    let published: Published = serde_json::from_str(text).expect("the embedded table is JSON");
    table(&published)
});

/// Types by the family whose list holds for them.
const FAMILIES: &[(&str, &str)] = &[
    ("microsoft.compute/availabilitysets", "compute"),
    ("microsoft.compute/proximityplacementgroups", "compute"),
    ("microsoft.compute/images", "compute"),
    ("microsoft.compute/virtualmachines/extensions", "compute"),
    ("microsoft.compute/locations/usages", "compute"),
    ("microsoft.compute/locations/vmsizes", "compute"),
    ("microsoft.compute/locations/operations", "compute"),
    ("microsoft.compute/skus", "skus"),
    ("microsoft.compute/galleries", "gallery"),
    ("microsoft.compute/galleries/images", "gallery"),
    ("microsoft.compute/galleries/images/versions", "gallery"),
    ("microsoft.compute/locations/sharedgalleries", "gallery"),
    (
        "microsoft.compute/locations/sharedgalleries/images",
        "gallery",
    ),
    (
        "microsoft.compute/locations/sharedgalleries/images/versions",
        "gallery",
    ),
    ("microsoft.compute/locations/communitygalleries", "gallery"),
    (
        "microsoft.compute/locations/communitygalleries/images",
        "gallery",
    ),
    (
        "microsoft.compute/locations/communitygalleries/images/versions",
        "gallery",
    ),
    ("microsoft.compute/disks", "disk"),
    ("microsoft.network/virtualnetworks", "network"),
    ("microsoft.network/virtualnetworks/subnets", "network"),
    ("microsoft.network/networksecuritygroups", "network"),
    (
        "microsoft.network/networksecuritygroups/securityrules",
        "network",
    ),
    (
        "microsoft.network/networksecuritygroups/defaultsecurityrules",
        "network",
    ),
    ("microsoft.network/publicipaddresses", "network"),
    ("microsoft.network/networkinterfaces", "network"),
    (
        "microsoft.network/networkinterfaces/ipconfigurations",
        "network",
    ),
    ("microsoft.network/locations/usages", "network"),
    ("microsoft.resources/subscriptions", "subscriptions"),
    ("microsoft.resources/tenants", "subscriptions"),
    (
        "microsoft.resources/subscriptions/locations",
        "subscriptions",
    ),
    ("microsoft.resources/resources", "resources"),
    ("microsoft.resourcegraph/resources", "resourcegraph"),
    ("microsoft.resources/providers", "resources"),
    ("microsoft.authorization/permissions", "authorization"),
    ("microsoft.authorization/roleassignments", "authorization"),
    ("microsoft.authorization/roledefinitions", "authorization"),
];

fn table(published: &Published) -> BTreeMap<String, Vec<String>> {
    let mut table = BTreeMap::new();
    for (name, versions) in &published.types {
        table.insert(name.to_ascii_lowercase(), versions.clone());
    }
    for (name, family) in FAMILIES {
        let versions = published.families.get(*family).cloned().unwrap_or_default();
        table.insert((*name).to_owned(), versions);
    }
    // Subscriptions, tenants, locations, providers and groups are served by one front door
    // that takes the versions of both documents, and a later one clients already send.
    let resources = published
        .families
        .get("resources")
        .cloned()
        .unwrap_or_default();
    for name in [
        "microsoft.resources/subscriptions",
        "microsoft.resources/tenants",
        "microsoft.resources/subscriptions/locations",
    ] {
        let versions = table.entry(name.to_owned()).or_default();
        versions.extend(resources.iter().cloned());
        versions.sort();
        versions.dedup();
    }
    table
}

/// Checks the api-version of a request against what its type offers.
pub(crate) fn check(call: &Call, type_name: &str) -> Result<(), ArmError> {
    check_version(call.api_version(), type_name)
}

/// Checks an api-version against what a type offers.
pub(crate) fn check_version(version: &str, type_name: &str) -> Result<(), ArmError> {
    if version.is_empty() {
        let message =
            "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(ArmError::bad_request("MissingApiVersionParameter", message));
    }
    let known = PUBLISHED.get(&type_name.to_ascii_lowercase());
    match known {
        Some(known) if known.iter().any(|known| known == version) => Ok(()),
        Some(known) => Err(not_offered(version, type_name, known)),
        None if well_formed(version) => Ok(()),
        None => {
            let message = format!(
                "The api-version '{version}' is invalid. The supported versions are of the form 'yyyy-MM-dd' or 'yyyy-MM-dd-preview'."
            );
            Err(ArmError::bad_request("InvalidApiVersionParameter", message))
        }
    }
}

fn not_offered(version: &str, type_name: &str, known: &[String]) -> ArmError {
    let known = known
        .iter()
        .rev()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if type_name.starts_with("Microsoft.Resources/") {
        let message = format!(
            "The api-version '{version}' is invalid. The supported versions are '{known}'."
        );
        return ArmError::bad_request("InvalidApiVersionParameter", message);
    }
    let (_, kind) = type_name.split_once('/').unwrap_or((type_name, ""));
    let message = format!(
        "No registered resource provider found for location '' and API version '{version}' for type '{kind}'. The supported api-versions are '{known}'. The supported locations are '{}'.",
        crate::providers::locations::names().join(", ")
    );
    ArmError::bad_request("NoRegisteredProviderFound", message)
}

/// `2024-11-01`, perhaps with `-preview` or the like behind it.
fn well_formed(version: &str) -> bool {
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut pieces = version.splitn(4, '-');
    let (year, month, day) = (pieces.next(), pieces.next(), pieces.next());
    let dated = digits(year.unwrap_or_default(), 4)
        && digits(month.unwrap_or_default(), 2)
        && digits(day.unwrap_or_default(), 2);
    dated
        && pieces
            .next()
            .is_none_or(|tail| tail.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The versions a type offers, newest first, for documents that list them.
pub(crate) fn offered(type_name: &str) -> Vec<String> {
    let known = PUBLISHED.get(&type_name.to_ascii_lowercase());
    known.map_or_else(
        || vec!["2024-01-01".to_owned()],
        |known| known.iter().rev().cloned().collect(),
    )
}

/// True when the table has a type.
pub(crate) fn knows(type_name: &str) -> bool {
    PUBLISHED.contains_key(&type_name.to_ascii_lowercase())
}
