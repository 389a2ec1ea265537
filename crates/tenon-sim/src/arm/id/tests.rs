use super::*;

const VM: &str =
    "/subscriptions/s/resourceGroups/Rg/providers/Microsoft.Compute/virtualMachines/vm";

#[test]
fn ids_show_as_written_and_compare_in_lower_case() {
    let id = ResourceId::parse(&VM.replace("resourceGroups", "resourcegroups")).expect("an id");
    assert_eq!(id.to_string(), VM);
    assert_eq!(id.key(), VM.to_ascii_lowercase());
    assert_eq!(id.type_name(), "Microsoft.Compute/virtualMachines");
    assert_eq!(id.name(), "vm");
}

#[test]
fn extensions_hang_on_their_scope() {
    let id = ResourceId::parse(&format!("{VM}/providers/Microsoft.Authorization/locks/l"));
    let id = id.expect("an id");
    assert_eq!(id.scope().to_string(), VM);
    assert!(id.is_extension());
    assert_eq!(id.type_name(), "Microsoft.Authorization/locks");
}

#[test]
fn children_know_their_parent() {
    let id = ResourceId::parse(&format!("{VM}/extensions/x")).expect("an id");
    assert_eq!(id.parent().expect("a parent").to_string(), VM);
    assert_eq!(
        id.type_name(),
        "Microsoft.Compute/virtualMachines/extensions"
    );
}

#[test]
fn half_ids_are_none() {
    assert_eq!(ResourceId::parse(&format!("{VM}/extensions")), None);
    assert_eq!(ResourceId::parse("subscriptions/s"), None);
    assert_eq!(ResourceId::parse("/subscriptions//resourceGroups"), None);
}
