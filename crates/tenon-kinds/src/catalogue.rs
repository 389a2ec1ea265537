//! Azure's refusals in the words of the user's spec.
//!
//! What Azure says is kept, after what it means. The same code of Azure's can
//! have several causes, and threads are full of people who mended the wrong
//! one: the two texts of `LinkedAuthorizationFailed` are told apart here
//! (azure-docs issues 46908, 68563, 114801), and so are an application that a
//! tenant does not know and one that nobody consented to.

use std::collections::BTreeMap;

use tenon_model::image::ResolvedImage;
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Address, Code, Diagnostic, Help, Place, TenantId};

mod azure;
mod sign_in;

/// What is known around a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// What was being done, if it was one resource.
    pub address: Option<&'a Address>,
    /// Where the spec asks for it.
    pub place: Option<&'a Place>,
    /// Local names of tenants.
    pub tenant_names: &'a BTreeMap<TenantId, String>,
    /// Where the spec names tenants.
    pub tenant_places: &'a BTreeMap<TenantId, Place>,
    /// Tenants that sign in with the same application, and do.
    pub signed_in: &'a [TenantId],
    /// The images of the run.
    pub images: &'a [ResolvedImage],
    /// Where the spec names images.
    pub image_places: &'a BTreeMap<Address, Place>,
    /// The sign-in host, for addresses that an administrator opens.
    pub login: &'a str,
}

impl Around<'_> {
    /// A tenant as people know it: its local name and the beginning of its id.
    fn tenant(&self, id: &TenantId) -> String {
        match self.tenant_names.get(id) {
            Some(name) if name != id.as_str() => format!("{name} ({})", id.short()),
            _ => format!("tenant {id}"),
        }
    }

    fn at(&self, problem: Diagnostic) -> Diagnostic {
        let problem = match self.place {
            Some(place) => problem.at(place, self.address.map_or("", Address::as_str)),
            None => problem,
        };
        match self.address {
            Some(address) => problem.about(address),
            None => problem,
        }
    }

    fn at_tenant(&self, problem: Diagnostic, tenant: &TenantId) -> Diagnostic {
        match self.tenant_places.get(tenant) {
            Some(place) => problem.at(place, ""),
            None => self.at(problem),
        }
    }
}

/// Explains a refusal.
#[must_use]
pub fn explain(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let problem = match refusal.stage {
        Stage::Credential => sign_in::without(refusal, around),
        Stage::SignIn => sign_in::explain(refusal, around),
        Stage::Azure | Stage::Operation => azure::explain(refusal, around),
        Stage::Network => unreachable_host(refusal, around),
        Stage::TimedOut => timed_out(refusal, around),
    };
    with_azure_s_words(problem, refusal)
}

/// The errors inside of an answer that are told, outermost first.
const DETAILS: usize = 6;

/// Azure's own code, message and ids, after our sentence, never instead.
fn with_azure_s_words(mut problem: Diagnostic, refusal: &Refusal) -> Diagnostic {
    if matches!(refusal.stage, Stage::Credential) {
        return problem;
    }
    // An operation that ended badly is told about with 200.
    let status = if refusal.status == 0 || refusal.stage == Stage::Operation {
        String::new()
    } else {
        format!("{} ", refusal.status)
    };
    problem = problem.note(format!(
        "{status}{}: {}",
        refusal.code,
        first_line(&refusal.message)
    ));
    for (code, message) in refusal.details.iter().take(DETAILS) {
        let words: Vec<&str> = [code.as_str(), first_line(message)]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        problem = problem.note(words.join(": "));
    }
    let ids: Vec<String> = [
        ("request", refusal.request_id.as_ref()),
        ("correlation", refusal.correlation_id.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, id)| Some(format!("{name} id {}", id?)))
    .chain(refusal.time.clone())
    .collect();
    if !refusal.request.is_empty() {
        problem = problem.note(refusal.request.clone());
    }
    if ids.is_empty() {
        problem
    } else {
        problem.note(ids.join(", "))
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or("").trim()
}

/// What to do about a certificate authority that this machine does not know.
pub const TRUST: &str = "a private authority, as of a proxy that opens TLS or of `tenon sim --tls`, goes into a PEM file: TENON_CA_FILE=ca.pem";

fn unreachable_host(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let (what, way_out) = if refusal.code == "UntrustedCertificate" {
        (
            "whoever answers for Azure shows a certificate that this machine does not trust",
            TRUST,
        )
    } else {
        (
            "Azure does not answer",
            "look at the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and --cloud",
        )
    };
    around
        .at(Diagnostic::error(Code::Unreachable, what))
        .help(Help::text(way_out))
        .help(Help::text(format!(
            "nothing was changed by this request: {}",
            refusal.request
        )))
}

fn timed_out(_: &Refusal, around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::OperationFailed,
            "Azure has not finished within the time that is allowed",
        ))
        .note("the operation goes on in Azure")
        .help(Help::text(
            "run the same command again: it follows what is still running",
        ))
}

#[cfg(test)]
mod tests;
