//! The keys of the language, for the reader and for the generated reference.

use tenon_model::levels::Level;
use tenon_model::rules::LIMITS;
use tenon_model::shape::{Field, Format, Shape};

use crate::vars;

const SECRET: &[Field] = &[
    Field::optional(
        "env",
        Shape::Text(Format::Name),
        "another source",
        "The environment variable that holds it.",
    ),
    Field::optional(
        "file",
        Shape::Text(Format::Free),
        "another source",
        "The file that holds it, relative to the spec. A line break at its end does not count.",
    ),
    Field::optional(
        "key_vault",
        Shape::Text(Format::Free),
        "another source",
        "The id of a Key Vault secret, `https://….vault.azure.net/secrets/…`.",
    ),
];

const CERTIFICATE: &[Field] = &[
    Field::required(
        "file",
        Shape::Text(Format::Free),
        "The file with certificate and private key, PEM or PKCS#12, relative to the spec.",
    ),
    Field::optional(
        "password",
        Shape::Text(Format::Secret),
        "it is not encrypted",
        "What opens the file, as `${secrets.name}`.",
    ),
    Field::optional(
        "send_chain",
        Shape::Boolean,
        "`false`",
        "Whether the certificates of the file are sent along, for an application that trusts a subject and an issuer.",
    ),
];

const IDENTITY: &[Field] = &[
    Field::optional(
        "client_id",
        Shape::Text(Format::Guid),
        "another name of it",
        "The application id of a user-assigned identity.",
    ),
    Field::optional(
        "object_id",
        Shape::Text(Format::Guid),
        "another name of it",
        "The id of its service principal.",
    ),
    Field::optional(
        "resource_id",
        Shape::Text(Format::ResourceId),
        "another name of it",
        "Its resource id.",
    ),
];

const MANAGED_IDENTITY: Shape = Shape::Either(&[Shape::Boolean, Shape::Struct(IDENTITY)]);

const ISSUER: &[Field] = &[
    Field::optional(
        "file",
        Shape::Text(Format::Free),
        "another issuer",
        "The file with the token, relative to the spec; read anew for every sign-in.",
    ),
    Field::optional(
        "managed_identity",
        MANAGED_IDENTITY,
        "another issuer",
        "The managed identity of this machine, which the application trusts: `true`, or which one.",
    ),
];

const CREDENTIAL: &[Field] = &[
    Field::optional(
        "client_id",
        Shape::Text(Format::Guid),
        "`AZURE_CLIENT_ID`, else `ARM_CLIENT_ID`",
        "The application that signs in.",
    ),
    Field::optional(
        "client_secret",
        Shape::Text(Format::Secret),
        "another way to sign in",
        "Its secret, as `${secrets.name}`.",
    ),
    Field::optional(
        "certificate",
        Shape::Either(&[Shape::Text(Format::Free), Shape::Struct(CERTIFICATE)]),
        "another way to sign in",
        "Its certificate: a file, or a file and its password.",
    ),
    Field::optional(
        "federated",
        Shape::Either(&[
            Shape::OneOf(&["github", "azure_devops"]),
            Shape::Struct(ISSUER),
        ]),
        "another way to sign in",
        "A token of an issuer that it trusts: of the pipeline's runner, a file, or a managed identity.",
    ),
    Field::optional(
        "managed_identity",
        MANAGED_IDENTITY,
        "another way to sign in",
        "The managed identity of this machine, in its own tenant only: `true`, or which one.",
    ),
    Field::optional(
        "cli",
        Shape::Boolean,
        "another way to sign in",
        "`true`: the session of the Azure CLI.",
    ),
];

const TENANT: &[Field] = &[
    Field::required(
        "id",
        Shape::Text(Format::Free),
        "The tenant: a GUID or a verified domain.",
    ),
    Field::optional(
        "credential",
        Shape::Struct(CREDENTIAL),
        "the credential of all tenants",
        "How to sign in to this tenant.",
    ),
];

