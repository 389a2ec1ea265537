//! What must be known when a spec is declared, and what no author may write.
//!
//! Names, places and choices decide which resources there are; a reference
//! there would be taken for a key that is missing. Everything else of an entry
//! goes into bodies, where a value may be known later.

use tenon_model::desired::Declaration;
use tenon_model::kind::Surroundings;
use tenon_model::marker;
use tenon_model::spec::{Entry, Item, Member};
use tenon_model::{Address, Code, Diagnostic, Help};

/// Keys that may be known later, by section; `*` stands for any name, and what
/// lies below a key belongs to it.
const LATER: &[(&str, &[&str])] = &[
    (
        "networks",
        &[
            "address_space",
            "dns_servers",
            "subnets.*.prefix",
            "subnets.*.nsg",
        ],
    ),
    (
        "nsgs",
        &[
            "rules.*.priority",
            "rules.*.port",
            "rules.*.from",
            "rules.*.to",
            "rules.*.source_port",
            "rules.*.description",
        ],
    ),
    ("ssh_keys", &["public_key"]),
    ("public_ips", &["dns_name", "idle_timeout"]),
    (
        "vms",
        &[
            "subnet",
            "nsg",
            "private_ip",
            "accelerated_networking",
            "admin_username",
            "admin_password",
            "computer_name",
            "ssh_key",
            "license_type",
            "boot_diagnostics",
            "public_ip.dns_name",
            "public_ip.idle_timeout",
            "os_disk.size_gb",
            "os_disk.sku",
            "data_disks.*.size_gb",
            "extensions.*.settings",
            "extensions.*.protected_settings",
            "extensions.*.force_update_tag",
            "extensions.*.tags",
            "security.secure_boot",
            "security.vtpm",
            "security.encryption_at_host",
        ],
    ),
    (
        "scale_sets",
        &[
            "subnet",
            "nsg",
            "accelerated_networking",
            "admin_username",
            "admin_password",
            "ssh_key",
            "license_type",
            "boot_diagnostics",
            "os_disk.size_gb",
            "os_disk.sku",
            "data_disks.*.size_gb",
            "security.secure_boot",
            "security.vtpm",
        ],
    ),
    (
        "galleries",
        &[
            "description",
            "images.*.description",
            "images.*.tags",
            "images.*.versions.*.tags",
            "images.*.versions.*.source",
            "images.*.versions.*.os_disk.source",
            "images.*.versions.*.data_disks.*.source",
        ],
    ),
    ("images", &["id"]),
    ("resources", &["body", "parent"]),
    ("access", &["principal", "description", "scope"]),
];

/// Adds what is wrong with the tags that everything gets.
pub(crate) fn check_defaults(around: &Surroundings<'_>, out: &mut Declaration) {
    let tags = around.spec.defaults.tags.as_ref();
    let members = tags.map_or(&[][..], Item::members);
    out.diagnostics.extend(members.iter().filter_map(reserved));
}

/// Adds what is wrong with the tags of an entry, and with values of it that
/// are known too late.
pub(crate) fn check(section: &str, entry: &Entry, out: &mut Declaration) {
    let tags = entry.item.get("tags").map_or(&[][..], Item::members);
    let problems = tags.iter().filter_map(reserved);
    let problems = problems.map(|problem| problem.about(&entry.address));
    out.diagnostics.extend(problems);
    let later = LATER.iter().find(|(name, _)| *name == section);
    let late = Late {
        address: &entry.address,
        allowed: later.map_or(&[][..], |(_, keys)| keys),
    };
    late.walk(&entry.item, &mut Vec::new(), out);
}

/// A tag that is part of our marker.
pub(crate) fn reserved(member: &Member) -> Option<Diagnostic> {
    marker::is_marker_tag(&member.name).then(|| {
        Diagnostic::error(
            Code::InvalidValue,
            format!(
                "the tag `{}` is how tenon knows what is its own",
                member.name
            ),
        )
        .at(&member.place, "written by tenon itself")
        .help(Help::text("give the tag another name"))
    })
}

struct Late<'a> {
    address: &'a Address,
    allowed: &'a [&'a str],
}

impl Late<'_> {
    fn walk(&self, item: &Item, path: &mut Vec<String>, out: &mut Declaration) {
        if self.may_be_later(path) {
            return;
        }
        if item.scalar().is_some_and(tenon_model::Value::has_later) {
            out.diagnostics.push(self.problem(item, path));
            return;
        }
        for member in item.members() {
            path.push(member.name.clone());
            self.walk(&member.item, path, out);
            path.pop();
        }
        if item.scalar().is_none() {
            for element in item.elements() {
                self.walk(element, path, out);
            }
        }
    }

    fn may_be_later(&self, path: &[String]) -> bool {
        let fits = |pattern: &str| {
            let mut names = path.iter();
            pattern
                .split('.')
                .all(|part| names.next().is_some_and(|name| part == "*" || part == name))
        };
        path.first().is_some_and(|name| name == "tags") || self.allowed.iter().any(|one| fits(one))
    }

    fn problem(&self, item: &Item, path: &[String]) -> Diagnostic {
        Diagnostic::error(
            Code::WrongType,
            format!(
                "`{}` of {} must be known before anything is read",
                path.join("."),
                self.address
            ),
        )
        .at(
            &item.place,
            "known only when everything has its name and place",
        )
        .help(Help::text(
            "write the value itself, or a variable: ${vars.…}",
        ))
        .about(self.address)
    }
}
