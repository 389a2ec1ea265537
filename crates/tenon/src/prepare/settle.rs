//! Settles what the spec leaves open: tenants, subscriptions, the region, and
//! the GUIDs of roles.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::kind::Settled;
use tenon_model::spec::Made;
use tenon_model::transport::{Read, Transport};
use tenon_model::{ResourceId, SubscriptionId, TenantId, Value};

use super::{Preparing, Trouble};

impl Preparing<'_> {
    /// Tenant, subscription, group and region, asking Azure for what the spec
    /// leaves open.
    pub(super) async fn settled(&self) -> Result<Settled, Trouble> {
        let mut problems = Vec::new();
        let written = self.loaded.tenant();
        let draft = self.loaded.settle(TenantId::new(""), &mut problems);
        let Some(mut settled) = draft else {
            return Err(self.trouble(problems));
        };
        settled.tenant = match &self.loaded.spec.defaults.tenant {
            Some(tenant) => tenant.value.clone(),
            None => {
                self.tenant_of(&settled.subscription, written.as_ref())
                    .await?
            }
        };
        for subscription in self.further_subscriptions(&settled) {
            let tenant = self.tenant_of(&subscription, Some(&settled.tenant)).await?;
            settled.tenants.insert(subscription, tenant);
        }
        if settled.location.is_empty() {
            settled.location = self.region_of_group(&settled).await?;
        }
        settled.login = Some(self.client.cloud().login.to_string());
        settled.roles = Some(self.roles(&settled).await?);
        Ok(settled)
    }

    /// The GUIDs of roles whose names only Azure knows; those that it does not
    /// know either are missing.
    async fn roles(
        &self,
        settled: &Settled,
    ) -> Result<BTreeMap<(SubscriptionId, String), String>, Trouble> {
        let mut found = BTreeMap::new();
        for (subscription, name) in tenon_kinds::roles_to_ask(&self.loaded.spec, settled) {
            let tenant = settled.tenants.get(&subscription);
            let read = Read {
                tenant: tenant.unwrap_or(&settled.tenant).clone(),
                path: format!(
                    "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
                ),
                api_version: tenon_kinds::versions::AUTHORIZATION.to_owned(),
                query: vec![(
                    "$filter".to_owned(),
                    format!("roleName eq '{}'", name.replace('\'', "''")),
                )],
            };
            let mut guid = None;
            let mut page = |items: Vec<Value>| {
                let name = |item: &Value| Some(item.member("name")?.as_text()?.to_owned());
                guid = guid.take().or_else(|| items.iter().find_map(name));
            };
            self.client
                .list(&read, &mut page)
                .await
                .map_err(|refusal| self.refused(&refusal, Some(&self.loaded.spec.place)))?;
            if let Some(guid) = guid {
                found.insert((subscription, name), guid);
            }
        }
        Ok(found)
    }

    fn further_subscriptions(&self, settled: &Settled) -> BTreeSet<SubscriptionId> {
        self.loaded
            .spec
            .all_entries()
            .flat_map(|(_, entry)| {
                let scope = entry.item.text("scope").map(ResourceId::parse);
                let of_scope = scope.and_then(Result::ok);
                let of_scope = of_scope.filter(|id| id.directory().is_none());
                let of_scope = of_scope.map(|id| id.subscription());
                let written = entry.item.text("subscription").map(SubscriptionId::new);
                [written, of_scope].into_iter().flatten()
            })
            .filter(|one| *one != settled.subscription)
            .collect()
    }

    async fn region_of_group(&self, settled: &Settled) -> Result<String, Trouble> {
        let group = &settled.group;
        if group.value.made == Made::Here {
            let problem = self.loaded.missing("location", "AZURE_LOCATION");
            return Err(self.trouble(vec![
                problem.note("a group that this spec makes has no region yet"),
            ]));
        }
        let id = ResourceId::group(&settled.subscription, &group.value.name);
        let read = Read {
            tenant: settled.tenant.clone(),
            path: id.to_string(),
            api_version: tenon_kinds::versions::RESOURCES.to_owned(),
            query: Vec::new(),
        };
        match self.client.get(&read).await {
            Ok(answer) => Ok(answer
                .body
                .member("location")
                .map(Value::to_plain_text)
                .unwrap_or_default()),
            Err(refusal) => {
                let written = self.loaded.spec.defaults.subscription.as_ref();
                let place = match written {
                    Some(written) if refusal.code == "SubscriptionNotFound" => &written.place,
                    _ => &group.place,
                };
                Err(self.refused(&refusal, Some(place)))
            }
        }
    }
}
