//! What was looked at, one line each.

use tenon_model::checkup::{Finding, Tenant};
use tenon_model::plan::preflight::{About, Check, Status};
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Code, Diagnostic, Help, TenantId};

use crate::refusals::Scene;

/// Seconds between the clocks that nobody minds.
const NOTHING: u64 = 60;

/// Checks that are about what stands around a deployment, and not about what
/// its spec says.
const AROUND: [About; 10] = [
    About::Subscription,
    About::Rights,
    About::Providers,
    About::Locks,
    About::Policy,
    About::Image,
    About::ImageLife,
    About::Quota,
    About::Subnets,
    About::Addresses,
];

/// Whether a problem is one of those.
pub(super) fn is_around(problem: &Diagnostic) -> bool {
    AROUND.contains(&About::of(problem.code))
}

/// How far the clocks are apart. A signed assertion may be off by five minutes.
pub(super) fn clock(ahead: i64) -> Finding {
    let off = ahead.unsigned_abs();
    let way = if ahead < 0 { "behind" } else { "ahead of" };
    let detail = format!("{off} s {way} Azure's");
    if off <= NOTHING {
        return Finding::ok("clock").detail(detail);
    }
    let problem = Diagnostic::warning(Code::AssertionOutOfTime, "the clocks differ")
        .help(Help::command("set it", "sudo timedatectl set-ntp true"));
    Finding::wrong("clock", &problem).detail(detail)
}

/// Whether the sign-in host answers at all.
pub(super) fn sign_in_host(refusals: &[Refusal], scene: &Scene) -> Option<Finding> {
    let what = "sign-in host";
    // Nothing was sent.
    if refusals.iter().any(|one| one.stage == Stage::Credential) {
        return None;
    }
    let silent = refusals.iter().find(|one| one.stage == Stage::Network);
    Some(match silent {
        Some(refusal) => Finding::wrong(what, &scene.explain(refusal, None, None)),
        None => Finding::ok(what),
    })
}

/// Whether somebody signs in, and with that, whether consent was given.
pub(super) fn sign_in(tenant: &Tenant, problem: Option<&Diagnostic>) -> Vec<Finding> {
    let name = shown(tenant);
    let sign_in = format!("sign-in to {name}");
    match (&tenant.token, problem) {
        (Some(token), _) if token.application.is_empty() => vec![Finding::ok(sign_in)],
        (Some(_), _) => vec![
            Finding::ok(sign_in),
            Finding::ok(format!("consent in {name}")),
        ],
        (None, Some(problem)) if is_consent(problem.code) => {
            vec![Finding::wrong(format!("consent in {name}"), problem)]
        }
        (None, Some(problem)) => vec![Finding::wrong(sign_in, problem)],
        (None, None) => Vec::new(),
    }
}

fn is_consent(code: Code) -> bool {
    matches!(code, Code::ConsentMissing | Code::ApplicationUnknown)
}

/// Whether a token of each further tenant can go along with writes in the
/// first. Azure takes it of the same application only.
pub(super) fn auxiliary(own: Option<&TenantId>, tenants: &[Tenant]) -> Vec<Finding> {
    let of = |tenant: &Tenant| tenant.token.as_ref().map(|token| token.application.clone());
    let first = tenants.iter().find(|tenant| Some(&tenant.id) == own);
    let application = first.and_then(of);
    let others = tenants.iter().filter(|tenant| Some(&tenant.id) != own);
    others
        .filter_map(|tenant| {
            let other = of(tenant)?;
            let what = format!("auxiliary token of {}", shown(tenant));
            if own.is_none() || application.as_ref() == Some(&other) {
                return Some(Finding::ok(what));
            }
            let problem = Diagnostic::warning(Code::AuxiliaryTokenMissing, "another application")
                .help(Help::text(
                    "sign in to both tenants with the same application: `tenon explain TN3022`",
                ));
            Some(Finding::wrong(what, &problem).detail("of another application"))
        })
        .collect()
}

fn shown(tenant: &Tenant) -> String {
    if tenant.name == tenant.id.as_str() {
        tenant.id.short()
    } else {
        tenant.name.clone()
    }
}

/// What came of the checks of a plan.
pub(super) fn checks(checks: &[Check], problems: &[Diagnostic]) -> Vec<Finding> {
    let around = checks.iter().filter(|check| AROUND.contains(&check.about));
    around.map(|check| finding(check, problems)).collect()
}

fn finding(check: &Check, problems: &[Diagnostic]) -> Finding {
    let what = format!("{} {}", check.about.words(), check.subject);
    let what = what.trim_end().to_owned();
    let known = problems.iter().find(|problem| {
        Some(problem.code) == check.code
            && problem
                .addresses
                .iter()
                .all(|one| check.addresses.contains(one))
    });
    match known {
        Some(problem) => Finding::wrong(what, problem),
        None => Finding {
            status: check.status,
            code: check.code,
            detail: check.reason.clone(),
            ..Finding::ok(what)
        },
    }
}

/// What was not looked at, because nobody could sign in or the spec is wrong.
pub(super) fn left_out(reason: &str) -> Finding {
    Finding {
        status: Status::Skipped,
        ..Finding::ok("rights, registration, quota and images")
    }
    .detail(reason)
}

#[cfg(test)]
mod tests {
    use super::clock;
    use tenon_model::plan::preflight::Status;

    #[test]
    fn clocks_that_differ_by_minutes_are_told() {
        let told = |ahead| {
            let one = clock(ahead);
            (one.status, one.detail.unwrap_or_default())
        };
        assert_eq!(told(2), (Status::Ok, "2 s ahead of Azure's".to_owned()));
        assert_eq!(
            told(-200),
            (Status::Warning, "200 s behind Azure's".to_owned())
        );
        assert!(clock(-200).fix.is_some());
    }
}
