//! One real message for each code: of the example on its page, of a refusal,
//! of a plan.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use tenon_model::place::Sources;
use tenon_model::plan::Mode;
use tenon_model::{Code, Diagnostic};

use crate::around::Spec;
use crate::page::Page;
use crate::row::Row;
use crate::support::{self, Asked, Stopped, cloud::Cloud};
use crate::{azure, case, files, folder};

/// A message, and the texts that it points into.
pub(crate) struct Sample {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) sources: Sources,
}

/// What is left out of the examples; it stands behind them, so that lines
/// count from the first of the example.
const REST: &str = "\
tenon: 1
name: shop
tenant: 22222222-2222-2222-2222-222222222222
subscription: 33333333-3333-3333-3333-333333333333
resource_group: shop
location: westeurope
images:
  web:
    tenant: 11111111-1111-1111-1111-111111111111
    id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web
    version: 1.4.2
";

/// All messages that can be had here, the best one of each code first.
pub(crate) fn all() -> &'static BTreeMap<Code, Vec<Sample>> {
    static ALL: LazyLock<BTreeMap<Code, Vec<Sample>>> = LazyLock::new(|| gather(&Page::read()));
    &ALL
}

fn gather(page: &Page) -> BTreeMap<Code, Vec<Sample>> {
    let mut all: BTreeMap<Code, Vec<Sample>> = BTreeMap::new();
    let mut add = |sample: Sample| {
        let code = sample.diagnostic.code;
        all.entry(code).or_default().push(sample);
    };
    page.examples()
        .flat_map(|(code, text)| example(code, text))
        .for_each(&mut add);
    let time = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("time that is moved");
    let refusals = time.block_on(refusals());
    refusals.into_iter().for_each(&mut add);
    plans().into_iter().for_each(&mut add);
    all
}

/// What the example of a page brings about.
fn example(code: Code, text: &str) -> Option<Sample> {
    let mut whole = text.to_owned();
    for block in blocks(REST) {
        let key = block.split(':').next().unwrap_or_default();
        let has = |line: &str| line.split(':').next() == Some(key);
        if !text.lines().any(has) {
            whole.push_str(block);
        }
    }
    let (diagnostics, sources) = said(support::ask(&whole, None, &support::files()), Mode::Live);
    let diagnostic = diagnostics.into_iter().find(|one| one.code == code)?;
    Some(Sample {
        diagnostic,
        sources,
    })
}

/// The top-level keys of a text, each with what is below it.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = text
        .match_indices('\n')
        .map(|(at, _)| at + 1)
        .filter(|at| !text[*at..].starts_with(' '))
        .collect();
    let mut from = 0;
    starts.into_iter().map(move |to| {
        let block = &text[from..to];
        from = to;
        block
    })
}

/// What is said about a spec, offline and then in its first plan.
pub(crate) fn said(asked: Result<Asked, Box<Stopped>>, mode: Mode) -> (Vec<Diagnostic>, Sources) {
    match asked {
        Ok(asked) => {
            let plan = asked.plan(&Cloud::default(), mode);
            let sources = asked.sources.clone();
            let mut all = asked.diagnostics;
            all.extend(plan.diagnostics);
            (all, sources)
        }
        Err(stopped) => (stopped.diagnostics, stopped.sources),
    }
}

/// What is said about the refusals beside this file.
async fn refusals() -> Vec<Sample> {
    let spec = Spec::read(&folder());
    let mut samples = Vec::new();
    for row in files().iter().flat_map(|file| Row::read(file)) {
        let Some(asked) = row.asked() else { continue };
        let refusal = azure::refuse(&row, &asked).await;
        samples.push(Sample {
            diagnostic: spec.explain(&refusal, &row, &asked),
            sources: spec.sources.clone(),
        });
    }
    samples
}

/// What is said in the golden plans.
fn plans() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/plans");
    let mut folders: Vec<_> = std::fs::read_dir(root)
        .expect("the golden plans")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("spec.yaml").exists())
        .collect();
    folders.sort();
    let of = |folder: &std::path::PathBuf| {
        let (diagnostics, sources) = case::diagnostics(folder);
        let sample = move |diagnostic| Sample {
            diagnostic,
            sources: sources.clone(),
        };
        diagnostics.into_iter().map(sample).collect::<Vec<_>>()
    };
    folders.iter().flat_map(of).collect()
}
