//! The operations on one blob.

use std::collections::BTreeMap;

use super::access::{self, READ, WRITE};
use super::error::StorageError;
use super::lease::{Lease, Time};
use super::store::Blob;
use super::{Target, account, container_id};
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::clock::http_date;
use crate::json::same;
use crate::state::State;

type Answer = Result<Reply, StorageError>;

/// The tenant that an account lives in.
pub(super) fn tenant_of(state: &State, name: &str) -> Option<String> {
    let subscription = account(state, name)?.parsed().subscription?;
    let tenant = state.directory.tenant_of(&subscription)?;
    Some(tenant.to_owned())
}

/// Answers a request to a blob.
pub(super) fn to(state: &mut State, call: &Call, target: &Target) -> Answer {
    let scope = {
        let account =
            account(state, &target.account).ok_or_else(StorageError::resource_not_found)?;
        container_id(account, &target.container)
    };
    let tenant = tenant_of(state, &target.account).ok_or_else(StorageError::resource_not_found)?;
    let who = access::admit(state, call, &target.account, &tenant)?;
    let action = match call.method.as_str() {
        "GET" | "HEAD" => READ,
        _ => WRITE,
    };
    access::require(state, &who, action, &scope)?;
    if state.store.find(&scope).is_none() {
        return Err(StorageError::container_not_found());
    }
    if target.name.is_empty() {
        return Err(unsupported());
    }
    match (call.method.as_str(), call.query("comp")) {
        ("PUT", None) => put(state, call, target),
        ("HEAD", None) => properties(state, call, target),
        ("PUT", Some("metadata")) => metadata(state, call, target),
        ("PUT", Some("lease")) => lease(state, call, target),
        _ => Err(unsupported()),
    }
}

fn unsupported() -> StorageError {
    StorageError::new(
        405,
        "UnsupportedHttpVerb",
        "The resource doesn't support specified Http Verb.",
    )
}

fn time(state: &State) -> Time {
    Time {
        now: state.now(),
        speed: state.clock.speed(),
    }
}

/// Refuses by `If-Match` and `If-None-Match`.
fn check_conditions(call: &Call, blob: Option<&Blob>) -> Result<(), StorageError> {
    let names = |condition: &str, blob: &Blob| condition == "*" || condition == blob.etag;
    if let Some(wanted) = call.header("if-match")
        && !blob.is_some_and(|blob| names(wanted, blob))
    {
        return Err(StorageError::condition_not_met());
    }
    match (call.header("if-none-match"), blob) {
        (Some("*"), Some(_)) if call.method == "PUT" => Err(StorageError::new(
            409,
            "BlobAlreadyExists",
            "The specified blob already exists.",
        )),
        (Some(unwanted), Some(blob)) if names(unwanted, blob) => {
            Err(StorageError::condition_not_met())
        }
        _ => Ok(()),
    }
}

/// The metadata that a request brings. Names compare without case.
fn metadata_of(call: &Call) -> Result<BTreeMap<String, String>, StorageError> {
    let mut metadata = BTreeMap::new();
    for (name, value) in call.headers_with("x-ms-meta-") {
        let mut letters = name.chars();
        let begins = letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        if !begins || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(StorageError::new(
                400,
                "InvalidMetadata",
                "The metadata specified is invalid. It has characters that are not permitted.",
            ));
        }
        metadata.insert(name, value);
    }
    Ok(metadata)
}

fn put(state: &mut State, call: &Call, target: &Target) -> Answer {
    match call.header("x-ms-blob-type") {
        None => return Err(StorageError::missing_header("x-ms-blob-type")),
        Some(kind) if !same(kind, "BlockBlob") || !call.body.is_empty() => {
            return Err(StorageError::bad_header("x-ms-blob-type"));
        }
        Some(_) => {}
    }
    let (key, now) = (target.key(), state.now());
    let before = state.blobs.get(&key).cloned();
    check_conditions(call, before.as_ref())?;
    let mut lease = Lease::default();
    if let Some(before) = &before {
        lease = before.lease.clone();
        lease.admit_write(call.header("x-ms-lease-id"), now)?;
        lease.written(now);
    }
    let blob = Blob {
        etag: String::new(),
        created: now,
        changed: now,
        metadata: metadata_of(call)?,
        lease,
    };
    let blob = state.touched(blob);
    let reply = dated(Reply::empty(201), &blob);
    state.put_blob(&key, blob);
    Ok(reply.header("x-ms-request-server-encrypted", "true"))
}

