//! Sign-in and authorisation: every cause has its own code and its own way out.

use serde_json::json;

use crate::scenario::Scenario;
use crate::worlds::{ACME, CONTOSO, EXPIRED_SECRET, HEAD, id, machines, two_tenants, vaults};

#[test]
fn a_wrong_secret_is_named_by_its_variable() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.set("AZURE_CLIENT_SECRET", "wrong");
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3012]: Azure rejected the secret of application 7d5f0c1e-0000-4000-8000-000000000001 (from
      AZURE_CLIENT_SECRET)
      --> tenon.yaml:5:3
       |
     4 |   contoso: {id: 22222222-2222-2222-2222-222222222222}
       |   ------- the same
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = a `~`, `$` or `!` in it may have been eaten by a shell: quote it
       = 401 AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request
         is the client secret value, not the client secret ID, for a secret added to app
         '7d5f0c1e-0000-4000-8000-000000000001'.
       = POST /11111111-1111-1111-1111-111111111111/oauth2/v2.0/token
       = request id …
    help: make a new secret and use its value:
          az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append
    "#);
}

#[test]
fn an_expired_secret_is_not_a_wrong_one() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.set("AZURE_CLIENT_SECRET", EXPIRED_SECRET);
    insta::assert_snapshot!(scenario.run("plan"), @r#"
     exit 4
     --- stderr
     error[TN3013]: the secret of application 7d5f0c1e-0000-4000-8000-000000000001 (from
       AZURE_CLIENT_SECRET) has expired
       --> tenon.yaml:5:3
        |
      4 |   contoso: {id: 22222222-2222-2222-2222-222222222222}
        |   ------- the same
      5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
        |   ^^^^
        |
        = 401 AADSTS7000222: The provided client secret keys for app
          '7d5f0c1e-0000-4000-8000-000000000001' are expired. Visit the Azure portal to create new keys
          for your app, or consider using certificate credentials for added security.
        = POST /11111111-1111-1111-1111-111111111111/oauth2/v2.0/token
        = request id …
     help: make a new secret and use its value:
           az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append
     "#);
}

#[test]
fn no_credential_says_which_variables_to_set() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.unset("AZURE_CLIENT_SECRET");
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3001]: nothing to sign in to acme (11111111…) with
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = AZURE_CLIENT_ID: AZURE_CLIENT_SECRET is not set
       = AZURE_TOKEN_CREDENTIALS: it allows `EnvironmentCredential` only
    help: set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or ARM_CLIENT_ID and ARM_CLIENT_SECRET);
          `tenon explain TN3001` has the other ways
    help: or sign in as yourself:  az login --tenant 11111111-1111-1111-1111-111111111111
    help: or give the tenant its own: tenants: {name: {id: …, credential: {client_id: …, client_secret:
          "${secrets.x}"}}}
    help: or try it without Azure: --simulate

    error[TN3001]: nothing to sign in to contoso (22222222…) with
      --> tenon.yaml:4:3
       |
     4 |   contoso: {id: 22222222-2222-2222-2222-222222222222}
       |   ^^^^^^^
       |
       = AZURE_CLIENT_ID: AZURE_CLIENT_SECRET is not set
       = AZURE_TOKEN_CREDENTIALS: it allows `EnvironmentCredential` only
    help: set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or ARM_CLIENT_ID and ARM_CLIENT_SECRET);
          `tenon explain TN3001` has the other ways
    help: or sign in as yourself:  az login --tenant 22222222-2222-2222-2222-222222222222
    help: or give the tenant its own: tenants: {name: {id: …, credential: {client_id: …, client_secret:
          "${secrets.x}"}}}
    help: or try it without Azure: --simulate
    "#);
}

