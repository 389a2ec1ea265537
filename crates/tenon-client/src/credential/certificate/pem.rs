//! PEM: what stands between `-----BEGIN X-----` and `-----END X-----`.
//! Source: RFC 7468; text around the blocks is allowed there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;

/// A block.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    /// None if it is not base64, or is encrypted the way PEM itself once did
    /// (`Proc-Type: 4,ENCRYPTED`).
    pub(super) content: Option<Zeroizing<Vec<u8>>>,
}

/// Returns the blocks of `text` in their order.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((label, inside, after)) = next(rest) {
        blocks.push(Block {
            label,
            content: decode(inside),
        });
        rest = after;
    }
    blocks
}

fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (inside, rest) = rest.split_once(&format!("-----END {label}-----"))?;
    Some((label, inside, rest))
}

fn decode(inside: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(
        inside
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect(),
    );
    STANDARD.decode(digits.as_slice()).ok().map(Zeroizing::new)
}
