//! Contents that are encrypted with a password.
//!
//! PBES2 (AES, since 2010) and the three schemes of PKCS#12 itself, which
//! Windows, Key Vault and OpenSSL before version 3 still write. Sources: RFC 8018,
//! appendix B; RFC 7292, appendix C.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::{digest, pbkdf2};
use des::TdesEde3;
use des::cipher::{BlockDecrypt, KeyInit, generic_array::GenericArray};
use rc2::Rc2;
use secrecy::zeroize::Zeroizing;

use super::CertificateError;
use super::der::{Der, Malformed, OBJECT_ID, OCTET_STRING, SEQUENCE};
use super::kdf::{self, Password, Purpose, Salted};

/// More rounds than anybody means: a file must not keep us busy for hours.
const ROUNDS: u32 = 10_000_000;

const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
/// `pkcs-12PbeIds`; its last number says which.
const PKCS12: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];
const TRIPLE_DES: u8 = 3;
const RC2_128: u8 = 5;
const RC2_40: u8 = 6;
/// `hmacWithSHA…`, 1.2.840.113549.2; its last number says which.
const HMAC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02];
/// `aes`, 2.16.840.1.101.3.4.1; its last number says which.
const AES: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01];

type Decrypted = Result<Zeroizing<Vec<u8>>, CertificateError>;

/// Decrypts `content` as the `AlgorithmIdentifier` says.
pub(super) fn decrypt(
    mut algorithm: Der<'_>,
    content: &[u8],
    password: &Password<'_>,
) -> Decrypted {
    let scheme = algorithm.take(OBJECT_ID)?;
    let parameters = algorithm.open(SEQUENCE)?;
    if scheme == PBES2 {
        return pbes2(parameters, content, password);
    }
    match scheme.split_last() {
        Some((kind, PKCS12)) => pkcs12(*kind, parameters, content, password),
        _ => Err(unsupported("its encryption")),
    }
}

fn unsupported(what: &str) -> CertificateError {
    CertificateError::Unsupported(what.to_owned())
}

fn rounds(at: &mut Der<'_>) -> Result<u32, CertificateError> {
    match at.number()? {
        rounds @ 1..=ROUNDS => Ok(rounds),
        _ => Err(unsupported("its number of rounds")),
    }
}

fn pbes2(mut parameters: Der<'_>, content: &[u8], password: &Password<'_>) -> Decrypted {
    let mut derivation = parameters.open(SEQUENCE)?;
    let mut cipher = parameters.open(SEQUENCE)?;
    let aes = aes(cipher.take(OBJECT_ID)?)?;
    let start: [u8; 16] = cipher
        .take(OCTET_STRING)?
        .try_into()
        .map_err(|_| Malformed)?;
    if derivation.take(OBJECT_ID)? != PBKDF2 {
        return Err(unsupported("the derivation of its key"));
    }
    let mut derivation = derivation.open(SEQUENCE)?;
    let salt = derivation.take(OCTET_STRING)?;
    let rounds = NonZeroU32::new(rounds(&mut derivation)?).ok_or(Malformed)?;
    if derivation.tag() == Some(super::der::INTEGER) {
        derivation.number()?; // the key's length, which the cipher says too
    }
    let hash = hash(derivation)?;
    let mut key = Zeroizing::new(vec![0; aes.length]);
    pbkdf2::derive(hash, rounds, salt, password.text.as_bytes(), &mut key);
    let key = UnboundCipherKey::new(aes.algorithm, &key).map_err(|_| Malformed)?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(|_| Malformed)?;
    let mut content = Zeroizing::new(content.to_vec());
    let plain = key
        .decrypt(&mut content, DecryptionContext::Iv128(start.into()))
        .map_err(|_| CertificateError::WrongPassword)?;
    Ok(Zeroizing::new(plain.to_vec()))
}

struct Aes {
    algorithm: &'static Algorithm,
    /// Of its key, in bytes.
    length: usize,
}

fn aes(id: &[u8]) -> Result<Aes, CertificateError> {
    let (algorithm, length) = match id.split_last() {
        Some((2, AES)) => (&AES_128, 16),
        Some((22, AES)) => (&AES_192, 24),
        Some((42, AES)) => (&AES_256, 32),
        _ => return Err(unsupported("its cipher")),
    };
    Ok(Aes { algorithm, length })
}

/// The function below PBKDF2; SHA-1 if none is named.
fn hash(mut derivation: Der<'_>) -> Result<pbkdf2::Algorithm, CertificateError> {
    if derivation.is_empty() {
        return Ok(pbkdf2::PBKDF2_HMAC_SHA1);
    }
    match derivation.open(SEQUENCE)?.take(OBJECT_ID)?.split_last() {
        Some((7, HMAC)) => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        Some((9, HMAC)) => Ok(pbkdf2::PBKDF2_HMAC_SHA256),
        Some((10, HMAC)) => Ok(pbkdf2::PBKDF2_HMAC_SHA384),
        Some((11, HMAC)) => Ok(pbkdf2::PBKDF2_HMAC_SHA512),
        _ => Err(unsupported("the derivation of its key")),
    }
}

fn pkcs12(kind: u8, mut parameters: Der<'_>, content: &[u8], password: &Password<'_>) -> Decrypted {
    let salt = parameters.take(OCTET_STRING)?;
    let salted = Salted {
        salt,
        rounds: rounds(&mut parameters)?,
    };
    let derive = |purpose, length| {
        let sha1 = &digest::SHA1_FOR_LEGACY_USE_ONLY;
        kdf::derive(sha1, purpose, &password.wide, salted, length)
    };
    let start = derive(Purpose::Start, 8);
    match kind {
        TRIPLE_DES => {
            let cipher = TdesEde3::new_from_slice(&derive(Purpose::Key, 24));
            unchain(&cipher.map_err(|_| Malformed)?, &start, content)
        }
        RC2_128 => unchain(&rc2(&derive(Purpose::Key, 16)), &start, content),
        RC2_40 => unchain(&rc2(&derive(Purpose::Key, 5)), &start, content),
        _ => Err(unsupported("its cipher")),
    }
}

fn rc2(key: &[u8]) -> Rc2 {
    Rc2::new_with_eff_key_len(key, key.len() * 8)
}

/// CBC over blocks of eight bytes, and the padding of PKCS#7 off.
fn unchain<C>(cipher: &C, start: &[u8], content: &[u8]) -> Decrypted
where
    C: BlockDecrypt<BlockSize = des::cipher::consts::U8>,
{
    if content.is_empty() || !content.len().is_multiple_of(8) {
        return Err(Malformed.into());
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(content.len()));
    let mut before = start;
    for chunk in content.chunks_exact(8) {
        let mut block = GenericArray::clone_from_slice(chunk);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, mask)| byte ^ mask));
        before = chunk;
    }
    let padding = usize::from(*plain.last().ok_or(Malformed)?);
    let kept = plain.len().checked_sub(padding);
    let kept = kept.filter(|kept| {
        (1..=8).contains(&padding)
            && plain[*kept..]
                .iter()
                .all(|byte| usize::from(*byte) == padding)
    });
    plain.truncate(kept.ok_or(CertificateError::WrongPassword)?);
    Ok(plain)
}
