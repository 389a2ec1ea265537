//! Forms of values against shapes.

use super::check;

#[test]
fn lists_maps_and_scalars_in_each_others_place() {
    check(
        "vms:
  a: {image: [x], zones: 1, tags: x, data_disks: [y], public_ip: [z], ssh_key: {}}
  b: text
  c: [x]
networks: {n: {dns_servers: 10.0.0.4}}",
        "error[TN1005] 4:14 vms.a.image takes the name of an entry or a full resource id | this is a list
         error[TN1005] 4:35 vms.a.tags takes a map | this is the text `x`
         error[TN1005] 4:50 vms.a.data_disks takes a map | this is a list
         error[TN1005] 4:66 vms.a.public_ip takes `true` or `false`, or a map | this is a list
         error[TN1005] 4:80 vms.a.ssh_key takes a file or the text itself, or a list of them | this is a map
         error[TN1005] 5:6 vms.b takes a map | this is the text `text`
         error[TN1005] 6:6 vms.c takes a map | this is a list
         error[TN1005] 7:29 networks.n.dns_servers takes a list; each element is an IP address | this is the text `10.0.0.4`",
    );
}

#[test]
fn alternatives_take_what_fits() {
    check(
        "vms:
  a: {image: x, public_ip: true, zones: \"1\"}
  b: {image: x, public_ip: {sku: standard}, zones: [1, \"2\"]}",
        r#"vms.a {image: "x", public_ip: true, zones: "1"}
           vms.b {image: "x", public_ip: {sku: "Standard"}, zones: ["1", "2"]}"#,
    );
    check(
        "vms:
  a: {image: x, public_ip: 5}
  b: {image: x, public_ip: {sku: x, dns: y}}
  c: {image: x, zones: [1, 4]}",
        "error[TN1005] 4:28 vms.a.public_ip takes `true` or `false`, or a map | this is the number `5`
         error[TN1007] 5:34 vms.b.public_ip.sku cannot be `x` | it takes `Basic` or `Standard`
         error[TN1004] 5:37 unknown key `dns` in vms.b.public_ip | did you mean `dns_name`?
         error[TN1007] 6:28 vms.c.zones[1] cannot be `4` | it takes `1`, `2` or `3`",
    );
}

#[test]
fn missing_keys_at_every_depth() {
    check(
        "images: {a: {}}\nnsgs: {g: {rules: {r: {port: 1}}}}\naccess: {x: {role: Reader}}",
        "error[TN1006] 3:10 missing key `id` in images.a | `id` must be here
         error[TN1006] 4:20 missing key `priority` in nsgs.g.rules.r | `priority` must be here
         error[TN1006] 5:10 missing key `principal` in access.x | `principal` must be here
         error[TN1006] 5:10 missing key `scope` in access.x | `scope` must be here",
    );
}

#[test]
fn many_problems_in_one_run() {
    check(
        "tenant: nobody
tags: [x]
images: {a: {id: x}}
vms:
  web: {image: a, zoen: 1, protect: on, size: \"${vars.x}\"}
  db: {count: x}
outputs: {a: \"${vms.wbe.id}\"}",
        "error[TN1201] 3:9 the spec has no tenant `nobody` | no GUID and no verified domain either
         error[TN1005] 4:7 tags takes a map | this is a list
         error[TN1007] 5:18 images.a.id cannot be `x` | an id begins with `/subscriptions/`
         error[TN1004] 7:19 unknown key `zoen` in vms.web | did you mean `zone`?
         error[TN1005] 7:37 vms.web.protect takes `true` or `false` | this is the text `on`
         error[TN1201] 7:48 the spec has no variable `x`
         error[TN1005] 8:15 vms.db.count takes a whole number | this is the text `x`
         error[TN1201] 9:15 the spec has no entry `vms.wbe` | did you mean `vms.web`?",
    );
}
