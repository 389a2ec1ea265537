//! Networks, subnets, rules, addresses and interfaces.

use crate::support;

use serde_json::{Value, json};
use support::*;

const NET: &str = "Microsoft.Network/virtualNetworks/net";

fn vnet(subnets: Option<Value>) -> Value {
    let mut body = json!({"location": "West Europe", "properties": {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    }});
    if let Some(subnets) = subnets {
        body["properties"]["subnets"] = subnets;
    }
    body
}

fn subnet(name: &str, prefix: &str) -> Value {
    json!({"name": name, "properties": {"addressPrefix": prefix}})
}

#[tokio::test]
async fn a_network_is_echoed_with_what_the_server_adds() {
    let client = Client::new().await;
    let path = web(NET).replace("resourceGroups", "resourcegroups");
    let answer = client
        .put(&path, vnet(Some(json!([subnet("a", "10.0.0.0/24")]))))
        .await
        .is(201);
    assert_eq!(answer.body["properties"]["provisioningState"], "Updating");
    assert_eq!(answer.header("azure-asyncnotification"), "Enabled");
    assert_eq!(answer.header("location"), "");
    client.simulator.run_until_idle();
    let body = client.get(&path).await.is(200).body;
    assert_eq!(body["id"], web(NET));
    assert_eq!(body["location"], "westeurope");
    assert_eq!(
        body["properties"]["subnets"][0]["properties"]["delegations"],
        json!([])
    );
    assert!(body["etag"].as_str().expect("an etag").starts_with("W/\""));
    assert_eq!(body.get("tags"), None);
}

#[tokio::test]
async fn a_put_without_subnets_keeps_them_from_2023_11_on() {
    let client = Client::new().await;
    let path = web(NET);
    client
        .made(&path, vnet(Some(json!([subnet("a", "10.0.0.0/24")]))))
        .await;
    let body = client.made(&path, vnet(None)).await;
    assert_eq!(
        body["properties"]["subnets"].as_array().map(Vec::len),
        Some(1)
    );
    let old = format!("{path}?api-version=2022-07-01");
    client.put(&old, vnet(None)).await.is(200);
    client.simulator.run_until_idle();
    assert_eq!(
        client.get(&path).await.body["properties"]["subnets"],
        json!([])
    );
}

#[tokio::test]
async fn one_write_at_a_time() {
    let client = Client::new().await;
    let path = web(NET);
    client.made(&path, vnet(None)).await;
    let put = async |name: &str, prefix: &str| {
        let body = json!({"properties": {"addressPrefix": prefix}});
        client.put(&format!("{path}/subnets/{name}"), body).await
    };
    put("a", "10.0.0.0/24").await.is(201);
    let answer = put("b", "10.0.1.0/24").await;
    let answer = answer.refused(429, "RetryableErrorDueToAnotherOperation");
    assert!(
        answer
            .header("retry-after")
            .parse::<u64>()
            .expect("seconds")
            > 0
    );
    let answer = put("a", "10.0.0.0/24").await;
    let answer = answer.refused(409, "AnotherOperationInProgress");
    let (_, uri) = answer
        .message()
        .split_once("use uri: ")
        .expect("where to ask");
    let asked = client.get(uri.trim_end_matches('.')).await.is(200).body;
    assert_eq!(asked["status"], "InProgress");
    client.simulator.run_until_idle();
    put("b", "10.0.1.0/24").await.is(201);
}

#[tokio::test]
async fn ranges_have_to_fit() {
    let client = Client::new().await;
    let path = web(NET);
    client
        .made(&path, vnet(Some(json!([subnet("a", "10.0.0.0/24")]))))
        .await;
    for (prefix, code) in [
        ("10.0.0.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.1.0.0/24", "NetcfgInvalidSubnet"),
        ("10.0.3.1/24", "InvalidCIDRNotation"),
        ("10.0.3.0", "InvalidAddressPrefixFormat"),
    ] {
        let body = json!({"properties": {"addressPrefix": prefix}});
        client
            .put(&format!("{path}/subnets/b"), body)
            .await
            .refused(400, code);
    }
    let orphan = web("Microsoft.Network/virtualNetworks/gone/subnets/b");
    let body = json!({"properties": {"addressPrefix": "10.0.0.0/24"}});
    client
        .put(&orphan, body)
        .await
        .refused(404, "ParentResourceNotFound");
}

