//! What Azure makes of a body: its own defaults, ids, states and spellings.
//!
//! Everything here is noise in the sense of `azure-facts` 2.19: a planner that
//! plans because of it is wrong.

use super::gallery_echo;
use tenon_model::{Map, ResourceId, Value};

pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The body as a read shows it after a write.
pub(crate) fn echo(id: &ResourceId, body: &Value, serial: usize) -> Value {
    let mut shown = body.clone();
    let kind = id.resource_type().to_ascii_lowercase();
    let own = shown.as_map_mut().expect("a body is a map");
    own.insert("id", Value::Text(canonical(id.as_str(), &kind)));
    own.insert("name", Value::text(id.name()));
    own.insert("type", Value::Text(id.resource_type()));
    if kind.starts_with("microsoft.graph/") {
        let id = format!("\"00000000-0000-4000-8000-{serial:012}\"");
        set(&mut shown, "properties.id", json(&id));
        default(&mut shown, "properties.appId", &id);
        return shown;
    }
    if kind == "microsoft.authorization/roleassignments" {
        assignment(id, &mut shown);
        return shown;
    }
    if has_entity_tag(&kind) {
        own.insert("etag", Value::Text(format!("W/\"{serial}\"")));
    }
    set(
        &mut shown,
        "properties.provisioningState",
        json("\"Succeeded\""),
    );
    match kind.as_str() {
        "microsoft.compute/virtualmachines" => machine(id, &mut shown),
        "microsoft.compute/virtualmachinescalesets" => scale_set(&mut shown),
        "microsoft.network/networkinterfaces" => interface(id, &mut shown, serial),
        "microsoft.network/publicipaddresses" => public_ip(&mut shown, serial),
        "microsoft.network/networksecuritygroups" => group(id, &mut shown),
        "microsoft.network/virtualnetworks" => network(&mut shown),
        "microsoft.network/virtualnetworks/subnets" => subnet(&mut shown),
        "microsoft.compute/disks" => disk(&mut shown),
        "microsoft.managedidentity/userassignedidentities" => identity(&mut shown),
        "microsoft.compute/virtualmachines/extensions" => extension(&mut shown),
        "microsoft.resources/resourcegroups" => {}
        _ if gallery_echo::show(id, &kind, &mut shown) => {}
        _ => raw(&mut shown, serial),
    }
    shown
}

fn assignment(id: &ResourceId, body: &mut Value) {
    let (scope, _) = id
        .as_str()
        .rsplit_once("/providers/")
        .expect("it is on something");
    set(body, "properties.scope", Value::text(scope));
    for time in ["createdOn", "updatedOn"] {
        default(
            body,
            &format!("properties.{time}"),
            r#""2026-08-21T17:40:12Z""#,
        );
    }
    for by in ["createdBy", "updatedBy"] {
        default(
            body,
            &format!("properties.{by}"),
            r#""7d5f0c1e-0000-4000-8000-00000000000b""#,
        );
    }
}

/// Disks, identities and groups have none.
fn has_entity_tag(kind: &str) -> bool {
    !kind.starts_with("microsoft.compute/galleries")
        && ![
            "microsoft.compute/disks",
            "microsoft.managedidentity/userassignedidentities",
            "microsoft.compute/virtualmachines/extensions",
            "microsoft.resources/resourcegroups",
        ]
        .contains(&kind)
}

/// Compute answers with upper-cased groups.
fn canonical(id: &str, kind: &str) -> String {
    if !kind.starts_with("microsoft.compute") {
        return id.to_owned();
    }
    let Some((before, after)) = id.split_once("/resourceGroups/") else {
        return id.to_owned();
    };
    let (group, rest) = after.split_once('/').unwrap_or((after, ""));
    format!("{before}/resourceGroups/{}/{rest}", group.to_uppercase())
}

