//! Which rules count: those that `conftest` would ask.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Engine;
use regorus::unstable::{Rule as Written, RuleHead};
use tenon_model::{Code, Diagnostic, Help, Place};

use crate::{File, NAMESPACE, problem};

/// What follows from a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The plan cannot be applied.
    Forbids,
    /// People are told.
    Warns,
}

impl Weight {
    /// The weight of rules of this name; none if it is no rule that counts.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let weight = match name.split('_').next()? {
            "deny" | "violation" => Self::Forbids,
            "warn" => Self::Warns,
            _ => return None,
        };
        let is_word =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        name.split('_').all(is_word).then_some(weight)
    }
}

/// A rule of a package, which may be written in several places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// `main`.
    pub(crate) namespace: String,
    /// `deny_public_ip`.
    pub(crate) name: String,
    pub(crate) weight: Weight,
    /// Where it stands.
    pub(crate) places: Vec<Place>,
    /// Whether its package has exceptions from its rules.
    pub(crate) has_exceptions: bool,
}

/// The rule that takes others out.
pub(crate) const EXCEPTION: &str = "exception";

impl Rule {
    /// The name that [`EXCEPTION`] takes it out by: without `deny_`.
    pub(crate) fn short_name(&self) -> &str {
        self.name
            .split_once('_')
            .map_or(&self.name, |(_, rest)| rest)
    }
}

/// The rules that count.
pub(crate) fn of(
    engine: &mut Engine,
    files: &[File],
    namespaces: &[String],
) -> Result<Vec<Rule>, Vec<Diagnostic>> {
    let mut found: BTreeMap<(String, String), Vec<Place>> = BTreeMap::new();
    let mut packages = BTreeSet::new();
    let mut with_exceptions = BTreeSet::new();
    for module in engine.get_modules() {
        let package = module.package.refr.span().text().to_owned();
        for rule in &module.policy {
            let Some(name) = name(rule) else { continue };
            if name == EXCEPTION {
                with_exceptions.insert(package.clone());
            }
            if Weight::of(&name).is_some() {
                packages.insert(package.clone());
                let span = rule.span();
                let place = problem::place(span.source.file(), span.line, span.col, files);
                let places = found.entry((package.clone(), name)).or_default();
                places.push(place);
            }
        }
    }
    let usual = [NAMESPACE.to_owned()];
    let asked = if namespaces.is_empty() {
        &usual
    } else {
        namespaces
    };
    let without = asked.iter().filter(|asked| !packages.contains(*asked));
    let problems: Vec<Diagnostic> = without.map(|asked| no_rules(asked, &packages)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let rules = found
        .into_iter()
        .filter(|((namespace, _), _)| asked.contains(namespace))
        .filter_map(|((namespace, name), places)| {
            let weight = Weight::of(&name)?;
            Some(Rule {
                has_exceptions: with_exceptions.contains(&namespace),
                namespace,
                name,
                weight,
                places,
            })
        });
    Ok(rules.collect())
}

/// The name in the head of a rule; none of a function.
fn name(rule: &Written) -> Option<String> {
    let head = match rule {
        Written::Spec {
            head: RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. },
            ..
        }
        | Written::Default { refr, .. } => refr.span().text().to_owned(),
        Written::Spec { .. } => return None,
    };
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = head.find(|letter| !is_part(letter)).unwrap_or(head.len());
    Some(head[..end].to_owned())
}

fn no_rules(namespace: &str, packages: &BTreeSet<String>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::PolicyUnusable,
        format!("the policies have no rule in the package `{namespace}`"),
    )
    .note("rules that count are named `deny`, `violation` or `warn`, also with `_name` behind");
    if packages.is_empty() {
        return problem.help(Help::text(
            "write one: `deny contains result if { … }` in `package main`, in a file *.rego",
        ));
    }
    let named: Vec<&str> = packages.iter().map(String::as_str).collect();
    problem.help(Help::command(
        "name the package that has them",
        format!("--policy-namespace {}", named.join(" --policy-namespace ")),
    ))
}
