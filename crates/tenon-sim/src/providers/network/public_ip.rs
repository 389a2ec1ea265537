//! Public IP addresses: Standard and static, as nothing else can be made any more.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{DURATIONS, shown_with_guid};
use crate::arm::conflict::another_operation;
use crate::arm::error::ArmError;
use crate::call::Call;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Place, View, Write, resources};
use crate::state::State;
use crate::store::Resource;
use crate::store::index::PUBLIC;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/publicIPAddresses",
    place: Place::Tracked,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &PublicIp,
};

struct PublicIp;

impl Hooks for PublicIp {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_sku(write)?;
        check_fixed(write)?;
        if write.before.is_none() {
            resources::usages::check_public_ips(write.state, write.id, write.after.location())?;
        }
        let body = &mut write.after.body;
        json::default(body, "sku.tier", "Regional");
        json::default(body, "properties.publicIPAddressVersion", "IPv4");
        json::default(body, "properties.idleTimeoutInMinutes", 4);
        json::default(body, "properties.ipTags", json!([]));
        json::default(
            body,
            "properties.ddosSettings.protectionMode",
            "VirtualNetworkInherited",
        );
        name_it(body);
        let kept = write
            .before
            .as_ref()
            .and_then(|before| json::get(&before.body, "properties.ipAddress"));
        let address = kept
            .cloned()
            .unwrap_or_else(|| json!(allocate(write.state, &write.after).to_string()));
        json::set(&mut write.after.body, "properties.ipAddress", address);
        Ok(())
    }

    fn check_idle(&self, state: &State, resource: &Resource) -> Result<(), ArmError> {
        let busy = resource.operation.is_some();
        if busy {
            Err(another_operation(state, resource, resource))
        } else {
            Ok(())
        }
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let Some(holder) = holder(state, resource) else {
            return Ok(());
        };
        let message = format!(
            "Public IP address {} can not be deleted since it is still allocated to resource {holder}. In order to delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do this, see aka.ms/deletepublicip.",
            resource.id
        );
        Err(ArmError::bad_request(
            "PublicIPAddressCannotBeDeleted",
            message,
        ))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = shown_with_guid(state, resource);
        if let Some(holder) = holder(state, resource) {
            json::set(
                &mut body,
                "properties.ipConfiguration",
                json!({"id": holder}),
            );
        }
        body
    }
}

/// The id of the IP configuration that holds an address.
fn holder(state: &State, address: &Resource) -> Option<String> {
    let key = address.key();
    state.store.referrers(&key).find_map(|interface| {
        let configurations = json::items(&interface.body, "properties.ipConfigurations");
        let holding = configurations.iter().find(|configuration| {
            json::text(configuration, "properties.publicIPAddress.id")
                .is_some_and(|id| json::same(id, &key))
        })?;
        let name = json::text(holding, "name")?;
        Some(format!("{}/ipConfigurations/{name}", interface.id))
    })
}

fn check_sku(write: &mut Write<'_>) -> Result<(), ArmError> {
    let sku = json::text(&write.after.body, "sku.name").unwrap_or("Basic");
    if json::same(sku, "Basic") {
        let message = "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.";
        return Err(ArmError::bad_request(
            "IPv4BasicSkuPublicIpCountLimitReached",
            message,
        ));
    }
    let method = json::text(&write.after.body, "properties.publicIPAllocationMethod");
    if method.is_some_and(|method| json::same(method, "Dynamic")) {
        let message = format!(
            "Standard sku publicIp {} must have AllocationMethod set to Static.",
            write.after.id
        );
        return Err(ArmError::bad_request(
            "StandardSkuPublicIPAddressMustBeStatic",
            message,
        ));
    }
    json::default(
        &mut write.after.body,
        "properties.publicIPAllocationMethod",
        "Static",
    );
    Ok(())
}

/// What an address keeps for ever.
fn check_fixed(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    let after = &write.after.body;
    let fixed = [
        ("sku.name", "PublicIPAddressSkuCannotBeChanged"),
        ("sku.tier", "PublicIPAddressSkuTierCannotBeChanged"),
        (
            "properties.publicIPAddressVersion",
            "PublicIPAddressVersionCannotBeChanged",
        ),
        ("zones", "ResourceAvailabilityZonesCannotBeModified"),
        (
            "properties.publicIPPrefix.id",
            "PublicIPPrefixCannotBeChanged",
        ),
    ];
    for (path, code) in fixed {
        let (now, then) = (json::get(after, path), json::get(&before.body, path));
        let kept = now.is_none() && path != "zones";
        if !kept && now != then {
            let message = format!(
                "Resource {} has an existing '{path}' constraint that cannot be modified.",
                before.id
            );
            return Err(ArmError::bad_request(code, message));
        }
    }
    Ok(())
}

fn name_it(body: &mut Value) {
    let label = json::text(body, "properties.dnsSettings.domainNameLabel").map(str::to_owned);
    if let Some(label) = label {
        let location = json::text(body, "location").unwrap_or_default();
        let name = format!("{label}.{location}.cloudapp.azure.com");
        json::set(body, "properties.dnsSettings.fqdn", name);
    }
}

/// An address out of the pool, the same for the same id unless it is taken.
fn allocate(state: &State, resource: &Resource) -> Ipv4Addr {
    let taken = state.store.index.addresses(PUBLIC);
    let seed = state.derived_id(&format!("address/{}", resource.key()));
    let start = u32::from_str_radix(&seed[..6], 16).unwrap_or_default();
    // 20.0.0.0/8 is Azure's own.
    let candidates = (0..0x00FF_FFFF_u32)
        .map(|step| Ipv4Addr::from(0x1400_0000 | (start.wrapping_add(step) & 0x00FF_FFFF)));
    let is_free = |address: &Ipv4Addr| {
        !matches!(address.octets()[3], 0 | 255)
            && taken.is_none_or(|taken| !taken.contains_key(address))
    };
    candidates
        .into_iter()
        .find(is_free)
        .unwrap_or(Ipv4Addr::UNSPECIFIED)
}