const GROUP: &[Field] = &[
    Field::required("name", Shape::Text(Format::Name), "The group's name."),
    Field::optional(
        "create",
        Shape::Boolean,
        "`false`: it must exist",
        "Whether this deployment makes the group.",
    ),
];

const LOCK: &[Field] = &[
    Field::required(
        "blob",
        Shape::Text(Format::Free),
        "The blob whose lease is taken: `https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME`. It is made when it is missing, its container is not.",
    ),
    Field::optional(
        "tenant",
        Shape::Text(Format::Tenant),
        "the tenant of the subscription",
        "The tenant of the storage account.",
    ),
];

/// The keys at the top of a spec that are no sections.
pub(crate) const KEYS: &[Field] = &[
    Field::required(
        "tenon",
        Shape::Integer { min: 1, max: 1 },
        "The version of the spec language.",
    ),
    Field::optional(
        "name",
        Shape::Text(Format::Name),
        "the file's name",
        "The deployment's name, in markers and comments: 1 to 64 letters, digits, `.`, `_` or `-`.",
    ),
    Field::optional(
        "vars",
        Shape::Keyed(&Shape::Struct(vars::FIELDS)),
        "no variables",
        "Values that a run can be given, used as `${vars.name}`.",
    ),
    Field::optional(
        "tenants",
        Shape::Keyed(&Shape::Struct(TENANT)),
        "tenants are written as ids",
        "Names for Microsoft Entra tenants.",
    ),
    Field::optional(
        "secrets",
        Shape::Keyed(&Shape::Struct(SECRET)),
        "no secrets",
        "Where secrets are read, each from one source, used as `${secrets.name}`.",
    ),
    Field::optional(
        "cloud",
        Shape::Text(Format::Free),
        "`ARM_CLOUD_METADATA_URL`, `ARM_METADATA_HOSTNAME`, `ARM_ENVIRONMENT`, else `public`",
        "The cloud of all tenants: `public`, `usgovernment`, `china`, or the address of a metadata endpoint. `--cloud` wins.",
    ),
    Field::optional(
        "lock",
        Shape::Struct(LOCK),
        "runs do not wait for each other",
        "A lease that lets one run write at a time.",
    ),
    Field::optional(
        "tenant",
        Shape::Text(Format::Tenant),
        "the tenant of the subscription, else `AZURE_TENANT_ID`",
        "The tenant of the subscription.",
    ),
    Field::optional(
        "subscription",
        Shape::Text(Format::Guid),
        "`AZURE_SUBSCRIPTION_ID`",
        "The subscription of everything that does not say otherwise.",
    ),
    Field::optional(
        "resource_group",
        Shape::Either(&[Shape::Text(Format::Name), Shape::Struct(GROUP)]),
        "`AZURE_RESOURCE_GROUP`, else `AZURE_DEFAULTS_GROUP`",
        "The resource group of everything that does not say otherwise.",
    ),
    Field::optional(
        "location",
        Shape::Text(Format::Region),
        "the region of the resource group",
        "The region of everything that does not say otherwise.",
    ),
    Field::optional(
        "tags",
        Shape::Keyed(&Shape::Text(Format::Free)),
        "no tags",
        "Tags for everything that takes tags.",
    ),
    Field::optional(
        "max_disruption",
        LIMITS,
        "replace",
        "The most that a change may do to what runs; more is an error of the plan. An entry of `vms` may say otherwise.",
    ),
    Field::optional(
        "checks",
        Shape::Keyed(&Shape::OneOf(&Level::WORDS)),
        "warnings are warnings",
        "What becomes of warnings, by code or name: `error` stops a plan, `off` says nothing. `OpenToTheInternet: error`. What is an error stays one.",
    ),
    Field::optional(
        "outputs",
        Shape::Keyed(&Shape::Any),
        "no outputs",
        "Values to show after an apply.",
    ),
];
