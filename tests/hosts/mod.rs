//! The hosts of pull requests as local servers, written from their public REST
//! documentation: pages, limits, refusals, and who wrote what.
//!
//! A [`Service`] answers requests as data. Tests of modules ask it within the
//! process; tests of the program reach it on a loopback port ([`serve`]).

pub(crate) mod azure_repos;
pub(crate) mod github;
pub(crate) mod gitlab;
mod serving;

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

pub(crate) use serving::serve;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Segments of the path, decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    /// By name in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A host.
pub(crate) trait Service: Send + 'static {
    /// Answers.
    fn answer(&mut self, asked: &Asked) -> Answer;
    /// What it has been told to do wrong, and what it was asked.
    fn told(&mut self) -> &mut Told;

    /// Answers, unless something else comes first.
    fn hear(&mut self, asked: &Asked) -> Answer {
        let line = asked.line();
        self.told().log.push(line.clone());
        let planned = self
            .told()
            .instead
            .iter()
            .position(|(of, _)| line.starts_with(of.as_str()));
        let planned = planned.and_then(|at| self.told().instead.remove(at));
        match planned {
            Some((_, Instead::Of(answer))) => answer,
            Some((_, Instead::Lost)) => {
                // It was done, and nobody hears of it.
                self.answer(asked);
                Answer::json(0, &Value::Null)
            }
            None => self.answer(asked),
        }
    }
}

/// What a host was told, and what it was asked.
#[derive(Default)]
pub(crate) struct Told {
    /// Instead of the usual answer, once, to what begins like this.
    pub(crate) instead: VecDeque<(String, Instead)>,
    /// `GET /repos/…`, one for each request.
    pub(crate) log: Vec<String>,
}

/// What comes in place of an answer.
pub(crate) enum Instead {
    /// Another one.
    Of(Answer),
    /// It is done, and the answer is lost; status 0 stands for that.
    Lost,
}

impl Told {
    /// The requests that would change something.
    pub(crate) fn writes(&self) -> Vec<&str> {
        let is_write = |line: &&str| !line.starts_with("GET ") && !line.contains("graphql");
        self.log
            .iter()
            .map(String::as_str)
            .filter(is_write)
            .collect()
    }
}

impl Asked {
    pub(crate) fn new(
        method: &str,
        target: &str,
        headers: BTreeMap<String, String>,
        body: &[u8],
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Self {
            method: method.to_owned(),
            path: path.split('/').skip(1).map(decoded).collect(),
            query: pairs
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
            headers,
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    fn line(&self) -> String {
        format!("{} /{}", self.method, self.path.join("/"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn number(&self, name: &str, otherwise: usize) -> usize {
        let text = self.query.get(name);
        text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    }

    /// Method and path, for a match.
    pub(crate) fn parts(&self) -> (&str, Vec<&str>) {
        (&self.method, self.path.iter().map(String::as_str).collect())
    }
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body,
        }
    }

    /// What GitHub and GitLab say of most errors.
    pub(crate) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &serde_json::json!({"message": message}))
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (hex(rest.next()), hex(rest.next()));
                u8::try_from(high.unwrap_or(0) * 16 + low.unwrap_or(0)).unwrap_or(0)
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A page of a list, and whether there is a further one.
pub(crate) fn page<T: Clone>(list: &[T], number: usize, size: usize) -> (Vec<T>, bool) {
    let start = number.saturating_sub(1) * size;
    let some = list.iter().skip(start).take(size).cloned().collect();
    (some, list.len() > start + size)
}
