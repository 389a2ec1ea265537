//! Properties of the planner, over random small specs and a store in memory
//! that keeps references whole.

#[path = "../plans/support/mod.rs"]
mod support;

mod noise;
mod order;
mod rows;
mod small;

use proptest::prelude::*;
use tenon_model::ResourceId;
use tenon_model::plan::{self, Mode, Plan};

use small::Small;
use support::cloud::Cloud;
use support::{Asked, apply};

fn ask(small: &Small) -> Asked {
    let text = small.to_yaml();
    support::ask(&text, None, &support::files())
        .unwrap_or_else(|stopped| panic!("{text}\n{:#?}", stopped.diagnostics))
}

/// A cloud with the group in which everything lies.
fn group() -> Cloud {
    let cloud = Cloud::default();
    let body = serde_json::from_str(r#"{"location":"westeurope"}"#).expect("JSON");
    let id = format!("/subscriptions/{}/resourceGroups/rg", support::SUBSCRIPTION);
    cloud.put(&id, &body);
    cloud
}

/// The cloud after a spec was applied to an empty one.
fn applied(asked: &Asked) -> Cloud {
    let cloud = group();
    let plan = asked.plan(&cloud, Mode::Live);
    order::check(&plan, asked, &cloud);
    assert_eq!(apply(&plan, &cloud), [""; 0]);
    cloud
}

fn written(plan: &Plan) -> String {
    plan::write(plan).expect("a plan can be written")
}

fn assert_nothing(plan: &Plan, why: &str, text: &str) {
    let left: Vec<String> = plan
        .changes
        .iter()
        .map(|one| {
            let (action, reason) = (one.action, &one.reason);
            format!("{} {action:?} {reason:?} {:?}", one.address, one.properties)
        })
        .collect();
    assert!(
        left.is_empty() && plan.steps.is_empty(),
        "{why}: {left:#?}\n{text}"
    );
}

/// Ids, but for the number that Azure puts into the name of an OS disk.
fn names<'i>(ids: impl Iterator<Item = &'i ResourceId>) -> Vec<String> {
    let name = |id: &ResourceId| match id.as_str().split_once("_disk") {
        Some((machine, _)) => machine.to_owned(),
        None => id.to_string(),
    };
    ids.map(name).collect()
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: std::env::var("TENON_CASES").map_or(24, |text| text.parse().expect("a number")),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// From any spec to any other one, step by step in a right order; then
    /// there is nothing left to do. In the end everything goes.
    #[test]
    fn any_edit_converges(from in small::small(), to in small::small()) {
        let cloud = applied(&ask(&from));
        let text = to.to_yaml();
        let asked = ask(&to);
        let plan = asked.plan(&cloud, Mode::Live);
        order::check(&plan, &asked, &cloud);
        if plan.applyable {
            let problems = apply(&plan, &cloud);
            prop_assert!(problems.is_empty(), "{:#?}\nfrom\n{}\nto\n{}", problems, from.to_yaml(), text);
            assert_nothing(&asked.plan(&cloud, Mode::Live), "planned again", &format!("{}\n---\n{text}", from.to_yaml()));
        }
        let plan = asked.plan(&cloud, Mode::Destroy);
        order::check(&plan, &asked, &cloud);
        let problems = apply(&plan, &cloud);
        prop_assert!(problems.is_empty(), "destroy: {:#?}\n{}", problems, text);
        assert_nothing(&asked.plan(&cloud, Mode::Destroy), "destroyed again", &text);
    }

    /// A plan that was cut off anywhere is made anew and leads to the same end.
    #[test]
    fn a_cut_converges(from in small::small(), to in small::small(), cut in 0_usize..12) {
        let cloud = applied(&ask(&from));
        let mut asked = ask(&to);
        let mut plan = asked.plan(&cloud, Mode::Live);
        prop_assume!(plan.applyable);
        plan.steps.truncate(cut);
        plan.digest = plan.compute_digest();
        prop_assert_eq!(apply(&plan, &cloud), [""; 0]);
        let rest = asked.plan(&cloud, Mode::Live);
        prop_assert!(rest.applyable, "{:#?}", rest.diagnostics);
        order::check(&rest, &asked, &cloud);
        prop_assert_eq!(apply(&rest, &cloud), [""; 0]);
        assert_nothing(&asked.plan(&cloud, Mode::Live), "planned again", &to.to_yaml());
        let fresh = applied(&asked);
        // What is kept to go back to goes when its time is over.
        asked.now += 25 * 3600;
        prop_assert_eq!(apply(&asked.plan(&cloud, Mode::Live), &cloud), [""; 0]);
        let ids = |cloud: &Cloud| cloud.with(|state| names(state.resources.keys()));
        // Protected disks of before stay; nothing else may be left over.
        let left: Vec<_> = ids(&cloud)
            .into_iter()
            .filter(|id| !ids(&fresh).contains(id) && !id.contains("-keep"))
            .collect();
        prop_assert!(left.is_empty(), "left over: {left:?}\n{}\n---\n{}", from.to_yaml(), to.to_yaml());
    }

    /// Same spec, same snapshot: same bytes, whatever order lists come in.
    #[test]
    fn a_plan_is_a_pure_function(from in small::small(), to in small::small()) {
        let cloud = applied(&ask(&from));
        let asked = ask(&to);
        let plan = written(&asked.plan(&cloud, Mode::Live));
        prop_assert_eq!(&plan, &written(&asked.plan(&cloud, Mode::Live)));
        prop_assert_eq!(&plan, &written(&ask(&to).plan(&cloud, Mode::Live)));
        cloud.with(|state| state.backwards = true);
        prop_assert_eq!(&plan, &written(&asked.plan(&cloud, Mode::Live)));
        let read = plan::read(&plan).expect("a plan can be read");
        prop_assert_eq!(&plan, &written(&read));
    }

    /// How Azure spells and orders things is no reason to do anything.
    #[test]
    fn noise_plans_nothing(small in small::small(), seed in any::<u64>()) {
        let asked = ask(&small);
        let cloud = applied(&asked);
        assert_nothing(&asked.plan(&cloud, Mode::Live), "without noise", &small.to_yaml());
        noise::add(&cloud, seed);
        assert_nothing(&asked.plan(&cloud, Mode::Live), "with noise", &small.to_yaml());
    }

    /// The order of entries is not a reason either, and decides about nothing
    /// but the order of steps.
    #[test]
    fn order_of_entries_does_not_matter(small in small::small()) {
        let cloud = applied(&ask(&small));
        let turned = small.turned();
        assert_nothing(&ask(&turned).plan(&cloud, Mode::Live), "turned", &turned.to_yaml());
        let plans = [&small, &turned].map(|one| ask(one).plan(&group(), Mode::Live));
        let named = |plan: &Plan| {
            let mut names: Vec<String> = plan.changes.iter().map(|one| format!("{} {:?}", one.address, one.action)).collect();
            names.sort();
            names
        };
        prop_assert_eq!(named(&plans[0]), named(&plans[1]));
    }

    /// Steps of one who only needs what is needed: random `depends_on`.
    #[test]
    fn references_are_respected(raws in small::raws(9)) {
        let small = Small { raws, ..Small::default() };
        let asked = ask(&small);
        let cloud = applied(&asked);
        let plan = asked.plan(&cloud, Mode::Destroy);
        order::check(&plan, &asked, &cloud);
        order::against_depends_on(&plan, &asked);
        prop_assert_eq!(apply(&plan, &cloud), [""; 0]);
    }
}
