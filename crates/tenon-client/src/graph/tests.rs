use tenon_model::transport::{Transport, Verb, Write};
use tenon_model::{Map, TenantId, Value, canonical};

use crate::tests::{Script, client, read, tell, write};

const T1: &str = "11111111-1111-1111-1111-111111111111";
const CLIENT: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const APP: &str = "/tenants/11111111-1111-1111-1111-111111111111/applications/tenon-acme-fleet";
const LIVE: &str = r#"{"@odata.context":"c","id":"o1","appId":"aaaaaaaa-0000-4000-8000-000000000001","displayName":"fleet","tags":["tenon-address=apps.the%20fleet","plain"],"federatedIdentityCredentials":[{"id":"f1","name":"prod","subject":"s"}]}"#;
const NOT_FOUND: &str = r#"404 | {"error":{"code":"Request_ResourceNotFound","message":"Resource 'x' does not exist."}}"#;
/// Where the application of [`APP`] is.
const AT: &str = "/v1.0/applications(uniqueName='tenon-acme-fleet')";

fn principal() -> String {
    format!("/tenants/t2/servicePrincipals/{T1}.tenon-acme-fleet")
}

fn put(path: &str) -> Write {
    let mut put = write(Verb::Put, path);
    put.auxiliary = vec![TenantId::new("t9")];
    put.body = Some(Value::Map(Map::from([
        (
            "properties",
            Value::Map(Map::from([("displayName", Value::text("fleet"))])),
        ),
        (
            "tags",
            Value::Map(Map::from([(
                "tenon-address",
                Value::text("apps.the fleet"),
            )])),
        ),
    ])));
    put
}

fn live() -> String {
    format!("GET {AT} => 200 | {LIVE}")
}

#[tokio::test(start_paused = true)]
async fn an_object_is_shown_as_a_resource() {
    let script = Script::new(&live());
    let body = client(&script).get(&read(APP)).await.unwrap().body;
    assert_eq!(
        canonical::to_string(&body),
        format!(
            r#"{{"id":"{APP}","name":"tenon-acme-fleet","properties":{{"appId":"{CLIENT}","displayName":"fleet","federatedIdentityCredentials":[{{"id":"{APP}/federatedIdentityCredentials/prod","name":"prod","properties":{{"id":"f1","name":"prod","subject":"s"}}}}],"id":"o1"}},"tags":{{"plain":"","tenon-address":"apps.the fleet"}}}}"#
        )
    );
    let seen = &script.seen()[0];
    assert!(seen.url.starts_with("https://graph.test/v1.0/"));
    assert!(seen.url.ends_with("?$expand=federatedIdentityCredentials"));
    let sign_in = &script.sign_ins()[0];
    assert!(sign_in.url.contains(T1) || sign_in.url.contains("t2"));
    assert!(sign_in.body.contains("graph.test%2F.default"));
}

#[tokio::test(start_paused = true)]
async fn what_is_made_is_waited_for_and_no_other_token_goes_there() {
    let script = Script::new(&format!(
        "PATCH {AT} => lost\nPATCH {AT} => 201 | {LIVE}\nGET {AT} => {NOT_FOUND}\nGET {AT} => 200 | {{\"id\":\"o1\"}}\nGET {AT} => 200 | {LIVE}"
    ));
    let mut put = put(APP);
    // Sent and shown have to be the same in the end.
    if let Some(Value::Map(tags)) = put
        .body
        .as_mut()
        .and_then(|body| body.as_map_mut()?.get_mut("tags"))
    {
        tags.insert("plain", Value::text(""));
    }
    let (end, told) = tell(&client(&script), &put).await;
    assert!(end.starts_with("200 {"), "{end}");
    assert_eq!(
        told,
        [
            "0.5s NoAnswer",
            "0.1s Request_ResourceNotFound",
            "0.2s NotReplicated"
        ]
    );
    let seen = script.seen();
    assert_eq!(seen[1].header("prefer"), Some("create-if-missing"));
    assert_eq!(seen[1].header("x-ms-authorization-auxiliary"), None);
    assert_eq!(
        seen[1].body,
        r#"{"displayName":"fleet","tags":["plain","tenon-address=apps.the%20fleet"]}"#
    );
    assert_eq!(seen[2].header("prefer"), None);
    script.finish();
}

