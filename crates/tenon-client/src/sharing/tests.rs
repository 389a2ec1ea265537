use tenon_model::Value;

use super::{Shared, gallery_of, gallery_of_list};

const GALLERY: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/a";

fn shared(subscriptions: &[&str], tenants: &[&str]) -> Shared {
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Shared {
        groups: [set(subscriptions), set(tenants)],
        community: false,
    }
}

fn actions(now: &Shared, wanted: &Shared) -> Vec<String> {
    let json = |value: &Value| tenon_model::canonical::to_string(value);
    now.towards(wanted).iter().map(json).collect()
}

#[test]
fn only_the_sharing_of_a_gallery_is_meant() {
    let path = format!("{GALLERY}/share/current");
    assert_eq!(gallery_of(&path).unwrap().as_str(), GALLERY);
    assert_eq!(gallery_of(&format!("{GALLERY}/images/web")), None);
    assert_eq!(gallery_of(GALLERY), None);
    let list = gallery_of_list(&format!("{GALLERY}/share"));
    assert_eq!(list.unwrap().as_str(), GALLERY);
    assert_eq!(gallery_of_list(&format!("{GALLERY}/images")), None);
}

#[test]
fn whom_to_add_comes_before_whom_to_take_out() {
    let found = actions(&shared(&["1", "2"], &[]), &shared(&["2", "3"], &["4"]));
    assert_eq!(
        found,
        [
            r#"{"groups":[{"ids":["3"],"type":"Subscriptions"},{"ids":["4"],"type":"AADTenants"}],"operationType":"Add"}"#,
            r#"{"groups":[{"ids":["1"],"type":"Subscriptions"}],"operationType":"Remove"}"#,
        ]
    );
    assert!(actions(&shared(&["1"], &[]), &shared(&["1"], &[])).is_empty());
}

#[test]
fn the_community_is_let_in_and_out() {
    let open = Shared {
        community: true,
        ..Shared::default()
    };
    let nobody = Shared::default();
    assert_eq!(
        actions(&nobody, &open),
        [r#"{"operationType":"EnableCommunity"}"#]
    );
    assert_eq!(actions(&open, &nobody), [r#"{"operationType":"Reset"}"#]);
}
