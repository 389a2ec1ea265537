//! Which spec is meant, and options of the commands about specs and what lies
//! beside them: `fmt`, `init`, `update` and `schema`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// A spec, if it is not named by `-f`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SpecArgument {
    /// The spec [default: -f, or tenon.yaml]
    #[arg(value_name = "SPEC")]
    pub(crate) spec: Option<PathBuf>,
}

/// Where problems go for programs that show them beside the spec.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SarifArgument {
    /// Write the problems into this file as a SARIF 2.1.0 log
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
}

/// Options of `validate`.
#[derive(Args, Debug, Default)]
pub(crate) struct ValidateArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    #[command(flatten)]
    pub(crate) log: SarifArgument,
}

/// Options of `images`.
#[derive(Args, Debug, Default)]
pub(crate) struct ImagesArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Say who can use an image, or each of them: roles, and how its gallery is shared
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub(crate) who: Option<String>,
}

/// Options of `fmt`.
#[derive(Args, Debug, Default)]
pub(crate) struct FmtArguments {
    #[command(flatten)]
    pub(crate) spec: SpecArgument,
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `init`.
#[derive(Args, Debug, Default)]
pub(crate) struct InitArguments {
    /// What to start from
    #[arg(long, value_enum, default_value_t)]
    pub(crate) example: Example,
}

/// A spec to start from.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Example {
    /// One machine with everything that it needs, of an image of another tenant
    #[default]
    Minimal,
    /// A network, a fleet that follows a channel, and a database machine
    Fleet,
    /// Microsoft's how-to for images across tenants
    HowTo,
}

/// Options of `update`.
#[derive(Args, Debug, Default)]
pub(crate) struct UpdateArguments {
    /// The image [default: all that follow a channel, but for `follow: notify`]
    #[arg(value_name = "IMAGE")]
    pub(crate) image: Option<String>,
    /// The version to pin, e.g. 1.4.2; or a channel, e.g. 2.1.x, which the spec then says
    #[arg(long, value_name = "VERSION|CHANNEL", requires = "image")]
    pub(crate) to: Option<String>,
    /// Write nothing; say what would move, and exit with 2 if anything does
    #[arg(long, conflicts_with = "to")]
    pub(crate) check: bool,
}

/// Options of `schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArguments {
    /// What to describe
    #[arg(value_enum, default_value_t)]
    pub(crate) what: Described,
    /// List the keys of a spec at this place, e.g. 'vms.*'; `.` is the top
    #[arg(long, value_name = "PLACE")]
    pub(crate) at: Option<String>,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Described {
    /// Spec files
    #[default]
    Spec,
    /// Lock files
    Lock,
    /// Plans: `plan --out`, `plan --json`, `show --json`
    Plan,
    /// Lines of `apply --json` and its sisters
    Events,
    /// Reports: `apply --report`
    Report,
}
