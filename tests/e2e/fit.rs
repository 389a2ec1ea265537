//! Machines that do not fit their size, their zone or their image: the whole
//! message of each code.

use crate::broken::fault::fault;

/// What a plan says of a machine with these keys, built from this image.
fn says(image: &str, size: &str, keys: &str) -> String {
    let scenario = fault("", "", "").scenario();
    if image != "web" {
        scenario.edit(
            "tenon.yaml",
            "galleries/acme/images/web",
            &format!("galleries/acme/images/{image}"),
        );
        scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.0.0");
    }
    scenario.edit("tenon.yaml", "Standard_D2s_v5", size);
    let spec = scenario.read("tenon.yaml");
    scenario.write("tenon.yaml", &format!("{spec}{keys}"));
    let output = scenario.run("plan").exits(1);
    let words = output.stdout.find("error[").map(|at| &output.stdout[at..]);
    let words = words.and_then(|text| text.split("\n\n").next());
    words.expect("an error").to_owned()
}

#[test]
fn a_size_that_the_region_does_not_have() {
    insta::assert_snapshot!(says("web", "Standard_D2s_v55", ""), @r"
    error[TN3111]: westeurope has no machines of size `Standard_D2s_v55`
      --> tenon.yaml:18:5
       |
    18 |     size: Standard_D2s_v55
       |     ^^^^ did you mean `Standard_D2s_v5`?
       |
    help: write  size: Standard_D2s_v5
    help: the sizes of the region:
          az vm list-skus --location westeurope --resource-type virtualMachines --output table
    ");
}

#[test]
fn a_zone_that_does_not_have_the_size() {
    insta::assert_snapshot!(says("web", "Standard_Zone1", "    zone: \"2\"\n"), @r#"
    error[TN3112]: zone 2 of westeurope has no machines of size `Standard_Zone1`
      --> tenon.yaml:23:11
       |
    18 |     size: Standard_Zone1
       |     ---- the size
    23 |     zone: "2"
       |           ^^^ asked for here
       |
    help: write another zone: `1`
    help: take a size that can, such as  size: Standard_B2ms
    "#);
}

#[test]
fn a_size_without_premium_disks() {
    insta::assert_snapshot!(says("web", "Standard_D2_v5", "    data_disks: {logs: {size_gb: 64}}\n"), @r"
    error[TN3113]: size `Standard_D2_v5` takes no premium disks, and the data disk `logs` is Premium_LRS
      --> tenon.yaml:23:24
       |
    18 |     size: Standard_D2_v5
       |     ---- the size
    23 |     data_disks: {logs: {size_gb: 64}}
       |                        ^^^^^^^^^^^^^
       |
    help: write  sku: StandardSSD_LRS
    help: take a size that can, such as  size: Standard_B2ms
    ");
}

#[test]
fn a_size_that_is_too_small() {
    let disks = "    data_disks: {a: {size_gb: 4}, b: {size_gb: 4}, c: {size_gb: 4}, d: {size_gb: 4}, e: {size_gb: 4}}\n";
    insta::assert_snapshot!(says("web", "Standard_D2s_v5", disks), @r"
    error[TN3114]: size `Standard_D2s_v5` takes 4 data disks, and 5 are asked for
      --> tenon.yaml:23:89
       |
    18 |     size: Standard_D2s_v5
       |     ---- the size
    23 | …size_gb: 4}, e: {size_gb: 4}}
       |                  ^^^^^^^^^^^^ one too many
       |
    help: take a size that can, such as  size: Standard_D2s_v6
    ");
}

#[test]
fn an_image_without_the_security_type() {
    insta::assert_snapshot!(says("web", "Standard_DC2as_v5", "    security: {type: ConfidentialVM}\n"), @r"
    error[TN3115]: image web 1.4.2 makes `Standard` or `TrustedLaunch` machines, and not
      `ConfidentialVM`
      --> tenon.yaml:23:5
       |
    23 |     security: {type: ConfidentialVM}
       |     ^^^^^^^^ asked for here
       |
       = its definition says SecurityType: TrustedLaunchSupported
    help: write  security: {type: Standard}
    ");
}

#[test]
fn an_os_disk_that_is_too_small() {
    insta::assert_snapshot!(says("web", "Standard_D2s_v5", "    os_disk: {size_gb: 16}\n"), @r"
    error[TN3116]: an OS disk of 16 GiB cannot hold image web 1.4.2
      --> tenon.yaml:23:24
       |
    23 |     os_disk: {size_gb: 16}
       |                        ^^ the image has 30
       |
    help: write  size_gb: 30  or more, or leave it out
    ");
}

#[test]
fn a_kind_of_disk_that_the_publisher_rules_out() {
    insta::assert_snapshot!(says("appliance", "Standard_D2s_v5", "    os_disk: {sku: Standard_LRS}\n"), @r"
    error[TN3117]: the publisher of image web 1.0.0 rules out Standard_LRS disks
      --> tenon.yaml:23:20
       |
    23 |     os_disk: {sku: Standard_LRS}
       |                    ^^^^^^^^^^^^
       |
       = ruled out: Standard_LRS
    help: write  sku: Premium_LRS
    ");
}

#[test]
fn data_disks_beside_those_of_the_image() {
    insta::assert_snapshot!(says("disks", "Standard_D2s_v5", "    data_disks: {logs: {size_gb: 64}}\n"), @r"
    error[TN3118]: image web 1.0.0 brings data disks of its own, and Azure makes no machine with others
      beside them
      --> tenon.yaml:23:24
       |
    23 |     data_disks: {logs: {size_gb: 64}}
       |                        ^^^^^^^^^^^^^ beside those of the image
       |
       = the image has disks at lun 0
       = Azure would answer: StorageProfile.dataDisks.lun does not have required value(s) for image
         specified in storage profile
    help: leave `data_disks` out until the machine is there, or take an image without data disks
    ");
}

#[test]
fn an_image_without_accelerated_networking() {
    insta::assert_snapshot!(says("appliance", "Standard_D2s_v5", "    accelerated_networking: true\n"), @r"
    error[TN3119]: image web 1.0.0 does not support accelerated networking
      --> tenon.yaml:23:29
       |
    23 |     accelerated_networking: true
       |                             ^^^^
       |
       = its definition says IsAcceleratedNetworkSupported: False
    help: write  accelerated_networking: false
    ");
}
