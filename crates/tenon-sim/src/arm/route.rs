//! What a path means, before it is known whether it exists.

use super::id::ResourceId;
use crate::call::Call;

/// The places a request can address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// A resource, a group or a subscription.
    Item(ResourceId),
    /// One word below any of them: a list, an action or a view.
    Below(ResourceId, String),
    /// A list of a provider's type at a scope.
    Collection(ResourceId, String),
    /// A provider's own entry at a scope.
    Provider(ResourceId, String),
    /// The result of an operation that is known by a token alone.
    OperationResult(ResourceId, String),
    /// Nothing that exists.
    Nowhere,
}

impl Route {
    pub(crate) fn of(call: &Call) -> Self {
        let mut segments = call.segments();
        // The operations of a deployment are also known under a path without a provider.
        if let [first, _, second, _, word, ..] = segments.as_slice()
            && first.eq_ignore_ascii_case("subscriptions")
            && second.eq_ignore_ascii_case("resourceGroups")
            && word.eq_ignore_ascii_case("deployments")
        {
            segments.splice(4..4, ["providers", "Microsoft.Resources"]);
        }
        let (id, rest) = ResourceId::lead(&segments);
        match rest {
            [] if id == ResourceId::default() => Self::Nowhere,
            [] => Self::Item(id),
            [word] => Self::Below(id, (*word).to_owned()),
            [word, token] if word.eq_ignore_ascii_case("operationresults") => {
                Self::OperationResult(id, (*token).to_owned())
            }
            [providers, namespace] if providers.eq_ignore_ascii_case("providers") => {
                Self::Provider(id, (*namespace).to_owned())
            }
            [providers, namespace, kind] if providers.eq_ignore_ascii_case("providers") => {
                Self::Collection(id, format!("{namespace}/{kind}"))
            }
            _ => Self::Nowhere,
        }
    }

    pub(crate) fn id(&self) -> Option<&ResourceId> {
        match self {
            Self::Item(id)
            | Self::Below(id, _)
            | Self::Collection(id, _)
            | Self::Provider(id, _)
            | Self::OperationResult(id, _) => Some(id),
            Self::Nowhere => None,
        }
    }

    pub(crate) fn subscription(&self) -> Option<&str> {
        self.id()?.subscription.as_deref()
    }

    /// The type a request is about, as fault rules and api-versions see it.
    pub(crate) fn type_name(&self) -> String {
        match self {
            Self::Item(id) => id.type_name(),
            Self::Below(id, word) if !id.parts.is_empty() => format!("{}/{word}", id.type_name()),
            Self::Below(id, word) => {
                let word = match word.to_ascii_lowercase().as_str() {
                    "resourcegroups" => "resourceGroups",
                    "subscriptions" => "subscriptions",
                    "tenants" => "tenants",
                    "providers" => "providers",
                    "locations" if id.subscription.is_some() => "subscriptions/locations",
                    _ => "resources",
                };
                format!("Microsoft.Resources/{word}")
            }
            Self::Collection(_, type_name) => type_name.clone(),
            Self::Provider(..) => "Microsoft.Resources/providers".to_owned(),
            Self::OperationResult(..) => "Microsoft.Resources/operationResults".to_owned(),
            Self::Nowhere => String::new(),
        }
    }
}
