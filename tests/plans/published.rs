//! Documents for programs, and the schemas that are published of them.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use tenon_model::diagnostic::has_errors;
use tenon_model::event::{Event, Failure, Moved, Outcome, Presence, StepName, What};
use tenon_model::plan::{self, Does, Plan};
use tenon_model::report::Report;
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Address, TenantId};
use tenon_spec::{Input, SourceFile};

use crate::formats::{assert_fits, checker, schema, spoiled};

/// What a plan says that the published schema does not.
pub(crate) fn problems(plan: &Plan) -> Vec<String> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema("plan"));
    let document = plan::document(plan).expect("a plan");
    checker::problems(&SCHEMA, &document)
}

/// What the schema for editors minds in the specs of a folder that the reader
/// takes.
fn specs(folder: &Path) -> Vec<String> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema("spec"));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut problems = Vec::new();
    for file in ["spec.yaml", "before.yaml", "between.yaml"] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
            continue;
        };
        if is_taken(&text) {
            let document: Value = serde_yaml::from_str(&text).expect("YAML");
            let found = checker::problems(&SCHEMA, &document);
            problems.extend(found.iter().map(|found| format!("{name}/{file}: {found}")));
        }
    }
    problems
}

/// Whether the reader has nothing to say against a spec.
fn is_taken(text: &str) -> bool {
    let input = Input {
        files: vec![SourceFile {
            name: "spec.yaml".to_owned(),
            text: text.to_owned(),
        }],
        variables: Vec::new(),
        environment: &|_| None,
        default_name: "golden".to_owned(),
    };
    let reading = tenon_spec::read(&input, &tenon_kinds::sections());
    reading.spec.is_some() && !has_errors(&reading.diagnostics)
}

#[test]
fn what_the_reader_takes_the_schema_of_specs_takes() {
    let problems: Vec<String> = crate::folders().iter().flat_map(|one| specs(one)).collect();
    assert_eq!(problems, NOTHING);
}

fn step() -> StepName {
    StepName {
        step: 3,
        address: Address::new("vms.web"),
        does: Does::Create,
    }
}

fn refusal() -> Refusal {
    Refusal {
        stage: Stage::Azure,
        status: 403,
        code: "LinkedAuthorizationFailed".to_owned(),
        message: "no".to_owned(),
        target: Some("image".to_owned()),
        details: vec![("Inner".to_owned(), "why".to_owned())],
        request: "PUT /subscriptions/s".to_owned(),
        tenant: Some(TenantId::new("t")),
        auxiliary: vec![TenantId::new("u")],
        application: None,
        credential_source: None,
        request_id: Some("r".to_owned()),
        correlation_id: None,
        time: None,
    }
}

fn failures() -> Vec<Failure> {
    let value = tenon_model::Value::text("x");
    vec![
        Failure::Refused {
            refusal: Box::new(refusal()),
        },
        Failure::Stale {
            moved: vec![Moved {
                property: "size".to_owned(),
                planned: Some(value.clone()),
                live: None,
                wanted: Some(value.clone()),
            }],
        },
        Failure::Presence {
            found: Presence::Absent,
        },
        Failure::Unresolved {
            what: "a secret".to_owned(),
        },
        Failure::TakesReplace {
            property: "image".to_owned(),
            live: Some(value),
            wanted: None,
        },
        Failure::Unwell {
            instances: vec!["0".to_owned()],
        },
        Failure::Unhealthy {
            check: "tcp:443 answers".to_owned(),
            last: "refused".to_owned(),
            seconds: 600,
        },
        Failure::Abandoned,
    ]
}

fn all() -> Vec<What> {
    let failed = failures().into_iter().map(|failure| What::StepFailed {
        step: step(),
        failure,
    });
    let others = [
        What::ReadStarted { lists: 3 },
        What::ReadDone { resources: 4 },
        What::ApplyStarted { steps: 4 },
        What::StepStarted(step()),
        What::StepAccepted {
            step: step(),
            operation: "https://x".to_owned(),
        },
        What::StepWaiting {
            step: step(),
            wait: 5,
            why: "TooManyRequests".to_owned(),
        },
        What::Upgraded {
            step: step(),
            instances: 1,
            unwell: 0,
            of: 2,
        },
        What::StepDone {
            step: step(),
            outcome: Outcome::AlreadyDone,
        },
        What::StepSkipped {
            step: step(),
            because: 1,
        },
        What::Stopping { running: 1 },
        What::Abandoned { running: 1 },
        What::LeaseLost {
            running: 1,
            why: "NoAnswer".to_owned(),
        },
        What::ApplyDone {
            outputs: vec![("ip".to_owned(), tenon_model::Value::text("10.0.0.4"))],
        },
    ];
    others.into_iter().chain(failed).collect()
}

/// Not one kind of event is left out above.
fn is_there(what: &What) -> bool {
    match what {
        What::ReadStarted { .. }
        | What::ReadDone { .. }
        | What::ApplyStarted { .. }
        | What::StepStarted(_)
        | What::StepAccepted { .. }
        | What::StepWaiting { .. }
        | What::Upgraded { .. }
        | What::StepDone { .. }
        | What::StepFailed { .. }
        | What::StepSkipped { .. }
        | What::Stopping { .. }
        | What::Abandoned { .. }
        | What::LeaseLost { .. }
        | What::ApplyDone { .. } => true,
        What::Unknown => false,
    }
}

#[test]
fn every_event_is_as_its_schema_says() {
    for (at, what) in (1..).zip(all()) {
        assert!(is_there(&what));
        assert_fits("events", &json!(Event { at, what }));
    }
}

#[test]
fn every_end_of_a_step_is_as_the_schema_of_reports_says() {
    let events = (1..).zip(all()).map(|(at, mut what)| {
        // Each a step of its own, so that all of them are in the report.
        if let What::StepFailed { step, .. } = &mut what {
            step.step = usize::try_from(at).expect("a small number");
        }
        Event { at, what }
    });
    let report = Report::of(&events.collect::<Vec<_>>());
    let document = json!({"format": "tenon.report/1", "report": report, "diagnostics": []});
    assert_fits("report", &document);
    assert_eq!(spoiled::unnoticed(&schema("report"), &document), NOTHING);
}

#[test]
fn what_is_wrong_with_an_event_is_noticed() {
    let schema = schema("events");
    for what in all() {
        let event = json!(Event { at: 1, what });
        for name in event.as_object().expect("an object").keys() {
            let mut without = event.clone();
            without.as_object_mut().expect("an object").remove(name);
            let unnoticed = checker::problems(&schema, &without).is_empty();
            assert!(!unnoticed, "{name} is missing in {event}");
        }
    }
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn what_is_wrong_with_a_plan_is_noticed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/plans");
    for name in ["image-by-lock", "fleet-up-and-image", "scale-set-image"] {
        let unnoticed = crate::case::check(&root.join(name), |plan| {
            let document = plan::document(plan).expect("a plan");
            spoiled::unnoticed(&schema("plan"), &document)
        });
        assert_eq!(unnoticed, NOTHING);
    }
}
