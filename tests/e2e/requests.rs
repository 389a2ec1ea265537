//! Every request of the program has a row in the tables, and every row of the
//! tables is a request of the program.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenon_client::requests as client;
use tenon_kinds::requests as arm;
use tenon_sim::WorldFile;

use crate::examples::examples;
use crate::scenario::Scenario;
use crate::worlds;

/// A week's edits to the fleet: a machine that stops for its size, another
/// that only changes its tags, disks that grow, things that go.
const EDITS: &[(&str, &str)] = &[
    ("size: Standard_E4s_v5", "size: Standard_E8s_v5"),
    (
        "{size_gb: 512, sku: Premium_LRS}",
        "{size_gb: 1024, sku: Premium_LRS, protect: false}",
    ),
    ("canary: \"true\"", "canary: \"false\""),
    ("default: 4}", "default: 3}"),
    // Four machines go down, so all are asked at once.
    ("size: Standard_D2s_v5", "size: Standard_D4s_v5"),
    ("pause: 60s", "pause: 1s"),
    ("default: 10.0.0.0/8}", "default: 10.0.0.0/9}"),
    (
        "enableRbacAuthorization: true",
        "enableRbacAuthorization: false",
    ),
    (
        "address_space: [10.20.0.0/16]",
        "address_space: [10.20.0.0/16, 10.21.0.0/16]",
    ),
    (
        "{size_gb: 128, sku: Premium_LRS}",
        "{size_gb: 128, sku: Premium_LRS, protect: false}",
    ),
    (
        "    public_ip: false\n    admin_username: azureuser\n    ssh_key: keys/ops.pub\n    data_disks:",
        "    public_ip: true\n    admin_username: azureuser\n    ssh_key: keys/ops.pub\n    data_disks:",
    ),
];

/// An edit to the machine and what it refers to: everything gets other tags.
const RETAG: (&str, &str) = ("{role: batch}", "{role: night}");
const PRIVATE: &str = "public_ip: false, private_ip: 10.9.1.77";
/// Another script, and an extension less.
const EXTENSIONS: &[(&str, &str)] = &[
    ("sh setup.sh", "sh setup.sh --again"),
    (
        "      login:
        publisher: Microsoft.Azure.ActiveDirectory
        type: AADSSHLoginForLinux
        version: \"1.0\"
",
        "",
    ),
];

/// The world in which every example can be applied.
fn world() -> WorldFile {
    let text = worlds::two_tenants_text()
        .replace(
            "servicePrincipals: [{tenant: contoso}, {tenant: acme}]",
            "servicePrincipals: [{tenant: contoso, graphRoles: [Application.ReadWrite.All]}, {tenant: acme, graphRoles: [Application.ReadWrite.OwnedBy]}]",
        )
        .replace(
            "resourceGroups:\n",
            "resourceGroups:\n  - {subscription: workload, name: access, location: westeurope}\n  - {subscription: workload, name: vms, location: westeurope}\n  - {subscription: workload, name: resources, location: westeurope}\n",
        )
        .replace(
            "roleAssignments:\n",
            "roleAssignments:\n  - {scope: /subscriptions/workload, principal: tenon, role: Role Based Access Control Administrator}\n  - {scope: /subscriptions/images, principal: tenon, role: Owner}\n",
        )
        .replace(
            "galleries:\n",
            "galleries:
  - subscription: images
    resourceGroup: images
    name: acmeshared
    location: westeurope
    sharing: Groups
    sharedWith: {tenants: [contoso]}
    images: [{name: tools, features: {SecurityType: TrustedLaunchSupported}, versions: [{name: 2.1.0}]}]
  - subscription: images
    resourceGroup: images
    name: acmeopen
    location: westeurope
    sharing: Community
    publicName: acme-1f6b2b0e-3d0a-4c58-9d0f-0a3c1f3c9a11
    images: [{name: tools, features: {SecurityType: TrustedLaunchSupported}, versions: [{name: 3.1.0}]}]
",
        )
        .replace(
            "    images:\n",
            "    images:\n      - name: base\n        features: {SecurityType: TrustedLaunchSupported}\n        versions: [{name: 3.1.0}]\n      - name: golden\n        features: {SecurityType: TrustedLaunchSupported}\n        versions: [{name: 1.4.1}, {name: 1.4.2}]\n",
        );
    let mut world = WorldFile::from_yaml(&text).expect("a world");
    let golden = WorldFile::from_yaml(GOLDEN).expect("more of a world");
    world.resources.extend(golden.resources);
    world
}

/// What the image versions of the examples are made from.
const GOLDEN: &str = "
resources:
  - id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/snapshots/web-1-4-1
    body: {location: northeurope, properties: {osType: Linux, hyperVGeneration: V2, diskSizeGB: 30}}
  - id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/images/web-1-4-2
    body: {location: northeurope, properties: {hyperVGeneration: V2, storageProfile: {osDisk: {osType: Linux, osState: Generalized, diskSizeGB: 30}}}}
  - id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/snapshots/web-1-4-2
    body: {location: westeurope, properties: {osType: Linux, hyperVGeneration: V2, diskSizeGB: 30}}
";

