//! GitLab, as "Notes API", "Commits API", "Merge requests API", "Users API",
//! "REST API: pagination" and "Rate limits" describe it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Asked, Service, Told, page};

/// The longest note, in characters.
pub(crate) const LONGEST: usize = 1_000_000;

/// Who a token belongs to, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) notes: bool,
    pub(crate) statuses: bool,
}

/// A note.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) system: bool,
}

/// A host with one project, 42 or `contoso/fleet`, and one merge request, 7.
#[derive(Default)]
pub(crate) struct GitLab {
    pub(crate) told: Told,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) notes: Vec<Note>,
    pub(crate) statuses: Vec<(String, Value)>,
    /// Statuses as they are shown, the oldest first.
    pub(crate) posted: Vec<Value>,
    pub(crate) head: String,
    next: u64,
}

impl GitLab {
    /// With the project access token `project-token`.
    pub(crate) fn new(head: &str) -> Self {
        let bot = Account {
            id: 77,
            notes: true,
            statuses: true,
        };
        Self {
            accounts: BTreeMap::from([("project-token".to_owned(), bot)]),
            head: head.to_owned(),
            next: 300,
            ..Self::default()
        }
    }

    /// Adds a note as it may have been written before.
    pub(crate) fn say(&mut self, author: u64, body: &str) -> u64 {
        self.next += 1;
        self.notes.push(Note {
            id: self.next,
            author,
            body: body.to_owned(),
            system: false,
        });
        self.next
    }

    fn list(&self, asked: &Asked) -> Answer {
        let size = asked.number("per_page", 20).clamp(1, 100);
        let number = asked.number("page", 1);
        let mut notes = self.notes.clone();
        if asked.query.get("sort").is_none_or(|sort| sort != "asc") {
            notes.reverse();
        }
        let (some, more) = page(&notes, number, size);
        let shown: Vec<Value> = some.iter().map(shown).collect();
        let next = if more {
            (number + 1).to_string()
        } else {
            String::new()
        };
        Answer::json(200, &json!(shown))
            .with("x-page", &number.to_string())
            .with("x-next-page", &next)
    }

    fn write(&mut self, who: &Account, id: Option<u64>, body: &Value) -> Answer {
        let text = body["body"].as_str().unwrap_or_default();
        if !who.notes {
            return Answer::message(403, "403 Forbidden");
        }
        if text.chars().count() > LONGEST {
            let said = format!("is too long (maximum is {LONGEST} characters)");
            return Answer::json(400, &json!({"message": {"note": [said]}}));
        }
        let (status, id) = match id {
            None => (201, self.say(who.id, text)),
            Some(id) => (200, id),
        };
        let Some(note) = self.notes.iter_mut().find(|note| note.id == id) else {
            return Answer::message(404, "404 Note Not Found");
        };
        // Notes are written anew by their authors only.
        if note.author != who.id {
            return Answer::message(403, "403 Forbidden");
        }
        text.clone_into(&mut note.body);
        Answer::json(status, &shown(note))
    }

    fn delete(&mut self, who: &Account, id: u64) -> Answer {
        let Some(at) = self.notes.iter().position(|note| note.id == id) else {
            return Answer::message(404, "404 Note Not Found");
        };
        if self.notes[at].author != who.id {
            return Answer::message(403, "403 Forbidden");
        }
        self.notes.remove(at);
        Answer::json(204, &Value::Null)
    }

    fn status(&mut self, who: &Account, commit: &str, body: &Value) -> Answer {
        if !who.statuses {
            return Answer::message(403, "403 Forbidden");
        }
        let state = body["state"].as_str().unwrap_or_default();
        let known = [
            "pending", "running", "success", "failed", "canceled", "skipped",
        ];
        if !known.contains(&state) {
            return Answer::json(400, &json!({"error": "state does not have a valid value"}));
        }
        if body["description"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .count()
            > 255
        {
            let said = "is too long (maximum is 255 characters)";
            return Answer::json(400, &json!({"message": {"description": [said]}}));
        }
        if commit != self.head {
            return Answer::message(404, "404 Commit Not Found");
        }
        self.statuses.push((commit.to_owned(), body.clone()));
        let mut shown = body.clone();
        shown["id"] = json!(900 + self.posted.len());
        shown["author"] = json!({"id": who.id});
        self.posted.push(shown.clone());
        Answer::json(201, &shown)
    }

    /// Those of a name, without it all, the newest of each name unless `all`.
    fn posted(&self, commit: &str, asked: &Asked) -> Answer {
        let name = asked.query.get("name");
        let of_head = if commit == self.head {
            &self.posted[..]
        } else {
            &[]
        };
        let mut all: Vec<&Value> = of_head
            .iter()
            .filter(|one| name.is_none_or(|name| one["name"] == name.as_str()))
            .collect();
        if asked.query.get("all").map(String::as_str) != Some("true") {
            all = all.into_iter().rev().take(1).collect();
        }
        let some = asked.number("per_page", 20).min(100);
        let page = asked.number("page", 1);
        let shown: Vec<&Value> = all
            .iter()
            .skip(some * (page - 1))
            .take(some)
            .copied()
            .collect();
        let next = match all.len() > some * page {
            true => (page + 1).to_string(),
            false => String::new(),
        };
        Answer::json(200, &json!(shown)).with("x-next-page", &next)
    }
}

fn shown(note: &Note) -> Value {
    json!({"id": note.id, "type": null, "body": note.body, "system": note.system,
        "author": {"id": note.author, "username": format!("user-{}", note.author)},
        "noteable_type": "MergeRequest", "noteable_iid": 7})
}

impl Service for GitLab {
    fn told(&mut self) -> &mut Told {
        &mut self.told
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        let Some(who) = self.accounts.get(asked.header("private-token")).cloned() else {
            return Answer::message(401, "401 Unauthorized");
        };
        let merge = json!({"iid": 7, "state": "opened", "sha": self.head,
            "merge_commit_sha": null, "squash_commit_sha": null});
        let body = &asked.body;
        let number = |text: &str| text.parse().unwrap_or(0);
        let (method, path) = asked.parts();
        let rest = match path.as_slice() {
            ["api", "v4", "user"] => return Answer::json(200, &json!({"id": who.id})),
            ["api", "v4", "projects", "42" | "contoso/fleet", rest @ ..] => rest,
            _ => return Answer::message(404, "404 Project Not Found"),
        };
        match (method, rest) {
            ("GET", ["merge_requests", "7"]) => Answer::json(200, &merge),
            ("GET", ["merge_requests", "7", "notes"]) => self.list(asked),
            ("POST", ["merge_requests", "7", "notes"]) => self.write(&who, None, body),
            ("PUT", ["merge_requests", "7", "notes", id]) => {
                self.write(&who, Some(number(id)), body)
            }
            ("DELETE", ["merge_requests", "7", "notes", id]) => self.delete(&who, number(id)),
            ("POST", ["statuses", sha]) => self.status(&who, sha, body),
            ("GET", ["repository", "commits", sha, "statuses"]) => self.posted(sha, asked),
            ("GET", ["repository", "commits", _, "merge_requests"]) => {
                Answer::json(200, &json!([merge]))
            }
            _ => Answer::message(404, "404 Not Found"),
        }
    }
}
