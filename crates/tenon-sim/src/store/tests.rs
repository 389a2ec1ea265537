use jiff::Timestamp;

use super::journal::Record;
use super::*;
use crate::arm::id::ResourceId;

const GROUP: &str = "/subscriptions/S/resourceGroups/rg";

fn resource(tail: &str, body: Value) -> Resource {
    let id = ResourceId::parse(&format!("{GROUP}/providers/{tail}")).expect("an id");
    Resource::new(&id, body, Timestamp::UNIX_EPOCH)
}

fn records(store: &Store) -> impl Iterator<Item = Record> {
    store.all().map(|(key, resource)| Record {
        table: Table::Resource,
        key: key.clone(),
        value: json!(resource),
    })
}

#[test]
fn lists_children_and_types_without_their_neighbours() {
    let mut store = Store::default();
    for tail in [
        "Microsoft.Network/virtualNetworks/a",
        "Microsoft.Network/virtualNetworks/a/subnets/x",
        "Microsoft.Network/virtualNetworks/a/subnets/y",
        "Microsoft.Network/virtualNetworks/ab/subnets/z",
    ] {
        store.put(resource(tail, json!({})));
    }
    let key = format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/A").to_lowercase();
    let names: Vec<_> = store
        .children(&key, "subnets")
        .map(Resource::name)
        .collect();
    assert_eq!(names, ["x", "y"]);
    let subnets = "microsoft.network/virtualNetworks/subnets";
    assert_eq!(store.of_type("s", Some("RG"), subnets).count(), 3);
    assert_eq!(store.of_type("s", Some("r"), subnets).count(), 0);
    assert_eq!(store.of_type("s", None, subnets).count(), 3);
}

#[test]
fn knows_who_refers_to_whom() {
    let mut store = Store::default();
    let nic = resource("Microsoft.Network/networkInterfaces/n", json!({}));
    let body = json!({"properties": {"networkInterfaces": [{"id": nic.id.to_uppercase()}]}});
    store.put(resource("Microsoft.Compute/virtualMachines/v", body));
    assert_eq!(store.referrers(&nic.key()).count(), 1);
    store.update(
        &resource("Microsoft.Compute/virtualMachines/v", json!({})).key(),
        |machine| {
            machine.body = json!({});
        },
    );
    assert_eq!(store.referrers(&nic.key()).count(), 0);
}

#[test]
fn a_torn_last_line_is_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.jsonl");
    let mut store = Store::default();
    store.put(resource(
        "Microsoft.Compute/disks/one",
        json!({"location": "westeurope"}),
    ));
    store.journal = Journal::open(&path, records(&store)).expect("a journal");
    store.put(resource("Microsoft.Compute/disks/two", json!({})));
    store.journal.write().expect("a write");
    drop(store);
    let mut text = std::fs::read_to_string(&path).expect("the file");
    text.push_str("[{\"t\":\"resource\",\"k\":\"/x");
    std::fs::write(&path, text).expect("a write");
    let records = journal::read(&path).expect("a read").expect("a file");
    assert_eq!(records.len(), 2);
}

#[test]
fn two_simulators_do_not_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.jsonl");
    let journal = Journal::open(&path, std::iter::empty()).expect("a journal");
    assert!(journal::read(&path).is_err());
    drop(journal);
    assert!(journal::read(&path).is_ok());
}
