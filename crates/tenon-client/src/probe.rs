//! Asks machines themselves whether they are well.
//!
//! No credential goes along: what is asked is nobody Azure vouches for.

use std::net::IpAddr;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Proxy, Url};
use tenon_model::rollout::{Probe, Prober};
use tenon_model::transport::Boxed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

/// How long a connection or an answer may take. Who takes longer is not well.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a program may take.
const PROGRAM: Duration = Duration::from_secs(60);

/// The largest answer of a proxy to `CONNECT`.
const LONGEST: usize = 8 * 1024;

/// Asks over the network, and runs programs.
#[derive(Debug, Default)]
pub struct RealProber {
    /// An HTTP proxy that leads to the machines: host, port.
    proxy: Option<(String, u16)>,
    remote: OnceLock<Option<Client>>,
    /// For addresses: nobody has a certificate for one, and no proxy leads
    /// into a private network.
    direct: OnceLock<Option<Client>>,
}

impl RealProber {
    /// Returns one that reaches machines through an HTTP proxy, such as one that
    /// stands in their network.
    ///
    /// # Errors
    ///
    /// When the address is not of the form `http://host:port`.
    pub fn through(proxy: &str) -> Result<Self, String> {
        let wrong = || format!("`{proxy}` is no proxy of the form http://host:port");
        let url = Url::parse(proxy).map_err(|_| wrong())?;
        let host = url.host_str().filter(|_| url.scheme() == "http");
        let port = url.port_or_known_default();
        Ok(Self {
            proxy: Some((host.ok_or_else(wrong)?.to_owned(), port.ok_or_else(wrong)?)),
            ..Self::default()
        })
    }
}

impl Prober for RealProber {
    fn ask<'a>(&'a self, probe: &'a Probe) -> Boxed<'a, Result<(), String>> {
        Box::pin(async move {
            match probe {
                Probe::Tcp { host, port } => match &self.proxy {
                    Some(proxy) => tcp_through(proxy, host, *port).await,
                    None => tcp(host, *port).await,
                },
                Probe::Http { url, status } => self.http(url, *status).await,
                Probe::Command { words, environment } => command(words, environment).await,
            }
        })
    }
}

impl RealProber {
    async fn http(&self, url: &str, (from, to): (u16, u16)) -> Result<(), String> {
        let url = Url::parse(url).map_err(|_| "not an address".to_owned())?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_address = host.parse::<IpAddr>().is_ok();
        let client = if is_address {
            self.direct.get_or_init(|| {
                let client = builder().no_proxy().danger_accept_invalid_certs(true);
                let client = match &self.proxy {
                    Some((host, port)) => {
                        client.proxy(Proxy::all(format!("http://{host}:{port}")).ok()?)
                    }
                    None => client,
                };
                client.build().ok()
            })
        } else {
            self.remote.get_or_init(|| builder().build().ok())
        };
        let client = client.as_ref().ok_or("no connections can be made here")?;
        match client.get(url).send().await {
            Ok(answer) if (from..=to).contains(&answer.status().as_u16()) => Ok(()),
            Ok(answer) => Err(format!("it answers {}", answer.status().as_u16())),
            Err(error) if error.is_timeout() => Err("no answer".to_owned()),
            Err(error) if error.is_connect() => Err("no connection".to_owned()),
            Err(_) => Err("no answer that can be understood".to_owned()),
        }
    }
}

fn builder() -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(ANSWER)
        .timeout(ANSWER)
        // The next look shall see the machine and no old connection.
        .pool_max_idle_per_host(0)
}

