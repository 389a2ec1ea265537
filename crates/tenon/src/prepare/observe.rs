//! Looks at what is live, where the planner says that it needs to know.

use std::collections::BTreeSet;

use tenon_client::Client;
use tenon_engine::{ObserveError, observe};
use tenon_model::desired::Desired;
use tenon_model::kind::Settled;
use tenon_model::plan::{Deployment, Mode, Scope};
use tenon_model::snapshot::{Look, Snapshot};
use tenon_plan::ResourceGraph;
use tokio::task::JoinSet;

use crate::telemetry;

use super::tenants::ImageTenants;
use super::{Preparing, Trouble, deployment};

/// What is being read while something else is worked out.
pub(super) struct Reading {
    seen: BTreeSet<String>,
    /// Ends when this is dropped.
    task: JoinSet<Result<Snapshot, ObserveError>>,
}

impl Reading {
    fn begin(client: &Client, looks: Vec<Look>) -> Self {
        let seen = looks.iter().map(Look::key).collect();
        let client = client.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _phase = (!looks.is_empty()).then(|| telemetry::phase("read"));
            let mut snapshot = Snapshot::default();
            observe(&looks, &client, &mut snapshot).await?;
            Ok(snapshot)
        });
        Self { seen, task }
    }
}

impl Preparing<'_> {
    /// Begins to read what resources and markers name, as far as that is known
    /// before images are.
    pub(super) fn begin_to_observe(
        &self,
        resources: &[Desired],
        settled: &Settled,
        image_tenants: &ImageTenants,
    ) -> Reading {
        let mut scopes = deployment::scopes(settled, resources.iter(), image_tenants);
        scopes.extend(self.directories(settled, resources.iter()));
        Reading::begin(self.client, self.first_looks(resources.iter(), &scopes))
    }

    /// The rest of what the graph and the markers name.
    pub(super) async fn observe(
        &self,
        graph: &ResourceGraph,
        deployment: &Deployment,
        reading: Option<Reading>,
    ) -> Result<Snapshot, Trouble> {
        let mut looks = self.first_looks(graph.resources(), &deployment.places());
        let mut snapshot = Snapshot::default();
        if let Some(Reading { seen, mut task }) = reading {
            looks.retain(|look| !seen.contains(&look.key()));
            if let Some(Ok(read)) = task.join_next().await {
                snapshot = read.map_err(|error| self.unread(&error))?;
            }
        }
        self.look(&looks, &mut snapshot).await?;
        Ok(snapshot)
    }

    fn first_looks<'d>(
        &self,
        resources: impl Iterator<Item = &'d Desired> + Clone,
        scopes: &[Scope],
    ) -> Vec<Look> {
        tenon_plan::first_looks(
            resources,
            scopes,
            &self.loaded.spec.name,
            &tenon_kinds::groups::RULES,
            tenon_kinds::rules_of,
        )
    }

    fn unread(&self, error: &ObserveError) -> Trouble {
        self.refused(&error.refusal, Some(&self.loaded.spec.place))
    }

    /// What only that tells to look at.
    pub(super) async fn observe_further(
        &self,
        graph: &ResourceGraph,
        deployment: &Deployment,
        mode: Mode,
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        let looks = tenon_plan::second_looks(
            graph,
            snapshot,
            &deployment.places(),
            mode,
            tenon_kinds::rules_of,
            tenon_kinds::any_rules(),
        );
        self.look(&looks, snapshot).await
    }

    pub(super) async fn look(
        &self,
        looks: &[Look],
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        let _phase = (!looks.is_empty()).then(|| telemetry::phase("read"));
        observe(looks, self.client, snapshot)
            .await
            .map_err(|error| self.unread(&error))
    }
}
