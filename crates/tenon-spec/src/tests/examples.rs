//! The examples of the documentation.

use tenon_model::Address;
use tenon_model::spec::Made;

use super::{problems, reading, shown};

fn read(text: &str) -> tenon_model::spec::Spec {
    let reading = reading(&[("spec.yaml", text)], &[]);
    assert!(
        reading.diagnostics.is_empty(),
        "{}",
        problems(&reading.diagnostics)
    );
    reading.spec.unwrap()
}

#[test]
fn the_smallest_machine() {
    let spec = read(include_str!("examples/my-vm.yaml"));
    assert_eq!(spec.name, "my-vm");
    assert_eq!((spec.place.line, spec.place.column), (3, 7));
    let group = spec.defaults.resource_group.clone().unwrap().value;
    assert_eq!(
        (group.name.as_str(), group.made),
        ("myResourceGroup", Made::Elsewhere)
    );
    assert_eq!(spec.defaults.location.clone().unwrap().value, "westeurope");
    let vm = &spec.entries("vms")[0];
    assert_eq!(vm.address, Address::new("vms.myVM"));
    assert_eq!((vm.place.line, vm.place.column), (17, 3));
    assert_eq!(
        shown(&vm.item),
        r#"{image: "web", admin_username: "azureuser"}"#
    );
    assert_eq!(
        spec.entries("images")[0].item.text("version"),
        Some("1.4.2")
    );
}

#[test]
fn a_realistic_fleet() {
    let spec = read(include_str!("examples/web-prod.yaml"));
    let names: Vec<&str> = spec
        .entries("vms")
        .iter()
        .map(|vm| vm.key.as_str())
        .collect();
    assert_eq!(names, ["web-1", "web-2", "web-3", "web-4", "db"]);
    let first = &spec.entries("vms")[0];
    assert_eq!(first.fleet, Some(Address::new("vms.web")));
    assert_eq!(
        shown(first.item.get("tags").unwrap()),
        r#"{canary: "true"}"#
    );
    assert!(first.item.get("count").is_none() && first.item.get("instances").is_none());
    assert!(spec.entries("vms")[1].item.get("tags").is_none());
    assert_eq!(spec.entries("vms")[3].index, 3);
    assert_eq!(spec.fleets[0].instances.len(), 4);
    let rule = spec.entries("nsgs")[0].item.get("rules").unwrap();
    assert_eq!(
        rule.get("allow-ssh").unwrap().text("from"),
        Some("10.0.0.0/8")
    );
    let kv = spec.entries("resources")[0].item.get("body").unwrap();
    assert_eq!(
        shown(kv),
        "{properties: {tenantId: \"22222222-2222-2222-2222-222222222222\", \
         sku: {family: \"A\", name: \"standard\"}, enableRbacAuthorization: true}}"
    );
    assert_eq!(shown(&spec.outputs[0].item), "<vms.web.private_ip>");
    assert_eq!(
        shown(&spec.outputs[1].item),
        "<resources.kv.body.properties.vaultUri>"
    );
    let files: Vec<&str> = spec.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["keys/ops.pub", "files/cloud-init.yaml"]);
    assert_eq!(spec.files[0].relative_to, "spec.yaml");
    assert_eq!(
        spec.defaults.tenant.unwrap().value.as_str(),
        "22222222-2222-2222-2222-222222222222"
    );
}

#[test]
fn the_publisher() {
    let spec = read(include_str!("examples/acme-images.yaml"));
    assert_eq!(
        shown(&spec.entries("access")[0].item),
        r#"{principal: <apps.gallery-app.>, role: "Reader", scope: <galleries.acme.>}"#
    );
    assert_eq!(
        shown(&spec.outputs[0].item),
        "<galleries.acme.images.web.id>"
    );
}
