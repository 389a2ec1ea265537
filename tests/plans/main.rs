//! Golden plans: a folder for each case.
//!
//! `spec.yaml` is what is asked for. `before.yaml`, if it is there, was
//! applied before, and then `between.yaml`; `live.yaml` says what happened to Azure
//! since, and how many `hours` later the plan is made. The plan is
//! compared with `plan.txt` (for people), with `plan.md` (for a pull request)
//! where there is one, and with `plan.json` (changes and steps, one per line).
//! Every plan without errors is carried out as well, and planning again must then
//! find nothing to do. The whole document of every plan is as the published
//! schema says.
//!
//! `TENON_BLESS=1 cargo test -p tenon-tests` writes the expected files anew.

mod case;
#[path = "../formats/mod.rs"]
mod formats;
mod policies;
mod published;
mod reduced;
mod support;

use std::path::{Path, PathBuf};

/// The folders of all cases.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/plans");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .expect("the folder of this file")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("spec.yaml").exists())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "no cases in {}", root.display());
    folders
}

#[test]
fn golden_plans() {
    let problems: Vec<String> = folders()
        .iter()
        .flat_map(|folder| {
            std::panic::catch_unwind(|| case::check(folder, published::problems))
                .unwrap_or_else(|_| vec![format!("{}: panicked", folder.display())])
        })
        .collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n\n"));
}