#[tokio::test]
async fn interfaces_take_addresses_and_hold_their_subnet() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let first = interface(&client, "one", &subnet).await;
    let second = interface(&client, "two", &subnet).await;
    let address = async |path: &str| {
        let body = client.get(path).await.is(200).body;
        body["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"].clone()
    };
    assert_eq!(address(&first).await, "10.0.1.4");
    assert_eq!(address(&second).await, "10.0.1.5");
    let body = client.get(&subnet).await.is(200).body;
    assert_eq!(
        body["properties"]["ipConfigurations"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    client
        .delete(&subnet)
        .await
        .refused(400, "InUseSubnetCannotBeDeleted");
    client
        .delete(&web(NET))
        .await
        .refused(400, "InUseSubnetCannotBeDeleted");
    client.gone(&first).await;
    let third = interface(&client, "three", &subnet).await;
    assert_eq!(address(&third).await, "10.0.1.4");
    client.made(&second, client.get(&second).await.body).await;
    assert_eq!(address(&second).await, "10.0.1.5");
}

#[tokio::test]
async fn fixed_addresses_are_checked() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    interface(&client, "one", &subnet).await;
    let body = |address: &str| {
        json!({"location": "westeurope", "properties": {"ipConfigurations": [{"name": "ip", "properties": {
            "subnet": {"id": subnet}, "privateIPAllocationMethod": "static", "privateIPAddress": address,
        }}]}})
    };
    let path = web("Microsoft.Network/networkInterfaces/two");
    client
        .put(&path, body("10.0.1.4"))
        .await
        .refused(400, "PrivateIPAddressInUse");
    client
        .put(&path, body("10.0.2.4"))
        .await
        .refused(400, "PrivateIPAddressNotInSubnet");
    client
        .put(&path, body("10.0.1.3"))
        .await
        .refused(400, "PrivateIPAddressInReservedRange");
    let made = client.made(&path, body("10.0.1.77")).await;
    let configuration = &made["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(configuration["privateIPAllocationMethod"], "Static");
}

#[tokio::test]
async fn a_small_subnet_fills_up() {
    let client = Client::new().await;
    client
        .made(
            &web(NET),
            vnet(Some(json!([subnet("tiny", "10.0.0.0/29")]))),
        )
        .await;
    let tiny = format!("{}/subnets/tiny", web(NET));
    for name in ["a", "b", "c"] {
        interface(&client, name, &tiny).await;
    }
    let body = json!({"location": "westeurope", "properties": {
        "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": tiny}}}],
    }});
    let path = web("Microsoft.Network/networkInterfaces/d");
    client.put(&path, body).await.refused(400, "SubnetIsFull");
}

#[tokio::test]
async fn references_have_to_exist() {
    let client = Client::new().await;
    let body = json!({"location": "westeurope", "properties": {"ipConfigurations": [
        {"name": "ip", "properties": {"subnet": {"id": format!("{}/subnets/none", web(NET))}}},
    ]}});
    let path = web("Microsoft.Network/networkInterfaces/nic");
    client
        .put(&path, body)
        .await
        .refused(400, "InvalidResourceReference");
}

