//! Commands that need no Azure: `validate`, `graph`, `explain`.

use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE, machines};

fn with_spec(spec: &str) -> Scenario {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", spec);
    scenario
}

#[test]
fn a_good_spec_is_valid_in_one_line() {
    insta::assert_snapshot!(with_spec(&machines(&["one"])).run("validate"), @r#"
    exit 0
    --- stderr
    shop: tenon.yaml is valid, 3 resources asked for
    "#);
}

/// An entry that could be read is judged whatever is wrong with others; one that
/// could not is not judged by what is left of it.
#[test]
fn an_entry_is_judged_beside_the_error_of_another() {
    let spec = format!(
        "{HEAD}vms:
  one: {{{MACHINE}, computer_name: a_b, szie: small}}
  two: {{{MACHINE}, computer_name: a_b}}
galleries:
  my-gallery: {{}}
"
    );
    insta::assert_snapshot!(with_spec(&spec).run("validate"), @r"
    exit 1
    --- stderr
    error[TN1004]: unknown key `szie` in vms.one
      --> tenon.yaml:16:243
       |
    16 | …uter_name: a_b, szie: small}
       |                  ^^^^ did you mean `size`?
       |
       = known keys here: accelerated_networking, admin_password, admin_username, availability_set,
         boot_diagnostics, computer_name, count, custom_data, data_disks, depends_on, and 33 more
    help: write `size`
    help: lists them all with their defaults:  tenon schema spec --at 'vms.*'

    error[TN1304]: `a_b` cannot be the name of Linux machines: `_` cannot be in it
      --> tenon.yaml:17:238
       |
    17 | … computer_name: a_b}
       |                  ^^^
       |
    help: write  computer_name: a-b

    error[TN1007]: `my-gallery` is no name of a gallery: a gallery has no dashes
      --> tenon.yaml:19:3
       |
    19 |   my-gallery: {}
       |   ^^^^^^^^^^
       |
    help: letters, digits, `_` and `.`, at most 80, with a letter or digit at both ends: name: …
    ");
}

/// A reference to an entry that could not be read, and an entry whose image is
/// an expression that could not be, are no problems of their own.
#[test]
fn what_follows_from_an_error_is_not_said() {
    let entry = MACHINE.replace("image: web", "image: ${vars.image}");
    let spec = format!(
        "{}vms:
  one: {{{MACHINE}}}
  two: {{{}}}
",
        HEAD.replace("version: 1.4.2", "version: 1.4"),
        entry.replace("${vars.image}", "\"${vars.image}\""),
    );
    let output = with_spec(&spec).run("validate").exits(1);
    let errors = output.stderr.lines();
    let errors: Vec<&str> = errors.filter(|line| line.starts_with("error")).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    error[TN1007]: images.web.version cannot be `1.4`
    error[TN1201]: the spec has no variable `image`
    ");
}

