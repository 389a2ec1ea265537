//! A host on a loopback port.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::{Answer, Asked, Service};

/// Serves `service` as long as the program lives, and returns where.
pub(crate) fn serve<S: Service>(service: &Arc<Mutex<S>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let service = Arc::clone(service);
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // Who breaks off has its reasons.
            let _ = talk(stream, &service);
        }
    });
    format!("http://{address}")
}

fn talk<S: Service>(stream: TcpStream, service: &Mutex<S>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or("/"));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let asked = Asked::new(method, target, headers, &body);
    let answer = service.lock().expect("a service").hear(&asked);
    write(&mut reader.into_inner(), &answer)
}

fn write(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    if answer.status == 0 {
        return Ok(());
    }
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // 204 has no length.
    if answer.status != 204 {
        head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
    }
    write!(stream, "{head}\r\n{}", answer.body)
}