/// The publisher's tenant is out of its reach, which is known without asking.
#[test]
fn a_managed_identity_is_told_what_it_cannot_do() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.unset("AZURE_CLIENT_SECRET");
    scenario.set("AZURE_TOKEN_CREDENTIALS", "prod");
    scenario.set("IDENTITY_ENDPOINT", "http://127.0.0.1:1/token");
    scenario.set("IDENTITY_HEADER", "canary");
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3006]: a managed identity cannot sign in to acme (11111111…)
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = it signs in to its own tenant only, which is 22222222-2222-2222-2222-222222222222 as far as
         this run knows
    help: let an application that admits other tenants trust the identity, in the identity's own tenant,
          and sign in as the application everywhere: credential: {client_id: <application id>,
          federated: {managed_identity: true}}
    help: this makes it trust the identity:
          az ad app federated-credential create --id <application id> --parameters '{"name": "tenon", "issuer": "http://127.0.0.1:PORT/<tenant of the identity>/v2.0", "subject": "<object id of the identity>", "audiences": ["api://AzureADTokenExchange"]}'
    "#);
}

#[test]
fn a_job_without_permission_is_told_how_to_get_it() {
    let credential =
        "acme: {id: 11111111-1111-1111-1111-111111111111, credential: {federated: github}}";
    let spec = machines(&["one"]).replace(&format!("acme: {{id: {ACME}}}"), credential);
    insta::assert_snapshot!(Scenario::of(&spec).run("plan"), @r"
    exit 4
    --- stderr
    error[TN3008]: `federated: github` has nobody to ask
      --> tenon.yaml:5:64
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111, credential: {federated: github}}
       |                                                                ^^^^^^^^^^^^^^^^^^^
       |
       = ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set
    help: a job of GitHub Actions gets them with `permissions: {id-token: write, contents: read}`
    ");
}

/// A file that is no certificate, and one that is not there.
#[test]
fn certificates_that_cannot_be_used() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.unset("AZURE_CLIENT_SECRET");
    scenario.set("AZURE_CLIENT_CERTIFICATE_PATH", "tenon.yaml");
    insta::assert_snapshot!(scenario.run("plan"), @r"
    exit 4
    --- stderr
    error[TN3007]: the certificate in `tenon.yaml` cannot be used
       = it is neither PEM nor PKCS#12 (DER)
    help: name a file with the certificate and its private key, as PEM or PKCS#12 (.pfx)
    ");
    scenario.set("AZURE_CLIENT_CERTIFICATE_PATH", "nothing.pem");
    scenario.run("plan").exits(4).says("correct the path");
}

#[test]
fn a_tenant_that_does_not_exist() {
    let spec = machines(&["one"]).replace(ACME, "12121212-1212-1212-1212-121212121212");
    insta::assert_snapshot!(Scenario::of(&spec).run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3004]: there is no tenant 12121212-1212-1212-1212-121212121212 at http://127.0.0.1:PORT
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 12121212-1212-1212-1212-121212121212}
       |   ^^^^
       |
       = 400 AADSTS90002: Tenant '12121212-1212-1212-1212-121212121212' not found. Check to make sure
         you have the correct tenant ID and are signing into the correct cloud. Check with your
         subscription administrator, this may happen if there are no active subscriptions for the
         tenant.
       = POST /12121212-1212-1212-1212-121212121212/oauth2/v2.0/token
       = request id …
    help: correct the id; if it belongs to another cloud, say which: --cloud usgovernment
    "#);
}

#[test]
fn a_tenant_of_another_cloud() {
    let mut world = two_tenants();
    let acme = world
        .tenants
        .iter_mut()
        .find(|tenant| tenant.name == "acme");
    acme.expect("the publisher").cloud = tenon_sim::world::Cloud::China;
    Scenario::within(world, &machines(&["one"]))
        .run("plan")
        .exits(4)
        .says("error[TN3005]: acme (11111111…) belongs to another cloud")
        .says("AADSTS90038")
        .says("all tenants of a spec live in one cloud");
}