/// Sets the member at a dotted path.
pub(crate) fn set(body: &mut Value, path: &str, value: Value) {
    let mut at = body;
    let (parents, last) = path.rsplit_once('.').map_or(("", path), |split| split);
    for name in parents.split('.').filter(|name| !name.is_empty()) {
        let Some(map) = at.as_map_mut() else { return };
        at = map.entry_map(name);
    }
    if let Some(map) = at.as_map_mut() {
        map.insert(last, value);
    }
}

/// Sets the member at a dotted path if nothing is there.
pub(super) fn default(body: &mut Value, path: &str, text: &str) {
    let names: Vec<&str> = path.split('.').collect();
    if body.at(&names).is_none() {
        set(body, path, json(text));
    }
}

fn machine(id: &ResourceId, shown: &mut Value) {
    default(shown, "tags", "{}");
    default(shown, "resources", "[]");
    set(
        shown,
        "properties.vmId",
        json("\"0b7e0000-0000-0000-0000-000000000000\""),
    );
    set(
        shown,
        "properties.timeCreated",
        json("\"2026-08-22T09:14:08Z\""),
    );
    let disk = "properties.storageProfile.osDisk";
    let name = format!("{}_disk1_0123456789abcdef", id.name());
    default(shown, &format!("{disk}.name"), &format!("\"{name}\""));
    default(shown, &format!("{disk}.osType"), "\"Linux\"");
    default(shown, &format!("{disk}.diskSizeGB"), "30");
    default(
        shown,
        &format!("{disk}.managedDisk.storageAccountType"),
        "\"Premium_LRS\"",
    );
    let own = os_disk_id(id);
    default(
        shown,
        &format!("{disk}.managedDisk.id"),
        &format!("\"{own}\""),
    );
    default(
        shown,
        "properties.storageProfile.diskControllerType",
        "\"SCSI\"",
    );
    default(shown, "properties.storageProfile.dataDisks", "[]");
    let image = "properties.storageProfile.imageReference.exactVersion";
    default(shown, image, "\"1.4.2\"");
    if shown.at(&["properties", "osProfile"]).is_some() {
        for (path, value) in [
            ("secrets", "[]"),
            ("allowExtensionOperations", "true"),
            ("requireGuestProvisionSignal", "true"),
            ("linuxConfiguration.provisionVMAgent", "true"),
            (
                "linuxConfiguration.patchSettings",
                "{\"patchMode\":\"ImageDefault\"}",
            ),
        ] {
            default(shown, &format!("properties.osProfile.{path}"), value);
        }
    }
    acting(shown);
    hide_secrets(shown, "properties");
}

fn hide_secrets(shown: &mut Value, profile: &str) {
    for secret in [
        "osProfile.adminPassword",
        "osProfile.customData",
        "userData",
    ] {
        let path = format!("{profile}.{secret}");
        let path = tenon_model::Path::parse(&path).expect("a path");
        path.remove(shown);
    }
}

/// Who a machine acts as, with the ids that Azure shows; `None` is nobody.
fn acting(shown: &mut Value) {
    let words = shown.at(&["identity", "type"]).map(Value::to_plain_text);
    let Some(words) = words.filter(|words| words != "None") else {
        tenon_model::Path::root().member("identity").remove(shown);
        return;
    };
    let id = "\"70000000-0000-4000-8000-000000000000\"";
    if words.contains("System") {
        set(shown, "identity.principalId", json(id));
    }
    let users = tenon_model::Path::root()
        .member("identity")
        .member("userAssignedIdentities");
    if !words.contains("User") {
        users.remove(shown);
    }
    let users = users.get_mut(shown).and_then(Value::as_map_mut);
    for (_, user) in users.into_iter().flat_map(Map::iter_mut) {
        *user = json(&format!("{{\"principalId\":{id},\"clientId\":{id}}}"));
    }
}

