//! Microsoft Graph: what lies in the directories of tenants.
//!
//! Its codes say little: `Request_BadRequest` is nearly everything, so the
//! message decides.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what Graph refuses.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "Authorization_RequestDenied" | "Authorization_IdentityNotFound" => denied(case),
        "Request_BadRequest" if case.says("does not reference a valid application") => {
            not_open(case)
        }
        "Request_BadRequest" | "ObjectConflict" | "Request_MultipleObjectsWithSameKeyValue"
            if case.says("already exists") || case.says("already in use") =>
        {
            taken(case)
        }
        "NoGraph" => nowhere(case),
        _ => return None,
    })
}

fn denied(case: &Case<'_>) -> Diagnostic {
    let tenant = case.tenant();
    let does = if case.is_write() { "change" } else { "read" };
    let (permission, id) = if case.is_write() {
        (
            "Application.ReadWrite.OwnedBy",
            "18a4783c-866b-4cc7-a460-3d5e5662c884",
        )
    } else {
        (
            "Application.Read.All",
            "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        )
    };
    let application = case.application();
    case.problem(
        Code::DirectoryDenied,
        format!(
            "the application may not {does} {} in the directory of {tenant}",
            case.subject()
        ),
    )
    .note("roles of Azure do not count there; Microsoft Graph has permissions of its own")
    .help(Help::command(
        format!("let an administrator of {tenant} give it {permission}, which counts from the next token on"),
        format!("az ad app permission add --id {application} --api 00000003-0000-0000-c000-000000000000 --api-permissions {id}=Role && az ad app permission admin-consent --id {application}"),
    ))
    .help(Help::command(
        "letting in what another tenant owns needs Application.ReadWrite.All; or let them do it by hand, and write the object id that it prints where the spec names a principal",
        "az ad sp create --id <client id> --query id --output tsv",
    ))
}

fn not_open(case: &Case<'_>) -> Diagnostic {
    let tenant = case.tenant();
    case.problem(
        Code::ApplicationNotOpen,
        format!("{tenant} cannot let in the application of {}", case.subject()),
    )
    .note("either nobody has an application of this client id, or its own tenant keeps it for itself")
    .help(Help::text(
        "ask its owner for the application (client) id, which is no object id, and to make it multi-tenant: audience: multi_tenant",
    ))
}

fn taken(case: &Case<'_>) -> Diagnostic {
    let tenant = case.tenant();
    case.problem(
        Code::DirectoryNameTaken,
        format!(
            "the directory of {tenant} has something else in the place of {}",
            case.subject()
        ),
    )
    .note("a deleted application keeps its name for 30 days; one of this deployment is restored, one of somebody else is not")
    .help(Help::command(
        "see what was deleted there",
        "az rest --method get --url \"https://graph.microsoft.com/v1.0/directory/deletedItems/microsoft.graph.application\" --query \"value[].{id:id, name:displayName, uniqueName:uniqueName}\"",
    ))
    .help(Help::text(
        "give the entry another key, or let its owner delete that one for good",
    ))
}

fn nowhere(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::DirectoryDenied,
        format!("this cloud has no Microsoft Graph for {}", case.subject()),
    )
    .note("the metadata of the cloud has no `microsoftGraphResourceId`")
    .help(Help::text(
        "take `apps` and `service_principals` out of the spec, and write client and object ids",
    ))
}
