//! The shape that an entry of a spec may have, as data.
//!
//! One description serves the reader (unknown keys, wrong types), the
//! generated reference and the editors' schema, so the three cannot differ.

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text; a number written without quotes counts as its text.
    Text(Format),
    /// A whole number within bounds, both included.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// `true` or `false`.
    Boolean,
    /// One of these words, compared without regard to case and kept as written
    /// here.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// A list, or one element in place of it.
    OneOrMany(&'static Shape),
    /// A map with these keys and no others.
    Struct(&'static [Field]),
    /// A map keyed by the author's names.
    Keyed(&'static Shape),
    /// Any of these; the first that fits the form of the value is taken.
    Either(&'static [Shape]),
    /// Anything, kept as written.
    Any,
    /// Nothing: `null`, where leaving something out is a choice.
    Nothing,
}

/// What a text has to look like. The reader checks it where the value is
/// known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Free,
    /// An Azure resource name.
    Name,
    /// An address range such as `10.0.0.0/16`.
    Cidr,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An address range, an address, a service tag or `*`.
    AddressPrefix,
    /// A port, a range `80-90`, or `*`.
    Port,
    /// A region; `West Europe` is `westeurope`.
    Region,
    /// A GUID.
    Guid,
    /// A tenant: a GUID, a verified domain, or a name from `tenants`.
    Tenant,
    /// A full resource id.
    ResourceId,
    /// The name of an entry, or a full resource id.
    Reference,
    /// A duration such as `90s`, `10m`, `24h`.
    Duration,
    /// A share such as `10%`, from 1 to 100.
    Percent,
    /// A file relative to the spec, or the text itself.
    File,
    /// The name of a secret as `${secrets.x}`; never the value.
    Secret,
    /// `Provider/type@api-version`.
    TypeAtVersion,
    /// An image version: exact, a channel, or `latest`.
    ImageVersion,
    /// A day such as `2027-02-22`, or a time with its zone (RFC 3339).
    Date,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It need not; the words say what happens without it.
    Optional(&'static str),
}

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// Whether it must be there, and what its absence means.
    pub presence: Presence,
    /// What it means; one or two full sentences.
    pub doc: &'static str,
}

impl Field {
    /// Returns a key that must be there.
    #[must_use]
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name,
            shape,
            presence: Presence::Required,
            doc,
        }
    }

    /// Returns a key that may be left out; `absent` says what that means.
    #[must_use]
    pub const fn optional(
        name: &'static str,
        shape: Shape,
        absent: &'static str,
        doc: &'static str,
    ) -> Self {
        Self {
            name,
            shape,
            presence: Presence::Optional(absent),
            doc,
        }
    }
}

/// A collection at the top of a spec: its name, and the shape of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The key at the top: `vms`.
    pub name: &'static str,
    /// What one of it is called: `VM`.
    pub noun: &'static str,
    /// What it is for; full sentences.
    pub doc: &'static str,
    /// The shape of an entry.
    pub shape: Shape,
    /// Whether entries may have `count` and `instances`.
    pub fleet: Fleet,
}

/// Whether an entry may stand for several instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fleet {
    /// `count` and `instances` are keys of the language here.
    Allowed,
    /// One entry, one thing.
    Single,
}
