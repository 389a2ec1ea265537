//! The simulator behind real HTTP.

mod socket;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Scheme;
use axum::http::{Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::options::{Options, StartError};
use crate::simulator::{Dropped, Simulator};
use crate::tls::Authority;
use socket::{Cut, CuttableListener};

/// The largest body that is read; Resource Manager's own limit is 4 MB.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// A simulator that serves.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    scheme: Scheme,
    simulator: Simulator,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Starts a simulator and serves it in the background.
///
/// # Errors
/// When the address is taken, the state file cannot be used, or the world
/// refers to something it does not have.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let world = options.world.unwrap_or_default();
    let simulator = match &options.state {
        Some(path) => Simulator::open(path, &world, options.clock)?,
        None => Simulator::new(&world, options.clock)?,
    };
    let failed = |source| StartError::Listen {
        address: options.listen,
        source,
    };
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tls = options.tls.as_deref().map(Authority::acceptor).transpose();
    let tls = tls.map_err(StartError::Tls)?;
    let scheme = match tls {
        None => Scheme::HTTP,
        Some(_) => Scheme::HTTPS,
    };
    let (stop, stopped) = oneshot::channel();
    let served = Served {
        simulator: simulator.clone(),
        latency: options.latency,
        scheme: scheme.clone(),
    };
    let router = Router::new()
        .fallback(answer)
        .with_state(served)
        .into_make_service_with_connect_info::<Cut>();
    let task = tokio::spawn(async move {
        let serve = axum::serve(CuttableListener { listener, tls }, router);
        // Connections that are kept open must not keep a stopped simulator alive.
        tokio::select! {
            result = serve.into_future() => {
                if let Err(error) = result {
                    tracing::error!(%error, "the server stopped");
                }
            }
            _ = stopped => {}
        }
    });
    Ok(Running {
        address,
        scheme,
        simulator,
        stop: Some(stop),
        task,
    })
}

impl Running {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of Resource Manager.
    #[must_use]
    pub fn arm_url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The address of the sign-in side; the same host.
    #[must_use]
    pub fn login_url(&self) -> String {
        self.arm_url()
    }

    /// The simulator behind it.
    #[must_use]
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Stops serving and writes what is not written yet.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The task may be gone already; then there is nobody to tell.
            let _ = stop.send(());
        }
        if let Err(error) = (&mut self.task).await {
            tracing::warn!(%error, "the server did not end in order");
        }
        // Connections that clients keep open hold the simulator, but not its file.
        self.simulator.close();
    }
}

#[derive(Debug, Clone)]
struct Served {
    simulator: Simulator,
    latency: Duration,
    scheme: Scheme,
}

async fn answer(
    State(served): State<Served>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    let mut request: Request<Bytes> = Request::from_parts(parts, body);
    request.extensions_mut().insert(served.scheme.clone());
    let response = served.simulator.handle(request).await;
    if !served.latency.is_zero() {
        tokio::time::sleep(served.latency).await;
    }
    if response.extensions().get::<Dropped>().is_some() {
        cut.now();
    }
    response.map(Body::from)
}
