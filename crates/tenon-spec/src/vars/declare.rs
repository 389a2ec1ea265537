//! Declarations of variables.

use std::collections::BTreeMap;

use tenon_model::shape::{Field, Format, Shape};
use tenon_model::{Code, Diagnostic, Help};

use super::{GivenVariable, Origin, Type, Variable, value};
use crate::check::{Checker, Where};
use crate::words::{listing, shown};
use crate::yaml::Pair;
use tenon_model::suggest::nearest;

/// The keys of a declaration.
pub(crate) const FIELDS: &[Field] = &[
    Field::optional(
        "type",
        Shape::OneOf(Type::WORDS),
        "what the default is, otherwise `string`",
        "What the value is.",
    ),
    Field::optional(
        "default",
        Shape::Any,
        "the variable must be given",
        "The value when none is given.",
    ),
    Field::optional(
        "one_of",
        Shape::List(&Shape::Any),
        "any value",
        "The values that are allowed.",
    ),
    Field::optional(
        "description",
        Shape::Text(Format::Free),
        "no words",
        "What it is for, shown when it has no value.",
    ),
];

/// Reads the variables that `section` declares, with the values of `given`.
pub(crate) fn read<'t>(
    checker: &mut Checker<'_, 't>,
    section: Option<&Pair<'t>>,
    given: &[GivenVariable],
) -> BTreeMap<String, Variable<'t>> {
    let mut vars = BTreeMap::new();
    let Some(pairs) = section.map_or(Some(&[][..]), |section| checker.map_of(section)) else {
        return vars;
    };
    for pair in pairs {
        let variable = declaration(checker, pair, given);
        vars.insert(pair.key.to_string(), variable);
    }
    for one in given.iter().filter(|one| !vars.contains_key(&one.name)) {
        undeclared(checker, one, &vars);
    }
    vars
}

fn declaration<'t>(
    checker: &mut Checker<'_, 't>,
    pair: &Pair<'t>,
    given: &[GivenVariable],
) -> Variable<'t> {
    let top = Where::top("vars");
    let at = top.name(&pair.key, pair.span);
    checker.check_key(pair, "vars");
    if pair.value.scalar().is_some() && !pair.value.is_null() {
        let problem = checker
            .wrong_type(
                &at,
                pair.value.span,
                "a map with `type` or `default`",
                "this is a value",
            )
            .help(Help::text(format!(
                "write `{}: {{default: …}}`",
                &*pair.key
            )));
        checker.findings.push(problem);
        return Variable::Broken;
    }
    let before = checker.findings.seen();
    checker.check(&pair.value, &Shape::Struct(FIELDS), &at);
    if checker.findings.seen() > before {
        return Variable::Broken;
    }
    let default = pair.value.pair("default").map(|default| &default.value);
    let written = pair.value.pair("type").and_then(|one| one.value.scalar());
    let wanted = written
        .and_then(|word| Type::parse(&word.text.to_ascii_lowercase()))
        .unwrap_or_else(|| default.map_or(Type::String, value::type_of));
    let given = given.iter().rev().find(|one| *one.name == *pair.key);
    let value = match (given, default) {
        (Some(one), _) => value::from_outside(checker, pair, one, wanted),
        (None, Some(default)) => value::from_default(checker, default, wanted, &at),
        (None, None) => missing(checker, pair),
    };
    value::only_one_of(checker, pair, value, given)
}

fn missing<'t>(checker: &mut Checker<'_, 't>, pair: &Pair<'t>) -> Variable<'t> {
    let name = &*pair.key;
    let place = checker.files.place(pair.span);
    let mut problem = Diagnostic::error(
        Code::UnsetVariable,
        format!("the variable {} has no value", shown(name)),
    )
    .at(&place, "declared here without a default");
    if let Some(words) = pair
        .value
        .pair("description")
        .and_then(|one| one.value.scalar())
    {
        problem = problem.note(format!("{name}: {}", words.text.trim()));
    }
    checker.findings.push(
        problem
            .help(Help::command(
                "give it on the command line",
                format!("--var {name}=…"),
            ))
            .help(Help::command(
                "or in the environment",
                format!("export TENON_VAR_{name}=…"),
            )),
    );
    Variable::Broken
}

fn undeclared(
    checker: &mut Checker<'_, '_>,
    one: &GivenVariable,
    vars: &BTreeMap<String, Variable<'_>>,
) {
    let names = vars.keys().map(String::as_str);
    let near = nearest(&one.name, names.clone());
    let mut problem = Diagnostic::error(
        Code::UndeclaredVariable,
        format!("the spec declares no variable {}", shown(&one.name)),
    );
    let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    problem = match &one.origin {
        Origin::File(place) => problem.at(place, label),
        _ => problem.note(format!("it is given by {}", one.source())),
    };
    if !vars.is_empty() {
        problem = problem.note(format!("vars of this spec: {}", listing(names, 10)));
    }
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("declare it: `vars: {{{}: {{}}}}`", one.name),
    };
    checker.findings.push(problem.help(Help::text(help)));
}
