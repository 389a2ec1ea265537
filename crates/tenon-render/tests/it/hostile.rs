//! What must hold for every plan: nothing that acts reaches the output, no
//! secret does, every address does, and size does not hurt.

use std::time::{Duration, Instant};

use tenon_model::place::Sources;
use tenon_model::plan::{
    Action, Cause, Change, Does, Kept, KeptBecause, Mode, Op, Plan, PropertyChange, Reason,
};
use tenon_model::rules::Disruption;
use tenon_model::value::{Later, SecretSource};
use tenon_model::{Address, Code, Diagnostic, Help, Map, Path, Place, Value};
use tenon_render::{Depth, Glyphs, Options};

use crate::golden::{check, wide};
use crate::sample::{change, id, line, new_web, plan, plan_of, property, step};

fn show(plan: &Plan, options: &Options) -> String {
    tenon_render::plan(plan, &Sources::default(), options).plain()
}

const EVIL: &str = "x\u{1b}[2J\u{202e}\u{9b}31m\r\n\u{200b}\u{e0041}";

fn acts(sign: char) -> bool {
    (sign.is_control() && sign != '\n')
        || ['\u{202e}', '\u{200b}', '\u{e0041}', '\u{9b}'].contains(&sign)
}

#[test]
fn nothing_acts() {
    let evil = Address::new(&format!("vms.{EVIL}"));
    let mut all = plan();
    all.deployment.name = EVIL.to_owned();
    all.deployment.location = EVIL.to_owned();
    all.deployment.files = vec![EVIL.to_owned()];
    all.digest = EVIL.to_owned();
    for change in &mut all.changes {
        change.address = evil.join(change.address.last());
        change.entry = evil.clone();
        change.place.file = EVIL.into();
        for said in [&mut change.facts, &mut change.kept, &mut change.lost] {
            said.push(EVIL.to_owned());
        }
        for property in &mut change.properties {
            property.path = EVIL.to_owned();
            property.after = Some(Value::from(EVIL));
        }
    }
    let place = Place {
        file: EVIL.into(),
        ..line(1)
    };
    let mut diagnostic = Diagnostic::error(Code::AzureRefused, EVIL)
        .at(&place, EVIL)
        .note(EVIL)
        .help(Help::command(EVIL, EVIL));
    diagnostic.labels[0].place.start = 0;
    all.diagnostics = vec![diagnostic];
    all.kept = vec![Kept {
        address: evil,
        id: id("vm", EVIL),
        kind: EVIL.to_owned(),
        because: KeptBecause::HoldsForeign {
            ids: vec![id("vm", EVIL)],
        },
    }];
    let mut sources = Sources::default();
    sources.insert(EVIL, EVIL);
    for depth in [Depth::Summary, Depth::Normal, Depth::Full] {
        let options = Options { depth, ..wide(80) };
        let text = tenon_render::plan(&all, &sources, &options).plain();
        assert!(!text.chars().any(acts), "{text:?}");
    }
    let asked = tenon_render::confirmation(&all, &wide(80));
    assert!(
        !format!("{}{}", asked.text.plain(), asked.question)
            .chars()
            .any(acts)
    );
}

#[test]
fn every_address_is_in_the_full_text() {
    let full = Options {
        depth: Depth::Full,
        ..wide(60)
    };
    let plan = plan();
    let text = show(&plan, &full);
    for change in plan
        .changes
        .iter()
        .filter(|change| change.action != Action::NoOp)
    {
        let address = change.address.as_str();
        assert!(
            text.lines()
                .any(|line| line.split_whitespace().any(|word| word == address)),
            "{address}"
        );
        assert!(text.contains(change.id.as_str()), "{address}");
    }
}

