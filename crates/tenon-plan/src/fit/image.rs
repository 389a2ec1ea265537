//! What a publisher says of an image, beside what the spec says of the machine.

use tenon_model::image::{DefinitionFacts, ResolvedImage};
use tenon_model::{Code, Diagnostic, Help};

use super::machine::{Machine, Made, Parts};
use super::words;

/// What of the machine the image does not allow.
pub(super) fn misfits(machine: &Machine<'_>, parts: &Parts<'_>) -> Vec<Diagnostic> {
    let Some(image) = machine.image.filter(|_| machine.made == Made::New) else {
        return Vec::new();
    };
    let found = [
        security(machine, image),
        os_disk_size(machine, image),
        os_disk_kind(machine, image),
        data_disks(machine, image, parts),
        interface(machine, image, parts),
    ];
    let about = |problem: Diagnostic| problem.about(&machine.desired.address);
    found.into_iter().flatten().map(about).collect()
}

fn named(image: &ResolvedImage) -> String {
    format!("image {} {}", image.address.last(), image.version)
}

/// The security types of machines that can be made from an image, by its
/// feature `SecurityType`.
fn supported(definition: &DefinitionFacts) -> &'static [&'static str] {
    let feature = definition.security_type.as_deref().unwrap_or("Standard");
    match feature.to_ascii_lowercase().as_str() {
        "trustedlaunch" => &["TrustedLaunch"],
        "trustedlaunchsupported" => &["Standard", "TrustedLaunch"],
        "confidentialvm" => &["ConfidentialVM"],
        "confidentialvmsupported" => &["Standard", "ConfidentialVM"],
        "trustedlaunchandconfidentialvmsupported" => {
            &["Standard", "TrustedLaunch", "ConfidentialVM"]
        }
        _ => &["Standard"],
    }
}

fn security(machine: &Machine<'_>, image: &ResolvedImage) -> Option<Diagnostic> {
    let asked = machine.security();
    let supported = supported(&image.definition);
    let fits = supported.iter().any(|one| one.eq_ignore_ascii_case(asked));
    if fits {
        return None;
    }
    let words = format!(
        "{} makes {} machines, and not `{asked}`",
        named(image),
        words::choices(supported)
    );
    let feature = image.definition.security_type.as_deref();
    Some(
        Diagnostic::error(Code::SecurityDoesNotFitImage, words)
            .at(machine.place("security.type"), "asked for here")
            .note(match feature {
                Some(feature) => format!("its definition says SecurityType: {feature}"),
                None => "its definition says nothing of a SecurityType".to_owned(),
            })
            .help(Help::text(format!(
                "write  security: {{type: {}}}",
                supported[0]
            ))),
    )
}

fn os_disk_size(machine: &Machine<'_>, image: &ResolvedImage) -> Option<Diagnostic> {
    let (asked, least) = (machine.os_disk_gb()?, image.disks.os_gb?);
    (asked < least).then(|| {
        let words = format!("an OS disk of {asked} GiB cannot hold {}", named(image));
        Diagnostic::error(Code::DiskSmallerThanImage, words)
            .at(
                machine.place("os_disk.size_gb"),
                format!("the image has {least}"),
            )
            .help(Help::text(format!(
                "write  size_gb: {least}  or more, or leave it out"
            )))
    })
}

fn os_disk_kind(machine: &Machine<'_>, image: &ResolvedImage) -> Option<Diagnostic> {
    let disk = machine.os_disk();
    let asked = disk.sku?;
    let ruled_out = &image.definition.disallowed_disks;
    let hit = ruled_out.iter().any(|one| one.eq_ignore_ascii_case(asked));
    hit.then(|| {
        let words = format!("the publisher of {} rules out {asked} disks", named(image));
        let all: Vec<&str> = ruled_out.iter().map(String::as_str).collect();
        let other = ["Premium_LRS", "StandardSSD_LRS", "Standard_LRS"];
        let other = other.into_iter().find(|one| !all.contains(one));
        let problem = Diagnostic::error(Code::DiskKindRuledOut, words)
            .at(disk.place, "")
            .note(format!("ruled out: {}", all.join(", ")));
        match other {
            Some(other) => problem.help(Help::text(format!("write  sku: {other}"))),
            None => problem.help(Help::text("leave `sku` out")),
        }
    })
}

/// Azure wants all of the image's disks listed when anything is listed
/// (azurerm issues 12877 and 29280), and they would be nobody's.
fn data_disks(
    machine: &Machine<'_>,
    image: &ResolvedImage,
    parts: &Parts<'_>,
) -> Option<Diagnostic> {
    let luns = &image.disks.luns;
    let disks = machine.data_disks(parts);
    let first = disks.first().filter(|_| !luns.is_empty())?;
    let luns: Vec<String> = luns.iter().map(i64::to_string).collect();
    let words = format!(
        "{} brings data disks of its own, and Azure makes no machine with others beside them",
        named(image)
    );
    Some(
        Diagnostic::error(Code::ImageBringsDisks, words)
            .at(first.place, "beside those of the image")
            .note(format!("the image has disks at lun {}", luns.join(", ")))
            .note("Azure would answer: StorageProfile.dataDisks.lun does not have required value(s) for image specified in storage profile")
            .help(Help::text(
                "leave `data_disks` out until the machine is there, or take an image without data disks",
            )),
    )
}

fn interface(
    machine: &Machine<'_>,
    image: &ResolvedImage,
    parts: &Parts<'_>,
) -> Option<Diagnostic> {
    let (_, fast) = machine.interfaces(parts);
    let place = fast.filter(|_| image.definition.accelerated_networking == Some(false))?;
    let words = format!("{} does not support accelerated networking", named(image));
    Some(
        Diagnostic::error(Code::ImageLacksFeature, words)
            .at(place, "")
            .note("its definition says IsAcceleratedNetworkSupported: False")
            .help(Help::text("write  accelerated_networking: false")),
    )
}
