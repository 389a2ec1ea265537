//! What happens to resources without anybody asking Resource Manager.
//!
//! A rule strikes once: at a moment, or a while after an operation on a
//! resource has succeeded. It goes past rights, rules and operations, as the
//! portal, a colleague or the platform would.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arm::operations;
use crate::clock::later;
use crate::faults::rule::glob;
use crate::json;
use crate::state::State;
use crate::store::journal::Table;
use crate::world::Span;

/// One thing that shall change behind everybody's back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct DriftRule {
    /// A name; a new rule takes the place of an old one of the same name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The resource's full id; the part after `/subscriptions/` may be a subscription's name.
    pub id: String,
    /// How long after the beginning it strikes: after the epoch, after the
    /// request on the admin side, or after what `following` waits for.
    pub after: Span,
    /// Waits until an operation on a resource with such an id has succeeded;
    /// case ignored, `*` for anything.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub following: String,
    /// What happens.
    pub change: DriftChange,
}

/// What drift does to a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, tag = "do", rename_all = "camelCase")]
pub enum DriftChange {
    /// Lays something over the body.
    Patch {
        /// What; null removes a member.
        body: Value,
    },
    /// Takes the resource away, with its children and what goes along.
    Delete,
}

impl Default for DriftChange {
    fn default() -> Self {
        Self::Patch { body: json!({}) }
    }
}

/// A rule and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Drift {
    pub(crate) rule: DriftRule,
    /// When it strikes; unknown while it follows something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) struck: Option<Struck>,
}

/// How a rule struck.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Struck {
    pub(crate) time: Timestamp,
    /// False when there was no such resource any more.
    pub(crate) hit: bool,
}

impl State {
    /// Adds a rule that counts from now.
    pub(crate) fn add_drift(&mut self, mut rule: DriftRule) -> Drift {
        if rule.name.is_empty() {
            rule.name = format!("drift-{}", self.drift.len() + 1);
        }
        let due = rule.following.is_empty();
        let drift = Drift {
            due: due.then(|| later(self.now(), rule.after.0)),
            struck: None,
            rule,
        };
        self.keep_drift(drift.clone());
        drift
    }

    fn keep_drift(&mut self, drift: Drift) {
        let name = drift.rule.name.clone();
        self.store
            .journal
            .note(Table::Drift, &name, || json!(drift));
        self.drift.insert(name, drift);
    }

    /// Forgets a rule, or all of them.
    pub(crate) fn remove_drift(&mut self, name: Option<&str>) {
        let gone: Vec<String> = self
            .drift
            .keys()
            .filter(|own| name.is_none_or(|name| name == own.as_str()))
            .cloned()
            .collect();
        for name in gone {
            self.drift.remove(&name);
            self.store.journal.note(Table::Drift, &name, || Value::Null);
        }
    }

    /// The next rule to strike, with its moment.
    pub(crate) fn next_drift(&self) -> Option<(Timestamp, String)> {
        self.drift
            .values()
            .filter(|drift| drift.struck.is_none())
            .filter_map(|drift| Some((drift.due?, drift.rule.name.clone())))
            .min()
    }

    /// Lets a rule strike now.
    pub(crate) fn strike(&mut self, name: &str) {
        let Some(mut drift) = self.drift.get(name).cloned() else {
            return;
        };
        let (key, now) = (drift.rule.id.to_ascii_lowercase(), self.now());
        let hit = self.store.get(&key).is_some();
        match &drift.rule.change {
            DriftChange::Delete => operations::remove(self, &key),
            DriftChange::Patch { body } => self.store.update(&key, |resource| {
                json::merge(&mut resource.body, body);
                resource.changed = now;
            }),
        }
        drift.struck = Some(Struck { time: now, hit });
        self.keep_drift(drift);
    }

    /// Tells the rules that wait for it that an operation has succeeded.
    pub(crate) fn followed(&mut self, target: &str) {
        let now = self.now();
        let waiting: Vec<Drift> = self
            .drift
            .values()
            .filter(|drift| drift.due.is_none() && glob(&drift.rule.following, target))
            .cloned()
            .collect();
        for mut drift in waiting {
            drift.due = Some(later(now, drift.rule.after.0));
            self.keep_drift(drift);
        }
    }
}