fn scale_set(shown: &mut Value) {
    let profile = "properties.virtualMachineProfile";
    default(shown, "sku.tier", "\"Standard\"");
    for (path, value) in [
        ("uniqueId", "\"1\""),
        ("timeCreated", "\"2026-08-22T09:14:08Z\""),
        ("singlePlacementGroup", "true"),
        ("platformFaultDomainCount", "5"),
        ("overprovision", "true"),
        ("doNotRunExtensionsOnOverprovisionedVMs", "false"),
    ] {
        default(shown, &format!("properties.{path}"), value);
    }
    for (path, value) in [
        ("timeCreated", "\"2026-08-22T09:14:08Z\""),
        ("storageProfile.imageReference.exactVersion", "\"1.4.2\""),
        ("storageProfile.osDisk.osType", "\"Linux\""),
        ("storageProfile.osDisk.diskSizeGB", "30"),
        (
            "storageProfile.osDisk.managedDisk",
            "{\"storageAccountType\":\"Premium_LRS\"}",
        ),
        ("storageProfile.dataDisks", "[]"),
    ] {
        default(shown, &format!("{profile}.{path}"), value);
    }
    let interfaces = format!("{profile}.networkProfile.networkInterfaceConfigurations");
    each(shown, &interfaces, &mut |item| {
        for (path, value) in [
            ("enableAcceleratedNetworking", "false"),
            ("enableIPForwarding", "false"),
            ("dnsSettings", "{\"dnsServers\":[]}"),
        ] {
            default(item, &format!("properties.{path}"), value);
        }
        each(item, "properties.ipConfigurations", &mut |item| {
            default(item, "properties.privateIPAddressVersion", "\"IPv4\"");
        });
    });
    hide_secrets(shown, profile);
}

/// The disk that a machine makes for itself.
pub(crate) fn os_disk_id(machine: &ResourceId) -> String {
    let (before, name) = machine
        .as_str()
        .rsplit_once("/virtualMachines/")
        .expect("a machine");
    format!("{before}/disks/{name}_disk1_0123456789abcdef")
}

fn interface(id: &ResourceId, shown: &mut Value, serial: usize) {
    for (path, value) in [
        ("kind", "\"Regular\""),
        ("properties.resourceGuid", "\"1\""),
        ("properties.macAddress", "\"00-0D-3A-00-00-01\""),
        ("properties.primary", "true"),
        ("properties.enableAcceleratedNetworking", "false"),
        ("properties.enableIPForwarding", "false"),
        ("properties.nicType", "\"Standard\""),
        (
            "properties.dnsSettings",
            "{\"dnsServers\":[],\"appliedDnsServers\":[]}",
        ),
        ("properties.hostedWorkloads", "[]"),
        ("properties.tapConfigurations", "[]"),
    ] {
        default(shown, path, value);
    }
    each(shown, "properties.ipConfigurations", &mut |item| {
        let name = item
            .member("name")
            .map(Value::to_plain_text)
            .unwrap_or_default();
        let own = format!("{id}/ipConfigurations/{name}");
        set(item, "id", Value::Text(own));
        default(
            item,
            "type",
            "\"Microsoft.Network/networkInterfaces/ipConfigurations\"",
        );
        default(
            item,
            "properties.privateIPAddress",
            &format!("\"10.0.0.{}\"", serial % 250 + 4),
        );
        default(item, "properties.primary", "true");
        default(item, "properties.privateIPAddressVersion", "\"IPv4\"");
        set(item, "properties.provisioningState", json("\"Succeeded\""));
    });
}

fn public_ip(shown: &mut Value, serial: usize) {
    default(shown, "sku.tier", "\"Regional\"");
    for (path, value) in [
        ("ipAddress", format!("\"20.50.1.{}\"", serial % 250 + 1)),
        ("publicIPAddressVersion", "\"IPv4\"".into()),
        ("idleTimeoutInMinutes", "4".into()),
        ("ipTags", "[]".into()),
        (
            "ddosSettings",
            "{\"protectionMode\":\"VirtualNetworkInherited\"}".into(),
        ),
        ("resourceGuid", "\"1\"".into()),
    ] {
        default(shown, &format!("properties.{path}"), &value);
    }
}

