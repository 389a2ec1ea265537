//! Fleets: templates, counted and named instances, overrides.

use tenon_model::Address;

use super::{check, problems, reading};

#[test]
fn counted_and_named_instances_with_overrides() {
    check(
        "vms:
  web:
    image: x
    data_disks: {a: {size_gb: 1, sku: Premium_LRS}, b: {size_gb: 2}}
    tags: {x: y}
    count: 2
    instances:
      web-2: {data_disks: {a: {size_gb: 5}, b: null, c: {sku: premium_lrs}}, tags: null, public_ip: {sku: basic}}
      other:
  db: {image: z}
outputs:
  all: ${vms.web.private_ip}
  one: ${vms.web-2.private_ip}
  two: ${vms.other.id}
  text: \"http://${vms.web-1.ip}:80/${vms.web.x[0].y}\"",
        r#"vms.web-1 {image: "x", data_disks: {a: {size_gb: 1, sku: "Premium_LRS"}, b: {size_gb: 2}}, tags: {x: "y"}}
           vms.web-2 {image: "x", data_disks: {a: {size_gb: 5, sku: "Premium_LRS"}, c: {sku: "Premium_LRS"}}, public_ip: {sku: "Basic"}}
           vms.other {image: "x", data_disks: {a: {size_gb: 1, sku: "Premium_LRS"}, b: {size_gb: 2}}, tags: {x: "y"}}
           vms.db {image: "z"}
           outputs.all <vms.web.private_ip>
           outputs.one <vms.web-2.private_ip>
           outputs.two <vms.other.id>
           outputs.text <"http://" + <vms.web-1.ip> + ":80/" + <vms.web.x[0].y>>"#,
    );
}

#[test]
fn instances_may_bring_what_the_template_lacks() {
    check(
        "vms: {i: {instances: {i-1: {image: x}, i-2: {image: y}}}, none: {count: 0}}",
        r#"vms.i-1 {image: "x"}
           vms.i-2 {image: "y"}"#,
    );
    check(
        "vms:
  g: {count: 2}
  h: {instances: {h-1: {image: x}, h-2: {size: a}, h-3: {}}}
  i: {image: x, instances: {i-1: {image: null}, i-2: {}}}",
        "error[TN1006] 4:3 missing key `image` in vms.g | `image` must be here
         error[TN1006] 5:36 missing key `image` in vms.h-2 | `image` must be here
         error[TN1006] 5:52 missing key `image` in vms.h-3 | `image` must be here
         error[TN1006] 6:29 missing key `image` in vms.i-1 | `image` must be here",
    );
}

#[test]
fn fleets_that_cannot_be_unfolded() {
    check(
        "vms:
  a: {image: x}
  web:
    image: x
    count: 3
    instances: {web-2: {zone: \"2\"}, a: {}, \"x y\": , web: {}}
  b: {count: many}
  c: {count: -1, instances: []}
  d: {count: \"${vms.a.x}\"}
  e: {count: 20000, image: x}
  f: {count: }
  g: {image: x, instances: {g-1: {zoen: 1, count: 2, size: ''}}}
images: {a: {id: /subscriptions/s/resourceGroups/g, count: 2}}
outputs: {x: \"${vms.b-1.id}\", y: \"${vms.bb.id}\"}",
        "error[TN1003] 8:37 the key `a` stands twice | this makes an instance `a` | this has the same name
         error[TN1007] 8:44 a name in vms cannot be `x y` | letters, digits, `-` and `_` make a name; it begins with a letter or digit
         error[TN1003] 8:53 the key `web` stands twice | this makes an instance `web` | this has the same name
         error[TN1005] 9:14 vms.b.count takes a whole number | this is the text `many`
         error[TN1007] 10:14 vms.c.count cannot be `-1` | it must be from 0 to 10000
         error[TN1005] 10:29 vms.c.instances takes a map of names | this is a list
         error[TN1005] 11:14 vms.d.count takes a whole number | this is known only when Azure has been asked
         error[TN1007] 12:14 vms.e.count cannot be `20000` | it must be from 0 to 10000
         error[TN1005] 13:7 vms.f.count takes a whole number | the value is empty
         error[TN1004] 14:35 unknown key `zoen` in vms.g-1 | did you mean `zone`?
         error[TN1004] 14:44 unknown key `count` in vms.g-1
         error[TN1004] 15:53 unknown key `count` in images.a
         error[TN1201] 16:35 the spec has no entry `vms.bb` | did you mean `vms.b`?",
    );
    check(
        "vms: {web: {image: a, count: 2}, web-2: {image: b}}",
        "error[TN1003] 3:7 the key `web-2` stands twice | this makes an instance `web-2` | this has the same name",
    );
}

#[test]
fn a_problem_of_a_template_is_one_problem() {
    check(
        "vms: {web: {image: a, count: 50, zone: \"9\", zoen: 1, instances: {web-3: {size: b}}}}",
        "error[TN1007] 3:40 vms.web.zone cannot be `9` | it takes `1`, `2` or `3`
         error[TN1004] 3:45 unknown key `zoen` in vms.web | did you mean `zone`?",
    );
}

#[test]
fn instances_know_their_fleet_and_where_they_were_written() {
    let text = "tenon: 1\nvms:\n  web: {image: a, count: 2, ssh_key: k.pub, instances: {web-2: {ssh_key: l.pub}}}\n";
    let reading = reading(&[("a", text)], &[]);
    let spec = reading.spec.unwrap();
    let second = &spec.entries("vms")[1];
    assert_eq!(second.fleet, Some(Address::new("vms.web")));
    assert_eq!((second.index, second.key.as_str()), (1, "web-2"));
    assert_eq!((second.place.line, second.place.column), (3, 3));
    assert_eq!(second.item.get("ssh_key").unwrap().place.column, 74);
    assert_eq!(
        spec.fleets[0].instances,
        [Address::new("vms.web-1"), Address::new("vms.web-2")]
    );
    let files: Vec<&str> = spec.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["k.pub", "l.pub"]);
}

#[test]
fn ten_thousand_instances() {
    let text = "tenon: 1\nvms: {web: {image: a, size: b, zones: [\"1\", \"2\"], count: 10000}}\n";
    let spec = reading(&[("a", text)], &[]).spec.unwrap();
    assert_eq!(spec.entries("vms").len(), 10_000);
    assert_eq!(spec.entries("vms")[9_999].key, "web-10000");
}

#[test]
fn fleets_together_have_a_limit() {
    let fleets: String = (0..60)
        .map(|n| format!("  f{n}: {{image: a, count: 10000, tags: {{a: b, c: d}}}}\n"))
        .collect();
    let reading = reading(&[("a", &format!("tenon: 1\nvms:\n{fleets}"))], &[]);
    assert!(
        problems(&reading.diagnostics).starts_with(
            "error[TN1002] 18:3 this file has too much of one thing: values in all instances of fleets"
        ),
        "{}",
        problems(&reading.diagnostics)
    );
}
