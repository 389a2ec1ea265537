//! Compute SKUs: which sizes exist where, and what they can do.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::reply::Reply;
use crate::arm::{Context, paging, rbac};
use crate::json::plain_location;
use crate::providers::locations;
use crate::world::Size;

/// Answers `GET /subscriptions/{id}/providers/Microsoft.Compute/skus`.
pub(crate) fn answer(context: &mut Context<'_>, scope: &ResourceId) -> Result<Reply, ArmError> {
    let action = "Microsoft.Compute/skus/read";
    rbac::require(context.state, &context.caller, action, &scope.to_string())?;
    let wanted = wanted_location(context.call.query("$filter").unwrap_or_default());
    let mut rows = Vec::new();
    for size in context.state.sizes.values() {
        let places =
            locations::all().filter(|(name, ..)| wanted.as_deref().is_none_or(|one| one == *name));
        for (name, _, zonal) in places.filter(|(name, ..)| is_offered(size, name)) {
            rows.push((
                format!("{}/{name}", size.name.to_ascii_lowercase()),
                shown(size, name, zonal),
            ));
        }
    }
    for (name, row) in disks(wanted.as_deref()) {
        rows.push((name, row));
    }
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    let size = paging::size(context.state, context.call, "Microsoft.Compute/skus", 2000);
    let rows = rows.iter().map(|(key, row)| (key.clone(), row));
    Ok(paging::page(context.call, size, rows, Value::clone))
}

/// The location of `location eq '…'`, the only filter there is.
fn wanted_location(filter: &str) -> Option<String> {
    let value = filter.split('\'').nth(1)?;
    filter
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("location")
        .then(|| plain_location(value))
}

/// True when a region offers a size at all.
pub(crate) fn is_offered(size: &Size, location: &str) -> bool {
    size.locations.is_empty()
        || size
            .locations
            .iter()
            .any(|one| plain_location(one) == location)
}

fn shown(size: &Size, location: &str, zonal: bool) -> Value {
    let short = size.name.strip_prefix("Standard_").unwrap_or(&size.name);
    let zones: &[String] = if zonal { &size.zones } else { &[] };
    let restricted = size
        .restricted
        .iter()
        .any(|one| plain_location(one) == location);
    let restrictions = if restricted {
        json!([{
            "type": "Location",
            "values": [location],
            "restrictionInfo": {"locations": [location]},
            "reasonCode": "NotAvailableForSubscription",
        }])
    } else {
        json!([])
    };
    json!({
        "resourceType": "virtualMachines",
        "name": size.name,
        "tier": "Standard",
        "size": short,
        "family": size.family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": zones, "zoneDetails": []}],
        "capabilities": capabilities(size),
        "restrictions": restrictions,
    })
}

fn capabilities(size: &Size) -> Vec<Value> {
    let truth = |value: bool| if value { "True" } else { "False" }.to_owned();
    let mut rows = vec![
        (
            "MaxResourceVolumeMB",
            if size.ephemeral { "76800" } else { "0" }.to_owned(),
        ),
        ("OSVhdSizeMB", "1047552".to_owned()),
        ("vCPUs", size.cpus.to_string()),
        ("MemoryPreservingMaintenanceSupported", truth(true)),
        ("HyperVGenerations", size.generations.clone()),
        ("CpuArchitectureType", size.architecture.clone()),
        ("MemoryGB", size.memory_gb.to_string()),
        ("MaxDataDiskCount", size.data_disks.to_string()),
        ("LowPriorityCapable", truth(size.spot)),
        ("PremiumIO", truth(size.premium)),
        ("VMDeploymentTypes", "IaaS".to_owned()),
        ("vCPUsAvailable", size.cpus.to_string()),
        ("vCPUsPerCore", "2".to_owned()),
        ("EphemeralOSDiskSupported", truth(size.ephemeral)),
        ("EncryptionAtHostSupported", truth(true)),
        ("CapacityReservationSupported", truth(true)),
        (
            "AcceleratedNetworkingEnabled",
            truth(size.accelerated_networking),
        ),
        ("RdmaEnabled", truth(false)),
        ("MaxNetworkInterfaces", size.network_interfaces.to_string()),
        (
            "DiskControllerTypes",
            if size.cluster == "nvme" {
                "NVMe"
            } else {
                "SCSI"
            }
            .to_owned(),
        ),
    ];
    if !size.trusted_launch {
        rows.push(("TrustedLaunchDisabled", truth(true)));
    }
    if !size.confidential.is_empty() {
        rows.push(("ConfidentialComputingType", size.confidential.clone()));
    }
    rows.into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

/// A few rows that are no machines, so that clients learn to leave them out.
fn disks(wanted: Option<&str>) -> Vec<(String, Value)> {
    let skus = [
        ("Premium_LRS", "P10"),
        ("StandardSSD_LRS", "E10"),
        ("Standard_LRS", "S10"),
    ];
    let places = locations::all().filter(|(name, ..)| wanted.is_none_or(|one| one == *name));
    let mut rows = Vec::new();
    for (location, ..) in places {
        for (name, size) in skus {
            let row = json!({
                "resourceType": "disks",
                "name": name,
                "tier": name.split('_').next(),
                "size": size,
                "locations": [location],
                "locationInfo": [{"location": location, "zones": [], "zoneDetails": []}],
                "capabilities": [{"name": "MaxSizeGiB", "value": "128"}],
                "restrictions": [],
            });
            rows.push((format!("~{name}/{location}").to_ascii_lowercase(), row));
        }
    }
    rows
}
