//! Regions that a spec names.

use crate::scenario::Scenario;
use crate::worlds::{machines, two_tenants_text, vaults};

fn asked_for_regions(scenario: &Scenario) -> usize {
    let requests = scenario.portal().requests();
    let paths = requests.iter().filter_map(|one| one["path"].as_str());
    paths.filter(|path| path.ends_with("/locations")).count()
}

#[test]
fn a_mistyped_region_is_an_error_at_its_line() {
    let spec = vaults(&["one"]).replace("westeurope", "westeurop");
    let scenario = Scenario::of(&spec);
    let planned = scenario.run("plan").exits(1);
    planned
        .says("error[TN1007]: there is no region `westeurop`")
        .says("--> tenon.yaml:9:11")
        .says("did you mean `westeurope`?");
    // One that is only one entry's.
    let own = vaults(&["one"]).replace("    name:", "    location: West Urope\n    name:");
    scenario.write("tenon.yaml", &own);
    let planned = scenario.run("plan").exits(1);
    planned
        .says("error[TN1007]: there is no region `westurope`")
        .says("did you mean `westeurope`?");
}

/// A world that is made for a spec has no such region either.
#[test]
fn a_mistyped_region_is_an_error_in_a_made_world() {
    let scenario = Scenario::bare();
    scenario.write(
        "tenon.yaml",
        &machines(&["one"]).replace("westeurope", "westeurop"),
    );
    let planned = scenario.run("plan --simulate").exits(1);
    planned
        .says("error[TN1007]: there is no region `westeurop`")
        .never_says("TN4201");
}

#[test]
fn a_world_file_with_a_mistyped_region_says_so() {
    let scenario = Scenario::bare();
    let world = two_tenants_text().replacen("location: westeurope", "location: westeurop", 1);
    scenario.write("world.yaml", &world);
    scenario.write("tenon.yaml", &vaults(&["one"]));
    let planned = scenario.run("plan --simulate --world world.yaml").exits(1);
    planned
        .says("TN4201")
        .says("names the location `westeurop`, which the world does not have")
        .says("did you mean `westeurope`?")
        .never_says("another port");
}

#[test]
fn azure_is_asked_about_unusual_regions_only() {
    let scenario = Scenario::of(&vaults(&["one"]));
    scenario.run("plan").exits(0);
    assert_eq!(asked_for_regions(&scenario), 0);
    scenario.edit(
        "tenon.yaml",
        "location: westeurope",
        "location: usgovvirginia",
    );
    scenario.run("plan").exits(0).says("1 create");
    assert_eq!(asked_for_regions(&scenario), 1);
}
