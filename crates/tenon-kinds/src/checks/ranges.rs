//! Ranges of networks and subnets, and fixed addresses in them.
//!
//! A subnet lies inside of its network and beside the others; its first four
//! addresses and the last are Azure's. Version 6 is not judged.
//!
//! Source: Azure documentation, "Azure Virtual Network frequently asked
//! questions".

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use tenon_model::desired::{Declaration, Desired};
use tenon_model::{Code, Diagnostic, Help, ResourceId, Value};

use super::{Found, made, place};

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const INTERFACE: &str = "Microsoft.Network/networkInterfaces";

/// The longest prefix of a subnet: /29 has eight addresses, three of them free.
const SMALLEST: u32 = 29;

/// A range of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u32,
    length: u32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let first: Ipv4Addr = address.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        Some(Self {
            first: first.into(),
            length,
        })
    }

    fn last(self) -> u32 {
        self.first | u32::MAX.checked_shr(self.length).unwrap_or(0)
    }

    fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last() <= self.last()
    }

    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last() && other.first <= self.last()
    }

    /// The first range of this size behind `other`.
    fn behind(self, other: Self) -> Option<Self> {
        let size = u64::from(self.last() - self.first) + 1;
        let first = (u64::from(other.last()) + 1).next_multiple_of(size);
        let first = u32::try_from(first).ok()?;
        Some(Self { first, ..self })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.first), self.length)
    }
}

/// Something with its ranges.
struct Part<'a> {
    desired: &'a Desired,
    ranges: Vec<Range>,
}

/// Judges networks, subnets and addresses.
pub(super) fn check(out: &Declaration, found: &mut Found) {
    let networks = by_id(
        out,
        NETWORK,
        &["properties", "addressSpace", "addressPrefixes"],
    );
    let subnets = by_id(out, SUBNET, &["properties", "addressPrefix"]);
    let mut inside: BTreeMap<ResourceId, Vec<&Part<'_>>> = BTreeMap::new();
    for (id, part) in &subnets {
        if let Some(network) = id.parent() {
            inside.entry(network).or_default().push(part);
        }
    }
    for (network, mut parts) in inside {
        parts.sort_by_key(|part| place(part.desired, "prefix").clone());
        let space = networks.get(&network);
        for (index, part) in parts.iter().enumerate() {
            too_small(part, found);
            if let Some(space) = space {
                outside(part, space, &parts, found);
            }
            beside(part, &parts[..index], space, &parts, found);
        }
    }
    overlapping_spaces(&networks, found);
    addresses(out, &subnets, found);
}

fn by_id<'a>(out: &'a Declaration, kind: &str, path: &[&str]) -> BTreeMap<ResourceId, Part<'a>> {
    let of_kind = made(out).filter(|desired| desired.resource_type.eq_ignore_ascii_case(kind));
    let parts = of_kind.filter_map(|desired| {
        let value = desired.body.at(path)?;
        if value.has_later() {
            return None;
        }
        let texts = match value.as_list() {
            Some(list) => list.iter().filter_map(Value::as_text).collect(),
            None => Vec::from_iter(value.as_text()),
        };
        let ranges = texts.into_iter().filter_map(Range::parse).collect();
        Some((desired.id.clone(), Part { desired, ranges }))
    });
    parts.collect()
}

fn name<'a>(part: &Part<'a>) -> &'a str {
    part.desired.id.name()
}

fn too_small(part: &Part<'_>, found: &mut Found) {
    for range in part.ranges.iter().filter(|range| range.length > SMALLEST) {
        let roomy = Range {
            first: range.first & (u32::MAX << (32 - SMALLEST)),
            length: SMALLEST,
        };
        found.add(
            Diagnostic::error(
                Code::RangesDoNotFit,
                format!(
                    "subnet `{}` is smaller than any that Azure makes",
                    name(part)
                ),
            )
            .at(
                place(part.desired, "prefix"),
                format!("/{SMALLEST} is the smallest"),
            )
            .note("five addresses of each subnet are Azure's")
            .help(Help::text(format!("write  prefix: {roomy}")))
            .about(&part.desired.address),
        );
    }
}

