//! Who signs in where, as `tenon doctor` shows it.

use tenon_model::checkup::{Checkup, Tenant, Token};

use crate::layout::Layout;
use crate::text::width;
use crate::words::{count, duration};
use crate::{Options, Role, Text};

/// Clocks that differ by no more than this are not worth a line: a signed
/// assertion may be off by five minutes.
const WORTH_A_LINE: u64 = 60;
/// Tokens that end sooner than this are worth a second look.
const SOON: i64 = 5;

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
    if let Some(words) = checkup.clock_ahead.and_then(clock) {
        row("clock", &words, Role::Warning, &layout, &mut text);
    }
    for tenant in &checkup.tenants {
        text.space();
        one(tenant, &cloud.audience, &layout, &mut text);
    }
    text.space();
    text.push(summary(checkup, &layout));
    text
}

fn row(label: &str, value: &str, role: Role, layout: &Layout, text: &mut Text) {
    let mut line = layout.line().with(Role::Plain, "  ").with(Role::Dim, label);
    line.pad_to(LABEL, 2).push(role, value);
    text.push(line);
}

fn clock(ahead: i64) -> Option<String> {
    let off = ahead.unsigned_abs();
    if off <= WORTH_A_LINE {
        return None;
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    Some(format!("{} {way} Azure's", duration(off * 1000)))
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
