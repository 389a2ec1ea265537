//! Reads what is live.
//!
//! All lists at once, pages followed to the end, each body stripped of noise
//! before the next page is asked, so that memory holds what a plan needs and
//! no more.

use std::sync::Mutex;

use futures_util::StreamExt as _;
use futures_util::stream;
use tenon_model::marker::Ownership;
use tenon_model::rules::Rules;
use tenon_model::snapshot::{
    Agent, Form, INSTANCES, Instance, LATEST, Live, Look, Power, RollingUpgrade, Snapshot,
};
use tenon_model::transport::{Read, Refusal, Stage, Transport};
use tenon_model::{Path, ResourceId, Value};
use thiserror::Error;

/// Lists under way at the same time.
const AT_ONCE: usize = 32;

/// Reading failed.
#[derive(Debug, Error)]
#[error("cannot read {path}")]
pub struct ObserveError {
    /// What could not be read.
    pub path: String,
    /// Why.
    #[source]
    pub refusal: Box<Refusal>,
}

/// Reads everything that `looks` ask for into `snapshot`.
///
/// # Errors
///
/// The first read that Azure refuses for another reason than that the thing is
/// not there. What only finds what the spec no longer names may stay unread; the
/// snapshot says so.
pub async fn observe(
    looks: &[Look],
    transport: &dyn Transport,
    snapshot: &mut Snapshot,
) -> Result<(), ObserveError> {
    let shared = Mutex::new(std::mem::take(snapshot));
    let reads = looks.iter().map(|look| read(look, transport, &shared));
    let reads: Vec<_> = reads.collect();
    let results: Vec<_> = stream::iter(reads).buffered(AT_ONCE).collect().await;
    *snapshot = shared
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    results.into_iter().collect()
}

async fn read(
    look: &Look,
    transport: &dyn Transport,
    snapshot: &Mutex<Snapshot>,
) -> Result<(), ObserveError> {
    let read = Read {
        tenant: look.tenant.clone(),
        path: look.path.clone(),
        api_version: look.api_version.clone(),
        query: look.query.clone(),
    };
    let result = match look.form {
        Form::One | Form::Power | Form::RollingUpgrade => {
            transport.get(&read).await.map(|answer| {
                take(look, vec![answer.body], snapshot);
            })
        }
        Form::List
        | Form::Instances
        | Form::Marked
        | Form::Described
        | Form::Children
        | Form::Census
        | Form::PowerOfAll => {
            let mut page = |items: Vec<Value>| take(look, items, snapshot);
            transport.list(&read, &mut page).await.map(|_| ())
        }
    };
    match result {
        Err(refusal) if refusal.is_absent() => Ok(()),
        Err(refusal) if may_be_unread(look, &refusal) => {
            let mut snapshot = snapshot
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            snapshot.leave_unread(look.form, look.path.clone());
            Ok(())
        }
        Err(refusal) => Err(ObserveError {
            path: read.path,
            refusal: Box::new(refusal),
        }),
        Ok(()) => Ok(()),
    }
}

/// What only finds what the spec no longer names. A plan says what it could
/// not see; whether a type without a table can be listed is not known before.
fn may_be_unread(look: &Look, refusal: &Refusal) -> bool {
    match look.form {
        // Directories are also looked through where nobody has to sign in.
        Form::Marked if look.path.starts_with("/tenants/") => {
            refusal.status == 403 || matches!(refusal.stage, Stage::SignIn | Stage::Credential)
        }
        Form::Marked | Form::Described => refusal.status == 403,
        Form::Children => matches!(refusal.status, 400 | 403 | 405),
        Form::One
        | Form::List
        | Form::Census
        | Form::Power
        | Form::PowerOfAll
        | Form::Instances
        | Form::RollingUpgrade => false,
    }
}

fn take(look: &Look, items: Vec<Value>, snapshot: &Mutex<Snapshot>) {
    let mut snapshot = snapshot
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if matches!(look.form, Form::Instances | Form::RollingUpgrade) {
        take_inside(look, &items, &mut snapshot);
        return;
    }
    for item in items {
        let id = item
            .member("id")
            .and_then(Value::as_text)
            .map(ResourceId::parse);
        let Some(Ok(id)) = id else { continue };
        match look.form {
            Form::One | Form::List => take_one(id, item, look.rules, &mut snapshot),
            Form::Described if Ownership::read(&id, &item) == Ownership::Foreign => {
                snapshot.note_given(Live::new(id, item));
            }
            Form::Described => take_one(id, item, look.rules, &mut snapshot),
            Form::Children if !is_spoken_for(&id, &snapshot) => {}
            Form::Children => take_one(id, item, look.rules, &mut snapshot),
            Form::Marked => snapshot.mark(id),
            Form::Census => {
                if let Some(group) = id.resource_group() {
                    let group = ResourceId::group(&id.subscription(), group);
                    snapshot.count_in(group, id.clone());
                }
            }
            Form::Power | Form::PowerOfAll => {
                if let Some(agent) = Agent::read(&item) {
                    snapshot.set_agent(id.clone(), agent);
                }
                snapshot.set_power(id, Power::read(&item));
            }
            Form::Instances | Form::RollingUpgrade => {}
        }
    }
}

/// Takes what is told about the inside of a scale set: its path names the set.
fn take_inside(look: &Look, items: &[Value], snapshot: &mut Snapshot) {
    let set = look
        .path
        .strip_suffix(INSTANCES)
        .or_else(|| look.path.strip_suffix(LATEST));
    let Some(Ok(set)) = set.map(ResourceId::parse) else {
        return;
    };
    for item in items {
        if look.form == Form::Instances {
            if let Some(instance) = Instance::read(item) {
                snapshot.add_instance(set.clone(), instance);
            }
        } else if let Some(upgrade) = RollingUpgrade::read(item) {
            snapshot.set_upgrade(set.clone(), upgrade);
        }
    }
}

fn take_one(id: ResourceId, mut body: Value, rules: &'static Rules, snapshot: &mut Snapshot) {
    for child in rules.children {
        let children = Path::parse(child.path)
            .ok()
            .and_then(|path| path.remove(&mut body));
        let Some(Value::List(children)) = children else {
            continue;
        };
        for one in children {
            let own = one
                .member("id")
                .and_then(Value::as_text)
                .map(ResourceId::parse);
            if let Some(Ok(own)) = own {
                take_one(own, one, child.rules, snapshot);
            }
        }
    }
    rules.drop_noise(&mut body);
    snapshot.insert(Live::new(id, body));
}

/// Whether the marker of what `id` lies in calls it ours. Somebody else's
/// child of the same type is no business of ours.
fn is_spoken_for(id: &ResourceId, snapshot: &Snapshot) -> bool {
    let group = || Some(ResourceId::group(&id.subscription(), id.resource_group()?));
    let outer = id.parent().or_else(group);
    let outer = outer.and_then(|outer| snapshot.get(&outer));
    match outer.map(|outer| (&outer.id, &outer.ownership)) {
        Some((outer, Ownership::Marked(marker))) => {
            marker.children.api_version(outer, id).is_some()
        }
        _ => false,
    }
}
