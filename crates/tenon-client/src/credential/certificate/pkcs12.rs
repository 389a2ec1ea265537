//! PKCS#12: key and certificates in one file, behind a password.
//! Source: RFC 7292, sections 4 and 5.

use aws_lc_rs::{digest, hmac};
use secrecy::zeroize::Zeroizing;

use super::CertificateError;
use super::der::{Der, Malformed, OBJECT_ID, OCTET_STRING, SEQUENCE, context};
use super::kdf::{self, Password, Purpose, Salted};
use super::pbe;
use super::read::Found;

/// 1.2.840.113549.1.7; its last number says which.
const CONTENT: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const DATA: u8 = 1;
const ENCRYPTED: u8 = 6;
/// 1.2.840.113549.1.12.10.1; its last number says which.
const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
const KEY: u8 = 1;
const SHROUDED_KEY: u8 = 2;
const CERTIFICATE: u8 = 3;
const NESTED: u8 = 6;
/// 1.2.840.113549.1.9.22.1
const X509: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
/// How deep bags may hold bags.
const DEPTH: usize = 4;

/// Whether `bytes` could be such a file: a sequence that begins with the
/// number 3.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let version = || -> Result<u32, Malformed> { Der::new(bytes).open(SEQUENCE)?.number() };
    version() == Ok(3)
}

/// Reads keys and certificates.
pub(super) fn read(bytes: &[u8], password: &str) -> Result<Found, CertificateError> {
    match opened(bytes, &Password::new(password)) {
        Err(CertificateError::WrongPassword) if password.is_empty() => {
            opened(bytes, &Password::none())
        }
        read => read,
    }
}

fn opened(bytes: &[u8], password: &Password<'_>) -> Result<Found, CertificateError> {
    let mut whole = Der::new(bytes).open(SEQUENCE)?;
    whole.number()?;
    let (kind, content) = info(&mut whole)?;
    if kind != DATA {
        return Err(CertificateError::Unsupported(
            "that it is signed instead of sealed by its password".to_owned(),
        ));
    }
    let safes = Der::new(content).open(OCTET_STRING)?;
    if !whole.is_empty() {
        check(whole.open(SEQUENCE)?, safes, password)?;
    }
    let mut found = Found::default();
    let mut safes = { safes }.open(SEQUENCE)?;
    while !safes.is_empty() {
        let bags = match info(&mut safes)? {
            (DATA, plain) => Zeroizing::new(Der::new(plain).take(OCTET_STRING)?.to_vec()),
            (ENCRYPTED, sealed) => unseal(sealed, password)?,
            _ => continue,
        };
        collect(Der::new(&bags).open(SEQUENCE)?, password, DEPTH, &mut found)?;
    }
    Ok(found)
}

/// Takes a `ContentInfo`: the last number of its type, and its content.
fn info<'a>(at: &mut Der<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let mut info = at.open(SEQUENCE)?;
    match info.take(OBJECT_ID)?.split_last() {
        Some((kind, CONTENT)) => Ok((*kind, info.take(context(0))?)),
        _ => Err(Malformed),
    }
}

/// Compares the checksum, which is how a wrong password is told from a broken
/// file.
fn check(
    mut mac: Der<'_>,
    safes: Der<'_>,
    password: &Password<'_>,
) -> Result<(), CertificateError> {
    /// 1.3.14.3.2.26
    const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
    /// 2.16.840.1.101.3.4.2; its last number says which.
    const SHA2: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    let mut sum = mac.open(SEQUENCE)?;
    let algorithm = sum.open(SEQUENCE)?.take(OBJECT_ID)?;
    let (digest, hmac) = match (algorithm, algorithm.split_last()) {
        (SHA1, _) => (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        ),
        (_, Some((1, SHA2))) => (&digest::SHA256, hmac::HMAC_SHA256),
        (_, Some((2, SHA2))) => (&digest::SHA384, hmac::HMAC_SHA384),
        (_, Some((3, SHA2))) => (&digest::SHA512, hmac::HMAC_SHA512),
        _ => return Err(CertificateError::Unsupported("its checksum".to_owned())),
    };
    let expected = sum.take(OCTET_STRING)?;
    let salt = mac.take(OCTET_STRING)?;
    let rounds = if mac.is_empty() { 1 } else { mac.number()? };
    let key = kdf::derive(
        digest,
        Purpose::Checksum,
        &password.wide,
        Salted { salt, rounds },
        digest.output_len(),
    );
    hmac::verify(&hmac::Key::new(hmac, &key), safes.rest(), expected)
        .map_err(|_| CertificateError::WrongPassword)
}

/// Decrypts an `EncryptedData`.
fn unseal(sealed: &[u8], password: &Password<'_>) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    let mut sealed = Der::new(sealed).open(SEQUENCE)?;
    sealed.number()?;
    let mut info = sealed.open(SEQUENCE)?;
    info.take(OBJECT_ID)?;
    let algorithm = info.open(SEQUENCE)?;
    // `[0] IMPLICIT OCTET STRING`, hence primitive.
    pbe::decrypt(algorithm, info.take(0x80)?, password)
}

fn collect(
    mut bags: Der<'_>,
    password: &Password<'_>,
    depth: usize,
    found: &mut Found,
) -> Result<(), CertificateError> {
    while !bags.is_empty() {
        let mut bag = bags.open(SEQUENCE)?;
        let kind = match bag.take(OBJECT_ID)?.split_last() {
            Some((kind, BAG)) => *kind,
            _ => continue,
        };
        let value = bag.take(context(0))?;
        match kind {
            KEY => found.keys.push(Zeroizing::new(value.to_vec())),
            SHROUDED_KEY => {
                let mut shrouded = Der::new(value).open(SEQUENCE)?;
                let algorithm = shrouded.open(SEQUENCE)?;
                let sealed = shrouded.take(OCTET_STRING)?;
                let key = pbe::decrypt(algorithm, sealed, password)?;
                found.keys.push(key);
            }
            CERTIFICATE => {
                let mut value = Der::new(value).open(SEQUENCE)?;
                if value.take(OBJECT_ID)? == X509 {
                    let certificate = value.open(context(0))?.take(OCTET_STRING)?;
                    found.certificates.push(certificate.to_vec());
                }
            }
            NESTED if depth > 0 => {
                let inner = Der::new(value).open(SEQUENCE)?;
                collect(inner, password, depth - 1, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}
