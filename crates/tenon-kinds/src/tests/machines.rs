//! Who machines act as, what they cost, what they stand with, how they are
//! protected.

use super::{GALLERY, declare, find, members, needs, refuse};

const BESIDE: &str = "identities: {app: {}, other: {}}\navailability_sets: {pair: {}, near: {placement_group: group}}\nplacement_groups: {group: {}}\n";
const IDENTITY: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities";

/// A spec whose machine begins in line 11.
fn of(image: &str, keys: &str) -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/{image}, version: 1.4.2}}}}\n{BESIDE}vms:\n  m:\n    image: i\n    {}\n",
        keys.replace("; ", "\n    ")
    )
}

fn vm(keys: &str) -> String {
    of("web", &format!("admin_username: ops; {keys}"))
}

fn body(keys: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(&str, &str, &str)> = expected
        .iter()
        .map(|(path, value)| ("vms.m", *path, *value))
        .collect();
    members(&vm(keys), &expected);
}

#[test]
fn a_machine_acts_as_itself_and_as_others() {
    body("size: Standard_D2s_v5", &[("identity", "none")]);
    body("identity: {system: false}", &[("identity", "none")]);
    body(
        "identity: {system: true}",
        &[("identity", r#"{"type":"SystemAssigned"}"#)],
    );
    body(
        &format!("identity: {{user: [app, {IDENTITY}/theirs]}}"),
        &[(
            "identity",
            &format!(
                r#"{{"type":"UserAssigned","userAssignedIdentities":{{"{IDENTITY}/app":{{}},"{IDENTITY}/theirs":{{}}}}}}"#
            ),
        )],
    );
    body(
        "identity: {system: true, user: app}",
        &[("identity.type", "\"SystemAssigned, UserAssigned\"")],
    );
    let declaration = declare(&vm("identity: {user: app}"));
    assert!(needs(&declaration, "vms.m").contains(&"reads identities.app".to_owned()));
    refuse(
        &vm("identity: {user: apt}"),
        "TN1201 14:22 `apt` is no identity of this spec | did you mean `app`?",
    );
}

#[test]
fn only_a_machine_with_its_own_identity_has_a_principal() {
    let reader =
        "resources: {r: {type: M.A/as@2020-01-01, body: {p: \"${vms.m.principal_id}\"}}}\n";
    let text = format!("{}{reader}", vm("identity: {system: true}"));
    let declaration = declare(&text);
    let body = serde_json::to_string(&find(&declaration, "resources.r").body).expect("JSON");
    assert!(body.contains(r#""path":"identity.principalId""#), "{body}");
    let text = format!("{}{reader}", vm("identity: {user: app}"));
    let problems = super::problems(&declare(&text).diagnostics, "error");
    assert!(
        problems.contains("nothing called `principal_id` can be read from vms.m"),
        "{problems}"
    );
}

#[test]
fn spot_is_said_with_its_terms() {
    body(
        "priority: regular",
        &[("properties.priority", "\"Regular\"")],
    );
    body(
        "priority: Spot",
        &[
            ("properties.evictionPolicy", "\"Deallocate\""),
            ("properties.billingProfile", "none"),
        ],
    );
    body(
        "priority: Spot; eviction_policy: Delete; max_price: 0.05",
        &[
            ("properties.evictionPolicy", "\"Delete\""),
            ("properties.billingProfile.maxPrice", "0.05"),
        ],
    );
    body(
        "priority: Spot; max_price: -1",
        &[("properties.billingProfile.maxPrice", "-1")],
    );
    refuse(
        &vm("max_price: 0.05; eviction_policy: Delete"),
        "TN1009 15:5 `eviction_policy` is for machines with `priority: Spot` | of no use to others
         TN1009 14:5 `max_price` is for machines with `priority: Spot` | of no use to others",
    );
    refuse(
        &vm("priority: Spot; max_price: 0"),
        "TN1007 15:16 `max_price` must be an amount, or -1 for whatever it costs | more than 0.00001, or -1",
    );
}

#[test]
fn sets_exclude_zones_and_spot() {
    body(
        "availability_set: near; placement_group: group",
        &[(
            "properties.proximityPlacementGroup.id",
            "\"/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Compute/proximityPlacementGroups/group\"",
        )],
    );
    let declaration = declare(&vm("availability_set: pair"));
    assert!(needs(&declaration, "vms.m").contains(&"uses availability_sets.pair".to_owned()));
    refuse(
        &vm("availability_set: pair; zone: \"1\""),
        "TN1009 14:5 `availability_set` and `zone` exclude each other | it lies in one place and a zone is another | and here",
    );
    refuse(
        &vm("availability_set: pair; priority: Spot"),
        "TN1009 14:5 `availability_set` and `priority` exclude each other | it takes no spot machines | and here",
    );
    refuse(
        &vm("availability_set: near"),
        "TN1009 14:5 `vms.m` and its availability set are in different placement groups | the machine | its set",
    );
    refuse(
        &vm("availability_set: pair; resource_group: other"),
        "TN1009 14:5 `vms.m` is in the group other, its availability set in rg | Azure looks in the machine's group only",
    );
}

#[test]
fn confidential_machines_say_what_is_encrypted() {
    let profile = "properties.securityProfile";
    let disk =
        "properties.storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType";
    let whole = r#"{"securityType":"ConfidentialVM","uefiSettings":{"secureBootEnabled":true,"vTpmEnabled":true}}"#;
    body(
        "security: {type: ConfidentialVM}",
        &[(profile, whole), (disk, "\"VMGuestStateOnly\"")],
    );
    body(
        "os_disk: {security_encryption: DiskWithVMGuestState}",
        &[(profile, whole), (disk, "\"DiskWithVMGuestState\"")],
    );
    body(
        "security: {encryption_at_host: true}",
        &[(profile, r#"{"encryptionAtHost":true}"#), (disk, "none")],
    );
    refuse(
        &vm(
            "security: {type: TrustedLaunch}; os_disk: {security_encryption: DiskWithVMGuestState}",
        ),
        "TN1009 15:36 `security_encryption` is for confidential machines | of no use to others",
    );
    refuse(
        &vm("security: {type: ConfidentialVM, vtpm: false}"),
        "TN1009 14:38 a confidential machine has a virtual TPM | must be true",
    );
}
