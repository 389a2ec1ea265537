use super::ArmError;
use crate::tests::response;

/// Compares the error of a response with `code: message [target] (details)`.
fn check(text: &str, expected: &str) {
    let error = ArmError::read(&response(text));
    let mut line = format!("{}: {}", error.code, error.message);
    if let Some(target) = error.target {
        line.push_str(&format!(" [{target}]"));
    }
    for (code, message) in error.details {
        line.push_str(&format!(" ({code}: {message})"));
    }
    assert_eq!(line, expected);
}

#[test]
fn the_documented_form() {
    check(
        r#"409 | {"error":{"code":"C","message":"m","target":"t","details":[{"code":"D","message":"n","details":[{"code":"E","message":"o"}]},{}]}}"#,
        "C: m [t] (D: n) (E: o)",
    );
}

#[test]
fn without_the_outer_member_and_in_capitals() {
    check(r#"400 | {"code":"C","message":"m"}"#, "C: m");
    check(r#"400 | {"Code":"C","Message":"m"}"#, "C: m");
    check(r#"400 | {"Message":"m"}"#, "BadRequest: m");
}

#[test]
fn messages_that_are_json_themselves() {
    check(
        r#"409 | {"error":{"code":"DeploymentFailed","message":"see details","details":[{"code":"Conflict","message":"{\"error\":{\"code\":\"Inner\",\"message\":\"why\"}}"}]}}"#,
        "DeploymentFailed: see details (Conflict: ) (Inner: why)",
    );
    check(
        r#"400 | {"error":{"code":"C","message":"{\"error\":{\"code\":\"Inner\",\"message\":\"why\"}}"}}"#,
        "C: why (Inner: why)",
    );
    check(
        r#"400 | {"error":{"code":"C","message":"{not json"}}"#,
        "C: {not json",
    );
}

#[test]
fn inner_errors_and_policies() {
    check(
        r#"400 | {"error":{"code":"C","message":"m","innererror":{"code":"I","message":"n","innererror":{"exceptiontype":"T","errordetail":"o"}}}}"#,
        "C: m (I: n) (: o)",
    );
    check(
        r#"403 | {"error":{"code":"RequestDisallowedByPolicy","message":"m","additionalInfo":[{"type":"PolicyViolation","info":{"policyAssignmentDisplayName":"Regions","policyDefinitionName":"x","policyDefinitionDisplayName":"Allowed locations"}},{"type":"Other"}]}}"#,
        "RequestDisallowedByPolicy: m (PolicyViolation: Regions: Allowed locations)",
    );
}

#[test]
fn no_json_at_all() {
    check(
        "502 | <html><title>Bad  Gateway</title></html>",
        "BadGateway: Bad Gateway",
    );
    check("503", "ServiceUnavailable: ");
    check("503 | null", "ServiceUnavailable: null");
    check("400 | []", "BadRequest: []");
    check("400 x-ms-error-code: OutOfVms | oops", "OutOfVms: oops");
}
