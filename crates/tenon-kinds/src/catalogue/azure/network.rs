//! Addresses, and what still uses what.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what is about addresses and about use.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "SubnetIsFull" => subnet_full(case),
        "NetcfgInvalidSubnet"
        | "NetcfgSubnetRangesOverlap"
        | "NetcfgInvalidVirtualNetworkAddressSpace"
        | "SubnetsNotInSameVnet"
        | "PrivateIPAddressInUse"
        | "PrivateIPAddressNotInSubnet" => addresses(case),
        "IPv4BasicSkuPublicIpCountLimitReached" => basic_address(case),
        "NicInUse"
        | "PublicIPAddressCannotBeDeleted"
        | "PublicIPAddressInUse"
        | "InUseSubnetCannotBeDeleted"
        | "InUseNetworkSecurityGroupCannotBeDeleted"
        | "CannotDeleteResource" => still_in_use(case),
        _ if case.says("before nested resources are deleted") => still_in_use(case),
        _ => return None,
    })
}

fn subnet_full(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::SubnetFull,
        format!("the subnet of {} has no address left for it", case.subject()),
    )
    .note("Azure keeps five addresses of every subnet for itself, and a new machine takes its address before an old one gives its own back")
    .help(Help::text(
        "take another subnet, or one of a larger range; a range grows only while nobody uses it",
    ))
    .help(Help::command(
        "who has the addresses",
        "az network nic list --query \"[].{nic:name, address:ipConfigurations[0].privateIPAddress, subnet:ipConfigurations[0].subnet.id}\" --output table",
    ))
}

fn addresses(case: &Case<'_>) -> Diagnostic {
    let (code, words, way_out) = match case.code {
        "PrivateIPAddressInUse" | "PrivateIPAddressNotInSubnet" => (
            Code::AddressTaken,
            "the address of {} cannot be had",
            "write another  private_ip, or leave it out: Azure then takes a free one",
        ),
        "SubnetsNotInSameVnet" => (
            Code::AddressesDoNotFit,
            "the interfaces of {} lie in different networks",
            "take subnets of one network for all interfaces of a machine",
        ),
        _ => (
            Code::AddressesDoNotFit,
            "the ranges of {} do not fit together",
            "every  prefix  lies inside of the  address_space  of its network, and no two of them overlap",
        ),
    };
    case.problem(code, words.replace("{}", &case.subject()))
    .help(Help::text(way_out))
    .help(Help::command(
        "what the networks have",
        "az network vnet list --query \"[].{network:name, space:addressSpace.addressPrefixes, subnets:subnets[].addressPrefix}\"",
    ))
}

fn basic_address(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::BasicAddressRetired,
        format!(
            "Azure makes no Basic public address for {} any more",
            case.subject()
        ),
    )
    .help(Help::text(
        "entries of `public_ips` and of machines are Standard; in a body under `resources` write  sku: {name: Standard}  and  publicIPAllocationMethod: Static",
    ))
}

fn still_in_use(case: &Case<'_>) -> Diagnostic {
    let mut users: Vec<String> = case.all_named().map(|id| id.to_string()).collect();
    users.dedup();
    let own = case
        .resource()
        .map(|id| id.to_string().to_ascii_lowercase());
    users.retain(|id| own.as_ref() != Some(&id.to_ascii_lowercase()));
    let problem = case.problem(
        Code::StillInUse,
        format!("something else still uses {}", case.subject()),
    );
    let problem = match users.last() {
        Some(user) => problem.help(Help::command(
            "look at what uses it",
            format!("az resource show --ids {user}"),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "delete that first, or let it name something else; if it went a moment ago, run the same command again",
    ))
}
