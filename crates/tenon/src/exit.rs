//! Exit codes.

use std::process::ExitCode;

use tenon_model::{Code, Diagnostic};

/// How the program ends. `tenon help exit-codes` explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well.
    Ok,
    /// An error, one in the command line included.
    Error,
    /// With `--detailed-exitcode` only: there is something to do, or drift. And
    /// with `update --check`: a version would move.
    Changes,
    /// The plan no longer fits what is live, is too old, or its digest is
    /// another one.
    Stale,
    /// Sign-in or consent is needed.
    SignIn,
    /// Somebody else holds the lease.
    Held,
    /// An apply stopped half-way; the report says where.
    HalfWay,
    /// Interrupted.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

impl Exit {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Stale => 3,
            Self::SignIn => 4,
            Self::Held => 5,
            Self::HalfWay => 6,
            Self::Interrupted => 130,
        }
    }

    /// The code for a run that these diagnostics ended.
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        let has = |codes: &[Code]| {
            diagnostics
                .iter()
                .any(|one| one.is_error() && codes.contains(&one.code))
        };
        if has(&[
            Code::StalePlan,
            Code::DigestDiffers,
            Code::PlanExpired,
            Code::NothingReviewed,
        ]) {
            return Self::Stale;
        }
        if has(&[Code::LeaseHeld]) {
            return Self::Held;
        }
        if has(&[Code::Interrupted]) {
            return Self::Interrupted;
        }
        let sign_in = [
            Code::NoCredential,
            Code::SignInFailed,
            Code::UnknownTenant,
            Code::OtherCloud,
            Code::OwnTenantOnly,
            Code::CertificateUnusable,
            Code::NoToken,
            Code::ApplicationUnknown,
            Code::ConsentMissing,
            Code::SecretRejected,
            Code::SecretExpired,
            Code::NotFederated,
            Code::CertificateRejected,
            Code::AssertionOutOfTime,
            Code::ApplicationDisabled,
            Code::UserUnknown,
            Code::SignInBlocked,
            Code::HostTokenMissing,
            Code::HostTokenRejected,
            Code::HostRightMissing,
        ];
        if has(&sign_in) {
            Self::SignIn
        } else {
            Self::Error
        }
    }
}

/// The page of `tenon help exit-codes`.
pub(crate) const PAGE: &str = "\
Exit codes

  0    all went well
  1    an error, also one in the command line
  2    only with --detailed-exitcode: plan has something to do, drift found drift;
       and with update --check: tenon.lock would change
  3    the plan no longer fits what is live, is too old, or its digest is another one
  4    sign-in, consent, or a right in a pull request is needed
  5    somebody else holds the lease: they are applying
  6    an apply stopped half-way; the report says where
  130  interrupted

`plan --detailed-exitcode` ends with 2 whenever an apply would do something,
also if that only undoes what others changed: who skips the apply on 0 would
leave it undone. `--ignore-drift` counts only what the spec, the lock or a
default changes, and what is missing. `drift --detailed-exitcode` ends with 2
when others changed or deleted something, whatever else is to do.
";