fn outside(part: &Part<'_>, space: &Part<'_>, all: &[&Part<'_>], found: &mut Found) {
    // One that is not read, or whose spec does not count, is not known.
    if space.ranges.is_empty() || space.desired.ignores("address_space") {
        return;
    }
    for range in &part.ranges {
        if space.ranges.iter().any(|outer| outer.holds(*range)) {
            continue;
        }
        let spaces: Vec<String> = space.ranges.iter().map(Range::to_string).collect();
        let problem = Diagnostic::error(
            Code::RangesDoNotFit,
            format!(
                "subnet `{}` lies outside of network `{}`",
                name(part),
                name(space)
            ),
        )
        .at(place(part.desired, "prefix"), "outside")
        .context(
            place(space.desired, "address_space"),
            format!("the network has {}", spaces.join(", ")),
        );
        let problem = match free(*range, space, all) {
            Some(free) => problem.help(Help::text(format!("write  prefix: {free}"))),
            None => problem,
        };
        found.add(
            problem
                .help(Help::text(format!("or add {range} to `address_space`")))
                .about(&part.desired.address),
        );
    }
}

fn beside(
    part: &Part<'_>,
    before: &[&Part<'_>],
    space: Option<&Part<'_>>,
    all: &[&Part<'_>],
    found: &mut Found,
) {
    for range in &part.ranges {
        let hit = |other: &&&Part<'_>| other.ranges.iter().any(|one| one.overlaps(*range));
        let Some(other) = before.iter().find(hit) else {
            continue;
        };
        let problem = Diagnostic::error(
            Code::RangesDoNotFit,
            format!("subnets `{}` and `{}` overlap", name(other), name(part)),
        )
        .at(place(part.desired, "prefix"), "taken")
        .context(place(other.desired, "prefix"), "here already");
        let free = space.and_then(|space| free(*range, space, all));
        let problem = problem.help(Help::text(match free {
            Some(free) => format!("write  prefix: {free}"),
            None => "give each its own range".to_owned(),
        }));
        found.add(problem.about(&part.desired.address));
    }
}

/// The first range as large as `range` that no subnet has; never smaller than
/// any that Azure makes.
fn free(range: Range, space: &Part<'_>, all: &[&Part<'_>]) -> Option<Range> {
    let taken: Vec<Range> = all.iter().flat_map(|part| part.ranges.clone()).collect();
    space.ranges.iter().find_map(|outer| {
        let mut candidate = Range {
            first: outer.first,
            length: range.length.min(SMALLEST),
        };
        while outer.holds(candidate) {
            match taken.iter().find(|one| one.overlaps(candidate)) {
                None => return Some(candidate),
                Some(hit) => candidate = candidate.behind(*hit)?,
            }
        }
        None
    })
}

/// The ranges of one network among themselves.
fn overlapping_spaces(networks: &BTreeMap<ResourceId, Part<'_>>, found: &mut Found) {
    for part in networks.values() {
        for (index, range) in part.ranges.iter().enumerate() {
            let hit = part.ranges[..index].iter().find(|one| one.overlaps(*range));
            let Some(other) = hit else { continue };
            found.add(
                Diagnostic::error(
                    Code::RangesDoNotFit,
                    format!(
                        "network `{}` has {other} and {range}, which overlap",
                        name(part)
                    ),
                )
                .at(place(part.desired, "address_space"), "")
                .help(Help::text(format!(
                    "leave the smaller one out: {}",
                    smaller(*other, *range)
                )))
                .about(&part.desired.address),
            );
        }
    }
}

fn smaller(one: Range, two: Range) -> Range {
    if one.length > two.length { one } else { two }
}

/// Fixed addresses in subnets of this spec.
fn addresses(out: &Declaration, subnets: &BTreeMap<ResourceId, Part<'_>>, found: &mut Found) {
    let mut taken: BTreeMap<(ResourceId, Ipv4Addr), &Desired> = BTreeMap::new();
    let of_kind = made(out).filter(|desired| desired.resource_type.eq_ignore_ascii_case(INTERFACE));
    for desired in of_kind {
        let list = desired.body.at(&["properties", "ipConfigurations"]);
        for one in list.and_then(Value::as_list).unwrap_or_default() {
            let Some((subnet, address)) = fixed(one) else {
                continue;
            };
            if let Some(part) = subnets.get(&subnet) {
                not_there(desired, part, address, found);
            }
            match taken.get(&(subnet.clone(), address)) {
                Some(other) => twice(desired, other, address, found),
                None => drop(taken.insert((subnet, address), desired)),
            }
        }
    }
}

fn fixed(configuration: &Value) -> Option<(ResourceId, Ipv4Addr)> {
    let properties = configuration.member("properties")?;
    let subnet = properties.at(&["subnet", "id"])?.as_text()?;
    let address = properties.member("privateIPAddress")?.as_text()?;
    Some((ResourceId::parse(subnet).ok()?, address.parse().ok()?))
}

fn not_there(desired: &Desired, subnet: &Part<'_>, address: Ipv4Addr, found: &mut Found) {
    let number = u32::from(address);
    let holds = |range: &&Range| (range.first..=range.last()).contains(&number);
    let range = subnet.ranges.iter().find(holds);
    let why = match range {
        None => "lies outside of it",
        Some(range) if number < range.first + 4 || number == range.last() => {
            "is one of the five that Azure keeps"
        }
        Some(_) => return,
    };
    let Some(first) = range.or(subnet.ranges.first()) else {
        return;
    };
    let (from, to) = (first.first + 4, first.last().saturating_sub(1));
    found.add(
        Diagnostic::error(
            Code::AddressNotInSubnet,
            format!("subnet `{}` cannot give {address}: it {why}", name(subnet)),
        )
        .at(place(desired, "private_ip"), "")
        .context(place(subnet.desired, "prefix"), "the subnet")
        .help(Help::text(format!(
            "write one from {} to {}, or leave `private_ip` out",
            Ipv4Addr::from(from),
            Ipv4Addr::from(to)
        )))
        .about(&desired.address),
    );
}

fn twice(desired: &Desired, other: &Desired, address: Ipv4Addr, found: &mut Found) {
    found.add(
        Diagnostic::error(
            Code::AddressNotInSubnet,
            format!(
                "`{}` and `{}` ask for the same address {address}",
                other.entry, desired.entry
            ),
        )
        .at(place(desired, "private_ip"), "taken")
        .context(place(other, "private_ip"), "here already")
        .help(Help::text(
            "leave `private_ip` out, and each gets one of its own",
        ))
        .about(&desired.address),
    );
}
