//! Over real sockets on loopback: what the in-process dialogues cannot show.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::RealHttp;
use crate::http::{Http, HttpError, HttpRequest, Method, Url};

/// Serves `answers`, one per request, on one connection after the other, and
/// tells what it was asked.
fn serve(answers: Vec<Vec<u8>>) -> (Url, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a?b=c", listener.local_addr().unwrap());
    let (heard, asked) = channel();
    thread::spawn(move || {
        let mut connection = None;
        for answer in answers {
            let reader =
                connection.get_or_insert_with(|| BufReader::new(listener.accept().unwrap().0));
            let Some(request) = hear(reader) else { return };
            heard.send(request).unwrap();
            reader.get_mut().write_all(&answer).unwrap();
            if !answer.ends_with(b"keep") {
                connection = None;
            }
        }
    });
    (url.parse().unwrap(), asked)
}

fn hear(reader: &mut BufReader<std::net::TcpStream>) -> Option<String> {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if reader.read_line(&mut text).ok()? == 0 {
            return None;
        }
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    text.push_str(&String::from_utf8(body).unwrap());
    Some(text)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

async fn send(url: Url) -> Result<crate::HttpResponse, HttpError> {
    let mut request = HttpRequest::new(Method::PUT, url);
    request.body = Some(b"{\"x\":1}".as_slice().into());
    RealHttp::new(None).unwrap().send(request).await
}

#[tokio::test]
async fn a_request_goes_out_and_its_answer_comes_back() {
    let (url, asked) = serve(vec![answer("201 Created\r\nx-ms-request-id: r-1", b"{}")]);
    let response = send(url).await.unwrap();
    assert_eq!(
        (response.status.as_u16(), response.body.as_slice()),
        (201, b"{}".as_slice())
    );
    assert_eq!(response.request_id(), Some("r-1"));
    let heard = asked.recv().unwrap();
    assert!(heard.starts_with("PUT /a?b=c HTTP/1.1\r\n"), "{heard}");
    assert!(
        heard.contains("accept-encoding: gzip") && heard.ends_with("{\"x\":1}"),
        "{heard}"
    );
}

/// Azure answers 411 to a POST that does not say how long it is.
#[tokio::test]
async fn an_action_without_a_body_says_so() {
    let (url, asked) = serve(vec![answer("200 OK", b"")]);
    let request = HttpRequest::new(Method::POST, url);
    RealHttp::new(None).unwrap().send(request).await.unwrap();
    assert!(asked.recv().unwrap().contains("content-length: 0\r\n"));
}

#[tokio::test]
async fn compressed_answers_are_read() {
    // `{"a":1}` by gzip.
    let packed = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7,
        0, 0, 0,
    ];
    let (url, _asked) = serve(vec![answer("200 OK\r\ncontent-encoding: gzip", &packed)]);
    assert_eq!(send(url).await.unwrap().body, b"{\"a\":1}");
}

#[tokio::test]
async fn redirects_are_left_to_the_caller() {
    let (url, asked) = serve(vec![answer("307 Temporary Redirect\r\nlocation: /b", b"")]);
    assert_eq!(send(url).await.unwrap().status.as_u16(), 307);
    assert_eq!(asked.iter().count(), 1);
}

#[tokio::test]
async fn connections_are_kept() {
    let (url, asked) = serve(vec![answer("200 OK", b"keep"), answer("200 OK", b"last")]);
    let http = RealHttp::new(None).unwrap();
    for expected in [b"keep", b"last"] {
        let response = http
            .send(HttpRequest::new(Method::GET, url.clone()))
            .await
            .unwrap();
        assert_eq!(response.body, expected);
    }
    assert_eq!(asked.iter().count(), 2);
}

#[tokio::test]
async fn nobody_there_and_gone_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    assert!(matches!(send(url).await, Err(HttpError::Connect(_))));

    let (url, _asked) = serve(vec![Vec::new()]);
    let lost = send(url.clone()).await;
    assert!(matches!(&lost, Err(HttpError::Lost(_))), "{lost:?}");
    assert!(!lost.unwrap_err().to_string().contains("b=c"));

    let (url, _asked) = serve(vec![
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}".to_vec(),
    ]);
    assert!(matches!(send(url).await, Err(HttpError::Lost(_))));
}

#[tokio::test]
async fn plain_http_leaves_this_machine_for_nobody() {
    let refused = send("http://192.0.2.1/".parse().unwrap()).await;
    assert!(
        matches!(refused, Err(HttpError::Unsendable(_))),
        "{refused:?}"
    );
}

/// What goes to the own link in plain is a question for an identity. Anything
/// that carries a token is stopped before a connection is tried.
#[test]
fn only_questions_for_an_identity_go_to_the_own_link() {
    let link = "http://169.254.169.254/metadata/identity/oauth2/token";
    let ask = |url: &str, headers: &[&'static str]| {
        let mut request = HttpRequest::new(Method::GET, url.parse().unwrap());
        for name in headers {
            let value = crate::HeaderValue::from_static("true");
            request.headers.insert(*name, value);
        }
        super::asks_for_identity(&request)
    };
    assert!(ask(link, &["metadata"]));
    assert!(ask("http://169.254.130.2:8081/", &["x-identity-header"]));
    assert!(!ask(link, &[]));
    assert!(!ask(link, &["metadata", "authorization"]));
    assert!(!ask(link, &["metadata", "x-ms-authorization-auxiliary"]));
    assert!(!ask("http://169.253.169.254/", &["metadata"]));
    assert!(!ask("http://evil.test/", &["metadata"]));
}

#[tokio::test]
async fn a_token_does_not_go_to_the_own_link() {
    let link = "http://169.254.169.254/metadata/identity/oauth2/token";
    let mut request = HttpRequest::new(Method::GET, link.parse().unwrap());
    let yes = crate::HeaderValue::from_static("true");
    request.headers.insert("metadata", yes.clone());
    request.headers.insert("authorization", yes);
    let refused = RealHttp::new(None).unwrap().send(request).await;
    assert!(
        matches!(refused, Err(HttpError::Unsendable(_))),
        "{refused:?}"
    );
}

#[test]
fn a_file_without_certificates_is_refused() {
    let missing = std::path::Path::new("/nonexistent/ca.pem");
    assert!(RealHttp::new(Some(missing)).is_err());
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert!(RealHttp::new(Some(&here)).is_err());
}
