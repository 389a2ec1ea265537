//! As much DER as it takes to find the public key and the end of a certificate.
//!
//! The cryptography library verifies signatures and reads public keys, but no
//! certificates. Nothing here decides about trust: an application's
//! certificate is trusted because it is registered, as Entra does it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// What is needed of an X.509 certificate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// The `SubjectPublicKeyInfo`, whole.
    pub(crate) public_key: Vec<u8>,
    pub(crate) valid_from: Timestamp,
    pub(crate) valid_to: Timestamp,
}

/// Takes a certificate apart; `None` when it is none.
pub(crate) fn certificate(der: &[u8]) -> Option<Parts> {
    let mut outer = Reader(der).inside(SEQUENCE)?;
    let mut body = outer.inside(SEQUENCE)?;
    if body.0.first() == Some(&VERSION) {
        body.next()?;
    }
    body.inside(INTEGER)?;
    // The signature's algorithm, then the issuer.
    body.inside(SEQUENCE)?;
    body.inside(SEQUENCE)?;
    let mut validity = body.inside(SEQUENCE)?;
    let (valid_from, valid_to) = (validity.time()?, validity.time()?);
    body.inside(SEQUENCE)?;
    let key = body.next()?;
    let parts = Parts {
        public_key: key.whole.to_vec(),
        valid_from,
        valid_to,
    };
    is_public_key(key.whole).then_some(parts)
}

/// True when this is a `SubjectPublicKeyInfo`: an algorithm and a string of bits.
pub(crate) fn is_public_key(der: &[u8]) -> bool {
    let Some(mut inside) = Reader(der).inside(SEQUENCE) else {
        return false;
    };
    inside.inside(SEQUENCE).is_some() && inside.inside(BIT_STRING).is_some() && inside.0.is_empty()
}

/// What is left to read.
struct Reader<'d>(&'d [u8]);

/// One tag with its content.
struct Element<'d> {
    tag: u8,
    content: &'d [u8],
    whole: &'d [u8],
}

impl<'d> Reader<'d> {
    fn next(&mut self) -> Option<Element<'d>> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        let (start, length) = if first < 0x80 {
            (2, usize::from(first))
        } else {
            let digits = self.0.get(2..2 + usize::from(first & 0x7f))?;
            // Four digits are 4 GB, more than any certificate has.
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (2 + digits.len(), length)
        };
        let end = start.checked_add(length)?;
        let (whole, content) = (self.0.get(..end)?, self.0.get(start..end)?);
        self.0 = &self.0[end..];
        Some(Element {
            tag,
            content,
            whole,
        })
    }

    fn inside(&mut self, tag: u8) -> Option<Reader<'d>> {
        let element = self.next()?;
        (element.tag == tag).then_some(Reader(element.content))
    }

    fn time(&mut self) -> Option<Timestamp> {
        let element = self.next()?;
        let digits = std::str::from_utf8(element.content)
            .ok()?
            .strip_suffix('Z')?;
        let (year, rest) = match element.tag {
            // Two digits of a year mean 1950 to 2049 (RFC 5280, 4.1.2.5.1).
            UTC_TIME => {
                let year: i16 = digits.get(..2)?.parse().ok()?;
                (year + if year < 50 { 2000 } else { 1900 }, digits.get(2..)?)
            }
            GENERALIZED_TIME => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
            _ => return None,
        };
        let two = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
        let moment = DateTime::new(year, two(0)?, two(2)?, two(4)?, two(6)?, two(8)?, 0).ok()?;
        Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

#[cfg(test)]
mod tests;
