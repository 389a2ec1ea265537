//! A spec and everything beside it: lock, texts, what the environment supplies.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tenon_model::desired::Declaration;
use tenon_model::diagnostic::Severity;
use tenon_model::image::{ImageRequest, ResolvedImage};
use tenon_model::kind::{MissingKey, Settled, Surroundings};
use tenon_model::place::Sources;
use tenon_model::spec::{GroupSpec, Made, Placed, Spec};
use tenon_model::{Address, Code, Diagnostic, Help, Place, SubscriptionId, TenantId};
use tenon_spec::lock::Lock;
use tenon_spec::{Input, SourceFile};

use crate::arguments::{Global, SpecArgument};
use crate::credentials::variable;
use crate::revision::Tree;
use crate::{files, output, telemetry};

/// A spec and everything beside it, read.
pub(crate) struct Loaded {
    pub(crate) spec: Spec,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) sources: Sources,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) lock: Lock,
    /// Whether the lock file has to say what the spec needs.
    pub(crate) locked: Locked,
    pub(crate) missing_key: MissingKey,
    /// Warnings so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What a lock file has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locked {
    /// Something or nothing: a channel that it does not pin means what it means
    /// today.
    AsFarAsItGoes,
    /// Exactly what the spec needs.
    Strictly,
}

/// Why there is no plan.
pub(crate) struct Trouble {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

impl Trouble {
    pub(super) fn new(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Self {
        Self {
            diagnostics,
            sources: sources.clone(),
        }
    }
}

impl From<Vec<Diagnostic>> for Trouble {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            diagnostics,
            sources: Sources::default(),
        }
    }
}

/// Reads the spec, the lock and the texts that it names.
pub(crate) fn load(global: &Global, argument: &SpecArgument) -> Result<Loaded, Trouble> {
    load_from(&Tree::Here, global, argument)
}

/// Reads them where the tree says.
pub(crate) fn load_from(
    tree: &Tree,
    global: &Global,
    argument: &SpecArgument,
) -> Result<Loaded, Trouble> {
    let _phase = telemetry::phase("load");
    let paths = files::spec_paths(global, argument);
    let files = files::read_spec(tree, &paths)?;
    read(tree, global, paths, files)
}

/// Reads a spec whose text is at hand.
pub(crate) fn load_texts(
    global: &Global,
    paths: Vec<PathBuf>,
    files: Vec<SourceFile>,
) -> Result<Loaded, Trouble> {
    read(&Tree::Here, global, paths, files)
}

fn read(
    tree: &Tree,
    global: &Global,
    paths: Vec<PathBuf>,
    files: Vec<SourceFile>,
) -> Result<Loaded, Trouble> {
    let stem = paths[0]
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let reading = tenon_spec::read(
        &Input {
            files,
            variables: files::variables(global)?,
            environment: &|name| std::env::var(name).ok(),
            default_name: stem,
        },
        &tenon_kinds::sections(),
    );
    let mut sources = reading.sources;
    let mut diagnostics = reading.diagnostics;
    let lock = lock(tree, &paths[0], &mut sources, &mut diagnostics);
    let whole = reading.spec.is_some();
    let Some(spec) = reading.spec.or(reading.partial) else {
        return Err(Trouble {
            diagnostics,
            sources,
        });
    };
    let (texts, problems) = files::texts(tree, &spec.files);
    diagnostics.extend(problems);
    let missing_key = if global.generate_ssh_keys {
        MissingKey::Generate
    } else {
        MissingKey::Refuse
    };
    let loaded = Loaded {
        spec,
        paths,
        sources,
        texts,
        lock,
        locked: if global.locked {
            Locked::Strictly
        } else {
            Locked::AsFarAsItGoes
        },
        missing_key,
        diagnostics,
    };
    if whole {
        Ok(loaded)
    } else {
        Err(loaded.further_problems())
    }
}

