//! What is known about scale sets.
//!
//! A change of the model is one thing and its way to the machines another.
//! Where nobody brings it to the machines that run they keep what they have,
//! else they are restarted or get their disks anew. Two tables say so, and differ
//! in nothing else. Sources: Microsoft's pages about modifying a scale set and about
//! upgrade policies, and what azurerm's `linux_virtual_machine_scale_set`
//! changes in place; Microsoft's descriptions mark nothing.

use tenon_model::rules::{
    Absent, Direction, Disruption, Extra, Gone, KeyedList, Keys, Loss, Row, Rules, Same, Tags,
    Update, Usual, View,
};

use crate::versions;
use crate::vms::identity;

macro_rules! model {
    ($member:literal) => {
        concat!("properties.virtualMachineProfile.", $member)
    };
}
macro_rules! storage {
    ($member:literal) => {
        concat!("properties.virtualMachineProfile.storageProfile.", $member)
    };
}
macro_rules! os {
    ($member:literal) => {
        concat!("properties.virtualMachineProfile.osProfile.", $member)
    };
}
macro_rules! nic {
    ($member:literal) => {
        concat!(
            "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations",
            $member
        )
    };
}
macro_rules! ip {
    ($member:literal) => {
        concat!(
            "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations",
            "[name].properties.ipConfigurations",
            $member
        )
    };
}
macro_rules! extension {
    ($member:literal) => {
        concat!(
            "properties.virtualMachineProfile.extensionProfile.extensions",
            $member
        )
    };
}
macro_rules! upgrade {
    ($member:literal) => {
        concat!("properties.upgradePolicy.rollingUpgradePolicy.", $member)
    };
}

/// How the model reaches machines that run.
#[derive(Clone, Copy)]
enum Reach {
    /// They keep what they have until somebody else tells them.
    Told,
    /// Azure or the run sees to it.
    Reached,
}

impl Reach {
    /// What a change of the model costs that costs this where it arrives.
    const fn costs(self, arrived: Disruption) -> Disruption {
        match self {
            Self::Told => Disruption::None,
            Self::Reached => arrived,
        }
    }

    /// What an image leaves of the machines that get it.
    const fn reimage(self) -> Gone {
        match self {
            Self::Told => Gone::Nothing,
            Self::Reached => Gone::Words("os_disks"),
        }
    }
}

const TOLD_ROWS: &[Row] = &rows(Reach::Told);
const REACHED_ROWS: &[Row] = &rows(Reach::Reached);

/// Of sets whose machines are upgraded by somebody else.
pub(super) static TOLD: Rules = rules(TOLD_ROWS);

/// Of sets whose machines get every new model.
pub(super) static REACHED: Rules = rules(REACHED_ROWS);

