//! A store that answers as Azure does: it keeps references whole.
//!
//! What is named must be there, what is used cannot go, a group goes with all
//! that is in it. A plan whose steps stand in a wrong order fails here.

#![expect(
    clippy::result_large_err,
    reason = "the transport refuses with this type"
)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use tenon_model::snapshot::Power;
use tenon_model::transport::{
    Answer, Boxed, Identity, Progress, Read, Refusal, Stage, Transport, Verb, Write,
};
use tenon_model::{Map, ResourceId, SubscriptionId, TenantId, Value};

use super::echo::{echo, os_disk_id, tags};
use super::instances::Set;

/// A store that answers as Azure does.
#[derive(Default)]
pub(crate) struct Cloud(Mutex<State>);

#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) resources: BTreeMap<ResourceId, Value>,
    pub(crate) power: BTreeMap<ResourceId, Power>,
    /// The instances of scale sets.
    sets: BTreeMap<ResourceId, Set>,
    /// Every write, in order.
    pub(crate) writes: Vec<String>,
    serial: usize,
    /// Order of lists: forwards, or backwards.
    pub(crate) backwards: bool,
}

impl Clone for Cloud {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.0.lock().expect("nobody panicked").clone()))
    }
}

impl Cloud {
    /// Reaches what is in it.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().expect("nobody panicked"))
    }

    /// Puts a resource there, as somebody else.
    pub(crate) fn put(&self, id: &str, body: &Value) {
        let id = ResourceId::parse(id).expect("an id");
        self.with(|state| state.store(&id, body));
    }
}

impl State {
    fn store(&mut self, id: &ResourceId, body: &Value) -> Value {
        self.serial += 1;
        let shown = echo(id, body, self.serial);
        self.resources.insert(id.clone(), shown.clone());
        shown
    }

    fn refuse(status: u16, code: &str, message: String, request: &str) -> Refusal {
        Refusal {
            stage: Stage::Azure,
            status,
            code: code.to_owned(),
            message,
            target: None,
            details: Vec::new(),
            request: request.to_owned(),
            tenant: None,
            auxiliary: Vec::new(),
            application: None,
            credential_source: None,
            request_id: None,
            correlation_id: None,
            time: None,
        }
    }

    fn get(&self, read: &Read) -> Result<Answer, Refusal> {
        let missing = || Self::refuse(404, "ResourceNotFound", String::new(), &read.path);
        if let Some(set) = read.path.strip_suffix("/rollingUpgrades/latest") {
            let set = ResourceId::parse(set).map_err(|_| missing())?;
            let latest = self.sets.get(&set).and_then(Set::latest);
            return latest.map(answer).ok_or_else(missing);
        }
        let id = ResourceId::parse(&read.path).map_err(|_| missing())?;
        let mut body = self.resources.get(&id).cloned().ok_or_else(missing)?;
        if read.query.iter().any(|(name, _)| name == "$expand") {
            self.show_power(&id, &mut body);
        }
        Ok(answer(self.whole(&id, body)))
    }

    /// A network shows its subnets, a machine its extensions and what its disk
    /// is like.
    fn whole(&self, id: &ResourceId, mut body: Value) -> Value {
        let kind = id.resource_type().to_ascii_lowercase();
        if let Some((path, using)) = BACK
            .iter()
            .find_map(|(of, path, using)| kind.eq_ignore_ascii_case(of).then_some((path, using)))
        {
            super::echo::set(&mut body, path, self.users(id, using));
            return body;
        }
        let (path, children) = match kind.as_str() {
            "microsoft.network/virtualnetworks" => ("properties.subnets", "/subnets"),
            "microsoft.graph/applications" => (
                "properties.federatedIdentityCredentials",
                "/federatedIdentityCredentials",
            ),
            "microsoft.compute/virtualmachines" => ("resources", "/extensions"),
            "microsoft.compute/disks" => {
                if let Some(user) = self.user(id) {
                    super::echo::set(&mut body, "managedBy", Value::text(user.as_str()));
                }
                return body;
            }
            _ => return body,
        };
        if children == "/extensions" {
            self.show_disk(id, &mut body);
        }
        let children: Vec<Value> = self
            .resources
            .range(id.child("", "")..)
            .take_while(|(child, _)| is_within(child, id))
            .filter(|(child, _)| {
                child.resource_type() == format!("{}{children}", id.resource_type())
            })
            .map(|(child, body)| self.whole(child, body.clone()))
            .collect();
        super::echo::set(&mut body, path, Value::List(children));
        body
    }

