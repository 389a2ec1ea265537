//! What is wrong with a request.

use std::fmt;

/// Something that is wrong, and where in the body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// As the tables write it: `properties.dataDisks[].lun`; empty for the
    /// request itself.
    pub(crate) path: String,
    pub(crate) problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Problem {
    /// No document has such an operation.
    NoOperation,
    /// The type does not have this api-version.
    NoVersion(String),
    /// The operation takes no body, or needs one.
    Body(&'static str),
    /// Neither the document nor the tables know the member.
    Unknown,
    /// The member does not exist at the api-version.
    NotThen(String),
    /// Azure sets it.
    ReadOnly,
    /// It cannot be sent with this verb (`x-ms-mutability`).
    NotNow,
    /// A secret in a request that changes what is there (`x-ms-secret`).
    Secret,
    /// A member that has to be there is not.
    Missing(String),
    /// Another type.
    Type(String),
    /// No value of a closed enumeration.
    NotInEnum(String),
    /// No value that an open enumeration lists.
    NotListed(String),
    /// A value of an enumeration in other letters.
    Letters(String),
    /// Outside of the limits, or not in the form.
    Form(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() {
            "the request"
        } else {
            &self.path
        };
        write!(f, "{place}: {:?}", self.problem)
    }
}
