//! Worlds for the simulator: from a file, or made so that a spec works in it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tenon_client::{Credential, SecretString};
use tenon_model::{Code, Diagnostic, Help, suggest};
use tenon_sim::world::WorldFile;
use tenon_sim::{Authority, ClockMode, Options, Running, StartError, WorldError};

use crate::files;

mod making;

pub(crate) use making::{Needs, of, of_all};

/// The application that signs in to a made world, and its secret.
const APPLICATION: &str = "7d5f0c1e-0000-4000-8000-000000000001";
const SECRET: &str = "simulated-secret";

/// The credential of a made world.
pub(crate) fn credential() -> Credential {
    Credential::client_secret(
        APPLICATION,
        SecretString::from(SECRET),
        "the simulated world",
    )
}

/// How a simulator is started.
pub(crate) struct Start {
    /// What exists before the first request, if nothing was kept.
    pub(crate) world: WorldFile,
    /// Where it is kept.
    pub(crate) state: Option<PathBuf>,
    /// The port on loopback; 0 takes a free one.
    pub(crate) port: u16,
    /// Seconds that pass in a second.
    pub(crate) speed: u32,
    /// What is added to every answer.
    pub(crate) latency: Duration,
    /// Who signs its certificate; plain HTTP when absent.
    pub(crate) tls: Option<Arc<Authority>>,
}

/// Starts a simulator.
pub(crate) async fn start(start: &Start) -> Result<Running, Vec<Diagnostic>> {
    if let Some(folder) = start.state.as_ref().and_then(|path| path.parent()) {
        std::fs::create_dir_all(folder).map_err(|error| vec![files::unwritable(folder, &error)])?;
    }
    let options = Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, start.port)),
        state: start.state.clone(),
        world: Some(start.world.clone()),
        clock: ClockMode::RealTime { speed: start.speed },
        latency: start.latency,
        tls: start.tls.clone(),
    };
    tenon_sim::start(options)
        .await
        .map_err(|error| vec![cannot_start(&error)])
}

fn cannot_start(error: &StartError) -> Diagnostic {
    let problem = Diagnostic::error(Code::SimulatorFailed, "the simulator cannot be started")
        .note(error.to_string());
    match error {
        StartError::Listen { .. } | StartError::Tls(_) => {
            problem.help(Help::text("take another port; `--port 0` takes a free one"))
        }
        StartError::State { .. } => problem.help(Help::text(
            "wait for the other run, or remove the file its world is kept in",
        )),
        StartError::World(error) => match near(error) {
            Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
            None => problem.help(Help::text("docs/simulator.md describes world files")),
        },
    }
}

/// The region that was meant, where a world names one that is not there.
fn near(error: &WorldError) -> Option<&'static str> {
    match error {
        WorldError::Unknown { kind, name, .. } if *kind == "location" => {
            suggest::nearest(name, tenon_sim::regions())
        }
        _ => None,
    }
}

/// Reads a world file.
pub(crate) fn read(path: &Path) -> Result<WorldFile, Vec<Diagnostic>> {
    let name = files::shown(path);
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![
            Diagnostic::error(
                Code::UnreadableFile,
                format!("cannot read the world file `{name}`"),
            )
            .note(error.to_string()),
        ]
    })?;
    WorldFile::from_yaml(&text).map_err(|error| {
        vec![
            Diagnostic::error(Code::SimulatorFailed, format!("`{name}` is no world"))
                .note(error.to_string())
                .help(Help::text("docs/simulator.md describes world files")),
        ]
    })
}

/// A world with nothing in it.
pub(crate) fn empty() -> WorldFile {
    WorldFile::default()
}
