//! The whole plan, on the page of the job.
//!
//! GitHub Docs, "Workflow commands", "Adding a job summary": a file that steps
//! append to, 1 MiB for each step, and a step that writes more has none at all.
//! Azure Pipelines, "Logging commands": `task.uploadsummary` takes a file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::annotations;

/// 1 MiB for each step.
const MOST: usize = 1 << 20;
/// What is left for others, and for a line break.
const SPARE: usize = 4096;

/// Appends to the summary of a step of GitHub Actions; `render` writes in so
/// many bytes. Nothing is written where nothing fits.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn append(path: &Path, render: &dyn Fn(usize) -> String) -> std::io::Result<()> {
    let there = std::fs::metadata(path).map_or(0, |file| file.len());
    let there = usize::try_from(there).unwrap_or(MOST);
    let left = MOST.saturating_sub(there + SPARE);
    let text = format!("{}\n", render(left));
    if text.len() > left {
        return Ok(());
    }
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?;
    // One write: another step never comes in between.
    file.write_all(text.as_bytes())
}

/// Writes a file and returns the command that shows it on the page of an Azure
/// pipeline.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn upload(
    folder: &Path,
    deployment: &str,
    render: &dyn Fn(usize) -> String,
) -> std::io::Result<String> {
    let name: String = deployment
        .chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() {
                one
            } else {
                '-'
            }
        })
        .collect();
    // What stands above the plan on that page is the name of the file.
    let path: PathBuf = folder.join(format!("tenon-{name}.md"));
    crate::files::replace(&path, &render(MOST - SPARE))?;
    let shown = path.to_string_lossy();
    let shown = annotations::azure_data(&shown);
    Ok(format!("##vso[task.uploadsummary]{shown}"))
}
