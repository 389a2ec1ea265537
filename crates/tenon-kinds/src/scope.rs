//! What an entry lies in or is on: a resource of the spec, its group, or
//! anything with an id.

use tenon_model::desired::Relation;
use tenon_model::kind::Surroundings;
use tenon_model::spec::Item;
use tenon_model::{Address, Later, Place, ResourceId, Value};

use crate::draft::Draft;
use crate::{groups, nsgs};

/// What an entry lies in or is on.
pub(crate) struct Scope {
    pub(crate) id: ResourceId,
    /// Its address, if it has one in the spec.
    pub(crate) address: Option<Address>,
}

/// What `item` names: an address, `${address.id}`, `resource_group`, or an id.
pub(crate) fn named(item: &Item, around: &Surroundings<'_>) -> Option<Scope> {
    if let Some(address) = of_id(item.scalar()?) {
        let id = around.ids.get(&address)?.clone();
        return Some(Scope {
            id,
            address: Some(address),
        });
    }
    let text = item.scalar().and_then(Value::as_text)?;
    let address = Address::new(text);
    if let Some(id) = around.ids.get(&address) {
        return Some(Scope {
            id: id.clone(),
            address: Some(address),
        });
    }
    let group = own_group(around);
    if text == "resource_group" || ResourceId::parse(text).is_ok_and(|id| id == group.id) {
        return Some(group);
    }
    let named = nsgs::named(item, "resources", around)?;
    Some(Scope {
        id: ResourceId::parse(named.value.as_text()?).ok()?,
        address: named.address,
    })
}

/// The address whose id an expression reads: `galleries.acme.images.web` of
/// `${galleries.acme.images.web.id}`.
fn of_id(value: &Value) -> Option<Address> {
    let mut found = None;
    let Value::Later(later) = value else {
        return None;
    };
    if let Later::Attribute { of, name } = &**later {
        let above = match name.as_str() {
            "id" => Some(of.clone()),
            name => name.strip_suffix(".id").map(|rest| of.join(rest)),
        };
        found = above;
    }
    found
}

/// The group of the deployment.
fn own_group(around: &Surroundings<'_>) -> Scope {
    let defaults = &around.defaults;
    let group = &defaults.group.value.name;
    Scope {
        id: ResourceId::group(&defaults.subscription, group),
        address: Some(groups::address(&defaults.subscription, group, around)),
    }
}

/// The id of a `kind` called `name` below or on `outer`: a child where its
/// type goes on from that of `outer`, an extension where it has a namespace of
/// its own; none for the child of another type.
pub(crate) fn below(outer: &ResourceId, kind: &str, name: &str) -> Option<ResourceId> {
    let (above, last) = kind.rsplit_once('/')?;
    if above.eq_ignore_ascii_case(&outer.resource_type()) {
        return Some(outer.child(last, name));
    }
    let extends = !above.contains('/');
    extends.then(|| outer.extension(kind, &[name]))
}

/// Notes that `draft` lies in `outer`, if that is in the spec.
pub(crate) fn inside(draft: &mut Draft, outer: &Scope, place: &Place) {
    if let Some(address) = &outer.address {
        draft.need(address, Relation::Inside, place);
    }
}
