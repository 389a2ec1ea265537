//! How a machine is protected: trusted launch, confidential machines,
//! encryption at the host.

use tenon_model::desired::Declaration;
use tenon_model::image::DefinitionFacts;
use tenon_model::rules::{Absent, Disruption, Row, Same};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Value};

use super::image::Image;
use crate::draft::Draft;

const CONFIDENTIAL: &str = "ConfidentialVM";

macro_rules! profile {
    ($member:literal) => {
        concat!("properties.securityProfile.", $member)
    };
}

/// A machine of generation 2 is raised to `TrustedLaunch` while it is
/// deallocated; a confidential one is made so, or not.
pub(super) const TYPE: Row = Row::new("security.type", profile!("securityType"), Same::Caseless)
    .costs(Disruption::Deallocate)
    .apart(&[CONFIDENTIAL]);
pub(super) const SECURE_BOOT: Row = Row::new(
    "security.secure_boot",
    profile!("uefiSettings.secureBootEnabled"),
    Same::Caseless,
)
.costs(Disruption::Deallocate);
pub(super) const VTPM: Row = Row::new(
    "security.vtpm",
    profile!("uefiSettings.vTpmEnabled"),
    Same::Caseless,
)
.costs(Disruption::Deallocate);
pub(super) const AT_HOST: Row = Row::new(
    "security.encryption_at_host",
    profile!("encryptionAtHost"),
    Same::Caseless,
)
.costs(Disruption::Deallocate)
.absent(Absent::Default("false"));
pub(super) const OS_DISK: Row = Row::new(
    "os_disk.security_encryption",
    "properties.storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType",
    Same::Caseless,
)
.fixed();

/// Writes how the machine of an entry is protected.
pub(super) fn declare(draft: &mut Draft, entry: &Entry, image: &Image, out: &mut Declaration) {
    let item = &entry.item;
    let written = item.get("security");
    if let Some(written) = written {
        draft.put_key(
            written,
            "encryption_at_host",
            AT_HOST.property,
            AT_HOST.path,
        );
    }
    let encryption = item.get("os_disk");
    let encryption = encryption.and_then(|disk| disk.get("security_encryption"));
    let kind = kind(item, encryption, image);
    disk(draft, entry, kind, encryption, out);
    if written.is_some() {
        draft.at(TYPE.property, item.place_of("security"));
    }
    let Some(kind) = kind else {
        return;
    };
    draft.set(TYPE.path, kind);
    for (key, row) in [("secure_boot", &SECURE_BOOT), ("vtpm", &VTPM)] {
        match written.and_then(|security| security.get(key)) {
            Some(value) => draft.put(row.property, row.path, value),
            None => draft.set(row.path, Value::Bool(true)),
        };
    }
    draft.fact(if kind == CONFIDENTIAL {
        "confidential"
    } else {
        "trusted launch"
    });
    let vtpm = written.and_then(|security| security.bool("vtpm"));
    if kind == CONFIDENTIAL && vtpm == Some(false) {
        let problem = "a confidential machine has a virtual TPM";
        out.diagnostics.push(
            Diagnostic::error(Code::ConflictingKeys, problem)
                .at(written.unwrap_or(item).place_of("vtpm"), "must be true")
                .help(Help::text("leave `vtpm` out"))
                .about(&entry.address),
        );
    }
}

/// The type of security; none for the standard one. What only one of them
/// takes tells which it is.
fn kind<'e>(item: &'e Item, encryption: Option<&Item>, image: &Image) -> Option<&'e str> {
    let written = item.get("security");
    let kind = written.and_then(|security| security.text("type"));
    if let Some(kind) = kind {
        return (kind != "Standard").then_some(kind);
    }
    if encryption.is_some() {
        return Some(CONFIDENTIAL);
    }
    let implied =
        written.is_some_and(|one| one.get("secure_boot").is_some() || one.get("vtpm").is_some());
    (implied || by_image(image)).then_some("TrustedLaunch")
}

/// What of the disk of a confidential machine is encrypted; Azure wants it
/// said.
fn disk(
    draft: &mut Draft,
    entry: &Entry,
    kind: Option<&str>,
    written: Option<&Item>,
    out: &mut Declaration,
) {
    if kind == Some(CONFIDENTIAL) {
        match written {
            Some(item) => draft.put(OS_DISK.property, OS_DISK.path, item),
            None => draft.set(OS_DISK.path, "VMGuestStateOnly"),
        };
    } else if let Some(item) = written {
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                "`security_encryption` is for confidential machines",
            )
            .at(&item.place, "of no use to others")
            .help(Help::text(
                "leave it out, or say  security: {type: ConfidentialVM}",
            ))
            .about(&entry.address),
        );
    }
}

/// Whether the definition says that machines can, or must, launch trusted.
pub(super) fn by_image(image: &Image) -> bool {
    let resolved = image.resolved.as_ref();
    resolved.is_some_and(|resolved| launches_trusted(&resolved.definition))
}

/// The same of a definition.
pub(super) fn launches_trusted(definition: &DefinitionFacts) -> bool {
    let value = definition.security_type.as_deref().unwrap_or("");
    definition.generation.eq_ignore_ascii_case("V2")
        && [
            "TrustedLaunch",
            "TrustedLaunchSupported",
            "TrustedLaunchAndConfidentialVmSupported",
        ]
        .iter()
        .any(|known| value.eq_ignore_ascii_case(known))
}
