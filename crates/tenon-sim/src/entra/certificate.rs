//! Certificates of applications, and the names clients call them by.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::der;
use super::jose::PublicKey;

/// A certificate that is registered with an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) key: PublicKey,
    pub(crate) valid_from: Timestamp,
    pub(crate) valid_to: Timestamp,
    sha1: Vec<u8>,
    sha256: Vec<u8>,
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        let parts = der::certificate(&der)?;
        let hash = |algorithm: &'static Algorithm| digest(algorithm, &der).as_ref().to_vec();
        Some(Self {
            key: PublicKey::Encoded(parts.public_key),
            valid_from: parts.valid_from,
            valid_to: parts.valid_to,
            sha1: hash(&SHA1_FOR_LEGACY_USE_ONLY),
            sha256: hash(&SHA256),
        })
    }

    /// True when a header names this certificate.
    ///
    /// `x5t#S256` and `x5t` are base64url of the hash (RFC 7515); `kid` is that
    /// or the hash in hexadecimal, and some clients take the other base64.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let plain = name
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        [&self.sha1, &self.sha256].into_iter().any(|hash| {
            plain == URL_SAFE_NO_PAD.encode(hash) || name.eq_ignore_ascii_case(&hex(hash))
        })
    }

    /// The SHA-1 thumbprint as the portal shows it.
    pub(crate) fn thumbprint(&self) -> String {
        hex(&self.sha1)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}
