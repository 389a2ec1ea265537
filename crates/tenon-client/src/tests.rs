//! What the tests of all modules share: an [`Http`](crate::Http) that plays a
//! written dialogue, and a client that speaks to it.

mod logs;
mod paper;
mod script;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenon_model::transport::{Answer, Condition, Progress, Read, Refusal, Transport, Verb, Write};
use tenon_model::{TenantId, canonical};

use crate::{Client, Cloud, Credential, Credentials, Endpoint, Jitter, Settings};
pub(crate) use paper::{Paper, block, summer};
pub(crate) use script::{Script, response};

/// The secret of the test application.
pub(crate) const SECRET: &str = "canary-secret";

/// A client whose waits are not left to chance.
pub(crate) fn client(script: &Arc<Script>) -> Client {
    Client::new(settings(script))
}

pub(crate) fn settings(script: &Arc<Script>) -> Settings {
    let cloud = Cloud {
        name: "Test".to_owned(),
        login: Endpoint::parse("https://login.test").unwrap(),
        arm: Endpoint::parse("https://arm.test").unwrap(),
        audience: "https://arm.test".to_owned(),
    };
    let credential = Credential::client_secret("app-1", SECRET.into(), "AZURE_CLIENT_SECRET");
    let mut settings = Settings::new(cloud, Credentials::all(credential), script.clone());
    settings.jitter = Jitter::fixed(0.0);
    settings.correlation_id = "correlation-1".to_owned();
    settings
}

pub(crate) fn read(path: &str) -> Read {
    Read {
        tenant: TenantId::new("t2"),
        path: path.to_owned(),
        api_version: "2024-01-01".to_owned(),
        query: Vec::new(),
    }
}

pub(crate) fn write(verb: Verb, path: &str) -> Write {
    Write {
        tenant: TenantId::new("t2"),
        auxiliary: Vec::new(),
        verb,
        path: path.to_owned(),
        api_version: "2024-01-01".to_owned(),
        body: None,
        condition: Condition::None,
    }
}

/// Writes and returns the end in one line, with everything that was told.
pub(crate) async fn tell(client: &Client, write: &Write) -> (String, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let tell = |progress: Progress| told.lock().unwrap().push(line(&progress));
    let ended = client.write(write, &tell).await;
    (end(&ended), told.into_inner().unwrap())
}

pub(crate) fn line(progress: &Progress) -> String {
    match progress {
        Progress::Accepted { operation } => format!("accepted {operation}"),
        Progress::Waiting { wait, why } => format!("{} {why}", seconds(*wait)),
    }
}

pub(crate) fn end(ended: &Result<Answer, Refusal>) -> String {
    match ended {
        Ok(answer) => format!("{} {}", answer.status, canonical::to_string(&answer.body)),
        Err(refusal) => {
            let details = refusal
                .details
                .iter()
                .map(|(code, text)| format!("; {code}: {text}"));
            format!(
                "{:?} {refusal}{}",
                refusal.stage,
                details.collect::<String>()
            )
        }
    }
}

pub(crate) fn seconds(wait: Duration) -> String {
    format!("{}s", wait.as_secs_f64())
}
