//! Azure Repos, as the Azure DevOps REST reference 7.1 describes it: "Pull
//! Request Threads", "Pull Request Thread Comments", "Pull Request Statuses",
//! "Statuses", "Pull Request Query". Listing threads knows no pages. How the
//! service words that a comment is too long is not documented.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Asked, Service, Told};

/// The longest comment, in characters.
pub(crate) const LONGEST: usize = 150_000;

/// Who a token belongs to, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// `Contribute to pull requests`
    pub(crate) contributes: bool,
}

/// A thread with one comment.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) body: String,
    pub(crate) status: Value,
    pub(crate) deleted: bool,
}

/// An organization with one project, `Web shop`, one repository and one pull
/// request, 7.
#[derive(Default)]
pub(crate) struct AzureRepos {
    pub(crate) told: Told,
    /// By what stands in `Authorization`.
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) threads: Vec<Thread>,
    pub(crate) statuses: Vec<(String, Value)>,
    /// Statuses as they are shown, the oldest first.
    pub(crate) posted: Vec<Value>,
    pub(crate) head: String,
    next: u64,
}

impl AzureRepos {
    /// With the token of a job, `job-token`.
    pub(crate) fn new(head: &str) -> Self {
        let build = Account {
            id: "b0000000-0000-0000-0000-000000000001".to_owned(),
            contributes: true,
        };
        Self {
            accounts: BTreeMap::from([("Bearer job-token".to_owned(), build)]),
            head: head.to_owned(),
            next: 20,
            ..Self::default()
        }
    }

    /// Adds a thread as it may have been written before.
    pub(crate) fn say(&mut self, author: &str, body: &str, status: Value) -> u64 {
        self.next += 1;
        self.threads.push(Thread {
            id: self.next,
            author: author.to_owned(),
            body: body.to_owned(),
            status,
            deleted: false,
        });
        self.next
    }

    fn create(&mut self, who: &Account, body: &Value) -> Answer {
        let first = &body["comments"][0];
        let text = first["content"].as_str().unwrap_or_default();
        if let Some(refused) = refused(who, text) {
            return refused;
        }
        self.say(&who.id, text, body["status"].clone());
        Answer::json(200, &self.threads.last().map(shown).unwrap_or_default())
    }

    fn edit(&mut self, who: &Account, id: u64, body: &Value) -> Answer {
        let text = body["content"].as_str().unwrap_or_default();
        if let Some(refused) = refused(who, text) {
            return refused;
        }
        let Some(thread) = self
            .threads
            .iter_mut()
            .find(|one| one.id == id && !one.deleted)
        else {
            return gone();
        };
        if thread.author != who.id {
            return said(
                403,
                "TF400813",
                "The user is not authorized to access this resource.",
            );
        }
        text.clone_into(&mut thread.body);
        Answer::json(200, &shown(thread)["comments"][0])
    }

    fn settle(&mut self, who: &Account, id: u64, body: &Value) -> Answer {
        if let Some(refused) = refused(who, "") {
            return refused;
        }
        let Some(thread) = self.threads.iter_mut().find(|one| one.id == id) else {
            return gone();
        };
        thread.status = body["status"].clone();
        Answer::json(200, &shown(thread))
    }

    fn delete(&mut self, who: &Account, id: u64) -> Answer {
        let found = self
            .threads
            .iter_mut()
            .find(|one| one.id == id && !one.deleted);
        match found {
            Some(thread) if thread.author == who.id => {
                thread.deleted = true;
                Answer::json(200, &Value::Null)
            }
            Some(_) => said(
                403,
                "TF400813",
                "The user is not authorized to access this resource.",
            ),
            None => gone(),
        }
    }

    fn status(&mut self, who: &Account, of: &str, body: &Value) -> Answer {
        if let Some(refused) = refused(who, "") {
            return refused;
        }
        let state = body["state"].as_str().unwrap_or_default();
        let known = [
            "notSet",
            "pending",
            "succeeded",
            "failed",
            "error",
            "notApplicable",
        ];
        let name = body["context"]["name"].as_str().unwrap_or_default();
        if name.is_empty() || !known.contains(&state) {
            return said(400, "VS403075", "Status context name cannot be empty.");
        }
        self.statuses.push((of.to_owned(), body.clone()));
        let mut shown = body.clone();
        shown["id"] = json!(self.posted.len() + 1);
        shown["createdBy"] = json!({"id": who.id});
        self.posted.push(shown.clone());
        Answer::json(200, &shown)
    }
}

