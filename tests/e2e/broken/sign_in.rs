//! Who signs in, where, and with which rights.

use serde_json::{Value, json};

use super::fault::{Fault, fault};
use super::hand::own;
use crate::worlds::{ACME, APPLICATION, EXPIRED_SECRET, SECRET};

const TENON: &str = "servicePrincipals: [{tenant: contoso}, {tenant: acme}, {tenant: beta}, {tenant: gamma}, {tenant: delta}]";
const GALLERY_ROLE: &str =
    "  - {scope: /subscriptions/images, principal: tenon, role: Compute Gallery Image Reader}\n";
const ACME_LINE: &str = "acme: {id: 11111111-1111-1111-1111-111111111111}";

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = credentials();
    faults.extend(tenants());
    faults.extend(scopes());
    faults
}

fn credentials() -> Vec<Fault> {
    vec![
        fault("the secret is wrong", "TN3012", ACME_LINE)
            .variable("AZURE_CLIENT_SECRET", "wrong")
            .help("make a new secret and use its value")
            .set("AZURE_CLIENT_SECRET", SECRET),
        fault("the secret has expired", "TN3013", ACME_LINE)
            .variable("AZURE_CLIENT_SECRET", EXPIRED_SECRET)
            .help("az ad app credential reset")
            .set("AZURE_CLIENT_SECRET", SECRET),
        fault("there is no secret", "TN3001", ACME_LINE)
            .variable("AZURE_CLIENT_SECRET", "")
            .help("set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET")
            .set("AZURE_CLIENT_SECRET", SECRET),
        fault("the application is another one", "TN3010", ACME_LINE)
            .variable("AZURE_CLIENT_ID", "abababab-0000-4000-8000-000000000001")
            .help("compare the id")
            .set("AZURE_CLIENT_ID", APPLICATION),
        fault("the certificate is no certificate", "TN3007", "")
            .variable("AZURE_CLIENT_SECRET", "")
            .variable("AZURE_CLIENT_CERTIFICATE_PATH", "tenon.yaml")
            .help("name a file with the certificate and its private key")
            .set("AZURE_CLIENT_CERTIFICATE_PATH", "")
            .set("AZURE_CLIENT_SECRET", SECRET),
        fault(
            "nobody lets GitHub's job have a token",
            "TN3008",
            "acme: {id: 11111111-1111-1111-1111-111111111111, credential: {federated: github}}",
        )
        .spec(
            ACME_LINE,
            "acme: {id: 11111111-1111-1111-1111-111111111111, credential: {federated: github}}",
        )
        .help("permissions: {id-token: write, contents: read}")
        .edit(", credential: {federated: github}", ""),
        fault("a managed identity for two tenants", "TN3006", ACME_LINE)
            .variable("AZURE_CLIENT_SECRET", "")
            .variable("AZURE_TOKEN_CREDENTIALS", "prod")
            .variable("IDENTITY_ENDPOINT", "http://127.0.0.1:1/token")
            .variable("IDENTITY_HEADER", "canary")
            .help("let an application that admits other tenants trust the identity")
            .set("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
            .set("AZURE_CLIENT_SECRET", SECRET),
    ]
}

fn tenants() -> Vec<Fault> {
    vec![
        fault("the publisher has not let the application in", "TN3011", ACME_LINE)
            .world(TENON, "servicePrincipals: [{tenant: contoso}]")
            .world(GALLERY_ROLE, "")
            .world("  - {scope: /subscriptions/betas, principal: tenon, role: Compute Gallery Image Reader}\n", "")
            .world("  - {scope: /subscriptions/gammas, principal: tenon, role: Compute Gallery Image Reader}\n", "")
            .world("  - {scope: /subscriptions/deltas, principal: tenon, role: Compute Gallery Image Reader}\n", "")
            .help("opens this address and accepts")
            .act(|hand| {
                hand.consent(ACME);
                hand.give_role("/subscriptions/images", "Compute Gallery Image Reader");
            }),
        fault("the service principal is disabled", "TN3018", ACME_LINE)
            .world("servicePrincipals: [{tenant: contoso}, {tenant: acme}, {tenant: beta}", "servicePrincipals: [{tenant: contoso}, {tenant: acme, disabled: true}, {tenant: beta}")
            .help("az ad sp update --id 7d5f0c1e-0000-4000-8000-000000000001 --set accountEnabled=true")
            .act(|hand| hand.portal().put_application(&application())),
        fault("the publisher's tenant does not exist", "TN3004", "acme: {id: 12121212-1212-1212-1212-121212121212}")
            .spec(ACME, "12121212-1212-1212-1212-121212121212")
            .help("correct the id")
            .edit("12121212-1212-1212-1212-121212121212", ACME),
        fault("the publisher's tenant is in another cloud", "TN3005", "beta: {id: 51111111-1111-1111-1111-111111111111}")
            .world("{name: beta, id: 51111111-1111-1111-1111-111111111111}", "{name: beta, id: 51111111-1111-1111-1111-111111111111, cloud: china}")
            .spec(ACME_LINE, "acme: {id: 11111111-1111-1111-1111-111111111111}\n  beta: {id: 51111111-1111-1111-1111-111111111111}")
            .spec("images:\n", "images:\n  other:\n    tenant: beta\n    id: /subscriptions/45444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/beta/images/web\n    version: 1.0.0\n")
            .help("all tenants of a spec live in one cloud")
            .edit("  other:\n    tenant: beta\n    id: /subscriptions/45444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/beta/images/web\n    version: 1.0.0\n", ""),
        fault("the tenants are swapped", "TN3014", ACME_LINE)
            .spec("tenant: contoso\n", "tenant: acme\n")
            .help("write tenant: 22222222-2222-2222-2222-222222222222")
            .edit("tenant: acme\nsub", "tenant: 22222222-2222-2222-2222-222222222222\nsub"),
        fault("images of four other tenants", "TN1007", "web:")
            .spec("images:\n", FOUR)
            .help("split the deployment")
            .edit(DELTA, ""),
    ]
}

const DELTA: &str = "  delta:\n    tenant: 71111111-1111-1111-1111-111111111111\n    id: /subscriptions/47444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/delta/images/web\n    version: 1.0.0\n";
const FOUR: &str = "images:\n  beta:\n    tenant: 51111111-1111-1111-1111-111111111111\n    id: /subscriptions/45444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/beta/images/web\n    version: 1.0.0\n  gamma:\n    tenant: 61111111-1111-1111-1111-111111111111\n    id: /subscriptions/46444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/gamma/images/web\n    version: 1.0.0\n  delta:\n    tenant: 71111111-1111-1111-1111-111111111111\n    id: /subscriptions/47444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/delta/images/web\n    version: 1.0.0\n";

/// The application with all its service principals.
fn application() -> Value {
    json!({
        "name": "tenon", "id": APPLICATION, "tenant": "contoso", "multiTenant": true,
        "secrets": [{"value": SECRET}],
        "servicePrincipals": [
            {"tenant": "contoso"}, {"tenant": "acme"}, {"tenant": "beta"},
            {"tenant": "gamma"}, {"tenant": "delta"},
        ],
    })
}

fn scopes() -> Vec<Fault> {
    vec![
        fault("no role on the gallery", "TN3021", "web:")
            .world(GALLERY_ROLE, "")
            .help("az role assignment create --assignee 7d5f0c1e-0000-4000-8000-000000000001 --role Reader --scope /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme")
            .act(|hand| hand.give_role("/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme", "Reader")),
        fault("no role where the machines go", "TN3020", "name: shop")
            .world("  - {scope: /subscriptions/workload, principal: tenon, role: Contributor}\n", "")
            .help("az role assignment create")
            .act(|hand| hand.give_role("/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup", "Contributor")),
        fault("the subscription does not exist", "TN3101", "subscription: 35353535-3333-3333-3333-333333333333")
            .spec("subscription: 33333333-3333-3333-3333-333333333333", "subscription: 35353535-3333-3333-3333-333333333333")
            .spec("location: westeurope\n", "")
            .help("compare the id")
            .edit("subscription: 35353535", "subscription: 33333333"),
        fault("the resource group does not exist", "TN3102", "resource_group: noGroup")
            .spec("resource_group: myResourceGroup", "resource_group: noGroup")
            .help("create: true")
            .edit("resource_group: noGroup", "resource_group: {name: noGroup, create: true}"),
        fault("the region does not exist", "TN1007", "location: westeurop")
            .spec("location: westeurope", "location: westeurop")
            .help("did you mean `westeurope`?")
            .edit("location: westeurop", "location: westeurope"),
        fault("something else has the name", "TN4011", "one:")
            .before(|hand| {
                hand.portal().put(
                    &own("Microsoft.Compute/virtualMachines/one"),
                    &json!({"location": "westeurope", "properties": {"hardwareProfile": {"vmSize": "Standard_D2s_v5"}}}),
                );
            })
            .help("give yours another name")
            .edit("  one:\n", "  two:\n"),
        fault("another deployment has the name", "TN4012", "one:")
            .before(|hand| {
                let scenario = hand.scenario();
                scenario.write("other.yaml", &super::fault::spec().replace("name: shop", "name: other"));
                scenario.run("apply --auto-approve -f other.yaml").exits(0);
            })
            .edit("  one:\n", "  two:\n"),
        fault("an entry is protected", "TN4013", "protect: true")
            .spec("    image: web\n", "    image: web\n    protect: true\n")
            .before(|hand| {
                let scenario = hand.scenario();
                scenario.run("apply --auto-approve").exits(0);
                scenario.edit("tenon.yaml", "version: 1.4.2", "version: 1.4.1");
            })
            .help("lift the protection: protect: false")
            .edit("protect: true", "protect: false")
            .run("apply --auto-approve"),
    ]
}
