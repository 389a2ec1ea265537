//! What has to be read to make a plan.
//!
//! Lists, not single reads: one request per type and group, whatever the
//! number of machines. A first round asks for what the spec names and for an
//! index of what carries our marker; a second for what only the index knew.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::marker::Ownership;
use tenon_model::plan::{Mode, Scope};
use tenon_model::rules::{Rules, Tags};
use tenon_model::snapshot::{Form, Live, Look, Snapshot};
use tenon_model::spec::Made;
use tenon_model::{ResourceId, TenantId, marker};

use crate::{ResourceGraph, decide, elsewhere};

/// The api-version of lists of resources of any type.
const RESOURCES_VERSION: &str = "2025-04-01";

/// The version of Microsoft Graph.
const GRAPH_VERSION: &str = "v1.0";

/// What a directory has that carries markers.
const DIRECTORY: [&str; 2] = ["applications", "servicePrincipals"];

/// The type whose markers no index by tags knows.
const ROLE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";

/// The first round, for all that the spec names: it is the same whatever images
/// and names turn out to be, as far as those add nothing.
#[must_use]
pub fn first_looks<'d>(
    resources: impl Iterator<Item = &'d Desired> + Clone,
    scopes: &[Scope],
    deployment: &str,
    group_rules: &'static Rules,
    rules_of: fn(&str) -> Option<&'static Rules>,
) -> Vec<Look> {
    let mut looks = Looks::default();
    let listed: BTreeMap<&ResourceId, &Rules> = resources
        .clone()
        .filter(|desired| !desired.rules.children.is_empty())
        .map(|desired| (&desired.id, desired.rules))
        .collect();
    let together = collections(resources.clone());
    for desired in resources {
        let parent = desired.id.parent();
        let parent = parent.and_then(|parent| listed.get(&parent).copied());
        let child = parent.and_then(|rules| rules.child(desired.rules.resource_type));
        if child.is_some_and(|child| !child.is_apart()) {
            // The list of its parents shows it.
            continue;
        }
        let known = !desired.rules.resource_type.is_empty();
        // A list of role assignments has everybody's, and those of other scopes.
        let of_group = desired.id.parent().is_none()
            && desired.id.resource_group().is_some()
            && desired.rules.tags == Tags::Own;
        if known && of_group && desired.made == Made::Here && desired.kind != group_rules.noun {
            looks.list(&desired.id, &desired.tenant, desired.rules);
        } else if together.contains(collection(&desired.id)) {
            looks.collection(desired);
        } else {
            looks.one(
                &desired.id,
                &desired.tenant,
                desired.rules,
                &desired.api_version,
            );
        }
    }
    for scope in scopes {
        if scope.is_directory() {
            looks.marked_in_directory(scope, deployment, group_rules);
            continue;
        }
        looks.marked(scope, deployment, group_rules);
        if let Some(rules) = rules_of(ROLE_ASSIGNMENTS) {
            looks.described(scope, rules);
        }
    }
    looks.list
}

/// The path of the list that shows a child with its siblings.
fn collection(id: &ResourceId) -> &str {
    let text = id.as_str();
    text.rsplit_once('/').map_or(text, |(above, _)| above)
}

/// Lists of children of which a spec has several: the versions of an image.
fn collections<'d>(resources: impl Iterator<Item = &'d Desired>) -> BTreeSet<&'d str> {
    let mut seen = BTreeSet::new();
    let is_child = |desired: &&Desired| {
        let is_own = desired.made == Made::Here && desired.rules.tags == Tags::Own;
        is_own && !desired.rules.resource_type.is_empty() && desired.id.directory().is_none()
    };
    resources
        .filter(is_child)
        .filter(|desired| desired.id.parent().is_some())
        .map(|desired| collection(&desired.id))
        .filter(|path| !seen.insert(*path))
        .collect()
}

