//! The image of a machine.

use tenon_model::desired::Declaration;
use tenon_model::image::{Channel, Follow, ImageId, ImageRequest, ResolvedImage};
use tenon_model::kind::Surroundings;
use tenon_model::spec::Entry;
use tenon_model::{Address, Place, Value};

use crate::images::read_id;
use crate::nsgs::unknown;
use crate::placement::Placement;

/// The image of a machine.
pub(crate) struct Image {
    /// Its address; none when it could not be found in the spec.
    pub(crate) address: Option<Address>,
    /// Where the machine names it.
    pub(crate) place: Place,
    /// What the request names: the version, or the definition before it was
    /// resolved.
    pub(crate) id: Option<ImageId>,
    /// What it resolved to.
    pub(crate) resolved: Option<ResolvedImage>,
}

impl Image {
    /// What the request carries: the id, in the member for its form.
    pub(crate) fn reference(&self) -> Value {
        let named = self.id.iter();
        let members = named.map(|id| (id.member(), Value::Text(id.to_string())));
        Value::Map(members.collect())
    }

    /// Whether the machine runs Windows, as far as that is known.
    pub(crate) fn is_windows(&self) -> bool {
        self.resolved
            .as_ref()
            .is_some_and(|image| image.definition.os_type.eq_ignore_ascii_case("Windows"))
    }
}

/// Finds the image that the entry names, and notes in which region it is
/// needed.
pub(crate) fn find(
    entry: &Entry,
    around: &Surroundings<'_>,
    place: &Placement,
    out: &mut Declaration,
) -> Image {
    let item = entry.item.get("image").unwrap_or(&entry.item);
    let text = item.scalar().and_then(Value::as_text).unwrap_or("");
    let address = if text.starts_with('/') {
        own_request(entry, text, &item.place, out)
    } else {
        let address = Address::new("images").join(text);
        let there = out.images.iter().any(|image| image.address == address);
        let wrong = around.ids.contains_key(&address);
        if !there && !wrong {
            out.diagnostics
                .push(unknown(item, "images", "image", around).about(&entry.address));
        }
        there.then_some(address)
    };
    let request = address.as_ref().and_then(|address| {
        out.images
            .iter_mut()
            .find(|image| image.address == *address)
    });
    let definition = request.map(|request| {
        let location = tenon_model::rules::region(&place.location);
        if !request.regions.contains(&location) {
            request.regions.push(location);
        }
        let subscription = &mut request.subscription;
        subscription.get_or_insert_with(|| place.subscription.clone());
        ImageId::from(request.definition.clone())
    });
    let resolved = address
        .as_ref()
        .and_then(|address| around.images.get(address))
        .cloned();
    let id = resolved
        .as_ref()
        .map(|image| image.id.clone())
        .or(definition);
    Image {
        address,
        place: item.place.clone(),
        id,
        resolved,
    }
}

/// An image that is written as an id under the machine. Machines of a fleet
/// share it.
fn own_request(entry: &Entry, text: &str, place: &Place, out: &mut Declaration) -> Option<Address> {
    let address = entry.fleet.as_ref().unwrap_or(&entry.address).join("image");
    if out.images.iter().any(|image| image.address == address) {
        return Some(address);
    }
    match read_id(text, place) {
        Ok(id) => {
            out.images.push(ImageRequest {
                address: address.clone(),
                tenant: None,
                subscription: None,
                definition: id.definition,
                channel: id.version.map_or(Channel::Latest, Channel::Exact),
                follow: Follow::Lock,
                regions: Vec::new(),
                made: None,
                place: place.clone(),
            });
            Some(address)
        }
        Err(problem) => {
            out.diagnostics.push(problem.about(&entry.address));
            None
        }
    }
}
