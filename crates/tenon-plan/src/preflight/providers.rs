//! Whether the resource providers are registered that a plan needs, and whether
//! its subscriptions take writes.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan};
use tenon_model::probe::Answer;
use tenon_model::{Address, Code, Diagnostic, Help, SubscriptionId, Value};

use super::{Question, add_check, scope};

/// Providers that every subscription has.
const ALWAYS: &[&str] = &["microsoft.resources", "microsoft.authorization"];

type Wanted = BTreeMap<(SubscriptionId, String), BTreeSet<Address>>;

/// The namespaces in which something is made; where something stands already,
/// the provider is registered.
fn wanted(plan: &Plan) -> Wanted {
    let mut wanted = Wanted::new();
    for step in scope::writes(plan).filter(|step| step.does == Does::Create) {
        let kind = step.id.resource_type();
        let namespace = kind.split('/').next().unwrap_or_default();
        if ALWAYS.contains(&namespace.to_ascii_lowercase().as_str()) {
            continue;
        }
        let key = (step.id.subscription(), namespace.to_owned());
        wanted.entry(key).or_default().insert(step.address.clone());
    }
    wanted
}

fn subscriptions(plan: &Plan) -> BTreeMap<SubscriptionId, BTreeSet<Address>> {
    let mut found: BTreeMap<_, BTreeSet<Address>> = BTreeMap::new();
    for step in scope::writes(plan) {
        let addresses = found.entry(step.id.subscription()).or_default();
        addresses.insert(step.address.clone());
    }
    found
}

pub(super) fn questions(plan: &Plan) -> Vec<Question> {
    let states = subscriptions(plan).into_keys().map(Question::Subscription);
    let providers = wanted(plan).into_keys();
    let providers = providers.map(|(subscription, name)| Question::Provider(subscription, name));
    states.chain(providers).collect()
}

/// Judges what was answered.
pub(super) fn judge(plan: &mut Plan, answers: &BTreeMap<Question, Answer>) {
    for (subscription, addresses) in subscriptions(plan) {
        let subject = scope::words(&scope::subscription(&subscription));
        let question = Question::Subscription(subscription.clone());
        let judged = text(answers, &question, "state")
            .map(|state| state_problem(plan, &subscription, state, &addresses));
        conclude(plan, About::Subscription, subject, judged);
    }
    for ((subscription, namespace), addresses) in wanted(plan) {
        let question = Question::Provider(subscription.clone(), namespace.clone());
        let judged = text(answers, &question, "registrationState")
            .map(|state| provider_problem(plan, &subscription, &namespace, state, &addresses));
        conclude(plan, About::Providers, namespace, judged);
    }
}

fn conclude(
    plan: &mut Plan,
    about: About,
    subject: String,
    judged: Result<Option<Diagnostic>, String>,
) {
    match judged {
        Ok(problem) => {
            let check = Check::found(about, subject, &problem);
            add_check(plan, check, problem.into_iter().collect());
        }
        Err(reason) => plan.preflight.push(Check::skipped(about, subject, reason)),
    }
}

/// A member of what was answered, or why there is none.
fn text<'a>(
    answers: &'a BTreeMap<Question, Answer>,
    question: &Question,
    member: &str,
) -> Result<&'a str, String> {
    let nothing = || "Azure does not tell".to_owned();
    let answer = answers.get(question).ok_or_else(nothing)?;
    let items = answer.as_ref().map_err(scope::why)?;
    let first = items.first().and_then(|item| item.member(member));
    first.and_then(Value::as_text).ok_or_else(nothing)
}

/// Source: Azure REST API reference, "Subscriptions - Get", `SubscriptionState`.
fn state_problem(
    plan: &Plan,
    subscription: &SubscriptionId,
    state: &str,
    addresses: &BTreeSet<Address>,
) -> Option<Diagnostic> {
    let is = |words: &[&str]| words.iter().any(|word| state.eq_ignore_ascii_case(word));
    let short = subscription.short();
    let problem = if is(&["Enabled"]) {
        return None;
    } else if is(&["Warned", "PastDue"]) {
        Diagnostic::warning(
            Code::SubscriptionNotEnabled,
            format!("subscription {short} is `{state}`: Azure may soon take no writes there"),
        )
    } else {
        Diagnostic::error(
            Code::SubscriptionNotEnabled,
            format!("subscription {short} is `{state}`: Azure takes no writes there"),
        )
    };
    let addresses = scope::in_order(plan, addresses);
    let help = Help::command(
        "whoever pays for it enables it in the portal, under Subscriptions; then",
        format!("az account subscription enable --subscription-id {subscription}"),
    );
    Some(scope::about(plan, problem, &addresses).help(help))
}

fn provider_problem(
    plan: &Plan,
    subscription: &SubscriptionId,
    namespace: &str,
    state: &str,
    addresses: &BTreeSet<Address>,
) -> Option<Diagnostic> {
    if state.eq_ignore_ascii_case("Registered") {
        return None;
    }
    let addresses = scope::in_order(plan, addresses);
    let said = format!(
        "subscription {} is not registered for {namespace}, which {} need{}",
        subscription.short(),
        scope::names(&addresses),
        if addresses.len() == 1 { "s" } else { "" }
    );
    let problem = Diagnostic::error(Code::ProviderNotRegistered, said)
        .note(format!("its registration is `{state}`"))
        .help(Help::command(
            "register it once, and wait until it is",
            format!(
                "az provider register --namespace {namespace} --subscription {subscription} --wait"
            ),
        ));
    Some(scope::about(plan, problem, &addresses))
}