fn group(id: &ResourceId, shown: &mut Value) {
    default(shown, "properties.securityRules", "[]");
    default(
        shown,
        "properties.defaultSecurityRules",
        "[{\"name\":\"AllowVnetInBound\"}]",
    );
    each(shown, "properties.securityRules", &mut |item| {
        let name = item
            .member("name")
            .map(Value::to_plain_text)
            .unwrap_or_default();
        set(
            item,
            "id",
            Value::Text(format!("{id}/securityRules/{name}")),
        );
        set(item, "etag", json("\"W/1\""));
        default(
            item,
            "type",
            "\"Microsoft.Network/networkSecurityGroups/securityRules\"",
        );
        set(item, "properties.provisioningState", json("\"Succeeded\""));
        for plural in [
            "sourcePortRanges",
            "destinationPortRanges",
            "sourceAddressPrefixes",
            "destinationAddressPrefixes",
        ] {
            default(item, &format!("properties.{plural}"), "[]");
        }
    });
}

fn network(shown: &mut Value) {
    for (path, value) in [
        ("resourceGuid", "\"1\""),
        ("enableDdosProtection", "false"),
        ("virtualNetworkPeerings", "[]"),
        ("privateEndpointVNetPolicies", "\"Disabled\""),
    ] {
        default(shown, &format!("properties.{path}"), value);
    }
}

fn subnet(shown: &mut Value) {
    for (path, value) in [
        ("delegations", "[]"),
        ("privateEndpointNetworkPolicies", "\"Disabled\""),
        ("privateLinkServiceNetworkPolicies", "\"Enabled\""),
    ] {
        default(shown, &format!("properties.{path}"), value);
    }
    // Some versions answer with the other form.
    let prefix = shown.at(&["properties", "addressPrefix"]).cloned();
    if let Some(prefix) = prefix {
        let path = tenon_model::Path::parse("properties.addressPrefix").expect("a path");
        path.remove(shown);
        set(
            shown,
            "properties.addressPrefixes",
            Value::List(vec![prefix]),
        );
    }
}

fn disk(shown: &mut Value) {
    default(shown, "sku.tier", "\"Premium\"");
    for (path, value) in [
        ("uniqueId", "\"1\""),
        ("timeCreated", "\"2026-08-22T09:14:08Z\""),
        ("diskState", "\"Unattached\""),
        ("networkAccessPolicy", "\"AllowAll\""),
        ("publicNetworkAccess", "\"Enabled\""),
        (
            "encryption",
            "{\"type\":\"EncryptionAtRestWithPlatformKey\"}",
        ),
        ("diskSizeBytes", "1"),
        ("LastOwnershipUpdateTime", "\"2026-08-22T09:14:08Z\""),
    ] {
        default(shown, &format!("properties.{path}"), value);
    }
}

fn identity(shown: &mut Value) {
    default(shown, "tags", "{}");
    for (member, number) in [("tenantId", 2), ("principalId", 8), ("clientId", 9)] {
        let id = format!("\"{number}0000000-0000-4000-8000-000000000000\"");
        default(shown, &format!("properties.{member}"), &id);
    }
}

fn extension(shown: &mut Value) {
    let secret = tenon_model::Path::parse("properties.protectedSettings").expect("a path");
    secret.remove(shown);
    default(shown, "properties.provisioningState", "\"Succeeded\"");
}

fn raw(shown: &mut Value, serial: usize) {
    default(shown, "systemData", "{\"createdBy\":\"me\"}");
    default(
        shown,
        "properties.serverMade",
        &format!("\"value-{serial}\""),
    );
}

pub(super) fn each(body: &mut Value, path: &str, change: &mut dyn FnMut(&mut Value)) {
    let path = tenon_model::Path::parse(path).expect("a path");
    if let Some(Value::List(items)) = path.get_mut(body) {
        items.iter_mut().for_each(change);
    }
}

/// The tags of a body.
pub(crate) fn tags(body: &Value) -> Map {
    body.member("tags")
        .and_then(Value::as_map)
        .cloned()
        .unwrap_or_default()
}
