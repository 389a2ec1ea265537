//! Scalars that are known.
//!
//! The shape decides what a plain scalar is: `1.10` is a version where a
//! version is wanted, and `no` is never false.

use tenon_model::shape::{Format, Shape};
use tenon_model::spec::{FileReference, Item, Node as Built};
use tenon_model::{Code, Diagnostic, Help, Value};

use super::problems::{one_of, replace, wanted, what_is};
use super::{Checker, Literal, Where, Written, format};
use crate::words::shown;
use crate::yaml::{Style, core, quoted};
use tenon_model::suggest::nearest;

impl<'t> Checker<'_, 't> {
    /// Returns a known scalar as an item of `shape`; nothing if that was
    /// reported.
    pub(super) fn literal(
        &mut self,
        literal: Literal<'_, 't>,
        shape: &Shape,
        at: &Where<'_>,
    ) -> Option<Item> {
        let value = match shape {
            Shape::Text(format) => self.text(literal, *format, at),
            Shape::Integer { min, max } => self.integer(literal, (*min, *max), at),
            Shape::Boolean => self.boolean(literal, at),
            Shape::OneOf(words) => self.one_of(literal, words, at),
            Shape::Any => self.any_scalar(literal, at),
            Shape::OneOrMany(element) => return self.literal(literal, element, at),
            Shape::Either(shapes) => return self.either_literal(literal, shape, shapes, at),
            Shape::List(_) | Shape::Struct(_) | Shape::Keyed(_) | Shape::Nothing => {
                self.refuse_scalar(literal, shape, at);
                return None;
            }
        };
        Some(self.item(Built::Scalar(value?), literal.span))
    }

    /// A scalar where a list or map is wanted.
    fn refuse_scalar(&mut self, literal: Literal<'_, 't>, shape: &Shape, at: &Where<'_>) {
        let found = what_is(literal.scalar);
        let in_quotes = literal.scalar.style != Style::Block;
        if !matches!(shape, Shape::List(_)) || literal.written != Written::There || !in_quotes {
            return self.refuse_form(at, literal.span, shape, &found);
        }
        let raw = self.files.slice(literal.span);
        let place = self.files.place(literal.span);
        let help = replace("make it a list of one", &place, &format!("[{raw}]"));
        let problem = self.wrong_type(at, literal.span, &wanted(shape), &found);
        self.findings.push(problem.help(help));
    }

    fn text(&mut self, literal: Literal<'_, 't>, format: Format, at: &Where<'_>) -> Option<Value> {
        let text = &*literal.scalar.text;
        match format {
            Format::Secret => {
                self.findings.push(self.secret_in_clear(literal, at));
                return None;
            }
            Format::Tenant => return self.tenant(literal, at),
            _ => {}
        }
        match format::check(format, text) {
            Ok(normal) => {
                if format == Format::File {
                    self.remember_file(literal);
                }
                Some(Value::Text(normal))
            }
            Err(wrong) => {
                let problem = self.invalid(at, literal.span, text, wrong.why);
                let place = self.files.place(literal.span);
                let help = match &wrong.instead {
                    Some(instead) if literal.written == Written::There => {
                        let form = self.in_style_of(literal, instead);
                        replace(&format!("write `{instead}`"), &place, &form)
                    }
                    Some(instead) => Help::text(format!("use `{instead}`")),
                    None => Help::text(wrong.help),
                };
                self.findings.push(problem.help(help));
                None
            }
        }
    }

    fn in_style_of(&self, literal: Literal<'_, 't>, text: &str) -> String {
        if self.files.slice(literal.span).starts_with(['"', '\'']) {
            quoted(text)
        } else {
            text.to_owned()
        }
    }

    fn secret_in_clear(&self, literal: Literal<'_, 't>, at: &Where<'_>) -> Diagnostic {
        // The message names the key and repeats nothing of the value.
        let span = at.span().unwrap_or(literal.span);
        Diagnostic::error(
            Code::SecretInPlainSight,
            format!(
                "the secret {} would be readable here",
                shown(&at.to_string())
            ),
        )
        .at(
            &self.files.place(span),
            "this takes the name of a secret, never its value",
        )
        .help(Help::text(
            "declare `secrets: {name: {env: NAME}}` and write `${secrets.name}` here",
        ))
    }

    fn tenant(&mut self, literal: Literal<'_, 't>, at: &Where<'_>) -> Option<Value> {
        let text = &*literal.scalar.text;
        let is_id = tenon_model::id::is_guid(text) || (text.contains('.') && !text.contains(' '));
        if is_id || self.scope.tenants.contains_key(text) {
            return Some(Value::text(text));
        }
        let near = nearest(text, self.scope.tenants.keys().map(String::as_str));
        let label = near.map_or_else(
            || "no GUID and no verified domain either".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let problem = Diagnostic::error(
            Code::UnknownReference,
            format!("the spec has no tenant {}", shown(text)),
        )
        .at(&self.files.place(literal.span), label)
        .help(Help::text(format!(
            "declare it: `tenants: {{{}: {{id: …}}}}`, or write its id at {at}",
            text.trim()
        )));
        self.findings.push(problem);
        None
    }

    fn integer(
        &mut self,
        literal: Literal<'_, 't>,
        (min, max): (i64, i64),
        at: &Where<'_>,
    ) -> Option<Value> {
        let text = &*literal.scalar.text;
        let number = literal
            .scalar
            .is_open()
            .then(|| core::whole(text))
            .flatten();
        let within = |number: i64| (min..=max).contains(&number);
        match number {
            Some(core::Whole::Fits(number)) if within(number) => Some(Value::Int(number)),
            Some(_) => {
                let help = Help::text(format!("write a number from {min} to {max}"));
                let why = format!("it must be from {min} to {max}");
                let problem = self.invalid(at, literal.span, text, &why);
                self.findings.push(problem.help(help));
                None
            }
            None => {
                let problem =
                    self.wrong_type(at, literal.span, "a whole number", &what_is(literal.scalar));
                let digits = text.replace('_', "");
                let digits = match digits.trim_start_matches('0') {
                    "" if !digits.is_empty() => "0",
                    trimmed => trimmed,
                };
                let mends = matches!(core::whole(digits), Some(core::Whole::Fits(number)) if within(number));
                self.push_mended(problem, literal, mends.then_some(digits));
                None
            }
        }
    }

    fn boolean(&mut self, literal: Literal<'_, 't>, at: &Where<'_>) -> Option<Value> {
        let text = &*literal.scalar.text;
        if let Some(truth) = core::boolean(text).filter(|_| literal.scalar.is_open()) {
            return Some(Value::Bool(truth));
        }
        let meant = match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("true"),
            "no" | "off" | "n" | "false" => Some("false"),
            _ => None,
        };
        let mut problem = self.wrong_type(
            at,
            literal.span,
            "`true` or `false`",
            &what_is(literal.scalar),
        );
        if meant.is_some() && core::boolean(text).is_none() {
            problem = problem.note("`yes`, `no`, `on` and `off` are text in YAML 1.2");
        }
        self.push_mended(problem, literal, meant);
        None
    }

    /// Reports `problem` with an edit if the value stands there, with words
    /// about the variable otherwise.
    fn push_mended(&mut self, problem: Diagnostic, literal: Literal<'_, 't>, mended: Option<&str>) {
        let place = self.files.place(literal.span);
        let problem = match (mended, literal.written) {
            (Some(mended), Written::There) => {
                problem.help(replace(&format!("write `{mended}`"), &place, mended))
            }
            (_, Written::There) => problem.help(Help::text("change the value")),
            (_, Written::Elsewhere) => problem.help(Help::text(
                "give the expression a fitting value; a variable may need a `type`",
            )),
        };
        self.findings.push(problem);
    }

    fn one_of(
        &mut self,
        literal: Literal<'_, 't>,
        words: &'static [&'static str],
        at: &Where<'_>,
    ) -> Option<Value> {
        let text = &*literal.scalar.text;
        if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            return Some(Value::text(*word));
        }
        let near = nearest(text, words.iter().copied());
        let label = near.map_or_else(
            || format!("it takes {}", one_of(words)),
            |near| format!("did you mean `{near}`?"),
        );
        let problem = self.invalid(at, literal.span, text, &label);
        let place = self.files.place(literal.span);
        let help = match near {
            Some(near) if literal.written == Written::There => {
                replace(&format!("write `{near}`"), &place, near)
            }
            _ => Help::text(format!("write {}", one_of(words))),
        };
        self.findings.push(problem.help(help));
        None
    }

    /// Forgets the files that were remembered after the first `keep`.
    pub(super) fn forget_files(&mut self, keep: usize) {
        for file in self.text_files.drain(keep..) {
            let number = self.files.number(&file.relative_to);
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            self.known_files.remove(&(number, file.path));
        }
    }

    fn remember_file(&mut self, literal: Literal<'_, 't>) {
        let text = &*literal.scalar.text;
        let known = (literal.span.file, text.to_owned());
        if !format::is_path(text) || !self.known_files.insert(known) {
            return;
        }
        self.text_files.push(FileReference {
            path: text.to_owned(),
            relative_to: self.files.name(literal.span.file).to_owned(),
            place: self.files.place(literal.span),
        });
    }
}
