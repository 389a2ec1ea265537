//! A plan with something of everything: the fleet gets a new image and one
//! more machine, the database a bigger size, a tag changes, somebody opened
//! SSH in the portal, and the jump host is gone from the spec.

use std::collections::BTreeMap;

use tenon_model::event::{Event, Failure, Outcome, StepName, What};

use tenon_model::image::{Follow, ImageId, ImageVersion, Rejected, ResolvedImage};
use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{
    Action, Around, Cause, Change, Deployment, Does, Mode, Neighbour, Op, Plan, Precondition,
    PropertyChange, ReadFacts, Reason, Request, Scope, Step, Summary, Tool,
};
use tenon_model::rules::Disruption;
use tenon_model::transport::Verb;
use tenon_model::{
    Address, Code, Diagnostic, Map, Path, Place, ResourceId, SubscriptionId, TenantId, Value,
};

pub(crate) const SPEC: &str = "specs/web-prod.yaml";
const SUBSCRIPTION: &str = "33333333-3333-3333-3333-333333333333";

/// The beginning of a line of the spec.
pub(crate) fn line(number: u32) -> Place {
    Place {
        file: SPEC.into(),
        line: number,
        column: 3,
        start: 10_000 + number as usize,
        end: 10_001 + number as usize,
    }
}

pub(crate) fn id(kind: &str, name: &str) -> ResourceId {
    let resource_type = match kind {
        "vm" => "Microsoft.Compute/virtualMachines",
        "disk" => "Microsoft.Compute/disks",
        "nic" => "Microsoft.Network/networkInterfaces",
        "public_ip" => "Microsoft.Network/publicIPAddresses",
        "nsg" => "Microsoft.Network/networkSecurityGroups",
        _ => "Microsoft.Network/virtualNetworks",
    };
    let subscription = SubscriptionId::new(SUBSCRIPTION);
    ResourceId::in_group(&subscription, "web-prod", resource_type, &[name])
}

/// Returns a change of a resource, with the entry made of its first two
/// segments and the fleet `vms.web` for its instances.
pub(crate) fn change(address: &str, kind: &str, action: Action, place: u32) -> Change {
    let segments: Vec<&str> = address.split('.').collect();
    let entry = segments[..2].join(".");
    let name = match kind {
        "nic" => format!("{}VMNic", segments[1]),
        "public_ip" => format!("{}PublicIP", segments[1]),
        "disk" => format!("{}-{}", segments[1], segments[3]),
        _ => segments[1].to_owned(),
    };
    Change {
        address: Address::new(address),
        entry: Address::new(&entry),
        fleet: entry
            .starts_with("vms.web-")
            .then(|| Address::new("vms.web")),
        kind: kind.to_owned(),
        resource_type: id(kind, &name).resource_type(),
        id: id(kind, &name),
        action,
        reason: match action {
            Action::Create => Reason::Missing,
            Action::Delete => Reason::Unnamed,
            Action::Replace => Reason::ImmutableChanged {
                properties: vec!["image.version".to_owned()],
            },
            _ => Reason::Differs,
        },
        properties: Vec::new(),
        disruption: Disruption::None,
        lost: Vec::new(),
        kept: Vec::new(),
        reach: None,
        facts: Vec::new(),
        place: line(place),
    }
}

/// Returns a property that became another.
pub(crate) fn property(
    path: &str,
    before: impl Into<Value>,
    after: impl Into<Value>,
) -> PropertyChange {
    PropertyChange {
        path: path.to_owned(),
        op: Op::Change,
        before: Some(before.into()),
        after: Some(after.into()),
        cause: Cause::Spec,
        disruption: Disruption::Hot,
        sensitive: false,
        place: None,
    }
}

