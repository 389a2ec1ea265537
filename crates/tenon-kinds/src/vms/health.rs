//! When a machine counts as well.

use tenon_model::desired::Declaration;
use tenon_model::rollout::{Check, Health, Url, WITHIN};
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Value};

use super::rollout::seconds;

const PORT: Shape = Shape::Integer {
    min: 1,
    max: 65_535,
};

const HTTP: Shape = Shape::Either(&[
    PORT,
    Shape::Text(Format::Free),
    Shape::Struct(&[
        Field::optional(
            "url",
            Shape::Text(Format::Free),
            "the machine's own address",
            "A whole address to ask instead, such as that of a balancer.",
        ),
        Field::optional(
            "scheme",
            Shape::OneOf(&["http", "https"]),
            "http",
            "The protocol.",
        ),
        Field::optional("port", PORT, "80, or 443 for https", "The port."),
        Field::optional("path", Shape::Text(Format::Free), "/", "The path."),
        Field::optional(
            "status",
            Shape::Either(&[
                Shape::Integer { min: 100, max: 599 },
                Shape::Text(Format::Free),
            ]),
            "200-299",
            "The status that counts as well, or a range of them such as `200-399`.",
        ),
    ]),
]);

/// The keys of `rollout.health`.
pub(super) const SHAPE: Shape = Shape::Struct(&[
    Field::optional(
        "agent",
        Shape::Boolean,
        "false",
        "Azure's agent on the machine says that it is ready.",
    ),
    Field::optional(
        "tcp",
        Shape::Either(&[PORT, Shape::Text(Format::Free)]),
        "not asked",
        "A port of the machine that takes connections, or `address:port`.",
    ),
    Field::optional(
        "http",
        HTTP,
        "not asked",
        "A `GET` that is answered as expected: a port, a whole address, or more below. No credential is sent, and redirects are not followed.",
    ),
    Field::optional(
        "command",
        Shape::OneOrMany(&Shape::Text(Format::Free)),
        "not asked",
        "A program that runs where `tenon apply` runs and ends with 0: a path, or a list of a path and its arguments. Its environment has `TENON_ADDRESS`, `TENON_VM_NAME`, `TENON_VM_ID`, `TENON_PRIVATE_IP` and `TENON_PUBLIC_IP`.",
    ),
    Field::optional(
        "within",
        Shape::Text(Format::Duration),
        "10m",
        "How long a machine may take to get well.",
    ),
    Field::optional(
        "min_healthy",
        Shape::Text(Format::Duration),
        "0s",
        "How long it must be well without a break before the next wave.",
    ),
]);

const WAYS: [&str; 4] = ["agent", "tcp", "http", "command"];

/// Reads it; none when it is wrong, which `out` then says.
pub(super) fn declare(item: &Item, entry: &Entry, out: &mut Declaration) -> Option<Health> {
    let check = match only_way(item, entry) {
        Ok(None) => Ok(Check::Running),
        Ok(Some(key)) => check(key, item.get(key)?, entry),
        Err(problem) => Err(problem),
    };
    match check {
        Ok(check) => Some(Health {
            check,
            within: seconds(item, "within").unwrap_or(WITHIN),
            min_healthy: seconds(item, "min_healthy").unwrap_or(0),
        }),
        Err(problem) => {
            // The template is everybody's, and said once.
            if entry.index == 0 {
                out.diagnostics.push(*problem);
            }
            None
        }
    }
}

/// The one key that says what is looked at.
fn only_way(item: &Item, entry: &Entry) -> Result<Option<&'static str>, Box<Diagnostic>> {
    let ways: Vec<&'static str> = WAYS
        .into_iter()
        .filter(|key| item.get(key).is_some() && item.bool(key) != Some(false))
        .collect();
    let &[one, other, ..] = ways.as_slice() else {
        return Ok(ways.first().copied());
    };
    Err(Box::new(
        Diagnostic::error(
            Code::ConflictingKeys,
            format!("`{one}` and `{other}` exclude each other in `health`"),
        )
        .at(item.place_of(other), "a machine is looked at in one way")
        .context(item.place_of(one), "this is one")
        .help(Help::text(
            "a `command` can look at several things and end with 0 when all are well",
        ))
        .about(&entry.address),
    ))
}

