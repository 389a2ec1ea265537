//! Every request that `tenon` can send, against Microsoft's descriptions.
//!
//! Specs are made from the shapes of the kinds ([`specs`]): the least that is
//! accepted, the most, and one for every key and every value. Each is applied to
//! a store in memory, to an empty one, after the least and before it, so that
//! everything is made, changed and deleted. What the engine sends ([`sent`]) is
//! checked by a small reader of Swagger 2.0 ([`checker`]).
//!
//! The descriptions are not in this repository. `TENON_AZURE_OPENAPI` names a
//! folder with them: documents of Azure/azure-rest-api-specs by group, with their
//! references resolved to siblings, beside `index.json` and three tables made
//! from Azure/bicep-types-az. Without it those tests say that they have looked at
//! nothing; the rules that matter most stand in [`rules`] and need no data.
//!
//! The documents are those of October 2024 and `tenon` names newer api-versions.
//! What a document knows is checked against it. `property-versions.json` says for
//! every member since when and until when it exists: a member that the document
//! knows and the pinned version does not is a finding, and one that only the
//! tables know is held against what `properties-newest.json` says about it.
//!
//! Of `resources` entries nothing but the envelope is known, so their bodies are
//! not checked.

#[path = "../plans/support/mod.rs"]
mod support;

mod bodies;
mod checker;
mod descriptions;
mod examples;
mod finding;
mod form;
mod live;
mod mistakes;
mod operation;
mod request;
mod rules;
mod samples;
mod sent;
mod simulated;
mod specs;
mod table;
mod tables;
mod values;
#[expect(dead_code, reason = "made for the tests of the engine")]
#[path = "../engine/world.rs"]
mod world;
mod written;

/// Types of which the folder has no document, so nothing here checks their
/// bodies. They follow the models of Microsoft's SDKs for these types
/// (`AvailabilitySet`, `AvailabilitySetUpdate`, `ProximityPlacementGroup`), and
/// the reference of Microsoft Graph v1.0.
pub(crate) const UNDESCRIBED: &[(&str, &str)] = &[
    ("Microsoft.Compute/availabilitySets", "availabilitySet.json"),
    (
        "Microsoft.Compute/proximityPlacementGroups",
        "proximityPlacementGroup.json",
    ),
    ("Microsoft.Authorization/locks", "locks.json"),
    // The client makes the action `share` of it; its tests and those of the
    // simulator look at that body.
    ("Microsoft.Compute/galleries/share", "gallery.json"),
    ("Microsoft.Graph/applications", "Microsoft Graph"),
    (
        "Microsoft.Graph/applications/federatedIdentityCredentials",
        "Microsoft Graph",
    ),
    ("Microsoft.Graph/servicePrincipals", "Microsoft Graph"),
];

/// Whether the folder has a document about a type.
pub(crate) fn is_described(resource_type: &str) -> bool {
    !UNDESCRIBED.iter().any(|(one, _)| *one == resource_type)
}