#[test]
fn all_problems_of_a_spec_come_at_once() {
    let spec = format!(
        "{}vms:\n  one: {{{}}}\n  two: {{{MACHINE}, szie: Standard_D2s_v5, image: web}}\n  three: {{{MACHINE}, depends_on: [vms.four]}}\n  four: {{{MACHINE}, depends_on: [vms.three]}}\n",
        HEAD.replace("location: westeurope", "location: [westeurope]"),
        MACHINE
            .replace("image: web", "image: wbe")
            .replace("public_ip: false", "public_ip: maybe"),
    );
    insta::assert_snapshot!(with_spec(&spec).run("validate"), @r#"
    exit 1
    --- stderr
    error[TN1005]: location takes a region
      --> tenon.yaml:9:11
       |
     9 | location: [westeurope]
       |           ^^^^^^^^^^^^ this is a list
       |
    help: write a region

    error[TN1201]: `wbe` is no image of this spec
      --> tenon.yaml:16:16
       |
    16 |   one: {image: wbe, admin_username: azureuser, public_ip: maybe, subnet: /subscriptions/333…
       |                ^^^ did you mean `web`?
       |
       = known here: web
    help: write `web`
    help: a full resource id works as well

    error[TN1201]: `maybe` is no public IP of this spec
      --> tenon.yaml:16:59
       |
    16 |   one: {image: wbe, admin_username: azureuser, public_ip: maybe, subnet: /subscriptions/333…
       |                                                           ^^^^^
       |
    help: add it under `public_ips:`, or write a full resource id

    error[TN1004]: unknown key `szie` in vms.two
      --> tenon.yaml:17:223
       |
    17 | …n/subnets/apps, szie: Standard_D2s_v5, image: web}
       |                  ^^^^ did you mean `size`?
       |
       = known keys here: accelerated_networking, admin_password, admin_username, availability_set,
         boot_diagnostics, computer_name, count, custom_data, data_disks, depends_on, and 33 more
    help: write `size`
    help: lists them all with their defaults:  tenon schema spec --at 'vms.*'

    error[TN1003]: the key `image` stands twice
      --> tenon.yaml:17:246
       |
    17 |   two: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/333…
       |         -----                                                                               ^
       |         |                                                                            again here
       |         first here
       |
    help: keep one of the two `image`, or give one of them another name
    "#);
}

#[test]
fn a_circle_is_shown_as_a_path() {
    let spec = format!(
        "{HEAD}vms:\n  one: {{{MACHINE}, depends_on: [vms.two]}}\n  two: {{{MACHINE}, depends_on: [vms.one]}}\n"
    );
    insta::assert_snapshot!(with_spec(&spec).run("validate"), @r#"
    exit 1
    --- stderr
    error[TN1202]: these references go round in a circle, so nothing can be created first
      --> tenon.yaml:16:236
       |
    16 | …s, depends_on: [vms.two]}
       |                  ^^^^^^^ 1. vms.one needs vms.two
    17 | …s, depends_on: [vms.one]}
       |                  ------- 2. vms.two needs vms.one
       |
       = circle: vms.one → vms.two → vms.one
    help: take one of these references out, e.g. by writing the value itself
    "#);
}

#[test]
fn the_graph_as_text() {
    insta::assert_snapshot!(with_spec(&machines(&["one"])).run("graph"), @r#"
    exit 0
    --- stdout
    Tenants
      tenants.contoso
      tenants.acme

    Images
      images.web   image 1.4.2

    Resources
      resource_group   resource group, not made here
      vms.one.nic      NIC
          inside resource_group
      vms.one          VM
          inside resource_group
          uses vms.one.nic
          built from images.web
    "#);
}

#[test]
fn the_graph_as_mermaid() {
    insta::assert_snapshot!(with_spec(&machines(&["one"])).run("graph --format mermaid"), @r#"
    exit 0
    --- stdout
    flowchart LR
      classDef foreign stroke-dasharray:4 3
      subgraph t0["tenant contoso"]
        n0(["sign in to contoso"])
        n3["resource group resource_group"]:::foreign
        n4["VM one"]
      end
      subgraph t1["tenant acme"]
        n1(["sign in to acme"])
        n2[["image 1.4.2 web"]]
      end
      n3 --> n4
      n2 -->|built from| n4
    "#);
}

#[test]
fn the_graph_as_dot() {
    insta::assert_snapshot!(with_spec(&machines(&["one"])).run("graph --format dot"), @r#"
    exit 0
    --- stdout
    digraph tenon {
      rankdir=LR;
      node [shape=box];
      subgraph cluster_0 {
        label="tenant contoso";
        "tenants.contoso" [label="tenant tenants.contoso", shape=ellipse];
        "resource_group" [label="resource_group resource_group", style=dashed];
        "vms.one.nic" [label="nic vms.one.nic"];
        "vms.one" [label="vm vms.one"];
      }
      subgraph cluster_1 {
        label="tenant acme";
        "tenants.acme" [label="tenant tenants.acme", shape=ellipse];
        "images.web" [label="image 1.4.2 images.web", shape=component];
      }
      "tenants.acme" -> "images.web" [label="signs in to", style=dashed];
      "tenants.contoso" -> "resource_group" [label="signs in to", style=dashed];
      "tenants.contoso" -> "vms.one.nic" [label="signs in to", style=dashed];
      "resource_group" -> "vms.one.nic" [label="inside"];
      "tenants.contoso" -> "vms.one" [label="signs in to", style=dashed];
      "images.web" -> "vms.one" [label="built from"];
      "resource_group" -> "vms.one" [label="inside"];
      "vms.one.nic" -> "vms.one" [label="uses"];
    }
    "#);
}

#[test]
fn explain_prints_a_section_and_knows_what_is_no_code() {
    let scenario = Scenario::bare();
    let section = scenario.run("explain tn4011").exits(0);
    assert!(section.stdout.contains("TN4011"), "{section}");
    insta::assert_snapshot!(scenario.run("explain TN9999"), @r#"
    exit 1
    --- stderr
    error: there is no code `TN9999`; did you mean `TN5001`? `tenon explain` lists them all
    "#);
    scenario
        .run("explain ConsentMising")
        .exits(1)
        .says("did you mean `ConsentMissing`?");
    scenario
        .run("explain consentmissing")
        .exits(0)
        .says("TN3011");
    let all = scenario.run("explain").exits(0).stdout.clone();
    assert!(all.lines().count() > 120, "{all}");
    assert!(all.contains("TN1004  a key that the language does not know\n"));
    let all = scenario.run("explain --json").exits(0).json();
    assert_eq!(all["codes"][3]["name"], "UnknownKey");
    let one = scenario.run("explain TN1004 --json").exits(0).json();
    let text = one["text"].as_str().unwrap_or_default();
    assert!(text.contains("Way out: "), "{one}");
    assert!(text.contains("error[TN1004]: unknown key `sise`"), "{one}");
}

#[test]
fn overlays_and_variables_are_merged_before_they_are_read() {
    let spec = format!(
        "{HEAD}vars: {{size: {{default: Standard_D2s_v5}}}}\nvms:\n  one: {{{MACHINE}, size: \"${{vars.size}}\"}}\n",
    );
    let scenario = Scenario::of(&spec);
    scenario.write("tenon.prod.yaml", "vms:\n  one: {tags: {env: prod}}\n");
    scenario.write("sizes", "# a comment\nsize = Standard_D8s_v5\n");
    scenario.run("plan").exits(0).says("Standard_D2s_v5");
    scenario
        .run("plan --var size=Standard_D4s_v5")
        .exits(0)
        .says("Standard_D4s_v5");
    scenario
        .run("plan --var-file sizes")
        .exits(0)
        .says("Standard_D8s_v5");
    let both = scenario.run("plan -e prod --var-file sizes --var size=Standard_D4s_v5 --json");
    let plan = both.exits(0).json();
    let machine = &plan["steps"][1]["request"]["body"];
    assert_eq!(
        machine["properties"]["hardwareProfile"]["vmSize"],
        "Standard_D4s_v5"
    );
    assert_eq!(machine["tags"]["env"], "prod");
    scenario
        .run("plan --var size")
        .exits(1)
        .says("--var size=VALUE");
    scenario
        .run("plan -e test")
        .exits(1)
        .says("tenon.test.yaml");
}

/// What a spec alone does not bring about.
#[test]
fn messages_about_what_stands_beside_a_spec() {
    let deep = format!("{HEAD}tags: {{a: {}{}}}\n", "[".repeat(65), "]".repeat(65));
    let deep = with_spec(&deep).run("validate").exits(1);
    insta::assert_snapshot!(deep.message("TN1002"), @r#"
    error[TN1002]: this file has too much of one thing: lists and maps inside of each other
      --> tenon.yaml:15:74
       |
    15 | tags: {a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]…
       |                                                                          ^
       |                                                                          the limit is 64 levels
       |
    help: put the text into a file of its own, or split the deployment
    "#);
    let scenario = with_spec(&machines(&["one"]));
    let variable = scenario.run("validate --var web_cuont=4").exits(1);
    insta::assert_snapshot!(variable.message("TN1102"), @r#"
    error[TN1102]: the spec declares no variable `web_cuont`
       = it is given by --var web_cuont
    help: declare it: `vars: {web_cuont: {}}`
    "#);
    scenario.write("tenon.lock", "lock: 1\nimages:\n  web: {version: 1.4.x}\n");
    let lock = scenario.run("validate").exits(1);
    insta::assert_snapshot!(lock.message("TN1302"), @r#"
    error[TN1302]: this lock file cannot be used
      --> tenon.lock:3:18
       |
     3 |   web: {version: 1.4.x}
       |                  ^^^^^ 1.4.x is a channel, and a lock holds versions
       |
    help: write it anew:  tenon update
    "#);
}
