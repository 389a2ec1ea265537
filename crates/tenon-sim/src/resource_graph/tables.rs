//! The rows that queries begin with: what a caller may read.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::expression::Row;
use super::parser::Table;
use super::pipeline::Rows;
use crate::arm::authentication::Caller;
use crate::arm::id::ResourceId;
use crate::arm::{rbac, versions};
use crate::call::Call;
use crate::json;
use crate::providers::resources::{list, subscription};
use crate::state::State;
use crate::store::Resource;

/// The columns of both tables.
const COLUMNS: [&str; 17] = [
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
    "apiVersion",
];

/// The rows of a table in some subscriptions, given by their ids.
pub(super) fn rows(state: &State, caller: &Caller, table: Table, subscriptions: &[String]) -> Rows {
    let mut rows = Vec::new();
    for id in subscriptions {
        match table {
            Table::Resources => rows.extend(resources(state, caller, id)),
            Table::Containers => rows.extend(containers(state, caller, id)),
        }
    }
    Rows {
        columns: COLUMNS.iter().map(|&name| name.to_owned()).collect(),
        rows,
    }
}

fn resources(state: &State, caller: &Caller, subscription: &str) -> Vec<Row> {
    let scope = ResourceId::of_subscription(subscription).key();
    let tenant = &caller.primary.tenant;
    let readable = list::readable(state, &caller.primary, &scope);
    state
        .store
        .below(&scope)
        .filter(|resource| list::is_top_level(resource) && readable(resource))
        .map(|resource| row(tenant, resource, &shown(state, resource)))
        .collect()
}

/// The resource as its newest api-version shows it.
fn shown(state: &State, resource: &Resource) -> Value {
    let version = versions::offered(&resource.type_name)
        .into_iter()
        .find(|version| version.len() == 10)
        .unwrap_or_default();
    let call = Call::inner("GET", &resource.id, &version, "", Bytes::new());
    let mut shown = state.show(resource, &call);
    json::set(&mut shown, "apiVersion", version);
    if resource.is("Microsoft.Compute/virtualMachines") {
        let view = crate::providers::View {
            expand: "instanceView",
            ..Default::default()
        };
        let seen = crate::providers::find(&resource.type_name)
            .hooks
            .view(state, resource, view);
        extend(&mut shown, &seen);
    }
    shown
}

/// A machine's row says whether it runs.
fn extend(shown: &mut Value, seen: &Value) {
    let statuses = json::items(seen, "properties.instanceView.statuses");
    let power = statuses.iter().find(|status| {
        json::text(status, "code").is_some_and(|code| code.starts_with("PowerState/"))
    });
    if let Some(power) = power {
        let path = "properties.extended.instanceView.powerState";
        json::set(shown, path, power.clone());
    }
}

fn row(tenant: &str, resource: &Resource, shown: &Value) -> Row {
    let id = resource.parsed();
    let lower = |text: &str| text.to_ascii_lowercase();
    COLUMNS
        .iter()
        .map(|&column| {
            let own = shown.get(column).cloned().unwrap_or_default();
            let value = match column {
                "type" => json!(lower(&resource.type_name)),
                "tenantId" => json!(tenant),
                "resourceGroup" => json!(id.group.as_deref().map(lower).unwrap_or_default()),
                "subscriptionId" => json!(id.subscription),
                "kind" | "managedBy" | "location" if own.is_null() => json!(""),
                _ => own,
            };
            (column.to_owned(), value)
        })
        .collect()
}

fn containers(state: &State, caller: &Caller, subscription: &str) -> Vec<Row> {
    let who = &caller.primary;
    let mut rows = Vec::new();
    let place = state.directory.place_of(&state.world, subscription);
    if let Some(shown) = place.map(|place| subscription::shown(state, place)) {
        let mut own = Row::new();
        for column in COLUMNS {
            own.insert(column.to_owned(), Value::Null);
        }
        for (column, value) in [
            ("id", shown["id"].clone()),
            ("name", shown["displayName"].clone()),
            ("type", json!("microsoft.resources/subscriptions")),
            ("tenantId", json!(who.tenant)),
            ("subscriptionId", json!(subscription)),
            (
                "properties",
                json!({"state": shown["state"], "subscriptionPolicies": shown["subscriptionPolicies"]}),
            ),
        ] {
            own.insert(column.to_owned(), value);
        }
        rows.push(own);
    }
    let groups = state
        .store
        .of_type(subscription, None, "Microsoft.Resources/resourceGroups");
    for group in groups.filter(|group| rbac::knows(state, who, &group.key())) {
        let mut own = row(&who.tenant, group, &group.shown());
        own.insert(
            "type".to_owned(),
            json!("microsoft.resources/subscriptions/resourcegroups"),
        );
        rows.push(own);
    }
    rows
}
