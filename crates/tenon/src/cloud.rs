//! The one place that knows that there is a choice: Azure, or the simulator.
//!
//! Everybody else gets a client and cannot ask who answers.

use std::path::PathBuf;
use std::sync::Arc;

use tenon_client::{
    Client, Cloud, Credentials, Http, RealHttp, RealProber, Settings, ca_file_from_environment,
};
use tenon_model::spec::Spec;
use tenon_model::{Code, Diagnostic, Help, Place};
use tenon_sim::WorldFile;

use crate::arguments::Global;
use crate::credentials::{self, variable};
use crate::output::Output;
use crate::{files, world};

/// How fast time passes in a simulator that serves one command.
const SPEED: u32 = 30;

/// How fast time passes where nobody watches.
const HASTE: u32 = 600;

/// The variable with the proxy that leads to the machines.
const PROBE_PROXY: &str = "TENON_PROBE_PROXY";

/// Azure, or what stands in for it.
pub(crate) struct Connection {
    /// The client.
    pub(crate) client: Client,
    /// The sign-in host, for addresses that people open.
    pub(crate) login: String,
    simulator: Option<tenon_sim::Running>,
}

impl Connection {
    /// How many seconds the clock of this machine is ahead of Azure's. A
    /// simulator of our own has a time of its own, which tells nothing.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        match self.simulator {
            Some(_) => None,
            None => self.client.clock_ahead(),
        }
    }

    /// How fast time passes where the machines are.
    pub(crate) fn seconds_per_second(&self) -> u32 {
        match self.simulator {
            Some(_) => SPEED,
            None => 1,
        }
    }

    /// Who asks machines whether they are well: inside of a simulated network,
    /// or from here, through the proxy that `TENON_PROBE_PROXY` names.
    ///
    /// # Errors
    ///
    /// When the variable names no proxy.
    pub(crate) fn prober(&self) -> Result<RealProber, Box<Diagnostic>> {
        let proxy = match &self.simulator {
            Some(simulator) => Some(simulator.arm_url()),
            None => variable(PROBE_PROXY),
        };
        let Some(proxy) = proxy else {
            return Ok(RealProber::default());
        };
        RealProber::through(&proxy).map_err(|why| {
            Box::new(
                Diagnostic::error(Code::Usage, format!("{PROBE_PROXY} cannot be used"))
                    .note(why)
                    .help(Help::text(
                        "write the address of an HTTP proxy, or unset it",
                    )),
            )
        })
    }

    /// Ends the connection; a simulator keeps its world.
    pub(crate) async fn close(self) {
        if let Some(simulator) = self.simulator {
            simulator.shutdown().await;
        }
    }
}

/// What a connection is made for.
pub(crate) struct Purpose<'a> {
    /// The deployment's name.
    pub(crate) deployment: &'a str,
    /// The spec, if one is at hand.
    pub(crate) spec: Option<&'a Spec>,
    /// The subscriptions of a saved plan with their tenants.
    pub(crate) plan: Option<&'a tenon_model::plan::Plan>,
}

/// Connects to what the options and the environment name.
pub(crate) async fn connect(
    global: &Global,
    purpose: &Purpose<'_>,
    output: &Output,
) -> Result<Connection, Vec<Diagnostic>> {
    if global.simulate {
        simulate(global, purpose, output).await
    } else {
        real(global, purpose, output).await
    }
}

fn http() -> Result<Arc<dyn Http>, Vec<Diagnostic>> {
    let http = RealHttp::new(ca_file_from_environment().as_deref()).map_err(|error| {
        vec![
            Diagnostic::error(Code::Unreachable, "no connection can be made")
                .note(error.to_string())
                .help(Help::text("look at TENON_CA_FILE and SSL_CERT_FILE")),
        ]
    })?;
    Ok(Arc::new(http))
}

async fn real(
    global: &Global,
    purpose: &Purpose<'_>,
    output: &Output,
) -> Result<Connection, Vec<Diagnostic>> {
    let http = http()?;
    let cloud = cloud(global, purpose, &*http).await?;
    let login = cloud.login.to_string().trim_end_matches('/').to_owned();
    let credentials = credentials::read(purpose, &login, output)?;
    let client = Client::new(Settings::new(cloud, credentials, http));
    Ok(Connection {
        client,
        login,
        simulator: None,
    })
}

/// What names the cloud, and where.
struct Named {
    name: String,
    place: Option<Place>,
}

