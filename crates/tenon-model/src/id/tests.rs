use super::{IdError, ResourceId, SubscriptionId, TenantId, is_guid};

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

#[test]
fn an_extension_lies_on_its_resource_and_on_a_group_looks_like_none() {
    let group = ResourceId::parse("/subscriptions/s/resourceGroups/g").unwrap();
    let network =
        ResourceId::parse("/subscriptions/s/resourceGroups/g/providers/M.N/nets/n").unwrap();
    let lock = network.extension("Microsoft.Authorization/locks", &["keep"]);
    assert_eq!(
        lock.as_str(),
        "/subscriptions/s/resourceGroups/g/providers/M.N/nets/n/providers/Microsoft.Authorization/locks/keep"
    );
    assert_eq!(lock.parent(), Some(network.clone()));
    assert!(lock.is_inside(&network) && lock.is_inside(&group) && !network.is_inside(&lock));
    let other = group.extension("Microsoft.Authorization/locks", &["keep"]);
    assert_eq!(other.parent(), None);
    assert_eq!(other.resource_type(), "Microsoft.Authorization/locks");
}

#[test]
fn what_lies_in_a_directory_has_ids_of_the_same_form() {
    let tenant = TenantId::new("T1");
    let app = ResourceId::in_directory(&tenant, "applications", "tenon-acme-fleet");
    assert_eq!(app.as_str(), "/tenants/t1/applications/tenon-acme-fleet");
    assert_eq!(ResourceId::parse(app.as_str()).as_ref(), Ok(&app));
    let credential = app.child("federatedIdentityCredentials", "prod");
    assert_eq!(app.resource_type(), "Microsoft.Graph/applications");
    assert_eq!(
        credential.resource_type(),
        "Microsoft.Graph/applications/federatedIdentityCredentials"
    );
    assert_eq!(
        (app.parent(), credential.parent()),
        (None, Some(app.clone()))
    );
    assert_eq!(
        (app.name(), app.resource_group()),
        ("tenon-acme-fleet", None)
    );
    assert_eq!(app.directory(), Some(tenant));
    assert_eq!(app.subscription(), SubscriptionId::new("t1"));
    let group = ResourceId::group(&SubscriptionId::new("s"), "g");
    assert_eq!(group.directory(), None);
    assert_eq!(
        ResourceId::parse("/tenants/t1/applications"),
        Err(IdError::Incomplete)
    );
}
