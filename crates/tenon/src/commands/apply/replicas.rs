//! How far the replicas of image versions are while a run makes or changes them.
//!
//! The operation of a version ends with the last of its replicas and says
//! nothing on the way; the version itself does.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use tenon_engine::read_replicas;
use tenon_kinds::images::version_facts;
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::VersionFacts;
use tenon_model::plan::{Does, Plan};
use tenon_model::transport::Transport;
use tenon_model::{ResourceId, TenantId};
use tokio::time::sleep;

use crate::images::standing;
use crate::output::Output;

/// The pauses between two looks: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The versions that are looked at; more would be too many lines.
const MOST: usize = 20;

/// Who looks at the versions of a run.
pub(super) struct Replicas<'a> {
    transport: &'a dyn Transport,
    output: &'a Output,
    versions: Vec<(TenantId, ResourceId)>,
}

impl<'a> Replicas<'a> {
    /// Of what `plan` makes and changes.
    pub(super) fn of(plan: &Plan, transport: &'a dyn Transport, output: &'a Output) -> Self {
        let steps = plan.steps.iter().filter(|step| {
            let written = matches!(step.does, Does::Create | Does::Update);
            written && is_version(&step.id)
        });
        let versions = steps.filter_map(|step| {
            let scope = plan.scope(&step.id.subscription())?;
            Some((scope.tenant.clone(), step.id.clone()))
        });
        Self {
            transport,
            output,
            versions: versions.take(MOST).collect(),
        }
    }

    /// Waits for the work, and tells meanwhile how far replicas are. On a
    /// terminal the board of the run has the last lines for itself.
    pub(super) async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        if self.output.interactive || self.versions.is_empty() {
            return work.await;
        }
        let mut work = pin!(work);
        let mut pause = PAUSE.0;
        let mut told: BTreeMap<&ResourceId, String> = BTreeMap::new();
        loop {
            tokio::select! {
                done = &mut work => return done,
                lines = self.look(pause) => {
                    for (id, line) in lines {
                        if told.get(id) != Some(&line) {
                            self.output.say(&line);
                            told.insert(id, line);
                        }
                    }
                    pause = (pause * 2).min(PAUSE.1);
                }
            }
        }
    }

    /// How far they are after a pause; of those that are not on their way, or
    /// cannot be read right now, nothing.
    async fn look(&self, pause: Duration) -> Vec<(&ResourceId, String)> {
        sleep(pause).await;
        let each = self.versions.iter().map(async |(tenant, id)| {
            let body = read_replicas(self.transport, tenant, id, GALLERIES).await;
            let facts = version_facts(&body.ok()?)?;
            let under_way = matches!(facts.provisioning_state.as_str(), "Creating" | "Updating");
            under_way.then(|| (id, line(id, &facts)))
        });
        join_all(each).await.into_iter().flatten().collect()
    }
}

fn is_version(id: &ResourceId) -> bool {
    let kind = "Microsoft.Compute/galleries/images/versions";
    id.resource_type().eq_ignore_ascii_case(kind)
}

/// `replicating acme/web 1.4.3: northeurope 40 %`.
fn line(id: &ResourceId, facts: &VersionFacts) -> String {
    let name = |kind: &str| id.name_of(kind).unwrap_or_default();
    let (gallery, image) = (name("galleries"), name("images"));
    let standing = standing(facts, &facts.targets);
    format!(
        "replicating {gallery}/{image} {}: {standing}",
        facts.version
    )
}