/// The second round: what the index names and the first round did not cover,
/// what keeps properties of what the first round found, and what lies in groups
/// that are to go.
#[must_use]
pub fn second_looks(
    graph: &ResourceGraph,
    snapshot: &Snapshot,
    scopes: &[Scope],
    mode: Mode,
    rules_of: fn(&str) -> Option<&'static Rules>,
    any: &'static Rules,
) -> Vec<Look> {
    let mut looks = Looks::default();
    let named: BTreeSet<&ResourceId> = graph.written().map(|desired| &desired.id).collect();
    for id in snapshot.marked() {
        if snapshot.get(id).is_some() || named.contains(id) {
            continue;
        }
        let Some(tenant) = tenant(scopes, id) else {
            continue;
        };
        if is_shown_by_parent(id, snapshot, rules_of) {
            continue;
        }
        match rules_of(&id.resource_type()) {
            Some(rules)
                if id.parent().is_none() && id.resource_group().is_some() && !is_group(id) =>
            {
                looks.list(id, tenant, rules);
                looks.apart(id, tenant, rules);
            }
            Some(rules) => looks.one(id, tenant, rules, rules.api_version),
            None => looks.of_type(id, tenant, any),
        }
    }
    for desired in graph.written().filter(|_| mode == Mode::Live) {
        if !elsewhere::asks(desired) {
            continue;
        }
        let live = snapshot.get(&desired.id);
        let keepers = live.map(|live| elsewhere::keepers(desired, live));
        for (id, rules) in keepers.unwrap_or_default() {
            if snapshot.get(&id).is_none() {
                looks.list(&id, &desired.tenant, rules);
            }
        }
    }
    for live in snapshot.iter().filter(|live| is_group(&live.id)) {
        let wanted = mode == Mode::Live && named.contains(&live.id);
        if let Some(tenant) = tenant(scopes, &live.id)
            && !wanted
        {
            looks.census(&live.id, tenant, any);
        }
    }
    for desired in graph.written() {
        // One that the spec still has was asked for already.
        let asked = |child: &ResourceId| graph.written().any(|one| one.id == *child);
        let apart = desired.rules.children.iter().find(|child| child.is_apart());
        let Some(apart) = apart else { continue };
        let child = ResourceId::parse(&format!("{}/{}", desired.id, apart.path));
        if snapshot.get(&desired.id).is_some() && !child.is_ok_and(|child| asked(&child)) {
            looks.apart(&desired.id, &desired.tenant, desired.rules);
        }
    }
    let ours = snapshot.iter().filter(|live| has_children(live));
    let ours = ours.filter(|live| named.contains(&live.id));
    for live in ours {
        if let Some(tenant) = tenant(scopes, &live.id) {
            looks.children(graph, live, tenant, any);
        }
    }
    looks.list
}

/// Whether a marker speaks for children whose types have no table.
fn has_children(live: &Live) -> bool {
    matches!(&live.ownership, Ownership::Marked(marker) if !marker.children.is_empty())
}

/// Whether a resource lies in the body of one that was read, or will be.
fn is_shown_by_parent(
    id: &ResourceId,
    snapshot: &Snapshot,
    rules_of: fn(&str) -> Option<&'static Rules>,
) -> bool {
    let Some(parent) = id.parent() else {
        return false;
    };
    let rules = rules_of(&parent.resource_type());
    let is_child = rules.is_some_and(|rules| rules.child(&id.resource_type()).is_some());
    is_child
        && (snapshot.get(&parent).is_some() || snapshot.marked().any(|marked| *marked == parent))
}

pub(crate) fn is_group(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Resources/resourceGroups")
}

fn tenant<'a>(scopes: &'a [Scope], id: &ResourceId) -> Option<&'a TenantId> {
    let subscription = id.subscription();
    let scope = scopes
        .iter()
        .find(|scope| scope.subscription == subscription)?;
    Some(&scope.tenant)
}

#[derive(Default)]
struct Looks {
    list: Vec<Look>,
    seen: BTreeSet<String>,
    /// Lists that were asked for, as their ids spell them.
    lists: BTreeSet<(String, TenantId)>,
}

impl Looks {
    fn push(&mut self, look: Look) {
        if self.seen.insert(look.key()) {
            self.list.push(look);
        }
    }

    /// The list of all resources of a type in a group.
    fn list(&mut self, id: &ResourceId, tenant: &TenantId, rules: &'static Rules) {
        // Of a thousand machines all but the first end here.
        if !self
            .lists
            .insert((collection(id).to_owned(), tenant.clone()))
        {
            return;
        }
        let group = id.resource_group().unwrap_or_default();
        self.push(Look {
            form: Form::List,
            tenant: tenant.clone(),
            path: format!(
                "/subscriptions/{}/resourceGroups/{group}/providers/{}",
                id.subscription(),
                rules.resource_type
            ),
            api_version: rules.api_version.to_owned(),
            query: Vec::new(),
            rules,
        });
    }

