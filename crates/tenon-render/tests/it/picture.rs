//! Pictures of plans.

use tenon_model::Address;
use tenon_model::plan::{Action, Around, Neighbour, Plan};
use tenon_render::picture::{PictureLimits, mermaid, svg};

use crate::golden::check;
use crate::sample::{change, plan, plan_of};

/// A plan that makes so many machines which nothing binds.
fn machines(number: usize, section: &str) -> Plan {
    let changes = (0..number).map(|at| {
        // Names with nothing in common, so that they do not read as a run.
        let name = format!("{section}.m{at}x");
        change(&name, "vm", Action::Create, 1)
    });
    plan_of(changes.collect())
}

#[test]
fn as_mermaid() {
    let text = mermaid(&plan(), &PictureLimits::GITHUB).expect("it fits");
    check("picture-mermaid", &text);
}

#[test]
fn as_svg() {
    let text = svg(&plan(), &PictureLimits::GITHUB).expect("it fits");
    check("picture-svg", &text);
}

#[test]
fn a_fleet_is_split_by_what_happens() {
    let mut changes: Vec<_> = (1..=9)
        .map(|number| {
            let action = if number < 7 {
                Action::Update
            } else {
                Action::Delete
            };
            change(&format!("vms.web-{number}"), "vm", action, 1)
        })
        .collect();
    changes[4].action = Action::Replace;
    let mut plan = plan_of(changes);
    plan.around.same = vec![Neighbour {
        address: Address::new("vms.web-10"),
        fleet: Some(Address::new("vms.web")),
        kind: "vm".to_owned(),
        tenant: "contoso".to_owned(),
        elsewhere: false,
    }];
    let text = mermaid(&plan, &PictureLimits::GITHUB).expect("it fits");
    let cards: Vec<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with('c') && line.contains(":::"))
        .map(str::trim)
        .collect();
    insta::assert_snapshot!(cards.join("\n"), @r##"
    c0["VM web-10"]:::same
    c1["#126; 5 VMs web-#123;1..4#125;, web-6"]:::update
    c2["#45;/#43; VM web-5"]:::replace
    c3["#45; VMs web-7, web-8, web-9"]:::delete
    "##);
}

#[test]
fn nothing_and_too_much_are_no_pictures() {
    let limits = PictureLimits::GITHUB;
    assert_eq!(mermaid(&plan_of(Vec::new()), &limits), None);
    let forty = machines(40, "vms");
    assert!(mermaid(&forty, &limits).is_some());
    let gitlab = mermaid(&forty, &PictureLimits::GITLAB).expect("it fits");
    assert!(gitlab.chars().count() <= 5_000);
    let narrow = PictureLimits {
        characters: gitlab.chars().count() - 1,
        ..limits
    };
    assert_eq!(mermaid(&forty, &narrow), None);
    // More than the limit, and nothing in common.
    let mut many = machines(41, "vms");
    for (at, change) in many.changes.iter_mut().enumerate() {
        change.kind = format!("kind{at}");
    }
    assert_eq!(mermaid(&many, &limits), None);
}

#[test]
fn more_than_fits_is_folded_by_what_is_alike() {
    let text = mermaid(&machines(41, "vms"), &PictureLimits::GITHUB).expect("it fits");
    assert_eq!(text.matches(":::create").count(), 1);
    assert!(text.contains("41 VMs m0x, m1x, m2x, m3x, m4x, "), "{text}");
}

#[test]
fn names_are_no_syntax() {
    let hostile = "x\"]:::delete\n  end\n`</script><!-- #35; style: \u{202e}\u{1b} ; %% end";
    let mut plan = plan_of(vec![change("vms.db", "vm", Action::Create, 1)]);
    plan.changes[0].entry = Address::new(&format!("vms.{hostile}"));
    plan.changes[0].address = plan.changes[0].entry.clone();
    plan.deployment.name = hostile.to_owned();
    plan.around = Around {
        same: vec![Neighbour {
            address: Address::new(&format!("keys.{hostile}")),
            fleet: None,
            kind: hostile.to_owned(),
            tenant: hostile.to_owned(),
            elsewhere: true,
        }],
        needs: [(
            plan.changes[0].entry.clone(),
            [Address::new(&format!("keys.{hostile}"))].into(),
        )]
        .into(),
    };
    let text = mermaid(&plan, &PictureLimits::GITHUB).expect("it fits");
    check("hostile-mermaid", &text);
    let lines = |what: &str| text.lines().filter(|line| line.trim() == what).count();
    assert_eq!((text.matches("subgraph").count(), lines("end")), (2, 2));
    for line in text.lines().filter(|line| line.contains('"')) {
        let label: Vec<&str> = line.split('"').collect();
        let harmless = |sign: char| sign.is_ascii_alphanumeric() || " .,/-#;".contains(sign);
        assert!(label.len() == 3 && label[1].chars().all(harmless), "{line}");
        assert!(label[1].len() < 1_000, "cut: {line}");
    }
}
