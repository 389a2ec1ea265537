//! Who signs in where and what else was looked at, as `tenon doctor` shows it.

use tenon_model::checkup::{Checkup, Finding, Tenant, Token};
use tenon_model::plan::preflight::Status;

use crate::layout::Layout;
use crate::text::width;
use crate::words::count;
use crate::{Options, Role, Text};

/// Tokens that end sooner than this are worth a second look.
const SOON: i64 = 5;

/// The widest subject that results are moved right for.
const WIDEST: usize = 44;
/// Where a fix begins that finds no room beside what it mends.
const BELOW: usize = 6;
/// The longest label, and the space behind it.
const LABEL: usize = "resource manager".len() + 4;

/// Returns a checkup as text.
#[must_use]
pub fn checkup(checkup: &Checkup, options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    let cloud = &checkup.cloud;
    text.push(layout.line().with(Role::Heading, &cloud.name));
    row("sign-in", &cloud.login, Role::Value, &layout, &mut text);
    let manager = &cloud.resource_manager;
    row("resource manager", manager, Role::Value, &layout, &mut text);
    if cloud.audience.trim_end_matches('/') != manager.trim_end_matches('/') {
        row("audience", &cloud.audience, Role::Value, &layout, &mut text);
    }
    for tenant in &checkup.tenants {
        text.space();
        one(tenant, &cloud.audience, &layout, &mut text);
    }
    findings(&checkup.findings, &layout, &mut text);
    text.space();
    text.push(summary(checkup, &layout));
    text
}

/// One line for each thing that was looked at: that it is well, or what mends
/// it. A command is never broken.
fn findings(list: &[Finding], layout: &Layout, text: &mut Text) {
    if list.is_empty() {
        return;
    }
    text.space();
    let widest = list.iter().map(|one| width(&one.what)).max().unwrap_or(0);
    let column = widest.min(WIDEST) + 4;
    for one in list {
        let (role, word) = match one.status {
            Status::Ok => (Role::Good, "ok"),
            Status::Warning => (Role::Warning, "warn"),
            Status::Failed => (Role::Error, "fail"),
            Status::Skipped => (Role::Dim, "skipped"),
        };
        let mut line = layout.line().with(Role::Plain, "  ");
        line.push(Role::Plain, &one.what).pad_to(column, 2);
        line.push(role, word);
        if let Some(code) = one.code {
            line.push(Role::Plain, format!("  {code}"));
        }
        if let Some(detail) = &one.detail {
            line.push(Role::Dim, format!("  {detail}"));
        }
        if let Some(fix) = &one.fix {
            if line.width() + 2 + width(fix) > layout.width {
                text.push(std::mem::replace(&mut line, layout.line()));
                line.push(Role::Plain, " ".repeat(BELOW));
            } else {
                line.push(Role::Plain, "  ");
            }
            line.push(Role::Value, fix);
        }
        text.push(line);
    }
}

fn row(label: &str, value: &str, role: Role, layout: &Layout, text: &mut Text) {
    let mut line = layout.line().with(Role::Plain, "  ").with(Role::Dim, label);
    line.pad_to(LABEL, 2).push(role, value);
    text.push(line);
}

fn one(tenant: &Tenant, audience: &str, layout: &Layout, text: &mut Text) {
    let mut title = layout.line().with(Role::Address, &tenant.name);
    if tenant.name != tenant.id.as_str() {
        let column = LABEL.max(width(&tenant.name) + 2);
        title.pad_to(column, 2).push(Role::Dim, tenant.id.as_str());
    }
    text.push(title);
    match &tenant.token {
        None => row(
            "signs in with",
            "nothing that works",
            Role::Error,
            layout,
            text,
        ),
        Some(token) => said(token, tenant, audience, layout, text),
    }
}

fn said(token: &Token, tenant: &Tenant, audience: &str, layout: &Layout, text: &mut Text) {
    let mut tell = |label: &str, value: &str, role: Role| row(label, value, role, layout, text);
    tell("signs in with", &token.source, Role::Good);
    if token.tenant != tenant.id {
        tell("tenant", token.tenant.as_str(), Role::Value);
    }
    if !token.application.is_empty() {
        tell("application", &token.application, Role::Value);
    }
    if let Some(object) = &token.object {
        tell("object id", object, Role::Value);
    }
    if let Some(whom) = &token.audience {
        let same = whom.trim_end_matches('/') == audience.trim_end_matches('/');
        let role = if same { Role::Value } else { Role::Warning };
        tell("audience", whom, role);
    }
    let left = match usize::try_from(token.minutes_left) {
        Ok(minutes) => format!("{} left", count(minutes, "minute")),
        Err(_) => "that is past".to_owned(),
    };
    let role = if token.minutes_left < SOON {
        Role::Warning
    } else {
        Role::Value
    };
    tell("until", &format!("{}, {left}", token.expires), role);
}

fn summary(checkup: &Checkup, layout: &Layout) -> crate::Line {
    let all = checkup.tenants.len();
    let good = checkup
        .tenants
        .iter()
        .filter(|one| one.token.is_some())
        .count();
    let (role, words) = if good == all {
        (Role::Good, format!("signed in to {}", count(all, "tenant")))
    } else {
        let words = format!("signed in to {good} of {}", count(all, "tenant"));
        (Role::Error, words)
    };
    layout.line().with(role, words)
}
