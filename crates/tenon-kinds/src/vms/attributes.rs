//! What others can read of a machine.

use tenon_model::desired::{Attributes, Declaration};
use tenon_model::kind::Surroundings;
use tenon_model::path::Segment;
use tenon_model::spec::Entry;
use tenon_model::{Later, Map, Path, Value};

use super::{identity, name, nic, public_ip};
use crate::single;

/// Adds what others can read of a machine.
pub(super) fn declare(entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
    let live = |of, path| Value::later(Later::Live { of, path });
    let own_configuration = Path::root()
        .member("properties")
        .member("ipConfigurations")
        .then(Segment::Keyed {
            key: "name".into(),
            value: nic::ip_configuration(entry).into(),
        });
    let private_ip = own_configuration
        .member("properties")
        .member("privateIPAddress");
    let private_ip = entry
        .item
        .get("private_ip")
        .and_then(|item| item.scalar())
        .filter(|value| !value.has_later())
        .cloned()
        .unwrap_or_else(|| live(nic::address(entry), private_ip));
    let mut named = Map::from([
        ("id", Value::text(around.ids[&entry.address].as_str())),
        ("name", Value::text(name(entry))),
        ("private_ip", private_ip),
    ]);
    if identity::is_system(entry) {
        let principal = single::live(&entry.address, "identity.principalId");
        named.insert("principal_id", principal);
    }
    if let Some(public) = public_ip::shown_by(entry, around) {
        named.insert("public_ip", single::live(&public, "properties.ipAddress"));
        named.insert("fqdn", single::live(&public, "properties.dnsSettings.fqdn"));
    }
    let attributes = Attributes {
        named,
        body_of: Some(entry.address.clone()),
    };
    out.attributes.insert(entry.address.clone(), attributes);
}
