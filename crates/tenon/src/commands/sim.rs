//! `tenon sim`: the simulator for other programs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tenon_model::place::Sources;
use tenon_model::{Code, Diagnostic};
use tenon_sim::{Authority, Running};

use crate::arguments::{Global, SimArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::{files, interrupt, world};

/// Where the authority that clients trust is kept.
const TLS: &str = ".tenon/tls";

/// Runs the command: serves until it is interrupted.
pub(crate) async fn run(global: &Global, options: &SimArguments, output: &Output) -> Exit {
    let interrupt = interrupt::listen();
    let state = global
        .world_state
        .clone()
        .or_else(|| (!options.in_memory).then(|| ".tenon/worlds/sim.json".into()));
    match start(global, options, state.clone()).await {
        Ok((running, ca_file)) => {
            tell(&running, ca_file.as_deref(), state.as_deref(), output);
            interrupt.stop.cancelled().await;
            running.shutdown().await;
            Exit::Ok
        }
        Err(problems) => {
            output.diagnostics(&problems, &Sources::default());
            Exit::Error
        }
    }
}

/// Starts it, and says which certificate clients must trust.
async fn start(
    global: &Global,
    options: &SimArguments,
    state: Option<PathBuf>,
) -> Result<(Running, Option<PathBuf>), Vec<Diagnostic>> {
    let world = match &global.world {
        Some(path) => world::read(path)?,
        None => world::empty(),
    };
    let tls = options.tls.then(authority).transpose()?;
    // Other programs run elsewhere, so they get the whole path.
    let ca_file = tls
        .as_ref()
        .map(|tls| std::path::absolute(tls.file()).unwrap_or_else(|_| tls.file().to_owned()));
    let running = world::start(&world::Start {
        world,
        state,
        port: options.port,
        speed: options.speed,
        latency: Duration::from_millis(options.latency),
        tls,
    })
    .await?;
    Ok((running, ca_file))
}

fn authority() -> Result<Arc<Authority>, Vec<Diagnostic>> {
    Authority::kept_in(Path::new(TLS))
        .map(Arc::new)
        .map_err(|error| {
            let problem = "the simulator has no certificate authority";
            vec![Diagnostic::error(Code::SimulatorFailed, problem).note(error.to_string())]
        })
}

fn tell(running: &Running, ca_file: Option<&Path>, state: Option<&Path>, output: &Output) {
    let (arm, login) = (running.arm_url(), running.login_url());
    let mut lines = format!("Resource Manager  {arm}\nsign-in           {login}\n");
    let mut trust = String::new();
    if let Some(file) = ca_file {
        lines.push_str(&format!("CA file           {}\n", file.display()));
        trust = format!("TENON_CA_FILE={} ", file.display());
    }
    output::print(&lines);
    output.say(&format!(
        "use it:  {trust}ARM_CLOUD_METADATA_URL={arm} tenon plan"
    ));
    if let Some(state) = state {
        output.say(&format!("its world is kept in {}", files::shown(state)));
    }
}
