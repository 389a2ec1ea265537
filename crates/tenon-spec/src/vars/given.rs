//! Values that come from outside of the spec.

use tenon_model::Place;

use super::{Type, Variable};
use crate::findings::Findings;
use crate::source::Files;
use crate::yaml::{self, Data, Scalar, Style};

/// A value for a variable.
#[derive(Clone, Debug)]
pub struct GivenVariable {
    /// The variable.
    pub name: String,
    /// Its value as text.
    pub text: String,
    /// Who gives it.
    pub origin: Origin,
}

/// Who gives a value.
#[derive(Clone, Debug)]
pub enum Origin {
    /// `--var` on the command line.
    Option,
    /// A line of a file with variables.
    File(Place),
    /// `TENON_VAR_…` in the environment.
    Environment,
}

impl GivenVariable {
    /// Who gives it, in words.
    pub(crate) fn source(&self) -> String {
        match &self.origin {
            Origin::Option => format!("--var {}", self.name),
            Origin::File(place) => place.to_string(),
            Origin::Environment => format!("TENON_VAR_{}", self.name),
        }
    }

    /// The value as one of type `wanted`; nothing if it is none.
    pub(crate) fn typed<'t>(&self, wanted: Type) -> Option<Variable<'t>> {
        let text = self.text.trim();
        match wanted {
            Type::String => Some(Variable::One(Scalar::quoted(self.text.clone()))),
            Type::Integer => match yaml::core::whole(text)? {
                yaml::core::Whole::Fits(_) => Some(plain(text)),
                yaml::core::Whole::TooLarge => None,
            },
            Type::Boolean => yaml::core::boolean(text).map(|_| plain(text)),
            Type::List if text.starts_with('[') => list(text).map(Variable::Many),
            Type::List => {
                let parts = text.split(',').map(str::trim);
                let parts = parts.filter(|part| !part.is_empty());
                let scalars = parts.map(|part| Scalar::new(part.to_owned(), Style::Loose));
                Some(Variable::Many(scalars.collect()))
            }
        }
    }
}

fn plain<'t>(text: &str) -> Variable<'t> {
    Variable::One(Scalar::new(text.to_owned(), Style::Plain))
}

/// Reads `["1", "2"]`.
fn list<'t>(text: &str) -> Option<Vec<Scalar<'t>>> {
    let (mut files, mut findings) = (Files::default(), Findings::default());
    let file = files.add("", text);
    let root = yaml::parse(&files, file, &mut findings).ok()??;
    let Data::List(nodes) = &root.data else {
        return None;
    };
    let scalars = nodes.iter().map(|node| {
        let scalar = node.scalar()?;
        Some(Scalar::new(scalar.text.to_string(), scalar.style))
    });
    scalars
        .collect::<Option<Vec<_>>>()
        .filter(|_| findings.seen() == 0)
}
