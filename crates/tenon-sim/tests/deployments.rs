//! Template deployments, with the bodies that the Azure CLI sends.

use crate::support;

use serde_json::{Value, json};
use support::*;
use tenon_sim::{ClockMode, FaultRule, Simulator, WorldFile};

/// A deployment in the group `Web`, under the path that the CLI uses.
fn deployment(name: &str) -> String {
    format!(
        "/subscriptions/{S2}/resourcegroups/Web/providers/Microsoft.Resources/deployments/{name}?api-version=2024-11-01"
    )
}

fn of(resources: &Value) -> Value {
    json!({"properties": {"mode": "incremental", "parameters": {}, "template": {
        "$schema": "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": resources,
        "outputs": {},
    }}})
}

/// What `az vm create --image <version id>` deploys.
fn vm_create(image: &str) -> Value {
    of(&json!([
        {
            "name": "myVMVNET", "type": "Microsoft.Network/virtualNetworks",
            "apiVersion": "2015-06-15", "location": "westeurope", "dependsOn": [], "tags": {},
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [{"name": "myVMSubnet", "properties": {"addressPrefix": "10.0.0.0/24"}}],
            },
        },
        {
            "type": "Microsoft.Network/networkSecurityGroups", "name": "myVMNSG",
            "apiVersion": "2015-06-15", "location": "westeurope", "tags": {}, "dependsOn": [],
            "properties": {"securityRules": [{"name": "default-allow-ssh", "properties": {
                "protocol": "Tcp", "sourcePortRange": "*", "destinationPortRange": "22",
                "sourceAddressPrefix": "*", "destinationAddressPrefix": "*",
                "access": "Allow", "priority": 1000, "direction": "Inbound",
            }}]},
        },
        {
            "apiVersion": "2022-01-01", "type": "Microsoft.Network/publicIPAddresses",
            "name": "myVMPublicIP", "location": "westeurope", "tags": {}, "dependsOn": [],
            "properties": {"publicIPAllocationMethod": "Static"}, "sku": {"name": "Standard"},
        },
        {
            "apiVersion": "2015-06-15", "type": "Microsoft.Network/networkInterfaces",
            "name": "myVMVMNic", "location": "westeurope", "tags": {},
            "dependsOn": [
                "Microsoft.Network/virtualNetworks/myVMVNET",
                "Microsoft.Network/networkSecurityGroups/myVMNSG",
                "Microsoft.Network/publicIpAddresses/myVMPublicIP",
            ],
            "properties": {
                "ipConfigurations": [{"name": "ipconfigmyVM", "properties": {
                    "privateIPAllocationMethod": "Dynamic",
                    "subnet": {"id": web("Microsoft.Network/virtualNetworks/myVMVNET/subnets/myVMSubnet")},
                    "publicIPAddress": {"id": web("Microsoft.Network/publicIPAddresses/myVMPublicIP")},
                }}],
                "networkSecurityGroup": {"id": web("Microsoft.Network/networkSecurityGroups/myVMNSG")},
            },
        },
        machine_of("myVM", image),
    ]))
}

fn machine_of(name: &str, image: &str) -> Value {
    json!({
        "apiVersion": "2026-04-01", "type": "Microsoft.Compute/virtualMachines",
        "name": name, "location": "westeurope", "tags": {},
        "dependsOn": ["Microsoft.Network/networkInterfaces/myVMVMNic"],
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
            "networkProfile": {"networkInterfaces": [{
                "id": web("Microsoft.Network/networkInterfaces/myVMVMNic"),
                "properties": {"deleteOption": null},
            }]},
            "storageProfile": {
                "osDisk": {
                    "createOption": "fromImage", "name": null, "caching": "ReadWrite",
                    "managedDisk": {"storageAccountType": null},
                },
                "imageReference": {"id": image},
            },
            "osProfile": {
                "computerName": name, "adminUsername": "azureuser",
                "linuxConfiguration": {
                    "disablePasswordAuthentication": true,
                    "ssh": {"publicKeys": [{
                        "keyData": "ssh-rsa AAAA test",
                        "path": "/home/azureuser/.ssh/authorized_keys",
                    }]},
                },
            },
        },
    })
}

