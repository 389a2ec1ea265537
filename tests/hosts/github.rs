//! GitHub, as "REST API endpoints for issue comments", "… for commit statuses",
//! "… for pulls", "… for commits", "Using pagination", "Rate limits" and the
//! GraphQL reference describe it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Asked, Service, Told, page};

/// The longest comment, in characters.
pub(crate) const LONGEST: usize = 65_536;

/// Who a token belongs to, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) login: String,
    /// An app: it may not ask `GET /user`.
    pub(crate) is_bot: bool,
    pub(crate) pull_requests: bool,
    pub(crate) statuses: bool,
}

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) minimized: Option<String>,
}

/// A host with one repository, `contoso/fleet`, and one pull request, 7.
#[derive(Default)]
pub(crate) struct GitHub {
    pub(crate) told: Told,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) statuses: Vec<(String, Value)>,
    /// Statuses as they are shown, the oldest first.
    pub(crate) posted: Vec<Value>,
    pub(crate) head: String,
    next: u64,
}

impl GitHub {
    /// With the token of a workflow, `workflow-token`, that may write.
    pub(crate) fn new(head: &str) -> Self {
        let bot = Account {
            id: 41_898_282,
            login: "github-actions[bot]".to_owned(),
            is_bot: true,
            pull_requests: true,
            statuses: true,
        };
        Self {
            accounts: BTreeMap::from([("workflow-token".to_owned(), bot)]),
            head: head.to_owned(),
            next: 1000,
            ..Self::default()
        }
    }

    /// Adds a comment as it may have been written before.
    pub(crate) fn say(&mut self, author: u64, body: &str) -> u64 {
        self.next += 1;
        self.comments.push(Comment {
            id: self.next,
            author,
            body: body.to_owned(),
            minimized: None,
        });
        self.next
    }

    fn shown(&self, comment: &Comment) -> Value {
        let login = self.accounts.values().find(|one| one.id == comment.author);
        let login = login.map_or("somebody", |one| &one.login);
        json!({
            "id": comment.id, "node_id": format!("IC_{}", comment.id), "body": comment.body,
            "user": {"login": login, "id": comment.author,
                "type": if login.ends_with("[bot]") {"Bot"} else {"User"}},
        })
    }

    fn list(&self, asked: &Asked) -> Answer {
        let size = asked.number("per_page", 30).clamp(1, 100);
        let number = asked.number("page", 1);
        let (some, more) = page(&self.comments, number, size);
        let shown: Vec<Value> = some.iter().map(|one| self.shown(one)).collect();
        let answer = Answer::json(200, &json!(shown));
        if !more {
            return answer;
        }
        let at = format!(
            "https://api.github.com/repositories/1/issues/7/comments?page={}",
            number + 1
        );
        answer.with(
            "link",
            &format!("<{at}>; rel=\"next\", <{at}>; rel=\"last\""),
        )
    }

    fn write(&mut self, who: &Account, id: Option<u64>, body: &Value) -> Answer {
        if !who.pull_requests {
            return forbidden();
        }
        let text = body["body"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return invalid("IssueComment", "missing_field", "body", "");
        }
        if text.chars().count() > LONGEST {
            let said = format!("Body is too long (maximum is {LONGEST} characters)");
            return invalid("IssueComment", "unprocessable", "data", &said);
        }
        let (status, id) = match id {
            None => (201, self.say(who.id, text)),
            Some(id) => (200, id),
        };
        let Some(comment) = self.comments.iter_mut().find(|one| one.id == id) else {
            return Answer::message(404, "Not Found");
        };
        text.clone_into(&mut comment.body);
        let comment = comment.clone();
        Answer::json(status, &self.shown(&comment))
    }

    fn delete(&mut self, who: &Account, id: u64) -> Answer {
        if !who.pull_requests {
            return forbidden();
        }
        let before = self.comments.len();
        self.comments.retain(|one| one.id != id);
        match self.comments.len() < before {
            true => Answer::json(204, &Value::Null),
            false => Answer::message(404, "Not Found"),
        }
    }

    fn status(&mut self, who: &Account, commit: &str, body: &Value) -> Answer {
        if !who.statuses {
            return forbidden();
        }
        let state = body["state"].as_str().unwrap_or_default();
        let description = body["description"].as_str().unwrap_or_default();
        if !["error", "failure", "pending", "success"].contains(&state) {
            return invalid(
                "Status",
                "custom",
                "state",
                "State is not included in the list",
            );
        }
        if description.chars().count() > 140 {
            let said = "Description is too long (maximum is 140 characters)";
            return invalid("Status", "custom", "description", said);
        }
        // The merge of its pull request is a commit as well.
        if commit != self.head && commit != "f".repeat(40) {
            return Answer::message(422, &format!("No commit found for SHA: {commit}"));
        }
        self.statuses.push((commit.to_owned(), body.clone()));
        let mut shown = body.clone();
        shown["creator"] = json!({"login": who.login, "id": who.id});
        self.posted.push(shown.clone());
        Answer::json(201, &shown)
    }

