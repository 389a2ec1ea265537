//! Canonical JSON and digests over it.
//!
//! Members in the order of their names, no white space, no floats where a
//! whole number will do: what RFC 8785 asks, for the values that occur here.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Returns `value` as canonical JSON.
///
/// Derived structs must list their members in alphabetical order or go through
/// [`digest`], which sorts them first.
#[must_use]
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> String {
    // Values are trees of text, numbers and maps with text keys: writing them
    // to memory cannot fail.
    serde_json::to_value(value)
        .and_then(|sorted| serde_json::to_string(&sorted))
        .unwrap_or_default()
}

/// Returns `sha256:` and the hexadecimal digest of the canonical JSON of
/// `value`.
#[must_use]
pub fn digest<T: Serialize + ?Sized>(value: &T) -> String {
    format!("sha256:{}", hex(&hash(to_string(value).as_bytes())))
}

/// Returns the SHA-256 of `bytes`.
#[must_use]
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Returns `bytes` in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The alphabet of short fingerprints: safe in tags, file names and URLs.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Returns the first `length` × 6 bits of the SHA-256 of `text`, as letters.
///
/// # Panics
///
/// When more than 42 letters are asked for; the hash has no more.
#[must_use]
pub fn fingerprint(text: &str, length: usize) -> String {
    assert!(length <= 42, "a fingerprint has at most 42 letters");
    let bytes = hash(text.as_bytes());
    (0..length)
        .map(|index| {
            let bit = index * 6;
            let window = u16::from_be_bytes([bytes[bit / 8], bytes[(bit / 8 + 1).min(31)]]);
            let letter = (window >> (10 - bit % 8)) & 63;
            char::from(ALPHABET[usize::from(letter)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{digest, fingerprint, to_string};
    use crate::{Map, Value};

    #[test]
    fn order_of_members_does_not_matter() {
        let one = Value::Map(Map::from([("b", Value::Int(1)), ("a", Value::Int(2))]));
        let two = Value::Map(Map::from([("a", Value::Int(2)), ("b", Value::Int(1))]));
        assert_eq!(to_string(&one), r#"{"a":2,"b":1}"#);
        assert_eq!(digest(&one), digest(&two));
    }

    #[test]
    fn fingerprints_are_short_and_differ() {
        assert_eq!(fingerprint("size", 4).len(), 4);
        assert_ne!(fingerprint("size", 4), fingerprint("zone", 4));
        assert_eq!(fingerprint("x", 42).len(), 42);
    }
}
