//! Small specs, at random.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const GALLERY: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images";

/// A small spec.
#[derive(Clone, Debug, Default)]
pub(crate) struct Small {
    pub(crate) tags: Vec<(u8, u8)>,
    pub(crate) image: u8,
    pub(crate) nsgs: Vec<Vec<Rule>>,
    pub(crate) subnets: Vec<Option<u8>>,
    pub(crate) vms: Vec<Vm>,
    pub(crate) raws: Vec<Raw>,
    pub(crate) backwards: bool,
}

/// A rule of a group.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    name: u8,
    priority: u8,
    ports: Vec<u16>,
    described: bool,
}

/// A machine.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    subnet: Option<u8>,
    public_ip: bool,
    size: bool,
    zone: Option<u8>,
    nsg: Option<u8>,
    disks: Vec<(u8, bool, u8)>,
    user_data: bool,
    private_ip: bool,
}

/// A resource of any type; it needs some of those with a lower number.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    number: u8,
    value: u8,
    after: u16,
    uses: u16,
    fixed: bool,
    tag: bool,
}

fn rule() -> impl Strategy<Value = Rule> {
    (0..3_u8, 0..4_u8, vec(1..4_u16, 1..3), any::<bool>()).prop_map(
        |(name, priority, ports, described)| Rule {
            name,
            priority,
            ports,
            described,
        },
    )
}

fn vm() -> impl Strategy<Value = Vm> {
    let place = (
        option::of(0..3_u8),
        any::<bool>(),
        any::<bool>(),
        option::of(1..3_u8),
    );
    let rest = (
        option::of(0..2_u8),
        vec((0..3_u8, any::<bool>(), 1..3_u8), 0..3),
        any::<bool>(),
        any::<bool>(),
    );
    (place, rest).prop_map(
        |((subnet, public_ip, size, zone), (nsg, disks, user_data, private_ip))| Vm {
            subnet,
            public_ip,
            size,
            zone,
            nsg,
            disks,
            user_data,
            private_ip,
        },
    )
}

/// Resources of any type, each number once, in any order.
pub(crate) fn raws(most: u8) -> impl Strategy<Value = Vec<Raw>> {
    let one = (
        any::<u8>(),
        any::<u16>(),
        any::<u16>(),
        any::<bool>(),
        any::<bool>(),
    );
    vec(one, 0..usize::from(most)).prop_flat_map(|raws| {
        let raws: Vec<Raw> = (0..)
            .zip(raws)
            .map(|(number, (value, after, uses, fixed, tag))| Raw {
                number,
                value: value % 3,
                after: after & (after >> 4),
                uses: uses & (uses >> 4),
                fixed,
                tag,
            })
            .collect();
        Just(raws).prop_shuffle()
    })
}

/// A small spec.
pub(crate) fn small() -> impl Strategy<Value = Small> {
    let parts = (
        vec((0..3_u8, 0..2_u8), 0..3),
        0..3_u8,
        vec(vec(rule(), 0..3), 0..3),
        vec(option::of(0..2_u8), 0..4),
        vec(vm(), 0..3),
        raws(4),
    );
    parts.prop_map(|(tags, image, nsgs, subnets, vms, raws)| Small {
        tags,
        image,
        nsgs,
        subnets,
        vms,
        raws,
        backwards: false,
    })
}

impl Small {
    /// The same with everything in the other order.
    pub(crate) fn turned(&self) -> Self {
        let mut turned = self.clone();
        turned.backwards = !turned.backwards;
        turned
    }

    /// The spec as text.
    pub(crate) fn to_yaml(&self) -> String {
        let mut text =
            "tenon: 1\nname: shop\nresource_group: rg\nlocation: westeurope\n".to_owned();
        let mut seen = Vec::new();
        text.push_str("tags:\n");
        for (name, value) in &self.tags {
            if !seen.contains(name) {
                seen.push(*name);
                let _ = writeln!(text, "  t{name}: \"{value}\"");
            }
        }
        if seen.is_empty() {
            text.truncate(text.len() - "tags:\n".len());
        }
        let version = ["1.4.1", "1.4.2", "1.x"][usize::from(self.image)];
        let mut sections = [
            format!("images:\n  web: {{id: {GALLERY}/web, version: {version}}}\n"),
            section(
                "nsgs",
                &self.lines(
                    self.nsgs
                        .iter()
                        .enumerate()
                        .map(|(at, rules)| self.nsg(at, rules)),
                ),
            ),
            self.network(),
            section(
                "vms",
                &self.lines(self.vms.iter().enumerate().map(|(at, vm)| self.vm(at, vm))),
            ),
            section(
                "resources",
                &self.lines(self.raws.iter().map(|raw| self.raw(raw))),
            ),
        ];
        if self.backwards {
            // Images stand before the machines that name them.
            sections[1..].reverse();
        }
        text + &sections.concat()
    }

