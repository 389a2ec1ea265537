//! Reads the quotas of the regions in which a plan makes machines.
//!
//! Two requests for each region, and none where no machine takes room. Who may
//! read one group only may not read them: then nothing is judged, and the plan
//! says so.

use std::collections::BTreeMap;

use tenon_client::Client;
use tenon_kinds::sizes::size_facts;
use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{About, Check};
use tenon_model::snapshot::Snapshot;
use tenon_model::transport::{Read, Refusal, Transport as _};
use tenon_model::{TenantId, Value};
use tenon_plan::{Quotas, Region, ResourceGraph, Usage};

/// Looks whether the machines of the plan fit, and notes what could not be
/// looked at.
pub(super) async fn check(
    client: &Client,
    plan: &mut Plan,
    graph: &ResourceGraph,
    snapshot: &Snapshot,
) {
    let mut known = BTreeMap::new();
    for region in tenon_plan::quota_regions(plan, snapshot) {
        let Some(scope) = plan.scope(&region.subscription) else {
            continue;
        };
        let left_out = match read(client, &region, &scope.tenant).await {
            Ok(quotas) if quotas.is_empty() => "Azure lists none".to_owned(),
            Ok(quotas) => {
                known.insert(region, quotas);
                continue;
            }
            Err(refusal) => format!("{} {}", refusal.status, refusal.code),
        };
        plan.preflight
            .push(Check::skipped(About::Quota, region.location, left_out));
    }
    tenon_plan::check_quotas(plan, snapshot, &known);
    tenon_plan::check_fit(plan, graph, &known);
}

async fn read(client: &Client, region: &Region, tenant: &TenantId) -> Result<Quotas, Refusal> {
    let Region {
        subscription,
        location,
    } = region;
    let base = format!("/subscriptions/{subscription}/providers/Microsoft.Compute");
    let usages = Read {
        tenant: tenant.clone(),
        path: format!("{base}/locations/{location}/usages"),
        api_version: tenon_kinds::versions::COMPUTE.to_owned(),
        query: Vec::new(),
    };
    let sizes = Read {
        tenant: tenant.clone(),
        path: format!("{base}/skus"),
        api_version: tenon_kinds::versions::SKUS.to_owned(),
        query: vec![("$filter".to_owned(), format!("location eq '{location}'"))],
    };
    let mut quotas = Quotas::default();
    let mut page = |items: Vec<Value>| {
        for item in &items {
            if let Some((name, usage)) = usage(item) {
                quotas.add_usage(name, usage);
            }
        }
    };
    client.list(&usages, &mut page).await?;
    if quotas.is_empty() {
        return Ok(quotas);
    }
    let mut page = |items: Vec<Value>| {
        for item in &items {
            if let Some(size) = size_facts(item) {
                quotas.add_size(size);
            }
        }
    };
    client.list(&sizes, &mut page).await?;
    Ok(quotas)
}

fn usage(item: &Value) -> Option<(&str, Usage)> {
    let name = item.at(&["name", "value"])?.as_text()?;
    let usage = Usage {
        used: item.member("currentValue")?.as_int()?,
        limit: item.member("limit")?.as_int()?,
    };
    Some((name, usage))
}
