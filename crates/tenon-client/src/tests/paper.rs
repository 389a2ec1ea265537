//! Certificates made on the spot: a key from the crypto library, and the few
//! elements around it that a certificate is made of.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// A key and the certificate of its public half.
pub(crate) struct Paper {
    pub(crate) key: KeyPair,
    pub(crate) certificate: Vec<u8>,
}

impl Paper {
    /// A certificate of 2026.
    pub(crate) fn new() -> Self {
        Self::valid("20260101000000Z", "20261231235959Z")
    }

    pub(crate) fn valid(from: &str, until: &str) -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let certificate = certificate(key.public_key().as_ref(), from, until);
        Self { key, certificate }
    }

    /// The key as PKCS#8.
    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        let der: Pkcs8V1Der<'_> = self.key.as_der().unwrap();
        der.as_ref().to_vec()
    }

    /// Key and certificate in one file.
    pub(crate) fn pem(&self) -> String {
        block("PRIVATE KEY", &self.pkcs8()) + &self.certificate_pem()
    }

    pub(crate) fn certificate_pem(&self) -> String {
        block("CERTIFICATE", &self.certificate)
    }
}

/// A moment at which [`Paper::new`] holds.
pub(crate) fn summer() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn block(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn certificate(key: &[u8], from: &str, until: &str) -> Vec<u8> {
    let rsa = element(
        0x30,
        &[
            vec![6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1],
            vec![5, 0],
        ],
    );
    let name = element(0x30, &[]);
    let date = |text: &str| element(0x18, &[text.as_bytes().to_vec()]);
    let bits = element(3, &[vec![0], key.to_vec()]);
    let body = element(
        0x30,
        &[
            element(0xa0, &[vec![2, 1, 2]]),
            vec![2, 1, 1],
            rsa.clone(),
            name.clone(),
            element(0x30, &[date(from), date(until)]),
            name,
            element(0x30, &[rsa.clone(), bits]),
        ],
    );
    // Nobody here looks at the signature.
    element(0x30, &[body, rsa, vec![3, 1, 0]])
}

fn element(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..=0x7f => bytes.push(length as u8),
        0x80..=0xff => bytes.extend([0x81, length as u8]),
        _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend(content);
    bytes
}
