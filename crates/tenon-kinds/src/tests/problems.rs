//! What is wrong with an entry, in words and places.

use tenon_model::kind::MissingKey;

use super::{Beside, GALLERY, declare, problems, refuse, refuse_with};

fn vm(keys: &str) -> String {
    format!(
        "images: {{i: {{id: {GALLERY}/web, version: 1.4.2}}}}\nnetworks: {{net: {{subnets: {{app: {{prefix: 10.0.0.0/24}}}}}}}}\nnsgs: {{sg: {{}}}}\nvms:\n  m: {{image: i, subnet: net/app, {keys}}}\n"
    )
}

#[test]
fn a_machine_needs_a_key_and_a_name_for_its_account() {
    let none = || Beside {
        files: [].into(),
        ..Beside::default()
    };
    refuse_with(
        &vm(""),
        &none(),
        "TN1301 10:3 `vms.m` has no `admin_username` | whose account will it have?
         TN1301 10:3 `vms.m` has no SSH key: nothing is at ~/.ssh/id_rsa.pub | needs a key or a password",
    );
    let made = Beside {
        missing_key: MissingKey::Generate,
        admin_username: Some("me".into()),
        ..none()
    };
    refuse_with(&vm(""), &made, "");
}

#[test]
fn a_private_key_is_not_given_away() {
    refuse(
        &vm("admin_username: ops, ssh_key: keys/private"),
        "TN1007 10:64 this is a private key; a machine gets the public half",
    );
    refuse(
        &vm("admin_username: ops, ssh_key: \"hello world\""),
        "TN1007 10:64 this is no SSH public key",
    );
}

#[test]
fn names_that_mean_nothing_are_guessed_at() {
    refuse(
        &vm("admin_username: ops, nsg: gs")
            .replace("net/app", "net/ap")
            .replace("image: i,", "image: j,"),
        "TN1201 10:14 `j` is no image of this spec
         TN1201 10:25 `net/ap` is no subnet of this spec | did you mean `net/app`?
         TN1201 10:59 `gs` is no network security group of this spec",
    );
    refuse(
        "nsgs: {web: {}}\nnetworks: {net: {subnets: {app: {prefix: 10.0.0.0/24, nsg: wep}}}}\n",
        "TN1201 7:60 `wep` is no network security group of this spec | did you mean `web`?",
    );
}

#[test]
fn priorities_and_luns_are_taken_once() {
    refuse(
        "nsgs: {g: {rules: {a: {priority: 100, port: 1, from: 10.0.0.0/8}, b: {priority: 100, port: 2, from: 10.0.0.0/8}, c: {priority: 100, port: 2, from: 10.0.0.0/8, direction: Outbound}}}}\n",
        "TN1007 6:81 rules `a` and `b` have the same priority 100 | taken | here already",
    );
    refuse(
        &vm("admin_username: ops, data_disks: {a: {size_gb: 1, lun: 3}, b: {size_gb: 1, lun: 3}}"),
        "TN1007 10:109 data disks `a` and `b` have the same lun | taken | here already",
    );
}

#[test]
fn images_say_their_version_once() {
    refuse(
        &format!("images: {{i: {{id: {GALLERY}/web/versions/1.0.0, version: 2.0.0}}}}\n"),
        "TN1009 6:171 `id` names version 1.0.0, `version` says 2.0.0 | another version than in `id`",
    );
    refuse(
        "images: {i: {id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/g/providers/Microsoft.Compute/disks/d}}\n",
        "TN1007 6:18 `/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/g/providers/Microsoft.Compute/disks/d` is no image definition: it is the id of a Microsoft.Compute/disks",
    );
}

#[test]
fn a_specialized_image_takes_no_accounts() {
    refuse(
        &format!("images: {{i: {{id: {GALLERY}/special}}}}\nvms: {{m: {{image: i, admin_username: ops, computer_name: x}}}}\n"),
        "TN1009 7:21 a specialized image brings its own accounts: `admin_username` cannot be set | Azure would answer: Parameter 'osProfile' is not allowed
         TN1009 7:42 a specialized image brings its own accounts: `computer_name` cannot be set | Azure would answer: Parameter 'osProfile' is not allowed",
    );
}

#[test]
fn children_need_parents() {
    refuse(
        "resources: {s: {type: Microsoft.KeyVault/vaults/secrets@2023-07-01}}\n",
        "TN1006 6:17 a child type needs `parent` | lies in another resource",
    );
    refuse(
        "resources: {s: {type: Microsoft.KeyVault/vaults/secrets@2023-07-01, parent: resources.kv}}\n",
        "TN1201 6:77 `parent` names nothing of this spec, and is no resource id",
    );
    refuse(
        "resources: {s: {body: {}}}\n",
        "TN1006 6:13 `type` is missing | which Azure type?",
    );
}

#[test]
fn paths_are_read() {
    refuse(
        "resources: {s: {type: M.A/as@2020-01-01, ignore: [\"a..b\"]}}\n",
        "TN1007 6:51 `a..b` is no path into a body",
    );
}

#[test]
fn references_are_to_something() {
    refuse(
        "networks: {net: {subnets: {app: {prefix: 10.0.0.0/24}}}}\nresources: {s: {type: M.A/as@2020-01-01, body: {a: \"${networks.net.nmae}\"}, depends_on: [networks.nte]}}\n",
        "TN1201 7:52 nothing called `nmae` can be read from networks.net
         TN1201 7:90 `networks.nte` is no address in this spec",
    );
}

