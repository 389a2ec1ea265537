//! Running `az` as a child.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tenon_model::transport::Boxed;
use tokio::process::Command;

use super::Run;

/// Its first start after an update takes ten seconds on a slow disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// Secrets of this program that a child has no use for.
const SECRETS: &[&str] = &[
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "ARM_CLIENT_SECRET",
    "ARM_OIDC_REQUEST_TOKEN",
    "ARM_OIDC_TOKEN",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SECRET",
    "IDENTITY_HEADER",
    "SYSTEM_ACCESSTOKEN",
];

/// What came of a run.
pub(crate) struct Ran {
    pub(super) success: bool,
    pub(super) output: Vec<u8>,
    pub(super) errors: String,
}

/// Why it did not run to its end.
pub(crate) enum Ended {
    NotInstalled,
    NotRun(String),
    TooLate(Duration),
}

/// The program that is installed.
pub(super) struct Az {
    /// Where it is looked for, in order.
    pub(super) path: Option<std::ffi::OsString>,
    pub(super) patience: Duration,
}

impl Default for Az {
    fn default() -> Self {
        Self {
            path: std::env::var_os("PATH"),
            patience: PATIENCE,
        }
    }
}

impl Run for Az {
    fn run<'a>(&'a self, arguments: &'a [&'a str]) -> Boxed<'a, Result<Ran, Ended>> {
        Box::pin(async move {
            let program = self.path.as_deref().and_then(find);
            let mut command = Command::new(program.ok_or(Ended::NotInstalled)?);
            command
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .kill_on_drop(true);
            for name in SECRETS {
                command.env_remove(name);
            }
            let ended = tokio::time::timeout(self.patience, command.output()).await;
            let ended = ended.map_err(|_| Ended::TooLate(self.patience))?;
            let output = ended.map_err(|error| Ended::NotRun(error.to_string()))?;
            tracing::debug!(status = output.status.code(), "az account get-access-token");
            Ok(Ran {
                success: output.status.success(),
                output: output.stdout,
                errors: String::from_utf8_lossy(&output.stderr).into_owned(),
            })
        })
    }
}

/// The full path of `az` in the first of the folders that has it. Folders
/// relative to the current one are passed over: a spec's repository must not
/// bring its own.
fn find(path: &OsStr) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) {
        &["az.cmd", "az.exe"]
    } else {
        &["az"]
    };
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file.metadata();
    metadata.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