/// Puts a deployment and waits for its end.
async fn deployed(client: &Client, name: &str, body: Value) -> Value {
    let answer = client.put(&deployment(name), body).await.is(201);
    client.simulator.run_until_idle();
    let poll = answer.header("azure-asyncoperation");
    client.get(poll).await.is(200).body
}

#[tokio::test]
async fn the_cli_makes_a_machine_from_another_tenants_image() {
    let client = Client::new().await;
    let answer = client
        .put(
            &deployment("vm_deploy_1"),
            vm_create(&image("web/versions/1.9.0")),
        )
        .await
        .is(201);
    assert_eq!(answer.body["properties"]["provisioningState"], "Accepted");
    assert!(!answer.header("retry-after").is_empty());
    let poll = answer.header("azure-asyncoperation").to_owned();
    assert!(poll.contains("/operationStatuses/") && poll.contains("api-version=2024-11-01"));
    assert_eq!(client.get(&poll).await.is(200).body["status"], "Running");
    client.simulator.run_until_idle();
    let status = client.get(&poll).await.is(200).body;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let shown = client.get(&deployment("vm_deploy_1")).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
    assert_eq!(shown["properties"]["mode"], "Incremental");
    assert_eq!(
        shown["properties"]["outputResources"]
            .as_array()
            .map(Vec::len),
        Some(5)
    );
    let vm = format!(
        "{}?$expand=instanceView&api-version=2026-04-01",
        web("Microsoft.Compute/virtualMachines/myVM")
    );
    let vm = client.get(&vm).await.is(200).body;
    let statuses = &vm["properties"]["instanceView"]["statuses"];
    assert_eq!(statuses[1]["code"], "PowerState/running");
    let nic = web("Microsoft.Network/networkInterfaces/myVMVMNic?api-version=2022-01-01");
    let nic = client.get(&nic).await.is(200).body;
    let ip = &nic["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(ip["privateIPAddress"], "10.0.0.4");
    let address = web("Microsoft.Network/publicIPAddresses/myVMPublicIP?api-version=2022-01-01");
    let address = client.get(&address).await.is(200).body;
    assert!(address["properties"]["ipAddress"].is_string());
    let listed = client
        .get(&format!(
            "/subscriptions/{S2}/resourcegroups/Web/deployments/vm_deploy_1/operations?api-version=2024-11-01"
        ))
        .await
        .is(200)
        .body;
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(5));
    let one = listed["value"][0]["id"].as_str().expect("an id");
    let one = client.get(&format!("{one}?api-version=2024-11-01")).await;
    assert_eq!(one.is(200).body, listed["value"][0]);
}

#[tokio::test]
async fn resources_start_when_what_they_wait_for_has_settled() {
    let client = Client::new().await;
    client
        .put(&deployment("d"), vm_create(&image("web/versions/1.9.0")))
        .await
        .is(201);
    let nic = web("Microsoft.Network/networkInterfaces/myVMVMNic");
    let vm = web("Microsoft.Compute/virtualMachines/myVM");
    client.get(&nic).await.refused(404, "ResourceNotFound");
    // The network types take 4 seconds, the machine 25; one step of time
    // covers several of them and each begins at its own moment.
    let seconds = std::time::Duration::from_secs;
    client.simulator.advance(seconds(5));
    assert_eq!(
        client.get(&nic).await.is(200).body["properties"]["provisioningState"],
        "Updating"
    );
    client.get(&vm).await.is(404);
    client.simulator.advance(seconds(27));
    assert_eq!(
        client.get(&vm).await.is(200).body["properties"]["provisioningState"],
        "Creating"
    );
    client.simulator.advance(seconds(1));
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
    assert_eq!(shown["properties"]["duration"], "PT33S");
}