async fn tcp(host: &str, port: u16) -> Result<(), String> {
    match timeout(ANSWER, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Err("connection refused".to_owned())
        }
        Ok(Err(_)) => Err("no connection".to_owned()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// Source: RFC 9110, 9.3.6: any 2xx is a connection.
async fn tcp_through(proxy: &(String, u16), host: &str, port: u16) -> Result<(), String> {
    let name = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let ask = async {
        let mut stream = TcpStream::connect((proxy.0.as_str(), proxy.1)).await.ok()?;
        let request = format!("CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        while !answer.contains(&b'\n') && answer.len() < LONGEST {
            if stream.read_buf(&mut answer).await.ok()? == 0 {
                break;
            }
        }
        let line = String::from_utf8_lossy(&answer).into_owned();
        line.split_whitespace().nth(1)?.parse::<u16>().ok()
    };
    match timeout(ANSWER, ask).await {
        Ok(Some(200..=299)) => Ok(()),
        Ok(Some(_)) => Err("no connection".to_owned()),
        Ok(None) => Err("the proxy does not answer".to_owned()),
        Err(_) => Err("no answer".to_owned()),
    }
}

async fn command(words: &[String], environment: &[(String, String)]) -> Result<(), String> {
    let [program, arguments @ ..] = words else {
        return Err("no program is named".to_owned());
    };
    let run = Command::new(program)
        .args(arguments)
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .status();
    match timeout(PROGRAM, run).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(match status.code() {
            Some(code) => format!("`{program}` ends with {code}"),
            None => format!("`{program}` was ended"),
        }),
        Ok(Err(error)) => Err(format!("`{program}` cannot be run: {error}")),
        Err(_) => Err(format!(
            "`{program}` takes longer than {} s",
            PROGRAM.as_secs()
        )),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    async fn ask(probe: Probe) -> Result<(), String> {
        RealProber::default().ask(&probe).await
    }

    /// Answers one connection with `answer`.
    async fn serve(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            if let Ok((mut stream, _)) = listener.accept().await {
                // Closed with something unread, a connection is reset.
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    if stream.read_buf(&mut asked).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        port
    }

    #[tokio::test]
    async fn a_port_takes_connections_or_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let host = "127.0.0.1".to_owned();
        assert_eq!(ask(Probe::Tcp { host, port }).await, Ok(()));
        // Bound, so that nobody else gets it, and not listened on.
        let socket = TcpSocket::new_v4().expect("a socket");
        let any = "127.0.0.1:0".parse().expect("an address");
        socket.bind(any).expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let host = "127.0.0.1".to_owned();
        let refused = Err("connection refused".to_owned());
        assert_eq!(ask(Probe::Tcp { host, port }).await, refused);
    }

    #[tokio::test]
    async fn a_proxy_says_whether_there_is_a_connection() {
        let cases = [
            ("HTTP/1.1 200 OK\r\n\r\n", Ok(())),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n", Err("no connection")),
        ];
        for (answer, expected) in cases {
            let proxy = format!("http://127.0.0.1:{}", serve(answer).await);
            let prober = RealProber::through(&proxy).expect("a proxy");
            let host = "10.0.0.4".to_owned();
            let seen = prober.ask(&Probe::Tcp { host, port: 443 }).await;
            assert_eq!(seen, expected.map_err(str::to_owned));
        }
        assert!(RealProber::through("socks5://127.0.0.1:1").is_err());
    }

    #[tokio::test]
    async fn a_status_is_one_of_those_expected() {
        let cases = [
            ("HTTP/1.1 204 No Content\r\n\r\n", (200, 299), Ok(())),
            (
                "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n",
                (200, 299),
                Err("it answers 503"),
            ),
            (
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                (302, 302),
                Ok(()),
            ),
        ];
        for (answer, status, expected) in cases {
            let url = format!("http://127.0.0.1:{}/healthz", serve(answer).await);
            let seen = ask(Probe::Http { url, status }).await;
            assert_eq!(seen, expected.map_err(str::to_owned), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_program_ends_with_0_or_not() {
        let run = |script: &str| {
            let words = ["sh", "-c", script].map(str::to_owned).to_vec();
            let environment = vec![("TENON_VM_NAME".to_owned(), "web-1".to_owned())];
            ask(Probe::Command { words, environment })
        };
        assert_eq!(run("test $TENON_VM_NAME = web-1").await, Ok(()));
        assert_eq!(run("exit 3").await, Err("`sh` ends with 3".to_owned()));
        let words = vec!["/nowhere/check".to_owned()];
        let environment = Vec::new();
        let missing = ask(Probe::Command { words, environment }).await;
        assert!(missing.is_err_and(|why| why.contains("cannot be run")));
    }
}
