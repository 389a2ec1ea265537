//! Comments of pull requests.

use tenon_model::place::Sources;
use tenon_model::plan::{Action, Change, Plan};
use tenon_model::rules::Disruption;
use tenon_model::{Address, Code, Diagnostic, Value};
use tenon_render::{Around, Dialect, Links, Mark};

use crate::golden::check;
use crate::sample::{change, plan, plan_of, property, quiet};

/// GitHub's limit for a comment, and what the program uses of it.
const GITHUB: usize = 60_000;

fn around(plan: &Plan, dialect: Dialect) -> Around {
    let repository = match dialect {
        Dialect::GitHub => "https://github.com/contoso/machines",
        Dialect::GitLab => "https://gitlab.com/contoso/machines",
        Dialect::AzureRepos => "https://dev.azure.com/contoso/ops/_git/machines",
    };
    let head = "9b1d7c2f0c4e8a6b5d3f1e2a7c9b8d6e5f4a3b2c".to_owned();
    Around {
        mark: Mark {
            deployment: plan.deployment.name.clone(),
            digest: Some(plan.digest.clone()),
            head: head.clone(),
            ..Mark::default()
        },
        dialect,
        budget: Some(GITHUB),
        links: Some(Links {
            repository: repository.to_owned(),
            commit: head,
            folder: String::new(),
        }),
        run: Some(format!("{repository}/runs/1")),
        whole: Some("the job summary".to_owned()),
        ..Around::default()
    }
}

fn show(plan: &Plan, budget: usize) -> String {
    let around = Around {
        budget: Some(budget),
        ..around(plan, Dialect::GitHub)
    };
    tenon_render::comment(plan, &Sources::default(), &around)
}

#[test]
fn each_host_has_its_dialect() {
    for (name, dialect) in [
        ("github", Dialect::GitHub),
        ("gitlab", Dialect::GitLab),
        ("azure", Dialect::AzureRepos),
    ] {
        let plan = plan();
        let text = tenon_render::comment(&plan, &Sources::default(), &around(&plan, dialect));
        is_sound(&text);
        check(&format!("comment-{name}"), &text);
    }
}

#[test]
fn nothing_to_do_is_said_too() {
    let text = show(&quiet(), GITHUB);
    assert!(
        text.contains("### tenon plan `web-prod`: no changes"),
        "{text}"
    );
    assert!(!text.contains("applies after the merge"), "{text}");
}

/// What Markdown, HTML or a host would act on.
const EVIL: [&str; 12] = [
    "a`b",
    "```",
    "a|b",
    "</details>",
    "<!-- tenon:v1 {} -->",
    "<script>alert(1)</script>",
    "@everyone",
    "contoso/ops#1",
    "https://example.com",
    "a\n### headline",
    "a\u{202e}b\u{200b}c",
    "[a](javascript:x)",
];

#[test]
fn no_name_acts() {
    for evil in EVIL {
        let mut all = plan();
        evil.clone_into(&mut all.deployment.name);
        evil.clone_into(&mut all.deployment.location);
        all.images.iter_mut().for_each(|image| {
            image.address = Address::new(&format!("images.{evil}"));
            evil.clone_into(&mut image.channel);
        });
        for name in all.deployment.tenant_names.values_mut() {
            evil.clone_into(name);
        }
        for change in &mut all.changes {
            let entry = Address::new(&format!("{}{evil}", change.entry));
            change.address = match change.address == change.entry {
                true => entry.clone(),
                false => entry.join(change.address.last()),
            };
            change.entry = entry;
            change.place.file = evil.into();
            for said in [&mut change.facts, &mut change.kept, &mut change.lost] {
                said.push(evil.to_owned());
            }
            for property in &mut change.properties {
                property.path = format!("tags.{evil}");
                property.after = Some(Value::from(evil));
                property.place = None;
            }
        }
        all.diagnostics = vec![
            Diagnostic::warning(Code::ImageEndOfLife, evil).note(evil),
            Diagnostic::error(Code::QuotaExceeded, evil),
        ];
        for check in &mut all.preflight {
            evil.clone_into(&mut check.subject);
        }
        for budget in [GITHUB, 9_000, 4_000, 0] {
            let text = show(&all, budget);
            is_sound(&text);
            let outside = outside_of_code(&text);
            for sign in [
                "@everyone",
                "#1",
                "https://example",
                "<script",
                "javascript:",
                "\u{202e}",
            ] {
                assert!(!outside.contains(sign), "{sign} of {evil:?} in\n{outside}");
            }
            assert_eq!(outside.matches("\n### ").count(), 1, "{outside}");
        }
    }
}

