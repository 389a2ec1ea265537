//! Virtual machine sizes: what fits where, and what it counts against.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A virtual machine size. Only the name is required in a world file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Size {
    /// The name, such as `Standard_D2s_v5`.
    pub name: String,
    /// The quota family, such as `standardDSv5Family`.
    pub family: String,
    /// Virtual processors.
    pub cpus: u32,
    /// Memory in GB.
    pub memory_gb: f64,
    /// `x64` or `Arm64`.
    pub architecture: String,
    /// `V1`, `V2` or `V1,V2`.
    pub generations: String,
    /// Data disks it takes.
    pub data_disks: u32,
    /// Network interfaces it takes.
    pub network_interfaces: u32,
    /// True when premium disks may be attached.
    pub premium: bool,
    /// True when it can boot with trusted launch.
    pub trusted_launch: bool,
    /// `SNP` or `TDX` for confidential sizes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub confidential: String,
    /// True when interfaces may bypass the host.
    pub accelerated_networking: bool,
    /// True when machines may run on spare capacity.
    pub spot: bool,
    /// True when an OS disk may live on the host.
    pub ephemeral: bool,
    /// Which hardware it runs on: a running machine resizes within one cluster only.
    pub cluster: String,
    /// Regions that offer it; empty means all.
    pub locations: Vec<String>,
    /// Regions where this subscription may not use it.
    pub restricted: Vec<String>,
    /// Zones that offer it, in every zonal region.
    pub zones: Vec<String>,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            name: String::new(),
            family: "standardDSv5Family".to_owned(),
            cpus: 2,
            memory_gb: 8.0,
            architecture: "x64".to_owned(),
            generations: "V1,V2".to_owned(),
            data_disks: 4,
            network_interfaces: 2,
            premium: true,
            trusted_launch: true,
            confidential: String::new(),
            accelerated_networking: true,
            spot: true,
            ephemeral: false,
            cluster: "intel".to_owned(),
            locations: Vec::new(),
            restricted: Vec::new(),
            zones: ["1", "2", "3"].map(str::to_owned).to_vec(),
        }
    }
}

/// Name, family, processors, memory, disks, interfaces; the rest follows from the family.
type Row = (&'static str, &'static str, u32, f64, u32, u32);