#[test]
fn nothing_waits_for_itself() {
    refuse(
        "resources:\n  a: {type: M.A/as@2020-01-01, depends_on: resources.a}\n  b: {type: M.A/as@2020-01-01, body: {x: \"${resources.b.body.y}\"}}\n",
        "TN1203 7:44 `resources.a` needs itself
         TN1203 8:42 `resources.b` needs itself",
    );
    // Its own id is known before it is there: parts of a body name each other.
    refuse(
        "resources: {a: {type: M.A/as@2020-01-01, body: {x: \"${resources.a.id}/parts/p\"}}}\n",
        "",
    );
}

#[test]
fn what_decides_what_there_is_must_be_known() {
    refuse(
        "resources: {a: {type: M.A/as@2020-01-01}, b: {type: M.A/as@2020-01-01, name: \"${resources.a.name}\", location: \"${resources.a.name}\"}}\n",
        "TN1005 6:78 `name` of resources.b must be known before anything is read | known only when everything has its name and place
         TN1005 6:111 `location` of resources.b must be known before anything is read | known only when everything has its name and place",
    );
    refuse(
        &vm("admin_username: ops, size: \"${resources.a.name}\", data_disks: {d: {size_gb: 1, sku: \"${resources.a.name}\"}}, protect: \"${resources.a.name}\"").replace("vms:", "resources: {a: {type: M.A/as@2020-01-01}}\nvms:"),
        "TN1005 11:61 `size` of vms.m must be known before anything is read | known only when everything has its name and place
         TN1005 11:118 `data_disks.d.sku` of vms.m must be known before anything is read | known only when everything has its name and place
         TN1005 11:152 `protect` of vms.m must be known before anything is read | known only when everything has its name and place",
    );
}

#[test]
fn our_tags_are_ours() {
    refuse(
        "tags: {tenon-base: x}\nnetworks: {net: {tags: {Tenon-Deployment: y}}}\n",
        "TN1007 6:8 the tag `tenon-base` is how tenon knows what is its own | written by tenon itself
         TN1007 7:25 the tag `Tenon-Deployment` is how tenon knows what is its own | written by tenon itself",
    );
}

#[test]
fn open_doors_are_told() {
    let rule = |keys: &str| format!("nsgs: {{g: {{rules: {{a: {{priority: 100, {keys}}}}}}}}}\n");
    let told = |keys: &str| {
        problems(&declare(&rule(keys)).diagnostics, "warning")
            .lines()
            .count()
    };
    for open in [
        "port: 22, from: \"*\"",
        "port: 20-30, from: Internet",
        "port: \"*\", from: 0.0.0.0/0",
        "port: [80, 3389], from: [10.0.0.0/8, \"*\"]",
    ] {
        assert!(told(open) > 0, "{open}");
    }
    for shut in [
        "port: 22, from: 10.0.0.0/8",
        "port: 80, from: \"*\"",
        "port: 22, from: \"*\", access: Deny",
        "port: 22, from: \"*\", direction: Outbound",
    ] {
        assert_eq!(told(shut), 0, "{shut}");
    }
}

const SCRIPT: &str = "publisher: Acme, type: Script, version: 2.1";

#[test]
fn extensions_are_one_of_each_handler_in_an_order_that_exists() {
    let vm = |extensions: &str| {
        vm(&format!(
            "admin_username: ops, extensions: {{{extensions}}}"
        ))
    };
    refuse(&vm(&format!("a: {{{SCRIPT}}}")), "");
    refuse(
        &vm(&format!(
            "a: {{{SCRIPT}}}, b: {{{}}}",
            SCRIPT.to_lowercase()
        )),
        "TN1009 10:118 `vms.m` has two extensions of one publisher and type | Azure takes one of each on a machine",
    );
    refuse(
        &vm(&format!(
            "first: {{{SCRIPT}}}, b: {{publisher: Acme, type: Else, version: 1.0, depends_on: [frist]}}"
        )),
        "TN1201 10:182 `vms.m` has no extension `frist`",
    );
    refuse(
        &vm(&format!("a: {{{SCRIPT}, depends_on: [a]}}")),
        "TN1203 10:130 `vms.m.extensions.a` needs itself",
    );
    refuse(
        &vm("a: {publisher: Acme, type: Script, version: latest}"),
        "TN1007 10:103 `latest` is no version of an extension | major and minor are wanted",
    );
}

#[test]
fn what_everybody_can_read_holds_no_secret() {
    let spec = vm(&format!(
        "admin_username: ops, extensions: {{a: {{{SCRIPT}, settings: {{deep: [{{key: \"${{secrets.key}}\"}}]}}}}}}"
    ));
    refuse(
        &format!("secrets: {{key: {{env: KEY}}}}\n{spec}"),
        "TN1104 11:127 a secret in `settings` could be read by everybody who may read the machine | Azure shows these",
    );
    let spec = spec.replace("settings:", "protected_settings:");
    refuse(&format!("secrets: {{key: {{env: KEY}}}}\n{spec}"), "");
}

#[test]
fn what_is_ignored_has_a_name() {
    refuse(
        &vm(
            "admin_username: ops, data_disks: {a: {size_gb: 1}}, ignore: [tags.a.b, nic.accelerated_networking, disks.a.sku, os_disk]",
        ),
        "",
    );
    refuse(
        &vm(
            "admin_username: ops, ignore: [os_disk.cachnig, nic, disks.a.sku, data_disks.0.create_option]",
        ),
        "TN1201 10:64 `vms.m` has no property `os_disk.cachnig` | nothing to ignore
         TN1201 10:86 `vms.m` has no property `disks.a.sku` | nothing to ignore
         TN1201 10:99 `vms.m` has no property `data_disks.0.create_option` | nothing to ignore",
    );
}
