//! Words that several texts share.

use tenon_model::plan::{Action, Change};
use tenon_model::rules::Disruption;

use crate::Role;

/// Returns `1 step`, `2 steps`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {}", thousands(number), plural(noun))
    }
}

/// Returns the number with commas between thousands.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns the plural of an English noun, as far as ours need it.
pub(crate) fn plural(noun: &str) -> String {
    for (ending, many) in [("ch", "ches"), ("sh", "shes"), ("ss", "sses"), ("x", "xes")] {
        if let Some(stem) = noun.strip_suffix(ending) {
            return format!("{stem}{many}");
        }
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// Returns `a, b and c`.
pub(crate) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Returns `9s`, `1m52s`, `2h05m`.
pub(crate) fn duration(milliseconds: u64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, _) => format!("{seconds}s"),
        (0, minutes, rest) => format!("{minutes}m{rest:02}s"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

/// Returns `60s`, `10m`, `1h30m`: a length of time as an author writes it.
pub(crate) fn span(seconds: u32) -> String {
    if seconds < 120 {
        return format!("{seconds}s");
    }
    let parts = [
        (seconds / 3600, 'h'),
        (seconds / 60 % 60, 'm'),
        (seconds % 60, 's'),
    ];
    let said = parts.iter().filter(|(number, _)| *number > 0);
    said.map(|(number, unit)| format!("{number}{unit}"))
        .collect()
}

/// Returns `09:20:23Z` of milliseconds since 1970.
pub(crate) fn wall_clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000 % 86_400;
    format!(
        "{:02}:{:02}:{:02}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The sign of an action, as wide as the widest.
pub(crate) fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Adopt => ">",
        Action::Forget => "x",
        Action::NoOp => "=",
    }
}

/// The role of an action.
pub(crate) fn role(action: Action) -> Role {
    match action {
        Action::Create => Role::Create,
        Action::Update => Role::Update,
        Action::Replace => Role::Replace,
        Action::Delete => Role::Delete,
        Action::Adopt => Role::Adopt,
        Action::Forget => Role::Forget,
        Action::NoOp => Role::Dim,
    }
}

/// The verb of an action.
#[must_use]
pub fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Adopt => "adopt",
        Action::Forget => "forget",
        Action::NoOp => "leave",
    }
}

/// The verb of an action when it is over.
pub(crate) fn past(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Replace => "replaced",
        Action::Delete => "deleted",
        Action::Adopt => "adopted",
        Action::Forget => "forgotten",
        Action::NoOp => "left alone",
    }
}

/// What a resource is called, from its kind: `VM`, `public IP`, `data disk`.
pub(crate) fn noun(change: &Change) -> String {
    let part = change.address != change.entry;
    match change.kind.as_str() {
        "disk" if part && change.entry.collection() == "vms" => "data disk".to_owned(),
        kind => noun_of(kind),
    }
}

/// What a kind is called.
pub(crate) fn noun_of(kind: &str) -> String {
    match kind {
        "vm" => "VM".to_owned(),
        "nic" => "NIC".to_owned(),
        "nsg" => "NSG".to_owned(),
        "ssh_key" => "SSH key".to_owned(),
        "old_os_disk" => "old OS disk".to_owned(),
        "ip" | "public_ip" => "public IP".to_owned(),
        "group" => "resource group".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Puts something that is kept or lost, which the plan names as the spec does,
/// into words: `os_disk` is `OS disk`, `disks.data` is `data disk "data"`.
/// What follows the first word is kept as it is.
pub(crate) fn thing(name: &str) -> String {
    let (word, rest) = name.split_once(' ').unwrap_or((name, ""));
    if let ("machines", Ok(number)) = (word, rest.parse()) {
        return count(number, "machine");
    }
    let said = match word {
        "vm" => "VM".to_owned(),
        "os_disk" => "OS disk".to_owned(),
        "old_os_disk" if rest.is_empty() => "old OS disk".to_owned(),
        "old_os_disk" => "old OS disk for".to_owned(),
        "os_disks" => "OS disks".to_owned(),
        "nic" => "NIC".to_owned(),
        "private_ip" => "private IP".to_owned(),
        "public_ip" => "public IP".to_owned(),
        "disks" | "data_disks" => "data disks".to_owned(),
        _ => match word.split_once('.') {
            Some(("disks" | "data_disks", disk)) => format!("data disk \"{disk}\""),
            _ => word.replace('_', " "),
        },
    };
    if rest.is_empty() {
        said
    } else {
        format!("{said} {rest}")
    }
}

/// What a change in place does to what runs.
pub(crate) fn effect(disruption: Disruption, noun: &str, many: bool) -> String {
    let it = if many {
        format!("the {}", plural(noun))
    } else {
        format!("the {noun}")
    };
    match disruption {
        Disruption::None | Disruption::Hot => "no restart".to_owned(),
        Disruption::Restart if many => format!("restart {it}"),
        Disruption::Restart => format!("restarts {it}"),
        Disruption::Deallocate if many => format!("stop and start {it}"),
        Disruption::Deallocate => format!("stops and starts {it}"),
        Disruption::Replace => "deleted and made anew".to_owned(),
    }
}
