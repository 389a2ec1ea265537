//! Whom an application trusts: federated credentials.
//!
//! Issuer and subject of the two platforms are put together here, because the
//! subject is what people get wrong: nothing tells before the first run of the
//! pipeline, and then only that no credential matches (AADSTS700213).
//! Sources: GitHub Docs, "OpenID Connect reference"; Microsoft Learn, "Set a
//! workload identity service connection"; Microsoft Graph,
//! "federatedIdentityCredential".

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, Value};

use crate::{directory, networks, versions};

/// How many an application can have.
const MOST: usize = 20;
/// The longest name.
const LONGEST: usize = 120;

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const AZURE_DEVOPS: &str = "https://vstoken.dev.azure.com";

pub(super) const SHAPE: Shape = Shape::Struct(&[
    Field::required(
        "issuer",
        Shape::Text(Format::Free),
        "Who issues the tokens: `github`, `azure_devops`, or the address of another issuer.",
    ),
    Field::optional(
        "repository",
        Shape::Text(Format::Free),
        "none",
        "With `github`: `owner/name` of the repository whose workflows are trusted.",
    ),
    Field::optional(
        "environment",
        Shape::Text(Format::Free),
        "none",
        "With `github`: jobs of this environment.",
    ),
    Field::optional(
        "branch",
        Shape::Text(Format::Free),
        "none",
        "With `github`: jobs on this branch.",
    ),
    Field::optional(
        "tag",
        Shape::Text(Format::Free),
        "none",
        "With `github`: jobs on this tag.",
    ),
    Field::optional(
        "pull_request",
        Shape::Boolean,
        "false",
        "With `github`: jobs of pull requests.",
    ),
    Field::optional(
        "organization",
        Shape::Text(Format::Free),
        "none",
        "With `azure_devops`: the organization's name.",
    ),
    Field::optional(
        "organization_id",
        Shape::Text(Format::Guid),
        "none",
        "With `azure_devops`: its GUID, as the service connection shows it in `issuer`.",
    ),
    Field::optional(
        "project",
        Shape::Text(Format::Free),
        "none",
        "With `azure_devops`: the project.",
    ),
    Field::optional(
        "service_connection",
        Shape::Text(Format::Free),
        "none",
        "With `azure_devops`: the service connection that is trusted.",
    ),
    Field::optional(
        "subject",
        Shape::Text(Format::Free),
        "made from the keys above",
        "The subject, word by word: needed for another issuer.",
    ),
    Field::optional(
        "audience",
        Shape::Text(Format::Free),
        "api://AzureADTokenExchange, as the cloud spells it",
        "The audience that tokens carry.",
    ),
    Field::optional(
        "description",
        Shape::Text(Format::Free),
        "none",
        "For people.",
    ),
]);

