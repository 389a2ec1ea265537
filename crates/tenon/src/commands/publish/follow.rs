//! How far replicas are while a version is being made.
//!
//! The operation of a version ends with the last of its replicas and says
//! nothing on the way; the version itself does.

use std::pin::pin;
use std::time::Duration;

use tenon_engine::read_replicas;
use tenon_kinds::images::version_facts;
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::{ImageVersion, VersionFacts};
use tenon_model::{ResourceId, TenantId};
use tokio::time::sleep;

use super::Publishing;
use crate::cloud::Connection;
use crate::images::standing;

/// The pauses between two looks: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Who looks at a version that is being made.
pub(super) struct Following<'a> {
    publishing: &'a Publishing<'a>,
    client: tenon_client::Client,
    tenant: TenantId,
    id: ResourceId,
}

impl<'a> Following<'a> {
    pub(super) fn new(
        publishing: &'a Publishing<'a>,
        tenant: &TenantId,
        version: ImageVersion,
        connection: &Connection,
    ) -> Self {
        Self {
            publishing,
            client: connection.client.clone(),
            tenant: tenant.clone(),
            id: publishing
                .definition
                .child("versions", &version.to_string()),
        }
    }

    /// Waits for the work, and tells meanwhile how far replicas are. On a
    /// terminal the board of the run has the last lines for itself.
    pub(super) async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        if self.publishing.output.interactive {
            return work.await;
        }
        let mut work = pin!(work);
        let mut pause = PAUSE.0;
        let mut told = String::new();
        loop {
            tokio::select! {
                done = &mut work => return done,
                line = self.look(pause) => {
                    if let Some(line) = line.filter(|line| *line != told) {
                        self.publishing.output.say(&line);
                        told = line;
                    }
                    pause = (pause * 2).min(PAUSE.1);
                }
            }
        }
    }

    /// How far it is after a pause; nothing before it is on its way, or when it
    /// cannot be read right now.
    async fn look(&self, pause: Duration) -> Option<String> {
        sleep(pause).await;
        let body = read_replicas(&self.client, &self.tenant, &self.id, GALLERIES).await;
        let facts = version_facts(&body.ok()?)?;
        let under_way = matches!(facts.provisioning_state.as_str(), "Creating" | "Updating");
        under_way.then(|| self.line(&facts))
    }

    fn line(&self, facts: &VersionFacts) -> String {
        let standing = standing(facts, &facts.targets);
        let (name, version) = (self.publishing.name(), facts.version);
        format!("replicating {name} {version}: {standing}")
    }
}
