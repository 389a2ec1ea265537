//! Lets Azure look at the bodies of what a plan makes, where that was asked for.
//!
//! Azure validates a template deployment without beginning one: types and
//! members, what the bodies refer to, rights with the tokens of the other
//! tenants, policies. A request for each group; of a fleet the first machine
//! stands for all. What is not known before apply, and what goes into a group
//! that is yet to be made, is left out, and the plan says so.
//!
//! Source: Azure REST API reference, "Deployments - Validate".

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Change, Does, Plan, Step};
use tenon_model::transport::{Condition, Refusal, Verb, Write};
use tenon_model::{Address, Code, Diagnostic, Help, Map, ResourceId, Value};

use super::scope::Made;
use super::{add_check, scope};

/// The api-version of deployments.
const VERSION: &str = "2025-04-01";
/// Resources that Azure takes in one template.
/// Source: Microsoft Learn, "Understand the structure and syntax of ARM
/// templates", limits.
const MOST: usize = 800;
const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// What Azure is to validate.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The request. It changes nothing.
    pub write: Write,
    group: ResourceId,
    steps: Vec<usize>,
}

/// One for each group in which something is made; notes in the plan what cannot
/// be validated.
pub fn validations(plan: &mut Plan) -> Vec<Validation> {
    let made = Made::of(plan);
    let mut groups: BTreeMap<ResourceId, Vec<usize>> = BTreeMap::new();
    let mut left_out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut fleets = BTreeMap::new();
    let changes = plan.changes.iter();
    let changes: BTreeMap<&Address, &Change> =
        changes.map(|change| (&change.address, change)).collect();
    for (index, step) in plan.steps.iter().enumerate() {
        let group = scope::around(&step.id);
        if step.does != Does::Create || group == step.id || group.resource_group().is_none() {
            continue;
        }
        let mut leave = |why: &str| {
            let names = left_out.entry(why.to_owned()).or_default();
            names.insert(step.address.to_string());
        };
        let body = step.request.body.as_ref();
        if made.has(&group) {
            leave("its group is yet to be made");
        } else if body.is_none_or(Value::has_later) {
            leave("part of it is known only at apply");
        } else if step.id.as_str().matches("/providers/").count() > 1 {
            leave("it hangs on another resource");
        } else if is_first(&changes, step, &mut fleets) {
            groups.entry(group).or_default().push(index);
        }
    }
    for (why, names) in left_out {
        let names: Vec<String> = names.into_iter().collect();
        let check = Check::skipped(About::Validation, names.join(", "), why);
        plan.preflight.push(check);
    }
    let groups = groups.into_iter();
    groups
        .filter_map(|(group, steps)| validation(plan, group, steps))
        .collect()
}

/// Whether it is no instance of a fleet, or one of the first: it stands for all.
fn is_first<'p>(
    changes: &BTreeMap<&Address, &'p Change>,
    step: &Step,
    fleets: &mut BTreeMap<&'p Address, &'p Address>,
) -> bool {
    let Some(change) = changes.get(&step.address) else {
        return true;
    };
    let Some(fleet) = &change.fleet else {
        return true;
    };
    *fleets.entry(fleet).or_insert(&change.entry) == &change.entry
}

fn validation(plan: &Plan, group: ResourceId, mut steps: Vec<usize>) -> Option<Validation> {
    steps.truncate(MOST);
    let scope = plan.scope(&group.subscription())?;
    let resources = steps.iter().map(|index| resource(plan, *index, &steps));
    let template = map([
        ("$schema", SCHEMA.into()),
        ("contentVersion", "1.0.0.0".into()),
        ("resources", Value::List(resources.collect())),
    ]);
    let properties = map([("mode", "Incremental".into()), ("template", template)]);
    let write = Write {
        tenant: scope.tenant.clone(),
        auxiliary: scope.auxiliary.clone(),
        verb: Verb::Post,
        path: format!(
            "{group}/providers/Microsoft.Resources/deployments/tenon-{}/validate",
            plan.deployment.name
        ),
        api_version: VERSION.to_owned(),
        body: Some(map([("properties", properties)])),
        condition: Condition::None,
    };
    Some(Validation {
        write,
        group,
        steps,
    })
}

