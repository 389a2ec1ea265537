//! What the table of refusals in `tests/catalogue` does not show: refusals
//! before anything is sent, and what hangs on more than the answer.

use std::collections::BTreeMap;

use tenon_model::place::Place;
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Code, Diagnostic, TenantId};

use super::{Around, explain};

const TENANT: &str = "22222222-2222-2222-2222-222222222222";

fn refusal(stage: Stage, status: u16, code: &str, message: &str) -> Refusal {
    Refusal {
        stage,
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        target: None,
        details: Vec::new(),
        request: "PUT /subscriptions/s/resourceGroups/g".to_owned(),
        tenant: Some(TenantId::new(TENANT)),
        auxiliary: Vec::new(),
        application: Some("7d5f0c1e-0000-4000-8000-00000000000a".to_owned()),
        credential_source: Some("AZURE_CLIENT_SECRET".to_owned()),
        request_id: Some("request".to_owned()),
        correlation_id: None,
        time: None,
    }
}

fn explained(refusal: &Refusal) -> Diagnostic {
    let place = Place::whole("spec.yaml");
    explain(
        refusal,
        &Around {
            address: None,
            place: Some(&place),
            tenant_names: &BTreeMap::new(),
            tenant_places: &BTreeMap::new(),
            signed_in: &[],
            images: &[],
            image_places: &BTreeMap::new(),
            login: "https://login.microsoftonline.com",
        },
    )
}

#[track_caller]
fn check(refusal: &Refusal, code: Code) {
    let problem = explained(refusal);
    assert_eq!(problem.code, code, "{}", refusal.code);
    assert!(!problem.helps.is_empty(), "{} has no way out", refusal.code);
    let words = format!("{}: {}", refusal.code, refusal.message);
    assert!(
        problem.notes.iter().any(|note| note.ends_with(&words)),
        "{} lost Azure's words: {:?}",
        refusal.code,
        problem.notes
    );
}