#[tokio::test]
async fn without_the_auxiliary_token_the_machine_fails() {
    let mut client = Client::new().await;
    client.auxiliary = None;
    let status = deployed(&client, "d", vm_create(&image("web/versions/1.9.0"))).await;
    assert_eq!(status["status"], "Failed");
    assert_eq!(status["error"]["code"], "DeploymentFailed");
    let detail = &status["error"]["details"][0];
    assert_eq!(detail["code"], "LinkedAuthorizationFailed");
    assert!(
        detail["message"]
            .as_str()
            .is_some_and(|text| text.contains("is not authorized to access linked subscription"))
    );
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Failed");
    assert_eq!(shown["properties"]["error"]["code"], "DeploymentFailed");
    // What came before it stays.
    client
        .get(&web("Microsoft.Network/networkInterfaces/myVMVMNic"))
        .await
        .is(200);
}

#[tokio::test]
async fn an_operation_that_fails_fails_the_deployment() {
    let client = Client::new().await;
    let fault: FaultRule = serde_json::from_value(json!({
        "match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
        "action": {"do": "failOperation", "code": "AllocationFailed", "message": "No room."},
    }))
    .expect("a fault");
    client.simulator.add_fault(fault);
    let status = deployed(&client, "d", vm_create(&image("web/versions/1.9.0"))).await;
    assert_eq!(status["status"], "Failed");
    let detail = &status["error"]["details"][0];
    assert_eq!(detail["code"], "ResourceDeploymentFailure");
    assert_eq!(detail["details"][0]["code"], "AllocationFailed");
}

#[tokio::test]
async fn loops_count_and_names_follow() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let mut nic = json!({
        "apiVersion": "2015-06-15", "type": "Microsoft.Network/networkInterfaces",
        "name": "[concat('vm', copyIndex(), 'VMNic')]", "location": "westeurope",
        "copy": {"name": "niccopy", "mode": "parallel", "count": 2},
        "properties": {"ipConfigurations": [{
            "name": "[concat('ipconfig', copyIndex())]",
            "properties": {"subnet": {"id": subnet}},
        }]},
    });
    let id = web("Microsoft.Network/networkInterfaces/vm");
    let mut machine = machine_of("vm", &image("web/versions/1.9.0"));
    machine["name"] = json!("[concat('vm', copyIndex())]");
    machine["copy"] = json!({"name": "vmcopy", "mode": "parallel", "count": 2});
    machine["dependsOn"] = json!([
        "Microsoft.Network/networkInterfaces/vm0VMNic",
        "Microsoft.Network/networkInterfaces/vm1VMNic",
    ]);
    machine["properties"]["networkProfile"]["networkInterfaces"][0]["id"] =
        json!(format!("[concat('{id}', copyIndex(), 'VMNic')]"));
    machine["properties"]["osProfile"]["computerName"] = json!("[concat('vm', copyIndex())]");
    nic["tags"] = json!({});
    let mut body = of(&json!([nic, machine]));
    body["properties"]["template"]["$schema"] =
        json!("https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#");
    let status = deployed(&client, "d", body).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    for name in ["vm0", "vm1"] {
        let path = web(&format!("Microsoft.Compute/virtualMachines/{name}"));
        let shown = client.get(&path).await.is(200).body;
        assert_eq!(shown["properties"]["osProfile"]["computerName"], name);
    }
}

