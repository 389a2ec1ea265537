//! Who exists: tenants, applications and their service principals.
//!
//! Built from the world's frame and rebuilt when that changes. Names have
//! become ids here; a name that refers to nothing is a fault of the world.

use jiff::Timestamp;

use super::certificate::Certificate;
use super::identities::Identity;
use super::issuers::{self, Issuer};
use crate::json::same;
use crate::state::derived_id;
use crate::world::{self, Cloud, WorldError, WorldFile};

/// A tenant with its id.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) domains: Vec<String>,
    pub(crate) cloud: Cloud,
    pub(crate) consent: world::Consent,
}

/// An application with its id and home.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) object_id: String,
    pub(crate) name: String,
    pub(crate) unique_name: String,
    pub(crate) home: String,
    pub(crate) multi_tenant: bool,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) owners: Vec<String>,
    pub(crate) secrets: Vec<(String, Option<Timestamp>)>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated: Vec<world::FederatedCredential>,
}

/// An application in a tenant.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub(crate) tenant: String,
    pub(crate) application: String,
    pub(crate) object_id: String,
    pub(crate) disabled: bool,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) graph_roles: Vec<String>,
}

/// A subscription with its ids.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) tenant: String,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) applications: Vec<Application>,
    pub(crate) principals: Vec<Principal>,
    /// The managed identities that the world names; their principals are among the others.
    pub(crate) identities: Vec<Identity>,
    pub(crate) issuers: Vec<Issuer>,
    /// In the order of the world's own list.
    pub(crate) subscriptions: Vec<Subscription>,
}

impl Directory {
    pub(crate) fn of(world: &WorldFile) -> Result<Self, WorldError> {
        let mut directory = Self::default();
        for tenant in &world.tenants {
            directory.tenants.push(Tenant {
                id: given_or(&tenant.id, world, &format!("tenant/{}", tenant.name)),
                name: tenant.name.clone(),
                domains: tenant.domains.clone(),
                cloud: tenant.cloud,
                consent: tenant.consent,
            });
        }
        for application in &world.applications {
            directory.add_application(world, application)?;
        }
        for identity in &world.managed_identities {
            directory.add_identity(world, identity)?;
        }
        directory.issuers = issuers::of(world)?;
        for subscription in &world.subscriptions {
            let place = format!("subscription `{}`", subscription.name);
            let tenant = directory
                .named_tenant(&subscription.tenant, &place)?
                .id
                .clone();
            let id = given_or(
                &subscription.id,
                world,
                &format!("sub/{}", subscription.name),
            );
            directory.subscriptions.push(Subscription { id, tenant });
        }
        Ok(directory)
    }

    fn add_application(
        &mut self,
        world: &WorldFile,
        application: &world::Application,
    ) -> Result<(), WorldError> {
        let place = format!("application `{}`", application.name);
        let home = self.named_tenant(&application.tenant, &place)?.id.clone();
        let id = given_or(
            &application.id,
            world,
            &format!("application/{}", application.name),
        );
        let at_home = [world::ServicePrincipal {
            tenant: home.clone(),
            ..Default::default()
        }];
        for entry in application
            .service_principals
            .as_deref()
            .unwrap_or(&at_home)
        {
            let tenant = self.named_tenant(&entry.tenant, &place)?.id.clone();
            let seed = format!("principal/{id}/{tenant}");
            self.principals.push(Principal {
                object_id: given_or(&entry.object_id, world, &seed),
                tenant,
                application: id.clone(),
                disabled: entry.disabled,
                deleted: entry.deleted,
                graph_roles: entry.graph_roles.clone(),
            });
        }
        let certificates = application.certificates.iter();
        let certificates = certificates
            .map(|one| Certificate::from_pem(&one.pem).ok_or_else(|| no_certificate(&place)))
            .collect::<Result<_, _>>()?;
        let object_id = given_or(&application.object_id, world, &format!("registration/{id}"));
        self.applications.push(Application {
            id,
            object_id,
            name: application.name.clone(),
            unique_name: application.unique_name.clone(),
            home,
            multi_tenant: application.multi_tenant,
            deleted: application.deleted,
            owners: application.owners.clone(),
            secrets: application
                .secrets
                .iter()
                .map(|secret| (secret.value.clone(), secret.expires))
                .collect(),
            certificates,
            federated: application.federated_credentials.clone(),
        });
        Ok(())
    }

    fn add_identity(
        &mut self,
        world: &WorldFile,
        identity: &world::ManagedIdentity,
    ) -> Result<(), WorldError> {
        let place = format!("managed identity `{}`", identity.name);
        let tenant = self.named_tenant(&identity.tenant, &place)?.id.clone();
        let id = |given: &str, what: &str| {
            given_or(given, world, &format!("identity/{}/{what}", identity.name))
        };
        let identity = Identity {
            name: identity.name.clone(),
            tenant,
            client_id: id(&identity.client_id, "client"),
            object_id: id(&identity.object_id, "principal"),
            resource_id: identity.resource_id.clone(),
        };
        self.principals.push(identity.principal());
        self.identities.push(identity);
        Ok(())
    }

    fn named_tenant(&self, name: &str, place: &str) -> Result<&Tenant, WorldError> {
        self.tenants
            .iter()
            .find(|tenant| tenant.name == name || same(&tenant.id, name))
            .ok_or_else(|| WorldError::Unknown {
                place: place.to_owned(),
                kind: "tenant",
                name: name.to_owned(),
            })
    }

    /// A tenant by id or by one of its domains.
    pub(crate) fn tenant(&self, id_or_domain: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| {
            same(&tenant.id, id_or_domain)
                || tenant
                    .domains
                    .iter()
                    .any(|domain| same(domain, id_or_domain))
        })
    }

    pub(crate) fn application(&self, id: &str) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| same(&application.id, id) && application.deleted.is_none())
    }

    pub(crate) fn principal(&self, application: &str, tenant: &str) -> Option<&Principal> {
        self.principals.iter().find(|principal| {
            same(&principal.application, application)
                && same(&principal.tenant, tenant)
                && principal.deleted.is_none()
        })
    }

    pub(crate) fn issuer(&self, name: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.name == name)
    }

    pub(crate) fn principal_by_object(&self, object_id: &str) -> Option<&Principal> {
        self.principals
            .iter()
            .find(|principal| same(&principal.object_id, object_id) && principal.deleted.is_none())
    }

    /// The tenant a subscription belongs to.
    pub(crate) fn tenant_of(&self, subscription: &str) -> Option<&str> {
        let found = self
            .subscriptions
            .iter()
            .find(|entry| same(&entry.id, subscription));
        found.map(|entry| entry.tenant.as_str())
    }

    /// A subscription's place in the world's list, by id or by name.
    pub(crate) fn place_of(&self, world: &WorldFile, name_or_id: &str) -> Option<usize> {
        self.subscriptions
            .iter()
            .zip(&world.subscriptions)
            .position(|(entry, named)| same(&entry.id, name_or_id) || named.name == name_or_id)
    }
}

fn no_certificate(place: &str) -> WorldError {
    WorldError::Invalid {
        place: place.to_owned(),
        message: "`certificates` has an entry without an X.509 certificate in PEM".to_owned(),
    }
}

fn given_or(given: &str, world: &WorldFile, what: &str) -> String {
    if given.is_empty() {
        derived_id(world.seed(), what)
    } else {
        given.to_ascii_lowercase()
    }
}
