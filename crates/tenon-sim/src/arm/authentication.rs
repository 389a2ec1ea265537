//! Who calls: the primary token and the auxiliary ones.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::ArmError;
use crate::call::Call;
use crate::entra::audience::is_resource_manager;
use crate::entra::jwt::{self, Claims};
use crate::json::same;
use crate::state::State;
use crate::world::Cloud;

/// Somebody a valid token speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) tenant: String,
    pub(crate) object_id: String,
    pub(crate) application: String,
}

/// Everybody a request speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Caller {
    pub(crate) primary: Identity,
    pub(crate) auxiliary: Vec<Identity>,
}

impl Caller {
    /// The identity that may answer for a tenant: the primary one, or an auxiliary one.
    pub(crate) fn in_tenant(&self, tenant: &str) -> Option<&Identity> {
        std::iter::once(&self.primary)
            .chain(&self.auxiliary)
            .find(|identity| same(&identity.tenant, tenant))
    }
}

/// Resource Manager's limit on auxiliary tokens.
const MOST_AUXILIARY: usize = 3;

/// Checks the tokens of a request, but not yet whether the tenant fits.
pub(crate) fn authenticate(state: &State, call: &Call) -> Result<Caller, ArmError> {
    let header = call.header("authorization").ok_or_else(missing)?;
    let token = bearer(header, &["bearer"]).ok_or_else(|| {
        unauthorized(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is provided in an invalid format."
                .to_owned(),
        )
    })?;
    let claims = read(state, call, token)?;
    let primary = Identity::from(claims);
    let auxiliary = match call.headers_joined("x-ms-authorization-auxiliary") {
        Some(header) => auxiliary(state, call, &header, &primary)?,
        None => Vec::new(),
    };
    Ok(Caller { primary, auxiliary })
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        Self {
            tenant: claims.tid,
            object_id: claims.oid,
            application: claims.appid,
        }
    }
}

fn missing() -> ArmError {
    unauthorized(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.".to_owned(),
    )
}

fn unauthorized(code: &str, message: String) -> ArmError {
    ArmError::new(401, code, message)
}

pub(crate) fn bearer<'h>(header: &'h str, schemes: &[&str]) -> Option<&'h str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (schemes.iter().any(|known| same(known, scheme)) && !token.is_empty()).then_some(token)
}

fn read(state: &State, call: &Call, token: &str) -> Result<Claims, ArmError> {
    let invalid = || {
        unauthorized(
            "InvalidAuthenticationToken",
            "The access token is invalid.".to_owned(),
        )
    };
    let claims = jwt::read(state.world.seed(), token).ok_or_else(invalid)?;
    let cloud = state
        .directory
        .tenant(&claims.tid)
        .map_or(Cloud::Public, |tenant| tenant.cloud);
    if !is_resource_manager(call, cloud, &claims.aud) {
        let message = format!(
            "The access token has been obtained for wrong audience or resource '{}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.",
            claims.aud
        );
        return Err(unauthorized("InvalidAuthenticationTokenAudience", message));
    }
    if let Some(expired) = expiry(state, &claims) {
        let message = format!(
            "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
            american(expired),
            american(state.now())
        );
        return Err(unauthorized("ExpiredAuthenticationToken", message));
    }
    Ok(claims)
}

/// When the token ended, if it has.
pub(crate) fn expiry(state: &State, claims: &Claims) -> Option<Timestamp> {
    let now = state.now();
    let ends = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MIN);
    if ends <= now {
        return Some(ends);
    }
    let recalled = state
        .tokens_valid_from
        .filter(|from| claims.iat < from.as_second());
    recalled.map(|from| from.min(now))
}

/// `1/31/2026 1:05:09 PM`, as this one message has it.
fn american(moment: Timestamp) -> String {
    moment.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

fn auxiliary(
    state: &State,
    call: &Call,
    header: &str,
    primary: &Identity,
) -> Result<Vec<Identity>, ArmError> {
    let entries: Vec<&str> = header.split(',').map(str::trim).collect();
    if entries.len() > MOST_AUXILIARY {
        let message = format!(
            "The 'x-ms-authorization-auxiliary' header has {} tokens; at most {MOST_AUXILIARY} auxiliary tokens are allowed. Client '{}', tenant '{}'.",
            entries.len(),
            primary.application,
            primary.tenant
        );
        return Err(unauthorized("InvalidAuthenticationToken", message));
    }
    entries
        .into_iter()
        .map(|entry| auxiliary_one(state, call, entry, primary))
        .collect()
}

fn auxiliary_one(
    state: &State,
    call: &Call,
    entry: &str,
    primary: &Identity,
) -> Result<Identity, ArmError> {
    let token = bearer(entry, &["bearer", "encryptedbearer"]);
    let claims = token.and_then(|token| jwt::read(state.world.seed(), token));
    let Some(claims) = claims else {
        let message = format!(
            "The auxiliary token in the 'x-ms-authorization-auxiliary' header is not valid. Client '{}', tenant '{}'.",
            primary.application, primary.tenant
        );
        return Err(unauthorized("InvalidAuthenticationToken", message));
    };
    let reason = if expiry(state, &claims).is_some() {
        Some("has expired")
    } else if read(state, call, token.unwrap_or_default()).is_err() {
        Some("is for the wrong audience")
    } else if state.world.settings.refuse_primary_as_auxiliary && same(&claims.tid, &primary.tenant)
    {
        Some("is of the primary tenant")
    } else {
        None
    };
    match reason {
        None => Ok(Identity::from(claims)),
        Some(reason) => {
            let message = format!(
                "The auxiliary token in the 'x-ms-authorization-auxiliary' header of client '{}' and tenant '{}' {reason}.",
                claims.appid, claims.tid
            );
            Err(unauthorized("InvalidAuthenticationToken", message))
        }
    }
}

/// Refuses a primary token of another tenant than the subscription's.
pub(crate) fn require_tenant(caller: &Caller, tenant: &str) -> Result<(), ArmError> {
    if same(&caller.primary.tenant, tenant) {
        return Ok(());
    }
    let message = format!(
        "The access token is from the wrong issuer 'https://sts.windows.net/{}/'. It must match the tenant 'https://sts.windows.net/{tenant}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{tenant}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.",
        caller.primary.tenant
    );
    Err(unauthorized("InvalidAuthenticationTokenTenant", message))
}

/// Adds the challenge that tells which tenant would do.
pub(crate) fn challenged(error: ArmError, tenant: Option<&str>) -> ArmError {
    if error.status != 401 {
        return error;
    }
    let authority = tenant.unwrap_or("common");
    let description = match error.code.as_str() {
        "AuthenticationFailed" => {
            "The authentication failed because of missing 'Authorization' header."
        }
        "ExpiredAuthenticationToken" => "The access token has expired.",
        "InvalidAuthenticationTokenTenant" => "The access token is from the wrong issuer.",
        "InvalidAuthenticationTokenAudience" => "The access token has wrong audience.",
        _ => "Could not parse JWT token.",
    };
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.windows.net/{authority}\", error=\"invalid_token\", error_description=\"{description}\""
    );
    error.header("WWW-Authenticate", challenge)
}
