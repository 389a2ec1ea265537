//! The rules that matter most, without the descriptions.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tenon_model::rules::Rules;
use tenon_model::shape::Shape;

use crate::checker::Purpose;
use crate::request::Request;
use crate::sent::{Sent, everything};

/// The bodies of a type, each with what they are of.
fn bodies(resource_type: &str) -> impl Iterator<Item = (&'static Sent, &'static Json)> {
    let resource_type = resource_type.to_owned();
    let all = everything().sent.iter();
    let mut own = all
        .filter(move |one| one.request.resource_type() == resource_type)
        .filter_map(|one| Some((one, one.request.body.as_ref()?)))
        .peekable();
    assert!(own.peek().is_some(), "nothing was sent");
    own
}

fn rules(request: &Request) -> Option<&'static Rules> {
    tenon_kinds::rules_of(&request.resource_type())
}

/// The values at a dotted path, through the elements of lists (`[]`).
fn values<'j>(value: &'j Json, path: &str) -> Vec<&'j Json> {
    path.split('.').fold(vec![value], |at, name| {
        let (name, through) = match name.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let next = at.into_iter().filter_map(|value| value.get(name));
        if through {
            next.flat_map(|list| list.as_array().into_iter().flatten())
                .collect()
        } else {
            next.collect()
        }
    })
}

#[test]
fn nothing_is_sent_back_that_only_azure_sets() {
    for sent in everything().known() {
        let (Some(rules), Some(body)) = (rules(&sent.request), &sent.request.body) else {
            continue;
        };
        for path in rules.read_only {
            assert!(values(body, path).is_empty(), "{path} in {sent}");
        }
    }
}

#[test]
fn every_request_names_the_version_of_the_table() {
    for sent in everything().known() {
        let known = rules(&sent.request).map(|rules| rules.api_version);
        assert_eq!(known, Some(sent.request.version.as_str()), "{sent}");
    }
}

#[test]
fn only_changes_are_patches_and_only_puts_make() {
    let purposes = [
        Purpose::Create,
        Purpose::Replace,
        Purpose::Change,
        Purpose::Remove,
        Purpose::Act,
    ];
    for purpose in purposes {
        let seen = everything()
            .known()
            .any(|sent| sent.request.purpose == purpose);
        assert!(seen, "no case has a request of the sort {purpose:?}");
    }
    for sent in everything().known() {
        let has_body = sent.request.body.is_some();
        let writes = matches!(
            sent.request.purpose,
            Purpose::Create | Purpose::Replace | Purpose::Change
        );
        // The one action that says whom it is about.
        let writes = writes || sent.request.path.ends_with("/manualupgrade");
        assert_eq!(has_body, writes, "{sent}");
    }
}

/// The words that specs choose from.
fn words(shape: &Shape, found: &mut BTreeSet<&'static str>) {
    match *shape {
        Shape::OneOf(all) => found.extend(all),
        Shape::List(inner) | Shape::OneOrMany(inner) | Shape::Keyed(inner) => words(inner, found),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| words(shape, found)),
        Shape::Struct(fields) => fields.iter().for_each(|field| words(&field.shape, found)),
        Shape::Text(_) | Shape::Integer { .. } | Shape::Boolean | Shape::Any | Shape::Nothing => {}
    }
}

/// The texts in a body but for the names of its parts.
fn texts<'j>(value: &'j Json, found: &mut BTreeSet<&'j str>) {
    match value {
        Json::String(text) => drop(found.insert(text)),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "name" || !members.contains_key("properties"))
            .for_each(|(_, value)| texts(value, found)),
        _ => {}
    }
}

