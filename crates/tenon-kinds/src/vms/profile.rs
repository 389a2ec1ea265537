//! What machines and scale sets have in common: the image, the OS disk, the
//! account, security and data.
//!
//! Azure's bodies say it in the same words below another member, and a machine
//! has a name where a set has the beginning of one.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::image::{Channel, Follow};
use tenon_model::kind::Surroundings;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Map, Value};

use super::image::Image;
use super::{keys, security};
use crate::draft::Draft;

/// Where a body says what machines are like, and how they are called inside.
pub(crate) struct Profile<'n> {
    /// What stands before every path.
    at: &'static str,
    /// The key of the name inside, and its member of the account.
    named: (&'static str, &'static str),
    /// The name when the spec says none.
    name: &'n str,
}

impl<'n> Profile<'n> {
    /// Of a machine with this name.
    pub(crate) fn of_machine(name: &'n str) -> Self {
        Self {
            at: "properties.",
            named: ("computer_name", "computerName"),
            name,
        }
    }

    /// Of a scale set whose machines have names that begin so.
    pub(crate) fn of_set(prefix: &'n str) -> Self {
        Self {
            at: "properties.virtualMachineProfile.",
            named: ("computer_name_prefix", "computerNamePrefix"),
            name: prefix,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.at)
    }

    /// The image, and its purchase plan.
    pub(crate) fn image(&self, draft: &mut Draft, image: &Image) {
        draft.set(
            &self.path("storageProfile.imageReference"),
            image.reference(),
        );
        use_image(draft, image);
    }

    /// The OS disk.
    pub(crate) fn os_disk(&self, draft: &mut Draft, item: &Item) {
        let at = |member: &str| self.path(&format!("storageProfile.osDisk.{member}"));
        draft.set(&at("createOption"), "FromImage");
        let disk = item.get("os_disk");
        let caching = disk
            .and_then(|disk| disk.text("caching"))
            .unwrap_or("ReadWrite");
        draft.set(&at("caching"), caching);
        let Some(disk) = disk else { return };
        draft.at("os_disk.caching", disk.place_of("caching"));
        draft.put_key(disk, "size_gb", "os_disk.size_gb", &at("diskSizeGB"));
        draft.put_key(
            disk,
            "sku",
            "os_disk.sku",
            &at("managedDisk.storageAccountType"),
        );
    }

    /// The account: none on a specialized image, which brings its own.
    pub(crate) fn account(
        &self,
        draft: &mut Draft,
        entry: &Entry,
        around: &Surroundings<'_>,
        image: &Image,
        out: &mut Declaration,
    ) {
        let definition = image.resolved.as_ref().map(|image| &image.definition);
        let specialized = definition
            .is_some_and(|definition| definition.os_state.eq_ignore_ascii_case("Specialized"));
        if specialized {
            // Azure refuses any osProfile: accounts and names are those inside.
            refuse_accounts(entry, self.named.0, out);
            return;
        }
        let before = out.diagnostics.len();
        self.generalized(draft, entry, around, image, out);
        if image.resolved.is_none() {
            // A specialized image wants no account, and Windows no key; which it
            // is, its gallery says.
            let mut found = out.diagnostics.split_off(before);
            found.retain(|problem| problem.code != Code::MissingDefault);
            out.diagnostics.append(&mut found);
        }
    }

    fn generalized(
        &self,
        draft: &mut Draft,
        entry: &Entry,
        around: &Surroundings<'_>,
        image: &Image,
        out: &mut Declaration,
    ) {
        let item = &entry.item;
        let at = |member: &str| self.path(&format!("osProfile.{member}"));
        match item.get(self.named.0) {
            Some(name) => draft.put(self.named.0, &at(self.named.1), name),
            None => draft.set(&at(self.named.1), self.name),
        };
        admin(draft, entry, around, &at("adminUsername"), out);
        draft.put_key(
            item,
            "admin_password",
            "admin_password",
            &at("adminPassword"),
        );
        if let Some(text) = file_text(item, "custom_data", around) {
            draft.at("custom_data", item.place_of("custom_data"));
            draft.set(&at("customData"), base64(&text));
        }
        if image.is_windows() {
            // Nothing else is said: Azure installs the agent unless told not to,
            // and what it shows of its own settings is nobody's business.
            needs_password(entry, out);
        } else {
            self.linux(draft, entry, around, out);
        }
    }

    fn linux(
        &self,
        draft: &mut Draft,
        entry: &Entry,
        around: &Surroundings<'_>,
        out: &mut Declaration,
    ) {
        let at = |member: &str| self.path(&format!("osProfile.{member}"));
        let has_password = entry.item.get("admin_password").is_some();
        let only_password = has_password && entry.item.get("ssh_key").is_none();
        draft.set(
            &at("linuxConfiguration.disablePasswordAuthentication"),
            Value::Bool(!has_password),
        );
        if only_password {
            return;
        }
        let name = at("adminUsername");
        let names: Vec<&str> = name.split('.').collect();
        let user = draft.desired().body.at(&names);
        let user = user.map_or(String::new(), Value::to_plain_text);
        let keys: Vec<Value> = keys::public_keys(entry, around, out)
            .into_iter()
            .map(|key| {
                Value::Map(Map::from([
                    // Azure takes no other path.
                    (
                        "path",
                        Value::Text(format!("/home/{user}/.ssh/authorized_keys")),
                    ),
                    ("keyData", key),
                ]))
            })
            .collect();
        if keys.is_empty() {
            return;
        }
        draft.at("ssh_key", entry.item.place_of("ssh_key"));
        draft.set(&at("linuxConfiguration.ssh.publicKeys"), keys);
    }

