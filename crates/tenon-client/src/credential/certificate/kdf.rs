//! From a password to a key, the way PKCS#12 does it itself.
//! Source: RFC 7292, appendix B.2. Newer files use PBKDF2 for their contents
//! and this for their checksum only.

use aws_lc_rs::digest::{self, Algorithm};
use secrecy::zeroize::Zeroizing;

/// What the derived bytes are for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Key = 1,
    Start = 2,
    Checksum = 3,
}

/// Where the bytes come from besides the password.
#[derive(Clone, Copy)]
pub(super) struct Salted<'a> {
    pub(super) salt: &'a [u8],
    pub(super) rounds: u32,
}

/// A password in the two forms that it is wanted in.
pub(super) struct Password<'a> {
    /// For PBKDF2.
    pub(super) text: &'a str,
    /// For PKCS#12's own: UTF-16, most significant byte first, with a zero at
    /// its end.
    pub(super) wide: Zeroizing<Vec<u8>>,
}

impl<'a> Password<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let units = text.encode_utf16().chain([0]);
        Self {
            text,
            wide: Zeroizing::new(units.flat_map(u16::to_be_bytes).collect()),
        }
    }

    /// No password, which some programs mean by no bytes at all, and others by
    /// a zero only.
    pub(super) fn none() -> Self {
        Self {
            text: "",
            wide: Zeroizing::default(),
        }
    }
}

/// Derives `length` bytes from a [`Password::wide`].
pub(super) fn derive(
    algorithm: &'static Algorithm,
    purpose: Purpose,
    password: &[u8],
    salted: Salted<'_>,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = algorithm.block_len();
    let mut state = Zeroizing::new(filled(salted.salt, block));
    state.extend(filled(password, block));
    let mut derived = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while derived.len() < length {
        let mut context = digest::Context::new(algorithm);
        context.update(&vec![purpose as u8; block]);
        context.update(&state);
        let mut hash = context.finish();
        for _ in 1..salted.rounds {
            hash = digest::digest(algorithm, hash.as_ref());
        }
        derived.extend_from_slice(hash.as_ref());
        let more = Zeroizing::new(filled(hash.as_ref(), block));
        for part in state.chunks_mut(block) {
            add_with_one(part, &more);
        }
    }
    derived.truncate(length);
    derived
}

/// `bytes`, repeated to the next multiple of `block`.
fn filled(bytes: &[u8], block: usize) -> Vec<u8> {
    let length = bytes.len().div_ceil(block) * block;
    bytes.iter().copied().cycle().take(length).collect()
}

/// `number + other + 1`, whatever does not fit is dropped.
fn add_with_one(number: &mut [u8], other: &[u8]) {
    let mut carry = 1_u16;
    for (digit, more) in number.iter_mut().zip(other).rev() {
        carry += u16::from(*digit) + u16::from(*more);
        *digit = (carry & 0xff) as u8;
        carry >>= 8;
    }
}