/// A step's body as a template has it.
fn resource(plan: &Plan, index: usize, within: &[usize]) -> Value {
    let step = &plan.steps[index];
    let mut resource = Map::new();
    let kind = step.id.resource_type();
    resource.insert("type", kind.as_str().into());
    resource.insert("apiVersion", step.request.api_version.as_str().into());
    resource.insert("name", names(&step.id).into());
    let body = step.request.body.as_ref().and_then(Value::as_map);
    for (name, value) in body.into_iter().flat_map(Map::iter) {
        resource.insert(name, escaped(value));
    }
    let before = step.after.iter().filter(|index| within.contains(index));
    let before = before.map(|index| plan.steps[*index].id.as_str().into());
    resource.insert("dependsOn", Value::List(before.collect()));
    Value::Map(resource)
}

/// `web-vnet/app`: a name for each type.
fn names(id: &ResourceId) -> String {
    let text = id.as_str();
    let at = text.rfind("/providers/").map_or(0, |at| at + 11);
    let words: Vec<&str> = text[at..].split('/').skip(2).step_by(2).collect();
    words.join("/")
}

/// Texts that begin with a bracket would be expressions.
fn escaped(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.starts_with('[') => format!("[{text}").into(),
        Value::List(list) => Value::List(list.iter().map(escaped).collect()),
        Value::Map(members) => {
            let mut map = Map::new();
            for (name, value) in members.iter() {
                map.insert(name, escaped(value));
            }
            Value::Map(map)
        }
        other => other.clone(),
    }
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (name, value) in members {
        map.insert(name, value);
    }
    Value::Map(map)
}

/// Judges what Azure answered to one.
pub fn judge_validation(plan: &mut Plan, asked: &Validation, answer: Result<(), Refusal>) {
    let subject = scope::words(&asked.group);
    let refusal = match answer {
        Ok(()) => {
            for about in [About::Validation, About::Policy] {
                plan.preflight.push(Check::ok(about, &subject));
            }
            return;
        }
        Err(refusal) => refusal,
    };
    // To validate is a right of its own; a status of the server says nothing.
    if refusal.code == "AuthorizationFailed" || !matches!(refusal.status, 400..=499) {
        let check = Check::skipped(About::Validation, subject, scope::why(&refusal));
        plan.preflight.push(check);
        return;
    }
    let whole = [(refusal.code.clone(), refusal.message.clone())];
    let found: &[(String, String)] = if refusal.details.is_empty() {
        &whole
    } else {
        &refusal.details
    };
    for about in [About::Validation, About::Policy] {
        let own = found.iter().filter(|(code, _)| of_code(code) == about);
        let problems: Vec<Diagnostic> = own
            .map(|(code, message)| problem(plan, asked, code, message))
            .collect();
        if !problems.is_empty() {
            let check = Check::found(about, &subject, &problems);
            add_check(plan, check, problems);
        }
    }
}

fn of_code(code: &str) -> About {
    if code.eq_ignore_ascii_case("RequestDisallowedByPolicy") {
        About::Policy
    } else {
        About::Validation
    }
}

fn problem(plan: &Plan, asked: &Validation, code: &str, message: &str) -> Diagnostic {
    let concerned = concerned(plan, asked, message);
    let names = scope::names(&concerned);
    let problem = match of_code(code) {
        About::Policy => Diagnostic::error(
            Code::PolicyDenied,
            format!("a policy does not let the plan make {names}"),
        )
        .help(Help::text(
            "change what the policy objects to, or ask its owner for an exemption",
        )),
        _ => Diagnostic::error(
            Code::ValidationRefused,
            format!("Azure would not make {names}: {code}"),
        )
        .help(Help::text("mend what Azure names, and plan again")),
    };
    scope::about(plan, problem.note(message), &concerned)
}

/// The resources that a message names; all that was looked at, if it names none.
fn concerned<'p>(plan: &'p Plan, asked: &Validation, message: &str) -> Vec<&'p Address> {
    let message = message.to_ascii_lowercase();
    let names = |id: &ResourceId| {
        let quoted = format!("'{}'", id.name().to_ascii_lowercase());
        message.contains(&id.key()) || message.contains(&quoted)
    };
    let steps = || asked.steps.iter().map(|index| &plan.steps[*index]);
    let named: Vec<&Address> = steps()
        .filter(|step| names(&step.id))
        .map(|step| &step.address)
        .collect();
    if named.is_empty() {
        scope::in_order(plan, steps().map(|step| &step.address))
    } else {
        scope::in_order(plan, named)
    }
}