#[tokio::test]
async fn secure_parameters_are_never_shown() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    interface(&client, "myVMVMNic", &subnet).await;
    let mut machine = machine_of("vm", &image("web/versions/1.9.0"));
    machine["dependsOn"] = json!([]);
    machine["properties"]["osProfile"] = json!({
        "computerName": "vm", "adminUsername": "azureuser",
        "adminPassword": "[parameters('adminPassword')]",
    });
    let mut body = of(&json!([machine]));
    body["properties"]["template"]["parameters"] = json!({
        "adminPassword": {"type": "securestring", "metadata": {"description": "Secure adminPassword"}},
        "size": {"type": "string", "defaultValue": "small", "allowedValues": ["small", "large"]},
    });
    body["properties"]["parameters"] = json!({"adminPassword": {"value": "Sup3r~secret~word"}});
    let status = deployed(&client, "d", body.clone()).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(
        shown["properties"]["parameters"],
        json!({"adminPassword": {"type": "SecureString"}, "size": {"type": "String", "value": "small"}})
    );
    let stored = client.get("/_sim/world").await.is(200).body.to_string();
    assert!(!stored.contains("Sup3r"));
    body["properties"]["parameters"]["size"] = json!({"value": "medium"});
    let answer = client.put(&deployment("e"), body).await;
    let answer = answer.refused(400, "InvalidTemplate");
    assert!(
        answer
            .message()
            .contains("not part of the allowed value(s): 'small,large'")
    );
}

#[tokio::test]
async fn validation_says_what_a_put_would_say() {
    let client = Client::new().await;
    let path = deployment("v").replace("?", "/validate?");
    let answer = client
        .post(&path, vm_create(&image("web/versions/1.9.0")))
        .await
        .is(200);
    let validated = &answer.body["properties"]["validatedResources"];
    assert_eq!(validated.as_array().map(Vec::len), Some(5));
    client.get(&deployment("v")).await.is(404);
    let unknown = of(&json!([{
        "apiVersion": "2024-05-01", "type": "Microsoft.Network/publicIPAddresses",
        "name": "[shout('x')]", "location": "westeurope",
    }]));
    let answer = client.post(&path, unknown).await;
    let answer = answer.refused(400, "InvalidTemplate");
    let info = &answer.body["error"]["additionalInfo"][0];
    assert_eq!(info["type"], "TemplateViolation");
    assert!(
        answer
            .message()
            .contains("The template function 'shout' is not valid"),
        "{}",
        answer.message()
    );
    let mut huge = vm_create(&image("web/versions/1.9.0"));
    huge["properties"]["template"]["resources"][4]["properties"]["hardwareProfile"]["vmSize"] =
        json!("Standard_Nope");
    let answer = client.post(&path, huge).await;
    let answer = answer.refused(400, "InvalidTemplateDeployment");
    assert_eq!(
        answer.body["error"]["details"][0]["code"],
        "InvalidParameter"
    );
}

#[tokio::test]
async fn quotas_and_rights_are_known_before_it_begins() {
    let world = WORLD.replace(
        "name: workload, id: bbbbbbbb-0000-0000-0000-000000000002, tenant: contoso",
        "name: workload, id: bbbbbbbb-0000-0000-0000-000000000002, tenant: contoso, quotas: {cores: 1}",
    );
    let client = Client::of(&world).await;
    let body = vm_create(&image("web/versions/1.9.0"));
    let answer = client.put(&deployment("d"), body.clone()).await;
    let answer = answer.refused(400, "InvalidTemplateDeployment");
    assert_eq!(answer.body["error"]["details"][0]["code"], "QuotaExceeded");
    let world = WORLD.replace(
        "principal: deployer, role: Contributor",
        "principal: deployer, role: Network Contributor",
    );
    let client = Client::of(&world).await;
    let answer = client.put(&deployment("d"), body).await;
    let answer = answer.refused(400, "InvalidTemplateDeployment");
    assert!(
        answer
            .message()
            .contains("Authorization failed for template resource 'myVM' of type")
    );
}

