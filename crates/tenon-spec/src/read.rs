//! The rooms of a reading, in order.

use tenon_model::place::Sources;
use tenon_model::shape::Section;
use tenon_model::spec::{Member, Spec, Tenant};
use tenon_model::{Code, Diagnostic, Help, Place};

use crate::check::{Audience, Checker, Where};
use crate::expression::{Reach, Scope};
use crate::findings::Findings;
use crate::fleet::Unfolded;
use crate::source::Files;
use crate::yaml::{Data, Node};
use crate::{Input, Reading, fleet, header, merge, references, vars, yaml};

/// Reads a deployment.
#[must_use]
pub fn read(input: &Input<'_>, sections: &[&'static Section]) -> Reading {
    let (mut files, mut findings) = (Files::default(), Findings::default());
    let mut sources = Sources::default();
    for file in &input.files {
        files.add(&file.name, &file.text);
        sources.insert(&file.name, &file.text);
    }
    let Some(root) = tree(&files, input.files.len(), &mut findings) else {
        return Reading {
            spec: None,
            partial: None,
            diagnostics: findings.sorted(&files),
            sources,
        };
    };
    let mut scope = Scope::new(input.environment);
    scope.sections = sections.iter().map(|section| section.name).collect();
    let mut checker = Checker::new(&files, scope, findings);
    let spec = spec(&mut checker, root, input, sections);
    let diagnostics = checker.findings.sorted(&files);
    let fine = !tenon_model::diagnostic::has_errors(&diagnostics);
    let (spec, partial) = if fine { (spec, None) } else { (None, spec) };
    Reading {
        spec,
        partial,
        diagnostics,
        sources,
    }
}

/// The files as one tree; nothing if there is no point in going on.
fn tree<'t>(files: &Files<'t>, number: usize, findings: &mut Findings) -> Option<Node<'t>> {
    let mut whole: Option<Node<'t>> = None;
    let mut readable = true;
    for file in 0..u32::try_from(number).unwrap_or(0) {
        match yaml::parse(files, file, findings) {
            Err(_) => readable = false,
            Ok(None) => {}
            Ok(Some(root)) if root.is_null() => {}
            Ok(Some(root)) if !matches!(root.data, Data::Map(_)) => {
                findings.push(no_map(&files.place(root.span)));
                readable = false;
            }
            Ok(Some(root)) => match &mut whole {
                Some(whole) => merge::apply(whole, root),
                None => whole = Some(root),
            },
        }
    }
    if whole.is_none() && readable {
        let name = if number == 0 { "" } else { files.name(0) };
        findings.push(nothing(&Place::whole(name)));
    }
    whole.filter(|_| readable)
}

fn no_map(place: &Place) -> Diagnostic {
    Diagnostic::error(Code::WrongType, "the spec takes a map of keys")
        .at(place, "this is no key with a value")
        .help(Help::text(
            "write `key: value`, with a space after the colon",
        ))
}

fn nothing(place: &Place) -> Diagnostic {
    Diagnostic::error(Code::InvalidYaml, "there is nothing in this file")
        .at(place, "a spec begins with `tenon: 1`")
        .help(Help::command(
            "lists all keys with their defaults",
            "tenon schema spec --at .".to_owned(),
        ))
}

fn spec<'t>(
    checker: &mut Checker<'_, 't>,
    root: Node<'t>,
    input: &'t Input<'_>,
    sections: &[&'static Section],
) -> Option<Spec> {
    if !header::version(checker, &root) {
        return None;
    }
    unknown_keys(checker, &root, sections);
    let tenants = names(checker, &root, input);
    let name = header::name(checker, &root, &input.default_name);
    let defaults = header::defaults(checker, &root);
    let mut unfolded = Unfolded::default();
    let Data::Map(pairs) = root.data else {
        return None;
    };
    let mut outputs = Vec::new();
    // Each section is let go as soon as it is read: tree and items of a large
    // spec are never there at the same time.
    let pairs = std::rc::Rc::unwrap_or_clone(pairs);
    for pair in pairs {
        if let Some(section) = sections.iter().find(|section| *section.name == *pair.key) {
            fleet::read(checker, section, &pair, &mut unfolded);
        } else if &*pair.key == "outputs" {
            outputs = outputs_of(checker, &pair);
        }
    }
    references::check(checker, &unfolded);
    let (name, place) = name?;
    Some(Spec {
        name,
        place,
        defaults,
        tenants,
        secrets: std::mem::take(&mut checker.scope.secrets),
        collections: unfolded.collections,
        fleets: unfolded.fleets,
        outputs,
        files: std::mem::take(&mut checker.text_files),
    })
}

/// Everything that expressions can name, in the order in which each may use
/// the earlier ones.
fn names<'t>(checker: &mut Checker<'_, 't>, root: &Node<'t>, input: &'t Input<'_>) -> Vec<Tenant> {
    checker.scope.vars = vars::read(checker, root.pair("vars"), &input.variables);
    checker.scope.reach = Reach::Given;
    if let Some(section) = root.pair("secrets") {
        (checker.scope.secrets, checker.scope.broken_secrets) = header::secrets(checker, section);
    }
    checker.scope.reach = Reach::Secrets;
    let tenants = root
        .pair("tenants")
        .map_or_else(Vec::new, |section| header::tenants(checker, section));
    checker.scope.reach = Reach::Everything;
    tenants
}

fn unknown_keys<'t>(checker: &mut Checker<'_, 't>, root: &Node<'t>, sections: &[&'static Section]) {
    let known = || {
        let language = header::KEYS.iter().map(|field| field.name);
        language.chain(sections.iter().map(|section| section.name))
    };
    for pair in root.pairs() {
        if !known().any(|name| *name == *pair.key) {
            checker.unknown_key(pair, &"the spec", Some(""), known());
        }
    }
}

fn outputs_of<'t>(checker: &mut Checker<'_, 't>, pair: &crate::yaml::Pair<'t>) -> Vec<Member> {
    checker.audience = Audience::Everybody;
    let mut outputs = Vec::new();
    for pair in checker.map_of(pair).unwrap_or_default() {
        let top = Where::top("outputs");
        let at = top.name(&pair.key, pair.span);
        let shape = tenon_model::shape::Shape::Any;
        if let Some(item) = checker.check(&pair.value, &shape, &at) {
            outputs.push(checker.member(pair, item));
        }
    }
    checker.audience = Audience::Azure;
    outputs
}
