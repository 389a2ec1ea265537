//! The keys at the top that are no sections.

mod credential;
mod keys;
mod levels;
mod one;
mod secrets;
mod tenants;

use tenon_model::levels::Levels;
use tenon_model::rules::Disruption;
use tenon_model::shape::Field;
use tenon_model::spec::{Defaults, GroupSpec, Item, LockSpec, Made, Placed};
use tenon_model::{Code, Diagnostic, Help, Place, SubscriptionId, TenantId};

use crate::check::{Checker, Where, wanted};
use crate::words::shown;
use crate::yaml::{Node, Pair};

pub(crate) use keys::KEYS;
pub(crate) use secrets::read as secrets;
pub(crate) use tenants::read as tenants;

/// The version of the language that this program knows.
const LANGUAGE: &str = "1";

/// Whether the spec is written in a language that this program knows.
pub(crate) fn version(checker: &mut Checker<'_, '_>, root: &Node<'_>) -> bool {
    let Some(pair) = root.pair("tenon") else {
        let place = Place::whole(checker.files.name(root.span.file));
        let mut problem = Checker::missing(field("tenon"), &"the spec", &place);
        problem.helps.clear();
        checker.findings.push(problem.help(crate::check::replace(
            "add it as the first line",
            &place,
            "tenon: 1\n",
        )));
        return true;
    };
    let written = pair.value.scalar().map_or("", |scalar| &scalar.text);
    if written == LANGUAGE {
        return true;
    }
    let place = checker.files.place(pair.value.span);
    let place = if written.is_empty() {
        checker.files.place(pair.span)
    } else {
        place
    };
    let problem = Diagnostic::error(
        Code::UnknownLanguageVersion,
        format!(
            "this tenon does not know version {} of the spec language",
            shown(written)
        ),
    )
    .at(&place, "it knows version 1");
    checker
        .findings
        .push(problem.help(Help::text("write `tenon: 1`, or install a newer tenon")));
    false
}

/// The key of the language with this name.
pub(crate) fn field(name: &str) -> &'static Field {
    KEYS.iter()
        .find(|field| field.name == name)
        .unwrap_or(&KEYS[0])
}

/// The deployment's name and where it stands.
pub(crate) fn name<'t>(
    checker: &mut Checker<'_, 't>,
    root: &Node<'t>,
    default: &str,
) -> Option<(String, Place)> {
    let Some(pair) = root.pair("name") else {
        let place = Place::whole(checker.files.name(root.span.file));
        if is_name(default) {
            return Some((default.to_owned(), place));
        }
        let problem = Diagnostic::error(
            Code::InvalidValue,
            format!("name cannot be {}", shown(default)),
        )
        .at(&place, "the file's name serves where `name` is missing")
        .help(Help::text(NAME_HELP));
        checker.findings.push(problem);
        return None;
    };
    let placed = text(checker, pair)?;
    if is_name(&placed.value) {
        return Some((placed.value, placed.place));
    }
    let at = Where::top("name");
    let problem = checker.invalid(
        &at,
        pair.value.span,
        &placed.value,
        "this cannot name a deployment",
    );
    checker.findings.push(problem.help(Help::text(NAME_HELP)));
    None
}

const NAME_HELP: &str = "write `name:` with 1 to 64 letters, digits, `.`, `_` or `-`";

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// What entries take when they do not say otherwise.
pub(crate) fn defaults<'t>(checker: &mut Checker<'_, 't>, root: &Node<'t>) -> Defaults {
    let mut text_of = |name| root.pair(name).and_then(|pair| text(checker, pair));
    let (tenant, subscription) = (text_of("tenant"), text_of("subscription"));
    let (location, cloud) = (text_of("location"), text_of("cloud"));
    let most = text_of("max_disruption");
    let tenant = tenant.and_then(|tenant| {
        Some(Placed {
            value: tenant_id(checker, &tenant.value)?,
            place: tenant.place,
        })
    });
    let lock = root.pair("lock").and_then(|pair| lock(checker, pair));
    Defaults {
        cloud,
        lock,
        tenant,
        subscription: subscription.map(|placed| Placed {
            value: SubscriptionId::new(&placed.value),
            place: placed.place,
        }),
        resource_group: root
            .pair("resource_group")
            .and_then(|pair| group(checker, pair)),
        location,
        max_disruption: most.and_then(|most| {
            Some(Placed {
                value: Disruption::parse(&most.value)?,
                place: most.place,
            })
        }),
        tags: root.pair("tags").and_then(|pair| value(checker, pair)),
        checks: match root.pair("checks") {
            Some(pair) => levels::read(checker, pair),
            None => Levels::default(),
        },
    }
}

/// The value of a key of the language, checked.
pub(crate) fn value<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Option<Item> {
    let at = Where::top(&pair.key).with(pair.span);
    checker.check(&pair.value, &field(&pair.key).shape, &at)
}

/// A text that must be known before anything is asked.
fn text<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Option<Placed<String>> {
    let item = value(checker, pair)?;
    let at = Where::top(&pair.key).with(pair.span);
    known(checker, &item, &at, pair)
}

fn known<'t>(
    checker: &mut Checker<'_, 't>,
    item: &Item,
    at: &Where<'_>,
    pair: &Pair<'t>,
) -> Option<Placed<String>> {
    if let Some(text) = item.scalar()?.as_text() {
        return Some(Placed {
            value: text.to_owned(),
            place: item.place.clone(),
        });
    }
    let found = "this is known only when Azure has been asked";
    let wanted = wanted(&field(&pair.key).shape);
    let problem = checker
        .wrong_type(at, pair.value.span, &wanted, found)
        .help(Help::text("write the value itself"));
    checker.findings.push(problem);
    None
}

/// The id of a tenant that is written by its local name or by its id.
fn tenant_id(checker: &Checker<'_, '_>, written: &str) -> Option<TenantId> {
    match checker.scope.tenants.get(written) {
        Some(id) => id.as_deref().map(TenantId::new),
        None => Some(TenantId::new(written)),
    }
}

fn lock<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Option<Placed<LockSpec>> {
    let item = value(checker, pair)?;
    let at = Where::top("lock").with(pair.span);
    let blob = item.get("blob")?;
    let blob = known(checker, blob, &at, pair)?;
    let tenant = match item.get("tenant") {
        Some(tenant) => {
            let written = known(checker, tenant, &at, pair)?;
            Some(tenant_id(checker, &written.value)?)
        }
        None => None,
    };
    Some(Placed {
        value: LockSpec {
            blob: blob.value,
            tenant,
        },
        place: blob.place,
    })
}

fn group<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Option<Placed<GroupSpec>> {
    let item = value(checker, pair)?;
    let at = Where::top("resource_group").with(pair.span);
    let name = item.get("name").unwrap_or(&item);
    let name = known(checker, name, &at, pair)?.value;
    let made = match item.bool("create") {
        Some(true) => Made::Here,
        _ => Made::Elsewhere,
    };
    Some(Placed {
        value: GroupSpec { name, made },
        place: item.place,
    })
}
