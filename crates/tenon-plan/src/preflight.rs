//! What was looked at before a plan may be carried out.
//!
//! Two sorts of checks: those that follow from the spec and what is live
//! anyway, and probes, which ask Azure something more. A probe is made only
//! when a step needs it, so a plan in which nothing happens asks nothing.

use std::collections::BTreeSet;

use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::{Diagnostic, TenantId, diagnostic};

/// What is looked at whenever something happens, without a request of its own.
const ALWAYS: &[About] = &[
    About::References,
    About::Ownership,
    About::Limits,
    About::InUse,
    About::Orphans,
];

/// Adds what a check found: the problems, and that the check was made. A plan
/// with an error cannot be applied.
pub fn add_check(plan: &mut Plan, check: Check, problems: Vec<Diagnostic>) {
    plan.preflight.push(check);
    if problems.is_empty() {
        return;
    }
    plan.diagnostics.extend(problems);
    plan.diagnostics.sort_by_key(|one| !one.is_error());
    plan.applyable = !diagnostic::has_errors(&plan.diagnostics);
    plan.digest = plan.compute_digest();
}

/// Concludes the list of checks: adds those that every plan makes, and puts all
/// of them in order. What a check found that is there already stays as it is.
pub fn conclude_preflight(plan: &mut Plan) {
    let made: BTreeSet<About> = plan.preflight.iter().map(|check| check.about).collect();
    let mut checks = Vec::new();
    for tenant in tenants(plan) {
        let names = &plan.deployment.tenant_names;
        let name = names.get(tenant).cloned();
        checks.push(Check::ok(
            About::SignIn,
            name.unwrap_or_else(|| tenant.short()),
        ));
    }
    for image in &plan.images {
        let subject = format!("{} {}", image.address.last(), image.version);
        checks.push(Check::ok(About::Image, &subject));
        let of_image = of(plan, About::ImageLife)
            .filter(|one| one.addresses.is_empty() || one.addresses.contains(&image.address));
        checks.push(Check::found(About::ImageLife, &subject, of_image));
    }
    if !plan.images.is_empty() {
        checks.push(Check::found(About::Size, "", of(plan, About::Size)));
    }
    let always = if plan.is_empty() { &[] } else { ALWAYS };
    for about in About::ALL {
        let known = made.contains(about) || checks.iter().any(|check| check.about == *about);
        let found = of(plan, *about).next().is_some();
        if !known && (found || always.contains(about)) {
            checks.push(Check::found(*about, "", of(plan, *about)));
        }
    }
    plan.preflight.append(&mut checks);
    plan.preflight
        .sort_by(|one, two| (one.about, &one.subject).cmp(&(two.about, &two.subject)));
}

/// What a check found.
fn of(plan: &Plan, about: About) -> impl Iterator<Item = &Diagnostic> {
    let all = plan.diagnostics.iter();
    all.filter(move |one| About::of(one.code) == about)
}

/// The tenants that were signed in to.
fn tenants(plan: &Plan) -> BTreeSet<&TenantId> {
    let scopes = plan.deployment.scopes.iter();
    scopes
        .flat_map(|scope| std::iter::once(&scope.tenant).chain(&scope.auxiliary))
        .collect()
}
