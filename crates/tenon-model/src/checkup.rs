//! What `tenon doctor` finds: where Azure is, and who signs in to which tenant.

use serde::Serialize;

use crate::{Diagnostic, TenantId};

/// The name and version of the form that [`Checkup`] has as JSON.
pub const FORMAT: &str = "tenon.doctor/1";

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Checkup {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Where Azure is.
    pub cloud: Cloud,
    /// How many seconds the clock of this machine is ahead of Azure's; less
    /// than zero if it is behind. None if nobody told the time.
    pub clock_ahead: Option<i64>,
    /// The tenants, in the order in which they were found.
    pub tenants: Vec<Tenant>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where Azure is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cloud {
    /// Its name as the Azure CLI spells it.
    pub name: String,
    /// Where tokens are asked for.
    pub login: String,
    /// Where Resource Manager answers.
    pub resource_manager: String,
    /// Whom a token for it is for.
    pub audience: String,
}

/// A tenant, and who signed in to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tenant {
    /// Its name in the spec, or its id.
    pub name: String,
    /// Its id.
    pub id: TenantId,
    /// What its token says; none if there is no token.
    pub token: Option<Token>,
}

/// What a token says about itself. The token itself is nowhere in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Where the credential was found: `AZURE_CLIENT_SECRET`.
    pub source: String,
    /// The tenant that issued it.
    pub tenant: TenantId,
    /// The application.
    pub application: String,
    /// The service principal, or the user, in that tenant.
    pub object: Option<String>,
    /// Whom it is for.
    pub audience: Option<String>,
    /// When it ends, in UTC: `2026-07-01T12:00:00Z`.
    pub expires: String,
    /// How many whole minutes are left.
    pub minutes_left: i64,
}