#[tokio::test]
async fn addresses_are_standard_and_held() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let path = web("Microsoft.Network/publicIPAddresses/pip");
    let basic = json!({"location": "westeurope"});
    client
        .put(&path, basic)
        .await
        .refused(400, "IPv4BasicSkuPublicIpCountLimitReached");
    let body = json!({"location": "westeurope", "sku": {"name": "standard"},
        "properties": {"publicIPAllocationMethod": "Static", "dnsSettings": {"domainNameLabel": "web"}}});
    let made = client.made(&path, body.clone()).await;
    assert_eq!(made["sku"], json!({"name": "Standard", "tier": "Regional"}));
    assert_eq!(made["properties"]["idleTimeoutInMinutes"], 4);
    assert_eq!(
        made["properties"]["dnsSettings"]["fqdn"],
        "web.westeurope.cloudapp.azure.com"
    );
    assert!(
        made["properties"]["ipAddress"]
            .as_str()
            .expect("an address")
            .starts_with("20.")
    );
    let nic = web("Microsoft.Network/networkInterfaces/nic");
    let interface = json!({"location": "westeurope", "properties": {"ipConfigurations": [
        {"name": "ip", "properties": {"subnet": {"id": subnet}, "publicIPAddress": {"id": path, "properties": {"deleteOption": "delete"}}}},
    ]}});
    client.made(&nic, interface).await;
    client
        .delete(&path)
        .await
        .refused(400, "PublicIPAddressCannotBeDeleted");
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(
        shown["properties"]["ipConfiguration"]["id"],
        format!("{nic}/ipConfigurations/ip")
    );
    let mut moved = body;
    moved["zones"] = json!(["1"]);
    assert_eq!(client.put(&path, moved).await.status, 400);
}

