//! Which gallery is published to.

use tenon_model::{Diagnostic, ResourceId, SubscriptionId};

use super::problems;
use crate::arguments::PublishArguments;
use crate::credentials::variable;
use crate::prepare::Loaded;

const GALLERY: &str = "Microsoft.Compute/galleries";

/// The gallery that the options name: by its id, by its entry in the spec, or
/// by its name in the default resource group.
pub(super) fn gallery(
    base: Option<&Loaded>,
    options: &PublishArguments,
) -> Result<ResourceId, Vec<Diagnostic>> {
    let name = options.target.gallery.as_deref();
    if let Some(text) = &options.gallery_id {
        let id = ResourceId::parse(text).ok();
        let id = id.filter(|id| id.resource_type().eq_ignore_ascii_case(GALLERY));
        let id = id.ok_or_else(|| vec![problems::no_gallery_id(text)])?;
        let fits = name.is_none_or(|name| name.eq_ignore_ascii_case(id.name()));
        return if fits {
            Ok(id)
        } else {
            Err(vec![problems::two_galleries(&id)])
        };
    }
    let Some(name) = name else {
        return Err(vec![problems::no_gallery()]);
    };
    let Some(base) = base else {
        return of_environment(name).ok_or_else(|| vec![problems::nowhere(name)]);
    };
    let (declaration, settled, _) = base.offline();
    let found = declaration.resources.iter().find(|one| {
        one.rules.resource_type == GALLERY
            && (one.id.name().eq_ignore_ascii_case(name) || one.address.last() == name)
    });
    Ok(match found {
        Some(found) => found.id.clone(),
        None => ResourceId::in_group(
            &settled.subscription,
            &settled.group.value.name,
            GALLERY,
            &[name],
        ),
    })
}

fn of_environment(name: &str) -> Option<ResourceId> {
    let first = |names: [&str; 2]| names.into_iter().find_map(variable);
    let subscription = first(["AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID"])?;
    let group = first(["AZURE_RESOURCE_GROUP", "AZURE_DEFAULTS_GROUP"])?;
    let subscription = SubscriptionId::new(&subscription);
    Some(ResourceId::in_group(
        &subscription,
        &group,
        GALLERY,
        &[name],
    ))
}
