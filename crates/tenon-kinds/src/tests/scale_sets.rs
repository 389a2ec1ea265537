//! Scale sets: the body, what depends on the mode, what does not go together.

use tenon_model::desired::Upgrades;
use tenon_model::rollout::Share;

use super::{declare, find, members, needs, problems, refuse};

const BEGIN: &str =
    "images: {web: {id: @image/web}, windows: {id: @image/windows}, special: {id: @image/special}}
networks: {net: {subnets: {app: {prefix: 10.0.0.0/24}}}}
nsgs: {group: {}}
";

fn set(words: &str) -> String {
    let begin = BEGIN.replace("@image", super::GALLERY);
    format!(
        "{begin}scale_sets: {{s: {{image: web, admin_username: ops, subnet: net/app{words}}}}}\n"
    )
}

const PROFILE: &str = "properties.virtualMachineProfile";

/// Asserts members of the set's body.
fn check(words: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(&str, &str, &str)> = expected
        .iter()
        .map(|(path, value)| ("scale_sets.s", *path, *value))
        .collect();
    members(&set(words), &expected);
}

fn profile(member: &str) -> String {
    format!("{PROFILE}.{member}")
}

#[test]
fn a_set_is_flexible_unless_it_says_otherwise() {
    let version = profile("networkProfile.networkApiVersion");
    check(
        "",
        &[
            ("properties.orchestrationMode", r#""Flexible""#),
            ("properties.platformFaultDomainCount", "1"),
            ("properties.singlePlacementGroup", "false"),
            ("properties.upgradePolicy.mode", r#""Manual""#),
            (&version, r#""2020-11-01""#),
            ("sku", r#"{"name": "Standard_D2s_v5", "capacity": 2}"#),
        ],
    );
    check(
        ", orchestration: Uniform",
        &[
            ("properties.orchestrationMode", r#""Uniform""#),
            ("properties.platformFaultDomainCount", "none"),
            ("properties.singlePlacementGroup", "none"),
            (&version, "none"),
        ],
    );
    check(
        ", orchestration: Uniform, capacity: 101",
        &[("properties.singlePlacementGroup", "false")],
    );
}

#[test]
fn a_capacity_that_is_not_written_is_only_a_beginning() {
    let ignored = |words: &str| {
        let declaration = declare(&set(words));
        let paths = &find(&declaration, "scale_sets.s").ignore;
        paths.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ignored(""), ["sku.capacity"]);
    assert!(ignored(", capacity: 2").is_empty());
}

#[test]
fn the_model_says_what_a_machine_says() {
    check(
        ", security: {secure_boot: true}, custom_data: init.yaml, os_disk: {size_gb: 64}",
        &[
            (&profile("osProfile.computerNamePrefix"), r#""s""#),
            (
                &profile("osProfile.customData"),
                r#""I2Nsb3VkLWNvbmZpZwo=""#,
            ),
            (
                &profile("storageProfile.osDisk"),
                r#"{"createOption": "FromImage", "caching": "ReadWrite", "diskSizeGB": 64}"#,
            ),
            (
                &profile("securityProfile.securityType"),
                r#""TrustedLaunch""#,
            ),
        ],
    );
    let declaration = declare(&set(", nsg: group, public_ip: true"));
    let needed = needs(&declaration, "scale_sets.s");
    for one in [
        "uses networks.net.subnets.app",
        "uses nsgs.group",
        "built from images.web",
    ] {
        assert!(needed.iter().any(|need| need == one), "{one} in {needed:?}");
    }
}

#[test]
fn times_and_health_are_written_as_azure_does() {
    check(
        ", upgrade: {mode: Rolling, pause_time_between_batches: 1d2h}, health: {protocol: tcp, port: 22}",
        &[
            (
                "properties.upgradePolicy",
                r#"{"mode": "Rolling", "rollingUpgradePolicy": {"pauseTimeBetweenBatches": "P1DT2H"}}"#,
            ),
            (
                &profile("extensionProfile.extensions[0].properties.settings"),
                r#"{"protocol": "tcp", "port": 22}"#,
            ),
        ],
    );
}

#[test]
fn the_policy_and_the_identities_are_written_as_azure_does() {
    check(
        ", upgrade: {mode: Rolling, enable_cross_zone_upgrade: true, rollback_failed_instances_on_policy_breach: true, automatic_os_upgrade: false}, health: {protocol: tcp, port: 22}, identity: {system: true}",
        &[
            (
                "properties.upgradePolicy.rollingUpgradePolicy",
                r#"{"enableCrossZoneUpgrade": true, "rollbackFailedInstancesOnPolicyBreach": true}"#,
            ),
            (
                "properties.upgradePolicy.automaticOSUpgradePolicy",
                r#"{"enableAutomaticOSUpgrade": false}"#,
            ),
            ("identity", r#"{"type": "SystemAssigned"}"#),
        ],
    );
}

#[test]
fn who_upgrades_instances_follows_from_the_mode() {
    let who = |words: &str| {
        let declaration = declare(&set(words));
        find(&declaration, "scale_sets.s").upgrades.clone()
    };
    assert_eq!(who(""), Some(Upgrades::Told(Share::Number(1))));
    let most = who(", rollout: {max_unavailable: 30%}");
    assert_eq!(most, Some(Upgrades::Told(Share::Percent(30))));
    assert_eq!(Share::Percent(30).of(2), 1);
    let rolling = ", upgrade: {mode: Rolling}, health: {protocol: tcp, port: 22}";
    assert_eq!(
        who(rolling),
        Some(Upgrades::Policy {
            percent: 20,
            pause: "PT0S".to_owned()
        })
    );
    let automatic = ", upgrade: {mode: Automatic}";
    assert_eq!(who(automatic), Some(Upgrades::AtOnce));
    assert_eq!(who(", upgrade: {instances: Leave}"), None);
}

#[test]
fn what_the_model_costs_depends_on_how_it_reaches_the_machines() {
    let cost = |words: &str, row: &str| {
        let declaration = declare(&set(words));
        let rows = find(&declaration, "scale_sets.s").rules.rows;
        let found = rows.iter().find(|one| one.property == row);
        found.expect("a row").change.word()
    };
    let automatic = ", upgrade: {mode: Automatic}";
    assert_eq!(cost("", "image"), "restart");
    assert_eq!(
        cost(", upgrade: {mode: Manual, instances: Leave}", "image"),
        "none"
    );
    assert_eq!(cost(automatic, "image"), "restart");
    assert_eq!(cost(automatic, "custom_data"), "none");
    assert_eq!(cost("", "orchestration"), "replace");
}

#[test]
fn what_does_not_go_together_is_said() {
    refuse(
        &set(", upgrade: {mode: Rolling}"),
        "TN1006 9:78 `scale_sets.s` upgrades by batches and has no `health` | goes on only when machines are well",
    );
    refuse(
        &set(", upgrade: {automatic_os_upgrade: true}"),
        "TN1009 9:68 `automatic_os_upgrade` can only be false: the version of the image is pinned | Azure would choose versions that neither the spec nor `tenon.lock` names",
    );
    refuse(
        &set(", upgrade: {mode: Automatic}, rollout: {max_unavailable: 2}"),
        "TN1009 9:96 `rollout` is for `upgrade.mode: Manual` | with the other modes Azure says how many at a time",
    );
    refuse(
        &set(", upgrade: {mode: Automatic, instances: Leave}"),
        "TN1009 9:68 `instances: Leave` is for `mode: Manual` | with the other modes Azure upgrades them",
    );
    refuse(
        &set(", zones: [\"1\"], zone_balance: true"),
        "TN1009 9:82 `zone_balance` needs two zones or more | there is nothing to balance",
    );
    refuse(
        &set(", zones: [\"1\"], fault_domains: 2"),
        "TN1009 9:82 `fault_domains` can only be 1 here | Azure has no more for this orchestration and these zones",
    );
    refuse(
        &set(", eviction_policy: Delete"),
        "TN1009 9:68 `eviction_policy` is for spot machines | Azure takes no others away",
    );
    refuse(
        &set(", computer_name_prefix: web")
            .replace("image: web", "image: special")
            .replace("admin_username: ops, ", ""),
        "TN1009 9:51 a specialized image brings its own accounts: `computer_name_prefix` cannot be set | Azure would answer: Parameter 'osProfile' is not allowed",
    );
}

#[test]
fn an_image_of_another_tenant_is_warned_of_where_azure_may_refuse_it() {
    let warnings = |words: &str| problems(&declare(&set(words)).diagnostics, "warning");
    assert!(warnings("").starts_with("TN2108 "), "{}", warnings(""));
    assert_eq!(warnings(", orchestration: Uniform"), "");
}

#[test]
fn what_is_documented_of_images_of_sets_is_warned_of() {
    let uniform = set(", orchestration: Uniform, capacity: 3");
    let warnings = |text: &str| problems(&declare(text).diagnostics, "warning");
    let special = uniform
        .replace("image: web", "image: special")
        .replace("admin_username: ops, ", "");
    assert!(
        warnings(&special).starts_with("TN2110 "),
        "{}",
        warnings(&special)
    );
    assert_eq!(warnings(&special.replace("capacity: 3", "capacity: 1")), "");
    let open = |sharing: &str| {
        let id = format!("image: /{sharing}/acme/images/agent");
        warnings(&uniform.replace("image: web", &id))
    };
    let community = open("communityGalleries");
    assert!(community.starts_with("TN2109 "), "{community}");
    assert_eq!(open("sharedGalleries"), "");
}