fn dated(reply: Reply, blob: &Blob) -> Reply {
    reply
        .header("ETag", blob.etag.clone())
        .header("Last-Modified", http_date(blob.changed))
}

fn found(state: &State, target: &Target) -> Result<Blob, StorageError> {
    let blob = state.blobs.get(&target.key()).cloned();
    blob.ok_or_else(StorageError::blob_not_found)
}

fn properties(state: &State, call: &Call, target: &Target) -> Answer {
    let blob = found(state, target)?;
    check_conditions(call, Some(&blob))?;
    let now = state.now();
    let lease = blob.lease.state(now);
    let mut reply = dated(Reply::empty(200), &blob)
        .header("x-ms-blob-type", "BlockBlob")
        .header("x-ms-creation-time", http_date(blob.created))
        .header("x-ms-lease-state", lease.name())
        .header("x-ms-lease-status", lease.status());
    if let Some(length) = blob.lease.length(now) {
        reply = reply.header("x-ms-lease-duration", length);
    }
    for (name, value) in &blob.metadata {
        reply = reply.header(&format!("x-ms-meta-{name}"), value.clone());
    }
    Ok(reply)
}

fn metadata(state: &mut State, call: &Call, target: &Target) -> Answer {
    let mut blob = found(state, target)?;
    check_conditions(call, Some(&blob))?;
    let now = state.now();
    blob.lease.admit_write(call.header("x-ms-lease-id"), now)?;
    blob.lease.written(now);
    blob.metadata = metadata_of(call)?;
    let blob = state.touched(blob);
    let reply = dated(Reply::empty(200), &blob);
    state.put_blob(&target.key(), blob);
    Ok(reply)
}

/// The lease operations. None of them changes the tag or the date of a blob.
fn lease(state: &mut State, call: &Call, target: &Target) -> Answer {
    let mut blob = found(state, target)?;
    check_conditions(call, Some(&blob))?;
    let time = time(state);
    let action = call.header("x-ms-lease-action").unwrap_or_default();
    let reply = match action.to_ascii_lowercase().as_str() {
        "acquire" => {
            let proposed = match call.header("x-ms-proposed-lease-id") {
                Some(id) => guid(id).ok_or_else(|| bad("x-ms-proposed-lease-id"))?,
                None => state.fresh_id("lease"),
            };
            let length = number(call, "x-ms-lease-duration")?
                .ok_or_else(|| StorageError::missing_header("x-ms-lease-duration"))?;
            blob.lease.acquire(&proposed, length, time)?;
            Reply::empty(201).header("x-ms-lease-id", proposed)
        }
        "renew" => {
            let id = lease_id(call)?;
            blob.lease.renew(&id, time)?;
            Reply::empty(200).header("x-ms-lease-id", id)
        }
        "release" => {
            blob.lease.release(&lease_id(call)?)?;
            Reply::empty(200)
        }
        "break" => {
            let period = number(call, "x-ms-lease-break-period")?
                .map(u64::try_from)
                .transpose()
                .map_err(|_| bad("x-ms-lease-break-period"))?;
            let left = blob.lease.break_it(period, time)?;
            Reply::empty(202).header("x-ms-lease-time", left.to_string())
        }
        _ => return Err(bad("x-ms-lease-action")),
    };
    let reply = dated(reply, &blob);
    state.put_blob(&target.key(), blob);
    Ok(reply)
}

fn bad(name: &str) -> StorageError {
    StorageError::bad_header(name)
}

fn guid(text: &str) -> Option<String> {
    uuid::Uuid::try_parse(text).ok().map(|id| id.to_string())
}

fn lease_id(call: &Call) -> Result<String, StorageError> {
    let given = call
        .header("x-ms-lease-id")
        .ok_or_else(|| StorageError::missing_header("x-ms-lease-id"))?;
    guid(given).ok_or_else(|| bad("x-ms-lease-id"))
}

fn number(call: &Call, name: &str) -> Result<Option<i64>, StorageError> {
    let given = call.header(name).map(str::parse);
    given.transpose().map_err(|_| bad(name))
}
