//! How a simulator is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::ClockMode;
use crate::tls::Authority;
use crate::world::{WorldError, WorldFile};

/// What [`start`](crate::start) needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The file that keeps the world between runs; in memory only when absent.
    pub state: Option<PathBuf>,
    /// The initial world, used only while there is no state file.
    pub world: Option<WorldFile>,
    /// How time passes.
    pub clock: ClockMode,
    /// Added to every answer, in real time.
    pub latency: Duration,
    /// Who signs the server's certificate; plain HTTP when absent.
    pub tls: Option<Arc<Authority>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state: None,
            world: None,
            clock: ClockMode::default(),
            latency: Duration::ZERO,
            tls: None,
        }
    }
}

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The state file cannot be read, written, or had alone.
    #[error("cannot use the state file {}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No certificate can be signed.
    #[error("cannot make a certificate")]
    Tls(#[source] std::io::Error),
    /// The world makes no sense.
    #[error(transparent)]
    World(#[from] WorldError),
}