fn refused(who: &Account, text: &str) -> Option<Answer> {
    if !who.contributes {
        let words = "You need the Git 'PullRequestContribute' permission to perform this action.";
        return Some(said(403, "TF401027", words));
    }
    let long = text.chars().count() > LONGEST;
    let words = "The comment exceeds the maximum length of 150000 characters.";
    // Its code is not documented; nobody may depend on it.
    long.then(|| said(400, "", words))
}

fn gone() -> Answer {
    said(
        404,
        "TF401180",
        "The requested pull request thread was not found.",
    )
}

fn said(status: u16, code: &str, words: &str) -> Answer {
    Answer::json(
        status,
        &json!({"$id": "1", "innerException": null, "message": format!("{code}: {words}"),
            "typeKey": "GitException", "errorCode": 0, "eventId": 3000}),
    )
}

fn shown(thread: &Thread) -> Value {
    let content = if thread.deleted {
        Value::Null
    } else {
        json!(thread.body)
    };
    json!({"id": thread.id, "status": thread.status, "isDeleted": thread.deleted,
        "properties": {},
        "comments": [{"id": 1, "parentCommentId": 0, "content": content,
            "isDeleted": thread.deleted, "commentType": "text",
            "author": {"id": thread.author, "displayName": "somebody"}}]})
}

impl Service for AzureRepos {
    fn told(&mut self) -> &mut Told {
        &mut self.told
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let signed = asked.header("authorization");
        if signed.is_empty() {
            let page = "<html><title>Azure DevOps Services | Sign In</title></html>";
            let mut answer = Answer::json(203, &Value::Null);
            page.clone_into(&mut answer.body);
            return answer;
        }
        let Some(who) = self.accounts.get(signed).cloned() else {
            return Answer::json(401, &Value::Null);
        };
        if asked.method != "GET" && !asked.query.contains_key("api-version") {
            return said(400, "VSS", "No api-version was supplied for the request.");
        }
        let body = &asked.body;
        let number = |text: &str| text.parse().unwrap_or(0);
        let pull = json!({"pullRequestId": 7, "lastMergeSourceCommit": {"commitId": self.head}});
        let (method, path) = asked.parts();
        let rest = match path.as_slice() {
            ["contoso", "_apis", "connectionData"] => {
                let user = json!({"id": who.id, "providerDisplayName": "Build Service"});
                return Answer::json(
                    200,
                    &json!({"authenticatedUser": user, "authorizedUser": user}),
                );
            }
            [
                "contoso",
                "Web shop",
                "_apis",
                "git",
                "repositories",
                "fleet",
                rest @ ..,
            ] => rest,
            _ => return said(404, "TF401019", "The Git repository does not exist."),
        };
        match (method, rest) {
            ("GET", ["pullRequests", "7"]) => Answer::json(200, &pull),
            ("GET", ["pullRequests", "7", "threads"]) => {
                let all: Vec<Value> = self.threads.iter().map(shown).collect();
                Answer::json(200, &json!({"count": all.len(), "value": all}))
            }
            ("POST", ["pullRequests", "7", "threads"]) => self.create(&who, body),
            ("PATCH", ["pullRequests", "7", "threads", id]) => self.settle(&who, number(id), body),
            ("PATCH", ["pullRequests", "7", "threads", id, "comments", "1"]) => {
                self.edit(&who, number(id), body)
            }
            ("DELETE", ["pullRequests", "7", "threads", id, "comments", "1"]) => {
                self.delete(&who, number(id))
            }
            ("GET", ["pullRequests", "7", "statuses"]) => {
                let all = &self.posted;
                Answer::json(200, &json!({"count": all.len(), "value": all}))
            }
            ("POST", ["pullRequests", "7", "statuses"]) => self.status(&who, "pull request", body),
            ("POST", ["commits", sha, "statuses"]) => self.status(&who, sha, body),
            ("POST", ["pullrequestquery"]) => {
                let asked: Vec<String> = body["queries"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|query| Some(query["items"][0].as_str()?.to_owned()))
                    .collect();
                let none: BTreeMap<&str, Value> = BTreeMap::new();
                let found = BTreeMap::from([(asked[0].as_str(), json!([pull]))]);
                Answer::json(
                    200,
                    &json!({"queries": body["queries"], "results": [none, found]}),
                )
            }
            _ => gone(),
        }
    }
}