/// A plan with the rarer sorts of properties and reasons.
fn rare() -> Plan {
    let secret = Later::Secret {
        name: "db-password".to_owned(),
        source: SecretSource::Env("DB_PASSWORD".to_owned()),
    };
    let ip = Later::Live {
        of: Address::new("vms.web-1.nic"),
        path: Path::parse("properties.ipConfigurations[0].properties.privateIPAddress")
            .expect("it is a path"),
    };
    let list = |items: &[&str]| Value::List(items.iter().map(|item| Value::from(*item)).collect());
    let long = |end: &str| format!("ssh-ed25519 {}{end}", "AAAAC3NzaC1lZDI1NTE5".repeat(8));
    let subnet = |name: &str| format!("{}/subnets/{name}", id("network", "web-vnet").as_str());
    let db = Change {
        properties: vec![
            PropertyChange {
                sensitive: true,
                ..property("admin_password", "hunter2", Value::later(secret.clone()))
            },
            PropertyChange {
                sensitive: true,
                op: Op::Remove,
                after: None,
                ..property("extensions.setup.key", "hunter2", "")
            },
            property(
                "user_data",
                "#!/bin/sh\nset -e\necho one\n",
                "#!/bin/sh\nset -e\necho two\n",
            ),
            property("ssh_key", long("old"), long("new")),
            property(
                "url",
                "http://10.0.0.4",
                Value::later(Later::Joined(vec![Value::from("http://"), ip.into()])),
            ),
            property("subnet", subnet("app"), subnet("data")),
            PropertyChange {
                op: Op::Add,
                before: None,
                ..property("tags.env", "", "prod")
            },
            PropertyChange {
                cause: Cause::Default,
                op: Op::Remove,
                after: None,
                ..property("tags.old", "", "")
            },
            PropertyChange {
                cause: Cause::Reference,
                disruption: Disruption::Restart,
                ..property("zone", "1", Value::Null)
            },
        ],
        disruption: Disruption::Restart,
        ..change("vms.db", "vm", Action::Update, 58)
    };
    let network = Change {
        properties: vec![
            property(
                "address_space",
                list(&["10.20.0.0/16", "10.21.0.0/16"]),
                list(&["10.20.0.0/16", "10.22.0.0/16"]),
            ),
            property(
                "rules",
                Value::Map(Map::from([("a", Value::Int(1)), ("b", Value::Int(2))])),
                Value::Map(Map::from([
                    ("a", Value::Int(1)),
                    ("b", Value::Int(3)),
                    ("c", Value::Bool(true)),
                ])),
            ),
        ],
        ..change("networks.web-vnet", "network", Action::Update, 30)
    };
    let mut plan = plan_of(vec![
        db,
        network,
        Change {
            reason: Reason::UsesReplaced {
                address: Address::new("networks.old"),
            },
            ..change("nsgs.a", "nsg", Action::Replace, 9)
        },
        Change {
            reason: Reason::Unfinished {
                state: "Failed".to_owned(),
            },
            ..change("vms.late", "vm", Action::Create, 70)
        },
        Change {
            reason: Reason::Bookkeeping,
            ..change("networks.marked", "network", Action::Update, 30)
        },
        change("vms.mine", "vm", Action::Adopt, 71),
        change("vms.theirs", "vm", Action::Forget, 72),
        change("vms.same", "vm", Action::NoOp, 73),
    ]);
    plan.kept = vec![
        Kept {
            address: Address::new("vms.jump.disks.data"),
            id: id("disk", "jump-data"),
            kind: "disk".to_owned(),
            because: KeptBecause::Protected,
        },
        Kept {
            address: Address::new("networks.old"),
            id: id("network", "old"),
            kind: "network".to_owned(),
            because: KeptBecause::NeededBy {
                id: id("nic", "other"),
            },
        },
    ];
    plan.outputs = Map::from([("password", Value::later(secret)), ("port", Value::Int(22))]);
    plan
}

#[test]
fn rare_things() {
    for width in [60, 100] {
        check(&format!("rare-{width}"), &show(&rare(), &wide(width)));
    }
    for depth in [Depth::Normal, Depth::Full] {
        let text = show(&rare(), &Options { depth, ..wide(100) });
        assert!(
            !text.contains("hunter2") && !text.contains("DB_PASSWORD"),
            "{text}"
        );
    }
}

