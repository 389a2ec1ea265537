//! The trace of a run, for a collector of OpenTelemetry, where the usual
//! variables name one.
//!
//! A run is one trace: a span for the command, one for each phase, one for each
//! step. It is sent once, when the run is over. A collector never fails a run:
//! what cannot be sent is said in one line, and is not waited for longer than
//! its timeout. A process is one run, so what it notes down is static, as logs
//! are.

use std::sync::{Mutex, OnceLock, PoisonError};

use tenon_model::plan::Plan;
use tenon_model::report::Report;
use tenon_render::otlp::{self, Attribute, Span, Status, Trace};

use crate::exit::Exit;
use crate::output::Output;

mod send;
mod settings;

use settings::Settings;

static RUN: OnceLock<Run> = OnceLock::new();

/// What is noted down.
struct Run {
    settings: Settings,
    /// The id of the command's span.
    root: [u8; 8],
    name: String,
    began: u64,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    attributes: Vec<(String, Attribute)>,
    spans: Vec<Span>,
}

/// Begins the trace of a command, if one is wanted.
pub(crate) fn begin(command: &str, output: &Output) {
    match settings::read(&crate::credentials::variable) {
        Ok(None) => {}
        Ok(Some(settings)) => {
            let run = Run {
                settings,
                root: span_id(),
                name: format!("tenon {command}"),
                began: now(),
                noted: Mutex::default(),
            };
            run.note("tenon.command", command);
            // A process is one run; a second one would keep the first.
            let _ = RUN.set(run);
        }
        Err(why) => output.complain(&format!("no trace is sent: {why}")),
    }
}

/// A phase that goes on until this is dropped.
#[must_use = "it ends when it is dropped"]
pub(crate) struct Phase(Option<(&'static str, u64)>);

/// Begins a phase.
pub(crate) fn phase(name: &'static str) -> Phase {
    Phase(RUN.get().map(|_| (name, now())))
}

impl Drop for Phase {
    fn drop(&mut self) {
        if let (Some((name, from)), Some(run)) = (self.0, RUN.get()) {
            run.push(vec![run.span(name, from)]);
        }
    }
}

/// Notes which plan it is.
pub(crate) fn planned(plan: &Plan) {
    let Some(run) = RUN.get() else { return };
    run.note("tenon.deployment", plan.deployment.name.as_str());
    run.note("tenon.digest", plan.digest.as_str());
    run.note("tenon.changes", plan.summary.changes());
    run.note("tenon.steps", plan.steps.len());
    run.note("tenon.applyable", Attribute::Bool(plan.applyable));
}

/// Notes how a plan was carried out, by a run that began at `began`,
/// milliseconds since 1970.
pub(crate) fn applied(plan: &Plan, report: &Report, run_id: &str, began: u64) {
    let Some(run) = RUN.get() else { return };
    let began = began.saturating_mul(1_000_000);
    let mut phase = run.span("apply", began);
    phase
        .attributes
        .push(("tenon.run".to_owned(), run_id.into()));
    if report.failed() > 0 {
        phase.status = Status::Error(format!("{} steps failed", report.failed()));
    }
    let mut spans = otlp::steps(plan, report, began, phase.id, span_id);
    spans.insert(0, phase);
    run.push(spans);
}

/// Ends the trace, and sends it.
pub(crate) async fn end(exit: Exit, output: &Output) {
    let Some(run) = RUN.get() else { return };
    let trace = run.trace(exit);
    if let Err(why) = send::send(&run.settings, &trace).await {
        output.complain(&format!("the trace was not sent: {why}"));
    }
}

impl Run {
    fn noted(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, name: &str, value: impl Into<Attribute>) {
        let mut noted = self.noted();
        // The last plan counts: a rollback follows the apply that failed.
        noted.attributes.retain(|(known, _)| known != name);
        noted.attributes.push((name.to_owned(), value.into()));
    }

    fn push(&self, spans: Vec<Span>) {
        self.noted().spans.extend(spans);
    }

    /// A part of the command that ends now.
    fn span(&self, name: &str, from: u64) -> Span {
        Span {
            id: span_id(),
            parent: Some(self.root),
            name: name.to_owned(),
            from,
            to: now().max(from),
            attributes: Vec::new(),
            status: Status::Unset,
        }
    }

    fn trace(&self, exit: Exit) -> Trace {
        let mut noted = self.noted();
        let number = exit.number();
        let mut attributes = std::mem::take(&mut noted.attributes);
        let code = Attribute::Int(i64::from(number));
        attributes.push(("process.exit.code".to_owned(), code));
        let root = Span {
            id: self.root,
            parent: self.settings.parent,
            name: self.name.clone(),
            attributes,
            status: match exit {
                Exit::Ok | Exit::Changes => Status::Ok,
                _ => Status::Error(format!("exit code {number}")),
            },
            ..self.span("", self.began)
        };
        let mut spans = vec![root];
        spans.append(&mut noted.spans);
        Trace {
            id: self.settings.trace,
            resource: self.settings.resource.clone(),
            version: env!("CARGO_PKG_VERSION"),
            spans,
        }
    }
}

/// The time, nanoseconds since 1970.
fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or_default()
}

/// An id of which there is no other.
fn span_id() -> [u8; 8] {
    let mut id = [0; 8];
    id.copy_from_slice(&uuid::Uuid::new_v4().as_bytes()[8..]);
    id
}
