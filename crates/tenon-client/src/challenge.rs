//! The tenant of a subscription, from the way Resource Manager refuses.
//!
//! Asked without a token it answers 401 and names the authority to ask, and
//! with it the tenant: `Bearer authorization_uri="https://…/{tenant}", …`. The
//! host in there is an old one (`login.windows.net`), so only the last segment
//! counts. The Azure CLI finds tenants the same way.

use tenon_model::transport::{Refusal, Stage};
use tenon_model::{SubscriptionId, TenantId};

use crate::arm::{Arm, Call, Signature, unheard};
use crate::errors::Asked;
use crate::http::{HttpResponse, Url};

const API_VERSION: &str = "2022-12-01";

/// Returns the tenant of `subscription`, none if nothing tells it.
pub(crate) async fn tenant_of(
    arm: &Arm,
    subscription: &SubscriptionId,
) -> Result<Option<TenantId>, Refusal> {
    let path = format!("/subscriptions/{subscription}");
    let nobody = TenantId::new("");
    let url = arm.cloud.arm.at(&path).ok_or_else(|| {
        Asked::new(format!("GET {path}")).local("BadPath", "the subscription is no id")
    })?;
    let mut call = Call::get(&nobody, url);
    call.url
        .query_pairs_mut()
        .append_pair("api-version", API_VERSION);
    call.signature = Signature::None;
    let response = arm.answered(&call, &unheard).await?;
    match response.status.as_u16() {
        401 => Ok(challenged(&response)),
        404 => Ok(None),
        _ if response.status.is_success() => Ok(None),
        _ => {
            let mut refusal = arm.asked(&call).refused(Stage::Azure, &response);
            refusal.tenant = None;
            Err(refusal)
        }
    }
}

fn challenged(response: &HttpResponse) -> Option<TenantId> {
    let challenges = response.headers.get_all("www-authenticate");
    challenges
        .iter()
        .find_map(|value| tenant_in(value.to_str().ok()?))
}

fn tenant_in(challenge: &str) -> Option<TenantId> {
    let lower = challenge.to_ascii_lowercase();
    let start = lower.find("authorization_uri")?;
    let value = challenge[start..].split_once('=')?.1.trim_start();
    let address = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([',', ' ']).next()?,
    };
    let url = Url::parse(address).ok()?;
    let tenant = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let anybody = ["common", "organizations", "consumers"];
    (!anybody.contains(&tenant)).then(|| TenantId::new(tenant))
}

#[cfg(test)]
mod tests;
