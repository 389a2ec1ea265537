//! `tenon doctor`: who signs in to which tenant, what its token says, and
//! whether everything around a spec is in order.
//!
//! What is looked at is what a plan looks at beforehand; nothing is changed. A
//! token itself is shown nowhere.

use futures_util::future::join_all;
use jiff::Timestamp;
use tenon_client::Client;
use tenon_model::checkup::{Checkup, Cloud, FORMAT, Finding, Tenant, Token};
use tenon_model::place::Sources;
use tenon_model::spec::Spec;
use tenon_model::transport::{Identity, Refusal, Transport as _};
use tenon_model::{Code, Diagnostic, Help, TenantId, diagnostic};
use tenon_render::Depth;

use crate::arguments::{Global, SpecArgument};
use crate::cloud::{self, Connection, Purpose};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::prepare::{self, Loaded, Trouble};
use crate::refusals::Scene;
use crate::{credentials, files};

mod findings;

/// What the simulator calls a world that no spec names.
const NAMELESS: &str = "doctor";

/// Runs the command.
pub(crate) async fn run(global: &Global, argument: &SpecArgument, output: &Output) -> Exit {
    match examine(global, argument, output).await {
        Ok((found, sources)) => show(&found, &sources, output),
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

/// The spec, if there is one: nobody needs one to look at an environment.
fn load(global: &Global, argument: &SpecArgument) -> Result<Option<Loaded>, Trouble> {
    let paths = files::spec_paths(global, argument);
    let is_named = !global.files.is_empty() || argument.spec.is_some();
    if !is_named && !paths.iter().any(|path| path.exists()) {
        return Ok(None);
    }
    prepare::load(global, argument).map(Some)
}

async fn examine(
    global: &Global,
    argument: &SpecArgument,
    output: &Output,
) -> Result<(Checkup, Sources), Trouble> {
    let loaded = load(global, argument)?;
    let spec = loaded.as_ref().map(|loaded| &loaded.spec);
    let sources = loaded.as_ref().map(|loaded| loaded.sources.clone());
    let sources = sources.unwrap_or_default();
    let purpose = Purpose {
        deployment: spec.map_or(NAMELESS, |spec| &spec.name),
        spec,
        plan: None,
    };
    let connection = cloud::connect(global, &purpose, output).await;
    let connection = connection.map_err(|diagnostics| Trouble {
        diagnostics,
        sources: sources.clone(),
    })?;
    let found = found(&connection, spec).await;
    let found = match found {
        Ok(found) => Ok((with_checks(found, loaded, &connection).await, sources)),
        Err(problem) => Err(Trouble {
            diagnostics: vec![*problem],
            sources,
        }),
    };
    connection.close().await;
    found
}

/// Adds what a plan of the spec would look at beforehand.
async fn with_checks(
    mut found: Checkup,
    loaded: Option<Loaded>,
    connection: &Connection,
) -> Checkup {
    let Some(loaded) = loaded else {
        return found;
    };
    if !found.diagnostics.is_empty() {
        found
            .findings
            .push(findings::left_out("not signed in everywhere"));
        return found;
    }
    match prepare::checkup(loaded, &connection.client, &connection.login).await {
        Ok((checks, mut problems)) => {
            found.findings.push(Finding::ok("resource manager"));
            problems.retain(findings::is_around);
            found.findings.extend(findings::checks(&checks, &problems));
            found.diagnostics.extend(problems);
        }
        Err(trouble) => {
            let unreachable = |one: &&Diagnostic| one.code == Code::Unreachable;
            let silent = trouble.diagnostics.iter().find(unreachable);
            found.findings.push(match silent {
                Some(problem) => Finding::wrong("resource manager", problem),
                None => Finding::ok("resource manager"),
            });
            found.findings.push(findings::left_out("see below"));
            found.diagnostics.extend(trouble.diagnostics);
        }
    }
    found
}

async fn found(connection: &Connection, spec: Option<&Spec>) -> Result<Checkup, Box<Diagnostic>> {
    let client = &connection.client;
    let mut scene = spec.map_or_else(
        || Scene::of_environment(&connection.login),
        |spec| Scene::of_spec(spec, &connection.login),
    );
    let tenants = tenants(client, spec, &scene).await?;
    let results = join_all(tenants.iter().map(|tenant| client.sign_in(tenant))).await;
    let now = Timestamp::now();
    let names = scene.tenant_names();
    let own = spec.and_then(|spec| spec.defaults.tenant.as_ref());
    let own = own.map(|tenant| tenant.value.clone());
    let (mut checked, mut refusals) = (Vec::new(), Vec::<Refusal>::new());
    for (id, result) in tenants.into_iter().zip(results) {
        let token = match result {
            Ok(identity) => {
                scene.signed_in.push(id.clone());
                Some(token(identity, now))
            }
            Err(refusal) => {
                refusals.push(refusal);
                None
            }
        };
        let name = names.get(&id).cloned().unwrap_or_else(|| id.to_string());
        checked.push(Tenant { name, id, token });
    }
    let cloud = client.cloud();
    let clock_ahead = connection.clock_ahead();
    let mut findings: Vec<_> = clock_ahead.map(findings::clock).into_iter().collect();
    findings.extend(findings::sign_in_host(&refusals, &scene));
    for tenant in &checked {
        let refusal = refusals
            .iter()
            .find(|one| one.tenant.as_ref() == Some(&tenant.id));
        let problem = refusal.map(|refusal| scene.explain(refusal, None, None));
        findings.extend(findings::sign_in(tenant, problem.as_ref()));
    }
    findings.extend(findings::auxiliary(own.as_ref(), &checked));
    Ok(Checkup {
        format: FORMAT,
        cloud: Cloud {
            name: cloud.name.clone(),
            login: cloud.login.to_string(),
            resource_manager: cloud.arm.to_string(),
            audience: cloud.audience.clone(),
        },
        clock_ahead,
        tenants: checked,
        findings,
        diagnostics: scene.explain_once(&refusals),
    })
}

/// The tenants to sign in to; where a spec names none, the one of its
/// subscription.
async fn tenants(
    client: &Client,
    spec: Option<&Spec>,
    scene: &Scene,
) -> Result<Vec<TenantId>, Box<Diagnostic>> {
    let mut tenants = credentials::tenants(spec);
    let top = spec.map(|spec| &spec.defaults);
    if let Some(top) = top
        && top.tenant.is_none()
        && let Some(subscription) = &top.subscription
    {
        let asked = client.tenant_of(&subscription.value).await;
        let asked = asked.map_err(|refusal| {
            Box::new(scene.explain(&refusal, None, Some(&subscription.place)))
        })?;
        let new = asked.filter(|tenant| !tenants.contains(tenant));
        tenants.extend(new);
    }
    if tenants.is_empty() && spec.is_some() {
        tenants = credentials::tenants(None);
    }
    if tenants.is_empty() {
        let of_spec = if spec.is_some() {
            "the spec names none, nor does its subscription tell one"
        } else {
            "no spec is here"
        };
        return Err(Box::new(
            Diagnostic::error(Code::MissingDefault, "there is no tenant to sign in to")
                .note(of_spec)
                .note("AZURE_TENANT_ID and ARM_TENANT_ID are not set")
                .help(Help::command("name a spec", "tenon doctor tenon.yaml"))
                .help(Help::text("or set AZURE_TENANT_ID")),
        ));
    }
    Ok(tenants)
}

fn token(identity: Identity, now: Timestamp) -> Token {
    let end = Timestamp::from_second(identity.expires).unwrap_or(now);
    Token {
        source: identity.source,
        tenant: identity.tenant,
        application: identity.application,
        object: identity.object,
        audience: identity.audience,
        expires: end.to_string(),
        minutes_left: end.duration_since(now).as_secs().div_euclid(60),
    }
}

fn show(found: &Checkup, sources: &Sources, output: &Output) -> Exit {
    let options = output.options(Depth::Normal);
    if output.is_json() {
        if let Ok(json) = serde_json::to_string_pretty(found) {
            output::print(&format!("{json}\n"));
        }
    } else {
        output.show(&tenon_render::checkup(found, &options));
    }
    if found.diagnostics.is_empty() {
        return Exit::Ok;
    }
    // What only warns is no reason to stop a pipeline.
    output.tell(&tenon_render::diagnostics(
        &found.diagnostics,
        sources,
        &options,
    ));
    if diagnostic::has_errors(&found.diagnostics) {
        Exit::of(&found.diagnostics)
    } else {
        Exit::Ok
    }
}
