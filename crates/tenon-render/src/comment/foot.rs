//! What exactly was reviewed, and where to look further.

use tenon_model::plan::Mode;

use super::Page;
use super::markdown::{code, link, words};
use crate::plan::header::tenant;
use crate::plan::is_quiet;
use crate::plan::summary::digest;

/// Whose subscription it is about.
fn place(page: &Page<'_>) -> Vec<String> {
    let deployment = &page.plan.deployment;
    let Some(scope) = deployment.scopes.first() else {
        return Vec::new();
    };
    let more = match deployment.scopes.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    vec![
        format!("tenant {}", words(&tenant(page.plan, &scope.tenant))),
        format!("subscription {}{more}", code(&scope.subscription.short())),
    ]
}

/// Returns the last line.
pub(super) fn foot(page: &Page<'_>) -> Option<String> {
    let plan = page.plan;
    let mut said = Vec::new();
    // Where there is no plan nobody looked anywhere.
    let looked = !plan.deployment.scopes.is_empty();
    if !plan.digest.is_empty() && plan.preview.is_none() && looked {
        said.push(format!("Digest {}", code(&digest(plan))));
    }
    let commit = &page.around.mark.head;
    if !commit.is_empty() {
        let short: String = commit.chars().take(7).collect();
        said.push(format!("commit {}", code(&short)));
    }
    said.extend(place(page));
    if let Some(run) = &page.around.run {
        said.push(link("run", run));
    }
    if let Some((_, time)) = plan.created_at.split_once('T')
        && looked
    {
        said.push(match &plan.preview {
            Some(_) => format!("previewed {}", code(time)),
            None => format!("planned {} against live state", code(time)),
        });
    }
    let recorded = page.around.mark.digest.is_some();
    if recorded && !is_quiet(plan) && page.around.outcome.is_none() {
        let when = match plan.mode {
            Mode::Live => "applies after the merge with exactly this digest, or stops",
            Mode::Destroy => "destroys with exactly this digest, or stops",
        };
        said.push(when.to_owned());
    }
    (!said.is_empty()).then(|| said.join(" · "))
}
