//! The digest of record: the newest status of ours that has one.

use serde_json::{Value, json};
use tenon_client::{Status, Verdict};

use super::super::ci::Kind;
use super::super::reviewed::digest_at;
use super::at_hosts::{Scene, Stand};
use super::hosts::azure_repos::AzureRepos;
use super::hosts::github::GitHub;
use super::hosts::gitlab::GitLab;
use super::{HEAD, place};

fn digest(sign: char) -> String {
    format!("sha256:{}", sign.to_string().repeat(64))
}

fn status(name: &str, description: &str) -> Status {
    Status {
        name: name.to_owned(),
        verdict: Verdict::Good,
        description: description.to_owned(),
        link: None,
    }
}

/// A status as a person could post it.
fn forged(kind: Kind, description: &str) -> Value {
    let name = "tenon / web-prod";
    match kind {
        Kind::GitHub => json!({"context": name, "state": "success", "description": description}),
        Kind::GitLab => json!({"name": name, "state": "success", "description": description}),
        Kind::AzureRepos => json!({"context": {"genre": "tenon", "name": "web-prod"},
            "state": "succeeded", "description": description}),
    }
}

async fn found<S: Stand>(scene: &Scene<S>) -> Result<String, String> {
    let found = digest_at(&scene.host, &place(S::KIND), "web-prod").await;
    found.map_err(|problem| problem.notes.join("\n"))
}

async fn newest_of_ours<S: Stand>() {
    let scene = Scene::<S>::new();
    let post = async |name: &str, description: &str| {
        let status = status(name, description);
        let posted = scene.host.status(HEAD, Some(7), &status).await;
        posted.expect("it is posted");
    };
    let none = found(&scene).await.expect_err("nothing was reviewed");
    assert!(none.contains("pull request 7 has no status"), "{none}");
    post("tenon / web-prod", &format!("1 create; {}", digest('a'))).await;
    post("tenon / web-prod", &format!("2 create; {}", digest('b'))).await;
    // Another deployment, more than a page of them.
    for number in 0..130 {
        post(
            "tenon / other",
            &format!("{number} create; {}", digest('c')),
        )
        .await;
    }
    // What was applied has none any more, and what others post does not count.
    post("tenon / web-prod", "applied in 12s").await;
    let forged = forged(S::KIND, &format!("1 create; {}", digest('d')));
    scene.there().forge(forged);
    assert_eq!(found(&scene).await, Ok(digest('b')));
}

#[tokio::test]
async fn the_newest_digest_of_ours_counts() {
    newest_of_ours::<GitHub>().await;
    newest_of_ours::<GitLab>().await;
    newest_of_ours::<AzureRepos>().await;
}
