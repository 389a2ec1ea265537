//! The lease of a run, in the words of the spec.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tenon_client::{BlobAddressError, BlobLease};
use tenon_engine::lease::{NotTaken, take};
use tenon_model::event::Line;
use tenon_model::lease::{Holder, LeaseAt};
use tenon_model::plan::{Mode, Plan};
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Code, Diagnostic, Help};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::output::Output;
use crate::refusals::Scene;

/// How often it is said that a run still waits.
const BEAT: Duration = Duration::from_secs(60);

/// Takes the lease of a plan, waiting if it may.
///
/// # Errors
///
/// Why it could not be taken; nothing was changed.
pub(crate) async fn acquire(
    lease: &BlobLease,
    (plan, at): (&Plan, &LeaseAt),
    patience: Duration,
    stop: &CancellationToken,
    scene: &Scene,
    output: &Output,
) -> Result<(), Box<Diagnostic>> {
    let waiting = Waiting {
        output,
        told: Mutex::default(),
    };
    let taken = take(lease, patience, stop, &|holder| waiting.tell(holder)).await;
    taken.map_err(|why| {
        Box::new(match why {
            NotTaken::Held(holder) => held(plan, holder.as_ref()),
            NotTaken::Refused(refusal) => refused(&plan.deployment.name, at, &refusal, scene),
            NotTaken::Interrupted => Diagnostic::error(
                Code::Interrupted,
                "interrupted while waiting for the lease; nothing was changed",
            )
            .help(Help::text(
                "run the same command again; --lock-timeout says how long it may wait",
            )),
        })
    })
}

/// Says that a run waits: when it begins to, when the holder is another one,
/// and once in a while.
struct Waiting<'a> {
    output: &'a Output,
    told: Mutex<Option<(Instant, String)>>,
}

impl Waiting<'_> {
    fn tell(&self, holder: Option<&Holder>) {
        let mut told = self
            .told
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let run = holder.map(|holder| holder.run.clone()).unwrap_or_default();
        let is_new = told
            .as_ref()
            .is_none_or(|(at, before)| *before != run || at.elapsed() >= BEAT);
        if is_new {
            *told = Some((Instant::now(), run));
            self.output
                .say(&format!("waiting for the lease: {}", words(holder)));
            self.output.json_line(&Line::LeaseWaiting { holder });
        }
    }
}

/// Who has a lease, in a phrase.
pub(crate) fn words(holder: Option<&Holder>) -> String {
    let Some(holder) = holder else {
        return "held by a run that has not said yet who it is".to_owned();
    };
    let mut words = format!("held by {}", holder.by);
    if let Some(since) = holder.since.and_then(|at| Timestamp::from_second(at).ok()) {
        let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
        let day = since.strftime("%Y-%m-%d").to_string();
        let form = if day == today {
            "%H:%M:%SZ"
        } else {
            "%Y-%m-%d %H:%M:%SZ"
        };
        words.push_str(&format!(", since {}", since.strftime(form)));
    }
    if let Some(ago) = holder.renewed_ago {
        words.push_str(&format!(", renewed {ago} s ago"));
    }
    words
}

fn held(plan: &Plan, holder: Option<&Holder>) -> Diagnostic {
    let name = &plan.deployment.name;
    let command = match plan.mode {
        Mode::Live => "tenon apply",
        Mode::Destroy => "tenon destroy",
    };
    let problem = Diagnostic::error(
        Code::LeaseHeld,
        format!("somebody else is applying {name} right now"),
    )
    .note(words(holder))
    .note("its lease ends by itself 60 s after that run stops")
    .note("nothing was changed")
    .help(Help::command(
        "wait for it",
        format!("{command} --lock-timeout 30m"),
    ));
    match holder {
        None => problem,
        Some(holder) => problem.help(Help::command(
            "only if that run is surely dead",
            format!("tenon unlock {name} --id {}", holder.run),
        )),
    }
}

/// An address that is no blob of the cloud.
pub(crate) fn bad_address(name: &str, error: &BlobAddressError) -> Diagnostic {
    unusable(name).note(error.to_string()).help(Help::text(
        "write  lock: {blob: https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME}",
    ))
}

fn unusable(name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::LeaseUnusable,
        format!("the lease of {name} cannot be used; nothing was changed"),
    )
}

/// A refusal of the storage account, or of the sign-in before it.
pub(crate) fn refused(name: &str, at: &LeaseAt, refusal: &Refusal, scene: &Scene) -> Diagnostic {
    if matches!(refusal.stage, Stage::Credential | Stage::SignIn) {
        return scene.explain(refusal, None, None);
    }
    let said = if refusal.status == 0 {
        format!("{}: {}", refusal.code, refusal.message)
    } else {
        format!("{} {}: {}", refusal.status, refusal.code, refusal.message)
    };
    let problem = unusable(name).note(&at.blob).note(said);
    let problem = match &refusal.request_id {
        Some(id) => problem.note(format!("request id {id}")),
        None => problem,
    };
    let (account, container) = names(&at.blob);
    match refusal.code.as_str() {
        "ContainerNotFound" => problem.help(Help::command(
            "make the container once",
            format!(
                "az storage container create --account-name {account} --name {container} --auth-mode login"
            ),
        )),
        "AuthorizationPermissionMismatch" | "AuthorizationFailure" => {
            let who = refusal.application.as_deref().unwrap_or("APPLICATION");
            problem
                .help(Help::command(
                    "let it write there; this takes some minutes to count",
                    format!(
                        "az role assignment create --assignee {who} --role \"Storage Blob Data Contributor\" --scope \"$(az storage account show --name {account} --query id --output tsv)/blobServices/default/containers/{container}\""
                    ),
                ))
                .help(Help::text("or let this machine through the account's firewall"))
        }
        "CannotConnect" | "ResourceNotFound" => problem.help(Help::command(
            "see whether the storage account exists",
            format!("az storage account check-name --name {account}"),
        )),
        _ => problem,
    }
}

/// Account and container of a blob's address.
pub(crate) fn names(blob: &str) -> (&str, &str) {
    let rest = blob.split_once("://").map_or(blob, |(_, rest)| rest);
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    match host.split_once(".blob.") {
        Some((account, _)) => (
            account.split('.').next().unwrap_or(account),
            parts.next().unwrap_or_default(),
        ),
        None => (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        ),
    }
}

/// What is said when the lease was lost on the way.
pub(crate) fn lost(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        Code::LeaseLost,
        format!("the lease of {name} was lost while its plan was carried out"),
    )
    .note(match why {
        "NoAnswer" => {
            "it could not be renewed in time: the storage account gave no answer".to_owned()
        }
        code => format!("the storage account said {code}"),
    })
    .note("what was under way was followed to its end, nothing else began")
    .help(Help::command("see what is left", "tenon plan"))
}
