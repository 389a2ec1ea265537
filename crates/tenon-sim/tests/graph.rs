//! Microsoft Graph: applications, service principals, and what they may do.

use crate::support;

use serde_json::{Value, json};
use support::crypto::{JWT_BEARER, Rsa, claims};
use support::*;
use tenon_sim::{ClockMode, Simulator, WorldFile};

const MANAGER: &str = "eeeeeeee-0000-0000-0000-000000000005";
const OWNER: &str = "ffffffff-0000-0000-0000-000000000006";
const GRAPH: &str = "http%3A%2F%2Fsim%2Fgraph%2F.default";

fn world() -> WorldFile {
    let applications = format!(
        r"
applications:
  - name: manager
    id: {MANAGER}
    tenant: contoso
    secrets: [{{value: m}}]
    servicePrincipals: [{{tenant: contoso, graphRoles: [Application.ReadWrite.All, Organization.Read.All]}}]
  - name: owner
    id: {OWNER}
    tenant: contoso
    secrets: [{{value: o}}]
    servicePrincipals: [{{tenant: contoso, graphRoles: [Application.ReadWrite.OwnedBy]}}]
"
    );
    let applications = format!("\nsettings: {{directoryLag: 0}}{applications}");
    let text = WORLD.replace("\napplications:\n", &applications);
    WorldFile::from_yaml(&text).expect("a world")
}

/// An application with a token for Graph.
struct User {
    simulator: Simulator,
    token: String,
}

impl User {
    async fn of(simulator: &Simulator, client: &str, secret: &str) -> Self {
        let form = format!(
            "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={GRAPH}"
        );
        let answer = ask_token(simulator, T2, &form).await.is(200);
        let token = answer.body["access_token"].as_str().expect("a token");
        Self {
            simulator: simulator.clone(),
            token: token.to_owned(),
        }
    }

    async fn manager() -> Self {
        let simulator = Simulator::new(world(), ClockMode::Manual).expect("a simulator");
        Self::of(&simulator, MANAGER, "m").await
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [("authorization", format!("Bearer {}", self.token))];
        let path = format!("/graph/v1.0{path}");
        raw(&self.simulator, method, &path, &headers, body.as_ref()).await
    }

    async fn get(&self, path: &str) -> Value {
        self.send("GET", path, None).await.is(200).body
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }
}

fn names(list: &Value) -> Vec<&str> {
    let all = list["value"].as_array().expect("a list").iter();
    all.filter_map(|one| one["displayName"].as_str()).collect()
}

#[tokio::test]
async fn a_principal_is_found_by_every_name_clients_use() {
    let user = User::manager().await;
    let id = {
        let filter =
            format!("/servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'{APP}')");
        let found = user.get(&filter).await;
        assert_eq!(names(&found), ["deployer"], "{found:#}");
        assert_eq!(
            found["@odata.context"],
            "http://sim/graph/v1.0/$metadata#servicePrincipals"
        );
        let one = &found["value"][0];
        assert_eq!(one["appOwnerOrganizationId"], T1);
        assert_eq!(one["servicePrincipalType"], "Application");
        one["id"].as_str().expect("an id").to_owned()
    };
    for path in [
        format!("/servicePrincipals?$filter=appId%20eq%20'{APP}'"),
        "/servicePrincipals?$filter=displayName eq 'deployer'&$select=id,displayName"
            .replace(' ', "%20"),
    ] {
        let found = user.get(&path).await;
        assert_eq!(found["value"][0]["id"], id, "{path}");
        assert_eq!(names(&found).len(), 1);
    }
    for path in [
        format!("/servicePrincipals/{id}"),
        format!("/servicePrincipals(appId='{APP}')"),
        format!("/directoryObjects/{id}"),
    ] {
        assert_eq!(user.get(&path).await["appId"], APP, "{path}");
    }
    let ids = json!({"ids": [id, T1], "types": ["ServicePrincipal", "User"]});
    let found = user
        .post("/directoryObjects/getByIds", ids)
        .await
        .is(200)
        .body;
    assert_eq!(names(&found), ["deployer"]);
    assert_eq!(
        found["value"][0]["@odata.type"],
        "#microsoft.graph.servicePrincipal"
    );
    // The registration has its home elsewhere.
    let path = format!("/applications?$filter=appId%20eq%20'{APP}'");
    assert_eq!(names(&user.get(&path).await), Vec::<&str>::new());
}

