//! Policies of a team: their files, and the plan that they judge.

use tenon_model::place::Sources;
use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic};

use crate::arguments::PolicyArguments;
use crate::prepare::Trouble;

#[cfg(feature = "policy")]
mod files;

/// The policies that were asked for; none if nobody asked.
#[cfg(feature = "policy")]
pub(crate) struct Judge(Option<(tenon_policy::Policies, String)>);

/// No policies: this program was built without them.
#[cfg(not(feature = "policy"))]
pub(crate) struct Judge;

/// Reads the policies that are asked for.
#[cfg(feature = "policy")]
pub(crate) fn read(asked: &PolicyArguments) -> Result<Judge, Trouble> {
    if asked.folders.is_empty() {
        return Ok(Judge(None));
    }
    let found = files::of(&asked.folders)?;
    let policies = tenon_policy::Policies::read(&found.policies, &found.data, &asked.namespaces);
    let policies = policies.map_err(|diagnostics| {
        let mut sources = Sources::default();
        for file in &found.policies {
            sources.insert(&file.name, &file.text);
        }
        Trouble {
            diagnostics,
            sources,
        }
    })?;
    let names: Vec<String> = asked
        .folders
        .iter()
        .map(|folder| crate::files::shown(folder))
        .collect();
    Ok(Judge(Some((policies, names.join(", ")))))
}

/// Refuses: this program was built without policies.
#[cfg(not(feature = "policy"))]
pub(crate) fn read(asked: &PolicyArguments) -> Result<Judge, Trouble> {
    if asked.folders.is_empty() {
        return Ok(Judge);
    }
    let problem = Diagnostic::error(Code::Usage, "this tenon was built without policies")
        .note("--policy needs the feature `policy`")
        .help(tenon_model::Help::command(
            "build it with them",
            "cargo install --path crates/tenon --features policy",
        ));
    Err(vec![problem].into())
}

impl Judge {
    /// Whether there are policies.
    #[cfg(feature = "policy")]
    pub(crate) fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    /// Whether there are policies: never.
    #[cfg(not(feature = "policy"))]
    #[expect(clippy::unused_self, reason = "the same call with the feature")]
    pub(crate) fn is_asked(&self) -> bool {
        false
    }

    /// Judges a plan; what the policies say is in its diagnostics then. The
    /// verdicts point into `sources`.
    #[cfg(feature = "policy")]
    pub(crate) fn judge(&self, plan: &mut Plan, sources: &mut Sources) {
        if let Judge(Some((policies, subject))) = self {
            for file in policies.files() {
                sources.insert(&file.name, &file.text);
            }
            policies.judge(plan, subject);
            crate::telemetry::planned(plan);
        }
    }

    /// Does nothing.
    #[cfg(not(feature = "policy"))]
    #[expect(clippy::unused_self, reason = "the same call with the feature")]
    pub(crate) fn judge(&self, _: &mut Plan, _: &mut Sources) {}
}

/// What policies say about a plan.
pub(crate) fn verdicts(plan: &Plan) -> Vec<Diagnostic> {
    let codes = [Code::PolicyForbids, Code::PolicyWarns, Code::PolicyUnusable];
    let all = plan.diagnostics.iter();
    all.filter(|one| codes.contains(&one.code))
        .cloned()
        .collect()
}
