//! A resource in the making.
//!
//! A kind writes members of the body with [`Draft::put`], which also keeps
//! where in the spec each of them stands and what it reads from others.

use tenon_model::desired::{Desired, Need, Places, Protect, Relation};
use tenon_model::rules::{Disruption, Rules};
use tenon_model::spec::{Entry, Item, Made, Placed};
use tenon_model::{Address, Later, Map, Place, ResourceId, Value};

use crate::placement::Placement;

/// A resource in the making.
pub(crate) struct Draft(Desired);

/// What the entry itself allows a change to do.
fn limit(entry: &Entry) -> Option<Placed<Disruption>> {
    let item = entry.item.get("max_disruption")?;
    Some(Placed {
        value: Disruption::parse(item.scalar()?.as_text()?)?,
        place: item.place.clone(),
    })
}

impl Draft {
    /// Begins a resource of `entry` at `placement`.
    pub(crate) fn new(
        rules: &'static Rules,
        address: Address,
        id: ResourceId,
        entry: &Entry,
        placement: &Placement,
    ) -> Self {
        let mut draft = Self(Desired {
            address,
            entry: entry.address.clone(),
            fleet: entry.fleet.clone(),
            kind: rules.noun,
            id,
            tenant: placement.tenant.clone(),
            made: Made::Here,
            rules,
            resource_type: rules.resource_type.to_owned(),
            api_version: rules.api_version.to_owned(),
            body: Value::Map(Map::new()),
            place: entry.place.clone(),
            places: Places::default(),
            needs: Vec::new(),
            protect: Protect::No,
            ignore: Vec::new(),
            ignored: Vec::new(),
            moved_by_azure: Vec::new(),
            replace_on: Vec::new(),
            follows: None,
            keeps: None,
            upgrades: None,
            rollout: None,
            limit: limit(entry),
            facts: Vec::new(),
        });
        draft.need(&placement.group_address, Relation::Inside, &entry.place);
        draft
    }

    /// Writes region and tags of `placement`, for types that have both, with
    /// the tags of a part over them.
    pub(crate) fn tracked_part(self, placement: &Placement, part: &Item) -> Self {
        let placement = placement.with_tags_of(part);
        self.tracked(&placement)
    }

    /// Writes region and tags of `placement`, for types that have both.
    pub(crate) fn tracked(self, placement: &Placement) -> Self {
        self.placed(placement).tagged(placement)
    }

    /// Writes the region of `placement`.
    pub(crate) fn placed(mut self, placement: &Placement) -> Self {
        self.set("location", Value::text(placement.location.as_str()));
        if let Some(place) = &placement.location_place {
            self.0.places.insert("location", place);
        }
        self
    }

    /// Writes the tags of `placement`.
    pub(crate) fn tagged(mut self, placement: &Placement) -> Self {
        for (name, item) in &placement.tags {
            self.0.places.insert(&format!("tags.{name}"), &item.place);
            self.reads(item);
            let tags = member_map(&mut self.0.body, "tags");
            tags.insert(name, item.to_value());
        }
        self
    }

    /// Writes a member of the body that the spec does not say word by word.
    pub(crate) fn set(&mut self, path: &str, value: impl Into<Value>) -> &mut Self {
        set_at(&mut self.0.body, path, value.into());
        self
    }

    /// Writes a member of the body from the spec: `property` is its name
    /// there.
    pub(crate) fn put(&mut self, property: &str, path: &str, item: &Item) -> &mut Self {
        self.reads(item);
        self.at(property, &item.place);
        self.set(path, item.to_value())
    }

    /// Writes the member `key` of `from` to `path`, if it is there.
    pub(crate) fn put_key(
        &mut self,
        from: &Item,
        key: &str,
        property: &str,
        path: &str,
    ) -> &mut Self {
        match from.get(key) {
            Some(item) => self.put(property, path, item),
            None => self,
        }
    }

    /// Keeps where a property stands.
    pub(crate) fn at(&mut self, property: &str, place: &Place) -> &mut Self {
        self.0.places.insert(property, place);
        self
    }

    /// Adds a need.
    pub(crate) fn need(&mut self, on: &Address, relation: Relation, place: &Place) -> &mut Self {
        self.0.needs.push(Need {
            on: on.clone(),
            relation,
            place: place.clone(),
        });
        self
    }

    /// Adds something a reviewer wants to know of a new one.
    pub(crate) fn fact(&mut self, fact: impl Into<String>) -> &mut Self {
        self.0.facts.push(fact.into());
        self
    }

    /// Takes `depends_on` of the entry in.
    pub(crate) fn depends_on(&mut self, entry: &Entry) -> &mut Self {
        for item in entry.item.get("depends_on").map_or(&[][..], Item::elements) {
            if let Some(text) = item.scalar().and_then(Value::as_text) {
                self.need(&Address::new(text), Relation::After, &item.place);
            }
        }
        self
    }

    /// Reaches everything else.
    pub(crate) fn desired(&mut self) -> &mut Desired {
        &mut self.0
    }

    /// The finished resource.
    pub(crate) fn finish(mut self) -> Desired {
        self.0.places.shrink();
        self.0.needs.shrink_to_fit();
        self.0
    }

    /// Notes what `item` reads from others.
    pub(crate) fn reads(&mut self, item: &Item) {
        each_scalar(item, &mut |item, value| {
            value.each_later(&mut |later| {
                if let Later::Attribute { of, .. } = later {
                    self.0.needs.push(Need {
                        on: of.clone(),
                        relation: Relation::Reads,
                        place: item.place.clone(),
                    });
                }
            });
        });
    }
}

fn each_scalar(item: &Item, visit: &mut dyn FnMut(&Item, &Value)) {
    if let Some(value) = item.scalar() {
        visit(item, value);
    }
    for member in item.members() {
        each_scalar(&member.item, visit);
    }
    if item.scalar().is_none() {
        for element in item.elements() {
            each_scalar(element, visit);
        }
    }
}

/// Writes `value` at the dotted `path`, making maps on the way.
pub(crate) fn set_at(body: &mut Value, path: &str, value: Value) {
    let mut at = body;
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        let Some(map) = at.as_map_mut() else { return };
        if names.peek().is_none() {
            map.insert(name, value);
            return;
        }
        at = map.entry_map(name);
    }
}

fn member_map<'a>(body: &'a mut Value, name: &str) -> &'a mut Map {
    // A body may say `tags: null`, or something that is no map.
    if body.member(name).and_then(Value::as_map).is_none() {
        set_at(body, name, Value::Map(Map::new()));
    }
    body.as_map_mut()
        .and_then(|map| map.get_mut(name))
        .and_then(Value::as_map_mut)
        .expect("the member was just made a map")
}
