//! Whom a gallery is shared with, as a resource of its own.
//!
//! Azure shows it as a part of the gallery that has to be asked for, and
//! changes it by the action `share`. Everybody else here reads, writes and
//! deletes `…/galleries/acme/share/current`, with the members `subscriptions`,
//! `tenants` and `community`; what that takes is found out at the moment of the
//! request. A gallery that is shared with nobody has no such resource.
//! Source: Galleries 2024-03-03, `GallerySharingProfile_Update`, and `$expand`
//! of `Galleries_Get`.

use std::collections::BTreeSet;

use tenon_model::transport::{Answer, Condition, Progress, Read, Refusal, Stage, Verb, Write};
use tenon_model::{Map, ResourceId, TenantId, Value};

use crate::arm::{Arm, Report};
use crate::client::Client;
use crate::operation;

/// What a gallery can be shared with: our member, and the type of its group.
const GROUPS: [(&str, &str); 2] = [
    ("subscriptions", "Subscriptions"),
    ("tenants", "AADTenants"),
];

/// The gallery whose sharing `path` stands for.
pub(crate) fn gallery_of(path: &str) -> Option<ResourceId> {
    let id = ResourceId::parse(path).ok()?;
    let kind = "Microsoft.Compute/galleries/share";
    id.resource_type()
        .eq_ignore_ascii_case(kind)
        .then(|| id.parent())?
}

/// The gallery whose sharing the list at `path` would have.
pub(crate) fn gallery_of_list(path: &str) -> Option<ResourceId> {
    let (above, last) = path.rsplit_once('/')?;
    let gallery = ResourceId::parse(above).ok()?;
    let kind = "Microsoft.Compute/galleries";
    let is_gallery = gallery.resource_type().eq_ignore_ascii_case(kind);
    (is_gallery && last.eq_ignore_ascii_case("share")).then_some(gallery)
}

/// Reads with whom `gallery` is shared.
pub(crate) async fn read(
    client: &Client,
    gallery: &ResourceId,
    tenant: &TenantId,
    api_version: &str,
) -> Result<Answer, Refusal> {
    let read = Read {
        tenant: tenant.clone(),
        path: gallery.to_string(),
        api_version: api_version.to_owned(),
        query: vec![("$expand".to_owned(), "SharingProfile/Groups".to_owned())],
    };
    let answer = client.read(&read).await?;
    let shared = Shared::of(&answer.body);
    if shared.is_nobody() {
        return Err(nobody(&read, &answer));
    }
    Ok(Answer {
        body: shared.body(gallery),
        ..answer
    })
}

/// Reads the same as a list, of one or none.
pub(crate) async fn list(
    client: &Client,
    gallery: ResourceId,
    asked: &Read,
    page: &mut (dyn FnMut(Vec<Value>) + Send),
) -> Result<usize, Refusal> {
    match read(client, &gallery, &asked.tenant, &asked.api_version).await {
        Ok(answer) => page(vec![answer.body]),
        Err(refusal) if refusal.is_absent() => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(1)
}

fn nobody(read: &Read, answer: &Answer) -> Refusal {
    Refusal {
        stage: Stage::Azure,
        status: 404,
        code: "ResourceNotFound".to_owned(),
        message: "the gallery is shared with nobody".to_owned(),
        target: None,
        details: Vec::new(),
        request: format!("GET {}", read.path),
        tenant: Some(read.tenant.clone()),
        auxiliary: Vec::new(),
        application: None,
        credential_source: None,
        request_id: answer.request_id.clone(),
        correlation_id: None,
        time: None,
    }
}

/// Shares `gallery` as `write` says, or with nobody.
pub(crate) async fn write(
    client: &Client,
    arm: &Arm,
    gallery: &ResourceId,
    write: &Write,
    report: Report<'_>,
) -> Result<Answer, Refusal> {
    // An interrupted run looks again at what is there; it cannot go on with one
    // of several actions.
    let waits = |progress: Progress| {
        if matches!(progress, Progress::Waiting { .. }) {
            report(progress);
        }
    };
    let reset = update("Reset", None);
    if write.verb == Verb::Delete {
        return act(arm, gallery, write, reset, &waits).await;
    }
    let now = match read(client, gallery, &write.tenant, &write.api_version).await {
        Ok(answer) => Shared::read(&answer.body),
        Err(refusal) if refusal.is_absent() => Shared::default(),
        Err(refusal) => return Err(refusal),
    };
    let body = write.body.clone().unwrap_or_default();
    let wanted = Shared::read(&body);
    for action in now.towards(&wanted) {
        act(arm, gallery, write, action, &waits).await?;
    }
    Ok(Answer {
        status: 200,
        body: wanted.body(gallery),
        request_id: None,
    })
}

async fn act(
    arm: &Arm,
    gallery: &ResourceId,
    write: &Write,
    body: Value,
    report: Report<'_>,
) -> Result<Answer, Refusal> {
    let action = Write {
        verb: Verb::Post,
        path: format!("{gallery}/share"),
        body: Some(body),
        condition: Condition::None,
        ..write.clone()
    };
    operation::run(arm, &action, report).await
}

/// With whom a gallery is shared. Ids in small letters.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shared {
    groups: [BTreeSet<String>; 2],
    community: bool,
}