/// What is known about federated credentials.
pub(crate) static CREDENTIAL: Rules = Rules {
    resource_type: "Microsoft.Graph/applications/federatedIdentityCredentials",
    api_version: versions::GRAPH,
    noun: "federated credential",
    lost: &[],
    usual: Usual {
        write: 5,
        delete: 5,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Parent,
    rows: &[
        Row::new("issuer", "properties.issuer", Same::Exact),
        // Entra compares subjects letter by letter.
        Row::new("subject", "properties.subject", Same::Exact),
        Row::new("audience", "properties.audiences", Same::Set),
        Row::new("description", "properties.description", Same::Exact).absent(Absent::Unmanaged),
    ],
    lists: &[],
    noise: &[],
    read_only: &["id", "name", "properties"],
};

/// The credentials of an entry, by name.
pub(super) fn all(item: &Item) -> impl Iterator<Item = (&str, &Item)> {
    let written = item.get("federated").map_or(&[][..], Item::members);
    written
        .iter()
        .map(|member| (member.name.as_str(), &member.item))
}

pub(super) fn address(application: &Address, name: &str) -> Address {
    application.join("federated").join(name)
}

/// Adds the credentials of an entry.
pub(super) fn declare(
    entry: &Entry,
    application: &ResourceId,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut before: Option<Address> = None;
    for (number, (name, item)) in all(&entry.item).enumerate() {
        let refuse = |said: String, help: &str| {
            Diagnostic::error(Code::InvalidValue, said)
                .at(&item.place, "")
                .help(Help::text(help))
                .about(&entry.address)
        };
        let fits = |one: char| one.is_ascii_alphanumeric() || "-_".contains(one);
        if name.chars().count() > LONGEST || !name.chars().all(fits) {
            let said = format!("Entra takes no credential called `{name}`");
            let help = "write letters, digits, `-` and `_`, at most 120";
            out.diagnostics.push(refuse(said, help));
        }
        if number == MOST {
            let said = format!(
                "`{}` has more than {MOST} federated credentials",
                entry.address
            );
            let help =
                "trust an environment in place of several branches, or make a second application";
            out.diagnostics.push(refuse(said, help));
        }
        let trusted = match Trusted::of(item) {
            Ok(trusted) => trusted,
            Err(wrong) => {
                out.diagnostics.push(refuse(wrong.said, wrong.help));
                continue;
            }
        };
        let pair = (trusted.issuer.clone(), trusted.subject.to_plain_text());
        if known.contains(&pair) {
            let said = format!("`{name}` trusts the same subject as another credential");
            out.diagnostics.push(refuse(said, "leave one of them out"));
        }
        known.push(pair);
        let id = application.child("federatedIdentityCredentials", name);
        let own = address(&entry.address, name);
        let mut draft = directory::draft(&CREDENTIAL, own.clone(), id.clone(), entry, around);
        draft.desired().place = item.place.clone();
        draft.need(&entry.address, Relation::Inside, &item.place);
        // They are written into one object, which takes one change at a time.
        if let Some(before) = before.replace(own.clone()) {
            draft.need(&before, Relation::After, &item.place);
        }
        draft.set("properties.issuer", Value::Text(trusted.issuer));
        draft.at("issuer", item.place_of("issuer"));
        if let Some(subject) = item.get("subject") {
            draft.reads(subject);
        }
        draft.fact(trusted.subject.to_plain_text());
        draft.set("properties.subject", trusted.subject);
        draft.at("subject", item.place_of(trusted.key));
        let audience = item.text("audience").unwrap_or_else(|| exchange(around));
        draft.set("properties.audiences", vec![Value::text(audience)]);
        draft.at("audience", item.place_of("audience"));
        draft.put_key(item, "description", "description", "properties.description");
        out.resources.push(draft.finish());
        out.attributes
            .insert(own.clone(), networks::attributes(&id, &own));
    }
}

/// The audience of tokens that are exchanged.
/// Source: Microsoft Learn, "Workload identity federation", on national clouds.
fn exchange(around: &Surroundings<'_>) -> &'static str {
    let cloud = around.spec.defaults.cloud.as_ref();
    let cloud = cloud.map_or(String::new(), |cloud| cloud.value.to_ascii_lowercase());
    if cloud.contains("usgov") {
        "api://AzureADTokenExchangeUSGov"
    } else if cloud.contains("china") {
        "api://AzureADTokenExchangeChina"
    } else {
        "api://AzureADTokenExchange"
    }
}

/// What a credential trusts.
struct Trusted {
    issuer: String,
    subject: Value,
    /// The key that decides the subject.
    key: &'static str,
}

/// Why what is written trusts nobody.
struct Wrong {
    said: String,
    help: &'static str,
}

fn wrong(said: impl Into<String>, help: &'static str) -> Wrong {
    Wrong {
        said: said.into(),
        help,
    }
}

impl Trusted {
    fn of(item: &Item) -> Result<Self, Wrong> {
        let issuer = item.text("issuer").unwrap_or_default();
        let explicit = item.get("subject").map(Item::to_value);
        let (issuer, subject, key) = match issuer {
            "github" => {
                let (subject, key) = match explicit {
                    Some(subject) => (subject, "subject"),
                    None => github(item)?,
                };
                (GITHUB.to_owned(), subject, key)
            }
            "azure_devops" => azure_devops(item, explicit)?,
            _ if issuer.starts_with("https://") => {
                let subject = explicit.ok_or_else(|| {
                    wrong(
                        "this issuer's subject is missing",
                        "write the `sub` of its tokens as `subject`",
                    )
                })?;
                (issuer.to_owned(), subject, "subject")
            }
            _ => {
                return Err(wrong(
                    format!("`{issuer}` is no issuer"),
                    "write github, azure_devops, or an address that begins with https://",
                ));
            }
        };
        Ok(Self {
            issuer,
            subject,
            key,
        })
    }
}

fn github(item: &Item) -> Result<(Value, &'static str), Wrong> {
    let help = "write  repository: owner/name";
    let repository = item.text("repository").unwrap_or_default();
    let well_formed = repository
        .split_once('/')
        .is_some_and(|(owner, name)| !owner.is_empty() && !name.is_empty() && !name.contains('/'));
    if !well_formed {
        return Err(wrong("this trusts no repository", help));
    }
    let text = |key: &'static str, before: &str| {
        let value = item.text(key)?;
        let value = value.strip_prefix(before.trim_start_matches("ref:"));
        let value = value.or(item.text(key))?;
        Some((format!("{before}{value}"), key))
    };
    let pull_request = item.bool("pull_request") == Some(true);
    let found: Vec<(String, &'static str)> = [
        text("environment", "environment:"),
        text("branch", "ref:refs/heads/"),
        text("tag", "ref:refs/tags/"),
        pull_request.then(|| ("pull_request".to_owned(), "pull_request")),
    ]
    .into_iter()
    .flatten()
    .collect();
    match found.as_slice() {
        [(rest, key)] => Ok((Value::Text(format!("repo:{repository}:{rest}")), key)),
        [] => Err(wrong(
            format!("this does not say which jobs of {repository} are trusted"),
            "write one of environment, branch, tag and pull_request: true",
        )),
        _ => Err(wrong(
            "a job has one subject: its environment, else its branch, tag or pull request",
            "write a credential for each",
        )),
    }
}

fn azure_devops(
    item: &Item,
    explicit: Option<Value>,
) -> Result<(String, Value, &'static str), Wrong> {
    let Some(id) = item.text("organization_id") else {
        return Err(wrong(
            "the organization's id is missing",
            "write `organization_id`, the GUID at the end of the `issuer` that the service connection shows",
        ));
    };
    let issuer = format!("{AZURE_DEVOPS}/{}", id.to_ascii_lowercase());
    if let Some(subject) = explicit {
        return Ok((issuer, subject, "subject"));
    }
    let keys = ["organization", "project", "service_connection"];
    let words: Option<Vec<&str>> = keys.iter().map(|key| item.text(key)).collect();
    let words = words.ok_or_else(|| {
        wrong(
            "this trusts no service connection",
            "write organization, project and service_connection, or the `subject` that it shows",
        )
    })?;
    let subject = format!("sc://{}", words.join("/"));
    Ok((issuer, Value::Text(subject), "service_connection"))
}
