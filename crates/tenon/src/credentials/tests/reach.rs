//! Tenants out of reach, and lists of tenants.

use tenon_model::spec::Spec;

use super::super::{environment, reach, tenants};
use super::{ACME, AZURE, CONTOSO, HOME, spec, variables};

fn two_tenants() -> Spec {
    spec(&format!(
        "  contoso: {{id: {CONTOSO}}}\n  acme: {{id: {ACME}}}"
    ))
}

/// The tenants out of reach, without a request.
fn beyond(spec: &Spec, text: &str) -> Vec<String> {
    let variables = variables(text);
    let found = environment::find(&variables).unwrap();
    let refusals = reach::beyond(spec, found.choices.first(), &variables);
    let tenants = refusals.into_iter().filter_map(|refusal| refusal.tenant);
    tenants.map(|tenant| tenant.to_string()).collect()
}

#[test]
fn a_managed_identity_does_not_reach_the_publisher() {
    let spec = two_tenants();
    let identity = "IDENTITY_ENDPOINT=http://localhost IDENTITY_HEADER=h";
    assert_eq!(beyond(&spec, identity), [ACME]);
    assert_eq!(
        beyond(&spec, &format!("{identity} AZURE_TENANT_ID={ACME}")),
        [CONTOSO]
    );
    assert_eq!(
        beyond(&spec, &format!("{identity} ARM_TENANT_ID={HOME}")),
        [ACME, CONTOSO]
    );
    // Everything else does, or is not known to be one.
    for text in [AZURE, "", "ARM_USE_CLI=true"] {
        assert!(beyond(&spec, text).is_empty(), "{text}");
    }
}

#[test]
fn a_tenant_with_a_credential_of_its_own_is_not_out_of_reach() {
    let spec = spec(&format!(
        "  contoso: {{id: {CONTOSO}}}\n  acme: {{id: {ACME}, credential: {{cli: true}}}}"
    ));
    assert!(beyond(&spec, "ARM_USE_MSI=true").is_empty());
}

#[test]
fn one_identity_for_two_tenants_is_one_too_many() {
    let spec = spec(&format!(
        "  contoso: {{id: {CONTOSO}, credential: {{managed_identity: true}}}}\n  acme: {{id: {ACME}, credential: {{managed_identity: true}}}}"
    ));
    assert_eq!(beyond(&spec, ""), [ACME]);
    let spec = super::spec(&format!(
        "  contoso: {{id: {CONTOSO}, credential: {{managed_identity: true}}}}\n  acme: {{id: {ACME}, credential: {{managed_identity: {{client_id: {HOME}}}}}}}"
    ));
    assert!(beyond(&spec, "").is_empty());
}

#[test]
fn lists_of_other_tools_are_compared() {
    let spec = two_tenants();
    let lines = |text: &str| tenants::unlisted(&spec, &variables(text));
    let missing = |name: &str| {
        format!("{name} does not list acme; it is signed in to because the spec names it")
    };
    for list in [ACME, "*"] {
        assert!(lines(&format!("AZURE_ADDITIONALLY_ALLOWED_TENANTS={HOME};{list}")).is_empty());
        assert!(lines(&format!("ARM_AUXILIARY_TENANT_IDS=[\"{HOME}\",\"{list}\"]")).is_empty());
    }
    assert_eq!(
        lines(&format!("AZURE_ADDITIONALLY_ALLOWED_TENANTS={HOME}")),
        [missing("AZURE_ADDITIONALLY_ALLOWED_TENANTS")]
    );
    assert_eq!(
        lines(&format!("ARM_AUXILIARY_TENANT_IDS=[\"{HOME}\"]")),
        [missing("ARM_AUXILIARY_TENANT_IDS")]
    );
    assert!(lines("").is_empty());
}
