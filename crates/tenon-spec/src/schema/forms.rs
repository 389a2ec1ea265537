//! What texts have to look like, as far as a pattern can say it. Nothing that
//! the reader takes is refused here.

use serde_yaml::Value;
use tenon_model::shape::Format;

use super::{any_of, map, pattern, text as word};

/// A version, exactly.
pub(super) const VERSION: &str = "^[0-9]+[.][0-9]+[.][0-9]+$";
/// A version, or a channel.
pub(super) const CHANNEL: &str =
    "^(latest|[0-9]+[.]x|[0-9]+[.][0-9]+[.]x|[0-9]+[.][0-9]+[.][0-9]+)$";

/// The schema of a text.
///
/// Where a pattern can say what it looks like it must be text: `1.10` without
/// quotes is a number to an editor. Elsewhere a number counts as its text.
pub(super) fn text(format: Format) -> Value {
    match format {
        Format::ImageVersion => pattern(CHANNEL),
        Format::Date => pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$"),
        Format::Guid => pattern("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
        Format::Region => pattern("^[A-Za-z0-9 ]+$"),
        Format::Ip => pattern("^[0-9A-Fa-f:.]+$"),
        Format::Cidr => pattern("^[0-9A-Fa-f:.]+/[0-9]+$"),
        Format::Duration => pattern("^([0-9]{1,9}[dhms])+$"),
        Format::Percent => pattern("^[+]?0*([1-9][0-9]?|100)%$"),
        Format::ResourceId => pattern("^/"),
        Format::TypeAtVersion => {
            pattern("^[A-Za-z0-9.-]+(/[A-Za-z0-9.-]+)+@[0-9]{4}-[0-9]{2}-[0-9]{2}(-.*)?$")
        }
        Format::Port => any_of(vec![
            pattern("^([*]|[0-9]+(-[0-9]+)?)$"),
            map([
                ("type", word("integer")),
                ("minimum", Value::from(0)),
                ("maximum", Value::from(u16::MAX)),
            ]),
        ]),
        Format::Free
        | Format::Name
        | Format::AddressPrefix
        | Format::Tenant
        | Format::Reference
        | Format::File
        | Format::Secret => map([(
            "type",
            Value::Sequence(vec![word("string"), word("number")]),
        )]),
    }
}