#[tokio::test]
async fn tokens_of_other_audiences_and_without_permissions_are_refused() {
    let user = User::manager().await;
    let path = "/graph/v1.0/servicePrincipals";
    let arm = token(&user.simulator, T2, MANAGER, "m").await;
    let bearer = [("authorization", format!("Bearer {arm}"))];
    let answer = raw(&user.simulator, "GET", path, &bearer, None).await;
    answer.refused(401, "InvalidAuthenticationToken");
    raw(&user.simulator, "GET", path, &[], None)
        .await
        .refused(401, "InvalidAuthenticationToken");
    let answer = raw(
        &user.simulator,
        "GET",
        &format!("/subscriptions/{S2}"),
        &[("authorization", format!("Bearer {}", user.token))],
        None,
    )
    .await;
    answer.refused(401, "InvalidAuthenticationTokenAudience");
    let nobody = User::of(&user.simulator, APP, SECRET).await;
    let answer = nobody.send("GET", "/servicePrincipals", None).await;
    let answer = answer.refused(403, "Authorization_RequestDenied");
    assert!(answer.body["error"]["innerError"]["request-id"].is_string());
    user.send("GET", "/me", None)
        .await
        .refused(400, "BadRequest");
    user.send("GET", "/servicePrincipals?$filter=appId%20ne%20'x'", None)
        .await
        .refused(400, "BadRequest");
    user.simulator.expire_tokens();
    user.send("GET", "/organization", None)
        .await
        .refused(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn an_auxiliary_token_is_ignored_and_logged() {
    let user = User::manager().await;
    let t1 = token(&user.simulator, T1, APP, SECRET).await;
    user.simulator.clear_request_log();
    let headers = [
        ("authorization", format!("Bearer {}", user.token)),
        ("x-ms-authorization-auxiliary", format!("Bearer {t1}")),
    ];
    raw(
        &user.simulator,
        "GET",
        "/graph/v1.0/organization",
        &headers,
        None,
    )
    .await
    .is(200);
    assert_eq!(user.simulator.request_log()[0].auxiliary_tenants, [T1]);
}

#[tokio::test]
async fn letting_an_application_in_is_what_sign_in_waits_for() {
    let user = User::manager().await;
    let overview = raw(&user.simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let all = overview["applications"].as_array().expect("a list");
    let id = |name: &str| all.iter().find(|one| one["name"] == name).expect(name)["id"].clone();
    let stranger = id("stranger");
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret=x&scope={GRAPH}",
        stranger.as_str().expect("an id")
    );
    let before = ask_token(&user.simulator, T2, &form).await.is(401);
    assert_eq!(before.body["error_codes"][0], 7_000_229);
    let body = json!({"appId": stranger, "tags": ["made"]});
    let made = user
        .post("/servicePrincipals", body.clone())
        .await
        .is(201)
        .body;
    assert_eq!(
        (&made["displayName"], &made["tags"]),
        (&json!("stranger"), &json!(["made"]))
    );
    ask_token(&user.simulator, T2, &form).await.is(200);
    let again = user.post("/servicePrincipals", body).await;
    again.refused(409, "Request_MultipleObjectsWithSameKeyValue");
    for unknown in [
        json!({"appId": id("homebody")}),
        json!({"appId": T1}),
        json!({}),
    ] {
        user.post("/servicePrincipals", unknown)
            .await
            .refused(400, "Request_BadRequest");
    }
    let path = format!("/servicePrincipals/{}", made["id"].as_str().expect("an id"));
    user.send("PATCH", &path, Some(json!({"accountEnabled": false})))
        .await
        .is(204);
    let disabled = ask_token(&user.simulator, T2, &form).await.is(401);
    assert_eq!(disabled.body["error_codes"][0], 7_000_112);
    user.send("DELETE", &path, None).await.is(204);
    user.send("GET", &path, None)
        .await
        .refused(404, "Request_ResourceNotFound");
    let after = ask_token(&user.simulator, T2, &form).await.is(401);
    assert_eq!(after.body["error_codes"][0], 7_000_229);
}

#[tokio::test]
async fn an_application_lives_from_registration_to_deletion() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.json");
    let open = || Simulator::open(&file, &world(), ClockMode::Manual).expect("a simulator");
    let user = User::of(&open(), MANAGER, "m").await;
    let body = json!({"displayName": "fresh", "signInAudience": "AzureADMultipleOrgs", "identifierUris": ["api://fresh"]});
    let made = user.post("/applications", body).await.is(201).body;
    let (id, app) = (
        made["id"].as_str().expect("an id"),
        made["appId"].as_str().expect("an id"),
    );
    assert_eq!(made["createdDateTime"], "2026-01-01T00:00:00Z");
    let path = format!("/applications/{id}");
    let secret =
        json!({"passwordCredential": {"displayName": "ci", "endDateTime": "2026-06-01T00:00:00Z"}});
    let secret = user
        .post(&format!("{path}/addPassword"), secret)
        .await
        .is(200)
        .body;
    let value = secret["secretText"].as_str().expect("a secret");
    assert_eq!(
        (value.len(), &value[..3]),
        (40, secret["hint"].as_str().expect("a hint"))
    );
    user.post("/servicePrincipals", json!({"appId": app}))
        .await
        .is(201);
    let federated = json!({"name": "main", "issuer": "https://i", "subject": "s", "audiences": ["api://AzureADTokenExchange"]});
    let list = format!("{path}/federatedIdentityCredentials");
    user.post(&list, federated.clone()).await.is(201);
    user.post(&list, federated)
        .await
        .refused(409, "Request_MultipleObjectsWithSameKeyValue");
    user.send(
        "PATCH",
        &format!("{list}/main"),
        Some(json!({"subject": "t"})),
    )
    .await
    .is(204);
    user.send(
        "PATCH",
        &path,
        Some(json!({"displayName": "renamed", "notes": "n"})),
    )
    .await
    .is(204);

    // What Graph wrote is there after a restart, and counts for sign-in.
    drop(user.simulator);
    let user = User::of(&open(), MANAGER, "m").await;
    let shown = user.get(&path).await;
    assert_eq!(
        (&shown["displayName"], &shown["notes"], &shown["appId"]),
        (&json!("renamed"), &json!("n"), &json!(app))
    );
    assert_eq!(shown["passwordCredentials"][0]["displayName"], "ci");
    assert_eq!(shown["passwordCredentials"][0]["secretText"], Value::Null);
    assert_eq!(user.get(&list).await["value"][0]["subject"], "t");
    let found = user
        .get("/servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'api://fresh')")
        .await;
    assert_eq!(names(&found), ["renamed"]);
    let form = format!(
        "grant_type=client_credentials&client_id={app}&client_secret={value}&scope={GRAPH}"
    );
    ask_token(&user.simulator, T2, &form).await.is(200);

    user.post(
        &format!("{path}/removePassword"),
        json!({"keyId": secret["keyId"]}),
    )
    .await
    .is(204);
    user.post(
        &format!("{path}/removePassword"),
        json!({"keyId": secret["keyId"]}),
    )
    .await
    .refused(400, "Request_BadRequest");
    let answer = ask_token(&user.simulator, T2, &form).await.is(401);
    assert_eq!(answer.body["error_codes"][0], 7_000_215);
    user.send("DELETE", &format!("{list}/main"), None)
        .await
        .is(204);
    user.send("GET", &format!("{list}/main"), None)
        .await
        .is(404);
    user.send("DELETE", &path, None).await.is(204);
    let answer = ask_token(&user.simulator, T2, &form).await.is(400);
    assert_eq!(answer.body["error_codes"][0], 700_016);
}

#[tokio::test]
async fn a_certificate_can_be_registered() {
    let user = User::manager().await;
    let key = Rsa::until(2030);
    let der: String = key
        .pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let path = format!("/applications(appId='{OWNER}')");
    let credential =
        json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": der}]});
    user.send("PATCH", &path, Some(credential)).await.is(204);
    let shown = user.get(&path).await;
    assert_eq!(
        shown["keyCredentials"][0]["endDateTime"],
        "2030-12-31T00:00:00Z"
    );
    let header = json!({"alg": "PS256", "x5t#S256": key.sha256()});
    let said = json!({"aud": format!("http://sim/{T2}/oauth2/v2.0/token"), "iss": OWNER, "sub": OWNER, "exp": 1_767_225_900});
    let assertion = key.sign(&header, &said);
    let form = format!(
        "grant_type=client_credentials&client_id={OWNER}&client_assertion_type={JWT_BEARER}&client_assertion={assertion}&scope={GRAPH}"
    );
    let answer = ask_token(&user.simulator, T2, &form).await.is(200);
    let roles = &claims(answer.body["access_token"].as_str().expect("a token"))["roles"];
    assert_eq!(roles[0], "Application.ReadWrite.OwnedBy");
    // Sent back by its id, the key stays; left out, it goes.
    let kept = json!({"keyCredentials": shown["keyCredentials"]});
    user.send("PATCH", &path, Some(kept)).await.is(204);
    ask_token(&user.simulator, T2, &form).await.is(200);
    user.send("PATCH", &path, Some(json!({"keyCredentials": []})))
        .await
        .is(204);
    let answer = ask_token(&user.simulator, T2, &form).await.is(401);
    assert_eq!(answer.body["error_codes"][0], 700_027);
}

#[tokio::test]
async fn who_may_change_its_own_may_not_change_others() {
    let manager = User::manager().await;
    let owner = User::of(&manager.simulator, OWNER, "o").await;
    let own = owner
        .post("/applications", json!({"displayName": "own"}))
        .await
        .is(201)
        .body;
    let path = format!("/applications/{}", own["id"].as_str().expect("an id"));
    owner
        .send("PATCH", &path, Some(json!({"notes": "mine"})))
        .await
        .is(204);
    owner
        .post("/servicePrincipals", json!({"appId": own["appId"]}))
        .await
        .is(201);
    assert_eq!(
        names(&owner.get(&format!("{path}/owners")).await),
        ["owner"]
    );
    let other = format!("/applications(appId='{MANAGER}')");
    for (method, path, body) in [
        ("PATCH", other.clone(), json!({"notes": "mine"})),
        ("DELETE", other.clone(), Value::Null),
        ("POST", format!("{other}/addPassword"), json!({})),
        (
            "DELETE",
            format!("/servicePrincipals(appId='{APP}')"),
            Value::Null,
        ),
    ] {
        let answer = owner.send(method, &path, Some(body)).await;
        answer.refused(403, "Authorization_RequestDenied");
    }
    owner
        .send("GET", "/organization", None)
        .await
        .refused(403, "Authorization_RequestDenied");
    manager.send("DELETE", &path, None).await.is(204);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let user = User::manager().await;
    for number in 0..5 {
        let body = json!({"displayName": format!("many-{number}")});
        user.post("/applications", body).await.is(201);
    }
    let mut path =
        "/applications?$filter=startswith(displayName,'many')&$top=2&$count=true".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = user.get(&path).await;
        assert_eq!(page["@odata.count"], 5);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["@odata.nextLink"].as_str() else {
            break;
        };
        path = next
            .strip_prefix("http://sim/graph/v1.0")
            .expect("here")
            .to_owned();
    }
    assert_eq!(seen, ["many-0", "many-1", "many-2", "many-3", "many-4"]);
}