#[test]
fn the_subject_of_a_token_that_nobody_trusts_is_in_the_command() {
    let message = "No matching federated identity record found for presented assertion subject 'repo:o/r:pull_request'.";
    let problem = explained(&refusal(Stage::SignIn, 400, "AADSTS700213", message));
    let commands: Vec<_> = problem
        .helps
        .iter()
        .filter_map(|help| help.command.clone())
        .collect();
    assert!(
        commands
            .iter()
            .any(|command| command.contains(r#""subject": "repo:o/r:pull_request""#)),
        "{commands:?}"
    );
}

#[test]
fn another_operation_has_a_code_of_its_own() {
    let busy = [
        (
            409,
            "AnotherOperationInProgress",
            "Another operation on this or dependent resource is in progress.",
        ),
        (
            429,
            "RetryableErrorDueToAnotherOperation",
            "Operation PutSubnet is canceled, retry later.",
        ),
        (
            409,
            "Conflict",
            "The request failed due to conflict with a concurrent request: another operation is in progress.",
        ),
        (
            409,
            "OperationNotAllowed",
            "Another operation is in progress on the resource.",
        ),
    ];
    for (status, theirs, message) in busy {
        check(
            &refusal(Stage::Azure, status, theirs, message),
            Code::AnotherOperation,
        );
    }
    let preempted = "Operation execution has been preempted by a more recent operation.";
    check(
        &refusal(Stage::Operation, 0, "OperationPreempted", preempted),
        Code::AnotherOperation,
    );
    let moved = refusal(
        Stage::Azure,
        412,
        "PreconditionFailed",
        "The condition is not met.",
    );
    check(&moved, Code::StalePlan);
    // Not every conflict is one of two at once.
    let name = refusal(
        Stage::Azure,
        409,
        "Conflict",
        "A vault with this name was deleted.",
    );
    check(&name, Code::AzureRefused);
}

#[test]
fn the_two_texts_about_linked_subscriptions_are_two_codes() {
    let without_token = "The client has permission to perform action 'Microsoft.Compute/galleries/images/versions/read' on scope '/subscriptions/s/x', however the current tenant '2' is not authorized to access linked subscription '1'.";
    let without_role = "The client 'c' with object id 'o' has permission to perform action 'Microsoft.Compute/virtualMachines/write' on scope '/subscriptions/s/x'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/subscriptions/s/y' (respectively) or the linked scope(s) are invalid.";
    check(
        &refusal(
            Stage::Azure,
            403,
            "LinkedAuthorizationFailed",
            without_token,
        ),
        Code::AuxiliaryTokenMissing,
    );
    check(
        &refusal(Stage::Azure, 403, "LinkedAuthorizationFailed", without_role),
        Code::LinkedScopeNotAuthorized,
    );
}

#[test]
fn a_certificate_that_is_not_trusted_is_no_host_that_does_not_answer() {
    let untrusted = refusal(Stage::Network, 0, "UntrustedCertificate", "UnknownIssuer");
    check(&untrusted, Code::Unreachable);
    assert!(explained(&untrusted).message.contains("certificate"));
    let silent = refusal(Stage::Network, 0, "CannotConnect", "refused");
    check(&silent, Code::Unreachable);
    assert!(explained(&silent).message.contains("does not answer"));
}

#[test]
fn what_is_refused_before_anything_is_sent_has_its_code() {
    for (theirs, target, ours) in [
        ("NoCredential", None, Code::NoCredential),
        ("OwnTenantOnly", None, Code::OwnTenantOnly),
        ("CertificateUnusable", None, Code::CertificateUnusable),
        ("TokenSourceFailed", None, Code::NoToken),
        ("TokenSourceFailed", Some("az-absent"), Code::NoToken),
        ("TokenSourceFailed", Some("az-signed-out"), Code::NoToken),
        ("TokenSourceFailed", Some("managed-identity"), Code::NoToken),
        ("BadTenant", None, Code::UnknownTenant),
    ] {
        let mut refusal = refusal(Stage::Credential, 0, theirs, "It says so.");
        refusal.target = target.map(str::to_owned);
        let problem = explained(&refusal);
        assert_eq!(problem.code, ours, "{theirs}");
        assert!(
            !problem.helps.is_empty(),
            "{theirs} {target:?} has no way out"
        );
        let told = problem.notes.iter().any(|note| note == "It says so.");
        assert!(told || ours == Code::UnknownTenant, "{:?}", problem.notes);
    }
}

#[test]
fn of_several_sources_each_says_why_not() {
    let mut refusal = refusal(Stage::Credential, 0, "NoCredential", "nothing");
    refusal.details = vec![("Azure CLI".to_owned(), "not installed".to_owned())];
    assert_eq!(explained(&refusal).notes, ["Azure CLI: not installed"]);
}

#[test]
fn the_user_of_the_cli_is_no_application() {
    let mut refusal = refusal(Stage::SignIn, 0, "AADSTS50020", "no such user");
    refusal.target = Some("az".to_owned());
    let problem = explained(&refusal);
    assert_eq!(problem.code, Code::UserUnknown);
    assert!(
        !problem.message.contains("application"),
        "{}",
        problem.message
    );
    let login = problem.helps[0].command.as_deref();
    assert_eq!(login, Some(format!("az login --tenant {TENANT}").as_str()));
}

#[test]
fn an_extension_that_failed_keeps_its_own_words() {
    let words = "VM has reported a failure when processing extension 'init' (publisher 'Microsoft.Azure.Extensions' and type 'CustomScript'). Error message: 'Enable failed: failed to execute command: command terminated with exit status=1'.";
    for code in [
        "VMExtensionProvisioningError",
        "VMExtensionProvisioningTimeout",
        "VMExtensionHandlerNonTransientError",
    ] {
        check(
            &refusal(Stage::Operation, 200, code, words),
            Code::ExtensionFailed,
        );
    }
    let stopped = "Cannot modify extensions in the VM when the VM is not running.";
    check(
        &refusal(Stage::Azure, 409, "OperationNotAllowed", stopped),
        Code::MachineStandsStill,
    );
}
