//! What an Azure host offers to the programs on it: tokens for its managed
//! identities.
//!
//! Two forms of the same thing: the instance metadata service of machines, at
//! its own path, and App Service with a header that holds a secret. A client
//! is pointed here instead of `169.254.169.254`. Numbers are text in both.
//! Sources: "How to use managed identities on a VM to acquire an access
//! token", "How to use managed identities for App Service".

mod assertion;

use serde_json::json;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::entra::audience::{Resource, Wanted};
use crate::entra::identities::{self, Identity};
use crate::entra::issue::{self, Grantee, Issued};
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

/// The api-version of App Service's form.
const APP_SERVICE: &str = "2019-08-01";

/// Why there is no token: status, error and description.
struct Refusal(u16, &'static str, String);

impl Refusal {
    fn invalid(description: &str) -> Self {
        Self(400, "invalid_request", description.to_owned())
    }
}

/// Answers a request to the host, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    let path = call.path.trim_end_matches('/').to_ascii_lowercase();
    match path.as_str() {
        "/metadata/identity/oauth2/token" => Some(machine(state, call)),
        "/msi/token" => Some(app_service(state, call)),
        _ => None,
    }
}

/// The instance metadata service.
fn machine(state: &mut State, call: &Call) -> Reply {
    let granted = check_machine(call).and_then(|()| grant(state, call));
    match granted {
        Ok((identity, issued)) => Reply::json(
            200,
            json!({
                "access_token": issued.token,
                "client_id": identity.client_id,
                "expires_in": issued.seconds.to_string(),
                "expires_on": issued.ends.to_string(),
                "ext_expires_in": issued.seconds.to_string(),
                "not_before": issued.begins.to_string(),
                "resource": issued.audience,
                "token_type": "Bearer",
            }),
        ),
        Err(Refusal(status, error, description)) => Reply::json(
            status,
            json!({"error": error, "error_description": description}),
        )
        .coded(error),
    }
}

/// The header proves that nobody is led here by a link, its absence that nothing forwards.
fn check_machine(call: &Call) -> Result<(), Refusal> {
    if call.method != "GET" {
        return Err(Refusal(
            405,
            "method_not_allowed",
            "Only GET is allowed.".to_owned(),
        ));
    }
    if !call
        .header("metadata")
        .is_some_and(|value| same(value, "true"))
    {
        return Err(Refusal::invalid("Required metadata header not specified"));
    }
    if call.header("x-forwarded-for").is_some() {
        return Err(Refusal::invalid(
            "Metadata requests must not contain the header X-Forwarded-For",
        ));
    }
    // Every version since the first has the same form.
    if call.api_version() < "2018-02-01" {
        return Err(Refusal::invalid(
            "api-version is invalid or was not specified in the request",
        ));
    }
    Ok(())
}

/// App Service, and what copies it: Functions, Container Apps.
fn app_service(state: &mut State, call: &Call) -> Reply {
    let granted = check_app_service(state, call).and_then(|()| grant(state, call));
    match granted {
        Ok((identity, issued)) => Reply::json(
            200,
            json!({
                "access_token": issued.token,
                "client_id": identity.client_id,
                "expires_on": issued.ends.to_string(),
                "resource": issued.audience,
                "token_type": "Bearer",
            }),
        ),
        Err(Refusal(status, error, message)) => {
            let correlation = state.fresh_id("correlation");
            Reply::json(
                status,
                json!({"statusCode": status, "message": message, "correlationId": correlation}),
            )
            .coded(error)
        }
    }
}

fn check_app_service(state: &State, call: &Call) -> Result<(), Refusal> {
    let given = call.header("x-identity-header").unwrap_or_default();
    let wanted = state.world.issuers.app_service.as_ref();
    if wanted.is_none_or(|wanted| wanted.identity_header != given) {
        let message = "The header X-IDENTITY-HEADER is missing or wrong.";
        return Err(Refusal(401, "unauthorized", message.to_owned()));
    }
    if call.method != "GET" || call.api_version() != APP_SERVICE {
        let message = format!("Only GET with api-version {APP_SERVICE} is supported.");
        return Err(Refusal(400, "invalid_request", message));
    }
    Ok(())
}

fn grant(state: &mut State, call: &Call) -> Result<(Identity, Issued), Refusal> {
    let resource = call.query("resource").unwrap_or_default().to_owned();
    if resource.is_empty() {
        return Err(Refusal::invalid(
            "Required parameter resource not specified",
        ));
    }
    let identity = chosen(state, call)?;
    let tenant = state.directory.tenant(&identity.tenant);
    let cloud = tenant.map_or(Cloud::Public, |tenant| tenant.cloud);
    if assertion::is_token_exchange(cloud, &resource) {
        let issued = assertion::issue(state, call, &identity, &resource);
        return Ok((identity, issued));
    }
    let named = Resource::named(call, cloud, &resource);
    let Some(named) = named else {
        let description = format!(
            "AADSTS500011: The resource principal named {resource} was not found in the tenant named {}.",
            identity.tenant
        );
        return Err(Refusal(400, "invalid_resource", description));
    };
    let grantee = Grantee {
        tenant: &identity.tenant,
        client: &identity.client_id,
        object_id: &identity.object_id,
        proof: "2",
        resource_id: Some(identity.resource_id.as_str()).filter(|id| !id.is_empty()),
    };
    let wanted = Wanted {
        audience: resource,
        resource: named,
    };
    let issued = issue::issue(state, &grantee, wanted);
    Ok((identity, issued))
}

/// The identity that is asked for: by one of its names, or the only one there can be.
fn chosen(state: &State, call: &Call) -> Result<Identity, Refusal> {
    let not_found = || Refusal::invalid("Identity not found");
    let names = [
        ("client_id", Name::Client),
        ("object_id", Name::Object),
        ("principal_id", Name::Object),
        ("msi_res_id", Name::Resource),
        ("mi_res_id", Name::Resource),
    ];
    let given = names
        .into_iter()
        .find_map(|(parameter, name)| Some((call.query(parameter)?, name)));
    if let Some((value, name)) = given {
        let mut all = identities::all(state);
        return all
            .find(|one| same(name.of(one), value))
            .ok_or_else(not_found);
    }
    let mut candidates = state.directory.identities.clone();
    if candidates.is_empty() {
        candidates = identities::stored(state).collect();
    }
    // The host's own identity is meant when there is one.
    if let Some(own) = candidates.iter().find(|one| one.is_system_assigned()) {
        return Ok(own.clone());
    }
    match candidates.as_slice() {
        [] => Err(not_found()),
        [one] => Ok(one.clone()),
        _ => Err(Refusal::invalid(
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
        )),
    }
}

/// The names an identity can be asked for by.
#[derive(Debug, Clone, Copy)]
enum Name {
    Client,
    Object,
    Resource,
}

impl Name {
    fn of(self, identity: &Identity) -> &str {
        match self {
            Self::Client => &identity.client_id,
            Self::Object => &identity.object_id,
            Self::Resource => &identity.resource_id,
        }
    }
}
