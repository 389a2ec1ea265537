//! Who can use an image.

use serde::Serialize;

/// Who can use an image, as far as Azure tells whoever asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Roles at the version, or at what it lies in, that let it be used; the
    /// nearest first.
    pub roles: Vec<Grant>,
    /// How its gallery is open to those without a role; none where that could
    /// not be read.
    pub shared: Option<Shared>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// A role assignment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// Where it is given: the id of a version, gallery, group, subscription or
    /// management group, or `/`.
    pub scope: String,
    /// The name of the role.
    pub role: String,
    /// In Azure's words: `User`, `Group`, `ServicePrincipal`.
    pub principal_type: String,
    /// The object id of who has it, in the publisher's tenant.
    pub principal: String,
    /// Whether that is who asks.
    pub asks: bool,
    /// The condition under which it counts, as it is written.
    pub condition: Option<String>,
}

/// How a gallery is open to those without a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// To whom.
    pub with: With,
    /// Subscriptions that it is shared with directly.
    pub subscriptions: Vec<String>,
    /// Tenants that it is shared with directly.
    pub tenants: Vec<String>,
    /// The names under which everybody sees it.
    pub public_names: Vec<String>,
}

/// To whom a gallery is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// To nobody without a role.
    #[default]
    Nobody,
    /// To subscriptions and tenants that its publisher names.
    Some,
    /// To everybody.
    Everybody,
}

/// What could not be read of who can use an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Unread {
    /// Who has a role.
    Roles(Refused),
    /// With whom the gallery is shared.
    Sharing(Refused),
    /// Who else sees an open gallery: only its publisher is told.
    Others,
}

/// Azure's refusal to let something be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Azure's code.
    pub code: String,
    /// The action that it takes.
    pub action: &'static str,
    /// Where it takes it.
    pub scope: String,
}