fn lock(
    tree: &Tree,
    spec: &std::path::Path,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Lock {
    let path = files::lock_path(spec);
    let Ok(text) = tree.read(&path) else {
        return Lock::default();
    };
    let file = SourceFile {
        name: files::shown(&path),
        text,
    };
    sources.insert(&file.name, &file.text);
    let (lock, problems) = tenon_spec::lock::read(&file);
    diagnostics.extend(problems);
    lock.unwrap_or_default()
}

impl Loaded {
    pub(super) fn surroundings(
        &self,
        settled: Settled,
        images: BTreeMap<Address, ResolvedImage>,
    ) -> Surroundings<'_> {
        Surroundings {
            spec: &self.spec,
            defaults: settled,
            ids: BTreeMap::new(),
            images,
            files: self.texts.clone(),
            missing_key: self.missing_key,
        }
    }

    /// What the lock file should say otherwise: errors if it has to say exactly
    /// what the spec needs.
    pub(crate) fn lock_problems(&self, requests: &[ImageRequest]) -> Vec<Diagnostic> {
        let beside = files::images_beside(&self.paths);
        let misfits = self.lock.misfits(requests, &beside);
        match self.locked {
            Locked::Strictly => misfits
                .iter()
                .map(|misfit| misfit.diagnostic(Severity::Error))
                .collect(),
            Locked::AsFarAsItGoes => misfits
                .iter()
                .filter(|misfit| misfit.misleads())
                .map(|misfit| misfit.diagnostic(Severity::Warning))
                .collect(),
        }
    }

    /// The beginning of the spec.
    pub(crate) fn whole(&self) -> Place {
        Place::whole(&files::shown(&self.paths[0]))
    }

    /// What the spec asks for without asking Azure: for `validate` and
    /// `graph`. Ids stand for what only Azure can say.
    pub(crate) fn offline(&self) -> (Declaration, Settled, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let settled = self.settle(
            self.tenant().unwrap_or_else(|| TenantId::new("unknown")),
            &mut problems,
        );
        let settled = settled.unwrap_or_else(|| self.placeholder());
        let mut declaration =
            tenon_kinds::declare(self.surroundings(settled.clone(), BTreeMap::new()));
        let mut all = self.diagnostics.clone();
        all.append(&mut problems);
        all.append(&mut declaration.diagnostics);
        all.extend(self.lock_problems(&declaration.images));
        (declaration, settled, all)
    }

    /// The tenant that the spec or the environment names.
    pub(super) fn tenant(&self) -> Option<TenantId> {
        let written = self
            .spec
            .defaults
            .tenant
            .as_ref()
            .map(|tenant| tenant.value.clone());
        written.or_else(|| {
            let named = variable("AZURE_TENANT_ID").or_else(|| variable("ARM_TENANT_ID"));
            named.map(|id| TenantId::new(&id))
        })
    }

    fn subscription(&self) -> Option<SubscriptionId> {
        let written = self
            .spec
            .defaults
            .subscription
            .as_ref()
            .map(|one| one.value.clone());
        written.or_else(|| {
            let named =
                variable("AZURE_SUBSCRIPTION_ID").or_else(|| variable("ARM_SUBSCRIPTION_ID"));
            named.map(|id| SubscriptionId::new(&id))
        })
    }

    fn group(&self) -> Option<Placed<GroupSpec>> {
        self.spec.defaults.resource_group.clone().or_else(|| {
            let name =
                variable("AZURE_RESOURCE_GROUP").or_else(|| variable("AZURE_DEFAULTS_GROUP"))?;
            Some(Placed {
                value: GroupSpec {
                    name,
                    made: Made::Elsewhere,
                },
                place: self.spec.place.clone(),
            })
        })
    }

    fn location(&self) -> Option<String> {
        let written = self
            .spec
            .defaults
            .location
            .as_ref()
            .map(|one| one.value.clone());
        written
            .or_else(|| variable("AZURE_LOCATION"))
            .or_else(|| variable("AZURE_DEFAULTS_LOCATION"))
    }

    /// Settles what can be settled without Azure.
    pub(super) fn settle(
        &self,
        tenant: TenantId,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Settled> {
        let subscription = self.subscription();
        let group = self.group();
        if subscription.is_none() {
            problems.push(self.missing("subscription", "AZURE_SUBSCRIPTION_ID"));
        }
        if group.is_none() {
            problems.push(self.missing("resource_group", "AZURE_RESOURCE_GROUP"));
        }
        let in_ci = output::in_ci();
        Some(Settled {
            tenant,
            tenants: BTreeMap::new(),
            subscription: subscription?,
            group: group?,
            location: self.location().unwrap_or_default(),
            admin_username: variable("USER")
                .or_else(|| variable("USERNAME"))
                .filter(|name| !in_ci && name != "root"),
            roles: None,
            login: None,
        })
    }

    pub(super) fn missing(&self, key: &str, variable: &str) -> Diagnostic {
        Diagnostic::error(Code::MissingDefault, format!("the spec names no `{key}`"))
            .at(&self.spec.place, "")
            .help(Help::text(format!(
                "add  {key}: …  at the top, or set {variable}"
            )))
    }

    pub(super) fn placeholder(&self) -> Settled {
        let place = self.spec.place.clone();
        Settled {
            tenant: TenantId::new("unknown"),
            tenants: BTreeMap::new(),
            subscription: SubscriptionId::new("unknown"),
            group: Placed {
                value: GroupSpec {
                    name: "unknown".to_owned(),
                    made: Made::Elsewhere,
                },
                place,
            },
            location: self.location().unwrap_or_else(|| "unknown".to_owned()),
            admin_username: Some("unknown".to_owned()),
            roles: None,
            login: None,
        }
    }
}