#[tokio::test]
async fn rules_are_replaced_as_a_whole() {
    let client = Client::new().await;
    let path = web("Microsoft.Network/networkSecurityGroups/nsg");
    let rule = |name: &str, priority: u32| {
        json!({"name": name, "properties": {
            "priority": priority, "direction": "inbound", "access": "allow", "protocol": "tcp",
            "sourcePortRange": "*", "destinationPortRange": "22",
            "sourceAddressPrefix": "*", "destinationAddressPrefix": "*",
        }})
    };
    let body = |rules: Vec<Value>| json!({"location": "westeurope", "properties": {"securityRules": rules}});
    let made = client.made(&path, body(vec![rule("ssh", 100)])).await;
    assert_eq!(
        made["properties"]["defaultSecurityRules"]
            .as_array()
            .map(Vec::len),
        Some(6)
    );
    let shown = &made["properties"]["securityRules"][0];
    assert_eq!(shown["properties"]["protocol"], "Tcp");
    assert_eq!(shown["properties"]["sourcePortRanges"], json!([]));
    let conflict = body(vec![rule("a", 100), rule("b", 100)]);
    client
        .put(&path, conflict)
        .await
        .refused(400, "SecurityRuleConflict");
    client
        .put(&path, body(vec![rule("a", 99)]))
        .await
        .refused(400, "SecurityRuleInvalidPriority");
    client
        .made(&format!("{path}/securityRules/extra"), rule("extra", 200))
        .await;
    let twice = client
        .put(&format!("{path}/securityRules/twice"), rule("twice", 200))
        .await;
    twice.refused(400, "SecurityRuleConflict");
    let made = client.made(&path, body(vec![rule("ssh", 100)])).await;
    assert_eq!(
        made["properties"]["securityRules"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_group_in_use_stays() {
    let client = Client::new().await;
    let path = web("Microsoft.Network/networkSecurityGroups/nsg");
    client.made(&path, json!({"location": "westeurope"})).await;
    let with_group = json!([{"name": "a", "properties": {
        "addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": path},
    }}]);
    client.made(&web(NET), vnet(Some(with_group))).await;
    client
        .delete(&path)
        .await
        .refused(400, "InUseNetworkSecurityGroupCannotBeDeleted");
    let shown = client.get(&path).await.is(200).body;
    assert_eq!(
        shown["properties"]["subnets"][0]["id"],
        format!("{}/subnets/a", web(NET))
    );
}

#[tokio::test]
async fn unknown_members_are_refused() {
    let client = Client::new().await;
    let mut body = vnet(None);
    body["properties"]["colour"] = json!("red");
    client
        .put(&web(NET), body)
        .await
        .refused(400, "InvalidRequestFormat");
}

#[tokio::test]
async fn tags_patch_and_put_differ() {
    let client = Client::new().await;
    let mut body = vnet(None);
    body["tags"] = json!({"a": "1", "b": "2"});
    client.made(&web(NET), body).await;
    let patched = client.patch(&web(NET), json!({"tags": {"c": "3"}})).await;
    assert_eq!(patched.body["tags"], json!({"c": "3"}));
    client.simulator.run_until_idle();
    let made = client.made(&web(NET), vnet(None)).await;
    assert_eq!(made.get("tags"), None);
}

#[tokio::test]
async fn free_addresses_can_be_asked_for() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    interface(&client, "one", &subnet).await;
    let ask = async |address: &str| {
        client
            .get(&format!(
                "{}/CheckIPAddressAvailability?ipAddress={address}",
                web(NET)
            ))
            .await
            .is(200)
            .body
    };
    assert_eq!(ask("10.0.1.9").await["available"], true);
    let taken = ask("10.0.1.4").await;
    assert_eq!(taken["available"], false);
    assert_eq!(taken["availableIPAddresses"][0], "10.0.1.5");
    let usage = client
        .get(&format!("{}/usages", web(NET)))
        .await
        .is(200)
        .body;
    assert_eq!(
        (
            &usage["value"][0]["currentValue"],
            &usage["value"][0]["limit"]
        ),
        (&json!(1), &json!(251))
    );
}

#[tokio::test]
async fn new_subnets_are_private_from_2025_07_on() {
    let client = Client::new().await;
    let body = vnet(Some(json!([subnet("a", "10.0.0.0/24")])));
    client
        .put(&format!("{}?api-version=2025-07-01", web(NET)), body)
        .await
        .is(201);
    client.simulator.run_until_idle();
    let shown = client.get(&web(NET)).await.body;
    assert_eq!(
        shown["properties"]["subnets"][0]["properties"]["defaultOutboundAccess"],
        false
    );
}

#[tokio::test]
async fn what_is_still_being_made_cannot_be_used() {
    let client = Client::new().await;
    client.put(&web(NET), vnet(Some(json!([])))).await.is(201);
    client.simulator.run_until_idle();
    let apps = format!("{}/subnets/apps", web(NET));
    client
        .put(
            &apps,
            json!({"properties": {"addressPrefix": "10.0.0.0/24"}}),
        )
        .await
        .is(201);
    let body = json!({"location": "westeurope", "properties": {
        "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": apps}}}],
    }});
    let nic = web("Microsoft.Network/networkInterfaces/nic");
    let answer = client.put(&nic, body).await.refused(429, "RetryableError");
    assert_eq!(
        answer.body["error"]["details"][0]["code"],
        "ReferencedResourceNotProvisioned"
    );
    client
        .put(
            &web("Microsoft.Network/networkInterfaces/-nic"),
            json!({"location": "westeurope"}),
        )
        .await
        .refused(400, "InvalidResourceName");
}

#[tokio::test]
async fn joining_takes_a_right_of_its_own() {
    let world = WORLD.replace(
        "scope: /subscriptions/workload, principal: deployer, role: Contributor",
        "scope: /subscriptions/workload/resourceGroups/Web, principal: deployer, role: Contributor",
    ) + "  - name: spare\n    subscription: workload\n    resourceGroup: net-rg\n    location: westeurope\n";
    let client = Client::of(&world).await;
    let foreign = format!(
        "/subscriptions/{S2}/resourceGroups/net-rg/providers/Microsoft.Network/virtualNetworks/n/subnets/s"
    );
    let body = json!({"location": "westeurope", "properties": {
        "ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": foreign}}}],
    }});
    let nic = web("Microsoft.Network/networkInterfaces/nic");
    let answer = client
        .put(&nic, body)
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(answer.message().contains(
        "'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s)"
    ));
}
