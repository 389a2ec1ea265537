//! What there is to show when a plan cannot be made.

use std::collections::BTreeMap;

use tenon_model::plan::{Around, Deployment, FORMAT, Mode, Plan, ReadFacts, Summary, Tool};
use tenon_model::{Diagnostic, Map};

/// Returns a plan that does nothing, cannot be applied, and says why: whoever
/// looks for the plan of this commit does not find that of an older one.
#[must_use]
pub fn failed(name: &str, files: Vec<String>, mode: Mode, diagnostics: Vec<Diagnostic>) -> Plan {
    let mut plan = Plan {
        format: FORMAT.to_owned(),
        tool: Tool::this(),
        created_at: String::new(),
        digest: String::new(),
        mode,
        preview: None,
        partial: None,
        deployment: Deployment {
            name: name.to_owned(),
            cloud: None,
            scopes: Vec::new(),
            directories: Vec::new(),
            lock: None,
            tenant_names: BTreeMap::new(),
            credentials: BTreeMap::new(),
            resource_group: String::new(),
            location: String::new(),
            files,
        },
        images: Vec::new(),
        applyable: false,
        summary: Summary::default(),
        read: ReadFacts::default(),
        preflight: Vec::new(),
        takes: None,
        changes: Vec::new(),
        kept: Vec::new(),
        waves: Vec::new(),
        steps: Vec::new(),
        types: BTreeMap::new(),
        known: Vec::new(),
        diagnostics,
        around: Around::default(),
        outputs: Map::new(),
    };
    plan.digest = plan.compute_digest();
    plan
}
