//! Which operation a request is.

use serde_json::Value as Json;

use crate::descriptions::{Descriptions, Node};

/// An operation of a document.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'d> {
    pub(crate) template: &'d str,
    pub(crate) node: Node<'d>,
    item: Node<'d>,
}

/// Parameters that stand for several segments of a path.
const LONG: &[&str] = &["{scope}", "{resourceId}", "{parentResourcePath}"];

impl Descriptions {
    /// Every operation of every document.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, Operation<'_>)> {
        self.documents().flat_map(|document| {
            let paths = document.member("paths").into_iter();
            paths.flat_map(Node::members).flat_map(|(template, item)| {
                let methods = item.members().filter(|(name, _)| *name != "parameters");
                methods.map(move |(method, node)| {
                    let operation = Operation {
                        template,
                        node,
                        item,
                    };
                    (method, operation)
                })
            })
        })
    }

    /// The operation that a request is: of all that fit the one whose path has
    /// the most words of its own.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let fits = |(name, operation): &(&str, Operation<'_>)| {
            name.eq_ignore_ascii_case(method) && bindings(operation.template, path).is_some()
        };
        self.operations()
            .filter(fits)
            .map(|(_, operation)| operation)
            .max_by_key(|operation| words(operation.template))
    }
}

impl<'d> Operation<'d> {
    /// Its name.
    pub(crate) fn id(self) -> &'d str {
        self.node.text("operationId").expect("an operation has one")
    }

    /// Its parameters, with those that all operations of the path share.
    pub(crate) fn parameters(self, all: &'d Descriptions) -> Vec<Node<'d>> {
        let lists = [self.node, self.item].map(|node| node.member("parameters"));
        let lists = lists.into_iter().flatten();
        lists
            .flat_map(Node::elements)
            .map(|node| all.resolve(node))
            .collect()
    }

    /// Its body: name, schema, and whether it has to be there.
    pub(crate) fn body(self, all: &'d Descriptions) -> Option<Node<'d>> {
        let mut parameters = self.parameters(all).into_iter();
        parameters.find(|one| one.text("in") == Some("body"))
    }

    /// The values that `path` has for the parameters of the template.
    pub(crate) fn bindings(self, path: &str) -> Vec<(String, String)> {
        bindings(self.template, path).unwrap_or_default()
    }

    /// Its official examples: name, and the file's content.
    pub(crate) fn examples(self, all: &'d Descriptions) -> Vec<(&'d str, Json)> {
        let examples = self.node.member("x-ms-examples").into_iter();
        examples
            .flat_map(Node::members)
            .filter_map(|(_, node)| {
                let reference = node.text("$ref")?;
                let name = reference.rsplit('/').next()?;
                Some((name, all.example(node.file, reference)))
            })
            .collect()
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|one| !one.is_empty()).collect()
}

fn words(template: &str) -> usize {
    let own = |one: &&&str| !one.starts_with('{');
    segments(template).iter().filter(own).count()
}

/// What stands for each parameter, if the path fits the template.
fn bindings(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut bound = Vec::new();
    bind(&segments(template), &segments(path), &mut bound).then_some(bound)
}

fn bind(template: &[&str], path: &[&str], bound: &mut Vec<(String, String)>) -> bool {
    let Some((word, rest)) = template.split_first() else {
        return path.is_empty();
    };
    if !word.starts_with('{') {
        let same = path
            .first()
            .is_some_and(|one| one.eq_ignore_ascii_case(word));
        return same && bind(rest, &path[1..], bound);
    }
    let most = if LONG.contains(word) { path.len() } else { 1 };
    (1..=most.min(path.len())).any(|count| {
        let before = bound.len();
        bound.push((
            word.trim_matches(['{', '}']).to_owned(),
            path[..count].join("/"),
        ));
        let fits = bind(rest, &path[count..], bound);
        if !fits {
            bound.truncate(before);
        }
        fits
    })
}
