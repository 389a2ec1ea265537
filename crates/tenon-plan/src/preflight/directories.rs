//! Whether the directories of tenants let the application write what the steps
//! write.
//!
//! Microsoft Graph has no question for that. What the application's own token
//! says is taken for an answer: application permissions in `roles`, directory
//! roles in `directoryRoles`. A person's token says neither, so nobody looks.
//! Source: Microsoft Graph permissions reference; Microsoft Learn, "Microsoft
//! Entra built-in roles".

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Plan, Step};
use tenon_model::probe::Answer;
use tenon_model::transport::Verb;
use tenon_model::{Address, Code, Diagnostic, Help, TenantId, Value};

use super::rights::Applications;
use super::{Applies, Question, add_check, scope};

/// Writes any application and service principal.
const ALL: &str = "Application.ReadWrite.All";
/// Writes those that the caller owns: whoever makes one owns it.
const OWN: &str = "Application.ReadWrite.OwnedBy";
/// Directory roles that may do as much: Global Administrator, Application
/// Administrator, Cloud Application Administrator.
const ADMINISTRATORS: [&str; 3] = [
    "62e90394-69f5-4237-9190-012177145e10",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
];

/// Microsoft Graph itself, and the ids of the two permissions there.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const IDS: [(&str, &str); 2] = [
    (ALL, "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
    (OWN, "18a4783c-866b-4cc7-a460-3d5e5662c884"),
];

/// The steps that write to each directory.
fn writes(plan: &Plan) -> BTreeMap<TenantId, Vec<&Step>> {
    let mut found: BTreeMap<TenantId, Vec<&Step>> = BTreeMap::new();
    let steps = plan.steps.iter();
    for step in steps.filter(|step| step.request.verb != Verb::Get) {
        if let Some(tenant) = step.id.directory() {
            found.entry(tenant).or_default().push(step);
        }
    }
    found
}

pub(super) fn questions(plan: &Plan) -> impl Iterator<Item = Question> {
    writes(plan).into_keys().map(Question::Directory)
}

/// Judges what the tokens say.
pub(super) fn judge(
    plan: &mut Plan,
    answers: &BTreeMap<Question, Answer>,
    applications: &Applications,
    applies: Applies,
) {
    let tenants: Vec<TenantId> = writes(plan).into_keys().collect();
    for tenant in tenants {
        let names = &plan.deployment.tenant_names;
        let name = names.get(&tenant).cloned();
        let name = name.unwrap_or_else(|| tenant.short());
        let subject = format!("the directory of {name}");
        let answer = answers.get(&Question::Directory(tenant.clone()));
        let held = match answer {
            Some(Ok(items)) => Held::of(items),
            Some(Err(refusal)) => Err(scope::why(refusal)),
            None => Err("nobody was asked".to_owned()),
        };
        let held = match held {
            Ok(held) => held,
            Err(reason) => {
                let check = Check::skipped(About::Rights, subject, reason);
                plan.preflight.push(check);
                continue;
            }
        };
        let steps = &writes(plan)[&tenant];
        let wanted = wanted(&tenant, steps);
        let problem = (!held.allows(wanted)).then(|| {
            let later = applies == Applies::Later && !held.writes();
            problem(plan, &tenant, &name, steps, wanted, applications, later)
        });
        let check = Check::found(About::Rights, subject, &problem);
        add_check(plan, check, problem.into_iter().collect());
    }
}

/// The permission that the steps in a directory need. One's own applications
/// are one's own everywhere but in other tenants: who lets one in there owns
/// nothing yet.
fn wanted(tenant: &TenantId, steps: &[&Step]) -> &'static str {
    let own = |step: &&&Step| {
        let kind = step.id.resource_type();
        let principal = kind.eq_ignore_ascii_case("Microsoft.Graph/servicePrincipals");
        let home = step.id.name().split('.').next().unwrap_or_default();
        !principal || home.eq_ignore_ascii_case(tenant.as_str())
    };
    if steps.iter().filter(own).count() == steps.len() {
        OWN
    } else {
        ALL
    }
}

/// What a token says.
struct Held<'a> {
    roles: BTreeSet<&'a str>,
    administers: bool,
}

