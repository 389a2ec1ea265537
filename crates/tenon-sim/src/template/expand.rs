//! The resources a template declares: loops unrolled, children by themselves, names known.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::evaluate::Copies;
use super::{Problem, Scope, Template};
use crate::json;

/// Members of a resource that are for Resource Manager and not for its provider.
const OWN_MEMBERS: [&str; 12] = [
    "type",
    "name",
    "apiVersion",
    "dependsOn",
    "copy",
    "condition",
    "resources",
    "comments",
    "metadata",
    "scope",
    "existing",
    "import",
];

/// The most resources one template can declare.
const MOST: usize = 800;

/// One resource of a template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Declared {
    /// The name other resources can use for it in language version 2.0.
    pub(super) symbolic: Option<String>,
    /// The loop it comes from, its place in it, and how many go at once.
    pub(super) repeated: Option<Repeated>,
    pub(crate) copies: Copies,
    pub(crate) type_name: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) api_version: String,
    /// What it says it depends on, evaluated.
    pub(super) depends_on: Vec<String>,
    /// False when its condition is not met.
    pub(crate) active: bool,
    /// True when it is only looked at.
    pub(crate) existing: bool,
    /// The body for its provider, as written.
    pub(crate) body: Value,
}

/// Where a resource stands in a loop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Repeated {
    pub(super) name: String,
    pub(super) place: i64,
    /// How many are made at once; all of them when absent.
    pub(super) batch: Option<i64>,
}

/// Reads all resources of a template.
pub(crate) fn declared(template: &Template, scope: &Scope<'_>) -> Result<Vec<Declared>, Problem> {
    let mut all = Vec::new();
    for (symbolic, written) in &template.resources {
        let one = Written {
            symbolic: symbolic.as_deref(),
            value: written,
            parent: None,
        };
        unroll(&one, scope, &mut all)?;
    }
    if all.len() > MOST {
        return Err(Problem::invalid(format!(
            "The number of template resources limit exceeded. Limit: '{MOST}' and actual: '{}'. Please see https://aka.ms/arm-template for usage details.",
            all.len()
        )));
    }
    Ok(all)
}

/// A resource as it stands in the text.
struct Written<'w> {
    symbolic: Option<&'w str>,
    value: &'w Value,
    parent: Option<&'w Declared>,
}

fn unroll(
    written: &Written<'_>,
    scope: &Scope<'_>,
    all: &mut Vec<Declared>,
) -> Result<(), Problem> {
    let copy = written.value.get("copy").filter(|copy| copy.is_object());
    let Some(copy) = copy else {
        return declare(written, scope, None, all);
    };
    let name = json::text(copy, "name").unwrap_or_default().to_owned();
    let count = copy
        .get("count")
        .map(|count| scope.value(count))
        .transpose()?
        .and_then(|count| count.as_i64())
        .ok_or_else(|| {
            Problem::invalid(format!(
                "The copy count of '{name}' must be an integer. Please see https://aka.ms/arm-copy for usage details."
            ))
        })?;
    let serial = json::text(copy, "mode").is_some_and(|mode| json::same(mode, "serial"));
    let batch = serial.then(|| json::number(copy, "batchSize").unwrap_or(1).max(1));
    for place in 0..count {
        let inside = scope.inside(scope.copies.within(&name, place));
        let repeated = Repeated {
            name: name.clone(),
            place,
            batch,
        };
        declare(written, &inside, Some(repeated), all)?;
    }
    Ok(())
}

fn declare(
    written: &Written<'_>,
    scope: &Scope<'_>,
    repeated: Option<Repeated>,
    all: &mut Vec<Declared>,
) -> Result<(), Problem> {
    let value = written.value;
    let (type_name, name) = full_name(written, scope)?;
    let api_version = required(value, "apiVersion", &name, scope)?;
    let id = id_of(value, &type_name, &name, scope)?;
    let active = match value.get("condition").filter(|one| !one.is_null()) {
        None => true,
        Some(condition) => scope.value(condition)? == Value::Bool(true),
    };
    let depends_on = json::items(value, "dependsOn")
        .iter()
        .map(|entry| scope.string(entry))
        .collect::<Result<_, _>>()?;
    let declared = Declared {
        symbolic: written.symbolic.map(str::to_owned),
        repeated,
        copies: scope.copies.clone(),
        id,
        api_version,
        depends_on,
        active,
        existing: json::truth(value, "existing") == Some(true),
        body: body(value),
        type_name,
        name,
    };
    all.push(declared.clone());
    let children: Vec<(Option<&str>, &Value)> = match value.get("resources") {
        Some(Value::Array(children)) => children.iter().map(|child| (None, child)).collect(),
        Some(Value::Object(children)) => children
            .iter()
            .map(|(name, child)| (Some(name.as_str()), child))
            .collect(),
        _ => Vec::new(),
    };
    for (symbolic, value) in children {
        let child = Written {
            symbolic,
            value,
            parent: Some(&declared),
        };
        unroll(&child, scope, all)?;
    }
    Ok(())
}

