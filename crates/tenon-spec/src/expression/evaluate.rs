//! The value of a scalar with `${...}` in it.

use tenon_model::value::join;
use tenon_model::{Address, Help, Later, Value};

use super::{Part, Reach, Scope, parse};
use crate::findings::Findings;
use crate::source::{Files, Span};
use crate::vars::Variable;
use crate::words::shown;
use crate::yaml::{Scalar, Style};

/// Text that expressions may give in one reading. A variable of 100 KB used a
/// hundred thousand times would be 10 GB.
const GIVEN_BYTES: usize = 128 << 20;

/// What a scalar with expressions stands for.
#[derive(Clone, Debug)]
pub(crate) enum Found<'t> {
    /// A value that is known; nothing in it is read again.
    Known(Scalar<'t>),
    /// A list variable.
    List(Vec<Scalar<'t>>),
    /// A value that is known when a request is sent.
    Later(Value),
}

impl Found<'_> {
    /// How much text there is in it.
    fn bytes(&self) -> usize {
        match self {
            Self::Known(scalar) => scalar.text.len(),
            Self::List(scalars) => scalars.iter().map(|scalar| scalar.text.len()).sum(),
            Self::Later(_) => 0,
        }
    }
}

/// The name of an entry that some scalar uses.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) of: Address,
    /// The whole scalar.
    pub(crate) span: Span,
    /// Which `${` in it.
    pub(crate) ordinal: usize,
}

/// Evaluates scalars and tells what it found.
pub(crate) struct Reader<'r, 't> {
    pub(crate) files: &'r Files<'t>,
    pub(crate) scope: &'r Scope<'t>,
    pub(crate) findings: &'r mut Findings,
    pub(crate) references: &'r mut Vec<Reference>,
}

impl<'t> Reader<'_, 't> {
    /// Returns what the scalar at `span` stands for; nothing if that was
    /// reported.
    pub(crate) fn evaluate(&mut self, text: &str, span: Span) -> Option<Found<'t>> {
        let parts = match parse(text) {
            Ok(parts) => parts,
            Err(flaw) => {
                self.refuse_flaw(span, flaw);
                return None;
            }
        };
        if let [Part::Name { name, ordinal }] = parts.as_slice() {
            let found = self.name(name, span, *ordinal)?;
            return self.affords(found.bytes(), span).then_some(found);
        }
        let mut values = Vec::with_capacity(parts.len());
        let mut whole = true;
        for part in &parts {
            match part {
                Part::Text(text) => values.push(Value::text(*text)),
                Part::Name { name, ordinal } => match self.part(name, span, *ordinal) {
                    Some(value) => values.push(value),
                    None => whole = false,
                },
            }
            let bytes = values.last().and_then(Value::as_text).map_or(0, str::len);
            if !self.affords(bytes, span) {
                return None;
            }
        }
        whole.then(|| match join(values) {
            Value::Text(text) => Found::Known(Scalar::quoted(text)),
            later => Found::Later(later),
        })
    }

    /// Whether so much more text stays within the limit.
    fn affords(&mut self, bytes: usize, span: Span) -> bool {
        let given = self.scope.given.get() + bytes;
        self.scope.given.set(given);
        if given <= GIVEN_BYTES {
            return true;
        }
        let place = self.files.place(span);
        self.findings.push(crate::yaml::too_large(
            &place,
            "text that `${...}` stands for",
            &format!("{} MiB", GIVEN_BYTES >> 20),
        ));
        false
    }

    /// One part of joined text.
    fn part(&mut self, name: &str, span: Span, ordinal: usize) -> Option<Value> {
        match self.name(name, span, ordinal)? {
            Found::Known(scalar) => Some(Value::text(&*scalar.text)),
            Found::Later(value) => match value.as_later() {
                Some(Later::Secret { name, .. }) => {
                    self.refuse_secret(name, span, ordinal);
                    None
                }
                _ => Some(value),
            },
            Found::List(_) => {
                let help = Help::text("use the list alone, as the whole value");
                let why = format!("{} is a list and cannot be part of a text", shown(name));
                self.refuse(span, ordinal, &why, help);
                None
            }
        }
    }

    fn name(&mut self, name: &str, span: Span, ordinal: usize) -> Option<Found<'t>> {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let is_section = self.scope.sections.contains(&first);
        let known = self.scope.reach.words().contains(&first)
            || (self.scope.reach == Reach::Everything && is_section);
        if !known {
            self.refuse_first(first, span, ordinal, is_section);
            return None;
        }
        if rest.is_empty() {
            let help = Help::text(format!(
                "write `${{{first}.…}}` with the name of one of them"
            ));
            self.refuse(span, ordinal, &format!("`{first}` alone is no value"), help);
            return None;
        }
        match first {
            "vars" => self.variable(rest, span, ordinal),
            "env" => self.environment(rest, span, ordinal),
            "secrets" => self.secret(rest, span, ordinal),
            "tenants" => self.tenant(rest, span, ordinal),
            section => Some(self.attribute(section, rest, span, ordinal)),
        }
    }

    fn variable(&mut self, name: &str, span: Span, ordinal: usize) -> Option<Found<'t>> {
        match self.scope.vars.get(name) {
            Some(Variable::One(scalar)) => Some(Found::Known(scalar.clone())),
            Some(Variable::Many(scalars)) => Some(Found::List(scalars.clone())),
            Some(Variable::Broken) => None,
            None => {
                let names: Vec<&str> = self.scope.vars.keys().map(String::as_str).collect();
                self.refuse_unknown("variable", "vars", name, &names, span, ordinal);
                None
            }
        }
    }

    fn environment(&mut self, name: &str, span: Span, ordinal: usize) -> Option<Found<'t>> {
        if let Some(value) = self.scope.environment(name) {
            return Some(Found::Known(Scalar::new(value, Style::Loose)));
        }
        self.refuse_unset(name, span, ordinal);
        None
    }

    fn secret(&mut self, name: &str, span: Span, ordinal: usize) -> Option<Found<'t>> {
        if let Some(source) = self.scope.secrets.get(name) {
            return Some(Found::Later(Value::later(Later::Secret {
                name: name.to_owned(),
                source: source.clone(),
            })));
        }
        if !self.scope.broken_secrets.contains(name) {
            let names: Vec<&str> = self.scope.secrets.keys().map(String::as_str).collect();
            self.refuse_unknown("secret", "secrets", name, &names, span, ordinal);
        }
        None
    }

    fn tenant(&mut self, rest: &str, span: Span, ordinal: usize) -> Option<Found<'t>> {
        let (name, attribute) = rest.split_once('.').unwrap_or((rest, ""));
        let Some(id) = self.scope.tenants.get(name) else {
            let names: Vec<&str> = self.scope.tenants.keys().map(String::as_str).collect();
            self.refuse_unknown("tenant", "tenants", name, &names, span, ordinal);
            return None;
        };
        if attribute == "id" {
            return id.clone().map(|id| Found::Known(Scalar::quoted(id)));
        }
        let help = Help::text(format!("write `${{tenants.{name}.id}}`"));
        self.refuse(span, ordinal, "a tenant has one value, its `id`", help);
        None
    }

    fn attribute(&mut self, section: &str, rest: &str, span: Span, ordinal: usize) -> Found<'t> {
        let (key, name) = rest.split_once('.').unwrap_or((rest, ""));
        let of = Address::new(&format!("{section}.{key}"));
        self.references.push(Reference {
            of: of.clone(),
            span,
            ordinal,
        });
        Found::Later(Value::later(Later::Attribute {
            of,
            name: name.to_owned(),
        }))
    }
}
