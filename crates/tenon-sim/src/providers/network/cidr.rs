//! Address ranges.

use std::net::Ipv4Addr;

use crate::arm::error::ArmError;

/// An IPv4 range, first to last address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cidr {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) length: u8,
}

/// Addresses at the start of a subnet that Azure keeps: network, gateway, two for name servers.
const KEPT_FIRST: u32 = 4;

impl Cidr {
    pub(crate) fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    pub(crate) fn holds(self, address: Ipv4Addr) -> bool {
        (self.first..=self.last).contains(&u32::from(address))
    }

    /// True for the five addresses of a subnet nobody can have.
    pub(crate) fn keeps(self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        address < self.first + KEPT_FIRST || address == self.last
    }

    /// The addresses interfaces can have, in order.
    pub(crate) fn usable(self) -> impl Iterator<Item = Ipv4Addr> {
        (self.first.saturating_add(KEPT_FIRST)..self.last).map(Ipv4Addr::from)
    }

    /// How many addresses interfaces can have.
    pub(crate) fn capacity(self) -> u32 {
        (self.last - self.first + 1).saturating_sub(KEPT_FIRST + 1)
    }

    /// Reads a prefix; version 6 prefixes are `Ok(None)`: they are stored, not computed with.
    pub(crate) fn read(text: &str, owner: &str) -> Result<Option<Self>, ArmError> {
        if text.contains(':') {
            return Ok(None);
        }
        let invalid = || {
            let message = format!(
                "The address prefix {text} in resource {owner} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24."
            );
            ArmError::bad_request("InvalidAddressPrefixFormat", message)
        };
        let (address, length) = text.split_once('/').ok_or_else(invalid)?;
        let address: Ipv4Addr = address.parse().map_err(|_| invalid())?;
        let length: u8 = length
            .parse()
            .ok()
            .filter(|length| *length <= 32)
            .ok_or_else(invalid)?;
        let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
        let first = u32::from(address) & mask;
        if first != u32::from(address) {
            let message = format!(
                "The address prefix {text} in resource {owner} has an invalid CIDR notation. For the given prefix length, the address prefix should be {}/{length}.",
                Ipv4Addr::from(first)
            );
            return Err(ArmError::bad_request("InvalidCIDRNotation", message));
        }
        Ok(Some(Self {
            first,
            last: first | !mask,
            length,
        }))
    }
}
