//! The SSH keys of a machine.

use tenon_model::desired::Declaration;
use tenon_model::kind::{MissingKey, Surroundings};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Later, Place, Value};

/// The key that `az vm create` takes when nobody says.
pub(super) const DEFAULT_KEY: &str = "~/.ssh/id_rsa.pub";

const GENERATED: [(&str, &str); 2] = [
    ("generate", "~/.ssh/id_rsa"),
    ("generate_ed25519", "~/.ssh/id_ed25519"),
];

/// The public keys of an entry, and where they stand.
pub(super) fn public_keys(
    entry: &Entry,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) -> Vec<Value> {
    let Some(item) = entry.item.get("ssh_key") else {
        return default_key(entry, around, out).into_iter().collect();
    };
    item.elements()
        .iter()
        .filter_map(|one| key(one, entry, around, out))
        .collect()
}

/// The public key that `item` of `entry` names, as a file or as its text.
pub(crate) fn key(
    item: &Item,
    entry: &Entry,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) -> Option<Value> {
    let value = item.scalar()?;
    let Some(text) = value.as_text() else {
        return Some(value.clone());
    };
    if let Some((_, private_key)) = GENERATED.iter().find(|(word, _)| *word == text) {
        return Some(generated(private_key, around));
    }
    let is_text = text.contains(' ');
    let content = if is_text {
        Some(text)
    } else {
        around.files.get(text).map(String::as_str)
    };
    // A file that is not there was reported when it was read.
    let content = content?.trim();
    if let Some(problem) = wrong_key(content, &item.place) {
        out.diagnostics.push(problem.about(&entry.address));
        return None;
    }
    Some(Value::text(content))
}

fn generated(private_key: &str, around: &Surroundings<'_>) -> Value {
    match around.files.get(&format!("{private_key}.pub")) {
        Some(text) => Value::text(text.trim()),
        None => Value::later(Later::SshPublicKey {
            private_key: private_key.to_owned(),
        }),
    }
}

fn default_key(entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) -> Option<Value> {
    if let Some(text) = around.files.get(DEFAULT_KEY) {
        return Some(Value::text(text.trim()));
    }
    if around.missing_key == MissingKey::Generate {
        return Some(generated(GENERATED[0].1, around));
    }
    out.diagnostics.push(
        Diagnostic::error(
            Code::MissingDefault,
            format!(
                "`{}` has no SSH key: nothing is at {DEFAULT_KEY}",
                entry.address
            ),
        )
        .at(&entry.place, "needs a key or a password")
        .help(Help::command(
            "make the pair when it is missing",
            "tenon plan --generate-ssh-keys",
        ))
        .help(Help::text("or name a key: ssh_key: keys/ops.pub"))
        .about(&entry.address),
    );
    None
}

/// What is wrong with a text that should be a public key.
fn wrong_key(text: &str, place: &Place) -> Option<Diagnostic> {
    let kind = text.split_whitespace().next().unwrap_or("");
    if kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-") {
        return None;
    }
    let problem = if text.contains("PRIVATE KEY") {
        Diagnostic::error(
            Code::InvalidValue,
            "this is a private key; a machine gets the public half",
        )
        .help(Help::text("name the file that ends in .pub"))
    } else {
        Diagnostic::error(Code::InvalidValue, "this is no SSH public key").help(Help::text(
            "a public key begins with ssh-rsa, ssh-ed25519 or ecdsa-",
        ))
    };
    Some(problem.at(place, ""))
}
