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

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Does, Plan};
use tenon_model::{Diagnostic, Value};

use crate::ResourceGraph;
use crate::preflight::add_check;
use crate::quota::{Quotas, Region};

mod image;
mod machine;
mod size;
mod words;

use machine::{Machine, Made, Parts};

/// Adds an error for everything about the machines of the plan that does not
/// fit, and then the plan cannot be applied. A region whose sizes are not in
/// `known` is not judged, and the plan says so.
pub fn check_fit(plan: &mut Plan, graph: &ResourceGraph, known: &BTreeMap<Region, Quotas>) {
    let Some(found) = find(plan, graph, known) else {
        return;
    };
    for (region, problems) in found.sizes {
        let subject = &region.location;
        match problems {
            Some(problems) => {
                let check = Check::found(About::Size, subject, &problems);
                add_check(plan, check, problems);
            }
            None => plan.preflight.push(Check::skipped(
                About::Size,
                subject,
                "the list of sizes was not read",
            )),
        }
    }
    let check = Check::found(About::ImageFit, "", &found.images);
    add_check(plan, check, found.images);
}

/// What does not fit.
struct Found {
    images: Vec<Diagnostic>,
    /// By region; none where the sizes are not known.
    sizes: BTreeMap<Region, Option<Vec<Diagnostic>>>,
}

/// None where no machine is made or changes its size.
fn find(plan: &Plan, graph: &ResourceGraph, known: &BTreeMap<Region, Quotas>) -> Option<Found> {
    let machines: Vec<Machine<'_>> = machines(plan, graph).collect();
    if machines.is_empty() {
        return None;
    }
    let by_id = graph.written().map(|desired| (desired.id.clone(), desired));
    let parts: Parts<'_> = by_id.collect();
    let mut found = Found {
        images: Vec::new(),
        sizes: BTreeMap::new(),
    };
    for machine in &machines {
        for problem in image::misfits(machine, &parts) {
            add(&mut found.images, problem);
        }
        let quotas = known.get(&machine.region);
        let quotas = quotas.filter(|quotas| quotas.sizes().next().is_some());
        let sizes = found.sizes.entry(machine.region.clone());
        let sizes = sizes.or_insert_with(|| quotas.map(|_| Vec::new()));
        let (Some(quotas), Some(sizes)) = (quotas, sizes) else {
            continue;
        };
        for problem in size::misfits(machine, &parts, quotas) {
            add(sizes, problem);
        }
    }
    Some(found)
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
