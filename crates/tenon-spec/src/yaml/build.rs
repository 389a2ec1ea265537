//! Events of the parser become the tree.

use std::ops::ControlFlow;
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as Mark, StructureStyle};
use tenon_model::value::LATER_MEMBER;

use super::anchors::Anchors;
use super::limits::{self, Spent};
use super::node::{Data, Node, Pair, Scalar, Style, Text};
use super::{Unreadable, duplicates, mergekey, refusal};
use crate::findings::Findings;
use crate::source::{Files, Span};

mod ends;
mod open;

use open::{Form, Key, Open};

fn options() -> Options {
    granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: limits::DEPTH,
        block_nesting_limit: limits::DEPTH,
    }
}

/// Reads one file.
pub(crate) fn parse<'t>(
    files: &Files<'t>,
    file: u32,
    findings: &mut Findings,
) -> Result<Option<Node<'t>>, Unreadable> {
    let text = files.text(file);
    let mut builder = Builder {
        files,
        file,
        findings,
        open: Vec::new(),
        anchors: Anchors::default(),
        spent: Spent::default(),
        skipping: 0,
        root: None,
    };
    if text.len() > limits::FILE_BYTES {
        let limit = format!("{} MiB", limits::FILE_BYTES >> 20);
        return Err(builder.too_large(Span::beginning(file), "text", &limit));
    }
    for next in Parser::new_from_str_with_options(text, options()) {
        let (event, mark) = match next {
            Ok(next) => next,
            Err(error) => {
                let unfinished = builder.unfinished();
                findings.push(refusal::explain(files, file, &error, &unfinished));
                return Err(Unreadable);
            }
        };
        if builder.take(event, &mark).is_break() {
            return Err(Unreadable);
        }
    }
    Ok(builder.root)
}

struct Builder<'t, 'f> {
    files: &'f Files<'t>,
    file: u32,
    findings: &'f mut Findings,
    open: Vec<Open<'t>>,
    anchors: Anchors<'t>,
    spent: Spent,
    /// Depth inside a key that is no text and is passed over.
    skipping: usize,
    root: Option<Node<'t>>,
}

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