const fn rows(reach: Reach) -> [Row; 59] {
    let hot = reach.costs(Disruption::Hot);
    let restart = reach.costs(Disruption::Restart);
    // Only a machine that is made, or made anew, takes these.
    let later = Disruption::None;
    [
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("size", "sku.name", Same::Caseless).costs(restart),
        Row::new("capacity", "sku.capacity", Same::Caseless).gone(Gone::Each("machines")),
        // Zones can be added to a set that has some.
        Row::new("zones", "zones", Same::Set).towards(Direction::More),
        Row::new("zone_balance", "properties.zoneBalance", Same::Caseless).fixed(),
        Row::new(
            "orchestration",
            "properties.orchestrationMode",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "fault_domains",
            "properties.platformFaultDomainCount",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "single_placement_group",
            "properties.singlePlacementGroup",
            Same::Caseless,
        )
        .towards(Direction::Off),
        Row::new("overprovision", "properties.overprovision", Same::Caseless),
        Row::new(
            "upgrade.mode",
            "properties.upgradePolicy.mode",
            Same::Caseless,
        ),
        Row::new(
            "upgrade.max_batch_instance_percent",
            upgrade!("maxBatchInstancePercent"),
            Same::Caseless,
        )
        .absent(Absent::Default("20")),
        Row::new(
            "upgrade.max_unhealthy_instance_percent",
            upgrade!("maxUnhealthyInstancePercent"),
            Same::Caseless,
        )
        .absent(Absent::Default("20")),
        Row::new(
            "upgrade.max_unhealthy_upgraded_instance_percent",
            upgrade!("maxUnhealthyUpgradedInstancePercent"),
            Same::Caseless,
        )
        .absent(Absent::Default("20")),
        Row::new(
            "upgrade.pause_time_between_batches",
            upgrade!("pauseTimeBetweenBatches"),
            Same::Duration,
        )
        .absent(Absent::Default("\"PT0S\"")),
        Row::new(
            "upgrade.prioritize_unhealthy_instances",
            upgrade!("prioritizeUnhealthyInstances"),
            Same::Caseless,
        )
        .absent(Absent::Default("false")),
        Row::new("upgrade.max_surge", upgrade!("maxSurge"), Same::Caseless)
            .absent(Absent::Default("false")),
        Row::new(
            "upgrade.enable_cross_zone_upgrade",
            upgrade!("enableCrossZoneUpgrade"),
            Same::Caseless,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "upgrade.rollback_failed_instances_on_policy_breach",
            upgrade!("rollbackFailedInstancesOnPolicyBreach"),
            Same::Caseless,
        )
        .absent(Absent::Default("false")),
        Row::new(
            "upgrade.automatic_os_upgrade",
            "properties.upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade",
            Same::Caseless,
        ),
        Row::new("image", storage!("imageReference"), Same::Image)
            .costs(restart)
            .gone(reach.reimage())
            .seen(View::Image),
        Row::new(
            "os_disk.create_option",
            storage!("osDisk.createOption"),
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
        Row::new(
            "os_disk.caching",
            storage!("osDisk.caching"),
            Same::Caseless,
        )
        .costs(later),
        Row::new(
            "os_disk.size_gb",
            storage!("osDisk.diskSizeGB"),
            Same::Caseless,
        )
        .costs(later)
        .grows(),
        Row::new(
            "os_disk.sku",
            storage!("osDisk.managedDisk.storageAccountType"),
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "data_disks.*.lun",
            storage!("dataDisks[lun].lun"),
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new(
            "data_disks.*.create_option",
            storage!("dataDisks[lun].createOption"),
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new(
            "data_disks.*.size_gb",
            storage!("dataDisks[lun].diskSizeGB"),
            Same::Caseless,
        )
        .costs(later),
        Row::new(
            "data_disks.*.caching",
            storage!("dataDisks[lun].caching"),
            Same::Caseless,
        )
        .costs(hot),
        Row::new(
            "data_disks.*.sku",
            storage!("dataDisks[lun].managedDisk.storageAccountType"),
            Same::Caseless,
        )
        .costs(later),
        Row::new(
            "computer_name_prefix",
            os!("computerNamePrefix"),
            Same::Caseless,
        )
        .fixed(),
        Row::new("admin_username", os!("adminUsername"), Same::Exact).fixed(),
        Row::new("admin_password", os!("adminPassword"), Same::Exact)
            .fixed()
            .write_only(),
        Row::new("custom_data", os!("customData"), Same::Exact)
            .costs(later)
            .write_only(),
        Row::new(
            "ssh_key",
            os!("linuxConfiguration.ssh.publicKeys"),
            Same::SshKey,
        )
        .costs(later),
        Row::new(
            "password_authentication",
            os!("linuxConfiguration.disablePasswordAuthentication"),
            Same::Caseless,
        )
        // A password cannot be added in place.
        .fixed()
        .seen(View::Plumbing),
        // Shown only when a read asks for it by name.
        Row::new("user_data", model!("userData"), Same::Exact)
            .costs(hot)
            .write_only(),
        Row::new(
            "network_api_version",
            model!("networkProfile.networkApiVersion"),
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new("nic.*.name", nic!("[name].name"), Same::Caseless).seen(View::Plumbing),
        Row::new(
            "nsg",
            nic!("[name].properties.networkSecurityGroup.id"),
            Same::Id,
        )
        .costs(restart)
        .absent(Absent::Removed),
        Row::new(
            "accelerated_networking",
            nic!("[name].properties.enableAcceleratedNetworking"),
            Same::Caseless,
        )
        .costs(restart),
        // Within its network a set moves; to another network it does not.
        Row::new("subnet", ip!("[name].properties.subnet.id"), Same::Id)
            .costs(restart)
            .towards(Direction::Sibling),
        Row::new(
            "public_ip",
            ip!("[name].properties.publicIPAddressConfiguration.name"),
            Same::Caseless,
        )
        .costs(restart)
        .absent(Absent::Removed),
        Row::new(
            "health.*.type",
            extension!("[name].properties.type"),
            Same::Caseless,
        )
        .costs(hot)
        .seen(View::Plumbing),
        Row::new(
            "health.*.protocol",
            extension!("[name].properties.settings.protocol"),
            Same::Caseless,
        )
        .costs(hot),
        Row::new(
            "health.*.port",
            extension!("[name].properties.settings.port"),
            Same::Caseless,
        )
        .costs(hot),
        Row::new(
            "health.*.path",
            extension!("[name].properties.settings.requestPath"),
            Same::Exact,
        )
        .costs(hot)
        .absent(Absent::Removed),
        // Raising a set to trusted launch is possible for some; none is raised
        // by accident.
        Row::new(
            "security.type",
            model!("securityProfile.securityType"),
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "security.secure_boot",
            model!("securityProfile.uefiSettings.secureBootEnabled"),
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "security.vtpm",
            model!("securityProfile.uefiSettings.vTpmEnabled"),
            Same::Caseless,
        )
        .fixed(),
        Row::new("priority", model!("priority"), Same::Caseless)
            .fixed()
            .absent(Absent::Default("\"Regular\"")),
        Row::new("eviction_policy", model!("evictionPolicy"), Same::Caseless).fixed(),
        Row::new("license_type", model!("licenseType"), Same::Caseless)
            .costs(hot)
            .absent(Absent::Default("\"None\"")),
        Row::new(
            "boot_diagnostics",
            model!("diagnosticsProfile.bootDiagnostics.enabled"),
            Same::Caseless,
        )
        .costs(hot),
        identity::SYSTEM,
        identity::USER,
        Row::new("plan.name", "plan.name", Same::Caseless).fixed(),
        Row::new("plan.publisher", "plan.publisher", Same::Caseless).fixed(),
        Row::new("plan.product", "plan.product", Same::Caseless).fixed(),
    ]
}

const fn rules(rows: &'static [Row]) -> Rules {
    Rules {
        resource_type: "Microsoft.Compute/virtualMachineScaleSets",
        api_version: versions::COMPUTE,
        noun: "scale_set",
        lost: &[
            Loss::Value("machines", "sku.capacity"),
            Loss::Words("their_disks"),
        ],
        usual: Usual {
            write: 90,
            delete: 90,
        },
        children: &[],
        update: Update::Patch,
        tags: Tags::Own,
        rows,
        lists: &[
            KeyedList {
                path: storage!("dataDisks"),
                key: "lun",
                property: "data_disks.*",
                // Disks of the image, and what somebody added by hand.
                extra: Extra::Keep,
                keys: Keys::Names,
            },
            KeyedList {
                path: nic!(""),
                key: "name",
                property: "nic.*",
                extra: Extra::Keep,
                keys: Keys::Names,
            },
            KeyedList {
                path: ip!(""),
                key: "name",
                property: "ip.*",
                extra: Extra::Keep,
                keys: Keys::Names,
            },
            KeyedList {
                path: extension!(""),
                key: "name",
                property: "health.*",
                // Others bring extensions too.
                extra: Extra::Keep,
                keys: Keys::Names,
            },
        ],
        noise: &[
            "etag",
            "sku.tier",
            "properties.uniqueId",
            "properties.timeCreated",
            model!("timeCreated"),
            storage!("diskControllerType"),
            storage!("osDisk.osType"),
            os!("secrets"),
            os!("allowExtensionOperations"),
            os!("requireGuestProvisionSignal"),
            os!("linuxConfiguration.patchSettings"),
            os!("linuxConfiguration.provisionVMAgent"),
            os!("linuxConfiguration.enableVMAgentPlatformUpdates"),
            os!("windowsConfiguration"),
        ],
        read_only: &[
            "id",
            "name",
            "type",
            "etag",
            "identity.principalId",
            "identity.tenantId",
            "properties.provisioningState",
            "properties.uniqueId",
            "properties.timeCreated",
            extension!("[].id"),
            extension!("[].type"),
            extension!("[].properties.provisioningState"),
        ],
    }
}