#[tokio::test]
async fn the_consent_page_does_what_the_world_says() {
    let mut world = world();
    world.tenants[1].consent = tenon_sim::world::Consent::Automatic;
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let overview = raw(&simulator, "GET", "/_sim", &[], None)
        .await
        .is(200)
        .body;
    let all = overview["applications"].as_array().expect("a list");
    let stranger = all
        .iter()
        .find(|one| one["name"] == "stranger")
        .expect("it")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let page = |tenant: &str| {
        format!(
            "/{tenant}/adminconsent?client_id={stranger}&state=12%205&redirect_uri=https%3A%2F%2Fapp.example%2Fback"
        )
    };
    let answer = raw(&simulator, "GET", &page(T2), &[], None).await.is(302);
    assert_eq!(
        answer.header("location"),
        format!("https://app.example/back?admin_consent=True&tenant={T2}&state=12%205")
    );
    let form =
        format!("grant_type=client_credentials&client_id={stranger}&client_secret=x&scope={GRAPH}");
    ask_token(&simulator, T2, &form).await.is(200);
    // Twice is once.
    raw(&simulator, "GET", &page(T2), &[], None).await.is(302);
    let answer = raw(&simulator, "GET", &page(T1), &[], None).await.is(200);
    assert_eq!(answer.body["withGraph"]["body"]["appId"], stranger);
    world.tenants[1].consent = tenon_sim::world::Consent::Refused;
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    let answer = raw(&simulator, "GET", &page(T2), &[], None).await.is(302);
    assert!(
        answer
            .header("location")
            .contains("error=permission_denied")
    );
    let unknown = format!("/{T2}/adminconsent?client_id={T1}");
    assert_eq!(
        raw(&simulator, "GET", &unknown, &[], None)
            .await
            .is(400)
            .body["error_codes"][0],
        700_016
    );
}

