use tenon_model::transport::Stage;

use crate::tests::Script;
use crate::{Cloud, Endpoint};

#[test]
fn both_families_of_names_are_known() {
    for name in ["AzureCloud", "AzurePublicCloud", "public"] {
        assert_eq!(Cloud::by_name(name), Some(Cloud::public()));
    }
    for name in [
        "AzureUSGovernment",
        "AzureUSGovernmentCloud",
        "usgovernment",
        "USGovernment",
    ] {
        assert_eq!(Cloud::by_name(name), Some(Cloud::us_government()));
    }
    for name in ["AzureChinaCloud", "china"] {
        assert_eq!(Cloud::by_name(name), Some(Cloud::china()));
    }
    assert_eq!(Cloud::by_name("AzureGermanCloud"), None);
    assert_eq!(
        Cloud::public().scope(),
        "https://management.azure.com/.default"
    );
}

#[test]
fn plain_http_stays_on_this_machine() {
    for good in [
        "http://127.0.0.1:9",
        "http://127.8.8.8",
        "http://[::1]:8080/",
        "http://localhost:1",
        "https://x",
    ] {
        assert!(Endpoint::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "http://management.azure.com",
        "http://localhost.evil.test",
        "http://128.0.0.1",
        "http://[::ffff:127.0.0.1]",
        "ftp://localhost",
        "https://user@x",
        "https://x?a=b",
        "https://x#a",
        "x",
    ] {
        assert!(Endpoint::parse(bad).is_err(), "{bad}");
    }
}

/// The own link is for asking who this machine is, and for nothing else.
#[test]
fn plain_http_on_the_own_link_is_for_identities_only() {
    let link = "http://169.254.169.254/metadata/identity/oauth2/token";
    assert!(Endpoint::parse(link).is_err());
    assert!(super::checked(link).is_err());
    for good in [
        link,
        "http://169.254.130.2:8081/msi/token",
        "http://localhost:1/",
        "https://x/",
    ] {
        assert!(super::checked_for_identity(good).is_ok(), "{good}");
    }
    for bad in [
        "http://169.253.169.254/",
        "http://169.254.169.254.evil.test/",
        "http://169.254.169.254@evil.test/",
        "http://[fe80::1]/",
        "http://10.0.0.1/",
        "http://metadata.test/",
    ] {
        assert!(super::checked_for_identity(bad).is_err(), "{bad}");
    }
}

#[test]
fn paths_cannot_climb() {
    let base = Endpoint::parse("https://x/arm/").unwrap();
    assert_eq!(base.at("/a/b c").unwrap().as_str(), "https://x/arm/a/b%20c");
    assert_eq!(
        base.at("/a?b#c").unwrap().as_str(),
        "https://x/arm/a%3Fb%23c"
    );
    for bad in ["/a/../b", "/a/./b", "/a/%2e%2e/b", "/..", "/a/.%2E"] {
        assert!(base.at(bad).is_none(), "{bad}");
    }
}

async fn discover(url: &str, body: &str) -> Result<Cloud, String> {
    let script = Script::new(&format!("GET /metadata/endpoints => 200 | {body}"));
    let found = Cloud::discover(url, &*script).await;
    assert!(script.seen()[0].header("authorization").is_none());
    found.map_err(|refusal| refusal.to_string())
}

#[tokio::test(start_paused = true)]
async fn one_cloud_is_read() {
    let cloud = discover(
        "https://arm.test",
        r#"{"name":"Stack","resourceManager":"https://arm.test/","authentication":{"loginEndpoint":"https://sign.test/","audiences":["https://arm.test/","x"]}}"#,
    )
    .await
    .unwrap();
    assert_eq!(cloud.name, "Stack");
    assert_eq!(cloud.login.as_str(), "https://sign.test");
    // The Azure CLI makes the same double slash of such an audience.
    assert_eq!(cloud.scope(), "https://arm.test//.default");
}

#[tokio::test(start_paused = true)]
async fn missing_members_are_made_up_for_except_the_sign_in_host() {
    let body =
        r#"{"name":null,"authentication":{"loginEndpoint":"https://sign.test","audiences":null}}"#;
    let cloud = discover(
        "https://arm.test/metadata/endpoints?api-version=2019-05-01",
        body,
    )
    .await;
    let cloud = cloud.unwrap();
    assert_eq!(
        (cloud.arm.as_str(), cloud.audience.as_str()),
        ("https://arm.test", "https://arm.test")
    );
    let refused = discover("https://arm.test", "{}").await.unwrap_err();
    assert!(refused.contains("loginEndpoint"), "{refused}");
    let refused = discover("https://arm.test", "[]").await.unwrap_err();
    assert!(refused.contains("loginEndpoint"), "{refused}");
    let plain = r#"{"authentication":{"loginEndpoint":"http://sign.test"}}"#;
    let refused = discover("https://arm.test", plain).await.unwrap_err();
    assert!(refused.contains("plain http"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn of_a_list_the_asked_cloud_is_taken() {
    let body = r#"[
        {"name":"A","resourceManager":"https://other.test/","authentication":{"loginEndpoint":"https://a.test"}},
        {"name":"B","resourceManager":"https://arm.test/","authentication":{"loginEndpoint":"https://b.test"}}
    ]"#
    .replace('\n', " ");
    assert_eq!(discover("https://arm.test", &body).await.unwrap().name, "B");
    assert_eq!(
        discover("https://third.test", &body).await.unwrap().name,
        "A"
    );
}

#[tokio::test(start_paused = true)]
async fn the_api_version_is_added_only_where_none_is() {
    for (url, expected) in [
        (
            "https://arm.test",
            "https://arm.test/metadata/endpoints?api-version=2022-09-01",
        ),
        (
            "https://arm.test/metadata/endpoints?api-version=2019-05-01",
            "https://arm.test/metadata/endpoints?api-version=2019-05-01",
        ),
    ] {
        let script = Script::new("GET /metadata/endpoints => 404");
        let refusal = Cloud::discover(url, &*script).await.unwrap_err();
        assert_eq!((refusal.stage, refusal.status), (Stage::Azure, 404));
        assert_eq!(script.seen()[0].url, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_metadata_address_over_plain_http_is_not_asked() {
    let script = Script::new("");
    let refusal = Cloud::discover("http://arm.test", &*script)
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "AddressRefused");
    assert!(script.seen().is_empty());
}
