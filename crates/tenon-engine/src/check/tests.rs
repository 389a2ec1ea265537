use tenon_model::event::Failure;
use tenon_model::plan::Expected;
use tenon_model::rules::Same;
use tenon_model::{Path, Value};

use super::{Verdict, fixed, present};

fn expected(property: &str, value: &str, after: &str) -> Expected {
    Expected {
        property: property.to_owned(),
        path: Path::parse(property).unwrap(),
        twin: None,
        same: Same::Caseless,
        value: Some(Value::text(value)),
        after: Some(Value::text(after)),
        fixed: false,
    }
}

fn verdict(live: &str) -> String {
    let values = [expected("size", "small", "big"), expected("zone", "1", "1")];
    match present(&values, &serde_json::from_str(live).unwrap()) {
        Verdict::Go => "go".into(),
        Verdict::Done => "done".into(),
        Verdict::Refuse(Failure::Stale { moved }) => moved
            .iter()
            .map(|moved| format!("{} is {:?}", moved.property, moved.live))
            .collect::<Vec<_>>()
            .join(", "),
        Verdict::Refuse(other) => format!("{other:?}"),
    }
}

#[test]
fn a_step_runs_only_where_the_plan_saw_what_is_there() {
    assert_eq!(verdict(r#"{"size":"SMALL","zone":"1","other":2}"#), "go");
    assert_eq!(verdict(r#"{"size":"big","zone":"1"}"#), "done");
    assert_eq!(
        verdict(r#"{"size":"huge","zone":"1"}"#),
        "size is Some(Text(\"huge\"))"
    );
    assert_eq!(verdict(r#"{"size":"small"}"#), "zone is None");
}

#[test]
fn what_takes_a_replace_is_not_written() {
    let known_late = |wanted: &str| Expected {
        fixed: true,
        ..expected("zone", "1", wanted)
    };
    assert!(fixed(&[expected("size", "small", "big"), known_late("1")]).is_ok());
    let failure = fixed(&[known_late("2")]).unwrap_err();
    let wanted = Some(Value::text("2"));
    assert!(
        matches!(&failure, Failure::TakesReplace { property, wanted: found, .. } if property == "zone" && *found == wanted),
        "{failure:?}"
    );
}