#[test]
fn an_application_that_no_tenant_knows() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.set("AZURE_CLIENT_ID", "abababab-0000-4000-8000-000000000001");
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3010]: acme (11111111…) does not know application abababab-0000-4000-8000-000000000001
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = the id is wrong, or the tenant is, or it was never let in: the code alone cannot tell
       = 400 AADSTS700016: Application with identifier 'abababab-0000-4000-8000-000000000001' was not
         found in the directory 'acme'. This can happen if the application has not been installed by the
         administrator of the tenant or consented to by any user in the tenant. You may have sent your
         authentication request to the wrong tenant.
       = POST /11111111-1111-1111-1111-111111111111/oauth2/v2.0/token
       = request id …
    help: compare the id:  az ad app list --display-name <name> --query "[].appId"
    help: compare the tenant, in the spec and in AZURE_TENANT_ID

    error[TN3010]: contoso (22222222…) does not know application abababab-0000-4000-8000-000000000001
      --> tenon.yaml:4:3
       |
     4 |   contoso: {id: 22222222-2222-2222-2222-222222222222}
       |   ^^^^^^^
       |
       = the id is wrong, or the tenant is, or it was never let in: the code alone cannot tell
       = 400 AADSTS700016: Application with identifier 'abababab-0000-4000-8000-000000000001' was not
         found in the directory 'contoso'. This can happen if the application has not been installed by
         the administrator of the tenant or consented to by any user in the tenant. You may have sent
         your authentication request to the wrong tenant.
       = POST /22222222-2222-2222-2222-222222222222/oauth2/v2.0/token
       = request id …
    help: compare the id:  az ad app list --display-name <name> --query "[].appId"
    help: compare the tenant, in the spec and in AZURE_TENANT_ID
    "#);
}

