//! The certificate of an application.
//!
//! Its private key signs an assertion for every token (`assertion`). Files are
//! PEM, with key and certificate in one, or PKCS#12. The crates that read the
//! latter bring forty-five others along, a pre-release among them, so `pkcs12`,
//! `pbe` and `kdf` do it here, over the one crypto library. What can be known to
//! fail is refused before anything is sent.

mod assertion;
mod der;
mod kdf;
mod pbe;
mod pem;
mod pkcs12;
mod read;
mod x509;

use std::fmt;

use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use jiff::Timestamp;
use tenon_model::transport::{Boxed, Refusal, Stage};
use thiserror::Error;

use super::{Ask, Grant, TokenSource};
pub use assertion::Chain;
#[cfg(test)]
use der::Der;
use der::Malformed;

/// A certificate with its private key.
///
/// The key lies in the memory of the crypto library, which wipes it when it is
/// dropped; the bytes that it was read from are wiped here.
pub struct Certificate {
    key: KeyPair,
    /// The one that belongs to the key, then the others of the file.
    chain: Vec<Vec<u8>>,
    from: Timestamp,
    until: Timestamp,
}

/// Why a file cannot serve to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Neither PEM nor PKCS#12.
    #[error("it is neither PEM nor PKCS#12 (DER)")]
    UnknownForm,
    /// It begins well and is broken further on.
    #[error("it is damaged, or written in a form that is not known")]
    Malformed,
    /// A form that is known and not read.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// It is encrypted and there is no password.
    #[error("it is encrypted and no password is given")]
    PasswordNeeded,
    /// The password does not open it.
    #[error("the password does not open it")]
    WrongPassword,
    /// No private key.
    #[error("it holds no private key")]
    NoKey,
    /// No certificate.
    #[error("it holds no certificate")]
    NoCertificate,
    /// A key of another sort, or one that is too short.
    #[error("its key is no RSA key of at least 2048 bits, which is what Microsoft Entra takes")]
    NotRsa,
    /// Key and certificate do not belong together.
    #[error("its private key does not belong to any certificate in it")]
    Mismatch,
}

impl From<Malformed> for CertificateError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Certificate {
    /// Reads the bytes of a file.
    ///
    /// PEM: a key (PKCS#8, also encrypted with PBES2, or PKCS#1) and its
    /// certificate, in any order, further certificates as they come. PKCS#12:
    /// encrypted with AES, triple DES or RC2.
    ///
    /// # Errors
    ///
    /// When it is in another form, does not open, or key and certificate do
    /// not make a pair. Whether it has expired is seen when it is used.
    pub fn read(bytes: &[u8], password: Option<&str>) -> Result<Self, CertificateError> {
        let found = read::read(bytes, password)?;
        let key = found.keys.first().ok_or(CertificateError::NoKey)?;
        let key = KeyPair::from_pkcs8(key)
            .or_else(|_| KeyPair::from_der(key))
            .map_err(|_| CertificateError::NotRsa)?;
        let mut chain = found.certificates;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let own = chain.iter().position(|one| belongs(one, &key));
        let own = own.ok_or(CertificateError::Mismatch)?;
        let leaf = chain.remove(own);
        let facts = x509::read(&leaf)?;
        let (from, until) = (facts.from, facts.until);
        chain.insert(0, leaf);
        Ok(Self {
            key,
            chain,
            from,
            until,
        })
    }

    /// The last second at which it holds.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }

    fn leaf(&self) -> &[u8] {
        &self.chain[0]
    }
}

fn belongs(certificate: &[u8], key: &KeyPair) -> bool {
    let facts = x509::read(certificate);
    facts.is_ok_and(|facts| facts.rsa == Some(key.public_key().as_ref()))
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a certificate until {}", self.until)
    }
}

pub(super) struct ClientCertificate {
    pub(super) client_id: String,
    pub(super) certificate: Certificate,
    pub(super) chain: Chain,
    pub(super) source: String,
}

impl TokenSource for ClientCertificate {
    fn application(&self) -> Option<&str> {
        Some(&self.client_id)
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn token<'a>(&'a self, ask: &'a Ask<'a>) -> Boxed<'a, Result<Grant, Refusal>> {
        Box::pin(async move {
            let now = ask.clock().now();
            let refuse = |message: &str| {
                let code = "CertificateUnusable";
                ask.asked.bare(Stage::Credential, code, message)
            };
            if now > self.certificate.until {
                let message = format!("the certificate expired at {}", self.certificate.until);
                return Err(refuse(&message));
            }
            if now < self.certificate.from {
                let from = self.certificate.from;
                let message = format!("the certificate holds from {from} on, and it is {now} here");
                return Err(refuse(&message));
            }
            let audience = ask.endpoint()?;
            let assertion = assertion::sign(
                &self.certificate,
                self.chain,
                &self.client_id,
                audience.as_str(),
                now,
            );
            let assertion =
                assertion.ok_or_else(|| refuse("the key of the certificate cannot sign"))?;
            ask.exchange(&self.client_id, &assertion).await
        })
    }
}

#[cfg(test)]
mod tests;
