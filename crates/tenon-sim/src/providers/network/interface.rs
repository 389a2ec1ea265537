//! Network interfaces.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{DURATIONS, addresses, malformed, referenced, require_ready, shown_with_guid};
use crate::arm::conflict::another_operation;
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::call::Call;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/networkInterfaces",
    place: Place::Tracked,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &Interface,
};

pub(super) const CONFIGURATIONS: &str = "properties.ipConfigurations";

struct Interface;

impl Hooks for Interface {
    fn links(&self, body: &Value) -> Vec<Link> {
        let mut links = Vec::new();
        let group = "properties.networkSecurityGroup.id";
        if let Some(id) = json::text(body, group) {
            links.push(Link::join(
                group,
                id,
                "Microsoft.Network/networkSecurityGroups/join/action",
            ));
        }
        for (place, one) in json::items(body, CONFIGURATIONS).iter().enumerate() {
            configuration_links(one, &format!("{CONFIGURATIONS}[{place}]."), &mut links);
        }
        links
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        check_configurations(write)?;
        check_references(write)?;
        addresses::assign(write)?;
        fill_defaults(write);
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
        let Some(machine) = machine(state, resource) else {
            return Ok(());
        };
        let message = format!(
            "Network Interface {} is used by existing resource {}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.",
            resource.id, machine.id
        );
        Err(ArmError::bad_request("NicInUse", message))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = shown_with_guid(state, resource);
        let etag = super::etag(state, resource);
        let provisioning = resource.state().to_owned();
        for one in json::items_mut(&mut body, CONFIGURATIONS) {
            let name = json::text(one, "name").unwrap_or_default().to_owned();
            one["id"] = json!(format!("{}/ipConfigurations/{name}", resource.id));
            one["etag"] = json!(etag);
            one["type"] = json!("Microsoft.Network/networkInterfaces/ipConfigurations");
            json::set(one, "properties.provisioningState", provisioning.as_str());
        }
        if let Some(machine) = machine(state, resource) {
            json::set(
                &mut body,
                "properties.virtualMachine",
                json!({"id": machine.id}),
            );
            let primary = is_primary(machine, resource);
            json::set(&mut body, "properties.primary", primary);
        }
        body
    }
}

fn configuration_links(one: &Value, at: &str, links: &mut Vec<Link>) {
    for (member, action) in [
        (
            "subnet",
            "Microsoft.Network/virtualNetworks/subnets/join/action",
        ),
        (
            "publicIPAddress",
            "Microsoft.Network/publicIPAddresses/join/action",
        ),
    ] {
        let path = format!("properties.{member}.id");
        if let Some(id) = json::text(one, &path) {
            links.push(Link::join(format!("{at}{path}"), id, action));
        }
    }
    for (member, action) in [
        (
            "applicationSecurityGroups",
            "Microsoft.Network/applicationSecurityGroups/joinIpConfiguration/action",
        ),
        (
            "loadBalancerBackendAddressPools",
            "Microsoft.Network/loadBalancers/backendAddressPools/join/action",
        ),
    ] {
        for target in json::items(one, &format!("properties.{member}")) {
            if let Some(id) = json::text(target, "id") {
                links.push(Link::join(
                    format!("{at}properties.{member}.id"),
                    id,
                    action,
                ));
            }
        }
    }
}

/// The machine an interface belongs to.
pub(crate) fn machine<'s>(state: &'s State, interface: &Resource) -> Option<&'s Resource> {
    let key = interface.key();
    state
        .store
        .referrers(&key)
        .find(|user| user.is("Microsoft.Compute/virtualMachines"))
}

fn is_primary(machine: &Resource, interface: &Resource) -> bool {
    let interfaces = json::items(&machine.body, "properties.networkProfile.networkInterfaces");
    let own = interfaces
        .iter()
        .find(|one| json::text(one, "id").is_some_and(|id| json::same(id, &interface.id)));
    interfaces.len() == 1
        || own
            .and_then(|own| json::truth(own, "properties.primary"))
            .unwrap_or(false)
}

