//! What was deleted keeps its name for thirty days.
//!
//! An application that this deployment deleted is restored, so that it has the
//! client id that other tenants have let in; what it trusted is taken away
//! before anything else, because whoever makes it anew says whom it trusts.
//! Somebody else's is left alone.
//! Source: Microsoft Graph, "Restore deleted item"; that the name stays taken:
//! microsoftgraph/msgraph-bicep-types issue 137.

use tenon_model::marker::DEPLOYMENT_TAG;
use tenon_model::transport::Refusal;
use tenon_model::{Map, Value};

use super::address::{self, Target};
use super::{look, pages, settle};
use crate::arm::{Arm, Call, Report};
use crate::http::Method;

/// Whether a refusal may mean that what was deleted has the name.
pub(super) fn may_hold(refusal: &Refusal) -> bool {
    let taken = refusal.message.contains("already exists");
    matches!(refusal.status, 400 | 409) && taken
}

/// Restores what was deleted and has the target's name, if it was ours; says
/// whether it did.
pub(super) async fn restore(
    arm: &Arm,
    target: &Target,
    sent: &Value,
    report: Report<'_>,
) -> Result<bool, Refusal> {
    let Target::Application(application) = target else {
        return Ok(false);
    };
    let mut url = address::at(arm, "directory/deletedItems/microsoft.graph.application")?;
    url.set_query(Some("$select=id,uniqueName,tags"));
    let deleted = pages(arm, target.tenant(), url).await?;
    let text = |one: &Value, name: &str| Some(one.member(name)?.as_text()?.to_owned());
    let named = |one: &&Value| {
        let name = text(one, "uniqueName").unwrap_or_default();
        name.eq_ignore_ascii_case(&application.unique_name)
    };
    let found = deleted.iter().flatten().find(named);
    let ours = found.filter(|one| owner(one).is_some() && owner(one) == owner(sent));
    let Some(id) = ours.and_then(|one| text(one, "id")) else {
        return Ok(false);
    };
    let url = address::at(arm, &format!("directory/deletedItems/{id}/restore"))?;
    let call = Call::graph(target.tenant(), Method::POST, url);
    arm.accepted(&call, report).await?;
    settle::shown(arm, target, &Value::Map(Map::new()), report).await?;
    let live = look(arm, target).await?;
    let trusted = live.member("federatedIdentityCredentials");
    let trusted = trusted.and_then(Value::as_list).unwrap_or_default();
    for one in trusted.iter().filter_map(|one| text(one, "name")) {
        let credential = Target::Credential(application.clone(), one);
        let url = address::of(arm, &credential, "")?;
        let call = Call::graph(target.tenant(), Method::DELETE, url);
        arm.accepted(&call, report).await?;
    }
    Ok(true)
}

/// The tag that says whose it is.
fn owner(object: &Value) -> Option<&str> {
    let mut tags = object.member("tags")?.as_list()?.iter();
    tags.find_map(|tag| {
        let value = tag.as_text()?.strip_prefix(DEPLOYMENT_TAG)?;
        value.strip_prefix('=')
    })
}
