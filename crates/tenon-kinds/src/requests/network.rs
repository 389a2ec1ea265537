//! Networks, security groups, addresses and interfaces.

use super::{Row, Version, group};
use crate::versions;

const NETWORK: &str =
    "network/resource-manager/Microsoft.Network/stable/2024-01-01/virtualNetwork.json";
const GROUP: &str =
    "network/resource-manager/Microsoft.Network/stable/2024-01-01/networkSecurityGroup.json";
const ADDRESS: &str =
    "network/resource-manager/Microsoft.Network/stable/2024-01-01/publicIpAddress.json";
const USAGE: &str = "network/resource-manager/Microsoft.Network/stable/2024-01-01/usage.json";
const INTERFACE: &str =
    "network/resource-manager/Microsoft.Network/stable/2024-01-01/networkInterface.json";

pub(super) const ROWS: &[Row] = &[
    Row {
        method: "GET",
        path: "/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}/usages",
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "tells how many public addresses a region takes, where a plan makes some",
        document: USAGE,
        operation: "Usages_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/usages"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "tells how many addresses are free in the subnets that a plan puts machines into",
        document: NETWORK,
        operation: "VirtualNetworks_ListUsage",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/CheckIPAddressAvailability"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &["ipAddress"],
        purpose: "tells whether a fixed private address is free",
        document: NETWORK,
        operation: "VirtualNetworks_CheckIPAddressAvailability",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/virtualNetworks"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "reads the virtual networks of a group",
        document: NETWORK,
        operation: "VirtualNetworks_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "looks at a virtual network right before it is written",
        document: NETWORK,
        operation: "VirtualNetworks_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "makes or changes a virtual network",
        document: NETWORK,
        operation: "VirtualNetworks_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "deletes a virtual network",
        document: NETWORK,
        operation: "VirtualNetworks_Delete",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "looks at a subnet right before it is written",
        document: NETWORK,
        operation: "Subnets_Get",
    },
    Row {
        method: "PUT",
        path: group!(
            "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "makes or changes a subnet",
        document: NETWORK,
        operation: "Subnets_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!(
            "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "deletes a subnet",
        document: NETWORK,
        operation: "Subnets_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/networkSecurityGroups"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "reads the network security groups of a group",
        document: GROUP,
        operation: "NetworkSecurityGroups_List",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "looks at a network security group right before it is written",
        document: GROUP,
        operation: "NetworkSecurityGroups_Get",
    },
    Row {
        method: "PUT",
        path: group!(
            "/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "makes or changes a network security group",
        document: GROUP,
        operation: "NetworkSecurityGroups_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!(
            "/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
        ),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "deletes a network security group",
        document: GROUP,
        operation: "NetworkSecurityGroups_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/publicIPAddresses"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "reads the public IP addresses of a group",
        document: ADDRESS,
        operation: "PublicIPAddresses_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "looks at a public IP address right before it is written",
        document: ADDRESS,
        operation: "PublicIPAddresses_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "makes or changes a public IP address",
        document: ADDRESS,
        operation: "PublicIPAddresses_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "deletes a public IP address",
        document: ADDRESS,
        operation: "PublicIPAddresses_Delete",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/networkInterfaces"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "reads the network interfaces of a group",
        document: INTERFACE,
        operation: "NetworkInterfaces_List",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "looks at a network interface right before it is written",
        document: INTERFACE,
        operation: "NetworkInterfaces_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "makes or changes a network interface",
        document: INTERFACE,
        operation: "NetworkInterfaces_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}"),
        version: Version::Pinned(versions::NETWORK),
        query: &[],
        purpose: "deletes a network interface",
        document: INTERFACE,
        operation: "NetworkInterfaces_Delete",
    },
];
