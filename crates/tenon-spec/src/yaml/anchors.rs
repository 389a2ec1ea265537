//! Anchors of a file, and what an alias to each of them costs.

use std::collections::HashMap;

use super::limits::Spent;
use super::node::Node;

/// A finished node with an anchor.
#[derive(Clone, Debug)]
pub(crate) struct Anchored<'t> {
    pub(crate) node: Node<'t>,
    /// Values in it.
    pub(crate) nodes: usize,
    /// Bytes of text in it.
    pub(crate) bytes: usize,
    /// Lists and maps inside of each other, itself included.
    pub(crate) height: usize,
}

/// The anchors of a file by the parser's number.
#[derive(Debug, Default)]
pub(crate) struct Anchors<'t>(HashMap<usize, Anchored<'t>>);

impl<'t> Anchors<'t> {
    /// Remembers a finished node; 0 is no anchor.
    pub(crate) fn define(
        &mut self,
        id: usize,
        node: &Node<'t>,
        height: usize,
        before: Spent,
        now: Spent,
    ) {
        if id == 0 {
            return;
        }
        let anchored = Anchored {
            node: node.clone(),
            nodes: now.nodes - before.nodes,
            bytes: now.bytes - before.bytes,
            height,
        };
        self.0.insert(id, anchored);
    }

    /// The node of an alias; none while the node itself is still being read.
    pub(crate) fn get(&self, id: usize) -> Option<&Anchored<'t>> {
        self.0.get(&id)
    }
}
