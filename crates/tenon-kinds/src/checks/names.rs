//! Names of resources.
//!
//! Source: Azure documentation, "Naming rules and restrictions for Azure
//! resources". Where the page is stricter than what is known to be made, the
//! looser of the two counts: a name that Azure takes must not stop a plan.

use tenon_model::desired::Desired;
use tenon_model::kind::Surroundings;
use tenon_model::{Code, Diagnostic, Help};

use super::{Found, entry};

/// The longest name of each type, and its shortest.
const LENGTHS: &[(&str, usize, usize)] = &[
    ("Microsoft.Compute/availabilitySets", 1, 80),
    ("Microsoft.Compute/disks", 1, 80),
    ("Microsoft.Compute/proximityPlacementGroups", 1, 80),
    ("Microsoft.Compute/virtualMachines", 1, 64),
    ("Microsoft.Compute/virtualMachineScaleSets", 1, 64),
    ("Microsoft.ManagedIdentity/userAssignedIdentities", 3, 128),
    ("Microsoft.Network/networkInterfaces", 1, 80),
    ("Microsoft.Network/networkSecurityGroups", 1, 80),
    ("Microsoft.Network/publicIPAddresses", 1, 80),
    ("Microsoft.Network/virtualNetworks", 1, 80),
    ("Microsoft.Network/virtualNetworks/subnets", 1, 80),
];

/// Judges the name of a resource.
pub(super) fn check(desired: &Desired, around: &Surroundings<'_>, found: &mut Found) {
    let kind = desired.resource_type.as_str();
    let known = LENGTHS
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(kind));
    let Some((_, least, most)) = known else {
        return;
    };
    let name = desired.id.name();
    let Some(why) = wrong(name, *least, *most) else {
        return;
    };
    let noun = desired.rules.noun;
    let entry = entry(desired, around);
    let of_entry = entry.map(|entry| entry.item.text("name").unwrap_or(&entry.key));
    let is_part = desired.address != desired.entry;
    if is_part && of_entry.is_some_and(|of_entry| name.starts_with(of_entry)) {
        // Called after the entry, which is told by itself.
        return;
    }
    let written = entry
        .and_then(|entry| entry.item.get("name"))
        .filter(|_| !is_part);
    let place = written.map_or(&desired.place, |item| &item.place);
    let problem = Diagnostic::error(
        Code::NameNotAllowed,
        format!("Azure takes no {noun} with the name `{name}`: {why}"),
    )
    .at(place, "");
    let better = mended(name, *least, *most);
    let help = match written {
        Some(_) => format!("write  name: {better}"),
        None => format!("call it  {better}  here, or add  name: {better}"),
    };
    found.add(problem.help(Help::text(help)).about(&desired.address));
}

fn wrong(name: &str, least: usize, most: usize) -> Option<String> {
    let count = name.chars().count();
    if count > most {
        return Some(format!("it has {count} characters, and {most} is the most"));
    }
    if count < least {
        return Some(format!("it is shorter than {least} characters"));
    }
    if let Some(other) = name.chars().find(|one| !is_allowed(*one)) {
        return Some(format!("`{other}` cannot be in it"));
    }
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return Some("it has to begin with a letter or a digit".to_owned());
    }
    let ends_well = name.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_');
    (!ends_well).then(|| "it has to end with a letter, a digit or `_`".to_owned())
}

fn is_allowed(one: char) -> bool {
    one.is_ascii_alphanumeric() || "._-".contains(one)
}

/// The nearest name that Azure takes.
fn mended(name: &str, least: usize, most: usize) -> String {
    let swapped = name
        .chars()
        .map(|one| if is_allowed(one) { one } else { '-' });
    let swapped: String = swapped.collect();
    let begun = swapped.trim_start_matches(|one: char| !one.is_ascii_alphanumeric());
    let cut: String = begun.chars().take(most).collect();
    let mut mended = cut.trim_end_matches(['.', '-']).to_owned();
    while mended.len() < least {
        mended.push('0');
    }
    mended
}
