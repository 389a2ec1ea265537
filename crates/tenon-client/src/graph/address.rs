//! What an id below `/tenants` means, and where Graph has it.

use tenon_model::TenantId;
use tenon_model::id::is_guid;
use tenon_model::transport::Refusal;

use crate::arm::Arm;
use crate::errors::Asked;
use crate::http::Url;

/// The version of Graph that is spoken.
const VERSION: &str = "v1.0";

/// Whether a path is answered by Graph.
pub(crate) fn is_graph(path: &str) -> bool {
    let root = path.get(..9).unwrap_or_default();
    root.eq_ignore_ascii_case("/tenants/")
}

/// An application by the name that it has in its tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) tenant: TenantId,
    pub(super) unique_name: String,
}

impl Application {
    /// What it is remembered by.
    pub(super) fn key(&self) -> (TenantId, String) {
        (self.tenant.clone(), self.unique_name.to_ascii_lowercase())
    }

    /// How the id of one of its service principals calls it.
    pub(super) fn dotted(&self) -> String {
        format!("{}.{}", self.tenant, self.unique_name)
    }

    /// Reads that again.
    pub(super) fn read_dotted(text: &str) -> Option<Self> {
        let (tenant, unique_name) = text.split_once('.')?;
        (is_guid(tenant) && !unique_name.is_empty()).then(|| Self {
            tenant: TenantId::new(tenant),
            unique_name: unique_name.to_owned(),
        })
    }
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The directory itself.
    Directory(TenantId),
    /// All applications, or all service principals.
    Set(TenantId, Set),
    /// An application.
    Application(Application),
    /// A federated credential of an application, by its name.
    Credential(Application, String),
    /// A service principal, by the client id of its application.
    Principal(TenantId, String),
    /// A service principal of an application whose client id has to be read.
    PrincipalOf(TenantId, Application),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Applications,
    Principals,
}

impl Target {
    pub(super) fn read(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (root, rest) = segments.split_first()?;
        let (tenant, rest) = rest.split_first()?;
        let is = |word: &str, name: &str| word.eq_ignore_ascii_case(name);
        if !is(root, "tenants") || segments.iter().any(|one| one.is_empty()) {
            return None;
        }
        let tenant = TenantId::new(tenant);
        let application = |name: &str| Application {
            tenant: tenant.clone(),
            unique_name: name.to_owned(),
        };
        Some(match rest {
            [] => Self::Directory(tenant),
            [set] if is(set, "applications") => Self::Set(tenant, Set::Applications),
            [set] if is(set, "servicePrincipals") => Self::Set(tenant, Set::Principals),
            [set, name] if is(set, "applications") => Self::Application(application(name)),
            [set, name, child, own]
                if is(set, "applications") && is(child, "federatedIdentityCredentials") =>
            {
                Self::Credential(application(name), (*own).to_owned())
            }
            [set, name] if is(set, "servicePrincipals") => match Application::read_dotted(name) {
                Some(of) => Self::PrincipalOf(tenant, of),
                None => Self::Principal(tenant, name.to_ascii_lowercase()),
            },
            _ => return None,
        })
    }

    /// The tenant whose directory it lies in.
    pub(super) fn tenant(&self) -> &TenantId {
        match self {
            Self::Directory(tenant)
            | Self::Set(tenant, _)
            | Self::Principal(tenant, _)
            | Self::PrincipalOf(tenant, _) => tenant,
            Self::Application(application) | Self::Credential(application, _) => {
                &application.tenant
            }
        }
    }

    pub(super) fn application_of_principal(&self) -> Option<&Application> {
        match self {
            Self::PrincipalOf(_, application) => Some(application),
            _ => None,
        }
    }

    /// The client id that the path itself says.
    pub(super) fn client_id(&self) -> &str {
        match self {
            Self::Principal(_, client_id) => client_id,
            _ => "",
        }
    }

    /// The id that everybody else knows it by.
    pub(super) fn id(&self) -> String {
        let tenant = self.tenant();
        match self {
            Self::Directory(_) => format!("/tenants/{tenant}"),
            Self::Set(_, Set::Applications) => format!("/tenants/{tenant}/applications"),
            Self::Set(_, Set::Principals) => format!("/tenants/{tenant}/servicePrincipals"),
            Self::Application(one) => format!("/tenants/{tenant}/applications/{}", one.unique_name),
            Self::Credential(one, name) => format!(
                "/tenants/{tenant}/applications/{}/federatedIdentityCredentials/{name}",
                one.unique_name
            ),
            Self::Principal(_, client) => format!("/tenants/{tenant}/servicePrincipals/{client}"),
            Self::PrincipalOf(_, of) => {
                format!("/tenants/{tenant}/servicePrincipals/{}", of.dotted())
            }
        }
    }
}

/// Where Graph has a target; `client_id` is that of a service principal.
pub(super) fn of(arm: &Arm, target: &Target, client_id: &str) -> Result<Url, Refusal> {
    let application =
        |one: &Application| format!("applications(uniqueName='{}')", literal(&one.unique_name));
    let path = match target {
        Target::Directory(_) => "organization".to_owned(),
        Target::Set(_, Set::Applications) => "applications".to_owned(),
        Target::Set(_, Set::Principals) => "servicePrincipals".to_owned(),
        Target::Application(one) => application(one),
        Target::Credential(one, name) => format!(
            "{}/federatedIdentityCredentials(name='{}')",
            application(one),
            literal(name)
        ),
        Target::Principal(..) | Target::PrincipalOf(..) => {
            format!("servicePrincipals(appId='{}')", literal(client_id))
        }
    };
    at(arm, &path)
}

/// Where Graph has an object of a set by its own id.
pub(super) fn by_id(arm: &Arm, set: &str, id: &str) -> Result<Url, Refusal> {
    at(arm, &format!("{set}/{id}"))
}

/// An address below the version of Graph that is spoken.
pub(super) fn at(arm: &Arm, path: &str) -> Result<Url, Refusal> {
    let graph = arm.cloud.graph.as_ref();
    let url = graph.and_then(|graph| graph.at(&format!("/{VERSION}/{path}")));
    url.ok_or_else(|| {
        let message = "this cloud does not say where its Microsoft Graph is";
        Asked::new(format!("Microsoft Graph {path}")).local("NoGraph", message)
    })
}

/// A text between quotes, as OData wants it in a path.
fn literal(text: &str) -> String {
    text.replace('%', "%25").replace('\'', "''")
}