    /// Trusted launch.
    pub(crate) fn security(&self, draft: &mut Draft, item: &Item, image: &Image) {
        let written = item.get("security");
        let kind = written.and_then(|security| security.text("type"));
        let trusted = match kind {
            Some(kind) => kind == "TrustedLaunch",
            None => {
                written.is_some_and(|one| {
                    one.get("secure_boot").is_some() || one.get("vtpm").is_some()
                }) || security::by_image(image)
            }
        };
        if written.is_some() {
            draft.at("security.type", item.place_of("security"));
        }
        if !trusted {
            return;
        }
        draft.set(&self.path("securityProfile.securityType"), "TrustedLaunch");
        for (key, member) in [
            ("secure_boot", "secureBootEnabled"),
            ("vtpm", "vTpmEnabled"),
        ] {
            let path = self.path(&format!("securityProfile.uefiSettings.{member}"));
            let value = written.and_then(|security| security.get(key));
            match value {
                Some(value) => draft.put(&format!("security.{key}"), &path, value),
                None => draft.set(&path, Value::Bool(true)),
            };
        }
        draft.fact("trusted launch");
    }

    /// User data, licence and diagnostics.
    pub(crate) fn others(&self, draft: &mut Draft, item: &Item, around: &Surroundings<'_>) {
        if let Some(text) = file_text(item, "user_data", around) {
            draft.at("user_data", item.place_of("user_data"));
            draft.set(&self.path("userData"), base64(&text));
        }
        let path = self.path("licenseType");
        draft.put_key(item, "license_type", "license_type", &path);
        let path = self.path("diagnosticsProfile.bootDiagnostics.enabled");
        draft.put_key(item, "boot_diagnostics", "boot_diagnostics", &path);
    }
}

fn use_image(draft: &mut Draft, image: &Image) {
    draft.at("image", &image.place);
    if let Some(address) = &image.address {
        draft.need(address, Relation::BuiltFrom, &image.place);
    }
    let Some(resolved) = &image.resolved else {
        return;
    };
    if !resolved.locked || resolved.follow == Follow::Notify {
        let channel = Channel::parse(&resolved.channel).ok();
        draft.desired().follows = channel.filter(|channel| channel.moves());
    }
    if let Some(version) = &resolved.made {
        draft.need(version, Relation::Uses, &image.place);
    }
    draft.fact(format!(
        "image {} {}",
        resolved.address.last(),
        resolved.version
    ));
    if let Some(plan) = &resolved.definition.purchase_plan {
        draft.set("plan.name", plan.name.as_str());
        draft.set("plan.publisher", plan.publisher.as_str());
        draft.set("plan.product", plan.product.as_str());
    }
}

fn admin(
    draft: &mut Draft,
    entry: &Entry,
    around: &Surroundings<'_>,
    path: &str,
    out: &mut Declaration,
) {
    if let Some(name) = entry.item.get("admin_username") {
        draft.put("admin_username", path, name);
    } else if let Some(name) = &around.defaults.admin_username {
        draft.set(path, name.as_str());
    } else {
        out.diagnostics.push(
            Diagnostic::error(
                Code::MissingDefault,
                format!("`{}` has no `admin_username`", entry.address),
            )
            .at(&entry.place, "whose account will it have?")
            .note("without it the account takes your own name, and a plan must not depend on who makes it")
            .help(Help::text("add  admin_username: azureuser"))
            .about(&entry.address),
        );
    }
}

/// Windows has no other way in.
fn needs_password(entry: &Entry, out: &mut Declaration) {
    if entry.item.get("admin_password").is_some() {
        return;
    }
    out.diagnostics.push(
        Diagnostic::error(
            Code::MissingDefault,
            format!("`{}` runs Windows and has no `admin_password`", entry.address),
        )
        .at(&entry.place, "needs a password")
        .help(Help::text(
            "name a secret:  secrets: {admin: {env: ADMIN_PASSWORD}}, and here  admin_password: ${secrets.admin}",
        ))
        .about(&entry.address),
    );
}

fn refuse_accounts(entry: &Entry, named: &str, out: &mut Declaration) {
    for key in [
        "admin_username",
        "admin_password",
        "ssh_key",
        named,
        "custom_data",
    ] {
        let Some(member) = entry.item.member(key) else {
            continue;
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("a specialized image brings its own accounts: `{key}` cannot be set"),
            )
            .at(
                &member.place,
                "Azure would answer: Parameter 'osProfile' is not allowed",
            )
            .help(Help::text(format!("leave `{key}` out")))
            .about(&entry.address),
        );
    }
}

/// The text of a key that names a file or carries the text itself.
fn file_text(item: &Item, key: &str, around: &Surroundings<'_>) -> Option<String> {
    let text = item.text(key)?;
    let is_text = text.contains('\n') || text.starts_with('#');
    if is_text {
        Some(text.to_owned())
    } else {
        around.files.get(text).cloned()
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