#[test]
fn without_consent_there_is_an_address_to_open() {
    let mut world = two_tenants();
    let principals = world.applications[0]
        .service_principals
        .as_mut()
        .expect("principals");
    principals.retain(|principal| principal.tenant == "contoso");
    world.role_assignments.truncate(1);
    insta::assert_snapshot!(Scenario::within(world, &machines(&["one"])).run("plan"), @r#"
    exit 4
    --- stderr
    error[TN3011]: nobody has let application 7d5f0c1e-0000-4000-8000-000000000001 into acme (11111111…)
      yet; an administrator there must, once
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = the application exists and its secret is right; only its service principal in this tenant is
         missing
       = 401 AADSTS7000229: The client application 7d5f0c1e-0000-4000-8000-000000000001 is missing
         service principal in the tenant 11111111-1111-1111-1111-111111111111. See instructions here:
         https://go.microsoft.com/fwlink/?linkid=2225119
       = POST /11111111-1111-1111-1111-111111111111/oauth2/v2.0/token
       = request id …
    help: an administrator of that tenant opens this address and accepts (the redirect must be one that
          is registered on the application):
          http://127.0.0.1:PORT/11111111-1111-1111-1111-111111111111/oauth2/authorize?client_id=7d5f0c1e-0000-4000-8000-000000000001&response_type=code&redirect_uri=https%3A%2F%2Fwww.microsoft.com%2F
    help: or, without a browser, as an administrator of that tenant:
          az login --tenant 11111111-1111-1111-1111-111111111111 && az ad sp create --id 7d5f0c1e-0000-4000-8000-000000000001
    "#);
}

#[test]
fn a_subscription_of_another_tenant() {
    let spec = machines(&["one"]).replace("tenant: contoso", "tenant: acme");
    insta::assert_snapshot!(Scenario::of(&spec).run("plan"), @r#"
    exit 1
    --- stderr
    error[TN3014]: the subscription does not belong to acme (11111111…)
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111}
       |   ^^^^
       |
       = it belongs to contoso (22222222…)
       = 401 InvalidAuthenticationTokenTenant: The access token is from the wrong issuer
         'https://sts.windows.net/11111111-1111-1111-1111-111111111111/'. It must match the tenant
         'https://sts.windows.net/22222222-2222-2222-2222-222222222222/' associated with this
         subscription. Please use the authority (URL)
         'https://login.windows.net/22222222-2222-2222-2222-222222222222' to get the token. Note, if the
         subscription is transferred to another tenant there is no impact to the services, but
         information about new tenant could take time to propagate (up to an hour). If you just
         transferred your subscription and see this error message, please try back later.
       = GET /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup
       = request id …
    help: write  tenant: 22222222-2222-2222-2222-222222222222
    "#);
}

#[test]
fn without_a_role_on_the_gallery() {
    let mut world = two_tenants();
    world
        .role_assignments
        .retain(|role| role.scope != "/subscriptions/images");
    insta::assert_snapshot!(Scenario::within(world, &machines(&["one"])).run("plan"), @r#"
    exit 1
    --- stderr
    error[TN3021]: the image in acme (11111111…) may not be read
      --> tenon.yaml:11:3
       |
    11 |   web:
       |   ^^^ images.web
       |
       = 403 AuthorizationFailed: The client '7d5f0c1e-0000-4000-8000-000000000001' with object id
         '1b72219e-7507-5beb-a234-e5a9c8d3c89f' does not have authorization to perform action
         'Microsoft.Compute/galleries/images/read' over scope
         '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web'
         or the scope is invalid. If access was recently granted, please refresh your credentials.
       = GET
         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web
       = request id …
    help: in acme (11111111…), give the application Reader on the gallery (it can take some minutes to
          count):
          az role assignment create --assignee 7d5f0c1e-0000-4000-8000-000000000001 --role Reader --scope /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme
    help: `Compute Gallery Image Reader` is enough, and is the least
    "#);
}

#[test]
fn the_role_is_to_be_given_on_the_gallery_and_nowhere_else() {
    let mut world = two_tenants();
    world.role_assignments.truncate(1);
    // The group of the gallery has the name that Azure's path uses, too.
    let gallery = "/resourceGroups/images/providers/Microsoft.Compute/galleries/acme\n";
    let output = Scenario::within(world, &machines(&["one"])).run("plan");
    output.exits(1).says(gallery);
}

#[test]
fn without_a_role_where_the_machines_go() {
    let mut world = two_tenants();
    for role in &mut world.role_assignments {
        if role.scope == "/subscriptions/workload" {
            role.role = "Reader".to_owned();
        }
    }
    let scenario = Scenario::within(world, &vaults(&["a"]));
    // Who plans may be another than who applies.
    scenario.run("plan --out saved").exits(0);
    insta::assert_snapshot!(scenario.run("apply saved --auto-approve"), @r#"
    exit 6
    --- stdout
    HH:MM:SSZ start   resources.a   create
    HH:MM:SSZ failed  resources.a   create    403 AuthorizationFailed
    Stopped after N s: 1 change failed, 0 done.

    error[TN3020]: the application has no role in contoso (22222222…) for `resources.a`
      --> tenon.yaml:11:3   resources.a, create
       |
    11 |   a:
       |   ^ resources.a
       |
       = Azure answers the same for a scope that does not exist
       = 403 AuthorizationFailed: The client '7d5f0c1e-0000-4000-8000-000000000001' with object id
         'bd2ff83c-38e3-5893-b265-3a8b977615e0' does not have authorization to perform action
         'Microsoft.KeyVault/vaults/write' over scope
         '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.KeyVault/vaults/a-vault'
         or the scope is invalid. If access was recently granted, please refresh your credentials.
       = PUT
         /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.KeyVault/vaults/a-vault
       = request id …
    help: give it Contributor where it works (it can take some minutes to count):
          az role assignment create --assignee 7d5f0c1e-0000-4000-8000-000000000001 --role Contributor --scope /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup
    "#);
}

/// A machine written as raw Azure, so that nothing tells which tenants its
/// request needs tokens of.
fn raw_machine() -> String {
    let image = HEAD
        .lines()
        .find_map(|line| line.trim().strip_prefix("id: "))
        .expect("an id");
    let body = json!({
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
            "storageProfile": {
                "imageReference": {"id": format!("{image}/versions/1.4.2")},
                "osDisk": {"createOption": "FromImage"},
            },
            "osProfile": {
                "computerName": "raw", "adminUsername": "azureuser",
                "linuxConfiguration": {
                    "disablePasswordAuthentication": true,
                    "ssh": {"publicKeys": [{
                        "path": "/home/azureuser/.ssh/authorized_keys",
                        "keyData": crate::scenario::PUBLIC_KEY,
                    }]},
                },
            },
            "networkProfile": {"networkInterfaces": [{"id": id("Microsoft.Network/networkInterfaces/nic")}]},
        }
    });
    format!(
        "{}resources:\n  raw:\n    type: Microsoft.Compute/virtualMachines@2024-11-01\n    name: raw\n    body: {body}\n",
        HEAD.split("images:").next().unwrap_or_default()
    )
}

fn with_an_interface() -> Scenario {
    let scenario = Scenario::of(&raw_machine());
    let subnet = id("Microsoft.Network/virtualNetworks/foreign/subnets/apps");
    scenario.portal().put(
        &id("Microsoft.Network/networkInterfaces/nic"),
        &json!({"location": "westeurope", "properties": {"ipConfigurations": [
            {"name": "ip", "properties": {"subnet": {"id": subnet}, "privateIPAddress": "10.9.1.9"}},
        ]}}),
    );
    scenario
}

#[test]
fn without_the_publishers_token_beside_the_consumers() {
    insta::assert_snapshot!(with_an_interface().run("apply --auto-approve"), @r#"
    exit 6
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    read      0 resources with 11 requests in N s    preflight 13 ok

      +   resources.raw   create   tenon.yaml:11
            Microsoft.Compute/virtualMachines

    Summary
      plan      1 create
      takes     about …
      digest    sha256:…
    HH:MM:SSZ start   resources.raw   create
    HH:MM:SSZ failed  resources.raw   create    403 LinkedAuthorizationFailed
    Stopped after N s: 1 change failed, 0 done.

    error[TN3022]: `resources.raw` uses an image of another tenant, and no token of that tenant came
      along
      --> tenon.yaml:11:3   resources.raw, create
       |
    11 |   raw:
       |   ^^^ resources.raw
       |
       = no auxiliary token was sent
       = roles are not the matter here: Azure never got as far as asking for one
       = 403 LinkedAuthorizationFailed: The client has permission to perform action
         'Microsoft.Compute/galleries/images/versions/read' on scope
         '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/raw',
         however the current tenant '22222222-2222-2222-2222-222222222222' is not authorized to access
         linked subscription '44444444-4444-4444-4444-444444444444'.
       = PUT
         /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/raw
       = request id …
    help: say in which tenant the gallery lives:  images: {web: {tenant: <publisher's tenant>, id: …}}
    help: and build the machine under `vms:`, with  image: web
    "#);
}

#[test]
fn the_four_causes_have_four_codes() {
    let code = |scenario: &Scenario, words: &str| {
        let output = scenario.run(words);
        let start = output
            .stderr
            .find("error[TN")
            .or_else(|| output.stdout.find("error[TN"));
        let text = if output.stderr.contains("error[TN") {
            &output.stderr
        } else {
            &output.stdout
        };
        text[start.expect("an error") + 6..][..6].to_owned()
    };
    let no_token = code(&with_an_interface(), "apply --auto-approve");
    let spec = machines(&["one"]);
    let other_tenant = spec.replace("tenant: contoso", "tenant: acme");
    let other_tenant = code(&Scenario::of(&other_tenant), "plan");
    let mut world = two_tenants();
    world.applications[0]
        .service_principals
        .as_mut()
        .expect("principals")
        .truncate(1);
    world.role_assignments.truncate(1);
    let no_consent = code(&Scenario::within(world, &spec), "plan");
    let mut world = two_tenants();
    world.role_assignments.truncate(1);
    let no_role = code(&Scenario::within(world, &spec), "plan");
    assert_eq!(
        [no_token, other_tenant, no_consent, no_role],
        ["TN3022", "TN3014", "TN3011", "TN3021"].map(str::to_owned)
    );
}

#[test]
fn a_role_that_goes_between_plan_and_apply_is_the_same_refusal() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("plan --out saved").exits(0);
    // Azure says it about the linked scope, once the machine is asked for.
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "type": "Microsoft.Compute/virtualMachines"},
        "action": {"do": "respond", "status": 403, "code": "LinkedAuthorizationFailed", "message": format!(
            "The client has permission to perform action 'Microsoft.Compute/galleries/images/versions/read' on scope '{}', however the current tenant '{CONTOSO}' is not authorized to access linked subscription '44444444-4444-4444-4444-444444444444'.",
            crate::worlds::machine("one"),
        )},
    }));
    scenario.run("apply saved").exits(6).says("TN3022");
}
