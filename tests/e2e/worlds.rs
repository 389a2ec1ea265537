//! The worlds and specs that tests share.

use tenon_sim::WorldFile;

/// The consumer's tenant, the publisher's, and the consumer's subscription; the
/// same ids as in `specs/`.
pub(crate) const CONTOSO: &str = "22222222-2222-2222-2222-222222222222";
pub(crate) const ACME: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const WORKLOAD: &str = "33333333-3333-3333-3333-333333333333";

/// The application, its good secret, and the one that has expired.
pub(crate) const APPLICATION: &str = "7d5f0c1e-0000-4000-8000-000000000001";
pub(crate) const SECRET: &str = "canary-7Qx~client-secret";
pub(crate) const EXPIRED_SECRET: &str = "canary-expired-secret";

/// A consumer with a network of somebody else's, and a publisher with images.
const WORLD: &str = r#"
seed: e2e
tenants:
  - {name: contoso, id: 22222222-2222-2222-2222-222222222222}
  - {name: acme, id: 11111111-1111-1111-1111-111111111111}
  - {name: elsewhere, id: 99999999-9999-9999-9999-999999999999}
applications:
  - name: tenon
    id: 7d5f0c1e-0000-4000-8000-000000000001
    tenant: contoso
    multiTenant: true
    secrets:
      - {value: canary-7Qx~client-secret}
      - {value: canary-expired-secret, expires: 2020-01-01T00:00:00Z}
    servicePrincipals: [{tenant: contoso}, {tenant: acme}]
subscriptions:
  - {name: workload, id: 33333333-3333-3333-3333-333333333333, tenant: contoso}
  - {name: images, id: 44444444-4444-4444-4444-444444444444, tenant: acme}
roleAssignments:
  - {scope: /subscriptions/workload, principal: tenon, role: Contributor}
  - {scope: /subscriptions/images, principal: tenon, role: Compute Gallery Image Reader}
resourceGroups:
  - {subscription: workload, name: myResourceGroup, location: westeurope}
  - {subscription: workload, name: web-prod, location: westeurope}
galleries:
  - subscription: images
    resourceGroup: images
    name: acme
    location: westeurope
    images:
      - name: web
        features: {SecurityType: TrustedLaunchSupported}
        versions:
          - {name: 1.4.1, published: 2026-07-01T08:00:00Z}
          - {name: 1.4.2, published: 2026-08-21T17:40:12Z}
      - name: db
        features: {SecurityType: TrustedLaunchSupported}
        versions: [{name: 2.0.3, published: 2026-05-01T08:00:00Z}]
resources:
  - id: /subscriptions/workload/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign
    body:
      location: westeurope
      properties: {addressSpace: {addressPrefixes: [10.9.0.0/16]}}
  - id: /subscriptions/workload/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps
    body: {properties: {addressPrefix: 10.9.1.0/24}}
"#;

/// The world of most tests.
pub(crate) fn two_tenants() -> WorldFile {
    WorldFile::from_yaml(WORLD).expect("a world")
}

/// Its text.
pub(crate) fn two_tenants_text() -> &'static str {
    WORLD
}

/// The beginning of the specs that tests write themselves.
pub(crate) const HEAD: &str = "\
tenon: 1
name: shop
tenants:
  contoso: {id: 22222222-2222-2222-2222-222222222222}
  acme: {id: 11111111-1111-1111-1111-111111111111}
tenant: contoso
subscription: 33333333-3333-3333-3333-333333333333
resource_group: myResourceGroup
location: westeurope
images:
  web:
    tenant: acme
    id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web
    version: 1.4.2
";

/// What a machine of such a spec looks like: in the subnet that is not ours,
/// so that two requests make it.
pub(crate) const MACHINE: &str = "image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps";

/// A spec with these machines.
pub(crate) fn machines(names: &[&str]) -> String {
    let mut spec = format!("{HEAD}vms:\n");
    for name in names {
        spec.push_str(&format!("  {name}: {{{MACHINE}}}\n"));
    }
    spec
}

/// A spec with a fleet of such machines, `web-1` and so on.
pub(crate) fn fleet(count: usize, rollout: &str) -> String {
    format!("{HEAD}vms:\n  web: {{count: {count}, {MACHINE}, rollout: {{{rollout}}}}}\n")
}

/// A spec with these vaults, which one request makes at once.
pub(crate) fn vaults(names: &[&str]) -> String {
    let mut spec = format!(
        "{}resources:\n",
        HEAD.split("images:").next().unwrap_or_default()
    );
    for name in names {
        spec.push_str(&vault(name));
    }
    spec
}

/// One of them.
pub(crate) fn vault(name: &str) -> String {
    format!(
        "  {name}:\n    type: Microsoft.KeyVault/vaults@2023-07-01\n    name: {name}-vault\n    body: {{properties: {{tenantId: \"${{tenants.contoso.id}}\", sku: {{family: A, name: standard}}, enableSoftDelete: true}}}}\n"
    )
}

/// The id of something in the group of such a spec.
pub(crate) fn id(tail: &str) -> String {
    format!("/subscriptions/{WORKLOAD}/resourceGroups/myResourceGroup/providers/{tail}")
}

/// The id of a machine there.
pub(crate) fn machine(name: &str) -> String {
    id(&format!("Microsoft.Compute/virtualMachines/{name}"))
}
