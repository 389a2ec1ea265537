//! One tree for everything that has a shape of JSON: what the spec asks, what
//! Azure reports, what a request will carry.
//!
//! Beyond JSON it knows [`Later`]: values that are named now and read only
//! when a request is sent. A plan keeps them as names, so it can neither leak
//! a secret nor turn something unknown into an empty string.

mod later;
mod map;
mod name;
pub(crate) mod serial;

pub use later::{Later, SecretSource, join};
pub use map::Map;
pub use serial::{LATER_MEMBER, Plain};

/// A value of a spec, a live resource or a request body.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing, said explicitly. Absence is absence.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number. Specs have none; Azure sometimes answers with one.
    Float(f64),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Value>),
    /// Members by name.
    Map(Map),
    /// A value that is named now and read when a request is sent.
    ///
    /// Boxed, so that the trees of thousands of bodies stay small.
    Later(Box<Later>),
}

impl Value {
    /// Returns a text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Returns a value that is read when a request is sent.
    #[must_use]
    pub fn later(later: Later) -> Self {
        Self::Later(Box::new(later))
    }

    /// The value that is read later, if this is one.
    #[must_use]
    pub fn as_later(&self) -> Option<&Later> {
        match self {
            Self::Later(later) => Some(later),
            _ => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The members, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The members for changing, if this is a map.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The elements, if this is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The member `name`, if this is a map that has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.as_map()?.get(name)
    }

    /// Follows `names` from map to map.
    #[must_use]
    pub fn at(&self, names: &[&str]) -> Option<&Value> {
        names
            .iter()
            .try_fold(self, |value, name| value.member(name))
    }

    /// Whether this is explicitly nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Calls `visit` with every value that will be known only later.
    pub fn each_later<'a>(&'a self, visit: &mut dyn FnMut(&'a Later)) {
        match self {
            Self::Later(later) => later.each(visit),
            Self::List(list) => list.iter().for_each(|item| item.each_later(visit)),
            Self::Map(map) => map.iter().for_each(|(_, item)| item.each_later(visit)),
            _ => {}
        }
    }

    /// Whether anything in here is known only later.
    #[must_use]
    pub fn has_later(&self) -> bool {
        let mut found = false;
        self.each_later(&mut |_| found = true);
        found
    }

    /// Returns this value with every later value replaced by what `read`
    /// makes of it.
    ///
    /// # Errors
    ///
    /// Whatever `read` refuses with; the first refusal ends the walk.
    pub fn try_resolve<E>(
        &self,
        read: &mut dyn FnMut(&Later) -> Result<Value, E>,
    ) -> Result<Value, E> {
        let mut value = self.clone();
        value.try_resolve_here(read)?;
        Ok(value)
    }

    /// Does what [`Value::try_resolve`] does where the value stands, and leaves
    /// alone what needs nothing.
    ///
    /// # Errors
    ///
    /// Whatever `read` refuses with; the first refusal ends the walk.
    pub fn try_resolve_here<E>(
        &mut self,
        read: &mut dyn FnMut(&Later) -> Result<Value, E>,
    ) -> Result<(), E> {
        match self {
            Self::Later(later) => *self = later.resolve(read)?,
            Self::List(list) => {
                for item in list {
                    item.try_resolve_here(read)?;
                }
            }
            Self::Map(map) => {
                for (_, item) in map.iter_mut() {
                    item.try_resolve_here(read)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The value as one line of text, the way it is joined into other text.
    #[must_use]
    pub fn to_plain_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => crate::canonical::to_string(other),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Self::List(list)
    }
}

impl From<Later> for Value {
    fn from(later: Later) -> Self {
        Self::later(later)
    }
}

#[cfg(test)]
mod tests;