/// `--cloud`, then what the spec or the plan says, then the variables of the
/// Azure tools.
fn named(global: &Global, purpose: &Purpose<'_>) -> Option<Named> {
    let anywhere = |name: String| Named { name, place: None };
    if let Some(name) = &global.cloud {
        return Some(anywhere(name.clone()));
    }
    let written = purpose.spec.and_then(|spec| spec.defaults.cloud.as_ref());
    if let Some(written) = written {
        return Some(Named {
            name: written.value.clone(),
            place: Some(written.place.clone()),
        });
    }
    let planned = purpose.plan.and_then(|plan| plan.deployment.cloud.clone());
    let host = || variable("ARM_METADATA_HOSTNAME").map(|host| format!("https://{host}"));
    planned
        .or_else(|| variable("ARM_CLOUD_METADATA_URL"))
        .or_else(host)
        .or_else(|| variable("ARM_ENVIRONMENT"))
        .map(anywhere)
}

/// The cloud that is named, or the public one.
async fn cloud(
    global: &Global,
    purpose: &Purpose<'_>,
    http: &dyn Http,
) -> Result<Cloud, Vec<Diagnostic>> {
    let Some(Named { name, place }) = named(global, purpose) else {
        return Ok(Cloud::public());
    };
    let at = |problem: Diagnostic| match &place {
        Some(place) => problem.at(place, ""),
        None => problem,
    };
    if let Some(cloud) = Cloud::by_name(&name) {
        return Ok(cloud);
    }
    if !name.contains("://") {
        return Err(vec![
            at(Diagnostic::error(
                Code::Usage,
                format!("there is no cloud called `{name}`"),
            ))
            .help(Help::text(
                "public, usgovernment, china, or the address of a metadata endpoint: https://host",
            )),
        ]);
    }
    Cloud::discover(&name, http).await.map_err(|refusal| {
        let way_out = if refusal.code == "UntrustedCertificate" {
            tenon_kinds::catalogue::TRUST
        } else {
            "the address of a metadata endpoint reads https://management.example.com"
        };
        vec![
            at(Diagnostic::error(
                Code::Unreachable,
                format!("`{name}` does not say where its cloud is"),
            ))
            .note(format!("{} {}", refusal.code, refusal.message))
            .help(Help::text(way_out)),
        ]
    })
}

async fn simulate(
    global: &Global,
    purpose: &Purpose<'_>,
    output: &Output,
) -> Result<Connection, Vec<Diagnostic>> {
    let own_world = global.world.is_none();
    let world = match &global.world {
        Some(path) => world::read(path)?,
        None => world::of(purpose),
    };
    let state = global
        .world_state
        .clone()
        .unwrap_or_else(|| default_state(purpose.deployment));
    let running = world::start(&world::Start {
        world: world.clone(),
        state: Some(state.clone()),
        port: 0,
        speed: SPEED,
        latency: std::time::Duration::ZERO,
        tls: None,
    })
    .await?;
    if own_world {
        // The spec may name more than it did when its world was made.
        running.simulator().extend(&world).map_err(|error| {
            vec![
                Diagnostic::error(
                    Code::SimulatorFailed,
                    "the simulated world cannot be completed",
                )
                .note(error.to_string()),
            ]
        })?;
    }
    output.say(&format!(
        "simulated Azure, its world kept in {}",
        files::shown(&state)
    ));
    let credentials = if own_world {
        Credentials::all(world::credential())
    } else {
        let login = running.login_url();
        credentials::read(purpose, login.trim_end_matches('/'), output)?
    };
    reach(running, credentials).await
}

/// Starts a simulator that forgets everything, and in which time hardly
/// matters.
pub(crate) async fn passing(world: WorldFile) -> Result<Connection, Vec<Diagnostic>> {
    let running = world::start(&world::Start {
        world,
        state: None,
        port: 0,
        speed: HASTE,
        latency: std::time::Duration::ZERO,
        tls: None,
    })
    .await?;
    reach(running, Credentials::all(world::credential())).await
}

/// Connects to a simulator.
async fn reach(
    running: tenon_sim::Running,
    credentials: Credentials,
) -> Result<Connection, Vec<Diagnostic>> {
    let http = http()?;
    let arm = running.arm_url();
    let cloud = Cloud::discover(&arm, &*http).await.map_err(|refusal| {
        vec![
            Diagnostic::error(Code::SimulatorFailed, "the simulator does not answer")
                .note(refusal.message),
        ]
    })?;
    let login = cloud.login.to_string().trim_end_matches('/').to_owned();
    let client = Client::new(Settings::new(cloud, credentials, http));
    Ok(Connection {
        client,
        login,
        simulator: Some(running),
    })
}

/// Where a simulated deployment keeps its world.
fn default_state(deployment: &str) -> PathBuf {
    PathBuf::from(".tenon")
        .join("worlds")
        .join(format!("{deployment}.json"))
}
