//! What a plan looks at beforehand, for somebody who wants to know whether
//! everything is in order and has no plan.

use tenon_client::Client;
use tenon_model::Diagnostic;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Mode, Plan};
use tenon_model::snapshot::{Live, Snapshot};
use tenon_plan::Applies;

use super::{Intent, Loaded, Preparing, Trouble, quota};

/// What is asked as if nothing stood yet, because a plan with nothing to do
/// does not ask.
const OF_ANYTHING: [About; 3] = [About::Subscription, About::Rights, About::Providers];

/// Makes the checks of a plan, and returns what came of them.
pub(crate) async fn checkup(
    loaded: Loaded,
    client: &Client,
    login: &str,
) -> Result<(Vec<Check>, Vec<Diagnostic>), Trouble> {
    let mut preparing = Preparing::new(loaded, client, login);
    let (asked, mut snapshot) = preparing.asked(&Intent::from(Mode::Live)).await?;
    let mut plan = preparing.decided(&asked, &mut snapshot).await?;
    quota::check(client, &mut plan, &asked.described.graph, &snapshot).await;
    preparing
        .probe(&mut plan, &snapshot, &asked.sources, Applies::Later)
        .await;
    if plan.steps.is_empty() {
        let bare = groups_of(&snapshot);
        let mut anew = tenon_plan::plan(&asked.beside(&bare));
        anew.preflight.clear();
        preparing
            .probe(&mut anew, &bare, &asked.sources, Applies::Later)
            .await;
        adopt_checks(&mut plan, anew);
    }
    tenon_plan::conclude_preflight(&mut plan);
    Ok((plan.preflight, plan.diagnostics))
}

/// The groups, which decide where rights are asked for.
fn groups_of(snapshot: &Snapshot) -> Snapshot {
    let mut groups = Snapshot::default();
    for live in snapshot.iter() {
        if live.id.resource_type() == "Microsoft.Resources/resourceGroups" {
            groups.insert(Live::new(live.id.clone(), live.body.clone()));
        }
    }
    groups
}

fn adopt_checks(plan: &mut Plan, anew: Plan) {
    let wanted = |about: About| OF_ANYTHING.contains(&about);
    let checks = anew.preflight.into_iter();
    plan.preflight
        .extend(checks.filter(|check| wanted(check.about)));
    let problems = anew.diagnostics.into_iter();
    plan.diagnostics
        .extend(problems.filter(|one| wanted(About::of(one.code))));
}