impl<'a> Held<'a> {
    fn of(items: &'a [Value]) -> Result<Self, String> {
        let properties = items.first().and_then(|item| item.member("properties"));
        let Some(properties) = properties else {
            return Err("the token does not tell".to_owned());
        };
        if properties.member("scopes").is_some() {
            return Err("the token of a person does not tell".to_owned());
        }
        let texts = |name: &str| -> BTreeSet<&'a str> {
            let list = properties.member(name).and_then(Value::as_list);
            let list = list.unwrap_or(&[]).iter();
            list.filter_map(Value::as_text).collect()
        };
        let administrators = texts("directoryRoles");
        Ok(Self {
            roles: texts("roles"),
            administers: ADMINISTRATORS.iter().any(|id| administrators.contains(id)),
        })
    }

    fn allows(&self, wanted: &str) -> bool {
        self.administers || self.roles.contains(ALL) || self.roles.contains(wanted)
    }

    fn writes(&self) -> bool {
        self.administers || self.roles.contains(ALL) || self.roles.contains(OWN)
    }
}

fn problem(
    plan: &Plan,
    tenant: &TenantId,
    name: &str,
    steps: &[&Step],
    wanted: &str,
    applications: &Applications,
    later: bool,
) -> Diagnostic {
    let addresses: Vec<&Address> = steps.iter().map(|step| &step.address).collect();
    let addresses = scope::in_order(plan, addresses);
    let problem = if later {
        let said = format!(
            "this application may only read in the directory of {name}; who applies needs more"
        );
        Diagnostic::warning(Code::RightMissing, said)
    } else {
        let said = format!(
            "this application may not do in the directory of {name} all that the plan does"
        );
        Diagnostic::error(Code::RightMissing, said)
    };
    let application = applications.get(tenant).filter(|_| !later);
    let application = application.map_or("<application id>", String::as_str);
    let id = IDS.iter().find(|(one, _)| *one == wanted);
    let id = id.map_or("", |(_, id)| id);
    let problem = scope::about(plan, problem, &addresses);
    let problem = problem
        .note(format!(
            "{wanted} of Microsoft Graph for {}",
            scope::names(&addresses)
        ))
        .note("its token says so; a permission that was just given counts from the next token on")
        .help(Help::command(
            format!("let an administrator of {name} give it to this application"),
            format!(
                "az ad app permission add --id {application} --api {GRAPH} --api-permissions {id}=Role && az ad app permission admin-consent --id {application}"
            ),
        ));
    by_hand(steps).into_iter().fold(problem, Diagnostic::help)
}

/// What an administrator does instead, and what the spec says then.
fn by_hand(steps: &[&Step]) -> Vec<Help> {
    let mut helps = Vec::new();
    for step in steps {
        let kind = step.id.resource_type();
        let text = |path: &[&str]| {
            let body = step.request.body.as_ref()?;
            Some(body.at(path)?.as_text()?.to_owned())
        };
        let name = step.id.name();
        if kind.eq_ignore_ascii_case("Microsoft.Graph/applications") {
            let shown = text(&["properties", "displayName"]).unwrap_or_default();
            let audience = text(&["properties", "signInAudience"]).unwrap_or_default();
            helps.push(Help::command(
                format!("or let them make `{}` by hand, and write its client id where the spec names it", step.address),
                format!("az ad app create --display-name \"{shown}\" --sign-in-audience {audience}"),
            ));
        } else if kind.ends_with("federatedIdentityCredentials") {
            let issuer = text(&["properties", "issuer"]).unwrap_or_default();
            let subject = text(&["properties", "subject"]).unwrap_or_default();
            let audience = step.request.body.as_ref().and_then(|body| {
                let all = body.at(&["properties", "audiences"])?.as_list()?;
                Some(all.first()?.to_plain_text())
            });
            let audience = audience.unwrap_or_default();
            helps.push(Help::command(
                format!("with what `{}` trusts", step.address),
                format!("az ad app federated-credential create --id <client id> --parameters '{{\"name\": \"{name}\", \"issuer\": \"{issuer}\", \"subject\": \"{subject}\", \"audiences\": [\"{audience}\"]}}'"),
            ));
        } else {
            let client = if name.contains('.') {
                "<client id>"
            } else {
                name
            };
            helps.push(Help::command(
                format!(
                    "or let them make `{}`, and take it over with  tenon adopt",
                    step.address
                ),
                format!("az ad sp create --id {client}"),
            ));
        }
    }
    helps
}
