//! What lies in a resource group, read by lists.

use std::collections::{BTreeMap, BTreeSet};

use tenon_engine::observe;
use tenon_kinds::versions;
use tenon_model::found::Found;
use tenon_model::snapshot::{Form, Look, Snapshot};
use tenon_model::transport::{Read, Refusal, Transport as _};
use tenon_model::{Code, Diagnostic, Help, ResourceId, TenantId, Value};

use crate::cloud::Connection;
use crate::prepare::Trouble;
use crate::refusals::Scene;

/// What was found, and whose it is.
pub(super) struct Looked {
    pub(super) found: Found,
    /// The tenant of the subscription.
    pub(super) tenant: TenantId,
}

/// Reads everything that lies in a group.
pub(super) async fn look(
    group: &ResourceId,
    deployment: &str,
    connection: &Connection,
) -> Result<Looked, Trouble> {
    let client = &connection.client;
    let scene = Scene::of_environment(&connection.login);
    let refused = |refusal: &Refusal| Trouble::from(vec![scene.explain(refusal, None, None)]);
    let subscription = group.subscription();
    let tenant = client.tenant_of(&subscription).await;
    let tenant = tenant
        .map_err(|refusal| refused(&refusal))?
        .ok_or_else(|| vec![unknown_subscription(group)])?;
    let looking = Looking {
        connection,
        tenant: &tenant,
        group,
    };
    looking
        .look(deployment)
        .await
        .map_err(|refusal| refused(&refusal))
        .map(|found| Looked {
            found,
            tenant: tenant.clone(),
        })
}

fn unknown_subscription(group: &ResourceId) -> Diagnostic {
    Diagnostic::error(
        Code::SubscriptionNotFound,
        format!("nothing is known of subscription {}", group.subscription()),
    )
    .help(Help::command(
        "the subscriptions that you see",
        "az account list --output table",
    ))
}

struct Looking<'a> {
    connection: &'a Connection,
    tenant: &'a TenantId,
    group: &'a ResourceId,
}

impl Looking<'_> {
    async fn look(&self, deployment: &str) -> Result<Found, Refusal> {
        let group = self
            .read(self.group.to_string(), versions::RESOURCES)
            .await?;
        let location = group.member("location").map(Value::to_plain_text);
        let mut snapshot = Snapshot::default();
        let everything = Look {
            form: Form::Census,
            path: format!("{}/resources", self.group),
            ..self.of(tenon_kinds::any_rules())
        };
        self.observe(&[everything], &mut snapshot).await?;
        let ids: BTreeSet<ResourceId> = snapshot.census(self.group).iter().cloned().collect();
        let versions = self.versions(&ids).await?;
        self.observe(&self.looks(&ids, &versions), &mut snapshot)
            .await?;
        let mut found = Found {
            deployment: deployment.to_owned(),
            location: location.unwrap_or_default(),
            snapshot,
            versions,
            ..Found::default()
        };
        self.images(&mut found).await?;
        Ok(found)
    }

    async fn read(&self, path: String, api_version: &str) -> Result<Value, Refusal> {
        let read = Read {
            tenant: self.tenant.clone(),
            path,
            api_version: api_version.to_owned(),
            query: Vec::new(),
        };
        Ok(self.connection.client.get(&read).await?.body)
    }

    async fn observe(&self, looks: &[Look], snapshot: &mut Snapshot) -> Result<(), Refusal> {
        let seen = observe(looks, &self.connection.client, snapshot).await;
        seen.map_err(|error| *error.refusal)
    }

    fn of(&self, rules: &'static tenon_model::rules::Rules) -> Look {
        Look {
            form: Form::List,
            tenant: self.tenant.clone(),
            path: String::new(),
            api_version: versions::RESOURCES.to_owned(),
            query: Vec::new(),
            rules,
        }
    }

    /// A list for every type with a table, and the rest one by one: not every
    /// type has lists of a group.
    fn looks(&self, ids: &BTreeSet<ResourceId>, versions: &BTreeMap<String, String>) -> Vec<Look> {
        let mut looks = Vec::new();
        let mut listed = BTreeSet::new();
        for id in ids {
            let kind = id.resource_type();
            match tenon_kinds::rules_of(&kind) {
                Some(rules) if id.parent().is_none() => {
                    if listed.insert(rules.resource_type) {
                        looks.push(Look {
                            path: format!("{}/providers/{}", self.group, rules.resource_type),
                            api_version: rules.api_version.to_owned(),
                            ..self.of(rules)
                        });
                    }
                }
                _ => looks.extend(
                    versions
                        .get(&kind.to_ascii_lowercase())
                        .map(|version| Look {
                            form: Form::One,
                            path: id.to_string(),
                            api_version: version.clone(),
                            ..self.of(tenon_kinds::any_rules())
                        }),
                ),
            }
        }
        looks
    }

    /// The newest api-version that is no preview, by type.
    async fn versions(
        &self,
        ids: &BTreeSet<ResourceId>,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        let unknown = ids.iter().map(ResourceId::resource_type);
        let unknown = unknown.filter(|kind| tenon_kinds::rules_of(kind).is_none());
        let namespaces: BTreeSet<String> = unknown
            .filter_map(|kind| Some(kind.split_once('/')?.0.to_owned()))
            .collect();
        let mut versions = BTreeMap::new();
        for namespace in namespaces {
            let path = format!(
                "/subscriptions/{}/providers/{namespace}",
                self.group.subscription()
            );
            let body = match self.read(path, versions::RESOURCES).await {
                Ok(body) => body,
                Err(refusal) if refusal.is_absent() => continue,
                Err(refusal) => return Err(refusal),
            };
            let types = body.member("resourceTypes").and_then(Value::as_list);
            for one in types.unwrap_or(&[]) {
                if let Some((name, version)) = newest(one) {
                    let kind = format!("{namespace}/{name}").to_ascii_lowercase();
                    versions.insert(kind, version);
                }
            }
        }
        Ok(versions)
    }

    /// The definitions of images and the tenants that they lie in, as far as
    /// they can be read: without them more is written than would be necessary.
    async fn images(&self, found: &mut Found) -> Result<(), Refusal> {
        let client = &self.connection.client;
        for definition in tenon_kinds::images::built_from(&found.snapshot) {
            let subscription = definition.subscription();
            let tenant = if subscription == self.group.subscription() {
                self.tenant.clone()
            } else if let Some(tenant) = found.tenants.get(&subscription) {
                tenant.clone()
            } else {
                let Ok(Some(tenant)) = client.tenant_of(&subscription).await else {
                    continue;
                };
                tenant
            };
            let read = Read {
                tenant: tenant.clone(),
                path: definition.to_string(),
                api_version: versions::GALLERIES.to_owned(),
                query: Vec::new(),
            };
            found.tenants.insert(subscription, tenant);
            if let Ok(answer) = client.get(&read).await {
                let facts = tenon_kinds::images::definition_facts(&answer.body);
                found.definitions.insert(definition, facts);
            }
        }
        Ok(())
    }
}

fn newest(kind: &Value) -> Option<(String, String)> {
    let name = kind.member("resourceType")?.as_text()?.to_owned();
    let versions = kind.member("apiVersions")?.as_list()?;
    let texts: Vec<&str> = versions.iter().filter_map(Value::as_text).collect();
    let stable = texts
        .iter()
        .filter(|version| !version.contains("preview"))
        .max();
    Some((name, (*stable.or(texts.iter().max())?).to_owned()))
}
