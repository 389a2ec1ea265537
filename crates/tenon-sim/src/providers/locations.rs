//! Regions.

use crate::arm::id::ResourceId;
use crate::json::plain_location;

/// Name, display name, and whether it has availability zones.
const LOCATIONS: &[(&str, &str, bool)] = &[
    ("australiaeast", "Australia East", true),
    ("brazilsouth", "Brazil South", true),
    ("canadacentral", "Canada Central", true),
    ("centralindia", "Central India", true),
    ("centralus", "Central US", true),
    ("eastasia", "East Asia", true),
    ("eastus", "East US", true),
    ("eastus2", "East US 2", true),
    ("francecentral", "France Central", true),
    ("germanywestcentral", "Germany West Central", true),
    ("italynorth", "Italy North", true),
    ("japaneast", "Japan East", true),
    ("koreacentral", "Korea Central", true),
    ("northcentralus", "North Central US", false),
    ("northeurope", "North Europe", true),
    ("norwayeast", "Norway East", true),
    ("polandcentral", "Poland Central", true),
    ("southafricanorth", "South Africa North", true),
    ("southcentralus", "South Central US", true),
    ("southeastasia", "Southeast Asia", true),
    ("spaincentral", "Spain Central", true),
    ("swedencentral", "Sweden Central", true),
    ("switzerlandnorth", "Switzerland North", true),
    ("uaenorth", "UAE North", true),
    ("uksouth", "UK South", true),
    ("ukwest", "UK West", false),
    ("westcentralus", "West Central US", false),
    ("westeurope", "West Europe", true),
    ("westus", "West US", false),
    ("westus2", "West US 2", true),
    ("westus3", "West US 3", true),
    ("usgovvirginia", "USGov Virginia", true),
    ("usgovarizona", "USGov Arizona", false),
    ("chinanorth3", "China North 3", true),
    ("chinaeast2", "China East 2", false),
];

/// All names, in order.
pub(crate) fn names() -> Vec<&'static str> {
    LOCATIONS.iter().map(|(name, ..)| *name).collect()
}

/// Names with display names.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    LOCATIONS.iter().copied()
}

/// The display name of a region, given in any spelling.
pub(crate) fn display(location: &str) -> Option<&'static str> {
    let plain = plain_location(location);
    LOCATIONS
        .iter()
        .find(|(name, ..)| *name == plain)
        .map(|(_, display, _)| *display)
}

/// True when a region has availability zones.
pub(crate) fn is_zonal(location: &str) -> bool {
    let plain = plain_location(location);
    LOCATIONS
        .iter()
        .any(|(name, _, zonal)| *name == plain && *zonal)
}

/// True for `…/providers/{namespace}/locations/{location}`.
pub(crate) fn is_location(id: &ResourceId) -> bool {
    let pairs = id
        .parts
        .last()
        .map(|part| part.pairs.as_slice())
        .unwrap_or_default();
    matches!(pairs, [(kind, _)] if kind.eq_ignore_ascii_case("locations"))
}
