//! What one look at an operation says.

use tenon_model::Value;
use tenon_model::transport::{Refusal, Stage, Verb};

use super::follow::Watch;
use super::state::{Phase, provisioning, status};
use super::target::Target;
use super::{ended_badly, read};
use crate::http::HttpResponse;

/// What one look says.
pub(super) enum Seen {
    Running,
    /// It ended well; the resource, if it was there to be seen.
    Done(Option<Value>),
    /// It ended well, and the resource is gone with it.
    Gone,
    /// The operation is no longer known; the resource may be.
    Forgotten,
    /// The resource is not there, or not yet.
    Absent,
}

impl Seen {
    pub(super) fn of(
        watch: &Watch<'_>,
        target: &Target,
        response: &HttpResponse,
    ) -> Result<Self, Refusal> {
        let asked = watch.arm.asked(watch.call);
        let code = response.status.as_u16();
        match code {
            200..=299 => {}
            404 => return not_found(watch, target, response),
            // Whoever may not look learns nothing about the operation.
            401 | 403 | 429 | 500.. => return Err(asked.refused(Stage::Azure, response)),
            _ => return Err(asked.refused(Stage::Operation, response)),
        }
        let body = match code {
            // Nobody promises that these have a body that means something.
            202 | 204 => read(response, &asked).unwrap_or_default(),
            _ => read(response, &asked)?,
        };
        match phase(watch, target, code, &body) {
            Phase::Running => Ok(Self::Running),
            Phase::Failed => Err(ended_badly(&asked, response, &body)),
            Phase::Succeeded if matches!(target, Target::Status(_)) => Ok(Self::Done(None)),
            // An action's answer is whatever it is; what a PUT made has an id.
            Phase::Succeeded if watch.makes() && body.member("id").is_none() => {
                Ok(Self::Done(None))
            }
            Phase::Succeeded => Ok(Self::Done(Some(body))),
        }
    }
}

fn not_found(watch: &Watch<'_>, target: &Target, response: &HttpResponse) -> Result<Seen, Refusal> {
    match (target, watch.write.verb) {
        (Target::Location(_) | Target::Resource, Verb::Delete) => Ok(Seen::Gone),
        (Target::Resource, _) => Ok(Seen::Absent),
        (_, Verb::Put | Verb::Patch | Verb::Delete) => Ok(Seen::Forgotten),
        (_, Verb::Post | Verb::Get) => Err(watch
            .arm
            .asked(watch.call)
            .refused(Stage::Operation, response)),
    }
}

fn phase(watch: &Watch<'_>, target: &Target, code: u16, body: &Value) -> Phase {
    let by_code = match code {
        202 => Phase::Running,
        _ => Phase::Succeeded,
    };
    match target {
        Target::Status(_) => status(body).or(provisioning(body)).unwrap_or(by_code),
        Target::Location(_) => match status(body) {
            Some(Phase::Failed) => Phase::Failed,
            _ if code == 202 => Phase::Running,
            // A 200 may be the resource itself, not yet complete.
            _ if watch.makes() => provisioning(body).unwrap_or(by_code),
            _ => by_code,
        },
        // It is gone when it is gone, whatever state it is in until then.
        Target::Resource if watch.write.verb == Verb::Delete => match provisioning(body) {
            Some(Phase::Failed) => Phase::Failed,
            _ if code == 204 => Phase::Succeeded,
            _ => Phase::Running,
        },
        Target::Resource => provisioning(body).unwrap_or(by_code),
    }
}