#[tokio::test(start_paused = true)]
async fn a_principal_is_found_by_way_of_its_application() {
    let at = format!("/v1.0/servicePrincipals(appId='{CLIENT}')");
    let script = Script::new(&format!(
        "{}\nPATCH {at} => 201 | {{}}\nGET {at} => 200 | {{\"id\":\"p1\",\"displayName\":\"fleet\",\"tags\":[\"tenon-address=apps.the%20fleet\",\"tenon-application={T1}.tenon-acme-fleet\"]}}\nGET {at} => 200 | {{\"id\":\"p1\",\"tags\":[\"tenon-application={T1}.tenon-acme-fleet\"]}}",
        live()
    ));
    let client = client(&script);
    let (end, _) = tell(&client, &put(&principal())).await;
    assert!(end.starts_with("200 {"), "{end}");
    assert!(
        script.seen()[1]
            .body
            .contains(&format!("tenon-application={T1}.tenon-acme-fleet"))
    );
    // Its application is asked for once, in its own tenant.
    let shown = client.get(&read(&principal())).await.unwrap().body;
    assert_eq!(
        shown.member("id").and_then(Value::as_text),
        Some(principal().as_str())
    );
    assert_eq!(
        shown.member("tags").and_then(Value::as_map).map(Map::len),
        Some(0)
    );
    script.finish();

    let script = Script::new(&format!("GET {AT} => {NOT_FOUND}"));
    let absent = crate::tests::client(&script).get(&read(&principal())).await;
    assert!(absent.unwrap_err().is_absent());
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_new_application_waits_until_it_is_known() {
    let at = format!("/v1.0/servicePrincipals(appId='{CLIENT}')");
    let invalid = r#"400 | {"error":{"code":"Request_BadRequest","message":"The appId 'a' of the service principal does not reference a valid application object."}}"#;
    let made = format!("PATCH {AT} => 201 | {LIVE}\n{}", live());
    let script = Script::new(&format!(
        "{made}\nPATCH {at} => {invalid}\nPATCH {at} => 201 | {{}}\nGET {at} => 200 | {{\"displayName\":\"fleet\"}}"
    ));
    let client = client(&script);
    let mut app = put(APP);
    app.body
        .as_mut()
        .unwrap()
        .as_map_mut()
        .unwrap()
        .remove("tags");
    tell(&client, &app).await;
    app.path = principal();
    let (end, told) = tell(&client, &app).await;
    assert!(end.starts_with("200 {"), "{end}");
    assert_eq!(told, ["0.1s Request_BadRequest"]);
    // Of one that is not new nobody hopes that it will be known.
    let script = Script::new(&format!("{}\nPATCH {at} => {invalid}", live()));
    let (end, told) = tell(&crate::tests::client(&script), &app).await;
    assert!(end.starts_with("Azure 400 Request_BadRequest"), "{end}");
    assert!(told.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_ours_is_restored_and_trusts_nobody_then() {
    let bin = "/v1.0/directory/deletedItems/microsoft.graph.application";
    let taken = r#"400 | {"error":{"code":"Request_BadRequest","message":"Another object with the same value for property uniqueName already exists."}}"#;
    let ours = r#"{"id":"o1","uniqueName":"tenon-acme-fleet","tags":["tenon-deployment=acme"]}"#;
    let mut put = put(APP);
    let tags = Value::Map(Map::from([("tenon-deployment", Value::text("acme"))]));
    put.body
        .as_mut()
        .unwrap()
        .as_map_mut()
        .unwrap()
        .insert("tags", tags);
    let back = r#"{"displayName":"fleet","tags":["tenon-deployment=acme"]}"#;
    let script = Script::new(&format!(
        "PATCH {AT} => {taken}\nGET {bin} => 200 | {{\"value\":[{ours}]}}\nPOST /v1.0/directory/deletedItems/o1/restore => 200 | {{}}\n{live}\n{live}\nDELETE {AT}/federatedIdentityCredentials(name='prod') => 204\nPATCH {AT} => 204\nGET {AT} => 200 | {back}",
        live = live()
    ));
    let (end, _) = tell(&client(&script), &put).await;
    assert!(end.starts_with("200 {"), "{end}");
    script.finish();
    let theirs = ours.replace("=acme", "=other");
    let script = Script::new(&format!(
        "PATCH {AT} => {taken}\nGET {bin} => 200 | {{\"value\":[{theirs}]}}"
    ));
    let (end, _) = tell(&client(&script), &put).await;
    assert!(end.starts_with("Azure 400 Request_BadRequest"), "{end}");
}

#[tokio::test(start_paused = true)]
async fn an_application_is_deleted_by_its_own_id() {
    let script = Script::new(&format!(
        "{}\nDELETE /v1.0/applications/o1 => 204\n{}\nGET {AT} => {NOT_FOUND}",
        live(),
        live()
    ));
    let (end, told) = tell(&client(&script), &write(Verb::Delete, APP)).await;
    assert_eq!((end.as_str(), told.len()), ("204 null", 1));
    script.finish();
    let script = Script::new(&format!("GET {AT} => {NOT_FOUND}"));
    let (end, _) = tell(&client(&script), &write(Verb::Delete, APP)).await;
    assert_eq!(end, "404 null");
}

#[tokio::test(start_paused = true)]
async fn lists_are_read_to_the_end_and_only_where_they_began() {
    let set = format!("/tenants/{T1}/applications");
    let script = Script::new(
        "GET /v1.0/applications => 200 | {\"value\":[{\"uniqueName\":\"a\"},{\"uniqueName\":null}],\"@odata.nextLink\":\"https://graph.test/v1.0/applications?$skiptoken=x\"}\nGET /v1.0/applications => 200 | {\"value\":[{\"uniqueName\":\"b\"}]}",
    );
    let mut asked = read(&set);
    asked.query = vec![("$filter".to_owned(), "tags/any(t:t eq 'a b')".to_owned())];
    let mut ids = Vec::new();
    let mut page = |items: Vec<Value>| {
        ids.extend(
            items
                .iter()
                .filter_map(|one| Some(one.member("id")?.as_text()?.to_owned())),
        );
    };
    let pages = client(&script).list(&asked, &mut page).await;
    assert_eq!(pages, Ok(2));
    assert_eq!(ids, [format!("{set}/a"), format!("{set}/b")]);
    assert!(
        script.seen()[0].url.ends_with("eq%20%27a%20b%27%29"),
        "{}",
        script.seen()[0].url
    );
    let script = Script::new(
        "GET /v1.0/applications => 200 | {\"value\":[],\"@odata.nextLink\":\"https://evil.test/\"}",
    );
    let refused = client(&script).list(&asked, &mut |_| {}).await;
    assert_eq!(refused.unwrap_err().code, "AddressRefused");
}

#[tokio::test(start_paused = true)]
async fn what_may_be_done_is_read_in_the_token() {
    let token = crate::tests::token_saying(
        &serde_json::json!({"roles": ["Application.ReadWrite.OwnedBy"], "wids": ["w"]}),
    );
    let script = Script::new(&format!(
        "sign-in => 200 | {{\"access_token\":\"{token}\",\"expires_in\":3600}}"
    ));
    let answer = client(&script).get(&read(&format!("/tenants/{T1}"))).await;
    let body = answer.unwrap().body;
    assert_eq!(
        canonical::to_string(body.member("properties").unwrap()),
        r#"{"directoryRoles":["w"],"roles":["Application.ReadWrite.OwnedBy"]}"#
    );
    assert!(script.seen().is_empty());
    let refused = client(&Script::new(""))
        .get(&read("/tenants/t/users/x"))
        .await;
    assert_eq!(refused.unwrap_err().code, "BadPath");
}
