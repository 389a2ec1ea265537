//! A spec that is written, not read: keys in their order, with remarks.

use crate::Value;

/// A value of a spec that is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// Anything that is neither list nor map.
    Scalar(Value),
    /// What stands inside of `${…}`.
    Expression(String),
    /// A list.
    List(Vec<Written>),
    /// A map.
    Map(Outline),
}

/// Keys and values in the order in which they are to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    lines: Vec<Line>,
}

/// A key, its value, and what a reader should know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Written,
    /// Comments above it, one line each.
    pub remarks: Vec<String>,
}

impl Outline {
    /// The lines in their order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The lines for changing.
    pub fn lines_mut(&mut self) -> &mut [Line] {
        &mut self.lines
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The line of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Written> {
        let found = self.lines.iter().find(|line| line.key == key)?;
        Some(&found.value)
    }

    /// Writes `key`; what stood there is replaced where it stands.
    pub fn set(&mut self, key: &str, value: impl Into<Written>) {
        let value = value.into();
        match self.lines.iter_mut().find(|line| line.key == key) {
            Some(line) => line.value = value,
            None => self.lines.push(Line {
                key: key.to_owned(),
                value,
                remarks: Vec::new(),
            }),
        }
    }

    /// Writes the dotted `path`, making maps on the way.
    pub fn set_at(&mut self, path: &str, value: impl Into<Written>) {
        match path.split_once('.') {
            None => self.set(path, value),
            Some((key, rest)) => self.map(key).set_at(rest, value),
        }
    }

    /// The map under `key` for changing, an empty one if it was not there.
    pub fn map(&mut self, key: &str) -> &mut Outline {
        let at = self.lines.iter().position(|line| line.key == key);
        let at = at.unwrap_or_else(|| {
            self.set(key, Written::Map(Outline::default()));
            self.lines.len() - 1
        });
        let line = &mut self.lines[at];
        if !matches!(line.value, Written::Map(_)) {
            line.value = Written::Map(Outline::default());
        }
        match &mut line.value {
            Written::Map(map) => map,
            _ => unreachable!("the value was just made a map"),
        }
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) {
        self.lines.retain(|line| line.key != key);
    }

    /// Adds a comment above `key`, if it is there.
    pub fn remark(&mut self, key: &str, remark: impl Into<String>) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.key == key) {
            line.remarks.push(remark.into());
        }
    }
}

impl From<Outline> for Written {
    fn from(map: Outline) -> Self {
        Self::Map(map)
    }
}

impl From<Vec<Written>> for Written {
    fn from(list: Vec<Written>) -> Self {
        Self::List(list)
    }
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self::Scalar(Value::text(text))
    }
}

impl From<bool> for Written {
    fn from(truth: bool) -> Self {
        Self::Scalar(Value::Bool(truth))
    }
}

impl From<i64> for Written {
    fn from(number: i64) -> Self {
        Self::Scalar(Value::Int(number))
    }
}

impl From<&Value> for Written {
    fn from(value: &Value) -> Self {
        match value {
            Value::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Map(map) => {
                let mut outline = Outline::default();
                for (name, item) in map.iter() {
                    outline.set(name, item);
                }
                Self::Map(outline)
            }
            scalar => Self::Scalar(scalar.clone()),
        }
    }
}
