//! A plan with the connection that it is carried out over: made of a spec, or
//! read from a file.

use std::path::Path;
use std::time::Duration;

use tenon_model::place::Sources;
use tenon_model::plan::Plan;

use crate::arguments::{Global, SpecArgument};
use crate::cloud::{self, Connection, Purpose};
use crate::output::Output;
use crate::prepare::{self, Intent, Loaded, Trouble};
use crate::refusals::Scene;
use crate::{commands, plan_file, telemetry};

use super::age;

/// A plan that is ready to be carried out.
pub(super) struct Ready {
    pub(super) plan: Plan,
    pub(super) sources: Sources,
    pub(super) scene: Scene,
    pub(super) connection: Connection,
    /// Whether somebody has seen it before: it comes from a file.
    pub(super) origin: Origin,
}

/// Where a plan comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    File,
    Spec,
}

/// Makes the plan of a spec.
pub(super) async fn from_spec(
    global: &Global,
    spec: &SpecArgument,
    intent: &Intent,
    output: &Output,
) -> Result<Ready, Trouble> {
    let (loaded, connection) = commands::open(global, spec, output).await?;
    from_loaded(loaded, connection, intent).await
}

/// Makes the plan of a spec that is read already.
pub(super) async fn from_loaded(
    loaded: Loaded,
    connection: Connection,
    intent: &Intent,
) -> Result<Ready, Trouble> {
    let login = connection.login.clone();
    match prepare::prepare(loaded, &connection.client, &login, intent).await {
        Ok(prepared) => Ok(Ready {
            plan: prepared.plan,
            sources: prepared.sources,
            scene: prepared.scene,
            connection,
            origin: Origin::Spec,
        }),
        Err(trouble) => {
            connection.close().await;
            Err(trouble)
        }
    }
}

/// Reads a saved plan, unless it is too old.
pub(super) async fn from_file(
    global: &Global,
    path: &Path,
    max_age: Option<Duration>,
    output: &Output,
) -> Result<Ready, Trouble> {
    let plan = plan_file::read(path).map_err(|problem| vec![*problem])?;
    let now = jiff::Timestamp::now();
    if let Some(problem) = age::expired(&plan, now, max_age.unwrap_or(age::LONGEST)) {
        return Err(vec![problem].into());
    }
    telemetry::planned(&plan);
    let purpose = Purpose {
        deployment: &plan.deployment.name,
        spec: None,
        plan: Some(&plan),
    };
    let connection = cloud::connect(global, &purpose, output).await?;
    let mut sources = Sources::default();
    for file in &plan.deployment.files {
        if let Ok(text) = std::fs::read_to_string(file) {
            sources.insert(file, &text);
        }
    }
    let scene = Scene::of_plan(&plan, &connection.login);
    Ok(Ready {
        plan,
        sources,
        scene,
        connection,
        origin: Origin::File,
    })
}
