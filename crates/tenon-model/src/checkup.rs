//! What `tenon doctor` finds: where Azure is, who signs in to which tenant, and
//! whether what a spec needs there is in order.

use serde::Serialize;

use crate::plan::preflight::Status;
use crate::{Code, Diagnostic, TenantId};

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
    /// What was looked at, one by one.
    pub findings: Vec<Finding>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What, in words: `registration of Microsoft.Compute`.
    pub what: String,
    /// What came of it.
    pub status: Status,
    /// A number or a reason: `agrees to 2 s`, `403 AuthorizationFailed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The code of what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What mends it: a command where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    /// Returns one that is well.
    pub fn ok(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            status: Status::Ok,
            detail: None,
            code: None,
            fix: None,
        }
    }

    /// Returns one with which `problem` is wrong.
    pub fn wrong(what: impl Into<String>, problem: &Diagnostic) -> Self {
        let status = if problem.is_error() {
            Status::Failed
        } else {
            Status::Warning
        };
        let commands = problem.helps.iter().filter_map(|help| help.command.clone());
        let words = problem.helps.iter().map(|help| help.text.clone());
        Self {
            status,
            code: Some(problem.code),
            fix: commands.chain(words).next(),
            ..Self::ok(what)
        }
    }

    /// Adds a number or a reason.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
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
