//! `ssh_keys`: SSH public keys as resources.
//!
//! api-version 2024-11-01. A machine is not linked to such a resource: whoever
//! makes one copies the text. So a machine reads it as it reads any value,
//! `ssh_key: ${ssh_keys.ops.public_key}`, and another key replaces the machine.
//! Key pairs that Azure makes (`generateKeyPair`) are left out: it shows the
//! private half once, to whoever asked.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::Entry;
use tenon_model::{Address, ResourceId};

use crate::vms::keys;
use crate::{placement, single, versions};

static SECTION: Section = Section {
    name: "ssh_keys",
    noun: "ssh key",
    doc: "SSH public keys as resources. A machine takes the text of one: `ssh_key: ${ssh_keys.name.public_key}`.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::required(
            "public_key",
            Shape::Text(Format::File),
            "The public key: a file, the text, or `generate` (`generate_ed25519`) to make `~/.ssh/id_rsa` (`id_ed25519`) when it is missing.",
        ),
        placement::SUBSCRIPTION,
        placement::RESOURCE_GROUP,
        placement::LOCATION,
        placement::TAGS,
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about SSH public keys.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/sshPublicKeys",
    api_version: versions::COMPUTE,
    noun: "ssh_key",
    lost: &[],
    usual: Usual {
        write: 2,
        delete: 2,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("public_key", "properties.publicKey", Same::SshKey),
    ],
    lists: &[],
    noise: &["systemData"],
    read_only: &["id", "name", "type", "systemData"],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `ssh_keys`.
pub(crate) struct SshKeys;

impl Kind for SshKeys {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        single::ids(&RULES, entry, around)
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        single::draw(&SECTION, &RULES, found, drawing);
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let mut draft = single::draft(&RULES, entry, around);
        let item = entry.item.get("public_key");
        let key = item.and_then(|item| {
            draft.reads(item);
            draft.at("public_key", &item.place);
            keys::key(item, entry, around, out)
        });
        if let Some(key) = &key {
            draft.set("properties.publicKey", key.clone());
        }
        let attributes = single::add(draft, out);
        if let Some(key) = key {
            attributes.named.insert("public_key", key);
        }
    }
}
