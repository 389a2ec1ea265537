//! Judges plans by the Rego policies of a team.
//!
//! The input of a policy is the plan document that `tenon show --json` prints,
//! and its rules are named and shaped as `conftest` has them, so that
//! `conftest test` comes to the same verdicts: `deny` and `violation` forbid,
//! `warn` warns, in the package `main`. An object with `msg` may name the
//! resource that it is about (`address`); the verdict then stands at its line
//! of the spec.
//!
//! Nothing passes in silence: a policy that cannot be read, that fails while it
//! is evaluated, or that takes too long is an error, and so are policies
//! without a single rule. This room opens no file; it evaluates on a thread of
//! its own, whose stack is large enough for what policies nest.

use std::time::Duration;

use regorus::Engine;
use tenon_model::diagnostic::has_errors;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{self, Plan};
use tenon_model::{Code, Diagnostic};

mod judge;
mod problem;
mod rules;
mod verdict;

#[cfg(test)]
mod tests;

use rules::Rule;

/// The package whose rules count where nobody names another one.
pub const NAMESPACE: &str = "main";

/// How long the policies may take over one plan. Ten thousand changes and two
/// rules take less than a second.
const LIMIT: Duration = Duration::from_secs(30);

/// A file of a folder of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, as messages show it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Policies that are ready to judge.
#[derive(Debug)]
pub struct Policies {
    engine: Engine,
    rules: Vec<Rule>,
    files: Vec<File>,
    limit: Duration,
}

impl Policies {
    /// Reads policies and the data that they look at, JSON or YAML by the
    /// ending of the name. Rules count in the packages `namespaces`;
    /// [`NAMESPACE`] if there are none.
    ///
    /// # Errors
    ///
    /// What cannot be read, and packages in which there is no rule.
    pub fn read(
        policies: &[File],
        data: &[File],
        namespaces: &[String],
    ) -> Result<Self, Vec<Diagnostic>> {
        judge::on_a_large_stack(|| read(policies, data, namespaces))
            .unwrap_or_else(|problem| Err(vec![*problem]))
    }

    /// The same, with another limit of time.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The files that verdicts point into.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Judges a plan: what policies said of it before is replaced by what they
    /// say now, and a plan that they forbid cannot be applied. The check is
    /// named by `subject`, the folder of the policies.
    pub fn judge(&self, plan: &mut Plan, subject: &str) {
        plan.diagnostics.retain(|one| !is_verdict(one));
        plan.preflight
            .retain(|check| check.about != About::Policies);
        let verdicts = match plan::document(plan) {
            Ok(document) => self.verdicts(document, plan),
            Err(error) => vec![Diagnostic::error(Code::Bug, error.to_string())],
        };
        plan.preflight
            .push(Check::found(About::Policies, subject, &verdicts));
        plan.applyable &= !has_errors(&verdicts);
        plan.diagnostics.extend(verdicts);
        plan.digest = plan.compute_digest();
    }
}

fn read(
    policies: &[File],
    data: &[File],
    namespaces: &[String],
) -> Result<Policies, Vec<Diagnostic>> {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    let mut problems = Vec::new();
    for file in policies {
        if let Err(error) = engine.add_policy(file.name.clone(), file.text.clone()) {
            problems.push(problem::unusable(&error.to_string(), policies));
        }
    }
    for file in data {
        problems.extend(
            judge::add_data(&mut engine, file)
                .err()
                .map(|problem| *problem),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let rules = rules::of(&mut engine, policies, namespaces)?;
    Ok(Policies {
        engine,
        rules,
        files: policies.to_vec(),
        limit: LIMIT,
    })
}

/// Whether policies said it.
fn is_verdict(diagnostic: &Diagnostic) -> bool {
    [Code::PolicyForbids, Code::PolicyWarns, Code::PolicyUnusable].contains(&diagnostic.code)
}
