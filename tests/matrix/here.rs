//! A world that has all that the specs name, planned against and applied to.

use tenon_engine::{ApplyOptions, Interrupt, Vault};
use tenon_model::plan::{Mode, Plan};
use tenon_model::report::Report;
use tenon_model::snapshot::Snapshot;
use tenon_model::transport::{Read, Refusal, Transport as _, Verb, Write};
use tenon_model::{Later, Value};

use crate::specs::asked;
use crate::support::{self, KEY};
use crate::world::{Heard, WORLD, World};

const WEB: &str = "    images: [{name: web, versions: [{name: 1.4.2, regions: [{name: westeurope}]}, {name: 1.5.0, regions: [{name: westeurope}]}]}]\n";

/// Definitions by what their names say, as the gallery of the plans has them.
const IMAGES: &[(&str, &str)] = &[
    // More than the plans know of it, so that a machine can be told to.
    (
        "web",
        "features: {SecurityType: TrustedLaunchAndConfidentialVmSupported}, ",
    ),
    ("windows", "osType: Windows, "),
    ("special", "osState: Specialized, "),
    (
        "trusted",
        "features: {SecurityType: TrustedLaunchSupported}, ",
    ),
    (
        "planned",
        "purchasePlan: {name: basic, publisher: acme, product: appliance}, ",
    ),
];

const VERSIONS: &[&str] = &["1.4.1", "1.4.2", "1.5.0", "2.0.3", "2.1.0"];

/// What somebody else made, and specs may name.
const THEIRS: &str = "
resources:
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/theirs
    body:
      location: westeurope
      properties:
        addressSpace: {addressPrefixes: [10.0.0.0/16]}
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/theirs/subnets/theirs
    body: {properties: {addressPrefix: 10.0.0.0/24}}
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.Network/networkSecurityGroups/theirs
    body: {location: westeurope, properties: {securityRules: []}}
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.Network/publicIPAddresses/theirs
    body: {location: westeurope, sku: {name: Standard}, properties: {publicIPAllocationMethod: Static}}
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs
    body: {location: westeurope}
  - id: /subscriptions/machines/resourceGroups/a-name/providers/Microsoft.Compute/availabilitySets/theirs
    body: {location: westeurope, sku: {name: Aligned}}
  - id: /subscriptions/machines/resourceGroups/theirs/providers/Microsoft.Compute/proximityPlacementGroups/theirs
    body: {location: westeurope}
";

struct Open;

impl Vault for Open {
    fn reveal(&self, later: &Later) -> Result<Value, String> {
        match later {
            Later::SshPublicKey { .. } => Ok(Value::text(KEY)),
            Later::Secret { .. } => Ok(Value::text("Corr3ct-h0rse-battery")),
            other => Err(format!("{other:?}")),
        }
    }
}

/// A world.
pub(crate) struct Here(World);

impl Here {
    pub(crate) fn new() -> Self {
        let versions: Vec<String> = VERSIONS
            .iter()
            .map(|name| {
                format!("{{name: {name}, regions: [{{name: westeurope}}, {{name: northeurope}}]}}")
            })
            .collect();
        let images: String = IMAGES
            .iter()
            .map(|(name, facts)| {
                format!(
                    "      - {{name: {name}, {facts}versions: [{}]}}\n",
                    versions.join(", ")
                )
            })
            .collect();
        assert!(WORLD.contains(WEB), "the gallery is not where it was");
        // The same images are open: to the subscription, and to everybody.
        let galleries = format!(
            "    sharing: Groups
    sharedWith: {{subscriptions: [machines]}}
    images:
{images}  - subscription: gallery
    resourceGroup: images
    name: everybody
    location: westeurope
    sharing: Community
    publicName: acme-0001
    images:
{images}"
        );
        let world = WORLD.replace(WEB, &galleries);
        let theirs = "  - {subscription: machines, name: theirs, location: westeurope}
  - {subscription: machines, name: a-name, location: westeurope}
sizes:
  - {name: Standard_D2s_v5, confidential: SNP}
  - {name: Standard_E4s_v5, family: standardESv5Family, cpus: 4, memoryGb: 32, dataDisks: 8, confidential: SNP}
galleries:
";
        let world = world.replace("galleries:\n", theirs);
        Self(World::of(&format!("{world}{THEIRS}")))
    }

