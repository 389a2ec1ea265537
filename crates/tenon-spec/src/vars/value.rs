//! The value that a variable has in the end.

use tenon_model::{Code, Diagnostic, Help};

use super::{GivenVariable, Origin, Type, Variable};
use crate::check::{Checker, Where};
use crate::words::{either, shown};
use crate::yaml::{Data, Node, Pair, Scalar, Style, core};
use tenon_model::suggest::nearest;

/// The type of a default that stands alone.
pub(super) fn type_of(default: &Node<'_>) -> Type {
    match &default.data {
        Data::List(_) => Type::List,
        Data::Scalar(scalar) if scalar.style == Style::Plain => {
            if core::boolean(&scalar.text).is_some() {
                Type::Boolean
            } else if core::whole(&scalar.text).is_some() {
                Type::Integer
            } else {
                Type::String
            }
        }
        _ => Type::String,
    }
}

pub(super) fn from_outside<'t>(
    checker: &mut Checker<'_, 't>,
    pair: &Pair<'t>,
    one: &GivenVariable,
    wanted: Type,
) -> Variable<'t> {
    if let Some(value) = one.typed(wanted) {
        return value;
    }
    let declared = checker.files.place(pair.span);
    let problem = Diagnostic::error(
        Code::WrongType,
        format!("vars.{} takes {}", one.name, wanted.noun()),
    );
    let problem = match &one.origin {
        Origin::File(place) => problem
            .at(place, "this is something else")
            .context(&declared, "declared here"),
        _ => problem.at(
            &declared,
            format!("`{}` gives something else", one.source()),
        ),
    };
    checker.findings.push(problem.help(Help::command(
        "give it a fitting value",
        format!("--var {}=…", one.name),
    )));
    Variable::Broken
}

pub(super) fn from_default<'t>(
    checker: &mut Checker<'_, 't>,
    default: &Node<'t>,
    wanted: Type,
    at: &Where<'_>,
) -> Variable<'t> {
    let fits = |scalar: &Scalar<'t>| match wanted {
        Type::Integer => {
            scalar.is_open() && matches!(core::whole(&scalar.text), Some(core::Whole::Fits(_)))
        }
        Type::Boolean => scalar.is_open() && core::boolean(&scalar.text).is_some(),
        _ => !scalar.is_null(),
    };
    match (&default.data, wanted) {
        (Data::List(nodes), Type::List) if nodes.iter().all(|node| node.scalar().is_some()) => {
            let scalars = nodes.iter().filter_map(|node| node.scalar().cloned());
            return Variable::Many(scalars.map(unescaped).collect());
        }
        (Data::Scalar(scalar), Type::String) if fits(scalar) => {
            let text = unescaped(scalar.clone()).text.to_string();
            return Variable::One(Scalar::quoted(text));
        }
        (Data::Scalar(scalar), Type::Integer | Type::Boolean) if fits(scalar) => {
            return Variable::One(scalar.clone());
        }
        _ => {}
    }
    let at = at.name("default", default.span);
    let found = checker.what_stands(default);
    let problem = checker
        .wrong_type(&at, default.span, wanted.noun(), &found)
        .help(Help::text("change the value or the `type`"));
    checker.findings.push(problem);
    Variable::Broken
}

/// `$${` is the text `${` here as everywhere.
fn unescaped(scalar: Scalar<'_>) -> Scalar<'_> {
    if scalar.text.contains("$${") {
        Scalar::new(scalar.text.replace("$${", "${"), scalar.style)
    } else {
        scalar
    }
}

/// Refuses a value that is none of `one_of`.
pub(super) fn only_one_of<'t>(
    checker: &mut Checker<'_, 't>,
    pair: &Pair<'t>,
    value: Variable<'t>,
    given: Option<&GivenVariable>,
) -> Variable<'t> {
    let Some(allowed) = pair.value.pair("one_of") else {
        return value;
    };
    let Data::List(allowed_nodes) = &allowed.value.data else {
        return value;
    };
    let words: Vec<&str> = allowed_nodes
        .iter()
        .filter_map(|node| node.scalar().map(|scalar| &*scalar.text))
        .collect();
    let chosen: Vec<&str> = match &value {
        Variable::One(scalar) => vec![&scalar.text],
        Variable::Many(scalars) => scalars.iter().map(|scalar| &*scalar.text).collect(),
        Variable::Broken => Vec::new(),
    };
    let Some(wrong) = chosen.iter().find(|word| !words.contains(word)) else {
        return value;
    };
    let near = nearest(wrong, words.iter().copied());
    let place = match (given, pair.value.pair("default")) {
        (None, Some(default)) => checker.files.place(default.value.span),
        _ => checker.files.place(pair.span),
    };
    let label = match (near, given) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(given)) => format!("`{}` gives it", given.source()),
        (None, None) => "none of the allowed values".to_owned(),
    };
    let problem = Diagnostic::error(
        Code::InvalidValue,
        format!("vars.{} cannot be {}", &*pair.key, shown(wrong)),
    )
    .at(&place, label)
    .context(&checker.files.place(allowed.span), "allowed values")
    .help(Help::text(format!("give it {}", either(&words))));
    checker.findings.push(problem);
    Variable::Broken
}
