//! Whether machines fit: the size in its region and zone, the image on the
//! size, the disks and interfaces on both.
//!
//! Only machines that are made, or given another size, are judged: what stands
//! was let in by Azure. What Azure says about sizes is the list that was read
//! for the quotas; a region that is not in it is not judged, nor is what it
//! does not say.
//!
//! Sources: Azure REST API reference, "Resource Skus - List", "Gallery Images";
//! Azure documentation, "Generation 2 VMs", "Trusted Launch", "Azure Compute
//! Gallery".

use std::collections::BTreeMap;

use tenon_model::plan::{Does, Plan};
use tenon_model::{Diagnostic, Value, diagnostic};

use crate::ResourceGraph;
use crate::quota::{Quotas, Region};

mod image;
mod machine;
mod size;
mod words;

use machine::{Machine, Made, Parts};

/// Adds an error for everything about the machines of the plan that does not
/// fit, and then the plan cannot be applied.
pub fn check_fit(plan: &mut Plan, graph: &ResourceGraph, known: &BTreeMap<Region, Quotas>) {
    let problems = problems(plan, graph, known);
    if problems.is_empty() {
        return;
    }
    plan.diagnostics.splice(0..0, problems);
    plan.applyable = !diagnostic::has_errors(&plan.diagnostics);
    plan.digest = plan.compute_digest();
}

fn problems(
    plan: &Plan,
    graph: &ResourceGraph,
    known: &BTreeMap<Region, Quotas>,
) -> Vec<Diagnostic> {
    let machines: Vec<Machine<'_>> = machines(plan, graph).collect();
    if machines.is_empty() {
        return Vec::new();
    }
    let by_id = graph.written().map(|desired| (desired.id.clone(), desired));
    let parts: Parts<'_> = by_id.collect();
    let mut found = Vec::new();
    for machine in &machines {
        for problem in image::misfits(machine, &parts) {
            add(&mut found, problem);
        }
        let quotas = known.get(&machine.region);
        let Some(quotas) = quotas.filter(|quotas| quotas.sizes().next().is_some()) else {
            continue;
        };
        for problem in size::misfits(machine, &parts, quotas) {
            add(&mut found, problem);
        }
    }
    found
}

/// The machines of a fleet have one line in the spec, and one message.
fn add(found: &mut Vec<Diagnostic>, problem: Diagnostic) {
    let same = |known: &&mut Diagnostic| {
        known.code == problem.code
            && known.message == problem.message
            && known.labels == problem.labels
    };
    match found.iter_mut().find(same) {
        Some(known) => known.addresses.extend(problem.addresses),
        None => found.push(problem),
    }
}

fn machines<'a>(
    plan: &'a Plan,
    graph: &'a ResourceGraph,
) -> impl Iterator<Item = Machine<'a>> + 'a {
    plan.steps.iter().filter_map(|step| {
        let made = match step.does {
            Does::Create => Made::New,
            Does::Update if names_size(step.request.body.as_ref()?) => Made::Resized,
            _ => return None,
        };
        let desired = graph.resource(&step.address)?;
        Machine::of(desired, made, &plan.images)
    })
}

/// Whether an update says which size a machine has: it does where that changes.
fn names_size(body: &Value) -> bool {
    body.at(&["properties", "hardwareProfile", "vmSize"])
        .or_else(|| body.at(&["sku", "name"]))
        .is_some()
}
