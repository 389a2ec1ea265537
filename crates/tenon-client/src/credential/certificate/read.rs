//! From the bytes of a file to keys and certificates.

use secrecy::zeroize::Zeroizing;

use super::der::{Der, OCTET_STRING, SEQUENCE};
use super::kdf::Password;
use super::{CertificateError, pbe, pem, pkcs12};

/// What a file holds.
#[derive(Default)]
pub(super) struct Found {
    /// Private keys, as PKCS#8 or PKCS#1.
    pub(super) keys: Vec<Zeroizing<Vec<u8>>>,
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Reads a file in any of the forms that are known.
pub(super) fn read(bytes: &[u8], password: Option<&str>) -> Result<Found, CertificateError> {
    if pkcs12::looks_like(bytes) {
        let read = pkcs12::read(bytes, password.unwrap_or_default());
        return read.map_err(|error| asked(error, password));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| CertificateError::UnknownForm)?;
    let blocks = pem::blocks(text);
    if blocks.is_empty() {
        return Err(CertificateError::UnknownForm);
    }
    let mut found = Found::default();
    for block in blocks {
        let content = || block.content.clone().ok_or_else(|| undecoded(block.label));
        match block.label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                found.certificates.push(content()?.to_vec());
            }
            "PRIVATE KEY" | "RSA PRIVATE KEY" => found.keys.push(content()?),
            "ENCRYPTED PRIVATE KEY" => {
                let key = decrypt(&content()?, password.unwrap_or_default());
                found
                    .keys
                    .push(key.map_err(|error| asked(error, password))?);
            }
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(CertificateError::NotRsa),
            _ => {}
        }
    }
    Ok(found)
}

/// Decrypts an `EncryptedPrivateKeyInfo` (RFC 5958).
fn decrypt(content: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    let mut info = Der::new(content).open(SEQUENCE)?;
    let algorithm = info.open(SEQUENCE)?;
    pbe::decrypt(
        algorithm,
        info.take(OCTET_STRING)?,
        &Password::new(password),
    )
}

/// Who gave no password needs one; who gave one gave a wrong one.
fn asked(error: CertificateError, password: Option<&str>) -> CertificateError {
    match error {
        CertificateError::WrongPassword if password.is_none_or(str::is_empty) => {
            CertificateError::PasswordNeeded
        }
        _ => error,
    }
}

fn undecoded(label: &str) -> CertificateError {
    CertificateError::Unsupported(format!("the form of its block `{label}`"))
}
