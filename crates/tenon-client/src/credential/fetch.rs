//! Asking whoever vouches for this program: a runner, a metadata service.
//!
//! These are other machines' services, on addresses that the environment
//! names. They get what is meant for them and nothing that is Azure's: no
//! token, no auxiliary header, no correlation id.

use reqwest::header::{HeaderValue, USER_AGENT};
use serde::de::DeserializeOwned;
use tenon_model::transport::{Refusal, Stage};

use super::Ask;
use crate::cloud::shown;
use crate::errors::ArmError;
use crate::http::{HttpRequest, HttpResponse};
use crate::retry::{Manner, Tries};

impl Ask<'_> {
    /// Sends `request` until there is an answer, good or bad.
    pub(super) async fn fetch(
        &self,
        mut request: HttpRequest,
        manner: Manner,
    ) -> Result<HttpResponse, Refusal> {
        request.accept_json();
        if let Ok(agent) = HeaderValue::from_str(self.user_agent) {
            request.headers.insert(USER_AGENT, agent);
        }
        let mut tries = Tries::new(manner, self.patience, self.jitter.clone(), None);
        let outcome = tries.run(|| self.wire.send(request.clone())).await;
        outcome.map_err(|error| {
            self.failed(&format!(
                "{} {}: {error}",
                request.method,
                shown(&request.url)
            ))
        })
    }

    /// Sends `request` and reads the JSON of its answer.
    pub(super) async fn fetch_json<T: DeserializeOwned>(
        &self,
        request: HttpRequest,
        manner: Manner,
    ) -> Result<T, Refusal> {
        let label = format!("{} {}", request.method, shown(&request.url));
        let response = self.fetch(request, manner).await?;
        if !response.status.is_success() {
            let status = response.status.as_u16();
            return Err(self.failed(&format!("{label} answers {status}: {}", said(&response))));
        }
        serde_json::from_slice(&response.body)
            .map_err(|_| self.failed(&format!("{label} answers without a token")))
    }

    /// The source of this credential has nothing to give.
    pub(super) fn failed(&self, message: &str) -> Refusal {
        self.asked
            .bare(Stage::Credential, "TokenSourceFailed", message)
    }

    /// The same, with what kind of failure it is, for whoever knows a way out.
    pub(super) fn failed_as(&self, what: &str, message: &str) -> Refusal {
        let mut refusal = self.failed(message);
        refusal.target = Some(what.to_owned());
        refusal
    }
}

/// The words of an answer that is an error: OAuth's, then Azure's.
fn said(response: &HttpResponse) -> String {
    #[derive(serde::Deserialize)]
    struct Denied {
        error: String,
        error_description: String,
    }
    match serde_json::from_slice::<Denied>(&response.body) {
        Ok(denied) => format!("{}: {}", denied.error, denied.error_description),
        Err(_) => {
            let error = ArmError::read(response);
            let words: Vec<String> = [error.code, error.message]
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect();
            words.join(": ")
        }
    }
}
