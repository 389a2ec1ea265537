//! What can be asked for: its name in the spec, and where Azure has it.

use tenon_model::transport::Verb;

const GROUP: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/shop";
const GALLERY: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme";

/// Something that is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Thing {
    name: &'static str,
    /// Its name in the spec; none while signing in.
    pub(crate) address: Option<&'static str>,
    pub(crate) verb: Verb,
    path: &'static str,
}

const THINGS: [Thing; 18] = [
    thing("sign_in", "", Verb::Get, ""),
    thing("image", "images.web", Verb::Get, "/images/web"),
    thing("group", "resource_group", Verb::Put, ""),
    thing("vm", "vms.web", Verb::Put, "Compute/virtualMachines/web"),
    thing(
        "nic",
        "vms.web.nic",
        Verb::Put,
        "Network/networkInterfaces/webVMNic",
    ),
    thing(
        "extension",
        "vms.web.extensions.init",
        Verb::Put,
        "Compute/virtualMachines/web/extensions/init",
    ),
    thing(
        "set",
        "scale_sets.fleet",
        Verb::Put,
        "Compute/virtualMachineScaleSets/fleet",
    ),
    thing(
        "network",
        "networks.net",
        Verb::Put,
        "Network/virtualNetworks/net",
    ),
    thing(
        "subnet",
        "networks.net.subnets.app",
        Verb::Put,
        "Network/virtualNetworks/net/subnets/app",
    ),
    thing(
        "nsg",
        "nsgs.web",
        Verb::Put,
        "Network/networkSecurityGroups/web",
    ),
    thing(
        "ip",
        "public_ips.front",
        Verb::Put,
        "Network/publicIPAddresses/front",
    ),
    thing(
        "role",
        "access.reader",
        Verb::Put,
        "Authorization/roleAssignments/5a6b7c8d-0000-4000-8000-00000000000d",
    ),
    thing(
        "app",
        "apps.fleet",
        Verb::Put,
        "/tenants/22222222-2222-2222-2222-222222222222/applications/tenon-shop-fleet",
    ),
    thing(
        "consent",
        "service_principals.theirs",
        Verb::Put,
        "/tenants/22222222-2222-2222-2222-222222222222/servicePrincipals/7d5f0c1e-0000-4000-8000-000000000002",
    ),
    thing("disk", "resources.data", Verb::Put, "Compute/disks/data"),
    thing(
        "gallery",
        "resources.gallery",
        Verb::Put,
        "Compute/galleries/acme",
    ),
    thing(
        "definition",
        "resources.definition",
        Verb::Put,
        "Compute/galleries/acme/images/web",
    ),
    thing(
        "version",
        "resources.version",
        Verb::Put,
        "Compute/galleries/acme/images/web/versions/1.4.2",
    ),
];

const fn thing(name: &'static str, address: &'static str, verb: Verb, path: &'static str) -> Thing {
    Thing {
        name,
        address: if address.is_empty() {
            None
        } else {
            Some(address)
        },
        verb,
        path,
    }
}

/// The thing of that name.
pub(crate) fn named(name: &str) -> Option<Thing> {
    THINGS.into_iter().find(|thing| thing.name == name)
}

impl Thing {
    /// Its path, from `/subscriptions`.
    pub(crate) fn path(&self) -> String {
        match (self.verb, self.path) {
            (Verb::Get, path) => format!("{GALLERY}{path}"),
            (_, "") => GROUP.to_owned(),
            (_, path) if path.starts_with('/') => path.to_owned(),
            (_, path) => format!("{GROUP}/providers/Microsoft.{path}"),
        }
    }
}
