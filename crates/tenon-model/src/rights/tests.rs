use super::covers;

#[test]
fn patterns_cover_as_azure_says() {
    for (pattern, action, covered) in [
        ("*", "Microsoft.Compute/disks/write", true),
        ("*/read", "Microsoft.Compute/disks/read", true),
        ("*/read", "Microsoft.Compute/disks/write", false),
        (
            "Microsoft.Network/*",
            "microsoft.network/virtualNetworks/subnets/join/action",
            true,
        ),
        (
            "Microsoft.Network/*/join/action",
            "Microsoft.Network/networkInterfaces/join/action",
            true,
        ),
        (
            "Microsoft.Network/virtualNetworks/*",
            "Microsoft.Network/networkInterfaces/join/action",
            false,
        ),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            true,
        ),
        (
            "Microsoft.Compute/disks/write",
            "Microsoft.Compute/disks/writes",
            false,
        ),
        ("", "Microsoft.Compute/disks/write", false),
    ] {
        assert_eq!(covers(pattern, action), covered, "{pattern} {action}");
    }
}
