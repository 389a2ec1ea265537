//! Values and ids that Azure does not accept, and changes that it does not
//! make.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what is about what was written.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "PropertyChangeNotAllowed" => change_not_allowed(case),
        "LinkedInvalidPropertyId" => invalid_id(case),
        _ if case.says("Expect fully qualified resource Id") => invalid_id(case),
        _ if case.says("Changing property") && case.says("is not allowed") => {
            change_not_allowed(case)
        }
        "InvalidRequestContent" | "InvalidRequestFormat" => body_rejected(case),
        "InvalidResourceName" | "InvalidParameter" | "InvalidParameterValue" => rejected(case),
        _ => return None,
    })
}

fn invalid_id(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::InvalidId,
        format!("{} names something by an id that is none", case.subject()),
    );
    let problem = match case.quoted_after("at path") {
        Some(path) => problem.note(format!("it stands at {path}")),
        None => problem,
    };
    problem.help(Help::text(
        "write the whole id:  /subscriptions/<subscription>/resourceGroups/<group>/providers/<namespace>/<type>/<name>",
    ))
}

/// A form or a word of the request.
fn rejected(case: &Case<'_>) -> Diagnostic {
    let what = match target(case) {
        Some(target) => format!("Azure does not accept {target} of {}", case.subject()),
        None if case.code == "InvalidResourceName" || case.says("name") => {
            format!("Azure does not accept the name of {}", case.subject())
        }
        None => format!("Azure does not accept a value of {}", case.subject()),
    };
    case.problem(Code::ValueRejected, what)
        .help(Help::text(
            "correct the value that Azure names above, and run it again; what is done is not done twice",
        ))
        .help(Help::command("what the keys take", keys(case)))
}

fn target<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.refusal.target.as_deref()
}

/// The keys of the entry that it is about.
fn keys(case: &Case<'_>) -> String {
    let kind = case.around.address.and_then(|address| {
        let kind = address.as_str().split('.').next()?;
        Some(kind.to_owned())
    });
    format!(
        "tenon schema --at {}.*",
        kind.unwrap_or_else(|| "vms".to_owned())
    )
}

/// The body as a whole.
fn body_rejected(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::ValueRejected,
        format!("Azure cannot read the body of {}", case.subject()),
    );
    if case.is_raw() {
        return problem.help(Help::text(
            "compare `body` with the reference of the type, at the api-version behind the @: members are named letter by letter",
        ));
    }
    problem
        .note("tenon wrote this body: please report it with these lines")
        .help(Help::text("leave out the key that Azure names above"))
}

/// Properties that are fixed when the resource is made.
fn change_not_allowed(case: &Case<'_>) -> Diagnostic {
    let property = target(case)
        .or_else(|| case.quoted_after("Changing property"))
        .unwrap_or("a property");
    if case.is_raw() || case.is_of("/galleries/") {
        return raw_change(case, property);
    }
    case.problem(
        Code::PropertyChangeNotAllowed,
        format!(
            "Azure does not let {property} of {} be changed, and tenon should have known",
            case.subject()
        ),
    )
    .note(
        "this is a hole in tenon's table of what can be changed; please report it with these lines",
    )
    .help(Help::text(
        "take the change back, or delete the resource so that it is made anew",
    ))
}

/// Of a body that the spec spells out nobody here knows what may be changed.
fn raw_change(case: &Case<'_>, property: &str) -> Diagnostic {
    let problem = case.problem(
        Code::PropertyChangeNotAllowed,
        format!(
            "Azure does not let {property} of {} be changed",
            case.subject()
        ),
    );
    if case.is_of("/versions/") {
        return problem.help(Help::text(
            "a version of an image stays as it was made: write the next one, such as  name: 1.4.3",
        ));
    }
    problem
        .help(Help::text("take the change back"))
        .help(Help::text(format!(
            "or let such a change make it anew:  replace_on: [{property}]"
        )))
}
