//! Galleries, definitions and versions, for those who publish images.
//!
//! The texts are those of Microsoft's page "Troubleshoot images in an Azure
//! Compute Gallery". Their codes are not documented, so the text decides.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// What a source must be like; each phrase is of one message.
const SOURCES: [&str; 12] = [
    "OS State in the parent",
    "different Hypervisor generation",
    "different OS type",
    "cannot contain an ephemeral OS disk",
    "stored in an UltraSSD",
    "must be created from Managed Disks",
    "must either be a managed image",
    "must be a managed disk or snapshot",
    "one source type",
    "cannot point to same blob",
    "exceeds the max",
    "source exists",
];

/// What is about disk encryption sets.
const ENCRYPTION: [&str; 7] = [
    "disk encryption set",
    "diskEncryptionSet",
    "encrypted source:",
    "encryption is not supported",
    "encryption lun",
    "encryption.dataDiskImages",
    "Duplicate luns",
];

/// What is about the regions of a version.
const REGIONS: [&str; 2] = [
    "must contain the location of image version",
    "Duplicate regions",
];

/// Explains what is about publishing an image.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    if case.code == "DeleteGalleryImageVersionBlockedBeforeEndOfLife" {
        return Some(deletion_blocked(case));
    }
    // A machine of an image whose disks are encrypted elsewhere hears it too.
    if case.says_any(&ENCRYPTION) {
        return Some(encryption(case));
    }
    if !case.is_of("/galleries/") {
        return None;
    }
    if case.says_any(&REGIONS) {
        return Some(regions(case));
    }
    if case.says_any(&SOURCES) {
        return Some(source(case));
    }
    if case.says("not unique within the subscription")
        || case.says("publisher, offer, sku") && case.says("already exists")
    {
        return Some(name_taken(case));
    }
    if case.says("is not allowed") && case.says("data disk") {
        return Some(fixed(case));
    }
    malformed(case).then(|| rejected(case))
}

fn deletion_blocked(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::DeletionBlocked,
        format!("{} may not be deleted before its end of life", case.subject()),
    )
    .note("machines may still be made of it: its publisher said that it lives until then")
    .help(Help::command(
        "if nobody needs it any more, lift that",
        format!(
            "az rest --method patch --url \"{}?api-version=2024-03-03\" --body '{{\"properties\": {{\"safetyProfile\": {{\"blockDeletionBeforeEndOfLife\": false}}}}}}'",
            case.id("<version id>")
        ),
    ))
    .help(Help::text("or wait for that day"))
}

fn encryption(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::EncryptionSetDoesNotFit,
        format!("the disk encryption set of {} cannot be used", case.subject()),
    )
    .note("a disk encryption set lies in the subscription and the region of what it encrypts; of an image version every region names one, for every disk, or none does")
    .help(Help::command(
        "which there are, and where",
        "az disk-encryption-set list --query \"[].{id:id, region:location}\" --output table",
    ))
    .help(Help::text(
        "name one of the same subscription and region, or leave it out everywhere; of a version that exists this cannot be changed",
    ))
}

fn regions(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::TargetRegionsDoNotFit,
        format!("the regions of {} do not fit together", case.subject()),
    )
    .help(Help::text(
        "name every region once, its own among them:  targetRegions: [{name: northeurope}, {name: westeurope}]",
    ))
}

fn source(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::SourceDoesNotFit,
        format!("{} cannot be made from its source", case.subject()),
    )
    .note("a version has one source, in its own region: a managed image, a machine or another version as a whole, or managed disks and snapshots disk by disk; operating system, state and generation are those of the definition; no disk is larger than 2 TB, on Ultra storage, or ephemeral")
    .help(Help::command(
        "look at the definition",
        format!("az rest --method get --url \"{}?api-version=2024-03-03\"", definition(case)),
    ))
    .help(Help::text(
        "take a source that fits, or make a definition that fits the source",
    ))
}

/// The definition that a version belongs to.
fn definition(case: &Case<'_>) -> String {
    let id = case.id("<definition id>");
    let end = id.to_ascii_lowercase().find("/versions/");
    end.map_or(id.clone(), |end| id[..end].to_owned())
}

fn name_taken(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::NameTaken,
        format!("the name of {} is taken", case.subject()),
    )
    .note("a gallery's name is used once in a subscription; publisher, offer and sku together once in a gallery")
    .help(Help::command(
        "the galleries that there are",
        "az sig list --query \"[].{id:id, region:location}\" --output table",
    ))
    .help(Help::text("write another one"))
}

/// A version has the disks that it was made with.
fn fixed(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::PropertyChangeNotAllowed,
        format!("the disks of {} stay as they were made", case.subject()),
    )
    .help(Help::text("write the next version, such as  name: 1.4.3"))
}

/// Whether it is about how a value is written.
fn malformed(case: &Case<'_>) -> bool {
    case.says_any(&[
        "name is invalid",
        "invalid trailing characters",
        "validation rule",
        "Asset name",
        "is not valid",
        "iso-8601",
        "DateTimeOffset",
        "future date",
        "invalid int",
        "must not be greater than maximum",
        "out of range",
        "Duplicated lun",
        "Duplicated source",
        "diskEncryptionSetId",
    ])
}

/// The rules for names, dates and numbers of galleries, at a glance.
fn rejected(case: &Case<'_>) -> Diagnostic {
    let way_out = if case.says_any(&["iso-8601", "DateTimeOffset", "future date"]) {
        "dates read 2027-02-22T00:00:00Z, and lie ahead"
    } else if case.says_any(&["Duplicated", "out of range", "minimum", "invalid int"]) {
        "numbers are whole and within the range that Azure names; luns and sources stand once each"
    } else if case.is_of("/versions/") {
        "a version reads Major.Minor.Patch:  name: 1.4.2"
    } else {
        "names of galleries and definitions have letters, digits, `_` and `.`, 80 at most, and begin and end with a letter or digit; those of definitions may have `-`"
    };
    case.problem(
        Code::ValueRejected,
        format!("Azure does not accept a value of {}", case.subject()),
    )
    .help(Help::text(way_out))
}
