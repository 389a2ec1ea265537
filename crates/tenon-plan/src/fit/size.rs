//! What Azure says of a size, beside what is asked of it.

use tenon_model::size::{Ability, SizeFacts};
use tenon_model::{Code, Diagnostic, Help, Place, suggest};

use super::machine::{Machine, Made, Parts};
use super::words;
use crate::quota::Quotas;

/// Zones that a help names.
const ANY_ZONE: &str = "leave `zone` out";

/// One reason why a size will not do.
struct Misfit<'a> {
    code: Code,
    place: &'a Place,
    words: String,
    label: &'static str,
    /// Another way out than another size.
    help: Option<String>,
}

/// What of the machine its size does not allow.
pub(super) fn misfits<'a>(
    machine: &Machine<'a>,
    parts: &Parts<'a>,
    quotas: &Quotas,
) -> Vec<Diagnostic> {
    let Some(name) = machine.size() else {
        return Vec::new();
    };
    let Some(size) = quotas.size(name) else {
        return vec![unknown(machine, name, quotas)];
    };
    let found = on(machine, parts, size);
    if found.is_empty() {
        return Vec::new();
    }
    let other = another(machine, parts, size, quotas);
    let told = found.into_iter().map(|misfit| tell(misfit, machine, other));
    told.collect()
}

fn tell(misfit: Misfit<'_>, machine: &Machine<'_>, other: Option<&SizeFacts>) -> Diagnostic {
    let mut problem = Diagnostic::error(misfit.code, misfit.words).at(misfit.place, misfit.label);
    let size = machine.place("size");
    if misfit.place != size && *size != machine.desired.place {
        problem = problem.context(size, "the size");
    }
    if let Some(help) = misfit.help {
        problem = problem.help(Help::text(help));
    }
    if let Some(other) = other {
        let words = format!("take a size that can, such as  size: {}", other.name);
        problem = problem.help(Help::text(words));
    }
    problem.about(&machine.desired.address)
}

/// A size that the region does not have.
fn unknown(machine: &Machine<'_>, name: &str, quotas: &Quotas) -> Diagnostic {
    let location = &machine.region.location;
    let near = suggest::nearest(name, quotas.sizes().map(|size| size.name.as_str()));
    let words = format!("{location} has no machines of size `{name}`");
    let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    let problem = Diagnostic::error(Code::SizeNotOffered, words).at(machine.place("size"), label);
    let problem = match near {
        Some(near) => problem.help(Help::text(format!("write  size: {near}"))),
        None => problem,
    };
    problem
        .help(Help::command(
            "the sizes of the region",
            format!("az vm list-skus --location {location} --resource-type virtualMachines --output table"),
        ))
        .about(&machine.desired.address)
}

/// The size next to `size` on which nothing of this would be wrong, and best
/// nothing else either: as many vCPUs if there is one, of the same family if
/// there is one.
fn another<'q>(
    machine: &Machine<'_>,
    parts: &Parts<'_>,
    size: &SizeFacts,
    quotas: &'q Quotas,
) -> Option<&'q SizeFacts> {
    let wrong = |size: &SizeFacts| -> Vec<Code> {
        let all = on(machine, parts, size).into_iter();
        all.map(|misfit| misfit.code).collect()
    };
    let here = wrong(size);
    let others = quotas.sizes().map(|other| (wrong(other), other));
    let others = others.filter(|(wrong, _)| !wrong.iter().any(|code| here.contains(code)));
    let next = others.min_by_key(|(wrong, other)| {
        let more = (other.cores - size.cores).abs();
        let other_family = other.family != size.family;
        (wrong.len(), more, other_family, other.name.clone())
    });
    next.map(|(_, other)| other)
}

/// Everything about the machine that this size does not allow.
fn on<'a>(machine: &Machine<'a>, parts: &Parts<'a>, size: &SizeFacts) -> Vec<Misfit<'a>> {
    let mut found: Vec<Misfit<'a>> = closed(machine, size).into_iter().collect();
    if found.is_empty() {
        found.extend(zones(machine, size));
    }
    found.extend(image(machine, size));
    found.extend(disks(machine, parts, size));
    found.extend(interfaces(machine, parts, size));
    found.extend(abilities(machine, size));
    found
}

fn closed<'a>(machine: &Machine<'a>, size: &SizeFacts) -> Option<Misfit<'a>> {
    let reason = size.closed.as_ref()?;
    Some(Misfit {
        code: Code::SizeNotOffered,
        place: machine.place("size"),
        words: format!(
            "the subscription may not use size `{}` in {} ({reason})",
            size.name, machine.region.location
        ),
        label: "",
        help: Some(format!(
            "ask Azure support for access to the size in {} (portal, Quotas)",
            machine.region.location
        )),
    })
}

fn zones<'a>(machine: &Machine<'a>, size: &SizeFacts) -> Option<Misfit<'a>> {
    let usable = |zone: &&str| size.zones.contains(*zone) && !size.closed_zones.contains_key(*zone);
    let asked = machine.zones();
    let missing = asked.iter().find(|zone| !usable(zone))?;
    let open: Vec<&str> = size
        .zones
        .iter()
        .map(String::as_str)
        .filter(usable)
        .collect();
    let location = &machine.region.location;
    let why = match size.closed_zones.get(*missing) {
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    };
    let key = if asked.len() > 1 { "zones" } else { "zone" };
    let place = match machine.desired.places.get(key) {
        Some(place) => place,
        None => machine.place("zone"),
    };
    Some(Misfit {
        code: Code::SizeNotInZone,
        place,
        words: format!(
            "zone {missing} of {location} has no machines of size `{}`{why}",
            size.name
        ),
        label: "asked for here",
        help: Some(match open.first() {
            Some(_) => format!("write another zone: {}", words::choices(&open)),
            None => ANY_ZONE.to_owned(),
        }),
    })
}