    pub(crate) fn simulator(&self) -> &tenon_sim::Simulator {
        &self.0.simulator
    }

    /// Plans a spec, looking at what the program looks at.
    pub(crate) async fn plan(&self, spec: &str) -> Result<Plan, String> {
        let asked = asked(spec)?;
        let mut snapshot = Snapshot::default();
        let scopes = &asked.deployment.places();
        let groups = &tenon_kinds::groups::RULES;
        let (of, any) = (tenon_kinds::rules_of, tenon_kinds::any_rules());
        let name = &asked.deployment.name;
        let looks = tenon_plan::first_looks(asked.graph.resources(), scopes, name, groups, of);
        self.observe(&looks, &mut snapshot).await?;
        let looks = tenon_plan::second_looks(&asked.graph, &snapshot, scopes, Mode::Live, of, any);
        self.observe(&looks, &mut snapshot).await?;
        let looks = asked.third_looks(&snapshot, Mode::Live);
        self.observe(&looks, &mut snapshot).await?;
        Ok(tenon_plan::plan(&asked.inputs(&snapshot, Mode::Live)))
    }

    async fn observe(
        &self,
        looks: &[tenon_model::snapshot::Look],
        snapshot: &mut Snapshot,
    ) -> Result<(), String> {
        tenon_engine::observe(looks, &self.0.client, snapshot)
            .await
            .map(drop)
            .map_err(|why| format!("{why:?}"))
    }

    pub(crate) async fn apply(&self, plan: &Plan) -> Report {
        let heard = Heard::default();
        let interrupt = Interrupt::default();
        let options = ApplyOptions {
            begins: support::NOW,
            prober: std::sync::Arc::new(support::AllWell),
            ..ApplyOptions::default()
        };
        tenon_engine::apply(plan, &self.0.client, &Open, &heard, &interrupt, &options).await;
        heard.report()
    }

    /// Reads a resource as Azure shows it.
    pub(crate) async fn read(&self, plan: &Plan, id: &str, version: &str) -> Option<Value> {
        self.look(plan, id, version, Vec::new()).await
    }

    async fn look(
        &self,
        plan: &Plan,
        id: &str,
        version: &str,
        query: Vec<(String, String)>,
    ) -> Option<Value> {
        let read = Read {
            tenant: plan.deployment.scopes[0].tenant.clone(),
            path: id.to_owned(),
            api_version: version.to_owned(),
            query,
        };
        Some(self.0.client.get(&read).await.ok()?.body)
    }

    /// Whether a machine runs.
    pub(crate) async fn runs(&self, plan: &Plan, id: &str) -> bool {
        let query = vec![("$expand".to_owned(), "instanceView".to_owned())];
        let view = self.look(plan, id, "2024-11-01", query).await;
        let statuses = view.as_ref().and_then(|view| {
            view.at(&["properties", "instanceView", "statuses"])?
                .as_list()
        });
        let code = |status: &Value| Some(status.member("code")?.as_text()? == "PowerState/running");
        statuses
            .into_iter()
            .flatten()
            .any(|one| code(one) == Some(true))
    }

    /// Sends a write of the test's own.
    pub(crate) async fn send(
        &self,
        plan: &Plan,
        verb: Verb,
        path: &str,
        version: &str,
        body: Option<Value>,
    ) -> Result<(), Refusal> {
        let scope = &plan.deployment.scopes[0];
        let body = body.map(|body| {
            let mut open = |later: &Later| Open.reveal(later);
            body.try_resolve(&mut open).expect("the vault has it")
        });
        let write = Write {
            tenant: scope.tenant.clone(),
            auxiliary: scope.auxiliary.clone(),
            verb,
            path: path.to_owned(),
            api_version: version.to_owned(),
            body,
            condition: tenon_model::transport::Condition::None,
        };
        self.0.client.write(&write, &|_| {}).await.map(drop)
    }
}