/// Counts what must be balanced and checks the first line.
fn is_sound(text: &str) {
    let mut lines = text.lines();
    assert!(Mark::read(lines.next().unwrap_or_default()).is_some());
    let mut open: Option<String> = None;
    let mut folds = 0_i32;
    for line in lines {
        let ticks: String = line.chars().take_while(|sign| *sign == '`').collect();
        let is_fence = ticks.len() >= 3 && !line[ticks.len()..].contains('`');
        match &open {
            Some(fence) if is_fence && line == fence => open = None,
            Some(_) => {}
            None if is_fence => open = Some(ticks),
            None => {
                folds += i32::try_from(line.matches("<details>").count()).expect("few");
                folds -= i32::from(line == "</details>");
                assert!((0..=1).contains(&folds), "{text}");
            }
        }
    }
    assert!(open.is_none(), "an open fence in\n{text}");
    assert_eq!(folds, 0, "an open fold in\n{text}");
}

/// The text without its fences, code spans, links' addresses and first line.
fn outside_of_code(text: &str) -> String {
    let mut out = String::new();
    let mut fence = String::new();
    for line in text.lines().skip(1) {
        let ticks: String = line.chars().take_while(|sign| *sign == '`').collect();
        if fence.is_empty() && ticks.len() >= 3 && !line[ticks.len()..].contains('`') {
            fence = ticks;
        } else if !fence.is_empty() {
            if line == fence {
                fence.clear();
            }
        } else {
            out.push('\n');
            out.push_str(&without_spans(line));
        }
    }
    out
}

fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let ticks: String = rest[at..].chars().take_while(|sign| *sign == '`').collect();
        let inside = &rest[at + ticks.len()..];
        let mut end = None;
        let mut from = 0;
        while let Some(found) = inside[from..].find('`') {
            let start = from + found;
            let run = inside[start..]
                .chars()
                .take_while(|sign| *sign == '`')
                .count();
            if run == ticks.len() {
                end = Some(start + run);
                break;
            }
            from = start + run;
        }
        let Some(end) = end else {
            panic!("a code span is open in {line}");
        };
        rest = &inside[end..];
    }
    out.push_str(rest);
    // The address of a link that is ours.
    out.replace("https://github.com/contoso/machines", "")
}

/// Two thousand changes of every sort, none like the other.
fn large() -> Plan {
    let all = (0..2000).map(|number: u32| {
        let action = match number % 10 {
            0 => Action::Delete,
            1 => Action::Replace,
            2..=5 => Action::Create,
            _ => Action::Update,
        };
        let size = property("size", "Standard_D2s_v5", format!("Standard_D{number}s_v5"));
        Change {
            properties: match action {
                Action::Update | Action::Replace => vec![size, property("tags.a", "1", "2")],
                _ => Vec::new(),
            },
            disruption: match (action, number % 3) {
                (Action::Replace, _) => Disruption::Replace,
                (Action::Update, 0) => Disruption::Deallocate,
                _ => Disruption::None,
            },
            facts: vec![format!("image web 1.4.2, Standard_D{number}s_v5")],
            ..change(&format!("vms.app-{number}x"), "vm", action, number + 1)
        }
    });
    plan_of(all.collect())
}

#[test]
fn a_large_plan_fits_and_names_all_that_goes_or_stops() {
    let plan = large();
    for budget in [1_000_000, 150_000, 65_536, GITHUB] {
        let text = show(&plan, budget);
        assert!(text.len() <= budget, "{} of {budget}", text.len());
        is_sound(&text);
        for change in &plan.changes {
            let stops = change.disruption >= Disruption::Restart || change.action == Action::Delete;
            let name = format!("`{}`", &change.address.as_str()[4..]);
            assert!(!stops || text.contains(&name), "{name} at {budget}");
        }
        assert!(text.contains("Digest `sha256:604f913e…6f3d`"), "{budget}");
        let full = budget >= 1_000_000;
        assert_eq!(text.contains("do not fit"), !full, "{budget}");
    }
}

#[test]
fn every_level_is_shorter_than_the_one_before() {
    let plan = large();
    let mut lengths = Vec::new();
    let mut budget = usize::MAX;
    loop {
        let text = show(&plan, budget);
        if lengths.last() == Some(&text.len()) {
            break;
        }
        lengths.push(text.len());
        budget = text.len() - 1;
    }
    assert_eq!(lengths.len(), 6, "{lengths:?}");
    assert!(lengths.last() < Some(&10_000), "{lengths:?}");
}