/// However a spec spells it: the cases have every word in capitals too.
#[test]
fn azure_s_words_are_in_azure_s_letters() {
    let mut known = BTreeSet::new();
    for section in tenon_kinds::sections() {
        words(&section.shape, &mut known);
    }
    for sent in everything().known() {
        let mut found = BTreeSet::new();
        sent.request
            .body
            .iter()
            .for_each(|body| texts(body, &mut found));
        for text in found.iter().filter(|text| !known.contains(**text)) {
            let other = known.iter().find(|word| word.eq_ignore_ascii_case(text));
            assert_eq!(other, None, "{text} in {sent}");
        }
    }
}

#[test]
fn a_network_is_written_without_its_subnets() {
    for (sent, body) in bodies("Microsoft.Network/virtualNetworks") {
        assert!(values(body, "properties.subnets").is_empty(), "{sent}");
    }
}

#[test]
fn public_addresses_are_standard_and_static() {
    for (sent, body) in bodies("Microsoft.Network/publicIPAddresses") {
        assert_eq!(body["sku"]["name"], "Standard", "{sent}");
        assert_eq!(
            body["properties"]["publicIPAllocationMethod"], "Static",
            "{sent}"
        );
    }
}

#[test]
fn an_update_of_a_machine_has_no_secret_and_no_account() {
    for (sent, body) in bodies("Microsoft.Compute/virtualMachines") {
        if sent.request.purpose != Purpose::Create {
            assert!(values(body, "properties.osProfile").is_empty(), "{sent}");
        }
    }
}

#[test]
fn a_machine_names_its_image_in_one_member() {
    let mut seen = BTreeSet::new();
    for (sent, body) in bodies("Microsoft.Compute/virtualMachines") {
        let image = &body["properties"]["storageProfile"]["imageReference"];
        match sent.request.purpose {
            Purpose::Create => {
                let members = image.as_object().expect("an image");
                assert_eq!(members.len(), 1, "{sent}");
                for (name, id) in members {
                    let start = match name.as_str() {
                        "id" => "/subscriptions/",
                        "sharedGalleryImageId" => "/sharedGalleries/",
                        _ => "/communityGalleries/",
                    };
                    assert!(id.as_str().expect("an id").starts_with(start), "{sent}");
                    seen.insert(name.clone());
                }
            }
            _ => assert!(image.is_null(), "{sent}"),
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn a_zone_is_a_list_of_one_text() {
    let mut seen = 0;
    // An address may lie in all zones of its region.
    let address = "Microsoft.Network/publicIPAddresses";
    for sent in everything()
        .known()
        .filter(|sent| sent.request.resource_type() != address)
    {
        let zones = sent
            .request
            .body
            .as_ref()
            .and_then(|body| body.get("zones"));
        let Some(zones) = zones else { continue };
        seen += 1;
        let zones = zones.as_array().expect("a list");
        // Only the machines of a scale set can be in several.
        let set = sent.request.resource_type() == "Microsoft.Compute/virtualMachineScaleSets";
        assert!(zones.len() == 1 || set, "{sent}");
        assert!(zones.iter().all(Json::is_string), "{sent}");
    }
    assert!(seen > 0);
}

#[test]
fn what_tenon_makes_itself_does_not_stay_behind() {
    for (sent, body) in bodies("Microsoft.Compute/virtualMachines") {
        let asked = sent.to_string().contains("os_disk.delete_option");
        if sent.request.purpose == Purpose::Create && !asked {
            let disk = &body["properties"]["storageProfile"]["osDisk"];
            assert_eq!(disk["deleteOption"], "Delete", "{sent}");
        }
    }
}

#[test]
fn everything_that_takes_tags_is_made_with_its_marker() {
    for sent in everything().known() {
        if sent.request.purpose != Purpose::Create {
            continue;
        }
        let own = rules(&sent.request).expect("it is known").tags == tenon_model::rules::Tags::Own;
        let tags = sent.request.body.as_ref().and_then(|body| body.get("tags"));
        let marked = tags.is_some_and(|tags| tags.get("tenon-mark").is_some());
        assert_eq!(marked, own, "{sent}");
    }
}
