//! What a plan says of its deployment: scopes, tokens, the lease, and where it
//! was read from.

use tenon_model::TenantId;
use tenon_model::desired::Desired;
use tenon_model::kind::Settled;
use tenon_model::lease::LeaseAt;
use tenon_model::plan::{Deployment, Scope};
use tenon_plan::ResourceGraph;

use super::problems::{MOST_TENANTS, too_many_tenants};
use super::tenants::ImageTenants;
use super::{Preparing, Trouble};
use crate::files;

/// The subscriptions of resources, with the tokens that writes carry there.
pub(super) fn scopes<'d>(
    settled: &Settled,
    resources: impl Iterator<Item = &'d Desired>,
    image_tenants: &ImageTenants,
) -> Vec<Scope> {
    let mut subscriptions = vec![(settled.subscription.clone(), settled.tenant.clone())];
    for desired in resources {
        if desired.id.directory().is_some() {
            continue;
        }
        let pair = (desired.id.subscription(), desired.tenant.clone());
        if !subscriptions.iter().any(|(known, _)| *known == pair.0) {
            subscriptions.push(pair);
        }
    }
    let publishers = &image_tenants.publishers;
    let scopes = subscriptions.into_iter();
    let scopes = scopes.map(|(subscription, tenant)| Scope {
        auxiliary: publishers
            .iter()
            .filter(|publisher| **publisher != tenant)
            .cloned()
            .collect(),
        subscription,
        tenant,
    });
    scopes.collect()
}

impl Preparing<'_> {
    /// The subscriptions of the plan, with the tokens that writes carry there.
    pub(super) fn deployment(
        &self,
        settled: &Settled,
        graph: &ResourceGraph,
        image_tenants: &ImageTenants,
    ) -> Result<Deployment, Trouble> {
        let scopes = scopes(settled, graph.written(), image_tenants);
        let directories = self.directories(settled, graph.written());
        let too_many = |scope: &&Scope| scope.auxiliary.len() > MOST_TENANTS;
        if let Some(scope) = scopes.iter().find(too_many) {
            let theirs = graph
                .images()
                .filter(|image| image.definition.resource().is_some())
                .filter_map(|image| Some((image, image_tenants.read_in.get(&image.address)?)));
            let problem = too_many_tenants(scope, theirs, &self.loaded.spec.place);
            return Err(self.trouble(vec![problem]));
        }
        let cloud = &self.loaded.spec.defaults.cloud;
        Ok(Deployment {
            cloud: cloud.as_ref().map(|cloud| cloud.value.clone()),
            lock: self.lock(&settled.tenant)?,
            credentials: crate::credentials::written(&self.loaded.spec),
            name: self.loaded.spec.name.clone(),
            scopes,
            directories,
            tenant_names: self.scene.tenant_names(),
            resource_group: settled.group.value.name.clone(),
            location: tenon_model::rules::region(&settled.location),
            files: self
                .loaded
                .paths
                .iter()
                .map(|path| files::shown(path))
                .collect(),
        })
    }

    /// The tenants in whose directories something is written, or looked for.
    pub(super) fn directories<'d>(
        &self,
        settled: &Settled,
        resources: impl Iterator<Item = &'d Desired>,
    ) -> Vec<Scope> {
        let written = resources.filter_map(|desired| desired.id.directory());
        let mut all = tenon_kinds::directories(&self.loaded.spec, &settled.tenant);
        all.extend(written);
        all.iter().map(Scope::directory).collect()
    }

    /// The lease that a run of the plan takes. Nobody is asked for it here.
    pub(super) fn lock(&self, tenant: &TenantId) -> Result<Option<LeaseAt>, Trouble> {
        let spec = &self.loaded.spec;
        let Some(written) = &spec.defaults.lock else {
            return Ok(None);
        };
        if let Err(error) = self.client.cloud().blob(&written.value.blob) {
            let problem = crate::lease::bad_address(&spec.name, &error);
            return Err(self.trouble(vec![problem.at(&written.place, "")]));
        }
        let own = written.value.tenant.clone();
        Ok(Some(LeaseAt {
            blob: written.value.blob.clone(),
            tenant: own.unwrap_or_else(|| tenant.clone()),
        }))
    }
}
