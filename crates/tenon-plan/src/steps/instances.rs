//! The steps that bring the model of a scale set to its instances.
//!
//! Where Azure does it there is one step that follows; where the run does it
//! there is one for each batch, each after the one before.

use tenon_model::plan::{Does, Expected, Precondition, Reach, Request, Step};
use tenon_model::rules::Same;
use tenon_model::transport::Verb;
use tenon_model::{Map, Path, Value};

use super::{Building, Own, request};
use crate::behind;
use crate::decide::{Decision, Writes};

/// What a batch usually takes, in seconds: an instance gets its disk anew, boots
/// and says that it is well.
const BATCH: u32 = 240;

impl Building<'_, '_> {
    /// The write of the model, where there is one, and its way to the instances.
    pub(super) fn reach(&mut self, decision: &Decision<'_>, reach: &Reach) -> Own {
        let begin = self.drafts.len();
        if decision.writes == Writes::Itself {
            self.follow(begin, request::step(decision, Does::Update));
        }
        match reach {
            Reach::Policy {
                percent, instances, ..
            } => {
                let at_once = usize::try_from(*percent).unwrap_or(1) * instances / 100;
                let batches = instances.div_ceil(at_once.max(1));
                let step = self.following(decision, batches);
                self.follow(begin, step);
            }
            // Azure is on its way to them; who is left then is told.
            Reach::AtOnce { .. } => self.tell(decision, begin, usize::MAX, Does::Upgrade),
            Reach::Batches { most, .. } => self.tell(decision, begin, *most, Does::Upgrade),
            Reach::Reimage { most, .. } => self.tell(decision, begin, *most, Does::Reimage),
        }
        Own {
            first: Some(begin),
            last: Some(self.drafts.len() - 1),
            ..Own::default()
        }
    }

    /// Azure begins a rolling upgrade when a model is written, even if nothing
    /// in it changes (Microsoft Learn, "Configure rolling upgrades on Virtual
    /// Machine Scale Sets", restarting one).
    fn following(&self, decision: &Decision<'_>, batches: usize) -> Step {
        let policy = Map::from([("mode", Value::text("Rolling"))]);
        let properties = Map::from([("upgradePolicy", Value::Map(policy))]);
        let body = Value::Map(Map::from([("properties", Value::Map(properties))]));
        let latest = self.inputs.snapshot.upgrade(&decision.id);
        let known = |property: &str, path: &str, value: Option<&str>| Expected {
            property: property.to_owned(),
            path: Path::parse(path).expect("a path of ours"),
            twin: None,
            same: Same::Exact,
            value: value.map(Value::text),
            after: value.map(Value::text),
            fixed: false,
        };
        let started = latest.map(|latest| latest.started.as_str());
        let code = latest.map(|latest| latest.code.as_str());
        Step {
            request: Request {
                verb: Verb::Patch,
                path: decision.id.to_string(),
                api_version: decision.api_version.clone(),
                body: Some(body),
                remove: Vec::new(),
            },
            precondition: Precondition::Present {
                values: vec![
                    known(
                        "rolling_upgrade.started",
                        "properties.runningStatus.startTime",
                        started,
                    ),
                    known(
                        "rolling_upgrade.state",
                        "properties.runningStatus.code",
                        code,
                    ),
                ],
            },
            usually_seconds: BATCH.saturating_mul(u32::try_from(batches).unwrap_or(u32::MAX)),
            ..bare(decision, Does::Follow)
        }
    }

    /// One step for each batch, behind those of the chain that begins at `begin`.
    fn tell(&mut self, decision: &Decision<'_>, begin: usize, most: usize, does: Does) {
        for step in self.batches(decision, most, does) {
            self.follow(begin, step);
        }
    }

    fn batches(&self, decision: &Decision<'_>, most: usize, does: Does) -> Vec<Step> {
        let action = match does {
            Does::Reimage => "reimage",
            _ => "manualupgrade",
        };
        let behind = behind::in_order(self.inputs, decision);
        let batches = behind.chunks(most.max(1));
        batches
            .map(|batch| {
                let ids: Vec<Value> = batch.iter().map(|one| Value::text(&one.id)).collect();
                let body = Value::Map(Map::from([("instanceIds", Value::List(ids))]));
                Step {
                    request: Request {
                        verb: Verb::Post,
                        path: format!("{}/{action}", decision.id),
                        api_version: decision.api_version.clone(),
                        body: Some(body),
                        remove: Vec::new(),
                    },
                    usually_seconds: BATCH,
                    ..bare(decision, does)
                }
            })
            .collect()
    }
}

/// A step about a scale set that expects nothing of it.
fn bare(decision: &Decision<'_>, does: Does) -> Step {
    Step {
        address: decision.address.clone(),
        id: decision.id.clone(),
        does,
        request: Request {
            verb: Verb::Post,
            path: decision.id.to_string(),
            api_version: decision.api_version.clone(),
            body: None,
            remove: Vec::new(),
        },
        after: Vec::new(),
        precondition: Precondition::Checked,
        usually_seconds: BATCH,
    }
}
