//! What Azure tells of the sizes of machines.
//!
//! api-version 2021-07-01 of `Microsoft.Compute/skus`. Capabilities are pairs of
//! texts; which there are is not described, so an unknown one is passed over and
//! a missing one says nothing.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::Value;
use tenon_model::size::{Ability, SizeFacts};

/// Capabilities that are `True` or `False`.
const ABILITIES: &[(&str, Ability)] = &[
    ("PremiumIO", Ability::PremiumDisks),
    (
        "AcceleratedNetworkingEnabled",
        Ability::AcceleratedNetworking,
    ),
    ("LowPriorityCapable", Ability::Spot),
    ("EncryptionAtHostSupported", Ability::EncryptionAtHost),
];

/// Reads a size out of the list; none if the element is something else, such
/// as a disk.
#[must_use]
pub fn size_facts(item: &Value) -> Option<SizeFacts> {
    let text = |name: &str| item.member(name)?.as_text();
    if !text("resourceType")?.eq_ignore_ascii_case("virtualMachines") {
        return None;
    }
    let capabilities = capabilities(item);
    let capability = |name: &str| capabilities.get(&name.to_ascii_lowercase()).copied();
    let number = |name: &str| capability(name)?.parse::<i64>().ok();
    let mut can: BTreeMap<Ability, bool> = ABILITIES
        .iter()
        .filter_map(|(name, ability)| Some((*ability, truth(capability(name)?)?)))
        .collect();
    // There only where it is true.
    if capability("TrustedLaunchDisabled").and_then(truth) == Some(true) {
        can.insert(Ability::TrustedLaunch, false);
    }
    let words = |name: &str| capability(name).unwrap_or_default().split(',');
    let mut facts = SizeFacts {
        name: text("name")?.to_owned(),
        family: text("family")?.to_owned(),
        cores: number("vCPUs")?,
        generations: words("HyperVGenerations")
            .map(|one| one.trim().to_ascii_uppercase())
            .filter(|one| !one.is_empty())
            .collect(),
        architecture: capability("CpuArchitectureType").map(str::to_owned),
        confidential: capability("ConfidentialComputingType").map(str::to_owned),
        data_disks: number("MaxDataDiskCount"),
        interfaces: number("MaxNetworkInterfaces"),
        zones: zones(item),
        can,
        ..SizeFacts::default()
    };
    restrict(&mut facts, item);
    Some(facts)
}

fn truth(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

fn capabilities(item: &Value) -> BTreeMap<String, &str> {
    let text = |one: &'_ Value, name: &str| one.member(name)?.as_text().map(str::to_owned);
    let all = list(item, "capabilities").iter();
    all.filter_map(|one| {
        let name = text(one, "name")?.to_ascii_lowercase();
        Some((name, one.member("value")?.as_text()?))
    })
    .collect()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    let member = value.member(name).and_then(Value::as_list);
    member.unwrap_or_default()
}

fn texts(value: &Value, name: &str) -> impl Iterator<Item = String> {
    let texts = list(value, name).iter().filter_map(Value::as_text);
    texts.map(str::to_owned)
}

/// One region was asked for, so all places are of that region.
fn zones(item: &Value) -> BTreeSet<String> {
    let places = list(item, "locationInfo").iter();
    places.flat_map(|place| texts(place, "zones")).collect()
}

/// `NotAvailableForSubscription` or `QuotaId`, for the region or for some of
/// its zones.
fn restrict(facts: &mut SizeFacts, item: &Value) {
    for one in list(item, "restrictions") {
        let text = |name: &str| one.member(name).and_then(Value::as_text);
        let reason = text("reasonCode").unwrap_or("restricted").to_owned();
        let is_zonal = text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("Zone"));
        if !is_zonal {
            facts.closed = Some(reason);
            continue;
        }
        let closed = one.member("restrictionInfo");
        let closed = closed.into_iter().flat_map(|info| texts(info, "zones"));
        for zone in closed {
            facts.closed_zones.insert(zone, reason.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use tenon_model::Value;
    use tenon_model::size::Ability;

    use super::size_facts;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn what_is_said_is_read_and_the_rest_is_open() {
        let facts = size_facts(&value(
            r#"{"resourceType": "virtualMachines", "name": "Standard_D2ps_v5", "family": "standardDPSv5Family",
                "locationInfo": [{"location": "westeurope", "zones": ["1", "2"]}],
                "capabilities": [
                    {"name": "vCPUs", "value": "2"}, {"name": "HyperVGenerations", "value": "V2"},
                    {"name": "CpuArchitectureType", "value": "Arm64"}, {"name": "PremiumIO", "value": "True"},
                    {"name": "TrustedLaunchDisabled", "value": "True"}, {"name": "MaxDataDiskCount", "value": "4"},
                    {"name": "Novelty", "value": "7"}],
                "restrictions": [{"type": "Zone", "reasonCode": "NotAvailableForSubscription",
                    "restrictionInfo": {"locations": ["westeurope"], "zones": ["2"]}}]}"#,
        ))
        .expect("a size");
        assert_eq!(facts.cores, 2);
        assert!(facts.lacks(Ability::TrustedLaunch));
        assert!(!facts.lacks(Ability::PremiumDisks));
        assert!(!facts.lacks(Ability::Spot), "nothing was said");
        assert_eq!(facts.closed, None);
        assert_eq!(facts.closed_zones["2"], "NotAvailableForSubscription");
        assert_eq!((facts.data_disks, facts.interfaces), (Some(4), None));
    }

    #[test]
    fn disks_are_no_sizes() {
        let disk = value(r#"{"resourceType": "disks", "name": "Premium_LRS"}"#);
        assert_eq!(size_facts(&disk), None);
    }
}