/// Everything that is asked while the examples come, change and go.
fn asked() -> Vec<Value> {
    let scenario = Scenario::within(world(), "");
    scenario.copy_specs();
    // The tenants that one of them leaves out have to be found.
    scenario.edit("specs/how-to.yaml", "tenant: 2", "# tenant: 2");
    let names: Vec<String> = examples()
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let run = |words: &str| scenario.run(words);
    for name in &names {
        let spec = format!("-f specs/{name}");
        run(&format!("apply --auto-approve {spec}")).exits(0);
        run(&format!("plan {spec}")).finds_nothing_to_do();
    }
    let place = "--group resources --subscription 33333333-3333-3333-3333-333333333333";
    run(&format!("adopt {place} --out -")).exits(0);
    for (from, to) in EDITS {
        scenario.edit("specs/fleet.yaml", from, to);
    }
    run("apply --auto-approve -f specs/fleet.yaml").exits(0);
    scenario.edit("specs/machine.yaml", RETAG.0, RETAG.1);
    run("apply --auto-approve -f specs/machine.yaml").exits(0);
    // A role that has to be looked up.
    scenario.edit(
        "specs/access.yaml",
        "role: Reader",
        "role: Locks Contributor",
    );
    for (from, to) in EXTENSIONS {
        scenario.edit("specs/extensions.yaml", from, to);
    }
    run("apply --auto-approve -f specs/extensions.yaml").exits(0);
    let review = "      review: {issuer: github, repository: contoso/fleet, pull_request: true}\n";
    scenario.edit("specs/apps.yaml", review, "");
    run("apply --auto-approve -f specs/apps.yaml").exits(0);
    scenario.edit("specs/scale-set.yaml", "capacity: 3", "capacity: 2");
    for name in ["scale-set", "rolling"] {
        let spec = format!("specs/{name}.yaml");
        scenario.edit(&spec, "size: Standard_D2s_v5", "size: Standard_D4s_v5");
        run(&format!("apply --auto-approve -f {spec}")).exits(0);
    }
    run("apply --replace scale_sets.web --auto-approve -f specs/rolling.yaml").exits(0);
    // A region that has to be asked about.
    let unusual = worlds::vaults(&["far"]).replace("westeurope", "chinanorth3");
    scenario.write("unusual.yaml", &unusual);
    run("plan -f unusual.yaml").exits(0);
    // A fixed address in a network that is there, by somebody who may not see
    // all locks.
    let machine = worlds::machines(&["fixed"]).replace("public_ip: false", PRIVATE);
    scenario.write("fixed.yaml", &machine);
    scenario.portal().fault(&json!({
        "match": {"method": "GET", "id": "*3333333/providers/Microsoft.Authorization/locks"},
        "action": {"do": "respond", "status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    run("plan --validate -f fixed.yaml").exits(0);
    run("images --who -f fixed.yaml").exits(0);
    for name in &names {
        let spec = format!("-f specs/{name}");
        let plan = run(&format!("plan --json {spec}")).json();
        let deployment = plan["deployment"]["name"]
            .as_str()
            .expect("a name")
            .to_owned();
        run(&format!("destroy --confirm {deployment} {spec}")).exits(0);
    }
    // What was deleted a moment ago is restored.
    run("apply --auto-approve -f specs/apps.yaml").exits(0);
    scenario.portal().requests()
}

fn text<'v>(request: &'v Value, name: &str) -> &'v str {
    request[name].as_str().unwrap_or_default()
}

/// The parameters of the query: name and value. The names of OData begin with
/// a dollar sign, which is sent encoded.
fn query(request: &Value) -> impl Iterator<Item = (String, &str)> {
    let pairs = text(request, "query")
        .split('&')
        .filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.replace("%24", "$"), value)
    })
}

/// Where the simulator lets operations be asked about; a program must not know.
fn is_operation(path: &str) -> bool {
    let mut words = path.split('/').rev().skip(1);
    words
        .next()
        .is_some_and(|word| word.to_lowercase().contains("operation"))
}

/// What a request is, or why it is nothing that is known.
fn row_of(request: &Value) -> Result<String, String> {
    let (method, path) = (text(request, "method"), text(request, "path"));
    let unknown = || format!("{method} {path}?{}", text(request, "query"));
    let version = query(request)
        .find(|(name, _)| *name == "api-version")
        .map(|(_, value)| value);
    if method == "GET" && is_operation(path) {
        return Ok(client::OPAQUE.to_owned());
    }
    let same = |row: &&client::Row| {
        let signed = matches!(row.token, client::Token::Azure | client::Token::Graph);
        row.version == version && request["authorization"] == signed
    };
    if let Some(row) = client::find(method, path).filter(same) {
        return Ok(row.address.to_owned());
    }
    let names: Vec<String> = query(request).map(|(name, _)| name).collect();
    let names = names.iter().map(String::as_str);
    let row = arm::find(method, path, names).ok_or_else(unknown)?;
    let same = match row.version {
        arm::Version::Pinned(pinned) => version == Some(pinned),
        arm::Version::Written => version.is_some(),
    };
    if same { Ok(name(row)) } else { Err(unknown()) }
}

fn name(row: &arm::Row) -> String {
    format!("{} {} {:?}", row.method, row.path, row.query)
}

#[test]
fn requests_and_tables_are_one() {
    let mut unknown = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for request in asked() {
        let of_azure = !text(&request, "path").starts_with("/_sim");
        // To a machine, and not to Azure.
        if !of_azure || text(&request, "method") == "CONNECT" {
            continue;
        }
        match row_of(&request) {
            Ok(row) => drop(seen.insert(row)),
            Err(why) => drop(unknown.insert(why)),
        }
    }
    assert_eq!(unknown, BTreeSet::new(), "requests without a row");
    let unseen: Vec<String> = arm::all()
        .map(name)
        .filter(|row| !seen.contains(row))
        .collect();
    assert_eq!(unseen, [""; 0], "rows that nothing asks");
    // A runner and a machine's identity are not in this test.
    let unseen: Vec<&str> = client::ALL
        .iter()
        .filter(|row| {
            ["{arm}", "{graph}", "{login}", "{metadata}"]
                .iter()
                .any(|base| row.address.starts_with(base))
        })
        .map(|row| row.address)
        .filter(|row| !seen.contains(*row))
        .collect();
    assert_eq!(unseen, [""; 0], "rows of the client that nothing asks");
}
