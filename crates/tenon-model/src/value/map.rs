//! A small ordered map with text keys.

use std::sync::Arc;

use super::Value;
use super::name::name as kept;

/// Members by name, in the order of their names.
///
/// A sorted vector: live resources are thousands of maps with two to five
/// members, for which a tree of nodes would cost ten times the memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(Arc<str>, Value)>);

impl Map {
    /// Returns an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns an empty map with room for `capacity` members.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// The number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(key, _)| (**key).cmp(name))
    }

    /// Most maps have two members and never grow again; a vector would begin
    /// with room for four.
    fn make_room(&mut self) {
        if self.0.len() == self.0.capacity() && self.0.len() < 4 {
            self.0.reserve_exact(1);
        }
    }

    /// The member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).ok().map(|index| &self.0[index].1)
    }

    /// The member `name`, compared without regard to ASCII case, with the name
    /// as it is written.
    #[must_use]
    pub fn get_caseless(&self, name: &str) -> Option<(&str, &Value)> {
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))
    }

    /// The member `name` for changing.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.find(name).ok().map(|index| &mut self.0[index].1)
    }

    /// Sets the member `name`; returns what stood there.
    pub fn insert(&mut self, name: impl AsRef<str>, value: Value) -> Option<Value> {
        self.insert_kept(kept(name.as_ref()), value)
    }

    /// The same with a name that is kept already.
    pub(super) fn insert_kept(&mut self, name: Arc<str>, value: Value) -> Option<Value> {
        match self.find(&name) {
            Ok(index) => Some(std::mem::replace(&mut self.0[index].1, value)),
            Err(index) => {
                self.make_room();
                self.0.insert(index, (name, value));
                None
            }
        }
    }

    /// Returns the member `name` for changing, an empty map if it was not
    /// there.
    pub fn entry_map(&mut self, name: &str) -> &mut Value {
        let index = match self.find(name) {
            Ok(index) => index,
            Err(index) => {
                self.make_room();
                self.0.insert(index, (kept(name), Value::Map(Map::new())));
                index
            }
        };
        &mut self.0[index].1
    }

    /// Takes the member `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.find(name).ok().map(|index| self.0.remove(index).1)
    }

    /// The members in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The members for changing, in the order of their names.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (&**name, value))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// Keeps only the members for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Value) -> bool) {
        self.0.retain_mut(|(name, value)| keep(name, value));
    }

    /// Gives back memory that further members would have used.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl<K: AsRef<str>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(members: I) -> Self {
        let mut map = Self::new();
        for (name, value) in members {
            map.insert(name, value);
        }
        map
    }
}

impl<K: AsRef<str>, const N: usize> From<[(K, Value); N]> for Map {
    fn from(members: [(K, Value); N]) -> Self {
        members.into_iter().collect()
    }
}