/// The same world, in which Graph shows a change two seconds late.
async fn late_manager() -> User {
    let mut world = world();
    world.settings.directory_lag = tenon_sim::world::Settings::default().directory_lag;
    let simulator = Simulator::new(&world, ClockMode::Manual).expect("a simulator");
    User::of(&simulator, MANAGER, "m").await
}

impl User {
    async fn upsert(&self, path: &str, body: Value) -> Answer {
        let headers = [
            ("authorization", format!("Bearer {}", self.token)),
            ("prefer", "create-if-missing".to_owned()),
        ];
        let path = format!("/graph/v1.0{path}");
        raw(&self.simulator, "PATCH", &path, &headers, Some(&body)).await
    }

    fn wait(&self, seconds: u64) {
        self.simulator
            .advance(std::time::Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn names_that_clients_choose_make_once_and_change_then() {
    let user = User::manager().await;
    let app = "/applications(uniqueName='fleet')";
    let body =
        json!({"displayName": "fleet", "tags": ["a=b"], "signInAudience": "AzureADMultipleOrgs"});
    user.send("PATCH", app, Some(body.clone()))
        .await
        .refused(404, "Request_ResourceNotFound");
    user.upsert(app, json!({"displayName": ""}))
        .await
        .refused(400, "Request_BadRequest");
    let made = user.upsert(app, body.clone()).await.is(201).body;
    assert_eq!(made["uniqueName"], "fleet");
    user.upsert(app, body).await.is(204);
    for wrong in [
        json!({"tags": ["with space"]}),
        json!({"tags": ["a", "a"]}),
        json!({"tags": [""]}),
        json!({"uniqueName": "another"}),
    ] {
        user.upsert(app, wrong)
            .await
            .refused(400, "Request_BadRequest");
    }
    let web = json!({"web": {"redirectUris": ["https://a.example/"]}});
    user.send("PATCH", app, Some(web)).await.is(204);
    let taken = json!({"displayName": "other", "uniqueName": "fleet"});
    user.post("/applications", taken)
        .await
        .refused(400, "Request_BadRequest");

    let credential = format!("{app}/federatedIdentityCredentials(name='prod')");
    let trust =
        json!({"issuer": "https://i", "subject": "s", "audiences": ["api://AzureADTokenExchange"]});
    user.send("PATCH", &credential, Some(trust.clone()))
        .await
        .refused(404, "Request_ResourceNotFound");
    user.upsert(&credential, trust.clone()).await.is(201);
    user.upsert(
        &credential,
        json!({"subject": "t", "issuer": "https://i", "audiences": ["api://AzureADTokenExchange"]}),
    )
    .await
    .is(204);
    let same = format!("{app}/federatedIdentityCredentials(name='again')");
    user.upsert(
        &same,
        json!({"subject": "t", "issuer": "https://i", "audiences": ["api://AzureADTokenExchange"]}),
    )
    .await
    .refused(409, "Request_MultipleObjectsWithSameKeyValue");
    let odd = format!("{app}/federatedIdentityCredentials(name='not friendly')");
    user.upsert(&odd.replace(' ', "%20"), trust)
        .await
        .refused(400, "Request_BadRequest");
    let shown = user
        .get(&format!("{app}?$expand=federatedIdentityCredentials"))
        .await;
    assert_eq!(shown["federatedIdentityCredentials"][0]["subject"], "t");
    assert_eq!(shown["web"]["redirectUris"][0], "https://a.example/");
    assert_eq!(shown["web"]["logoutUrl"], Value::Null);
    assert_eq!(user.get(&credential).await["name"], "prod");

    let id = made["appId"].as_str().expect("an id");
    let principal = format!("/servicePrincipals(appId='{id}')");
    user.send("PATCH", &principal, Some(json!({})))
        .await
        .refused(404, "Request_ResourceNotFound");
    let tags = json!({"tags": ["tenon"]});
    user.upsert(&principal, tags.clone()).await.is(201);
    user.upsert(&principal, tags).await.is(204);
    assert_eq!(user.get(&principal).await["tags"][0], "tenon");
    let unknown = format!("/servicePrincipals(appId='{T1}')");
    user.upsert(&unknown, json!({}))
        .await
        .refused(400, "Request_BadRequest");
}

#[tokio::test]
async fn what_is_deleted_can_be_restored_for_thirty_days_and_keeps_its_name() {
    let user = User::manager().await;
    let app = "/applications(uniqueName='fleet')";
    let made = user
        .upsert(app, json!({"displayName": "fleet"}))
        .await
        .is(201)
        .body;
    let (id, client) = (
        made["id"].as_str().expect("an id"),
        made["appId"].as_str().expect("an id"),
    );
    let principal = format!("/servicePrincipals(appId='{client}')");
    let old = user.upsert(&principal, json!({})).await.is(201).body;
    user.send("DELETE", &format!("/applications/{id}"), None)
        .await
        .is(204);
    for gone in [app, &principal] {
        user.send("GET", gone, None).await.is(404);
    }
    user.upsert(app, json!({"displayName": "fleet"}))
        .await
        .refused(400, "Request_BadRequest");
    let bin = "/directory/deletedItems/microsoft.graph.application";
    let deleted = user
        .get(&format!("{bin}?$filter=uniqueName%20eq%20'fleet'"))
        .await;
    assert_eq!(deleted["value"][0]["id"], id);
    assert_eq!(
        deleted["value"][0]["deletedDateTime"],
        "2026-01-01T00:00:00Z"
    );
    let item = format!("/directory/deletedItems/{id}");
    assert_eq!(
        user.get(&item).await["@odata.type"],
        "#microsoft.graph.application"
    );
    let restored = user
        .send("POST", &format!("{item}/restore"), None)
        .await
        .is(200);
    assert_eq!(restored.body["appId"], client);
    assert_eq!(user.get(app).await["appId"], client);
    // Its service principal comes back by itself only.
    user.send("GET", &principal, None).await.is(404);
    let old = old["id"].as_str().expect("an id");
    let back = format!("/directory/deletedItems/{old}/restore");
    user.send("POST", &back, None).await.is(200);
    assert_eq!(user.get(&principal).await["id"], old);

    user.send("DELETE", &format!("/applications/{id}"), None)
        .await
        .is(204);
    user.send("DELETE", &item, None).await.is(204);
    user.send("GET", &item, None)
        .await
        .refused(404, "Request_ResourceNotFound");
    let fresh = user
        .upsert(app, json!({"displayName": "fleet"}))
        .await
        .is(201);
    assert_ne!(fresh.body["appId"], client);
    // After thirty days the name is free by itself.
    let id = fresh.body["id"].as_str().expect("an id");
    user.send("DELETE", &format!("/applications/{id}"), None)
        .await
        .is(204);
    user.wait(31 * 24 * 3600);
    let user = User::of(&user.simulator, MANAGER, "m").await;
    assert_eq!(user.get(bin).await["value"], json!([]));
    user.upsert(app, json!({"displayName": "fleet"}))
        .await
        .is(201);
}

#[tokio::test]
async fn a_change_is_seen_a_moment_later_but_counts_at_sign_in() {
    let user = late_manager().await;
    let app = "/applications(uniqueName='fleet')";
    let made = user
        .upsert(app, json!({"displayName": "fleet"}))
        .await
        .is(201)
        .body;
    let client = made["appId"].as_str().expect("an id");
    let principal = format!("/servicePrincipals(appId='{client}')");
    user.send("GET", app, None).await.is(404);
    let list = "/applications?$filter=displayName%20eq%20'fleet'";
    assert_eq!(names(&user.get(list).await), Vec::<&str>::new());
    user.upsert(&principal, json!({}))
        .await
        .refused(400, "Request_BadRequest");
    user.post(&format!("{app}/addPassword"), json!({}))
        .await
        .refused(404, "Request_ResourceNotFound");
    // Making it again does not make another one.
    user.upsert(app, json!({"displayName": "fleet"}))
        .await
        .is(204);
    user.wait(2);
    assert_eq!(user.get(app).await["appId"], client);
    assert_eq!(names(&user.get(list).await), ["fleet"]);
    user.send("PATCH", app, Some(json!({"notes": "n"})))
        .await
        .is(204);
    assert_eq!(user.get(app).await["notes"], Value::Null);

    let secret = user
        .post(&format!("{app}/addPassword"), json!({}))
        .await
        .is(200)
        .body;
    let made = user.upsert(&principal, json!({})).await.is(201).body;
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={}&scope={GRAPH}",
        secret["secretText"].as_str().expect("a secret")
    );
    ask_token(&user.simulator, T2, &form).await.is(200);
    // Resource Manager asks the directory only where nobody says what it is.
    let arm = token(&user.simulator, T2, APP, SECRET).await;
    let arm = [("authorization", format!("Bearer {arm}"))];
    let mut role = json!({"properties": {
        "principalId": made["id"],
        "roleDefinitionId": format!("/subscriptions/{S2}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"),
    }});
    let path = format!(
        "/subscriptions/{S2}/providers/Microsoft.Authorization/roleAssignments/11111111-0000-4000-8000-000000000001?api-version=2022-04-01"
    );
    raw(&user.simulator, "PUT", &path, &arm, Some(&role))
        .await
        .refused(400, "PrincipalNotFound");
    role["properties"]["principalType"] = json!("ServicePrincipal");
    raw(&user.simulator, "PUT", &path, &arm, Some(&role))
        .await
        .is(201);
    user.wait(2);
    assert_eq!(user.get(&principal).await["id"], made["id"]);
    assert_eq!(user.get(app).await["notes"], "n");
}
