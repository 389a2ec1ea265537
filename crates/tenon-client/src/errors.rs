//! From what went wrong to a [`Refusal`].
//!
//! Azure's own words are kept; what is added is what a person needs to act on
//! them: who asked, with which credential, and the ids that support wants.

mod arm;

use tenon_model::TenantId;
use tenon_model::transport::{Refusal, Stage};

use crate::cloud::EndpointError;
use crate::http::{HttpError, HttpResponse};

pub(crate) use arm::ArmError;

/// What was asked, and by whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Verb and path.
    pub(crate) request: String,
    pub(crate) tenant: Option<TenantId>,
    /// The tenants whose auxiliary tokens were sent.
    pub(crate) auxiliary: Vec<TenantId>,
    pub(crate) application: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) correlation_id: Option<String>,
}

impl Asked {
    pub(crate) fn new(request: impl Into<String>) -> Self {
        Self {
            request: request.into(),
            ..Self::default()
        }
    }

    /// A refusal without an answer.
    pub(crate) fn bare(&self, stage: Stage, code: &str, message: &str) -> Refusal {
        Refusal {
            stage,
            status: 0,
            code: code.to_owned(),
            message: message.to_owned(),
            target: None,
            details: Vec::new(),
            request: self.request.clone(),
            tenant: self.tenant.clone(),
            auxiliary: self.auxiliary.clone(),
            application: self.application.clone(),
            credential_source: self.source.clone(),
            request_id: None,
            correlation_id: self.correlation_id.clone(),
            time: None,
        }
    }

    /// What this program itself refuses to send or to believe.
    pub(crate) fn local(&self, code: &str, message: &str) -> Refusal {
        self.bare(Stage::Network, code, message)
    }

    pub(crate) fn bad_address(&self, error: &EndpointError) -> Refusal {
        self.local("AddressRefused", &error.to_string())
    }

    /// No answer.
    pub(crate) fn lost(&self, error: &HttpError) -> Refusal {
        let code = match error {
            HttpError::Connect(_) => "CannotConnect",
            HttpError::Lost(_) => "NoAnswer",
            HttpError::Untrusted(_) => "UntrustedCertificate",
            HttpError::Unsendable(_) => "CannotSend",
        };
        self.local(code, &error.to_string())
    }

    /// An answer that is an error.
    pub(crate) fn refused(&self, stage: Stage, response: &HttpResponse) -> Refusal {
        self.said(stage, response, ArmError::read(response))
    }

    /// An answer that cannot be read.
    pub(crate) fn unreadable(&self, response: &HttpResponse, why: &str) -> Refusal {
        let error = ArmError {
            code: "UnreadableAnswer".to_owned(),
            message: why.to_owned(),
            ..ArmError::default()
        };
        self.said(Stage::Network, response, error)
    }

    /// An error that came with this answer.
    pub(crate) fn said(&self, stage: Stage, response: &HttpResponse, error: ArmError) -> Refusal {
        let text = |name: &str| response.header(name).map(str::to_owned);
        let mut refusal = self.bare(stage, &error.code, &error.message);
        refusal.status = response.status.as_u16();
        refusal.target = error.target;
        refusal.details = error.details;
        refusal.request_id = text("x-ms-request-id").or_else(|| text("request-id"));
        refusal.time = text("date");
        if let Some(correlation) = text("x-ms-correlation-request-id") {
            refusal.correlation_id = Some(correlation);
        }
        refusal
    }
}

#[cfg(test)]
mod tests;
