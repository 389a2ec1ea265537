//! `tenon sim`: the simulator for other programs.

use std::time::Duration;

use tenon_model::place::Sources;

use crate::arguments::{Global, SimArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::{files, interrupt, world};

/// Runs the command: serves until it is interrupted.
pub(crate) async fn run(global: &Global, options: &SimArguments, output: &Output) -> Exit {
    let interrupt = interrupt::listen();
    let world = match &global.world {
        Some(path) => world::read(path),
        None => Ok(world::empty()),
    };
    let state = global
        .world_state
        .clone()
        .or_else(|| (!options.in_memory).then(|| ".tenon/worlds/sim.json".into()));
    let started = match world {
        Ok(world) => {
            world::start(&world::Start {
                world,
                state: state.clone(),
                port: options.port,
                speed: options.speed,
                latency: Duration::from_millis(options.latency),
            })
            .await
        }
        Err(problems) => Err(problems),
    };
    let running = match started {
        Ok(running) => running,
        Err(problems) => {
            output.diagnostics(&problems, &Sources::default());
            return Exit::Error;
        }
    };
    output::print(&format!(
        "Resource Manager  {}\nsign-in           {}\n",
        running.arm_url(),
        running.login_url(),
    ));
    output.say(&format!(
        "use it:  ARM_CLOUD_METADATA_URL={} tenon plan",
        running.arm_url()
    ));
    if let Some(state) = state {
        output.say(&format!("its world is kept in {}", files::shown(&state)));
    }
    interrupt.stop.cancelled().await;
    running.shutdown().await;
    Exit::Ok
}
