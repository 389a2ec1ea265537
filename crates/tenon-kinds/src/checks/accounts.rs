//! Accounts, host names, and the data that a machine is given.
//!
//! Source: Azure REST API reference, "Virtual Machines - Create Or Update"
//! (`OSProfile`), api-version 2024-11-01; host names also the refusals of
//! Microsoft.Compute.

use tenon_model::desired::Desired;
use tenon_model::kind::Surroundings;
use tenon_model::{Code, Diagnostic, Help, Value};

use super::{Found, entry, place};

/// Names that Azure makes no administrator with.
const RESERVED: &[&str] = &[
    "1",
    "123",
    "a",
    "actuser",
    "adm",
    "admin",
    "admin1",
    "admin2",
    "administrator",
    "aspnet",
    "backup",
    "console",
    "david",
    "guest",
    "john",
    "owner",
    "root",
    "server",
    "sql",
    "support",
    "support_388945a0",
    "sys",
    "test",
    "test1",
    "test2",
    "test3",
    "user",
    "user1",
    "user2",
    "user3",
    "user4",
    "user5",
];

/// Bytes of custom data, and of user data, before they are encoded.
const MOST_DATA: usize = 65_535;

/// What a profile of machines is judged by.
struct Rules {
    windows: bool,
    /// Longest name of the administrator.
    account: usize,
    /// Longest name inside, or beginning of one.
    host: usize,
}

/// Judges what the machines of a resource are given.
pub(super) fn check(desired: &Desired, around: &Surroundings<'_>, found: &mut Found) {
    let is = |kind: &str| desired.resource_type.eq_ignore_ascii_case(kind);
    let (profile, host, key) = if is("Microsoft.Compute/virtualMachines") {
        let profile = desired.body.member("properties");
        (profile, "computerName", "computer_name")
    } else if is("Microsoft.Compute/virtualMachineScaleSets") {
        let profile = desired.body.at(&["properties", "virtualMachineProfile"]);
        (profile, "computerNamePrefix", "computer_name_prefix")
    } else {
        return;
    };
    let Some(profile) = profile else { return };
    data(desired, profile, found);
    let Some(os) = profile.member("osProfile") else {
        return;
    };
    let windows = is_windows(desired, around);
    let prefix = key.ends_with("prefix");
    let rules = Rules {
        windows,
        account: if windows { 20 } else { 64 },
        host: match (windows, prefix) {
            (true, true) => 9,
            (true, false) => 15,
            (false, true) => 58,
            (false, false) => 64,
        },
    };
    let text = |name: &str| os.member(name).and_then(Value::as_text);
    if let Some(name) = text("adminUsername") {
        account(desired, name, &rules, found);
    }
    if let Some(name) = text(host) {
        host_name(desired, around, (key, name), &rules, found);
    }
}

fn is_windows(desired: &Desired, around: &Surroundings<'_>) -> bool {
    let image = desired
        .needs
        .iter()
        .find_map(|need| around.images.get(&need.on));
    image.is_some_and(|image| image.definition.os_type.eq_ignore_ascii_case("Windows"))
}

fn account(desired: &Desired, name: &str, rules: &Rules, found: &mut Found) {
    let reserved = RESERVED.iter().any(|one| one.eq_ignore_ascii_case(name));
    let why = if reserved {
        "Azure keeps the name for itself".to_owned()
    } else if name.len() > rules.account {
        format!(
            "it has {} characters, and {} is the most",
            name.len(),
            rules.account
        )
    } else if rules.windows && name.ends_with('.') {
        "it ends with a full stop".to_owned()
    } else {
        return;
    };
    found.add(
        Diagnostic::error(
            Code::AccountNotAllowed,
            format!("the administrator cannot be called `{name}`: {why}"),
        )
        .at(place(desired, "admin_username"), "")
        .help(Help::text(
            "write another one, such as  admin_username: azureuser",
        ))
        .about(&desired.address),
    );
}

fn host_name(
    desired: &Desired,
    around: &Surroundings<'_>,
    (key, name): (&str, &str),
    rules: &Rules,
    found: &mut Found,
) {
    let Some(why) = wrong_host(name, rules) else {
        return;
    };
    let os = if rules.windows { "Windows" } else { "Linux" };
    let problem = Diagnostic::error(
        Code::NameNotAllowed,
        format!("`{name}` cannot be the name of {os} machines: {why}"),
    );
    let written = entry(desired, around).is_some_and(|entry| entry.item.get(key).is_some());
    let label = if written {
        ""
    } else {
        "the name inside is that of the entry, unless it has another"
    };
    found.add(
        problem
            .at(place(desired, key), label)
            .help(Help::text(format!(
                "write  {key}: {}",
                better_host(name, rules)
            )))
            .about(&desired.address),
    );
}

fn wrong_host(name: &str, rules: &Rules) -> Option<String> {
    let count = name.chars().count();
    if count > rules.host {
        return Some(format!(
            "it has {count} characters, and {} is the most",
            rules.host
        ));
    }
    if let Some(other) = name.chars().find(|one| !is_allowed(*one, rules)) {
        return Some(format!("`{other}` cannot be in it"));
    }
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    (rules.windows && digits).then(|| "it has digits only".to_owned())
}

/// A dot separates labels of a host name; Windows has one label.
fn is_allowed(one: char, rules: &Rules) -> bool {
    one.is_alphanumeric() || one == '-' || (one == '.' && !rules.windows)
}

fn better_host(name: &str, rules: &Rules) -> String {
    let swapped = name
        .chars()
        .map(|one| if is_allowed(one, rules) { one } else { '-' });
    let cut: String = swapped.take(rules.host).collect();
    let trimmed = cut.trim_matches('-').to_owned();
    match trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        true if rules.windows => format!("vm-{trimmed}").chars().take(rules.host).collect(),
        _ => trimmed,
    }
}

fn data(desired: &Desired, profile: &Value, found: &mut Found) {
    let all = [
        ("custom_data", profile.at(&["osProfile", "customData"])),
        ("user_data", profile.member("userData")),
    ];
    for (key, value) in all {
        let Some(text) = value.and_then(Value::as_text) else {
            continue;
        };
        let count = decoded(text);
        if count <= MOST_DATA {
            continue;
        }
        found.add(
            Diagnostic::error(
                Code::TooMuchData,
                format!("`{key}` has {count} bytes, and {MOST_DATA} is the most"),
            )
            .at(place(desired, key), "")
            .help(Help::text(
                "let it fetch the rest from a storage account, or put what is large into the image",
            ))
            .about(&desired.address),
        );
    }
}

/// The length of what a Base64 text stands for.
fn decoded(text: &str) -> usize {
    let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding)
}
