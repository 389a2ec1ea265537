//! Which tenant a subscription or an image belongs to, and signing in to all of
//! them.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Declaration;
use tenon_model::kind::Settled;
use tenon_model::transport::Transport;
use tenon_model::{Address, SubscriptionId, TenantId};

use crate::telemetry;

use super::problems::no_tenant;
use super::{Preparing, Trouble};

/// The tenants of images.
#[derive(Debug, Default)]
pub(super) struct ImageTenants {
    /// Where each image is read, by its address.
    pub(super) read_in: BTreeMap<Address, TenantId>,
    /// Those whose tokens come along when a machine or a version is made.
    pub(super) publishers: BTreeSet<TenantId>,
    /// Where the sources of versions are read, by their subscription.
    pub(super) of_sources: BTreeMap<SubscriptionId, TenantId>,
}

impl Preparing<'_> {
    /// The tenant of a subscription: what Azure says, or `otherwise` where it
    /// does not tell.
    pub(super) async fn tenant_of(
        &self,
        subscription: &SubscriptionId,
        otherwise: Option<&TenantId>,
    ) -> Result<TenantId, Trouble> {
        let found = self.client.tenant_of(subscription).await;
        match found {
            Ok(Some(tenant)) => Ok(tenant),
            Ok(None) => match otherwise {
                Some(tenant) => Ok(tenant.clone()),
                None => Err(self.trouble(vec![no_tenant(subscription, &self.loaded.spec.place)])),
            },
            Err(refusal) => Err(self.refused(&refusal, None)),
        }
    }

    /// The tenant of every image: written, or that of its subscription. What is
    /// open to the consumer is read in the consumer's own.
    pub(super) async fn image_tenants(
        &self,
        declaration: &Declaration,
        settled: &Settled,
    ) -> Result<ImageTenants, Trouble> {
        let mut tenants = ImageTenants::default();
        for image in &declaration.images {
            let subscription = image.subscription.as_ref();
            let Some(definition) = image.definition.resource() else {
                let own = subscription.and_then(|one| settled.tenants.get(one));
                let own = own.unwrap_or(&settled.tenant).clone();
                tenants.read_in.insert(image.address.clone(), own);
                continue;
            };
            let made = image.made.as_ref().map(|made| &made.tenant);
            let tenant = match image.tenant.as_ref().or(made) {
                Some(tenant) => tenant.clone(),
                None if definition.subscription() == settled.subscription => settled.tenant.clone(),
                None => {
                    self.tenant_of(&definition.subscription(), Some(&settled.tenant))
                        .await?
                }
            };
            tenants.publishers.insert(tenant.clone());
            // A copy is made from it.
            let source = definition.subscription();
            tenants.of_sources.insert(source, tenant.clone());
            tenants.read_in.insert(image.address.clone(), tenant);
        }
        for source in &declaration.sources {
            let subscription = source.subscription();
            if tenants.of_sources.contains_key(&subscription) {
                continue;
            }
            let tenant = match settled.tenants.get(&subscription) {
                Some(tenant) => tenant.clone(),
                None if subscription == settled.subscription => settled.tenant.clone(),
                None => self.tenant_of(&subscription, Some(&settled.tenant)).await?,
            };
            tenants.publishers.insert(tenant.clone());
            tenants.of_sources.insert(subscription, tenant);
        }
        Ok(tenants)
    }

    /// Signs in everywhere at once, and reports every refusal.
    pub(super) async fn sign_in(
        &mut self,
        settled: &Settled,
        image_tenants: &ImageTenants,
        declaration: &Declaration,
    ) -> Result<(), Trouble> {
        let directories = declaration.resources.iter();
        let directories: BTreeSet<TenantId> = directories
            .filter_map(|desired| desired.id.directory())
            .collect();
        let _phase = telemetry::phase("sign in");
        let tenants: BTreeSet<TenantId> = std::iter::once(&settled.tenant)
            .chain(settled.tenants.values())
            .chain(image_tenants.read_in.values())
            .chain(image_tenants.of_sources.values())
            .chain(&directories)
            .cloned()
            .collect();
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        let results = futures_util::future::join_all(
            tenants.iter().map(|tenant| self.client.sign_in(tenant)),
        )
        .await;
        let mut refusals = Vec::new();
        for (tenant, result) in tenants.iter().zip(results) {
            match result {
                Ok(_) => self.scene.signed_in.push(tenant.clone()),
                Err(refusal) => refusals.push(refusal),
            }
        }
        if refusals.is_empty() {
            return Ok(());
        }
        Err(self.trouble(self.scene.explain_once(&refusals)))
    }
}