fn check_configurations(write: &Write<'_>) -> Result<(), ArmError> {
    let configurations = json::items(&write.after.body, CONFIGURATIONS);
    if configurations.is_empty() {
        let message = format!(
            "Network interface {} must have one or more IP configurations.",
            write.id
        );
        return Err(ArmError::bad_request(
            "NetworkInterfaceMustHaveAtLeastOneIpConfiguration",
            message,
        ));
    }
    let mut names = BTreeSet::new();
    for one in configurations {
        let Some(name) = json::text(one, "name") else {
            return Err(malformed("Cannot parse the request.")
                .detail("MissingNameProperty", "An IP configuration has no name."));
        };
        if !names.insert(name.to_ascii_lowercase()) {
            let message = format!("IP configuration {name} stands twice in {}.", write.id);
            return Err(ArmError::bad_request("DuplicateResourceName", message));
        }
        if json::text(one, "properties.subnet.id").is_none() {
            let message = format!(
                "IpConfiguration {}/ipConfigurations/{name} does not have a subnet. Specify a subnet.",
                write.id
            );
            return Err(ArmError::bad_request(
                "SubnetNotSpecifiedForIpConfiguration",
                message,
            ));
        }
    }
    Ok(())
}

fn check_references(write: &Write<'_>) -> Result<(), ArmError> {
    let (state, body) = (&*write.state, &write.after.body);
    let location = write.after.location();
    if let Some(group) = json::text(body, "properties.networkSecurityGroup.id") {
        let group = referenced(state, write.id, group, location)?;
        require_ready(write.id, group)?;
    }
    let mut network = None;
    for one in json::items(body, CONFIGURATIONS) {
        let subnet = json::text(one, "properties.subnet.id").unwrap_or_default();
        let subnet = referenced(state, write.id, subnet, location)?;
        require_ready(write.id, subnet)?;
        let home = subnet.parsed().parent().map(|parent| parent.key());
        if network.get_or_insert_with(|| home.clone()) != &home {
            let message = format!(
                "All subnets of the IP configurations of network interface {} must be in the same virtual network.",
                write.id
            );
            return Err(ArmError::bad_request("SubnetsNotInSameVnet", message));
        }
        if let Some(address) = json::text(one, "properties.publicIPAddress.id") {
            let address = referenced(state, write.id, address, location)?;
            require_ready(write.id, address)?;
            check_address_free(write, address)?;
        }
    }
    Ok(())
}

/// A public address serves one interface.
fn check_address_free(write: &Write<'_>, address: &Resource) -> Result<(), ArmError> {
    let key = write.id.key();
    let other = write
        .state
        .store
        .referrers(&address.key())
        .find(|user| user.key() != key);
    let Some(other) = other else { return Ok(()) };
    let message = format!(
        "Resource {} is referencing public IP address {} that is already allocated to resource {}.",
        write.id, address.id, other.id
    );
    Err(ArmError::bad_request("PublicIPAddressInUse", message))
}

fn fill_defaults(write: &mut Write<'_>) {
    let mac = mac(write.state, &write.after);
    let body = &mut write.after.body;
    json::default(body, "properties.dnsSettings", json!({}));
    json::default(body, "properties.dnsSettings.dnsServers", json!([]));
    json::default(body, "properties.dnsSettings.appliedDnsServers", json!([]));
    json::default(
        body,
        "properties.dnsSettings.internalDomainNameSuffix",
        "simulated0000000000000000.ax.internal.cloudapp.net",
    );
    json::set(body, "properties.macAddress", mac);
    for (member, value) in [
        ("enableAcceleratedNetworking", json!(false)),
        ("vnetEncryptionSupported", json!(false)),
        ("enableIPForwarding", json!(false)),
        ("disableTcpStateTracking", json!(false)),
        ("hostedWorkloads", json!([])),
        ("tapConfigurations", json!([])),
        ("nicType", json!("Standard")),
        ("allowPort25Out", json!(true)),
        ("auxiliaryMode", json!("None")),
        ("auxiliarySku", json!("None")),
    ] {
        json::default(body, &format!("properties.{member}"), value);
    }
    json::default(body, "kind", "Regular");
}

fn mac(state: &State, resource: &Resource) -> String {
    let seed = state.derived_id(&format!("mac/{}", resource.key()));
    let digits = seed.replace('-', "").to_ascii_uppercase();
    format!(
        "00-0D-3A-{}-{}-{}",
        &digits[..2],
        &digits[2..4],
        &digits[4..6]
    )
}
