//! Which tenant a subscription or an image belongs to, and signing in to all of
//! them.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Declaration;
use tenon_model::kind::Settled;
use tenon_model::transport::Transport;
use tenon_model::{Address, SubscriptionId, TenantId};

use super::problems::no_tenant;
use super::{Preparing, Trouble};

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

    /// The tenant of every image: written, or that of its subscription.
    pub(super) async fn image_tenants(
        &self,
        declaration: &Declaration,
        settled: &Settled,
    ) -> Result<BTreeMap<Address, TenantId>, Trouble> {
        let mut tenants = BTreeMap::new();
        for image in &declaration.images {
            let tenant = match &image.tenant {
                Some(tenant) => tenant.clone(),
                None if image.definition.subscription() == settled.subscription => {
                    settled.tenant.clone()
                }
                None => {
                    self.tenant_of(&image.definition.subscription(), Some(&settled.tenant))
                        .await?
                }
            };
            tenants.insert(image.address.clone(), tenant);
        }
        Ok(tenants)
    }

    /// Signs in everywhere at once, and reports every refusal.
    pub(super) async fn sign_in(
        &mut self,
        settled: &Settled,
        image_tenants: &BTreeMap<Address, TenantId>,
    ) -> Result<(), Trouble> {
        let tenants: BTreeSet<TenantId> = std::iter::once(&settled.tenant)
            .chain(settled.tenants.values())
            .chain(image_tenants.values())
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
