use std::ffi::OsString;

use clap::{CommandFactory as _, Parser as _};

use super::{Action, Arguments, habits};

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    let words = line.split_whitespace().map(OsString::from);
    Arguments::try_parse_from(habits::translate(words))
}

#[test]
fn the_definition_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn habits_of_terraform_are_understood() {
    let arguments = parse("tenon plan -out=p.tenon -var a=b -detailed-exitcode").unwrap();
    let Action::Plan(plan) = arguments.action else {
        panic!("{arguments:?}")
    };
    assert_eq!(plan.out.unwrap().to_str(), Some("p.tenon"));
    assert!(plan.detailed_exitcode);
    assert_eq!(arguments.global.variables, ["a=b"]);
    assert!(parse("tenon apply -auto-approve").is_ok());
    assert!(parse("tenon apply -y").is_ok());
    assert!(parse("tenon plan -no-color").is_ok());
}

#[test]
fn what_is_not_known_is_an_error() {
    for line in [
        "tenon plan --otu x",
        "tenon plna",
        "tenon plan -ut=p",
        "tenon apply --client-secret x",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}
