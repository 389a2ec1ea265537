//! Asks who can use an image: the roles at its version and above, and how its
//! gallery is shared. What may not be read is said, and no error.

use std::collections::BTreeMap;

use tenon_kinds::images::{grants, role_of, shared};
use tenon_kinds::versions::{AUTHORIZATION, GALLERIES};
use tenon_model::image::{ImageDefinition, OpenImage, ResolvedImage, Sharing};
use tenon_model::listing::{Refused, Shared, Unread, Who, With};
use tenon_model::transport::{Read, Refusal, Transport};
use tenon_model::{ResourceId, TenantId, Value};

/// Asks who can use a version of an image.
pub(crate) async fn who(image: &ResolvedImage, transport: &dyn Transport) -> Who {
    let definition = match &image.id.definition {
        ImageDefinition::Gallery(definition) => definition,
        ImageDefinition::Open(open) => return of_open(open),
    };
    let asking = Asking {
        transport,
        tenant: &image.tenant,
        version: definition.child("versions", &image.version.to_string()),
    };
    let mut who = Who::default();
    let (roles, gallery) = tokio::join!(asking.assignments(), asking.gallery(definition));
    match gallery {
        Ok(gallery) => who.shared = Some(shared(&gallery)),
        Err(refused) => who.unread.push(Unread::Sharing(refused)),
    }
    let found = match roles {
        Ok(assignments) => asking
            .definitions(&assignments)
            .await
            .map(|roles| (assignments, roles)),
        Err(refused) => Err(refused),
    };
    match found {
        Ok((assignments, roles)) => {
            let own = transport.sign_in(&image.tenant).await;
            let own = own.ok().and_then(|identity| identity.object);
            who.roles = grants(&assignments, &roles, own.as_deref());
        }
        Err(refused) => who.unread.insert(0, Unread::Roles(refused)),
    }
    who
}

/// A consumer is told that an open gallery is open, and no more.
fn of_open(open: &OpenImage) -> Who {
    let (with, public_names, unread) = match open.sharing {
        Sharing::Direct => (With::Some, Vec::new(), vec![Unread::Others]),
        Sharing::Community => (With::Everybody, vec![open.gallery.to_string()], Vec::new()),
    };
    Who {
        roles: Vec::new(),
        shared: Some(Shared {
            with,
            public_names,
            ..Shared::default()
        }),
        unread,
    }
}

/// Who is asked about what.
struct Asking<'a> {
    transport: &'a dyn Transport,
    tenant: &'a TenantId,
    version: ResourceId,
}

impl Asking<'_> {
    fn read(&self, path: String, api_version: &str, query: &[(&str, &str)]) -> Read {
        let query = query.iter();
        let query = query.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Read {
            tenant: self.tenant.clone(),
            path,
            api_version: api_version.to_owned(),
            query: query.collect(),
        }
    }

    /// The role assignments at the version and above.
    async fn assignments(&self) -> Result<Vec<Value>, Refused> {
        let path = format!(
            "{}/providers/Microsoft.Authorization/roleAssignments",
            self.version
        );
        let read = self.read(path, AUTHORIZATION, &[("$filter", "atScope()")]);
        let mut all = Vec::new();
        let mut page = |items: Vec<Value>| all.extend(items);
        let listed = self.transport.list(&read, &mut page).await;
        listed.map_err(|refusal| {
            let action = "Microsoft.Authorization/roleAssignments/read";
            refused(refusal, action, &self.version)
        })?;
        Ok(all)
    }

    /// The roles that were given, by the last part of their ids, read where
    /// they count: who may see assignments there need not see the subscription.
    async fn definitions(&self, assignments: &[Value]) -> Result<BTreeMap<String, Value>, Refused> {
        let mut roles = BTreeMap::new();
        for role in assignments.iter().filter_map(role_of) {
            if roles.contains_key(role) {
                continue;
            }
            let path = format!(
                "{}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                self.version
            );
            let read = self.read(path, AUTHORIZATION, &[]);
            let found = self.transport.get(&read).await.map_err(|refusal| {
                let action = "Microsoft.Authorization/roleDefinitions/read";
                refused(refusal, action, &self.version)
            })?;
            roles.insert(role.to_owned(), found.body);
        }
        Ok(roles)
    }

    async fn gallery(&self, definition: &ResourceId) -> Result<Value, Refused> {
        let gallery = definition.parent().unwrap_or_else(|| definition.clone());
        let expand = [("$expand", "SharingProfile/Groups")];
        let read = self.read(gallery.to_string(), GALLERIES, &expand);
        let found = self.transport.get(&read).await;
        found
            .map(|answer| answer.body)
            .map_err(|refusal| refused(refusal, "Microsoft.Compute/galleries/read", &gallery))
    }
}

fn refused(refusal: Refusal, action: &'static str, scope: &ResourceId) -> Refused {
    Refused {
        code: refusal.code,
        action,
        scope: scope.to_string(),
    }
}