#[tokio::test]
async fn one_name_is_deployed_once_at_a_time() {
    let client = Client::new().await;
    let body = vm_create(&image("web/versions/1.9.0"));
    client.put(&deployment("d"), body.clone()).await.is(201);
    client
        .put(&deployment("d"), body.clone())
        .await
        .refused(409, "DeploymentActiveAndUneditable");
    client
        .delete(&deployment("d"))
        .await
        .refused(409, "DeploymentActiveAndUneditable");
    let cancel = deployment("d").replace("?", "/cancel?");
    client.post(&cancel, json!({})).await.is(204);
    client.simulator.run_until_idle();
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(shown["properties"]["provisioningState"], "Canceled");
    client
        .post(&cancel, json!({}))
        .await
        .refused(409, "DeploymentCannotBeCancelled");
    client
        .get(&web("Microsoft.Compute/virtualMachines/myVM"))
        .await
        .is(404);
    client.put(&deployment("d"), body).await.is(200);
    client.simulator.run_until_idle();
    let listed = deployment("").replace("/?", "?");
    let listed = client.get(&listed).await.is(200).body;
    assert_eq!(
        listed["value"][0]["properties"]["provisioningState"],
        "Succeeded"
    );
    let answer = client.delete(&deployment("d")).await.is(202);
    let location = answer.header("location").to_owned();
    assert!(location.contains("api-version=2024-11-01"), "{location}");
    client.get(&location).await.is(202);
    client.simulator.run_until_idle();
    client.get(&location).await.is(204);
    client
        .send("HEAD", &deployment("d"), &client.t2, None)
        .await
        .is(404);
}

#[tokio::test]
async fn references_outputs_children_and_conditions() {
    let client = Client::new().await;
    let mut body = of(&json!([
        {
            "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01",
            "name": "[variables('net')]", "location": "[resourceGroup().location]",
            "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}},
            "resources": [{
                "type": "subnets", "apiVersion": "2024-05-01", "name": "apps",
                "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks', variables('net'))]"],
                "properties": {"addressPrefix": "10.1.1.0/24"},
            }],
        },
        {
            "condition": "[equals(parameters('public'), 'yes')]",
            "type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2024-05-01",
            "name": "ip", "location": "westeurope", "sku": {"name": "Standard"},
            "properties": {"publicIPAllocationMethod": "Static"},
        },
        {
            "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01",
            "name": "group", "location": "westeurope", "dependsOn": ["ip"],
            "tags": {"range": "[reference(variables('net')).addressSpace.addressPrefixes[0]]"},
        },
    ]));
    let template = &mut body["properties"]["template"];
    template["variables"] = json!({"net": "[toLower(concat('NET-', parameters('public')))]"});
    template["parameters"] = json!({"public": {"type": "string", "defaultValue": "no"}});
    template["outputs"] = json!({
        "range": {"type": "array", "value": "[reference(resourceId('Microsoft.Network/virtualNetworks', variables('net')), '2024-05-01').addressSpace.addressPrefixes]"},
        "subnet": {"type": "string", "value": "[resourceId('Microsoft.Network/virtualNetworks/subnets', variables('net'), 'apps')]"},
        "whole": {"type": "string", "value": "[reference('group', '2024-05-01', 'Full').location]"},
    });
    let status = deployed(&client, "d", body).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let shown = client.get(&deployment("d")).await.is(200).body;
    let subnet = web("Microsoft.Network/virtualNetworks/net-no/subnets/apps");
    assert_eq!(
        shown["properties"]["outputs"],
        json!({
            "range": {"type": "Array", "value": ["10.1.0.0/16"]},
            "subnet": {"type": "String", "value": subnet},
            "whole": {"type": "String", "value": "westeurope"},
        })
    );
    client.get(&subnet).await.is(200);
    client
        .get(&web("Microsoft.Network/publicIPAddresses/ip"))
        .await
        .is(404);
    let group = web("Microsoft.Network/networkSecurityGroups/group");
    assert_eq!(
        client.get(&group).await.is(200).body["tags"]["range"],
        "10.1.0.0/16"
    );
}

#[tokio::test]
async fn a_deployment_survives_the_death_of_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state");
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let open = || Simulator::open(&path, &world, ClockMode::Manual).expect("a simulator");
    let client = Client::with(open()).await;
    client
        .put(&deployment("d"), vm_create(&image("web/versions/1.9.0")))
        .await
        .is(201);
    client.simulator.advance(std::time::Duration::from_secs(6));
    drop(client);
    let client = Client::with(open()).await;
    client.simulator.run_until_idle();
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(
        shown["properties"]["provisioningState"], "Succeeded",
        "{shown:#}"
    );
    client
        .get(&web("Microsoft.Compute/virtualMachines/myVM"))
        .await
        .is(200);
}

