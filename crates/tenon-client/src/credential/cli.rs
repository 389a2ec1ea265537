//! The session of the Azure CLI: `az account get-access-token`.
//!
//! For people at their own machine. The tenant and the scope are all that it
//! is told; what it prints is a token and is neither logged nor repeated.
//! Source: recorded with azure-cli 2.91.0.

mod answer;
mod program;

use std::sync::Arc;

use secrecy::SecretString;
use tenon_model::transport::{Boxed, Refusal, Stage};

use super::{Ask, Grant, TokenSource};
use answer::Printed;
use program::{Az, Ended, Ran};

/// Something that runs `az`.
pub(super) trait Run: Send + Sync {
    /// Runs it with these arguments.
    fn run<'a>(&'a self, arguments: &'a [&'a str]) -> Boxed<'a, Result<Ran, Ended>>;
}

/// The Azure CLI.
#[derive(Clone)]
pub struct AzureCli {
    run: Arc<dyn Run>,
    source: String,
}

impl AzureCli {
    /// Returns the one that is installed; it is looked for along `PATH` when
    /// it is needed.
    #[must_use]
    pub fn installed() -> Self {
        Self::running(Az::default())
    }

    fn running(run: impl Run + 'static) -> Self {
        Self {
            run: Arc::new(run),
            source: String::new(),
        }
    }

    pub(super) fn named(self, source: String) -> Self {
        Self { source, ..self }
    }

    async fn bring(&self, ask: &Ask<'_>) -> Result<Grant, Refusal> {
        let (tenant, scope) = (ask.tenant.as_str(), ask.scope);
        if !is_plain(tenant) || !is_plain(scope) {
            let message = format!("`{tenant}` cannot be handed to az");
            return Err(ask.asked.bare(Stage::Credential, "BadTenant", &message));
        }
        let arguments = [
            "account",
            "get-access-token",
            "--scope",
            scope,
            "--tenant",
            tenant,
            "--output",
            "json",
        ];
        let ran = self.run.run(&arguments).await;
        let ran = ran.map_err(|ended| match ended {
            Ended::NotInstalled => ask.failed_as("az-absent", "the Azure CLI is not installed"),
            Ended::NotRun(why) => ask.failed(&format!("az cannot be run: {why}")),
            Ended::TooLate(after) => {
                ask.failed(&format!("az gave no answer within {} s", after.as_secs()))
            }
        })?;
        if !ran.success {
            return Err(refused(ask, &ran.errors));
        }
        let now = ask.clock().now();
        let printed: Option<Printed> = serde_json::from_slice(&ran.output).ok();
        let lifetime = printed.as_ref().and_then(|printed| printed.lifetime(now));
        match (printed, lifetime) {
            (Some(printed), Some(lifetime)) => Ok(Grant {
                token: SecretString::from(printed.token),
                lifetime,
            }),
            // Not even a part of it is shown: it may be one of a token.
            _ => Err(ask.failed("az printed no token that can be read")),
        }
    }
}

/// Whether a text means nothing to a shell: `az` is a batch file on Windows.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/".contains(&byte);
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
}

/// What `az` complains about, told apart: no session at all is something that
/// another source may help out with, a refusal of Entra is not.
fn refused(ask: &Ask<'_>, errors: &str) -> Refusal {
    let line = errors
        .lines()
        .map(|line| line.trim().trim_start_matches("ERROR:").trim())
        .find(|line| !line.is_empty() && !line.starts_with("WARNING"))
        .unwrap_or("az ended with an error and said nothing");
    if let Some(at) = errors.find("AADSTS") {
        let code: String = errors[at..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let sentence = errors[at + code.len()..].trim_start_matches(':').trim();
        let sentence = sentence.split("Trace ID:").next().unwrap_or_default();
        let sentence = sentence.lines().next().unwrap_or_default().trim();
        let mut refusal = ask.asked.bare(Stage::SignIn, &code, sentence);
        refusal.request = "az account get-access-token".to_owned();
        refusal.target = Some("az".to_owned());
        return refusal;
    }
    if errors.contains("az login") || errors.contains("az account set") {
        return ask.failed_as(
            "az-signed-out",
            &format!("the Azure CLI has no session: {line}"),
        );
    }
    ask.failed(&format!("az: {line}"))
}

impl TokenSource for AzureCli {
    /// Whoever signed in: the token tells.
    fn application(&self) -> Option<&str> {
        None
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(self.bring(ask))
    }
}

#[cfg(test)]
mod tests;
