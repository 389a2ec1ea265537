//! Looks at what is live, where the planner says that it needs to know.

use tenon_engine::observe;
use tenon_model::plan::{Deployment, Mode};
use tenon_model::snapshot::{Look, Snapshot};
use tenon_plan::ResourceGraph;

use crate::telemetry;

use super::{Preparing, Trouble};

impl Preparing<'_> {
    /// What the graph and the markers name.
    pub(super) async fn observe(
        &self,
        graph: &ResourceGraph,
        deployment: &Deployment,
        snapshot: &mut Snapshot,
    ) -> Result<(), Trouble> {
        let group = &tenon_kinds::groups::RULES;
        let looks = tenon_plan::first_looks(
            graph,
            &deployment.places(),
            &deployment.name,
            group,
            tenon_kinds::rules_of,
        );
        self.look(&looks, snapshot).await
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
            .map_err(|error| self.refused(&error.refusal, Some(&self.loaded.spec.place)))
    }
}