impl Shared {
    /// From the body of a gallery.
    fn of(gallery: &Value) -> Self {
        let profile = |name: &str| gallery.at(&["properties", "sharingProfile", name]);
        let groups = profile("groups")
            .and_then(Value::as_list)
            .unwrap_or_default();
        let enabled = profile("communityGalleryInfo")
            .and_then(|info| info.member("communityGalleryEnabled"))
            .and_then(Value::as_bool);
        Self {
            groups: GROUPS.map(|(_, kind)| {
                let of_kind = groups.iter().filter(|group| {
                    let own = group.member("type").and_then(Value::as_text);
                    own.is_some_and(|own| own.eq_ignore_ascii_case(kind))
                });
                of_kind.flat_map(|group| ids(group.member("ids"))).collect()
            }),
            community: enabled == Some(true),
        }
    }

    /// From the body of our own form.
    fn read(body: &Value) -> Self {
        let own = |name: &str| body.at(&["properties", name]);
        Self {
            groups: GROUPS.map(|(name, _)| ids(own(name))),
            community: own("community").and_then(Value::as_bool) == Some(true),
        }
    }

    fn is_nobody(&self) -> bool {
        *self == Self::default()
    }

    fn body(&self, gallery: &ResourceId) -> Value {
        let mut properties = Map::new();
        for ((name, _), ids) in GROUPS.iter().zip(&self.groups) {
            let ids = ids.iter().map(|id| Value::text(id.as_str()));
            properties.insert(name, Value::List(ids.collect()));
        }
        properties.insert("community", Value::Bool(self.community));
        let id = gallery.child("share", "current");
        Value::Map(Map::from([
            ("id", Value::text(id.as_str())),
            ("name", Value::text("current")),
            ("type", Value::text("Microsoft.Compute/galleries/share")),
            ("properties", Value::Map(properties)),
        ]))
    }

    /// The actions that lead to `wanted`: whom to add before whom to take out.
    fn towards(&self, wanted: &Self) -> Vec<Value> {
        let mut actions = Vec::new();
        if wanted.community && !self.community {
            actions.push(update("EnableCommunity", None));
        }
        if self.community && !wanted.community {
            actions.push(update("Reset", None));
        }
        let ways = [("Add", wanted, self), ("Remove", self, wanted)];
        for (verb, more, less) in ways {
            let groups: Vec<Value> = GROUPS
                .iter()
                .zip(more.groups.iter().zip(&less.groups))
                .filter_map(|((_, kind), (more, less))| group(kind, more.difference(less)))
                .collect();
            if !groups.is_empty() {
                actions.push(update(verb, Some(groups)));
            }
        }
        actions
    }
}

fn ids(list: Option<&Value>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_list).unwrap_or_default();
    let texts = list.iter().filter_map(Value::as_text);
    texts.map(str::to_ascii_lowercase).collect()
}

fn group<'i>(kind: &str, ids: impl Iterator<Item = &'i String>) -> Option<Value> {
    let ids: Vec<Value> = ids.map(|id| Value::text(id.as_str())).collect();
    (!ids.is_empty()).then(|| {
        Value::Map(Map::from([
            ("type", Value::text(kind)),
            ("ids", Value::List(ids)),
        ]))
    })
}

fn update(operation: &str, groups: Option<Vec<Value>>) -> Value {
    let mut body = Map::from([("operationType", Value::text(operation))]);
    if let Some(groups) = groups {
        body.insert("groups", Value::List(groups));
    }
    Value::Map(body)
}

#[cfg(test)]
mod tests;
