//! One plan, four forms: text, Markdown, HTML and JSON hold the same addresses
//! and actions, whatever the plan.

use std::collections::BTreeSet;

use tenon_model::place::Sources;
use tenon_model::plan::{Action, Change, Plan, Reason};
use tenon_model::rules::Disruption;
use tenon_render::{Around, Depth, Mark, Options, plan_page, verb};

use crate::golden::wide;
use crate::sample::{change, plan_of, property};

type Told = BTreeSet<(String, &'static str)>;

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % most
    }
}

const ACTIONS: [Action; 7] = [
    Action::Create,
    Action::Update,
    Action::Replace,
    Action::Delete,
    Action::Adopt,
    Action::Forget,
    Action::NoOp,
];

/// Machines of a fleet and others, with parts, to which anything happens.
fn some_plan(seed: u64) -> Plan {
    let mut dice = Dice(seed);
    let mut changes = Vec::new();
    for number in 1..=1 + dice.below(12) {
        let entry = match dice.below(4) {
            0 => format!("vms.db{number}"),
            1 => format!("vms.m{number}x"),
            _ => format!("vms.web-{number}"),
        };
        changes.push(one(&mut dice, &entry, "vm"));
        for (part, kind) in [
            ("nic", "nic"),
            ("disks.data", "disk"),
            ("public_ip", "public_ip"),
        ] {
            if dice.below(3) == 0 {
                changes.push(one(&mut dice, &format!("{entry}.{part}"), kind));
            }
        }
    }
    for number in 0..dice.below(4) {
        changes.push(one(&mut dice, &format!("networks.net{number}"), "network"));
    }
    plan_of(changes)
}

fn one(dice: &mut Dice, address: &str, kind: &str) -> Change {
    let action = ACTIONS[usize::try_from(dice.below(7)).expect("few")];
    let mut change = change(address, kind, action, 10);
    if matches!(action, Action::Update | Action::Replace) {
        let after = ["4720", "4721"][usize::try_from(dice.below(2)).expect("few")];
        change.properties.push(property("tags.a", "4711", after));
        if action == Action::Update && dice.below(3) == 0 {
            change.properties.push(property("size", "a", after));
            change.disruption = Disruption::Deallocate;
        }
    }
    if action == Action::Update && dice.below(5) == 0 {
        change.reason = Reason::Bookkeeping;
        change.properties.clear();
        change.disruption = Disruption::None;
    }
    change
}

fn of_sign(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "+" => "create",
        "~" | "!" => "update",
        "-/+" => "replace",
        "-" => "delete",
        ">" => "adopt",
        "x" => "forget",
        _ => return None,
    })
}

fn json(plan: &Plan) -> Told {
    let document = serde_json::to_value(plan).expect("a document");
    let changes = document["changes"].as_array().expect("changes");
    let told = changes.iter().filter_map(|change| {
        let action = change["action"].as_str().expect("an action");
        let action = ACTIONS.map(verb).into_iter().find(|one| *one == action);
        let address = change["address"].as_str().expect("an address");
        assert!(action.is_some() || action_is_none(change), "{change}");
        Some((address.to_owned(), action?))
    });
    told.collect()
}

fn action_is_none(change: &serde_json::Value) -> bool {
    change["action"] == "no_op"
}

fn text(plan: &Plan) -> Told {
    let options = Options {
        depth: Depth::Full,
        ..wide(200)
    };
    let text = tenon_render::plan(plan, &Sources::default(), &options).plain();
    let titles = text.lines().filter_map(|line| {
        let indent = line.len() - line.trim_start().len();
        let (sign, rest) = line.trim_start().split_once(' ')?;
        let name = rest.trim_start().split("   ").next()?;
        let is_title = (1..=4).contains(&indent) && name.contains('.') && !name.contains(' ');
        let action = of_sign(sign).filter(|_| is_title)?;
        Some((name.to_owned(), action))
    });
    titles.collect()
}

fn html(plan: &Plan) -> Told {
    let page = plan_page(plan, &Sources::default());
    let items = page.split("<li><code>").skip(1);
    let told = items.filter_map(|item| {
        let (address, rest) = item.split_once("</code> ")?;
        let action = rest.split(' ').next()?;
        let action = ACTIONS.map(verb).into_iter().find(|one| *one == action)?;
        Some((address.to_owned(), action))
    });
    told.collect()
}

/// What the diff of a comment names: an entry stands for its parts to which the
/// same happens.
fn markdown(plan: &Plan) -> Told {
    let around = Around {
        mark: Mark::default(),
        ..Around::default()
    };
    let comment = tenon_render::comment(plan, &Sources::default(), &around);
    let diff = comment.split("```diff\n").nth(1).unwrap_or_default();
    let diff = diff.split("\n```").next().unwrap_or_default();
    let mut told = Told::new();
    let mut action = None;
    for line in diff.lines() {
        let (sign, rest) = line.split_once(' ').unwrap_or((line, ""));
        let gap = rest.len() - rest.trim_start().len();
        if !sign.is_empty() && gap < 4 {
            action = of_sign(sign);
            let names = rest.trim_start().split("   ").next().unwrap_or_default();
            add(names, action, &mut told);
        } else if line.len() > 6 {
            // Names that found no room in the title stand below it.
            add(&line[6..], action, &mut told);
        }
    }
    told
}

/// `vms.web-{1..3}.nic, web-7` in full, as far as it is a list of names.
fn add(names: &str, action: Option<&'static str>, told: &mut Told) {
    let Some(action) = action else {
        return;
    };
    let mut collection = "";
    for name in names.trim().trim_end_matches(',').split(", ") {
        let whole = match name.split_once('.') {
            Some(("vms" | "networks", _)) => {
                collection = name.split('.').next().unwrap_or_default();
                name.to_owned()
            }
            _ if !collection.is_empty() => format!("{collection}.{name}"),
            _ => return,
        };
        if whole.contains(' ') {
            return;
        }
        let Some((before, rest)) = whole.split_once('{') else {
            told.insert((whole, action));
            continue;
        };
        let (range, after) = rest.split_once('}').expect("a range ends");
        let (from, to) = range.split_once("..").expect("a range");
        for number in from.parse::<u32>().expect("a number")..=to.parse().expect("a number") {
            told.insert((format!("{before}{number}{after}"), action));
        }
    }
}

#[test]
fn all_forms_hold_the_same() {
    for seed in 0..300 {
        let plan = some_plan(seed);
        let wanted = json(&plan);
        assert_eq!(text(&plan), wanted, "text of {seed}");
        assert_eq!(html(&plan), wanted, "HTML of {seed}");
        let comment = markdown(&plan);
        for change in plan.changes.iter().filter(|one| one.action != Action::NoOp) {
            let action = verb(change.action);
            let itself = (change.address.to_string(), action);
            let with_entry = (change.entry.to_string(), action);
            assert!(
                comment.contains(&itself) || comment.contains(&with_entry),
                "the comment of {seed} lacks {itself:?}: {comment:?}"
            );
        }
        for one in &comment {
            assert!(wanted.contains(one), "the comment of {seed} says {one:?}");
        }
    }
}
