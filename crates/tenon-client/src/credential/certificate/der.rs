//! As much of DER as certificates, keys and PKCS#12 files need.
//!
//! Elements are walked through in order; nothing is copied. Lengths are
//! definite, as DER wants it (ITU-T X.690): the older BER form that some tools
//! write is refused with everything else that is not understood.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// The tag of a context-specific element, constructed: `[0]`.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// It is not what the format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The rest of a run of elements.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that was not taken yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The tag of the next element.
    pub(super) fn tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Takes the next element: its tag and its content.
    pub(super) fn element(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let (tag, rest) = self.0.split_first().ok_or(Malformed)?;
        let (length, rest) = length(rest)?;
        if *tag & 0x1f == 0x1f || length > rest.len() {
            return Err(Malformed);
        }
        let (content, rest) = rest.split_at(length);
        self.0 = rest;
        Ok((*tag, content))
    }

    /// Takes the next element, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        match self.element()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Malformed),
        }
    }

    /// Takes the next element and looks into it.
    pub(super) fn open(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.take(tag).map(Self)
    }

    /// Takes the next element if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, Malformed> {
        if self.tag() == Some(tag) {
            self.take(tag).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Takes a whole number that is not negative.
    pub(super) fn number(&mut self) -> Result<u32, Malformed> {
        let bytes = self.take(INTEGER)?;
        let digits = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        if bytes.first().is_none_or(|first| *first >= 0x80) || digits.len() > 4 {
            return Err(Malformed);
        }
        Ok(digits
            .iter()
            .fold(0, |number, digit| number << 8 | u32::from(*digit)))
    }
}

/// Reads the length in front of `bytes`.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), Malformed> {
    let (first, rest) = bytes.split_first().ok_or(Malformed)?;
    if *first < 0x80 {
        return Ok((usize::from(*first), rest));
    }
    let count = usize::from(*first & 0x7f);
    if count == 0 || count > 4 || count > rest.len() {
        return Err(Malformed);
    }
    let (digits, rest) = rest.split_at(count);
    let length = digits
        .iter()
        .fold(0, |length, digit| length << 8 | usize::from(*digit));
    Ok((length, rest))
}
