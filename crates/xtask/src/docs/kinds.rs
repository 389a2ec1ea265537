//! The resource types that entries stand for, and what is known about them.

use std::fmt::Write as _;

use tenon_model::rules::{
    Absent, Direction, Disruption, Echo, Extra, Loss, Only, Row, Rules, Same, Tags, Update, View,
};

use super::table::{Table, code};

/// What the page on resource types takes from the tables.
pub(super) fn inserts() -> Vec<(&'static str, String)> {
    vec![
        ("entries", entries()),
        ("types", tenon_kinds::all_rules().map(of_type).collect()),
        ("any", any()),
    ]
}

fn entries() -> String {
    let mut table = Table::new(&["entry", "Azure types"]);
    for kind in tenon_kinds::ALL {
        let types: Vec<String> = kind.types().iter().map(|rules| link(rules)).collect();
        let types = match kind.section().name {
            "images" => "none; it names an image that somebody else made".to_owned(),
            "resources" => "the type that the entry names".to_owned(),
            _ => types.join(", "),
        };
        table.row(&[code(kind.section().name), types]);
    }
    table.row(&[
        "`resource_group` with `create: true`".to_owned(),
        link(&tenon_kinds::groups::RULES),
    ]);
    table.finish()
}

/// A link to the section of a type, as Markdown viewers name it.
fn link(rules: &Rules) -> String {
    let anchor: String = rules
        .resource_type
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!(
        "[`{}`](#{})",
        rules.resource_type,
        anchor.to_ascii_lowercase()
    )
}

fn of_type(rules: &Rules) -> String {
    let mut text = format!("### `{}`\n\n", rules.resource_type);
    let _ = writeln!(
        text,
        "api-version `{}`. {}\n",
        rules.api_version,
        facts(rules)
    );
    text.push_str(&properties(rules));
    text.push('\n');
    for list in rules.lists {
        let extra = match list.extra {
            Extra::Remove => "are taken out",
            Extra::Keep => "stay",
        };
        let _ = writeln!(
            text,
            "Elements of `{}` are told apart by `{}`; those that the spec does not name {extra}.\n",
            list.path, list.key
        );
    }
    text
}

fn any() -> String {
    let rules = tenon_kinds::any_rules();
    format!("{}\n\n{}", facts(rules), properties(rules))
}

fn facts(rules: &Rules) -> String {
    let update = match rules.update {
        Update::Patch => "Changes are sent as `PATCH` with what differs.",
        Update::Put => "Changes are sent as `PUT` of the live body with ours laid over it.",
    };
    let tags = match rules.tags {
        Tags::Own => "It carries its own marker.",
        Tags::Parent => "It takes no tags; the marker of what it lies in speaks for it.",
        Tags::Described => "It takes no tags; its marker stands at the end of its description.",
    };
    let lost: Vec<&str> = rules
        .lost
        .iter()
        .map(|loss| match loss {
            Loss::Words(words) | Loss::Value(words, _) => *words,
        })
        .map(lost_words)
        .collect();
    let lost = if lost.is_empty() {
        String::new()
    } else {
        format!(" Deleting it loses {}.", lost.join(" and "))
    };
    format!("{update} {tags}{lost}")
}

fn lost_words(loss: &str) -> &str {
    match loss {
        "os_disk" => "what is on the OS disk",
        "data_disk" => "what is on it",
        "public_ip" => "the address",
        "principal" => "its principal, and the roles that it has",
        "machines" => "its machines",
        "their_disks" => "what is on their disks",
        other => other,
    }
}

fn properties(rules: &Rules) -> String {
    let mut table = Table::new(&[
        "property",
        "in the body",
        "a change",
        "when it leaves the spec",
    ]);
    // What only tenon itself needs is not the reader's business.
    let shown = rules.rows.iter().filter(|row| row.view != View::Plumbing);
    for row in shown {
        table.row(&[
            code(row.property),
            place(row),
            change(row),
            absent(row.absent),
        ]);
    }
    table.finish()
}

fn place(row: &Row) -> String {
    let twin = row
        .twin
        .map_or(String::new(), |twin| format!(" or `{twin}`"));
    let same = match row.same {
        Same::Exact => ", letter by letter",
        Same::Set => ", in any order",
        Same::SystemAssigned => ", whether it names the system's",
        Same::SshKey => ", without the comment",
        Same::Origin => ", which means nothing once it is there",
        Same::Caseless
        | Same::Id
        | Same::Image
        | Same::Region
        | Same::Duration
        | Same::Instant
        | Same::Presence => "",
    };
    format!("`{}`{twin}{same}", row.path)
}

fn change(row: &Row) -> String {
    let cost = match row.change {
        Disruption::None => "none",
        Disruption::Hot => "hot",
        Disruption::Restart => "restart",
        Disruption::Deallocate => "deallocate",
        Disruption::Replace => "**replace**",
    };
    let smaller = match row.direction {
        Direction::Both => "",
        Direction::Up => "; a smaller value is **replace**",
        Direction::More => "; anything but more is **replace**",
        Direction::Off => "; the other way is **replace**",
        Direction::Sibling => "; an id elsewhere is **replace**",
    };
    let apart = match row.apart {
        [] => String::new(),
        values => format!("; to or from {} is **replace**", values.join(", ")),
    };
    let only = match row.only {
        Only::Always => "",
        Only::Unused(_) => "; only while nobody is in it",
        Only::Deallocated(_) => "; only while its machines are deallocated",
    };
    let unseen = match row.echo {
        Echo::Shown => "",
        Echo::WriteOnly => "; Azure never shows it",
    };
    format!("{cost}{smaller}{apart}{only}{unseen}")
}

fn absent(absent: Absent) -> String {
    match absent {
        Absent::Unmanaged => "stays as it is".to_owned(),
        Absent::Removed => "is taken out".to_owned(),
        Absent::Default(value) => format!("goes back to `{value}`"),
    }
}
