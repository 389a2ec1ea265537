//! Where an image is read: in the publisher's gallery with the publisher's
//! token, or in what the consumer is shown of a gallery that is open to it.

use futures_util::future::try_join_all;
use tenon_engine::{
    Outlook, read_definition, read_open_definition, read_open_versions, read_replicas,
    read_versions,
};
use tenon_kinds::images::{definition_facts, merge_open, open_version_facts, version_facts};
use tenon_kinds::versions::GALLERIES;
use tenon_model::image::{
    DefinitionFacts, ImageDefinition, ImageRequest, ImageVersion, OpenImage, VersionFacts,
};
use tenon_model::marker::DEPLOYMENT_TAG;
use tenon_model::rules::region;
use tenon_model::transport::Refusal;
use tenon_model::{SubscriptionId, TenantId, Value};

use super::Resolving;

/// Where one image is read.
pub(super) struct Gallery<'a> {
    request: &'a ImageRequest,
    resolving: &'a Resolving<'a>,
    tenant: &'a TenantId,
    subscription: &'a SubscriptionId,
}

impl<'a> Gallery<'a> {
    pub(super) fn of(request: &'a ImageRequest, resolving: &'a Resolving<'a>) -> Self {
        let own = &resolving.settled.subscription;
        Self {
            request,
            resolving,
            tenant: &resolving.tenants[&request.address],
            subscription: request.subscription.as_ref().unwrap_or(own),
        }
    }

    pub(super) fn tenant(&self) -> &TenantId {
        self.tenant
    }

    /// The regions in which a version has to be. An image that no machine uses
    /// needs none; what is open to a consumer is shown by region, so one is
    /// looked at in that of the deployment.
    pub(super) fn regions(&self) -> Vec<String> {
        let wanted = self.request.regions.clone();
        match &self.request.definition {
            ImageDefinition::Open(_) if wanted.is_empty() => {
                vec![region(&self.resolving.settled.location)]
            }
            _ => wanted,
        }
    }

    pub(super) async fn definition(&self) -> Result<DefinitionFacts, Refusal> {
        let transport = self.resolving.transport;
        let body = match &self.request.definition {
            ImageDefinition::Gallery(id) => {
                read_definition(transport, self.tenant, id, GALLERIES).await?
            }
            ImageDefinition::Open(open) => {
                let regions = self.regions();
                let first = regions.first().map_or("", String::as_str);
                read_open_definition(transport, &self.outlook(first), open, GALLERIES).await?
            }
        };
        Ok(definition_facts(&body))
    }

    /// All versions. A publisher's list does not tell the state of replicas;
    /// a consumer's list has only what can be used.
    pub(super) async fn versions(&self) -> Result<Vec<VersionFacts>, Refusal> {
        match &self.request.definition {
            ImageDefinition::Gallery(id) => {
                let transport = self.resolving.transport;
                let bodies = read_versions(transport, self.tenant, id, GALLERIES).await?;
                Ok(bodies.iter().filter_map(version_facts).collect())
            }
            ImageDefinition::Open(open) => {
                let regions = self.regions();
                let each = regions.iter().map(|region| self.listed(open, region));
                let mut all = Vec::new();
                for listed in try_join_all(each).await? {
                    merge_open(&mut all, listed);
                }
                Ok(all)
            }
        }
    }

    /// The versions of a gallery of this spec that are not the spec's: those
    /// that carry its marker and that it no longer has are about to go.
    pub(super) async fn others(&self) -> Result<Vec<VersionFacts>, Refusal> {
        let ImageDefinition::Gallery(id) = &self.request.definition else {
            return Ok(Vec::new());
        };
        let transport = self.resolving.transport;
        let bodies = read_versions(transport, self.tenant, id, GALLERIES).await?;
        let theirs = bodies.iter().filter(|body| !self.is_ours(body));
        Ok(theirs.filter_map(version_facts).collect())
    }

    fn is_ours(&self, body: &Value) -> bool {
        let tag = body.at(&["tags", DEPLOYMENT_TAG]);
        tag.and_then(Value::as_text) == Some(self.resolving.deployment)
    }

    async fn listed(&self, open: &OpenImage, region: &str) -> Result<Vec<VersionFacts>, Refusal> {
        let outlook = self.outlook(region);
        let bodies =
            read_open_versions(self.resolving.transport, &outlook, open, GALLERIES).await?;
        let facts = |body| open_version_facts(body, region);
        Ok(bodies.iter().filter_map(facts).collect())
    }

    /// One version with the state of its replicas; as the list showed it, where
    /// nothing more is to be known.
    pub(super) async fn replicas(
        &self,
        version: ImageVersion,
        listed: &[VersionFacts],
    ) -> Result<VersionFacts, Refusal> {
        let known = listed.iter().find(|facts| facts.version == version);
        let known = known.cloned().expect("only versions of the list are asked");
        let ImageDefinition::Gallery(definition) = &self.request.definition else {
            return Ok(known);
        };
        let id = definition.child("versions", &version.to_string());
        let transport = self.resolving.transport;
        let body = read_replicas(transport, self.tenant, &id, GALLERIES).await?;
        Ok(version_facts(&body).unwrap_or(known))
    }

    fn outlook<'o>(&'o self, region: &'o str) -> Outlook<'o> {
        Outlook {
            tenant: self.tenant,
            subscription: self.subscription,
            region,
        }
    }
}
