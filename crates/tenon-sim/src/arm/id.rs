//! Resource ids: parsed once, compared without case, shown as written.
//!
//! An id is a scope (a subscription, perhaps a resource group) followed by
//! any number of provider parts. The last part names the resource, the parts
//! before it are what an extension resource hangs on.

use std::fmt;

/// One `providers/{namespace}/{type}/{name}[/{type}/{name}]…` part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) namespace: String,
    pub(crate) pairs: Vec<(String, String)>,
}

/// A resource, a resource group, a subscription, or the tenant root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ResourceId {
    pub(crate) subscription: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) parts: Vec<Part>,
}

impl ResourceId {
    pub(crate) fn of_subscription(subscription: &str) -> Self {
        Self {
            subscription: Some(subscription.to_owned()),
            ..Self::default()
        }
    }

    pub(crate) fn of_group(subscription: &str, group: &str) -> Self {
        Self {
            group: Some(group.to_owned()),
            ..Self::of_subscription(subscription)
        }
    }

    /// Reads a full id; `None` when it is none, or ends in the middle.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix('/')?;
        let segments: Vec<&str> = path.split('/').collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return None;
        }
        let (id, rest) = Self::lead(&segments);
        rest.is_empty().then_some(id)
    }

    /// Reads as much of the segments as forms an id; hands back the rest.
    pub(crate) fn lead<'s, 'p>(segments: &'s [&'p str]) -> (Self, &'s [&'p str]) {
        let mut id = Self::default();
        let mut rest = segments;
        if let [word, name, tail @ ..] = rest
            && word.eq_ignore_ascii_case("subscriptions")
        {
            id.subscription = Some((*name).to_owned());
            rest = tail;
        }
        if let [word, name, tail @ ..] = rest
            && id.subscription.is_some()
            && word.eq_ignore_ascii_case("resourceGroups")
        {
            id.group = Some((*name).to_owned());
            rest = tail;
        }
        while let Some((part, tail)) = Part::lead(rest) {
            id.parts.push(part);
            rest = tail;
        }
        (id, rest)
    }

    /// The id in lower case: what the store compares.
    pub(crate) fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }

    /// `Namespace/type[/type…]` as it was written.
    pub(crate) fn type_name(&self) -> String {
        if let Some(part) = self.parts.last() {
            return part.type_name();
        }
        match (&self.subscription, &self.group) {
            (_, Some(_)) => "Microsoft.Resources/resourceGroups".to_owned(),
            (Some(_), None) => "Microsoft.Resources/subscriptions".to_owned(),
            (None, None) => "Microsoft.Resources/tenants".to_owned(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        let last = self.parts.last().and_then(|part| part.pairs.last());
        match last {
            Some((_, name)) => name,
            None => self
                .group
                .as_deref()
                .or(self.subscription.as_deref())
                .unwrap_or(""),
        }
    }

    /// The resource one level up inside the same part, if there is one.
    pub(crate) fn parent(&self) -> Option<Self> {
        let mut parent = self.clone();
        let last = parent.parts.last_mut()?;
        last.pairs.pop();
        if last.pairs.is_empty() {
            None
        } else {
            Some(parent)
        }
    }

    /// What the last part hangs on: another resource, a group or a subscription.
    pub(crate) fn scope(&self) -> Self {
        let mut scope = self.clone();
        scope.parts.pop();
        scope
    }

    /// True for a resource that hangs on another resource with its own provider part.
    pub(crate) fn is_extension(&self) -> bool {
        self.parts.len() > 1
    }

    pub(crate) fn child(&self, type_name: &str, name: &str) -> Self {
        let mut child = self.clone();
        if let Some(part) = child.parts.last_mut() {
            part.pairs.push((type_name.to_owned(), name.to_owned()));
        }
        child
    }

    pub(crate) fn with_part(&self, namespace: &str, type_name: &str, name: &str) -> Self {
        let mut id = self.clone();
        id.parts.push(Part {
            namespace: namespace.to_owned(),
            pairs: vec![(type_name.to_owned(), name.to_owned())],
        });
        id
    }

    pub(crate) fn namespace(&self) -> &str {
        self.parts
            .last()
            .map_or("Microsoft.Resources", |part| &part.namespace)
    }

    /// The same id with its group in capitals, as Compute echoes ids inside a machine.
    pub(crate) fn shouted(&self) -> String {
        let mut id = self.clone();
        id.group = id.group.map(|group| group.to_ascii_uppercase());
        id.to_string()
    }
}

impl Part {
    fn lead<'s, 'p>(segments: &'s [&'p str]) -> Option<(Self, &'s [&'p str])> {
        let [word, namespace, kind, name, tail @ ..] = segments else {
            return None;
        };
        if !word.eq_ignore_ascii_case("providers") || !namespace.contains('.') {
            return None;
        }
        let mut pairs = vec![((*kind).to_owned(), (*name).to_owned())];
        let mut rest = tail;
        while let [kind, name, tail @ ..] = rest {
            if kind.eq_ignore_ascii_case("providers") {
                break;
            }
            pairs.push(((*kind).to_owned(), (*name).to_owned()));
            rest = tail;
        }
        Some((
            Self {
                namespace: (*namespace).to_owned(),
                pairs,
            },
            rest,
        ))
    }

    pub(crate) fn type_name(&self) -> String {
        let mut name = self.namespace.clone();
        for (kind, _) in &self.pairs {
            name.push('/');
            name.push_str(kind);
        }
        name
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subscription) = &self.subscription {
            write!(f, "/subscriptions/{subscription}")?;
        }
        if let Some(group) = &self.group {
            write!(f, "/resourceGroups/{group}")?;
        }
        for part in &self.parts {
            write!(f, "/providers/{}", part.namespace)?;
            for (kind, name) in &part.pairs {
                write!(f, "/{kind}/{name}")?;
            }
        }
        Ok(())
    }
}

/// The keys of every scope at or above a key, nearest first, the tenant root last.
pub(crate) fn scopes_of(key: &str) -> impl Iterator<Item = &str> {
    let mut end = Some(key.len());
    std::iter::from_fn(move || {
        let here = end?;
        let scope = &key[..here];
        end = scope.rfind('/');
        Some(scope)
    })
}

/// True when `key` is `scope` itself or lies below it.
pub(crate) fn within(key: &str, scope: &str) -> bool {
    key.strip_prefix(scope)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