const ROWS: &[Row] = &[
    ("Standard_B1s", "standardBSFamily", 1, 1.0, 2, 2),
    ("Standard_B1ms", "standardBSFamily", 1, 2.0, 2, 2),
    ("Standard_B2s", "standardBSFamily", 2, 4.0, 4, 3),
    ("Standard_B2ms", "standardBSFamily", 2, 8.0, 4, 3),
    ("Standard_B4ms", "standardBSFamily", 4, 16.0, 8, 4),
    ("Standard_D2s_v3", "standardDSv3Family", 2, 8.0, 4, 2),
    ("Standard_D4s_v3", "standardDSv3Family", 4, 16.0, 8, 2),
    ("Standard_D8s_v3", "standardDSv3Family", 8, 32.0, 16, 4),
    ("Standard_DS1_v2", "standardDSv2Family", 1, 3.5, 4, 2),
    ("Standard_DS2_v2", "standardDSv2Family", 2, 7.0, 8, 2),
    ("Standard_DS3_v2", "standardDSv2Family", 4, 14.0, 16, 4),
    ("Standard_D2s_v4", "standardDSv4Family", 2, 8.0, 4, 2),
    ("Standard_D4s_v4", "standardDSv4Family", 4, 16.0, 8, 2),
    ("Standard_D2_v5", "standardDv5Family", 2, 8.0, 4, 2),
    ("Standard_D4_v5", "standardDv5Family", 4, 16.0, 8, 2),
    ("Standard_D2s_v5", "standardDSv5Family", 2, 8.0, 4, 2),
    ("Standard_D4s_v5", "standardDSv5Family", 4, 16.0, 8, 2),
    ("Standard_D8s_v5", "standardDSv5Family", 8, 32.0, 16, 4),
    ("Standard_D16s_v5", "standardDSv5Family", 16, 64.0, 32, 8),
    ("Standard_D32s_v5", "standardDSv5Family", 32, 128.0, 32, 8),
    ("Standard_D2ds_v5", "standardDDSv5Family", 2, 8.0, 4, 2),
    ("Standard_D4ds_v5", "standardDDSv5Family", 4, 16.0, 8, 2),
    ("Standard_D8ds_v5", "standardDDSv5Family", 8, 32.0, 16, 4),
    ("Standard_D2as_v5", "standardDASv5Family", 2, 8.0, 4, 2),
    ("Standard_D4as_v5", "standardDASv5Family", 4, 16.0, 8, 2),
    ("Standard_D8as_v5", "standardDASv5Family", 8, 32.0, 16, 4),
    ("Standard_D2ps_v5", "standardDPSv5Family", 2, 8.0, 4, 2),
    ("Standard_D4ps_v5", "standardDPSv5Family", 4, 16.0, 8, 2),
    ("Standard_D8ps_v5", "standardDPSv5Family", 8, 32.0, 16, 4),
    ("Standard_D2s_v6", "standardDSv6Family", 2, 8.0, 8, 2),
    ("Standard_D4s_v6", "standardDSv6Family", 4, 16.0, 12, 2),
    ("Standard_DC2as_v5", "standardDCASv5Family", 2, 8.0, 4, 2),
    ("Standard_DC4as_v5", "standardDCASv5Family", 4, 16.0, 8, 2),
    ("Standard_E2s_v5", "standardESv5Family", 2, 16.0, 4, 2),
    ("Standard_E4s_v5", "standardESv5Family", 4, 32.0, 8, 2),
    ("Standard_E8s_v5", "standardESv5Family", 8, 64.0, 16, 4),
    ("Standard_E16s_v5", "standardESv5Family", 16, 128.0, 32, 8),
    ("Standard_E2as_v5", "standardEASv5Family", 2, 16.0, 4, 2),
    ("Standard_E4as_v5", "standardEASv5Family", 4, 32.0, 8, 2),
    ("Standard_E2ps_v5", "standardEPSv5Family", 2, 16.0, 4, 2),
    ("Standard_F2s_v2", "standardFSv2Family", 2, 4.0, 4, 2),
    ("Standard_F4s_v2", "standardFSv2Family", 4, 8.0, 8, 2),
    ("Standard_F8s_v2", "standardFSv2Family", 8, 16.0, 16, 4),
];

/// The sizes every world has unless it says otherwise.
pub(crate) static BUILT_IN: LazyLock<BTreeMap<String, Size>> = LazyLock::new(|| {
    ROWS.iter()
        .map(|row| (row.0.to_ascii_lowercase(), size(row)))
        .collect()
});

fn size(&(name, family, cpus, memory_gb, data_disks, network_interfaces): &Row) -> Size {
    let base = Size {
        name: name.to_owned(),
        family: family.to_owned(),
        cpus,
        memory_gb,
        data_disks,
        network_interfaces,
        ..Size::default()
    };
    match family {
        "standardDPSv5Family" | "standardEPSv5Family" => Size {
            architecture: "Arm64".to_owned(),
            generations: "V2".to_owned(),
            cluster: "ampere".to_owned(),
            trusted_launch: false,
            ..base
        },
        "standardDCASv5Family" => Size {
            generations: "V2".to_owned(),
            confidential: "SNP".to_owned(),
            cluster: "confidential".to_owned(),
            ..base
        },
        "standardDSv6Family" => Size {
            generations: "V2".to_owned(),
            cluster: "nvme".to_owned(),
            ..base
        },
        "standardDASv5Family" | "standardEASv5Family" => Size {
            cluster: "amd".to_owned(),
            ..base
        },
        "standardBSFamily" => Size {
            accelerated_networking: false,
            spot: false,
            ..base
        },
        "standardDv5Family" => Size {
            premium: false,
            ..base
        },
        "standardDDSv5Family"
        | "standardDSv3Family"
        | "standardDSv2Family"
        | "standardFSv2Family" => Size {
            ephemeral: true,
            ..base
        },
        _ => base,
    }
}