/// Generation and architecture of the image. A machine that stands keeps both:
/// all versions of an image have the same.
fn image<'a>(machine: &Machine<'a>, size: &SizeFacts) -> Vec<Misfit<'a>> {
    let Some(image) = machine.image else {
        return Vec::new();
    };
    let definition = &image.definition;
    let mut found = Vec::new();
    let mut misfit = |words: String| {
        found.push(Misfit {
            code: Code::SizeDoesNotFitImage,
            place: machine.place("size"),
            words,
            label: "the size",
            help: None,
        });
    };
    let name = image.address.last();
    let generation = definition.generation.to_ascii_uppercase();
    if !size.generations.is_empty() && !size.generations.contains(&generation) {
        let boots: Vec<&str> = size.generations.iter().map(String::as_str).collect();
        misfit(format!(
            "size `{}` boots images of generation {}, and image {name} is {generation}",
            size.name,
            boots.join(" and ")
        ));
    }
    let own = size.architecture.as_deref();
    if let Some(own) = own.filter(|own| !own.eq_ignore_ascii_case(&definition.architecture)) {
        misfit(format!(
            "size `{}` is {own}, and image {name} is {}",
            size.name, definition.architecture
        ));
    }
    found
}

fn disks<'a>(machine: &Machine<'a>, parts: &Parts<'a>, size: &SizeFacts) -> Vec<Misfit<'a>> {
    let disks = machine.data_disks(parts);
    let of_image = machine.image.map_or(0, |image| image.disks.luns.len());
    let count = match machine.made {
        Made::New if disks.is_empty() => of_image,
        _ => disks.len(),
    };
    let mut found = Vec::new();
    let most = size.data_disks.and_then(|most| usize::try_from(most).ok());
    if let Some(most) = most.filter(|most| count > *most) {
        let last = disks
            .get(most)
            .map_or(machine.place("size"), |disk| disk.place);
        found.push(Misfit {
            code: Code::SizeTooSmall,
            place: last,
            words: format!(
                "size `{}` takes {most} data disks, and {count} are asked for",
                size.name
            ),
            label: "one too many",
            help: None,
        });
    }
    if !size.lacks(Ability::PremiumDisks) {
        return found;
    }
    let premium =
        |disk: &super::machine::Disk<'_>| disk.sku.is_some_and(|sku| sku.starts_with("Premium"));
    let all = std::iter::once(machine.os_disk()).chain(disks);
    found.extend(all.filter(premium).map(|disk| Misfit {
        code: Code::SizeLacksFeature,
        place: disk.place,
        words: format!(
            "size `{}` takes no premium disks, and the {} is {}",
            size.name,
            disk.name,
            disk.sku.unwrap_or_default()
        ),
        label: "",
        help: Some("write  sku: StandardSSD_LRS".to_owned()),
    }));
    found
}

fn interfaces<'a>(machine: &Machine<'a>, parts: &Parts<'a>, size: &SizeFacts) -> Vec<Misfit<'a>> {
    let (count, fast) = machine.interfaces(parts);
    let mut found = Vec::new();
    let most = size.interfaces.and_then(|most| usize::try_from(most).ok());
    if let Some(most) = most.filter(|most| count > *most) {
        found.push(Misfit {
            code: Code::SizeTooSmall,
            place: machine.place("size"),
            words: format!(
                "size `{}` takes {most} network interfaces, and {count} are asked for",
                size.name
            ),
            label: "",
            help: None,
        });
    }
    let place = fast.filter(|_| size.lacks(Ability::AcceleratedNetworking));
    found.extend(place.map(|place| Misfit {
        code: Code::SizeLacksFeature,
        place,
        words: format!("size `{}` has no accelerated networking", size.name),
        label: "",
        help: Some("write  accelerated_networking: false".to_owned()),
    }));
    found
}

fn abilities<'a>(machine: &Machine<'a>, size: &SizeFacts) -> Vec<Misfit<'a>> {
    let security = machine.security();
    let trusted = security.eq_ignore_ascii_case("TrustedLaunch");
    let confidential = security.eq_ignore_ascii_case("ConfidentialVM");
    let at_host = machine.is_true(&["securityProfile", "encryptionAtHost"]);
    let asked = [
        (
            trusted && size.lacks(Ability::TrustedLaunch),
            "security.type",
            "cannot launch trusted",
            "write  security: {type: Standard}",
        ),
        (
            confidential && size.confidential.is_none(),
            "security.type",
            "makes no confidential machines",
            "write  security: {type: Standard}",
        ),
        (
            at_host && size.lacks(Ability::EncryptionAtHost),
            "security.encryption_at_host",
            "cannot encrypt at the host",
            "leave `encryption_at_host` out",
        ),
        (
            machine.is_spot() && size.lacks(Ability::Spot),
            "priority",
            "has no spot machines",
            "leave `priority` out",
        ),
    ];
    let asked = asked.into_iter().filter(|(lacks, ..)| *lacks);
    asked
        .map(|(_, property, cannot, help)| Misfit {
            code: Code::SizeLacksFeature,
            place: machine.place(property),
            words: format!("size `{}` {cannot}", size.name),
            label: "asked for here",
            help: Some(help.to_owned()),
        })
        .collect()
}