    /// The list of a child and its siblings.
    fn collection(&mut self, desired: &Desired) {
        self.push(Look {
            form: Form::List,
            tenant: desired.tenant.clone(),
            path: collection(&desired.id).to_owned(),
            api_version: desired.api_version.clone(),
            query: Vec::new(),
            rules: desired.rules,
        });
    }

    /// All resources of a type without a table, from the index: without their
    /// properties, but with tags, in which the marker keeps the api-version.
    fn of_type(&mut self, id: &ResourceId, tenant: &TenantId, any: &'static Rules) {
        self.push(Look {
            form: Form::List,
            tenant: tenant.clone(),
            path: format!("/subscriptions/{}/resources", id.subscription()),
            api_version: RESOURCES_VERSION.to_owned(),
            query: vec![(
                "$filter".into(),
                format!("resourceType eq '{}'", id.resource_type()),
            )],
            rules: any,
        });
    }

    fn one(&mut self, id: &ResourceId, tenant: &TenantId, rules: &'static Rules, version: &str) {
        self.push(Look {
            form: Form::One,
            tenant: tenant.clone(),
            path: id.to_string(),
            api_version: version.to_owned(),
            query: Vec::new(),
            rules,
        });
    }

    /// Everything in a subscription that carries our marker. With a filter by
    /// tag Azure gives ids only, not the tags.
    fn marked(&mut self, scope: &Scope, deployment: &str, rules: &'static Rules) {
        let name = deployment.replace('\'', "''");
        self.push(Look {
            form: Form::Marked,
            tenant: scope.tenant.clone(),
            path: format!("/subscriptions/{}/resources", scope.subscription),
            api_version: RESOURCES_VERSION.to_owned(),
            query: vec![(
                "$filter".into(),
                format!(
                    "tagName eq '{}' and tagValue eq '{name}'",
                    marker::DEPLOYMENT_TAG
                ),
            )],
            rules,
        });
    }

    /// What carries our marker in a directory: of its tags Graph finds whole
    /// texts only.
    fn marked_in_directory(&mut self, scope: &Scope, deployment: &str, rules: &'static Rules) {
        let name = deployment.replace('\'', "''");
        for set in DIRECTORY {
            self.push(Look {
                form: Form::Marked,
                tenant: scope.tenant.clone(),
                path: format!("/tenants/{}/{set}", scope.tenant),
                api_version: GRAPH_VERSION.to_owned(),
                query: vec![(
                    "$filter".into(),
                    format!("tags/any(t:t eq '{}={name}')", marker::DEPLOYMENT_TAG),
                )],
                rules,
            });
        }
    }

    /// All role assignments in a subscription, whatever they are on.
    fn described(&mut self, scope: &Scope, rules: &'static Rules) {
        self.push(Look {
            form: Form::Described,
            tenant: scope.tenant.clone(),
            path: format!(
                "/subscriptions/{}/providers/{}",
                scope.subscription, rules.resource_type
            ),
            api_version: rules.api_version.to_owned(),
            query: Vec::new(),
            rules,
        });
    }

    /// Children without tags that the marker of `outer` calls ours, and the
    /// spec no longer names.
    fn children(
        &mut self,
        graph: &ResourceGraph,
        outer: &Live,
        tenant: &TenantId,
        any: &'static Rules,
    ) {
        let Ownership::Marked(marker) = &outer.ownership else {
            return;
        };
        let named = decide::named_children(graph, &outer.id);
        for (collection, version) in marker.children.beside(&named) {
            self.push(Look {
                form: Form::Children,
                tenant: tenant.clone(),
                path: marker::list_of(&outer.id, collection),
                api_version: version.to_owned(),
                query: Vec::new(),
                rules: any,
            });
        }
    }

    /// Children that the body of what lies at `outer` does not show.
    fn apart(&mut self, outer: &ResourceId, tenant: &TenantId, rules: &'static Rules) {
        for child in rules.children.iter().filter(|child| child.is_apart()) {
            if let Ok(id) = ResourceId::parse(&format!("{outer}/{}", child.path)) {
                self.one(&id, tenant, child.rules, child.rules.api_version);
            }
        }
    }

    fn census(&mut self, group: &ResourceId, tenant: &TenantId, rules: &'static Rules) {
        self.push(Look {
            form: Form::Census,
            tenant: tenant.clone(),
            path: format!("{group}/resources"),
            api_version: RESOURCES_VERSION.to_owned(),
            query: Vec::new(),
            rules,
        });
    }
}
