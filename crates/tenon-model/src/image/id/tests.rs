use super::{ImageDefinition, ImageId, Sharing};
use crate::Value;
use crate::image::ImageVersion;

const GALLERY: &str =
    "/subscriptions/S/resourceGroups/g/providers/Microsoft.Compute/galleries/acme/images/web";

fn parse(text: &str) -> ImageId {
    ImageId::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn reference(members: &[(&str, &str)]) -> Value {
    let members = members
        .iter()
        .map(|(name, text)| (*name, Value::text(*text)));
    Value::Map(members.collect())
}

#[test]
fn every_form_is_read_and_written_again() {
    for text in [
        GALLERY.to_owned(),
        format!("{GALLERY}/versions/1.4.2"),
        "/sharedGalleries/s-ACME/images/web".to_owned(),
        "/sharedGalleries/s-ACME/images/web/versions/1.4.2".to_owned(),
        "/communityGalleries/acme-1/images/web".to_owned(),
        "/communityGalleries/acme-1/images/web/versions/1.4.2".to_owned(),
    ] {
        assert_eq!(parse(&text).to_string(), text);
    }
}

#[test]
fn each_form_has_its_own_member() {
    let member = |text: &str| parse(text).member();
    assert_eq!(member(GALLERY), "id");
    assert_eq!(
        member("/SharedGalleries/x/Images/y"),
        "sharedGalleryImageId"
    );
    assert_eq!(
        member("/communitygalleries/x/images/y"),
        "communityGalleryImageId"
    );
}

#[test]
fn case_and_the_word_latest_mean_nothing() {
    assert_eq!(parse(&GALLERY.to_ascii_uppercase()), parse(GALLERY));
    assert_eq!(parse(&format!("{GALLERY}/versions/latest")), parse(GALLERY));
    assert_eq!(
        parse("/SharedGalleries/S-acme/Images/WEB/Versions/Latest"),
        parse("/sharedGalleries/s-ACME/images/web")
    );
    assert_ne!(
        parse("/sharedGalleries/a/images/web"),
        parse("/communityGalleries/a/images/web")
    );
}

#[test]
fn what_is_no_image_says_why() {
    let refused = |text: &str| ImageId::parse(text).unwrap_err().to_string();
    assert_eq!(
        refused("/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/acme"),
        "it is the id of a Microsoft.Compute/galleries"
    );
    assert!(refused("/sharedGalleries/x").starts_with("it has the form /sharedGalleries/"));
    assert!(refused("/communityGalleries/x/images//versions/1.0.0").contains("<gallery>"));
    assert!(refused(&format!("{GALLERY}/versions/1.x")).contains("`1.x`"));
    assert!(refused("web").contains("/subscriptions/"));
}

#[test]
fn a_reference_means_the_version_that_azure_took() {
    let exact = Some(ImageVersion(1, 4, 2));
    let of = |members: &[(&str, &str)]| ImageId::of_reference(&reference(members));
    let latest = of(&[("id", GALLERY), ("exactVersion", "1.4.2")]);
    assert_eq!(latest, Some(parse(&format!("{GALLERY}/versions/1.4.2"))));
    let shared = of(&[
        (
            "sharedGalleryImageId",
            "/SharedGalleries/s/Images/web/Versions/latest",
        ),
        ("exactVersion", "1.4.2"),
    ]);
    let shared = shared.expect("an image");
    assert_eq!(shared.version, exact);
    assert!(
        matches!(&shared.definition, ImageDefinition::Open(open) if open.sharing == Sharing::Direct)
    );
    // The id says the version itself.
    let named = of(&[
        ("id", &format!("{GALLERY}/versions/1.4.1")),
        ("exactVersion", "1.4.2"),
    ]);
    assert_eq!(named.and_then(|id| id.version), Some(ImageVersion(1, 4, 1)));
    assert_eq!(
        of(&[("publisher", "Canonical"), ("exactVersion", "1.0.0")]),
        None
    );
}
