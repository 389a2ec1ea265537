//! The simulator as its clients see it, one file for each part of Azure.
//!
//! One program: two dozen of them would each take their time to be linked.

mod assertions;
mod azure_cli;
mod blobs;
mod cross_tenant;
mod denials;
mod deployments;
mod drift;
mod faults;
mod galleries;
mod graph;
mod identities;
mod image_versions;
mod limits;
mod machines;
mod network;
mod open_galleries;
mod os_disks;
mod placement;
mod resource_graph;
mod resources;
mod rolling;
mod round_trip;
mod scale_sets;
mod sign_in;
mod support;

#[test]
fn every_file_of_this_folder_is_part_of_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let here = include_str!("main.rs");
    let files = std::fs::read_dir(folder).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name());
    let names = names.map(|name| name.to_string_lossy().replace(".rs", ""));
    let missing: Vec<String> = names
        .filter(|name| name != "main" && !here.contains(&format!("\nmod {name};\n")))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}
