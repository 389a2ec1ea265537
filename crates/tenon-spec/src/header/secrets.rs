//! Secrets: names for sources, never values.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::spec::Item;
use tenon_model::value::SecretSource;
use tenon_model::{Code, Diagnostic, Help};

use super::one::Choice;
use crate::check::{Checker, Where};
use crate::yaml::Pair;

const SOURCES: &str = "`env`, `file` or `key_vault`";

const CHOICE: Choice<'_> = Choice {
    names: &["env", "file", "key_vault"],
    words: SOURCES,
    rule: "a secret has one source",
    example: "{env: NAME}",
};

/// Reads the secrets: those that are fine, and the names of the others.
pub(crate) fn read<'t>(
    checker: &mut Checker<'_, 't>,
    section: &Pair<'t>,
) -> (BTreeMap<String, SecretSource>, BTreeSet<String>) {
    let (mut secrets, mut broken) = (BTreeMap::new(), BTreeSet::new());
    let pairs = checker.map_of(section).unwrap_or_default();
    let tenon_model::shape::Shape::Keyed(shape) = super::field("secrets").shape else {
        return (secrets, broken);
    };
    for pair in pairs {
        checker.check_key(pair, "secrets");
        let top = Where::top("secrets");
        let at = top.name(&pair.key, pair.span);
        if pair.value.scalar().is_some_and(|scalar| !scalar.is_null()) {
            checker.findings.push(in_clear(checker, pair));
            broken.insert(pair.key.to_string());
            continue;
        }
        let before = checker.findings.seen();
        let item = checker.check(&pair.value, shape, &at);
        let fine = checker.findings.seen() == before;
        match item
            .filter(|_| fine)
            .and_then(|item| source(checker, pair, &item, &at))
        {
            Some(source) => drop(secrets.insert(pair.key.to_string(), source)),
            None => drop(broken.insert(pair.key.to_string())),
        }
    }
    (secrets, broken)
}

fn source<'t>(
    checker: &mut Checker<'_, 't>,
    pair: &Pair<'t>,
    item: &Item,
    at: &Where<'_>,
) -> Option<SecretSource> {
    let place = checker.files.place(pair.span);
    let member = CHOICE.of(checker, item, at, &place)?;
    let text = member.item.scalar()?.as_text()?.to_owned();
    match member.name.as_str() {
        "env" => Some(SecretSource::Env(text)),
        "file" => Some(SecretSource::File(text)),
        _ if text.starts_with("https://") && text.contains("/secrets/") => {
            Some(SecretSource::KeyVault(text))
        }
        _ => {
            let problem = Diagnostic::error(
                Code::InvalidValue,
                format!("{at}.key_vault cannot be {}", crate::words::shown(&text)),
            )
            .at(&member.item.place, "this is no id of a Key Vault secret")
            .help(Help::text(
                "write `https://<vault>.vault.azure.net/secrets/<name>`",
            ));
            checker.findings.push(problem);
            None
        }
    }
}

/// The value of a secret in place of its source; the message repeats nothing
/// of it.
fn in_clear<'t>(checker: &Checker<'_, 't>, pair: &Pair<'t>) -> Diagnostic {
    let name = crate::words::shown(&pair.key);
    Diagnostic::error(
        Code::SecretInPlainSight,
        format!("the secret {name} would be readable here"),
    )
    .at(
        &checker.files.place(pair.span),
        "a secret names its source, never its value",
    )
    .help(Help::text(format!(
        "write {SOURCES}, such as `{{env: NAME}}`"
    )))
}
