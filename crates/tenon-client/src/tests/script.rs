//! A dialogue, written line by line:
//!
//! ```text
//! PUT /a => 201 azure-asyncoperation: https://arm.test/op; retry-after: 3 | {"id": "/a"}
//! GET /op => lost
//! ```
//!
//! Requests to Resource Manager have to come in this order. Requests for
//! tokens are answered on their own unless a line says otherwise.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenon_model::transport::Boxed;
use tokio::time::{Instant, sleep};

use crate::{HeaderMap, HeaderName, HeaderValue, Http, HttpError, HttpRequest, HttpResponse};

pub(crate) struct Script {
    lines: Mutex<VecDeque<Line>>,
    sign_ins: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    started: Instant,
    latency: Duration,
}

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// Seconds since the script began.
    pub(crate) at: f64,
}

struct Line {
    request: String,
    reply: Reply,
}

type Reply = Result<HttpResponse, HttpError>;

impl Script {
    pub(crate) fn new(text: &str) -> Arc<Self> {
        Self::with_latency(text, Duration::ZERO)
    }

    /// Every answer takes `latency`.
    pub(crate) fn with_latency(text: &str, latency: Duration) -> Arc<Self> {
        let (mut lines, mut sign_ins) = (VecDeque::new(), VecDeque::new());
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (request, answer) = line.split_once("=>").expect("a line has =>");
            let (request, reply) = (request.trim().to_owned(), reply(answer.trim()));
            match request.as_str() {
                "sign-in" => sign_ins.push_back(reply),
                _ => lines.push_back(Line { request, reply }),
            }
        }
        Arc::new(Self {
            lines: Mutex::new(lines),
            sign_ins: Mutex::new(sign_ins),
            seen: Mutex::default(),
            started: Instant::now(),
            latency,
        })
    }

    /// The requests to Resource Manager so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.all(|seen| !seen.url.starts_with("https://login.test"))
    }

    /// The requests for tokens so far.
    pub(crate) fn sign_ins(&self) -> Vec<Seen> {
        self.all(|seen| seen.url.starts_with("https://login.test"))
    }

    fn all(&self, keep: impl Fn(&Seen) -> bool) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|seen| keep(seen)).cloned().collect()
    }

    /// Fails unless every line was played.
    pub(crate) fn finish(&self) {
        let left: Vec<String> = self
            .lines
            .lock()
            .unwrap()
            .iter()
            .map(|line| line.request.clone())
            .collect();
        assert!(left.is_empty(), "not asked: {left:?}");
    }

    fn play(&self, request: &HttpRequest) -> Reply {
        let url = request.url.as_str().to_owned();
        let asked = format!("{} {}", request.method, request.url.path());
        let body = request.body.as_deref().unwrap_or_default();
        self.seen.lock().unwrap().push(Seen {
            url: url.clone(),
            headers: request.headers.clone(),
            body: String::from_utf8(body.to_vec()).unwrap(),
            at: self.started.elapsed().as_secs_f64(),
        });
        if url.starts_with("https://login.test") {
            let scripted = self.sign_ins.lock().unwrap().pop_front();
            return scripted.unwrap_or_else(|| Ok(self.token(request.url.path())));
        }
        let line = self.lines.lock().unwrap().pop_front();
        let line = line.unwrap_or_else(|| panic!("nothing more was expected, came {asked}"));
        assert_eq!(line.request, asked, "another request was expected");
        line.reply
    }

    fn token(&self, path: &str) -> HttpResponse {
        let tenant = path.split('/').nth(1).unwrap();
        let number = self.sign_ins().len();
        let body = format!(
            r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"canary-{tenant}-{number}"}}"#
        );
        answer(200, HeaderMap::new(), &body)
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Http for Script {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let reply = self.play(&request);
            if self.latency > Duration::ZERO {
                sleep(self.latency).await;
            }
            reply
        })
    }
}

fn reply(text: &str) -> Reply {
    match text {
        "lost" => return Err(HttpError::Lost("reset".to_owned())),
        "connect" => return Err(HttpError::Connect("refused".to_owned())),
        _ => {}
    }
    Ok(response(text))
}

/// Reads `429 retry-after: 3; date: now | body`.
pub(crate) fn response(text: &str) -> HttpResponse {
    let (head, body) = text.split_once('|').unwrap_or((text, ""));
    let (status, rest) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
    let mut headers = HeaderMap::new();
    for pair in rest
        .split(';')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once(':').unwrap();
        let name: HeaderName = name.trim().parse().unwrap();
        headers.insert(name, HeaderValue::from_str(value.trim()).unwrap());
    }
    answer(status.parse().unwrap(), headers, body.trim())
}

fn answer(status: u16, headers: HeaderMap, body: &str) -> HttpResponse {
    HttpResponse {
        status: crate::StatusCode::from_u16(status).unwrap(),
        headers,
        body: body.as_bytes().to_vec(),
    }
}