#[test]
fn errors_come_first_and_the_plan_is_for_reading() {
    let mut plan = plan_of(new_web(4));
    plan.applyable = false;
    plan.diagnostics = vec![
        Diagnostic::error(Code::QuotaExceeded, "not enough vCPU quota for vms.web-4")
            .note("standardDSv5Family in westeurope: 8 used + 2 needed > limit 8")
            .help(Help::text("raise the limit to at least 10")),
    ];
    insta::assert_snapshot!(show(&plan, &wide(100)), @r#"
    web-prod  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    read      18 resources with 7 requests in 1.9 s    1 error

    error[TN3201]: not enough vCPU quota for vms.web-4
       = standardDSv5Family in westeurope: 8 used + 2 needed > limit 8
    help: raise the limit to at least 10

    The plan itself (3 create) is below for review; it is marked `not applyable`, and apply refuses it.

      +   vms.web-4      create   specs/web-prod.yaml:42
            image web 1.4.2, Standard_D2s_v5, zone 1, subnet web-vnet/app, no public IP
            with      NIC web-4VMNic, data disk "data" 128 GiB Premium_LRS

    Summary
      status    not applyable: 1 error; apply refuses this plan
      plan      3 create
      VMs       + web-4
      digest    sha256:604f913e…6f3d
    "#);
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(show(&crate::sample::quiet(), &wide(100)), @r"
    web-prod: no changes. 21 resources match specs/web-prod.yaml (checked 09:14:07Z).
    ");
    let mut gone = plan_of(Vec::new());
    gone.mode = Mode::Destroy;
    insta::assert_snapshot!(show(&gone, &wide(100)), @r"
    web-prod: nothing to destroy. Nothing of it is left (checked 09:14:07Z).
    ");
}

#[test]
fn destroying_everything() {
    let mut plan = plan_of((1..=40).flat_map(new_web).collect());
    plan.mode = Mode::Destroy;
    for change in &mut plan.changes {
        change.action = Action::Delete;
        change.reason = Reason::Destroyed;
        change.facts.clear();
        if change.kind != "nic" {
            change.lost = vec![
                if change.kind == "vm" {
                    "os_disk"
                } else {
                    "disks.data"
                }
                .to_owned(),
            ];
        }
    }
    plan.summary = crate::sample::summary(&plan.changes);
    insta::assert_snapshot!(show(&plan, &wide(100)), @r#"
    web-prod  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    destroy   everything of this deployment goes, in every subscription that the spec names
    read      18 resources with 7 requests in 1.9 s

      -   vms.web-{1..40}   delete 40 VMs
            lost      VM, OS disk, data disk "data"
            also      NIC, data disk "data"

    Summary
      destroys  VMs web-{1..40} (each with OS disk, data disk "data")
      plan      120 delete
      VMs       - web-{1..40}
      digest    sha256:604f913e…6f3d
    "#);
}

#[test]
fn a_large_fleet_is_a_handful_of_lines() {
    let mut plan = plan_of((1..=1000).flat_map(new_web).collect());
    for index in 0..plan.changes.len() {
        let address = plan.changes[index].address.clone();
        plan.steps.push(step(
            &plan.changes[index..=index],
            address.as_str(),
            Does::Create,
            &[],
        ));
    }
    insta::assert_snapshot!(show(&plan, &wide(100)), @r#"
    web-prod  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    read      18 resources with 7 requests in 1.9 s

      +   vms.web-{1..1000}   create 1,000 VMs   specs/web-prod.yaml:42
            image web 1.4.2, Standard_D2s_v5, zones 1, 2 and 3, subnet web-vnet/app, no public IP
            each with NIC, data disk "data" 128 GiB Premium_LRS

    Summary
      plan      3,000 create
      VMs       + web-{1..1000}
      digest    sha256:604f913e…6f3d
    "#);
}

#[test]
fn ten_thousand_changes_are_quick() {
    let changes: Vec<Change> = (0..10_000)
        .map(|number| Change {
            properties: vec![
                property("size", "Standard_D2s_v5", format!("Standard_D{number}s_v5")),
                property("tags.a", "1", "2"),
            ],
            disruption: Disruption::Deallocate,
            fleet: None,
            ..change(
                &format!("vms.m{}x", number * 7),
                "vm",
                Action::Update,
                1 + number,
            )
        })
        .collect();
    let mut plan = plan_of(changes);
    for index in 0..plan.changes.len() {
        let address = plan.changes[index].address.clone();
        let after: Vec<usize> = index.checked_sub(1).into_iter().collect();
        plan.steps.push(step(
            &plan.changes[index..=index],
            address.as_str(),
            Does::Update,
            &after,
        ));
    }
    for depth in [Depth::Normal, Depth::Full] {
        let options = Options {
            depth,
            glyphs: Glyphs::Unicode,
            ..wide(100)
        };
        let begin = Instant::now();
        let text = show(&plan, &options);
        // A debug build on a busy machine; anything quadratic takes minutes.
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "{:?}",
            begin.elapsed()
        );
        assert!(text.lines().count() > 20_000);
    }
}