    fn lines(&self, lines: impl Iterator<Item = String>) -> Vec<String> {
        let mut lines: Vec<String> = lines.collect();
        if self.backwards {
            lines.reverse();
        }
        lines
    }

    fn nsg(&self, at: usize, rules: &[Rule]) -> String {
        let mut seen: Vec<&Rule> = Vec::new();
        for rule in rules {
            let taken = |other: &&Rule| other.name == rule.name || other.priority == rule.priority;
            if !seen.iter().any(taken) {
                seen.push(rule);
            }
        }
        let lines = self.lines(seen.iter().map(|rule| {
            let ports: Vec<String> = rule.ports.iter().map(u16::to_string).collect();
            let description = if rule.described {
                ", description: why"
            } else {
                ""
            };
            let name = ["a", "b", "c"][usize::from(rule.name)];
            format!(
                "{name}: {{priority: {}, port: [{}], from: 10.0.0.0/8{description}}}",
                100 + u16::from(rule.priority),
                ports.join(", ")
            )
        }));
        format!("  n{at}: {{rules: {{{}}}}}\n", lines.join(", "))
    }

    fn network(&self) -> String {
        let subnets = self.lines(self.subnets.iter().enumerate().map(|(at, nsg)| {
            let nsg = nsg.filter(|nsg| usize::from(*nsg) < self.nsgs.len());
            let nsg = nsg.map_or(String::new(), |nsg| format!(", nsg: n{nsg}"));
            format!("s{at}: {{prefix: 10.1.{at}.0/24{nsg}}}")
        }));
        if subnets.is_empty() {
            return String::new();
        }
        format!(
            "networks:\n  net: {{address_space: 10.1.0.0/16, subnets: {{{}}}}}\n",
            subnets.join(", ")
        )
    }

    fn vm(&self, at: usize, vm: &Vm) -> String {
        let mut text = format!(
            "  vm{at}:\n    image: web\n    admin_username: ops\n    public_ip: {}\n",
            vm.public_ip
        );
        let subnet = vm
            .subnet
            .filter(|subnet| usize::from(*subnet) < self.subnets.len());
        if let Some(subnet) = subnet {
            let _ = writeln!(text, "    subnet: net/s{subnet}");
            if vm.private_ip {
                let _ = writeln!(text, "    private_ip: 10.1.{subnet}.{}", 20 + at);
            }
        }
        if let Some(nsg) = vm.nsg.filter(|nsg| usize::from(*nsg) < self.nsgs.len()) {
            let _ = writeln!(text, "    nsg: n{nsg}");
        }
        if vm.size {
            text.push_str("    size: Standard_D4s_v5\n");
        }
        if let Some(zone) = vm.zone {
            let _ = writeln!(text, "    zone: \"{zone}\"");
        }
        if vm.user_data {
            text.push_str("    user_data: cloud-init.yaml\n");
        }
        let mut seen = Vec::new();
        let mut disks = Vec::new();
        for (name, protect, size) in &vm.disks {
            if !seen.contains(name) {
                seen.push(*name);
                // Two names for one number, so that names say what is kept.
                let name = if *protect {
                    format!("keep{name}")
                } else {
                    format!("d{name}")
                };
                disks.push(format!("{name}: {{size_gb: {size}, protect: {protect}}}"));
            }
        }
        if !disks.is_empty() {
            let _ = writeln!(text, "    data_disks: {{{}}}", disks.join(", "));
        }
        text
    }

    fn raw(&self, raw: &Raw) -> String {
        let there = |mask: u16| (0..raw.number).filter(move |other| mask & (1 << other) != 0);
        let after: Vec<String> = there(raw.after)
            .map(|other| format!("resources.r{other}"))
            .collect();
        let uses: Vec<String> = there(raw.uses)
            .map(|other| format!("\"${{resources.r{other}.id}}\""))
            .collect();
        let mut text = format!("  r{}:\n    type: Microsoft.A/as@2020-01-01\n", raw.number);
        if !after.is_empty() {
            let _ = writeln!(text, "    depends_on: [{}]", after.join(", "));
        }
        // Whether Azure replaces what another body names depends on the type.
        let is_used = self.raws.iter().any(|other| {
            other.number > raw.number && (other.uses | other.after) & (1 << raw.number) != 0
        });
        if raw.fixed && !is_used {
            text.push_str("    replace_on: [properties.value]\n");
        }
        if raw.tag {
            text.push_str("    tags: {own: a}\n");
        }
        let _ = writeln!(
            text,
            "    body: {{properties: {{value: {}, uses: [{}], none: null}}}}",
            raw.value,
            uses.join(", ")
        );
        text
    }
}

fn section(name: &str, entries: &[String]) -> String {
    if entries.is_empty() {
        String::new()
    } else {
        format!("{name}:\n{}", entries.concat())
    }
}
