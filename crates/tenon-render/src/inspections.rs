//! Live resources next to the spec, as `tenon show ADDRESS` tells it.

use tenon_model::Value;
use tenon_model::inspection::{Applied, Inspected, Inspection, Owner};
use tenon_model::plan::{Action, Cause};

use crate::layout::Layout;
use crate::text::{cut_middle, width};
use crate::value::{Ids, inline};
use crate::words::{noun_of, verb};
use crate::{Depth, Options, Role, Text};

/// The columns of labels.
const LABEL: usize = 10;
/// The widest name of a property that others are moved right for.
const PATH: usize = 32;
/// The columns that a value has at least.
const VALUE: usize = 20;

/// Returns resources as text.
#[must_use]
pub fn inspections(all: &[Inspection], options: &Options) -> Text {
    let layout = Layout::of(options);
    let mut text = Text::new();
    for one in all {
        text.space();
        resource(one, &layout, &mut text);
    }
    text
}

fn resource(one: &Inspection, layout: &Layout, text: &mut Text) {
    let mut title = layout.line().with(Role::Address, one.address.as_str());
    title
        .push(Role::Plain, "   ")
        .push(Role::Plain, noun_of(&one.kind))
        .push(Role::Plain, "   ")
        .push(Role::Dim, format!("{}:{}", one.place.file, one.place.line));
    text.push(title);
    let mut row = |label: &str, role: Role, said: &str| {
        let mut line = layout.line().with(Role::Plain, "  ").with(Role::Dim, label);
        line.pad_to(LABEL, 2).push(role, said);
        text.push(line);
    };
    row("id", Role::Value, one.id.as_str());
    match (&one.state, one.exists) {
        (_, false) => row("state", Role::Warning, "not there"),
        (Some(state), true) => row("state", Role::Value, state),
        (None, true) => row("state", Role::Value, "there"),
    }
    let (role, said) = owner(one);
    row("owner", role, &said);
    row("plan", Role::Plain, plan(one.action));
    let widest = one.properties.iter().map(|property| width(&property.path));
    let column = widest.filter(|wide| *wide <= PATH).max().unwrap_or(0) + 5;
    for property in &one.properties {
        let mut line = layout.line().with(Role::Plain, "  ");
        line.push(Role::Plain, &property.path).pad_to(column, 3);
        value(property, layout, &mut line);
        text.push(line);
    }
}

fn owner(one: &Inspection) -> (Role, String) {
    match &one.owner {
        Owner::Absent => (Role::Dim, "nobody".to_owned()),
        Owner::Unmarked => (Role::Warning, "without a marker of tenon".to_owned()),
        Owner::Copied => (
            Role::Warning,
            "its marker was copied from another resource".to_owned(),
        ),
        Owner::Parent => (Role::Plain, "what it lies in carries its marker".to_owned()),
        Owner::Marked {
            deployment,
            address,
            protected,
        } => {
            let protected = if *protected { ", protected" } else { "" };
            let said = format!("deployment {deployment}, as {address}{protected}");
            (Role::Plain, said)
        }
    }
}

fn plan(action: Action) -> &'static str {
    match action {
        Action::NoOp => "nothing to do",
        action => verb(action),
    }
}

fn value(property: &Inspected, layout: &Layout, line: &mut crate::Line) {
    let room = layout.width.saturating_sub(line.width()).max(VALUE);
    let shown = |value: &Option<Value>| match value {
        None => "(none)".to_owned(),
        Some(value) if layout.depth == Depth::Full => inline(value, Ids::Whole),
        Some(value) => cut_middle(&inline(value, Ids::Short), room),
    };
    if property.sensitive {
        line.push(Role::Value, "(sensitive)");
    } else {
        line.push(Role::Value, shown(&property.live));
    }
    let Some(cause) = property.differs else {
        let said = match property.applied {
            Applied::Other => "   not as last applied",
            Applied::Ignored => "   ignored",
            Applied::Same | Applied::Unknown => "",
        };
        line.push(Role::Dim, said);
        return;
    };
    if property.sensitive {
        line.push(Role::Update, "   differs");
    } else {
        line.push(Role::Update, format!("   spec: {}", shown(&property.spec)));
    }
    let why = match cause {
        Cause::Drift => "; others changed it",
        Cause::Spec => "; the spec changed",
        Cause::Lock => "; the lock file changed",
        Cause::Default => "; the spec no longer sets it",
        Cause::Reference => "; follows another resource",
        Cause::Asked => "; asked for",
    };
    line.push(Role::Dim, why);
}
