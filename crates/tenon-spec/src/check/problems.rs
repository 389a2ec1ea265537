//! The messages that every shape can cause.

use tenon_model::diagnostic::Edit;
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::{Code, Diagnostic, Help, Place};

use super::{Checker, Where};
use crate::source::Span;
use crate::words::{either, listing, shown};
use crate::yaml::{Data, Node, Pair, Scalar, core};
use tenon_model::suggest::nearest;

/// Keys that a note lists.
const KEYS_SHOWN: usize = 10;

impl<'t> Checker<'_, 't> {
    /// Returns the message for a value of the wrong form.
    pub(crate) fn wrong_type(
        &self,
        at: &Where<'_>,
        span: Span,
        wanted: &str,
        found: &str,
    ) -> Diagnostic {
        Diagnostic::error(Code::WrongType, format!("{at} takes {wanted}"))
            .at(&self.files.place(span), found)
    }

    /// Reports a value that is a list, map or scalar where another of them is
    /// wanted.
    pub(crate) fn refuse_form(&mut self, at: &Where<'_>, span: Span, shape: &Shape, found: &str) {
        let problem = self
            .wrong_type(at, span, &wanted(shape), found)
            .help(Help::text(form(shape)));
        self.findings.push(problem);
    }

    /// Returns the message for a key without a value.
    pub(crate) fn empty(&self, at: &Where<'_>, span: Span, wanted: &str) -> Diagnostic {
        let span = at.span().unwrap_or(span);
        self.wrong_type(at, span, wanted, "the value is empty")
            .help(Help::text("write a value, or remove the key"))
    }

    /// Returns the message for a value of the right form that is not allowed.
    pub(crate) fn invalid(&self, at: &Where<'_>, span: Span, value: &str, why: &str) -> Diagnostic {
        Diagnostic::error(
            Code::InvalidValue,
            format!("{at} cannot be {}", shown(value)),
        )
        .at(&self.files.place(span), why)
    }

    /// Returns the message for a key that is not there.
    pub(crate) fn missing(field: &Field, at: &dyn std::fmt::Display, place: &Place) -> Diagnostic {
        let name = field.name;
        Diagnostic::error(Code::MissingKey, format!("missing key `{name}` in {at}"))
            .at(place, format!("`{name}` must be here"))
            .note(format!("{name}: {}", field.doc))
            .help(Help::text(format!("add `{name}: …`")))
    }

    /// Reports a key that no field has.
    pub(crate) fn unknown_key<'k>(
        &mut self,
        pair: &Pair<'t>,
        at: &dyn std::fmt::Display,
        pattern: Option<&str>,
        known: impl Iterator<Item = &'k str>,
    ) {
        if self.findings.is_full() {
            return;
        }
        let mut known: Vec<&str> = known.collect();
        known.sort_unstable();
        let near = nearest(&pair.key, known.iter().copied());
        let place = self.files.place(pair.span);
        let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let mut problem = Diagnostic::error(
            Code::UnknownKey,
            format!("unknown key {} in {at}", shown(&pair.key)),
        )
        .at(&place, label)
        .note(format!(
            "known keys here: {}",
            listing(known.iter().copied(), KEYS_SHOWN)
        ));
        if let Some(near) = near {
            problem = problem.help(replace(&format!("write `{near}`"), &place, near));
        }
        // Left out on purpose where a federated credential does the same.
        let knows = |name| known.contains(&name);
        if pair.key.contains("secret") && knows("federated") && !knows("client_secret") {
            problem = problem
                .note("no secret is made here: plans, logs and whoever reads them would have to keep it")
                .help(Help::text(
                    "write `federated`, which needs none; or make one by hand, outside of the spec",
                ));
        }
        let see = match pattern {
            None => Help::text("remove the key"),
            Some(pattern) => Help::command(
                "lists them all with their defaults",
                format!("tenon schema spec{pattern}"),
            ),
        };
        self.findings.push(problem.help(see));
    }

    /// What stands somewhere, in words.
    pub(crate) fn what_stands(&self, node: &Node<'t>) -> String {
        match &node.data {
            Data::List(_) => "this is a list".to_owned(),
            Data::Map(_) => "this is a map".to_owned(),
            Data::Scalar(scalar) if scalar.is_null() => "the value is empty".to_owned(),
            Data::Scalar(scalar) => what_is(scalar),
        }
    }
}

/// What a scalar is, in words.
pub(super) fn what_is(scalar: &Scalar<'_>) -> String {
    let text = &scalar.text;
    let noun = if !scalar.is_open() {
        "the text"
    } else if core::boolean(text).is_some() {
        "the truth value"
    } else if core::whole(text).is_some() || core::fraction(text).is_some() {
        "the number"
    } else {
        "the text"
    };
    format!("this is {noun} {}", shown(text))
}

/// What a shape takes, in words.
pub(crate) fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Text(format) => format_words(*format).to_owned(),
        Shape::Integer { .. } => "a whole number".to_owned(),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::OneOf(words) => one_of(words),
        Shape::List(element) => format!("a list; each element is {}", wanted(element)),
        Shape::OneOrMany(element) => format!("{}, or a list of them", wanted(element)),
        Shape::Struct(_) | Shape::Keyed(_) => "a map".to_owned(),
        Shape::Either(shapes) => {
            let words: Vec<String> = shapes.iter().map(wanted).collect();
            if words.iter().any(|word| word.contains(" or ")) {
                words.join(", or ")
            } else {
                either(&words)
            }
        }
        Shape::Any => "a value".to_owned(),
        Shape::Nothing => "`null`".to_owned(),
    }
}

/// How a value of `shape` is written, in words.
fn form(shape: &Shape) -> String {
    match shape {
        Shape::Struct(fields) => {
            let name = fields.first().map_or("key", |field| field.name);
            format!("write a map such as `{{{name}: …}}`")
        }
        Shape::Keyed(_) => "write a map such as `{name: …}`".to_owned(),
        Shape::List(_) => "write a list such as `[…, …]`".to_owned(),
        _ => format!("write {}", wanted(shape)),
    }
}

/// The words of a choice.
pub(super) fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    either(&words)
}

fn format_words(format: Format) -> &'static str {
    match format {
        Format::Free => "text",
        Format::Name => "a name",
        Format::Cidr => "an address range such as `10.0.0.0/16`",
        Format::Ip => "an IP address",
        Format::AddressPrefix => "an address range, an address, a service tag or `*`",
        Format::Port => "a port, a range such as `80-90`, or `*`",
        Format::Region => "a region",
        Format::Guid => "a GUID",
        Format::Tenant => "a GUID, a verified domain, or a name from `tenants`",
        Format::ResourceId => "a full resource id",
        Format::Reference => "the name of an entry or a full resource id",
        Format::Duration => "a duration such as `90s`, `10m` or `24h`",
        Format::Percent => "a share such as `10%`",
        Format::File => "a file or the text itself",
        Format::Secret => "a secret, as `${secrets.name}`",
        Format::TypeAtVersion => "a type such as `Microsoft.KeyVault/vaults@2023-07-01`",
        Format::Date => "a day such as `2027-02-22`, or a time with its zone",
        Format::ImageVersion => "a version such as `1.4.2`, a channel such as `1.4.x`, or `latest`",
    }
}

/// Returns help that replaces what stands at `place`.
pub(crate) fn replace(text: &str, place: &Place, replacement: &str) -> Help {
    Help {
        text: text.to_owned(),
        command: None,
        edit: Some(Edit {
            place: place.clone(),
            replacement: replacement.to_owned(),
        }),
    }
}
