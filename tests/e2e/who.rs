//! Who can use an image: `tenon images --who`.

use serde_json::json;
use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{machines, two_tenants_text};

/// A gallery of acme's with more people around it. Who asks has `role` there.
fn world(role: &str, sharing: &str) -> WorldFile {
    let text = two_tenants_text()
        .replace(
            "Compute Gallery Image Reader}\n",
            &format!(
                "{role}}}
  - {{scope: /subscriptions/images/resourceGroups/images/providers/Microsoft.Compute/galleries/acme, principal: builder, role: Contributor}}
  - {{scope: /subscriptions/images/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web, principal: builder, role: Compute Gallery Image Reader}}
  - {{scope: /subscriptions/images/resourceGroups/images, principal: builder, role: Network Contributor}}
  - {{scope: /subscriptions/images/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/db, principal: builder, role: Reader}}
"
            ),
        )
        .replace(
            "subscriptions:\n",
            "  - {name: builder, id: 7d5f0c1e-0000-4000-8000-000000000002, tenant: acme, secrets: [{value: b}]}\nsubscriptions:\n",
        )
        .replace(
            "    name: acme\n    location: westeurope\n",
            &format!("    name: acme\n    location: westeurope\n{sharing}"),
        );
    WorldFile::from_yaml(&text).expect("a world")
}

fn scenario(role: &str, sharing: &str) -> Scenario {
    Scenario::within(world(role, sharing), &machines(&["one"]))
}

const SHARED: &str = "    sharing: Groups
    sharedWith: {subscriptions: [workload], tenants: [elsewhere]}
";

#[test]
fn roles_and_sharing_are_told() {
    let scenario = scenario("Reader", SHARED);
    insta::assert_snapshot!(scenario.run("images --who web"), @r"
    exit 0
    --- stdout
    web 1.4.2   pinned in the spec
      from       acme
      id         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.2
      published  2026-08-21
      regions    westeurope
      who        service principal 5a4286cf-0669-59f9-a486-edd93f7f71a6: Compute Gallery Image Reader on the image web
                 service principal 5a4286cf-0669-59f9-a486-edd93f7f71a6: Contributor on the gallery acme
                 service principal 1b72219e-7507-5beb-a234-e5a9c8d3c89f, who asks: Reader on the subscription 44444444-4444-4444-4444-444444444444
      shared     directly with the tenant 99999999-9999-9999-9999-999999999999
                 directly with the subscription 33333333-3333-3333-3333-333333333333
    ");
    let told = scenario.run("images --who --json").json();
    let who = &told["images"][0]["who"];
    assert_eq!(told["format"], "tenon.images/1");
    assert_eq!(who["roles"][0]["role"], "Compute Gallery Image Reader");
    assert_eq!(who["roles"][2]["asks"], true);
    assert_eq!(who["shared"]["with"], "some");
    assert_eq!(who["unread"], json!([]));
}

/// Who may use an image need not see who else may.
#[test]
fn what_may_not_be_read_is_said() {
    let scenario = scenario("Compute Gallery Image Reader", "");
    insta::assert_snapshot!(scenario.run("images --who"), @r"
    exit 0
    --- stdout
    web 1.4.2   pinned in the spec
      from       acme
      id         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.4.2
      published  2026-08-21
      regions    westeurope
      who        not readable: it takes Microsoft.Authorization/roleAssignments/read on the version 1.4.2 (AuthorizationFailed)
      shared     not readable: it takes Microsoft.Compute/galleries/read on the gallery acme (AuthorizationFailed)
    ");
    scenario
        .run("images --who wob")
        .exits(1)
        .says("error[TN4101]: this spec has no image `wob`")
        .says("did you mean `web`?");
}