fn required(value: &Value, member: &str, name: &str, scope: &Scope<'_>) -> Result<String, Problem> {
    match value.get(member).filter(|one| !one.is_null()) {
        Some(written) => scope.string(written),
        None => Err(Problem::invalid(format!(
            "The template resource '{name}' at line '1' and column '1' is not valid. The {member} property is required. Please see https://aka.ms/arm-syntax-resources for usage details."
        ))),
    }
}

/// Type and name with those of the parent in front.
fn full_name(written: &Written<'_>, scope: &Scope<'_>) -> Result<(String, String), Problem> {
    let name = required(written.value, "name", "", scope)?;
    let type_name = required(written.value, "type", &name, scope)?;
    let (type_name, name) = match written.parent {
        Some(parent) if !starts_with(&type_name, &parent.type_name) => (
            format!("{}/{type_name}", parent.type_name),
            format!("{}/{name}", parent.name),
        ),
        _ => (type_name, name),
    };
    let segments = |text: &str| text.split('/').filter(|one| !one.is_empty()).count();
    if segments(&type_name) != segments(&name) + 1 {
        return Err(Problem::invalid(format!(
            "The template resource '{name}' for type '{type_name}' at line '1' and column '1' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details."
        )));
    }
    Ok((type_name, name))
}

fn starts_with(type_name: &str, parent: &str) -> bool {
    type_name
        .get(..parent.len())
        .is_some_and(|start| json::same(start, parent))
}

fn id_of(value: &Value, type_name: &str, name: &str, scope: &Scope<'_>) -> Result<String, Problem> {
    for member in ["resourceGroup", "subscriptionId"] {
        if value.get(member).is_some_and(|one| !one.is_null()) {
            return Err(Problem::invalid(format!(
                "The simulator does not play deployments to another scope: the resource '{name}' has the property '{member}'."
            )));
        }
    }
    let group = scope.place.group_id();
    let at = match value.get("scope").filter(|one| !one.is_null()) {
        None => group.to_owned(),
        Some(written) => {
            let at = scope.string(written)?;
            if at.starts_with('/') {
                at
            } else {
                format!("{group}{}", relative(&at))
            }
        }
    };
    Ok(format!(
        "{}{}",
        at.trim_end_matches('/'),
        provider_path(type_name, name)
    ))
}

/// `Namespace/type/name…` as a path below a group.
fn relative(short: &str) -> String {
    format!("/providers/{short}")
}

/// `/providers/Namespace/type/name/type/name` from a type and a name with as many segments.
fn provider_path(type_name: &str, name: &str) -> String {
    let mut types = type_name.split('/');
    let mut path = format!("/providers/{}", types.next().unwrap_or_default());
    for (kind, name) in types.zip(name.split('/')) {
        path.push_str(&format!("/{kind}/{name}"));
    }
    path
}

fn body(value: &Value) -> Value {
    let members = value.as_object().into_iter().flatten();
    let kept = members.filter(|(name, _)| !OWN_MEMBERS.contains(&name.as_str()));
    Value::Object(
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Map<_, _>>(),
    )
}

impl Declared {
    /// True when a name in `dependsOn` or `reference` means this resource.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        let short = self.id.rsplit_once("/providers/").map(|(_, short)| short);
        let joined = format!("{}/{}", self.type_name, self.name);
        let names = [
            self.symbolic.as_deref(),
            self.repeated
                .as_ref()
                .map(|repeated| repeated.name.as_str()),
            Some(self.id.as_str()),
            short,
            Some(joined.as_str()),
            Some(self.name.as_str()),
        ];
        names
            .into_iter()
            .flatten()
            .any(|own| json::same(own, name.trim_end_matches('/')))
    }
}
