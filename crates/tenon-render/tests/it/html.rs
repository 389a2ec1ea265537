//! Pages for a browser.

use tenon_model::place::Sources;
use tenon_model::plan::{Action, Change, Partial, Plan, Preview};
use tenon_model::{Address, Value};
use tenon_render::{plan_page, run_page};

use crate::run::takes;
use crate::sample::{self, change, new_web, plan, plan_of, property};
use crate::timeline::{fails, journal};

fn page(plan: &Plan) -> String {
    plan_page(plan, &Sources::default())
}

/// The element that begins with `start`, up to its `end`.
fn part<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).expect("it is there");
    rest.split_once(end).expect("it ends").0
}

/// Every tag is closed again, and nothing is closed that is not open.
fn balanced(page: &str) {
    const NEVER_CLOSED: [&str; 3] = ["meta", "input", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    let (before, script) = page.split_once("<script>").expect("a script");
    let (_, after) = script.split_once("</script>").expect("its end");
    for text in [before, after] {
        for tag in text.split('<').skip(1) {
            let name = tag.split([' ', '>', '/']).next().unwrap_or("");
            if let Some(closed) = tag.strip_prefix('/') {
                let closed = closed.split('>').next();
                assert_eq!(open.pop(), closed);
            } else if !NEVER_CLOSED.contains(&name)
                && !tag.split('>').next().unwrap_or("").ends_with('/')
            {
                open.push(name);
            }
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// What a page says of its resources: address and action.
fn told(page: &str) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = page
        .split("<li><code>")
        .skip(1)
        .filter_map(|item| {
            let (address, rest) = item.split_once("</code> ")?;
            let action = rest.split(' ').next()?;
            Some((address.to_owned(), action.to_owned()))
        })
        .collect();
    told.sort();
    told
}

fn planned(plan: &Plan) -> Vec<(String, String)> {
    let mut planned: Vec<(String, String)> = plan
        .changes
        .iter()
        .filter(|change| change.action != Action::NoOp)
        .map(|change| {
            (
                change.address.to_string(),
                format!("{:?}", change.action).to_lowercase(),
            )
        })
        .collect();
    planned.sort();
    planned
}

#[test]
fn a_page_tells_of_every_resource_what_the_plan_does() {
    let actions = [
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::Adopt,
        Action::Forget,
        Action::NoOp,
    ];
    assert_eq!(told(&page(&plan())), planned(&plan()));
    // Any mixture of actions, fleets and parts.
    for seed in 0..24_usize {
        let changes = (0..40).map(|at| {
            let action = actions[(at * at + seed * 5 + at / 3) % actions.len()];
            let address = match at % 3 {
                0 => format!("vms.web-{at}"),
                1 => format!("vms.web-{}.nic", at - 1),
                _ => format!("nsgs.n{at}x{seed}"),
            };
            let mut change = change(&address, ["vm", "nic", "nsg"][at % 3], action, 1);
            if (at + seed) % 2 == 0 {
                change.properties = vec![property("tags.a", "1", "2")];
            }
            change
        });
        let plan = plan_of(changes.collect());
        let page = page(&plan);
        assert_eq!(told(&page), planned(&plan), "{seed}");
        balanced(&page);
    }
}

#[test]
fn what_is_lost_comes_before_the_changes() {
    let page = page(&plan());
    balanced(&page);
    let danger = part(&page, "aria-label=\"What is lost or stops\"", "</section>");
    for said in [
        "VM jump (OS disk, public IP)",
        "VMs web-1, web-2, web-3, one at a time",
        "db (stopped and started)",
    ] {
        assert!(danger.contains(said), "{said}: {danger}");
    }
    assert!(page.find("What is lost or stops") < page.find("id=\"changes\""));
    let drift = part(&page, "<section id=\"drift\">", "</section>");
    assert!(drift.contains("rules.allow-ssh.from") && drift.contains("10.0.0.0/8"));
    assert!(page.contains("1.4.1 → 1.4.2"));
}

#[test]
fn what_is_special_of_a_plan_is_said_above_all() {
    let mut plan = plan();
    plan.applyable = false;
    plan.preview = Some(Preview {
        base: "main".to_owned(),
        commit: "9b1d7c2aaaaaaaaa".to_owned(),
    });
    plan.partial = Some(Partial {
        left_out: 3,
        ..Partial::default()
    });
    let page = page(&plan);
    let header = part(&page, "<header>", "</header>");
    for said in [
        "compared with the spec of main (9b1d7c2), not with Azure",
        "partial plan: 3 other changes left out",
    ] {
        assert!(header.contains(said), "{said}: {header}");
    }
    // A preview is never applied; that is no error.
    assert!(!header.contains("Not applyable"), "{header}");
}

#[test]
fn hostile_names_stay_names() {
    let evil = "x</script><script>alert(1)</script><!-- \" ' & onload=\u{202e}\u{0}";
    let mut plan = plan();
    plan.deployment.name = evil.to_owned();
    plan.deployment.location = evil.to_owned();
    plan.digest = evil.to_owned();
    for change in &mut plan.changes {
        change.address = Address::new(&format!("{}{evil}", change.address));
        change.entry = change.address.clone();
        change.place.file = evil.into();
        change.facts.push(evil.to_owned());
        change.lost.push(evil.to_owned());
        for property in &mut change.properties {
            property.path = evil.to_owned();
            property.before = Some(Value::from(evil));
        }
    }
    let events = fails(&plan);
    let journal = journal(&plan, &events);
    let run = run_page(&journal, Some(&plan), &Sources::default());
    for page in [page(&plan), run] {
        assert_eq!(page.matches("<script>").count(), 1);
        assert_eq!(page.matches("</script>").count(), 1);
        assert!(!page.contains("<!-- ") && !page.contains(['\u{202e}', '\u{0}']));
        balanced(&page);
    }
}

#[test]
fn nothing_is_fetched() {
    let page = page(&plan());
    let policy = part(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(
        policy.starts_with("default-src &#39;none&#39;; style-src &#39;sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"));
    for fetches in [
        " src=",
        " href=\"http",
        "url(http",
        "@import",
        "<link",
        "<img",
        "<iframe",
        " style=\"",
    ] {
        assert!(!page.contains(fetches), "{fetches}");
    }
}

#[test]
fn no_secret_is_on_a_page() {
    let mut plan = plan();
    let secret = plan
        .changes
        .iter_mut()
        .flat_map(|change| &mut change.properties);
    for property in secret {
        property.sensitive = true;
        property.before = Some(Value::from("hunter2"));
        property.after = Some(Value::from("hunter3"));
    }
    let page = page(&plan);
    assert!(page.contains("(sensitive) changed"));
    assert!(!page.contains("hunter"));
}

#[test]
fn two_thousand_changes_are_a_page_that_opens() {
    let mut changes: Vec<Change> = (1..=600).flat_map(new_web).collect();
    changes.extend((0..200).map(|at| {
        let mut change = change(&format!("nsgs.m{at}x"), "nsg", Action::Update, 1);
        // No two alike.
        change.properties = vec![property(&format!("rules.r{at}.port"), "1", "2")];
        change
    }));
    changes[1_999] = change("groups.all", "resource_group", Action::Create, 1);
    let mut plan = plan_of(changes);
    for change in &plan.changes {
        let needs = ["groups.all", "networks.net", "images.web"].map(Address::new);
        let entry = change.entry.clone();
        plan.around.needs.insert(entry, needs.into());
    }
    let page = page(&plan);
    assert_eq!(told(&page).len(), 2_000);
    assert!(page.len() < 2_000_000, "{}", page.len());
}

#[test]
fn the_page_of_a_run() {
    let plan = plan();
    let good = journal(&plan, &sample::run(&plan, takes, |_| None));
    let page = run_page(&good, Some(&plan), &Sources::default());
    balanced(&page);
    assert!(page.contains("id=\"timeline\"") && page.contains("id=\"changes\""));
    let bad = journal(&plan, &fails(&plan));
    let page = run_page(&bad, None, &Sources::default());
    balanced(&page);
    let wrong = part(&page, "aria-label=\"What went wrong\"", "</section>");
    assert!(
        wrong.contains("create vms.web-2 failed after 2m31s: ZonalAllocationFailed"),
        "{wrong}"
    );
    assert!(!page.contains("id=\"changes\""));
    let none = run_page(&journal(&plan, &[]), None, &Sources::default());
    assert!(!none.contains("id=\"timeline\""));
}
