//! Images: which versions will do, and where.

use super::{GALLERY, declare};

fn requests(text: &str) -> Vec<String> {
    let declaration = declare(text);
    let one = |image: &tenon_model::image::ImageRequest| {
        let tenant = image
            .tenant
            .as_ref()
            .map_or(String::new(), |tenant| format!(" of {}", tenant.short()));
        format!(
            "{} {} {}{tenant} in {}",
            image.address,
            image.definition.name(),
            image.channel,
            image.regions.join(",")
        )
    };
    declaration.images.iter().map(one).collect()
}

#[test]
fn versions_come_from_key_or_id() {
    let text = format!(
        "tenants: {{acme: {{id: 11111111-1111-1111-1111-111111111111}}}}\nimages:\n  a: {{id: {GALLERY}/web, version: 1.4.x, tenant: acme}}\n  b: {{id: {GALLERY}/web/versions/1.0.0}}\n  c: {{id: {GALLERY}/web}}\n  d: {{id: {GALLERY}/web/versions/1.0.0, version: 1.0.0}}\n"
    );
    assert_eq!(
        requests(&text),
        [
            "images.a web 1.4.x of 11111111… in ",
            "images.b web 1.0.0 in ",
            "images.c web latest in ",
            "images.d web 1.0.0 in "
        ]
    );
}

#[test]
fn an_image_is_needed_where_its_machines_are() {
    let keys = "admin_username: ops, nsg_rule: NONE";
    let text = format!(
        "images: {{i: {{id: {GALLERY}/web}}}}\nvms:\n  a: {{image: i, {keys}}}\n  b: {{image: i, location: North Europe, {keys}}}\n  c: {{image: {GALLERY}/own/versions/1.0.0, count: 2, {keys}}}\n"
    );
    assert_eq!(
        requests(&text),
        [
            "images.i web latest in westeurope,northeurope",
            "vms.c.image own 1.0.0 in westeurope"
        ]
    );
}