impl<'t> Builder<'t, '_> {
    fn take(&mut self, event: Event<'t>, mark: &Mark) -> ControlFlow<()> {
        if event.is_node() && event.tag().is_some() && self.skipping == 0 {
            self.refuse_tag(mark);
        }
        let span = self.span(mark);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.scalar(text.into(), style_of(style), anchor, span)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.begin(Form::List(Vec::new()), style, anchor, span)
            }
            Event::MappingStart(style, anchor, _) => {
                let form = Form::Map {
                    pairs: Vec::new(),
                    key: Key::Wanted,
                    merged: None,
                };
                self.begin(form, style, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(_) if self.skipping > 0 => GO_ON,
            Event::UnresolvedAlias(name) => {
                self.findings
                    .push(refusal::unknown_anchor(self.files, span, &name));
                self.put_absent(span)
            }
            Event::DocumentStart(..) if self.root.is_some() => self.refuse_document(span),
            _ => GO_ON,
        }
    }

    fn scalar(
        &mut self,
        text: Text<'t>,
        style: Style,
        anchor: usize,
        span: Span,
    ) -> ControlFlow<()> {
        if self.skipping > 0 {
            return GO_ON;
        }
        if text.len() > limits::SCALAR_BYTES {
            let limit = format!("{} KiB", limits::SCALAR_BYTES >> 10);
            self.too_large(span, "text in one value", &limit);
            return ControlFlow::Break(());
        }
        // A value that is not there comes as `~` of no length.
        let text = if span.start == span.end && style == Style::Plain {
            Text::Borrowed("")
        } else {
            text
        };
        let before = self.spent;
        self.spend(1, text.len(), span)?;
        let node = Node {
            span,
            data: Data::Scalar(Scalar { text, style }),
        };
        self.anchors.define(anchor, &node, 0, before, self.spent);
        self.put(node, 0)
    }

    fn begin(
        &mut self,
        form: Form<'t>,
        style: StructureStyle,
        anchor: usize,
        span: Span,
    ) -> ControlFlow<()> {
        if self.skipping > 0 || self.key_is_wanted() {
            self.refuse_key(span, "a list or map cannot be a key");
            self.skipping += 1;
            return GO_ON;
        }
        if self.open.len() >= limits::DEPTH {
            return self.too_deep(span);
        }
        let before = self.spent;
        self.spend(1, 0, span)?;
        self.open.push(Open {
            form,
            style,
            span,
            anchor,
            before,
            height: 1,
        });
        GO_ON
    }

    fn end(&mut self, end: Span) -> ControlFlow<()> {
        if self.skipping > 0 {
            self.skipping -= 1;
            return GO_ON;
        }
        let Some(open) = self.open.pop() else {
            return GO_ON;
        };
        let mut span = open.span;
        if open.style == StructureStyle::Flow {
            span.end = end.end;
        }
        let data = match open.form {
            Form::List(nodes) => {
                if open.style == StructureStyle::Block {
                    span.end = span.start + 1;
                }
                Data::List(Rc::new(nodes))
            }
            Form::Map {
                mut pairs, merged, ..
            } => {
                if let (StructureStyle::Block, Some(first)) = (open.style, pairs.first()) {
                    span.end = first.span.end;
                }
                duplicates::remove(&mut pairs, self.files, self.findings);
                if let Some(merged) = merged {
                    mergekey::apply(&mut pairs, &merged, self.files, self.findings);
                }
                pairs.shrink_to_fit();
                Data::Map(Rc::new(pairs))
            }
        };
        let node = Node { span, data };
        self.anchors
            .define(open.anchor, &node, open.height, open.before, self.spent);
        self.put(node, open.height)
    }

    fn alias(&mut self, id: usize, span: Span) -> ControlFlow<()> {
        if self.skipping > 0 {
            return GO_ON;
        }
        let Some(anchored) = self.anchors.get(id).cloned() else {
            let name = self.files.slice(span).trim_start_matches('*').to_owned();
            self.findings
                .push(refusal::endless(self.files, span, &name));
            return self.put_absent(span);
        };
        self.spent.alias_bytes += anchored.bytes;
        self.spend(anchored.nodes, anchored.bytes, span)?;
        if self.open.len() + anchored.height > limits::DEPTH {
            return self.too_deep(span);
        }
        if self.key_is_wanted() {
            self.refuse_key(span, "an alias cannot be a key");
            self.set_key(Key::Refused);
            return GO_ON;
        }
        self.put(anchored.node, anchored.height)
    }

    /// Puts nothing where a value should be, so that reading can go on.
    fn put_absent(&mut self, span: Span) -> ControlFlow<()> {
        let scalar = Scalar {
            text: Text::Borrowed(""),
            style: Style::Refused,
        };
        let data = Data::Scalar(scalar);
        self.put(Node { span, data }, 0)
    }

    /// Gives a finished node to what it stands in.
    fn put(&mut self, node: Node<'t>, height: usize) -> ControlFlow<()> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return GO_ON;
        };
        open.height = open.height.max(height + 1);
        match &mut open.form {
            Form::List(nodes) => nodes.push(node),
            Form::Map { pairs, key, merged } => match std::mem::replace(key, Key::Wanted) {
                Key::Wanted => self.key(node),
                Key::Refused => {}
                Key::Is(key, span) => pairs.push(Pair {
                    key,
                    span,
                    value: node,
                }),
                Key::Merge(span) => {
                    if merged.is_some() {
                        let place = self.files.place(span);
                        self.findings.push(refusal::second_merge(&place));
                    }
                    *merged = Some(node);
                }
            },
        }
        GO_ON
    }

    fn key(&mut self, node: Node<'t>) {
        let Data::Scalar(scalar) = node.data else {
            return;
        };
        let plain = scalar.style == Style::Plain;
        if plain && &*scalar.text == "<<" {
            return self.set_key(Key::Merge(node.span));
        }
        if plain && is_no_text(&scalar.text) {
            let problem = refusal::key_is_no_text(self.files, node.span, &scalar.text);
            self.findings.push(problem);
        }
        if &*scalar.text == LATER_MEMBER {
            let problem = refusal::reserved_key(self.files, node.span);
            self.findings.push(problem);
        }
        self.set_key(Key::Is(scalar.text, node.span));
    }

    fn set_key(&mut self, new: Key<'t>) {
        if let Some(Open {
            form: Form::Map { key, .. },
            ..
        }) = self.open.last_mut()
        {
            *key = new;
        }
    }

    fn key_is_wanted(&self) -> bool {
        let wanted = |open: &Open<'_>| {
            matches!(
                open.form,
                Form::Map {
                    key: Key::Wanted,
                    ..
                }
            )
        };
        self.open.last().is_some_and(wanted)
    }

    fn spend(&mut self, nodes: usize, bytes: usize, span: Span) -> ControlFlow<()> {
        self.spent.nodes += nodes;
        self.spent.bytes += bytes;
        let Some((what, limit)) = self.spent.breach() else {
            return GO_ON;
        };
        self.too_large(span, what, &limit);
        ControlFlow::Break(())
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}

/// Whether other readers would see something other than text in a plain key.
fn is_no_text(key: &str) -> bool {
    use super::core;
    core::is_null(key)
        || core::boolean(key).is_some()
        || core::whole(key).is_some()
        || core::fraction(key).is_some()
}
