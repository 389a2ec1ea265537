use super::{IdError, ResourceId, SubscriptionId, is_guid};

const SUBNET: &str =
    "/subscriptions/3/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/app";

#[test]
fn ids_are_equal_whatever_their_case() {
    let one = ResourceId::parse(SUBNET).unwrap();
    let two = ResourceId::parse(&SUBNET.to_uppercase()).unwrap();
    assert_eq!(one, two);
    assert_eq!(one.cmp(&two), std::cmp::Ordering::Equal);
}

#[test]
fn an_id_knows_its_parts() {
    let id = ResourceId::parse(SUBNET).unwrap();
    assert_eq!(
        id.resource_type(),
        "Microsoft.Network/virtualNetworks/subnets"
    );
    assert_eq!(id.resource_group(), Some("rg"));
    assert_eq!(id.name(), "app");
    let network = id.parent().unwrap();
    assert_eq!(network.name(), "v");
    assert_eq!(network.parent(), None);
    let group = ResourceId::group(&SubscriptionId::new("3"), "rg");
    assert_eq!(group.resource_type(), "Microsoft.Resources/resourceGroups");
}

#[test]
fn what_is_no_id_is_refused() {
    assert_eq!(ResourceId::parse("web"), Err(IdError::NotAnId));
    assert_eq!(ResourceId::parse("/sites/x"), Err(IdError::NotAnId));
    assert_eq!(
        ResourceId::parse("/subscriptions"),
        Err(IdError::Incomplete)
    );
    assert_eq!(
        ResourceId::parse("/subscriptions/"),
        Err(IdError::Incomplete)
    );
}

#[test]
fn guids_have_one_form() {
    assert!(is_guid("22222222-2222-2222-2222-222222222222"));
    assert!(!is_guid("22222222-2222-2222-2222-22222222222"));
    assert!(!is_guid("contoso.onmicrosoft.com"));
}