fn check(key: &str, item: &Item, entry: &Entry) -> Result<Check, Box<Diagnostic>> {
    match key {
        "tcp" => tcp(item, entry),
        "http" => http(item, entry),
        "command" => {
            let words = item.elements().iter();
            let words = words.filter_map(Item::scalar).map(Value::to_plain_text);
            Ok(Check::Command {
                words: words.collect(),
            })
        }
        _ => Ok(Check::Agent),
    }
}

fn tcp(item: &Item, entry: &Entry) -> Result<Check, Box<Diagnostic>> {
    let text = item.scalar().map(Value::to_plain_text).unwrap_or_default();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (Some(host.trim_matches(['[', ']']).to_owned()), port),
        None => (None, text.as_str()),
    };
    match (port.parse::<u16>(), &host) {
        (Ok(port), host) if port > 0 && host.as_deref() != Some("") => Ok(Check::Tcp {
            host: host.clone(),
            port,
        }),
        _ => Err(unclear(
            item,
            entry,
            "a port, or an address with a port",
            "tcp: 443",
        )),
    }
}

fn http(item: &Item, entry: &Entry) -> Result<Check, Box<Diagnostic>> {
    let written = item.scalar().map(Value::to_plain_text);
    if let Some(text) = written {
        let url = match text.parse::<u16>() {
            Ok(port) => Url::At {
                scheme: "http".to_owned(),
                port,
                path: "/".to_owned(),
            },
            Err(_) => whole(item, &text, entry)?,
        };
        let status = (200, 299);
        return Ok(Check::Http { url, status });
    }
    let url = match item.get("url") {
        Some(url) => {
            alone(item, entry)?;
            let text = url.scalar().map(Value::to_plain_text).unwrap_or_default();
            whole(url, &text, entry)?
        }
        None => at_the_machine(item),
    };
    let status = match item.get("status") {
        Some(status) => statuses(status, entry)?,
        None => (200, 299),
    };
    Ok(Check::Http { url, status })
}

/// A whole address has its scheme, port and path.
fn alone(item: &Item, entry: &Entry) -> Result<(), Box<Diagnostic>> {
    let parts = ["scheme", "port", "path"];
    let Some(part) = parts.into_iter().find(|key| item.get(key).is_some()) else {
        return Ok(());
    };
    Err(Box::new(
        Diagnostic::error(
            Code::ConflictingKeys,
            format!("`url` and `{part}` exclude each other"),
        )
        .at(item.place_of(part), "the address says it already")
        .help(Help::text("write it into `url`, or leave `url` out"))
        .about(&entry.address),
    ))
}

fn at_the_machine(item: &Item) -> Url {
    let scheme = item.text("scheme").unwrap_or("http").to_owned();
    let usual = if scheme == "https" { 443 } else { 80 };
    let port = item.int("port").and_then(|port| u16::try_from(port).ok());
    let path = item.text("path").unwrap_or("/");
    Url::At {
        port: port.unwrap_or(usual),
        path: format!("/{}", path.trim_start_matches('/')),
        scheme,
    }
}

fn whole(item: &Item, text: &str, entry: &Entry) -> Result<Url, Box<Diagnostic>> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let host = rest.map(|rest| rest.split(['/', '?']).next().unwrap_or(""));
    match host {
        // What stands before an `@` would be sent as a credential.
        Some(host) if !host.is_empty() && !host.contains('@') => Ok(Url::Whole(text.to_owned())),
        _ => Err(unclear(
            item,
            entry,
            "a port, or a whole address without a user name",
            "http: {port: 80, path: /healthz}",
        )),
    }
}

fn statuses(item: &Item, entry: &Entry) -> Result<(u16, u16), Box<Diagnostic>> {
    let text = item.scalar().map(Value::to_plain_text).unwrap_or_default();
    let (from, to) = text.split_once('-').unwrap_or((&text, &text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if (100..=599).contains(&from) && from <= to && to <= 599 => {
            Ok((from, to))
        }
        _ => Err(unclear(
            item,
            entry,
            "a status, or a range of them",
            "status: 200-399",
        )),
    }
}

fn unclear(item: &Item, entry: &Entry, wanted: &str, example: &str) -> Box<Diagnostic> {
    let text = item.scalar().map(Value::to_plain_text).unwrap_or_default();
    Box::new(
        Diagnostic::error(
            Code::InvalidValue,
            format!("`{text}` does not say what to ask"),
        )
        .at(&item.place, wanted)
        .help(Help::text(example))
        .about(&entry.address),
    )
}