#[tokio::test]
async fn many_machines_come_out_of_one_loop() {
    let client = Client::new().await;
    let subnet = network(&client).await;
    let nic = json!({
        "apiVersion": "2024-05-01", "type": "Microsoft.Network/networkInterfaces",
        "name": "[format('nic-{0:D3}', copyIndex(1))]", "location": "westeurope",
        "copy": {"name": "nics", "count": 120},
        "properties": {"ipConfigurations": [{"name": "ip", "properties": {"subnet": {"id": subnet}}}]},
    });
    let status = deployed(&client, "d", of(&json!([nic]))).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_eq!(shown["properties"]["duration"], "PT4S");
    client
        .get(&web("Microsoft.Network/networkInterfaces/nic-120"))
        .await
        .is(200);
}

#[tokio::test]
async fn a_step_that_is_told_to_wait_waits() {
    let client = Client::new().await;
    network(&client).await;
    // One write at a time on a network: the second subnet is told to come back.
    let subnet = |name: &str, range: &str| {
        json!({
            "type": "Microsoft.Network/virtualNetworks/subnets", "apiVersion": "2024-05-01",
            "name": format!("net/{name}"), "properties": {"addressPrefix": range},
        })
    };
    let body = of(&json!([
        subnet("a", "10.0.2.0/24"),
        subnet("b", "10.0.3.0/24")
    ]));
    let status = deployed(&client, "d", body).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    for name in ["a", "b"] {
        let path = web(&format!(
            "Microsoft.Network/virtualNetworks/net/subnets/{name}"
        ));
        client.get(&path).await.is(200);
    }
    let shown = client.get(&deployment("d")).await.is(200).body;
    assert_ne!(shown["properties"]["duration"], "PT4S");
}

#[tokio::test]
async fn templates_nest() {
    let client = Client::new().await;
    let inner = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"name": {"type": "string"}},
        "resources": [{
            "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01",
            "name": "[parameters('name')]", "location": "[resourceGroup().location]",
        }],
        "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('name'))]"}},
    });
    let nested = json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner",
        "properties": {
            "mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"name": {"value": "[toLower('GROUP')]"}}, "template": inner,
        },
    });
    let mut body = of(&json!([nested]));
    body["properties"]["template"]["outputs"] = json!({
        "id": {"type": "string", "value": "[reference('inner').outputs.id.value]"},
    });
    let status = deployed(&client, "outer", body).await;
    assert_eq!(status["status"], "Succeeded", "{status:#}");
    let shown = client.get(&deployment("outer")).await.is(200).body;
    let group = web("Microsoft.Network/networkSecurityGroups/group");
    assert_eq!(shown["properties"]["outputs"]["id"]["value"], group);
    client.get(&group).await.is(200);
}

/// The CLI splices a template file into its request as it is written:
/// `template` without quotes, comments and all.
#[tokio::test]
async fn a_template_may_be_written_with_comments() {
    let client = Client::new().await;
    let body = r#"{"properties": {"mode": "Incremental", "parameters": {}, template:{
        // A group of rules.
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [{
            "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01",
            "name": "rules", "location": "[resourceGroup().location]", /* none yet */
            "properties": {"securityRules": [],},
        }],
    }}}"#;
    let answer = client.put_text(&deployment("written"), body).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    client.simulator.run_until_idle();
    let made = client
        .get(&web("Microsoft.Network/networkSecurityGroups/rules"))
        .await;
    assert_eq!(made.is(200).body["location"], "westeurope");
    let broken = client
        .put_text(&deployment("broken"), "{\"properties\": ")
        .await;
    assert_eq!(broken.body["error"]["code"], "InvalidRequestContent");
}
