//! What is looked at in a certificate: until when it holds, and its key.
//! Source: RFC 5280, section 4.1.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::der::{BIT_STRING, Der, INTEGER, Malformed, OBJECT_ID, SEQUENCE, context};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// 1.2.840.113549.1.1.1
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The facts of a certificate.
pub(super) struct Facts<'a> {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// The RSA key as PKCS#1 writes it; none if it is another sort of key.
    pub(super) rsa: Option<&'a [u8]>,
}

/// Reads a certificate.
pub(super) fn read(certificate: &[u8]) -> Result<Facts<'_>, Malformed> {
    let mut body = Der::new(certificate).open(SEQUENCE)?.open(SEQUENCE)?;
    body.optional(context(0))?; // version
    body.take(INTEGER)?; // serial number
    body.take(SEQUENCE)?; // algorithm of the signature
    body.take(SEQUENCE)?; // issuer
    let mut validity = body.open(SEQUENCE)?;
    let (from, until) = (time(&mut validity)?, time(&mut validity)?);
    body.take(SEQUENCE)?; // subject
    let mut key = body.open(SEQUENCE)?;
    let algorithm = key.open(SEQUENCE)?.take(OBJECT_ID)?;
    let bits = key.take(BIT_STRING)?;
    // The first byte counts the bits that are not used: none in a key.
    let bits = bits.strip_prefix(&[0]).ok_or(Malformed)?;
    Ok(Facts {
        from,
        until,
        rsa: (algorithm == RSA).then_some(bits),
    })
}

/// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from 2050 on.
fn time(at: &mut Der<'_>) -> Result<Timestamp, Malformed> {
    let (tag, text) = at.element()?;
    let text = std::str::from_utf8(text).map_err(|_| Malformed)?;
    let text = match tag {
        GENERALIZED_TIME => text.to_owned(),
        UTC_TIME if text.as_bytes().first().is_some_and(|digit| *digit < b'5') => {
            format!("20{text}")
        }
        UTC_TIME => format!("19{text}"),
        _ => return Err(Malformed),
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", &text).map_err(|_| Malformed)?;
    let zoned = civil.to_zoned(TimeZone::UTC).map_err(|_| Malformed)?;
    Ok(zoned.timestamp())
}