fn tag() -> PropertyChange {
    PropertyChange {
        place: Some(line(13)),
        ..property("tags.cost-center", "4711", "4720")
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn web(number: u32) -> Vec<Change> {
    let address = format!("vms.web-{number}");
    let vm = Change {
        properties: vec![
            PropertyChange {
                cause: Cause::Lock,
                disruption: Disruption::Replace,
                ..property("image.version", "1.4.1", "1.4.2")
            },
            tag(),
        ],
        disruption: Disruption::Replace,
        kept: vec![
            "name".to_owned(),
            "nic".to_owned(),
            format!("private_ip 10.20.1.{}", 3 + number),
            "disks.data".to_owned(),
        ],
        lost: texts(&["os_disk"]),
        ..change(&address, "vm", Action::Replace, 42)
    };
    let part = |suffix: &str, kind: &str| Change {
        properties: vec![tag()],
        ..change(&format!("{address}.{suffix}"), kind, Action::Update, 42)
    };
    vec![vm, part("nic", "nic"), part("disks.data", "disk")]
}

/// Returns the changes of a new instance of the fleet.
pub(crate) fn new_web(number: u32) -> Vec<Change> {
    let address = format!("vms.web-{number}");
    let zone = format!("zone {}", (number - 1) % 3 + 1);
    let facts = [
        "image web 1.4.2",
        "Standard_D2s_v5",
        &zone,
        "subnet web-vnet/app",
        "no public IP",
    ];
    vec![
        Change {
            facts: texts(&facts),
            ..change(&address, "vm", Action::Create, 42)
        },
        change(&format!("{address}.nic"), "nic", Action::Create, 42),
        Change {
            facts: texts(&["128 GiB", "Premium_LRS"]),
            ..change(&format!("{address}.disks.data"), "disk", Action::Create, 42)
        },
    ]
}

fn changes() -> Vec<Change> {
    let mut changes = vec![
        Change {
            properties: vec![tag()],
            ..change("networks.web-vnet", "network", Action::Update, 33)
        },
        change("networks.web-vnet.subnets.app", "subnet", Action::NoOp, 36),
        Change {
            properties: vec![
                PropertyChange {
                    cause: Cause::Drift,
                    place: Some(line(39)),
                    ..property("rules.allow-ssh.from", "*", "10.0.0.0/8")
                },
                tag(),
            ],
            ..change("nsgs.web-nsg", "nsg", Action::Update, 37)
        },
    ];
    changes.extend((1..=3).flat_map(web));
    changes.extend(new_web(4));
    changes.push(Change {
        properties: vec![
            PropertyChange {
                disruption: Disruption::Deallocate,
                place: Some(line(60)),
                ..property("size", "Standard_E2s_v5", "Standard_E4s_v5")
            },
            tag(),
        ],
        disruption: Disruption::Deallocate,
        ..change("vms.db", "vm", Action::Update, 58)
    });
    for (suffix, kind) in [("nic", "nic"), ("disks.data", "disk")] {
        changes.push(Change {
            properties: vec![tag()],
            ..change(&format!("vms.db.{suffix}"), kind, Action::Update, 58)
        });
    }
    changes.extend([
        Change {
            lost: texts(&["os_disk"]),
            ..change("vms.jump", "vm", Action::Delete, 1)
        },
        change("vms.jump.nic", "nic", Action::Delete, 1),
        Change {
            lost: texts(&["public_ip 20.50.1.9 (released for good)"]),
            ..change("vms.jump.public_ip", "public_ip", Action::Delete, 1)
        },
    ]);
    changes
}

/// Returns a step of the resource at `address`.
pub(crate) fn step(changes: &[Change], address: &str, does: Does, after: &[usize]) -> Step {
    let change = changes
        .iter()
        .find(|change| change.address.as_str() == address);
    let id = change.map_or_else(|| id("vm", "x"), |change| change.id.clone());
    let verb = match does {
        Does::Create => Verb::Put,
        Does::Update | Does::Mark | Does::Detach | Does::Keep => Verb::Patch,
        Does::Delete => Verb::Delete,
        Does::Deallocate | Does::Start | Does::Follow | Does::Upgrade | Does::Reimage => Verb::Post,
        Does::Check | Does::Settle => Verb::Get,
    };
    Step {
        address: Address::new(address),
        request: Request {
            verb,
            path: id.to_string(),
            api_version: "2024-07-01".to_owned(),
            body: None,
            remove: Vec::<Path>::new(),
        },
        id,
        does,
        after: after.to_vec(),
        precondition: Precondition::Checked,
        usually_seconds: 60,
    }
}

fn steps(changes: &[Change]) -> Vec<Step> {
    let tagged = changes
        .iter()
        .filter(|change| change.action == Action::Update && change.address.as_str() != "vms.db");
    let mut steps: Vec<Step> = tagged
        .map(|change| step(changes, change.address.as_str(), Does::Update, &[]))
        .collect();
    let mut add = |address: &str, does, after: &[usize]| {
        steps.push(step(changes, address, does, after));
        steps.len() - 1
    };
    let off = add("vms.db", Does::Deallocate, &[]);
    let sized = add("vms.db", Does::Update, &[off]);
    add("vms.db", Does::Start, &[sized]);
    let jump = add("vms.jump", Does::Delete, &[]);
    let nic = add("vms.jump.nic", Does::Delete, &[jump]);
    add("vms.jump.public_ip", Does::Delete, &[nic]);
    let nic = add("vms.web-4.nic", Does::Create, &[]);
    let disk = add("vms.web-4.disks.data", Does::Create, &[]);
    let mut last = add("vms.web-4", Does::Create, &[nic, disk]);
    for number in 1..=3 {
        let address = format!("vms.web-{number}");
        let gone = add(&address, Does::Delete, &[last]);
        last = add(&address, Does::Create, &[gone]);
    }
    steps
}

fn image(name: &str, version: ImageVersion, channel: &str) -> ResolvedImage {
    ResolvedImage {
        address: Address::new(&format!("images.{name}")),
        tenant: TenantId::new("11111111-1111-1111-1111-111111111111"),
        id: ImageId::parse(&format!(
            "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/\
             Microsoft.Compute/galleries/acme/images/{name}/versions/{version}"
        ))
        .expect("it is an id"),
        version,
        channel: channel.to_owned(),
        locked: channel.ends_with('x'),
        follow: Follow::Lock,
        definition: tenon_model::image::DefinitionFacts::default(),
        published: None,
        end_of_life: None,
        passed_over: Vec::new(),
        stay: BTreeMap::new(),
        disks: tenon_model::image::ImageDisks::default(),
        made: None,
    }
}

/// Returns the counts of changes.
pub(crate) fn summary(changes: &[Change]) -> Summary {
    let count = |action| {
        changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    };
    Summary {
        create: count(Action::Create),
        update: count(Action::Update),
        replace: count(Action::Replace),
        delete: count(Action::Delete),
        adopt: count(Action::Adopt),
        forget: count(Action::Forget),
        no_op: count(Action::NoOp),
        drift: changes
            .iter()
            .flat_map(|change| &change.properties)
            .filter(|property| property.cause == Cause::Drift)
            .count(),
    }
}

/// Returns a plan of some changes.
pub(crate) fn plan_of(changes: Vec<Change>) -> Plan {
    let tenant = TenantId::new("22222222-2222-2222-2222-222222222222");
    Plan {
        format: tenon_model::plan::FORMAT.to_owned(),
        tool: Tool {
            name: "tenon".to_owned(),
            version: "0.1.0".to_owned(),
        },
        created_at: "2026-08-22T09:14:07Z".to_owned(),
        digest: format!("sha256:604f913e{}6f3d", "0".repeat(52)),
        mode: Mode::Live,
        partial: None,
        waves: Vec::new(),
        deployment: Deployment {
            lock: None,
            cloud: None,
            credentials: std::collections::BTreeMap::new(),
            name: "web-prod".to_owned(),
            directories: Vec::new(),
            scopes: vec![Scope {
                subscription: SubscriptionId::new(SUBSCRIPTION),
                tenant: tenant.clone(),
                auxiliary: vec![TenantId::new("11111111-1111-1111-1111-111111111111")],
            }],
            tenant_names: [
                (tenant, "contoso".to_owned()),
                (
                    TenantId::new("11111111-1111-1111-1111-111111111111"),
                    "acme".to_owned(),
                ),
            ]
            .into(),
            resource_group: "web-prod".to_owned(),
            location: "westeurope".to_owned(),
            files: vec![SPEC.to_owned()],
        },
        images: Vec::new(),
        applyable: true,
        summary: summary(&changes),
        read: ReadFacts {
            resources: 18,
            requests: 7,
            milliseconds: 1_900,
        },
        preflight: Vec::new(),
        takes: None,
        preview: None,
        around: Around::default(),
        steps: Vec::new(),
        changes,
        kept: Vec::new(),
        types: std::collections::BTreeMap::new(),
        known: Vec::new(),
        diagnostics: Vec::new(),
        outputs: Map::new(),
    }
}

/// Returns the whole sample.
pub(crate) fn plan() -> Plan {
    let mut plan = plan_of(changes());
    plan.steps = steps(&plan.changes);
    let mut web = image("web", ImageVersion(1, 4, 2), "1.4.x");
    web.passed_over = vec![(ImageVersion(1, 4, 3), Rejected::Locked)];
    plan.images = vec![web, image("db", ImageVersion(2, 0, 3), "2.0.3")];
    plan.diagnostics = vec![
        Diagnostic::warning(
            Code::ImageEndOfLife,
            "image db 2.0.3 reaches its end of life on 2026-09-30, in 39 days",
        )
        .at(
            &line(24),
            "newest in its gallery: 2.1.0 (tenon update db --to 2.1.x)",
        ),
    ];
    plan.preflight = preflight(&plan.diagnostics);
    plan.around = around();
    plan
}

/// Who needs whom: machines their image and the network, the network its rules.
fn around() -> Around {
    let mut around = Around::default();
    let mut needs = |who: &str, what: &[&str]| {
        let what = what.iter().map(|what| Address::new(what)).collect();
        around.needs.insert(Address::new(who), what);
    };
    for number in 1..=4 {
        let machine = format!("vms.web-{number}");
        needs(&machine, &["images.web", "networks.web-vnet", "keys.ops"]);
    }
    needs("vms.db", &["images.db", "networks.web-vnet"]);
    needs("networks.web-vnet", &["nsgs.web-nsg"]);
    needs("vms.audit", &["networks.web-vnet"]);
    for (address, kind, elsewhere) in [("keys.ops", "ssh_key", true), ("vms.audit", "vm", false)] {
        around.same.push(Neighbour {
            address: Address::new(address),
            fleet: None,
            kind: kind.to_owned(),
            tenant: "contoso".to_owned(),
            elsewhere,
        });
    }
    around
}

/// What was looked at: all of it well but for an image that ends soon, and two
/// things that nobody may read.
fn preflight(found: &[Diagnostic]) -> Vec<Check> {
    let mut checks = vec![
        Check::ok(About::SignIn, "acme"),
        Check::ok(About::SignIn, "contoso"),
        Check::skipped(About::Locks, "group ops", "403 AuthorizationFailed"),
        Check::skipped(About::Locks, "group web-prod", "403 AuthorizationFailed"),
        Check::ok(About::Image, "db 2.0.3"),
        Check::ok(About::Image, "web 1.4.2"),
        Check::found(About::ImageLife, "db 2.0.3", found),
        Check::ok(About::ImageLife, "web 1.4.2"),
    ];
    let whole = [
        About::Size,
        About::References,
        About::Ownership,
        About::InUse,
    ];
    checks.extend(whole.map(|about| Check::ok(about, "")));
    checks
}

/// Returns a plan in which nothing happens.
pub(crate) fn quiet() -> Plan {
    let mut changes = changes();
    for change in &mut changes {
        change.action = Action::NoOp;
        change.properties.clear();
    }
    plan_of(changes)
}

fn named(plan: &Plan, step: usize) -> StepName {
    StepName {
        step,
        address: plan.steps[step].address.clone(),
        does: plan.steps[step].does,
    }
}

/// Returns the events of a run in which every step takes as long as `takes`
/// says and begins when it may; what `fails` fails, what needs it is skipped.
pub(crate) fn run(
    plan: &Plan,
    takes: impl Fn(&Step) -> u64,
    fails: impl Fn(&Step) -> Option<Failure>,
) -> Vec<Event> {
    let mut events = vec![(
        0,
        What::ApplyStarted {
            steps: plan.steps.len(),
        },
    )];
    let mut ends: Vec<Result<u64, (u64, usize)>> = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let name = named(plan, index);
        let before = step.after.iter().map(|before| ends[*before]);
        let ready: Result<Vec<u64>, (u64, usize)> = before.collect();
        ends.push(match ready {
            Err((at, because)) => {
                events.push((
                    at,
                    What::StepSkipped {
                        step: name,
                        because,
                    },
                ));
                Err((at, because))
            }
            Ok(ready) => {
                let from = ready.into_iter().max().unwrap_or(2_000);
                let to = from + takes(step);
                events.push((from, What::StepStarted(name.clone())));
                if let Some(failure) = fails(step) {
                    events.push((
                        to,
                        What::StepFailed {
                            step: name,
                            failure,
                        },
                    ));
                    Err((to, index))
                } else {
                    let outcome = Outcome::Done;
                    events.push((
                        to,
                        What::StepDone {
                            step: name,
                            outcome,
                        },
                    ));
                    Ok(to)
                }
            }
        });
    }
    events.sort_by_key(|(at, _)| *at);
    let end = events.last().map_or(0, |(at, _)| *at);
    let ips = ["10.20.1.4", "10.20.1.5", "10.20.1.6", "10.20.1.7"];
    let ips = Value::List(ips.into_iter().map(Value::from).collect());
    let outputs = vec![("web_ips".to_owned(), ips)];
    events.push((end, What::ApplyDone { outputs }));
    events
        .into_iter()
        .map(|(at, what)| Event { at, what })
        .collect()
}
