//! How a tenant is signed in to: one source, and what belongs to it.

use tenon_model::spec::{Credential, CredentialSource, IdentityName, Issuer, Item, Member};
use tenon_model::value::SecretSource;
use tenon_model::{Code, Diagnostic, Help, Later, Value};

use super::one::Choice;
use crate::check::Checker;

const SOURCES: Choice<'_> = Choice {
    names: &[
        "client_secret",
        "certificate",
        "federated",
        "managed_identity",
        "cli",
    ],
    words: "`client_secret`, `certificate`, `federated`, `managed_identity` or `cli`",
    rule: "a tenant is signed in to in one way",
    example: "client_secret: \"${secrets.name}\"",
};

const ISSUERS: Choice<'_> = Choice {
    names: &["file", "managed_identity"],
    words: "`file` or `managed_identity`",
    rule: "a token has one issuer",
    example: "{file: token.jwt}",
};

const IDENTITIES: Choice<'_> = Choice {
    names: &["client_id", "object_id", "resource_id"],
    words: "`client_id`, `object_id` or `resource_id`",
    rule: "an identity is named once",
    example: "managed_identity: true",
};

/// Reads the credential of a tenant; what is wrong with it is reported.
pub(super) fn read(checker: &mut Checker<'_, '_>, item: &Item, at: &str) -> Option<Credential> {
    let member = SOURCES.of(checker, item, &at, &item.place)?;
    let source = source(checker, member, at)?;
    let alone = matches!(
        source,
        CredentialSource::ManagedIdentity(_) | CredentialSource::Cli
    );
    if let Some(client_id) = item.member("client_id").filter(|_| alone) {
        checker.findings.push(not_its_own(client_id, member, at));
        return None;
    }
    Some(Credential {
        client_id: item.text("client_id").map(str::to_owned),
        source,
        place: item.place.clone(),
    })
}

fn source(checker: &mut Checker<'_, '_>, member: &Member, at: &str) -> Option<CredentialSource> {
    let item = &member.item;
    match member.name.as_str() {
        "client_secret" => secret(item).map(CredentialSource::Secret),
        "certificate" => Some(CredentialSource::Certificate {
            file: text(item.get("file").unwrap_or(item))?,
            password: item.get("password").and_then(secret),
            send_chain: item.bool("send_chain") == Some(true),
        }),
        "federated" => issuer(checker, member, at).map(CredentialSource::Federated),
        "managed_identity" => identity(checker, member, at).map(CredentialSource::ManagedIdentity),
        _ => is_true(checker, member, at).then_some(CredentialSource::Cli),
    }
}

fn issuer(checker: &mut Checker<'_, '_>, member: &Member, at: &str) -> Option<Issuer> {
    if let Some(word) = member.item.scalar() {
        return match word.as_text()? {
            "github" => Some(Issuer::GitHub),
            _ => Some(Issuer::AzureDevOps),
        };
    }
    let at = format!("{at}.federated");
    let inner = ISSUERS.of(checker, &member.item, &at, &member.place)?;
    match inner.name.as_str() {
        "file" => text(&inner.item).map(Issuer::File),
        _ => identity(checker, inner, &at).map(Issuer::ManagedIdentity),
    }
}

/// `true`, or which of a machine's identities.
fn identity(
    checker: &mut Checker<'_, '_>,
    member: &Member,
    at: &str,
) -> Option<Option<IdentityName>> {
    if member.item.scalar().is_some() {
        return is_true(checker, member, at).then_some(None);
    }
    let at = format!("{at}.{}", member.name);
    let inner = IDENTITIES.of(checker, &member.item, &at, &member.place)?;
    let id = text(&inner.item)?;
    Some(Some(match inner.name.as_str() {
        "client_id" => IdentityName::ClientId(id),
        "object_id" => IdentityName::ObjectId(id),
        _ => IdentityName::ResourceId(id),
    }))
}

/// A source that is switched on; switched off it is none at all.
fn is_true(checker: &mut Checker<'_, '_>, member: &Member, at: &str) -> bool {
    if member.item.scalar().and_then(Value::as_bool) == Some(true) {
        return true;
    }
    let problem = Diagnostic::error(
        Code::InvalidValue,
        format!("{at}.{} cannot be `false`", member.name),
    )
    .at(
        &member.item.place,
        "a way to sign in is written or left out",
    )
    .help(Help::text(format!(
        "write `{}: true`, or another of {}",
        member.name, SOURCES.words
    )));
    checker.findings.push(problem);
    false
}

/// An application id beside a source that has its own.
fn not_its_own(client_id: &Member, member: &Member, at: &str) -> Diagnostic {
    let name = &member.name;
    let help = match name.as_str() {
        "cli" => "remove `client_id`: whoever signed in with `az login` is taken".to_owned(),
        _ => format!(
            "write `{name}: {{client_id: …}}` for one identity of several; for an application that trusts the identity, `federated: {{{name}: true}}`"
        ),
    };
    Diagnostic::error(
        Code::ConflictingKeys,
        format!("`{name}` and `client_id` exclude each other in {at}"),
    )
    .at(&client_id.place, format!("`{name}` signs in as itself"))
    .context(&member.place, "this is one")
    .help(Help::text(help))
}

fn text(item: &Item) -> Option<String> {
    item.scalar()?.as_text().map(str::to_owned)
}

fn secret(item: &Item) -> Option<SecretSource> {
    match item.scalar()?.as_later()? {
        Later::Secret { source, .. } => Some(source.clone()),
        _ => None,
    }
}