    /// Newest first, 30 at a time unless asked otherwise, 100 at most.
    fn posted(&self, commit: &str, asked: &Asked) -> Answer {
        let some = asked.number("per_page", 30).min(100);
        let page = asked.number("page", 1);
        let of_head = if commit == self.head {
            &self.posted[..]
        } else {
            &[]
        };
        let mut all = of_head.iter().rev().skip(some * (page - 1));
        let shown: Vec<&Value> = all.by_ref().take(some).collect();
        let answer = Answer::json(200, &json!(shown));
        match all.next() {
            Some(_) => answer.with("link", "<https://elsewhere.example/?page=2>; rel=\"next\""),
            None => answer,
        }
    }

    fn graphql(&mut self, who: &Account, body: &Value) -> Answer {
        let query = body["query"].as_str().unwrap_or_default();
        if query.contains("viewer") {
            let data = json!({"viewer": {"login": who.login, "databaseId": who.id}});
            return Answer::json(200, &json!({"data": data}));
        }
        assert!(
            query.contains("minimizeComment") && query.contains("OUTDATED"),
            "{query}"
        );
        let id = body["variables"]["id"].as_str().unwrap_or_default();
        let of = |kind: &str, message: &str| {
            let error = json!({"type": kind, "path": ["minimizeComment"], "message": message});
            Answer::json(
                200,
                &json!({"data": {"minimizeComment": null}, "errors": [error]}),
            )
        };
        if !who.pull_requests {
            return of("FORBIDDEN", "Resource not accessible by integration");
        }
        let found = self
            .comments
            .iter_mut()
            .find(|one| format!("IC_{}", one.id) == id);
        let Some(comment) = found else {
            return of("NOT_FOUND", "Could not resolve to a node");
        };
        comment.minimized = Some("outdated".to_owned());
        let data = json!({"minimizeComment": {"clientMutationId": null}});
        Answer::json(200, &json!({"data": data}))
    }

    fn pull(&self) -> Value {
        json!({"number": 7, "state": "open", "merge_commit_sha": "f".repeat(40),
            "head": {"sha": self.head}})
    }
}

fn forbidden() -> Answer {
    let said = "Resource not accessible by integration";
    Answer::json(
        403,
        &json!({"message": said, "status": "403",
        "documentation_url": "https://docs.github.com/rest"}),
    )
}

fn invalid(resource: &str, code: &str, field: &str, message: &str) -> Answer {
    let error = json!({"resource": resource, "code": code, "field": field, "message": message});
    Answer::json(
        422,
        &json!({"message": "Validation Failed", "errors": [error]}),
    )
}

impl Service for GitHub {
    fn told(&mut self) -> &mut Told {
        &mut self.told
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        if asked.header("user-agent").is_empty() {
            return Answer::message(403, "Request forbidden by administrative rules.");
        }
        let Some(token) = asked.header("authorization").strip_prefix("Bearer ") else {
            return Answer::message(401, "Requires authentication");
        };
        let Some(who) = self.accounts.get(token).cloned() else {
            return Answer::message(401, "Bad credentials");
        };
        let body = &asked.body;
        let number = |text: &str| text.parse().unwrap_or(0);
        match asked.parts() {
            ("POST", path) if path == ["graphql"] => self.graphql(&who, body),
            ("GET", path) if path == ["user"] && who.is_bot => forbidden(),
            ("GET", path) if path == ["user"] => {
                Answer::json(200, &json!({"login": who.login, "id": who.id}))
            }
            (method, path) => match (method, path.as_slice()) {
                ("GET", ["repos", "contoso", "fleet", "issues", "7", "comments"]) => {
                    self.list(asked)
                }
                ("POST", ["repos", "contoso", "fleet", "issues", "7", "comments"]) => {
                    self.write(&who, None, body)
                }
                ("PATCH", ["repos", "contoso", "fleet", "issues", "comments", id]) => {
                    self.write(&who, Some(number(id)), body)
                }
                ("DELETE", ["repos", "contoso", "fleet", "issues", "comments", id]) => {
                    self.delete(&who, number(id))
                }
                ("POST", ["repos", "contoso", "fleet", "statuses", sha]) => {
                    self.status(&who, sha, body)
                }
                ("GET", ["repos", "contoso", "fleet", "commits", sha, "statuses"]) => {
                    self.posted(sha, asked)
                }
                ("GET", ["repos", "contoso", "fleet", "pulls", "7"]) => {
                    Answer::json(200, &self.pull())
                }
                ("GET", ["repos", "contoso", "fleet", "commits", _, "pulls"]) => {
                    Answer::json(200, &json!([self.pull()]))
                }
                // What is hidden looks like what is not there.
                _ => Answer::message(404, "Not Found"),
            },
        }
    }
}
