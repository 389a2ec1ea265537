//! Whether locks forbid what the steps do.
//!
//! A lock holds what it is on and everything below. `CanNotDelete` forbids
//! deletes, of what lies above it as well; `ReadOnly` every write, starting and
//! stopping included. Source: Microsoft Learn, "Lock your resources to protect
//! your infrastructure".

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Plan, Step};
use tenon_model::probe::Answer;
use tenon_model::transport::Verb;
use tenon_model::{Code, Diagnostic, Help, ResourceId, SubscriptionId, Value};

use super::scope::Made;
use super::{Question, add_check, scope};

/// The subscriptions that are written to, each with its groups that stand.
type Places = BTreeMap<SubscriptionId, BTreeSet<ResourceId>>;

fn places(plan: &Plan, made: &Made) -> Places {
    let mut places = Places::new();
    for step in scope::writes(plan) {
        let groups = places.entry(step.id.subscription()).or_default();
        groups.insert(scope::around(&step.id));
    }
    for groups in places.values_mut() {
        groups.retain(|group| group.resource_group().is_some() && !made.has(group));
    }
    places
}

/// The first round: one list shows all locks of a subscription.
pub(super) fn questions(plan: &Plan, made: &Made) -> impl Iterator<Item = Question> {
    let all = places(plan, made).into_keys();
    all.map(|one| Question::Locks(scope::subscription(&one)))
}

/// The second round: group by group, for those who may not see them all.
pub(super) fn further(
    plan: &Plan,
    made: &Made,
    answers: &BTreeMap<Question, Answer>,
) -> Vec<Question> {
    let mut questions = Vec::new();
    for (subscription, groups) in places(plan, made) {
        let whole = Question::Locks(scope::subscription(&subscription));
        if matches!(answers.get(&whole), Some(Err(_))) {
            questions.extend(groups.into_iter().map(Question::Locks));
        }
    }
    questions
}

/// Judges what was answered.
pub(super) fn judge(plan: &mut Plan, made: &Made, answers: &BTreeMap<Question, Answer>) {
    for (subscription, groups) in places(plan, made) {
        let whole = scope::subscription(&subscription);
        if !one(plan, &whole, answers) {
            for group in groups {
                one(plan, &group, answers);
            }
        }
    }
}

/// Judges the answer for one scope; false if there was none.
fn one(plan: &mut Plan, place: &ResourceId, answers: &BTreeMap<Question, Answer>) -> bool {
    let subject = scope::words(place);
    match answers.get(&Question::Locks(place.clone())) {
        None => false,
        Some(Err(refusal)) => {
            let check = Check::skipped(About::Locks, subject, scope::why(refusal));
            plan.preflight.push(check);
            false
        }
        Some(Ok(locks)) => {
            let locks = locks.iter().filter_map(Lock::read);
            let problems: Vec<Diagnostic> = locks.filter_map(|lock| problem(plan, &lock)).collect();
            let check = Check::found(About::Locks, subject, &problems);
            add_check(plan, check, problems);
            true
        }
    }
}

/// A lock.
struct Lock {
    id: ResourceId,
    /// What it is on.
    on: ResourceId,
    reads_only: bool,
}

impl Lock {
    fn read(item: &Value) -> Option<Self> {
        let id = item.member("id")?.as_text()?;
        let at = id.to_ascii_lowercase();
        let at = at.rfind("/providers/microsoft.authorization/locks/")?;
        let level = item.at(&["properties", "level"])?.as_text()?;
        let reads_only = level.eq_ignore_ascii_case("ReadOnly");
        if !reads_only && !level.eq_ignore_ascii_case("CanNotDelete") {
            return None;
        }
        Some(Self {
            id: ResourceId::parse(id).ok()?,
            on: ResourceId::parse(&id[..at]).ok()?,
            reads_only,
        })
    }

    fn forbids(&self, step: &Step) -> bool {
        let deletes = step.request.verb == Verb::Delete;
        let below = step.id == self.on || step.id.is_inside(&self.on);
        // What hangs on something goes with it, and so does not let it go.
        let above = deletes && self.on.is_inside(&step.id);
        below && (deletes || self.reads_only) || above
    }
}

fn problem(plan: &Plan, lock: &Lock) -> Option<Diagnostic> {
    let held = scope::writes(plan).filter(|step| lock.forbids(step));
    let held = scope::in_order(plan, held.map(|step| &step.address));
    if held.is_empty() {
        return None;
    }
    let place = scope::words(&lock.on);
    let what = if lock.reads_only { "change" } else { "delete" };
    let said = format!(
        "the lock `{}` on {place} does not let the plan {what} {}",
        lock.id.name(),
        scope::names(&held)
    );
    let problem = scope::about(plan, Diagnostic::error(Code::ScopeLocked, said), &held);
    let level = if lock.reads_only {
        "ReadOnly"
    } else {
        "CanNotDelete"
    };
    Some(
        problem
            .note(format!("its level is {level}"))
            .help(Help::command(
                "take it away, plan again, and put it back when the plan is applied",
                format!("az lock delete --ids {}", lock.id),
            )),
    )
}