    /// The machine that has a disk attached.
    fn user(&self, disk: &ResourceId) -> Option<&ResourceId> {
        let mut machines = self.resources.iter().filter(|(id, _)| is_machine(id));
        let found = machines.find(|(_, body)| names(body).contains(disk));
        found.map(|(id, _)| id)
    }

    /// A name that no disk has yet: an old one may have been kept.
    fn new_disk(&self, machine: &ResourceId) -> String {
        let first = os_disk_id(machine);
        let free = |id: &String| {
            let id = ResourceId::parse(id).expect("an id");
            !self.resources.contains_key(&id)
        };
        let mut numbered = (2..).map(|number| first.replace("_disk1_", &format!("_disk{number}_")));
        let next = || numbered.find(free).expect("one is free");
        Some(first.clone()).filter(free).unwrap_or_else(next)
    }

    fn show_power(&self, id: &ResourceId, body: &mut Value) {
        let code = match self.power.get(id) {
            Some(Power::Stopped) => "PowerState/deallocated",
            _ => "PowerState/running",
        };
        let agent = r#"{"statuses":[{"code":"ProvisioningState/succeeded"}]}"#;
        let view = format!(r#"{{"statuses":[{{"code":"{code}"}}],"vmAgent":{agent}}}"#);
        let view = serde_json::from_str(&view).expect("JSON");
        super::echo::set(body, "properties.instanceView", view);
    }

    /// Who uses a resource, as it shows them itself.
    fn users(&self, id: &ResourceId, kind: &str) -> Value {
        let of_kind = self
            .resources
            .iter()
            .filter(|(user, _)| user.resource_type().eq_ignore_ascii_case(kind));
        let users = of_kind.filter(|(_, body)| names(body).contains(id));
        let shown = users.map(|(user, body)| {
            let first = body.at(&["properties", "ipConfigurations"]);
            let first = first.and_then(Value::as_list).and_then(<[_]>::first);
            let part = first.and_then(|first| first.member("id")).cloned();
            let id = part.unwrap_or_else(|| Value::text(user.as_str()));
            Value::Map(Map::from([("id", id)]))
        });
        Value::List(shown.collect())
    }

    fn show_disk(&self, machine: &ResourceId, body: &mut Value) {
        let disk = own_disk(body);
        for (own, of_disk) in OS_DISK {
            let disk = disk.as_ref().and_then(|disk| self.resources.get(disk));
            let value = disk.and_then(|disk| disk.at(of_disk)).cloned();
            // One that stands still does not say.
            let value = value.filter(|_| self.power.get(machine) != Some(&Power::Stopped));
            super::echo::set(body, own, value.unwrap_or_default());
        }
    }

    /// What lies below or hangs on a resource, by the path that lists it.
    fn children(&self, path: &str) -> Option<Vec<Value>> {
        let (outer, word) = path.rsplit_once('/')?;
        if let Ok(set) = ResourceId::parse(outer)
            && word == "virtualMachines"
            && let Some(body) = self.resources.get(&set)
        {
            return Some(self.sets.get(&set)?.list(body));
        }
        let (_, last) = outer.rsplit_once("/providers/")?;
        let (outer, kind) = match last.matches('/').count() {
            // The type of an extension is two words.
            0 => {
                let (outer, namespace) = outer.rsplit_once("/providers/")?;
                (outer, Some(format!("{namespace}/{word}")))
            }
            1 => return None,
            _ => (outer, None),
        };
        let outer = ResourceId::parse(outer).ok()?;
        if kind.is_some() && !outer.as_str().contains("/providers/") {
            return None;
        }
        let kind = kind.unwrap_or_else(|| format!("{}/{word}", outer.resource_type()));
        let found = self.resources.iter().filter(|(id, _)| {
            id.parent().as_ref() == Some(&outer) && id.resource_type().eq_ignore_ascii_case(&kind)
        });
        Some(found.map(|(_, body)| body.clone()).collect())
    }

    /// What a machine carries is written while it runs.
    fn check_power(&self, id: &ResourceId, request: &str) -> Result<(), Refusal> {
        let carried = id.resource_type().ends_with("/extensions");
        let stopped = |machine| self.power.get(&machine) == Some(&Power::Stopped);
        if !carried || !id.parent().is_some_and(stopped) {
            return Ok(());
        }
        let message = format!("the machine of {id} does not run");
        Err(Self::refuse(409, "OperationNotAllowed", message, request))
    }

    fn list(&self, read: &Read) -> Vec<Value> {
        if let Some(children) = self.children(&read.path) {
            return children;
        }
        let filter = read.query.iter().find(|(name, _)| name == "$filter");
        let filter = filter.map_or("", |(_, value)| value.as_str());
        let quoted: Vec<&str> = filter.split('\'').skip(1).step_by(2).collect();
        let path = read.path.to_ascii_lowercase();
        let prefix = match path.split_once("/providers/") {
            Some((group, _)) => format!("{group}/"),
            None => format!("{}/", path.trim_end_matches("/resources")),
        };
        let wanted = path
            .split_once("/providers/")
            .map(|(_, kind)| kind.to_owned());
        let of_any_scope = wanted.as_deref() == Some("microsoft.authorization/roleassignments");
        let mut found: Vec<Value> = self
            .resources
            .iter()
            .filter(|(id, body)| {
                // Of children the list of a subscription has those with tags.
                let tracked = wanted.is_none() && !tags(body).is_empty();
                id.parent().is_none() || of_any_scope || tracked
            })
            .filter(|(id, _)| id.key().starts_with(&prefix))
            .filter(|(id, _)| {
                let kind = id.resource_type().to_ascii_lowercase();
                match &wanted {
                    Some(wanted) => kind == *wanted,
                    None => kind != "microsoft.resources/resourcegroups" || !quoted.is_empty(),
                }
            })
            .filter(|(id, body)| match quoted.as_slice() {
                [name, value] => {
                    tags(body)
                        .get_caseless(name)
                        .and_then(|(_, tag)| tag.as_text())
                        == Some(value)
                }
                [kind] => id.resource_type().eq_ignore_ascii_case(kind),
                _ => true,
            })
            .map(|(id, body)| {
                let mut body = body.clone();
                if read.query.iter().any(|(name, _)| name == "statusOnly") {
                    self.show_power(id, &mut body);
                }
                self.whole(id, body)
            })
            .collect();
        if self.backwards {
            found.reverse();
        }
        found
    }

    fn write(&mut self, write: &Write) -> Result<Answer, Refusal> {
        self.writes.push(format!("{:?} {}", write.verb, write.path));
        if write.verb == Verb::Post {
            return self.act(write);
        }
        let id = ResourceId::parse(&write.path).expect("an id");
        match write.verb {
            Verb::Delete => self.delete(&id, write),
            Verb::Put => {
                let body = write.body.clone().unwrap_or_default();
                self.made(&id, &body, write)
            }
            Verb::Patch => {
                let Some(live) = self.resources.get(&id) else {
                    return Err(Self::refuse(
                        404,
                        "ResourceNotFound",
                        String::new(),
                        &write.path,
                    ));
                };
                let mut body = live.clone();
                merge(&mut body, write.body.as_ref().unwrap_or(&Value::Null));
                self.made(&id, &body, write)
            }
            Verb::Post | Verb::Get => unreachable!("no write of a resource"),
        }
    }

    fn act(&mut self, write: &Write) -> Result<Answer, Refusal> {
        let (path, what) = write.path.rsplit_once('/').expect("an action");
        let id = ResourceId::parse(path).expect("an id");
        if what == "manualupgrade" {
            let ids = write
                .body
                .as_ref()
                .and_then(|body| body.member("instanceIds"));
            let body = self.resources.get(&id).expect("a set");
            let set = self.sets.entry(id).or_default();
            set.told(ids.expect("some instances"), body);
            return Ok(answer(Value::Null));
        }
        let power = match what {
            "deallocate" => Power::Stopped,
            "start" => Power::Running,
            other => panic!("no action {other}"),
        };
        self.power.insert(id, power);
        Ok(answer(Value::Null))
    }

    fn made(&mut self, id: &ResourceId, body: &Value, write: &Write) -> Result<Answer, Refusal> {
        let bad = |code: &str, what: &ResourceId| {
            Err(Self::refuse(
                400,
                code,
                format!("{what}, wanted by {id}"),
                &write.path,
            ))
        };
        if body.has_later() {
            panic!("{id} is sent with something left for later");
        }
        let group = id
            .resource_group()
            .map(|group| ResourceId::group(&id.subscription(), group));
        for needed in names(body)
            .into_iter()
            .chain(id.parent())
            .chain(group.filter(|group| group != id))
        {
            // Roles are there without anybody's doing.
            let ours = needed.subscription() == id.subscription()
                && !needed.as_str().contains("/roleDefinitions/");
            if ours && !is_within(&needed, id) && !self.resources.contains_key(&needed) {
                return bad("InvalidResourceReference", &needed);
            }
        }
        check_rules(body)
            .map_err(|why| Self::refuse(400, "SecurityRuleInvalid", why, &write.path))?;
        self.check_power(id, &write.path)?;
        if !is_machine(id) {
            let shown = self.store(id, body);
            let kind = id.resource_type();
            if kind.eq_ignore_ascii_case("Microsoft.Compute/virtualMachineScaleSets") {
                let set = self.sets.entry(id.clone()).or_default();
                set.written(&shown);
            }
            return Ok(answer(shown));
        }
        let mut body = body.clone();
        if own_disk(&body).is_none() {
            let new = Value::Text(self.new_disk(id));
            super::echo::set(&mut body, OS_DISK_ID, new);
        }
        let shown = self.store(id, &body);
        let disk = own_disk(&shown).expect("it has one");
        if !self.resources.contains_key(&disk) {
            self.store(&disk, &os_disk(&shown));
        }
        Ok(answer(shown))
    }

    fn delete(&mut self, id: &ResourceId, write: &Write) -> Result<Answer, Refusal> {
        if !self.resources.contains_key(id) {
            return Ok(answer(Value::Null));
        }
        self.check_power(id, &write.path)?;
        let option = "properties.storageProfile.osDisk.deleteOption";
        let option: Vec<&str> = option.split('.').collect();
        let body = self.resources.get(id).filter(|_| is_machine(id));
        let goes = |body: &&Value| body.at(&option) == Some(&Value::text("Delete"));
        let os_disk = body.filter(goes).and_then(own_disk);
        let gone = |other: &ResourceId| is_within(other, id);
        for (other, body) in &self.resources {
            // What a disk was made from it does not need.
            let disk = other.resource_type() == "Microsoft.Compute/disks";
            if !gone(other) && !disk && names(body).iter().any(gone) {
                let message = format!("{id} is used by {other}");
                return Err(Self::refuse(400, "InUse", message, &write.path));
            }
        }
        self.resources
            .retain(|other, _| !is_within(other, id) && Some(other) != os_disk.as_ref());
        self.power.remove(id);
        self.sets.remove(id);
        Ok(answer(Value::Null))
    }
}

const OS_DISK_ID: &str = "properties.storageProfile.osDisk.managedDisk.id";

fn is_machine(id: &ResourceId) -> bool {
    let kind = id.resource_type();
    kind.eq_ignore_ascii_case("Microsoft.Compute/virtualMachines")
}

/// The OS disk that a machine names.
fn own_disk(machine: &Value) -> Option<ResourceId> {
    let names: Vec<&str> = OS_DISK_ID.split('.').collect();
    ResourceId::parse(machine.at(&names)?.as_text()?).ok()
}

/// Types that show who uses them, where, and of which type those are.
const BACK: [(&str, &str, &str); 2] = [
    (
        "Microsoft.Network/virtualNetworks/subnets",
        "properties.ipConfigurations",
        "Microsoft.Network/networkInterfaces",
    ),
    (
        "Microsoft.Compute/availabilitySets",
        "properties.virtualMachines",
        "Microsoft.Compute/virtualMachines",
    ),
];

/// What a machine shows of its disk.
const OS_DISK: [(&str, &[&str]); 2] = [
    (
        "properties.storageProfile.osDisk.diskSizeGB",
        &["properties", "diskSizeGB"],
    ),
    (
        "properties.storageProfile.osDisk.managedDisk.storageAccountType",
        &["sku", "name"],
    ),
];

/// The disk that Azure makes for a machine.
fn os_disk(machine: &Value) -> Value {
    let mut disk = serde_json::from_str(r#"{"location":"westeurope"}"#).expect("JSON");
    for (own, of_disk) in OS_DISK {
        let names: Vec<&str> = own.split('.').collect();
        let value = machine.at(&names).cloned().unwrap_or_default();
        super::echo::set(&mut disk, &of_disk.join("."), value);
    }
    let image = ["properties", "storageProfile", "imageReference", "id"];
    if let Some(image) = machine.at(&image) {
        let made_of = "properties.creationData.galleryImageReference.id";
        super::echo::set(&mut disk, made_of, image.clone());
    }
    disk
}

fn answer(body: Value) -> Answer {
    Answer {
        status: 200,
        body,
        request_id: None,
    }
}

/// Whether `id` is `outer` or lies inside of it.
pub(crate) fn is_within(id: &ResourceId, outer: &ResourceId) -> bool {
    let (id, outer) = (id.key(), outer.key());
    id == outer || id.starts_with(&format!("{outer}/"))
}

/// Every id that a body names except its own and back references.
pub(crate) fn names(body: &Value) -> Vec<ResourceId> {
    let mut found = Vec::new();
    let mut top = body.clone();
    if let Some(map) = top.as_map_mut() {
        map.remove("id");
    }
    collect(&top, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<ResourceId>) {
    match value {
        Value::Text(text) => found.extend(ResourceId::parse(text)),
        Value::List(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Map(map) => {
            let back = [
                "managedBy",
                "virtualMachine",
                "virtualMachines",
                "imageReference",
                "osDisk",
            ];
            map.iter()
                .filter(|(name, _)| !back.contains(name))
                .for_each(|(_, item)| collect(item, found));
        }
        _ => {}
    }
}

/// Azure takes one of the two forms, not both.
fn check_rules(body: &Value) -> Result<(), String> {
    let rules = body
        .at(&["properties", "securityRules"])
        .and_then(Value::as_list);
    for rule in rules.unwrap_or(&[]) {
        for (one, many) in [
            ("sourcePortRange", "sourcePortRanges"),
            ("destinationPortRange", "destinationPortRanges"),
            ("sourceAddressPrefix", "sourceAddressPrefixes"),
            ("destinationAddressPrefix", "destinationAddressPrefixes"),
        ] {
            let some = |name: &str| match rule.at(&["properties", name]) {
                None | Some(Value::Null) => false,
                Some(Value::List(items)) => !items.is_empty(),
                Some(Value::Text(text)) => !text.is_empty(),
                Some(_) => true,
            };
            if some(one) == some(many) {
                return Err(format!(
                    "{one} and {many} in {}",
                    serde_json::to_string(rule).unwrap_or_default()
                ));
            }
        }
    }
    Ok(())
}

/// Members that are somebody's own maps; a `PATCH` brings them as a whole.
const WHOLE: &[&str] = &["tags", "settings", "protectedSettings", "imageReference"];

/// A JSON merge patch (RFC 7396), as `PATCH` means it.
fn merge(body: &mut Value, patch: &Value) {
    let (Value::Map(own), Value::Map(patch)) = (&mut *body, patch) else {
        body.clone_from(patch);
        return;
    };
    for (name, value) in patch.iter() {
        // A reference to nothing is none.
        let is_let_go = name == "proximityPlacementGroup" && value.member("id").is_none();
        if value.is_null() || is_let_go {
            own.remove(name);
        } else if WHOLE.contains(&name) || own.get(name).is_none() {
            own.insert(name, value.clone());
        } else if let Some(there) = own.get_mut(name) {
            merge(there, value);
        }
    }
}

impl Transport for Cloud {
    fn sign_in<'a>(&'a self, tenant: &'a TenantId) -> Boxed<'a, Result<Identity, Refusal>> {
        let identity = Identity {
            tenant: tenant.clone(),
            application: "test".into(),
            object: None,
            audience: None,
            expires: 0,
            source: "test".into(),
        };
        Box::pin(async move { Ok(identity) })
    }

    fn tenant_of<'a>(
        &'a self,
        _: &'a SubscriptionId,
    ) -> Boxed<'a, Result<Option<TenantId>, Refusal>> {
        Box::pin(async { Ok(None) })
    }

    fn get<'a>(&'a self, read: &'a Read) -> Boxed<'a, Result<Answer, Refusal>> {
        Box::pin(async move { self.with(|state| state.get(read)) })
    }

    fn list<'a>(
        &'a self,
        read: &'a Read,
        page: &'a mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Boxed<'a, Result<usize, Refusal>> {
        Box::pin(async move {
            let found = self.with(|state| state.list(read));
            // Small pages, so that something can go wrong between them.
            found.chunks(3).for_each(|items| page(items.to_vec()));
            Ok(1)
        })
    }

    fn write<'a>(
        &'a self,
        write: &'a Write,
        _: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Boxed<'a, Result<Answer, Refusal>> {
        Box::pin(async move { self.with(|state| state.write(write)) })
    }
}
