//! Whether the roles that were given allow what the steps do.
//!
//! Azure tells a caller what it may do at a scope: an action counts if an entry
//! has it and the same entry does not take it away. Deny assignments and
//! conditions are not in that answer, so "yes" is no promise. A role may also be
//! given at a single resource, which is asked where the group does not do.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::probe::Answer;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, TenantId, rights};

use super::needs::{Needs, Users};
use super::scope::Made;
use super::{Applies, Question, add_check, scope};

/// Single resources that are asked about; more would be a burden.
const SINGLE: usize = 16;

/// Who signs in, by tenant: the ids of applications.
pub type Applications = BTreeMap<TenantId, String>;

/// The first round: the scopes.
pub(super) fn questions(needs: &Needs) -> impl Iterator<Item = Question> + '_ {
    needs.by_scope.keys().cloned().map(Question::Rights)
}

/// The second round: resources that stand already, at which a role may have been
/// given that their group does not have.
pub(super) fn further(
    needs: &Needs,
    made: &Made,
    answers: &BTreeMap<Question, Answer>,
) -> Vec<Question> {
    let mut resources = BTreeSet::new();
    for (place, actions) in &needs.by_scope {
        for (action, users) in actions {
            if allows(answers, place, action) {
                continue;
            }
            let stands = users.keys().filter(|id| !made.has(id));
            resources.extend(stands.filter(|id| *id != place).cloned());
        }
    }
    let few = resources.into_iter().take(SINGLE);
    few.map(Question::Rights).collect()
}

/// Judges what was answered.
pub(super) fn judge(
    plan: &mut Plan,
    needs: &Needs,
    answers: &BTreeMap<Question, Answer>,
    applications: &Applications,
    applies: Applies,
) {
    let reads_only = applies == Applies::Later && writes_nothing(needs, answers);
    for (place, actions) in &needs.by_scope {
        let subject = scope::words(place);
        let missing = missing(place, actions, answers);
        let known = answers.get(&Question::Rights(place.clone()));
        let reason = match known {
            None => Some("nobody says to which tenant it belongs".to_owned()),
            Some(Err(refusal)) => Some(scope::why(refusal)),
            Some(Ok(_)) => None,
        };
        match reason {
            _ if missing.is_empty() => {
                plan.preflight.push(Check::ok(About::Rights, subject));
            }
            Some(reason) => {
                let check = Check::skipped(About::Rights, subject, reason);
                plan.preflight.push(check);
            }
            None => {
                let problem = problem(plan, place, &missing, applications, reads_only);
                let check = Check::found(About::Rights, subject, [&problem]);
                add_check(plan, check, vec![problem]);
            }
        }
    }
}

/// What nobody allows, with those who need it.
fn missing<'n>(
    place: &ResourceId,
    actions: &'n BTreeMap<String, Users>,
    answers: &BTreeMap<Question, Answer>,
) -> BTreeMap<&'n str, BTreeSet<&'n Address>> {
    let mut missing: BTreeMap<&str, BTreeSet<&Address>> = BTreeMap::new();
    for (action, users) in actions {
        if allows(answers, place, action) {
            continue;
        }
        let short = users.iter().filter(|(id, _)| !allows(answers, id, action));
        let addresses: BTreeSet<&Address> = short.flat_map(|(_, users)| users).collect();
        if !addresses.is_empty() {
            missing.insert(action, addresses);
        }
    }
    missing
}

/// Whether whoever asked may write nothing of it all, and was told so
/// everywhere.
fn writes_nothing(needs: &Needs, answers: &BTreeMap<Question, Answer>) -> bool {
    needs.by_scope.iter().all(|(place, actions)| {
        let nothing = |(action, users): (&String, &Users)| {
            let at_one = |id: &ResourceId| allows(answers, id, action);
            !allows(answers, place, action) && !users.keys().any(at_one)
        };
        actions.iter().all(nothing)
    })
}

/// Whether the answer for a scope allows an action; no answer allows nothing.
fn allows(answers: &BTreeMap<Question, Answer>, place: &ResourceId, action: &str) -> bool {
    let answer = answers.get(&Question::Rights(place.clone()));
    let Some(Ok(entries)) = answer else {
        return false;
    };
    rights::allow(entries, action)
}

fn problem(
    plan: &Plan,
    place: &ResourceId,
    missing: &BTreeMap<&str, BTreeSet<&Address>>,
    applications: &Applications,
    reads_only: bool,
) -> Diagnostic {
    let place_words = scope::words(place);
    let problem = if reads_only {
        let said =
            format!("this application may only read in {place_words}; who applies needs more");
        Diagnostic::warning(Code::RightMissing, said)
    } else {
        let said = format!("this application may not do in {place_words} all that the plan does");
        Diagnostic::error(Code::RightMissing, said)
    };
    let all = scope::in_order(plan, missing.values().flatten().copied());
    let mut problem = scope::about(plan, problem, &all);
    for (action, addresses) in missing {
        let names = scope::names(&scope::in_order(plan, addresses.iter().copied()));
        problem = problem.note(format!("{action} for {names}"));
    }
    let tenant = plan.scope(&place.subscription()).map(|one| &one.tenant);
    let application = tenant.and_then(|tenant| applications.get(tenant));
    let assignee = match application {
        Some(application) if !reads_only => application.as_str(),
        _ => "<application id>",
    };
    let roles: BTreeSet<&str> = missing.keys().map(|action| role_for(action)).collect();
    // Contributor does what the others do, but for giving roles and sharing.
    let apart = [CONTRIBUTOR, GIVES_ROLES, SHARES];
    let covered = |role: &&str| !roles.contains(CONTRIBUTOR) || apart.contains(role);
    for role in roles.iter().copied().filter(covered) {
        problem = problem.help(Help::command(
            format!(
                "give {} {role} there (it can take some minutes to count)",
                if reads_only { "it" } else { "this application" }
            ),
            format!(
                "az role assignment create --assignee {assignee} --role \"{role}\" --scope {place}"
            ),
        ));
    }
    problem
}

const CONTRIBUTOR: &str = "Contributor";
const GIVES_ROLES: &str = "Role Based Access Control Administrator";
const SHARES: &str = "Compute Gallery Sharing Admin";

/// The built-in role that has an action.
fn role_for(action: &str) -> &'static str {
    let action = action.to_ascii_lowercase();
    let begins = |prefix: &str| action.starts_with(prefix);
    if begins("microsoft.authorization/roleassignments/") {
        GIVES_ROLES
    } else if begins("microsoft.network/") {
        "Network Contributor"
    } else if action.ends_with("galleries/share/action") {
        SHARES
    } else if action.ends_with("userassignedidentities/assign/action") {
        "Managed Identity Operator"
    } else {
        CONTRIBUTOR
    }
}
