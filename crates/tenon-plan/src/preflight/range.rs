//! Ranges of addresses, as far as a subnet has them.

use std::net::Ipv4Addr;

use tenon_model::Value;

/// Addresses that Azure keeps in every range: the first four and the last.
/// Source: Microsoft Learn, "Azure Virtual Network frequently asked questions".
const RESERVED: u64 = 5;

/// A range of IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    first: u32,
    size: u64,
}

impl Range {
    /// Reads `10.0.1.0/24`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        let size = 1_u64 << (32 - length);
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        Some(Self {
            first: u32::from(address) & mask,
            size,
        })
    }

    /// How many addresses somebody can have.
    pub(super) fn room(self) -> i64 {
        i64::try_from(self.size.saturating_sub(RESERVED)).unwrap_or(i64::MAX)
    }

    /// Whether an address lies in it.
    pub(super) fn holds(self, address: Ipv4Addr) -> bool {
        let at = u64::from(u32::from(address)).checked_sub(u64::from(self.first));
        at.is_some_and(|at| at < self.size)
    }

    /// Whether Azure keeps an address for itself.
    pub(super) fn keeps(self, address: Ipv4Addr) -> bool {
        let at = u64::from(u32::from(address)).checked_sub(u64::from(self.first));
        at.is_some_and(|at| at < RESERVED - 1 || at + 1 == self.size)
    }
}

/// The ranges of IPv4 that the body of a subnet names.
pub(super) fn of_subnet(body: &Value) -> Vec<Range> {
    let many = body.at(&["properties", "addressPrefixes"]);
    let many = many.and_then(Value::as_list).unwrap_or(&[]).iter();
    let one = body.at(&["properties", "addressPrefix"]);
    let texts = many.chain(one).filter_map(Value::as_text);
    let mut ranges = Vec::new();
    for range in texts.filter_map(Range::parse) {
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    ranges
}

#[cfg(test)]
mod tests;
