//! What was looked at before a plan may be carried out, and what came of it.
//!
//! A plan says of every check whether it was made. What could not be looked at
//! is skipped, with the reason: it is never called fine. The list is for
//! reviewers and bots and not part of the digest, which covers what is done.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostic::Severity;
use crate::{Address, Code, Diagnostic};

macro_rules! checks {
    ($($(#[doc = $doc:expr])* $name:ident = $text:literal $words:literal [$($code:ident),*]),* $(,)?) => {
        /// What a check is about; `Display` is the name that stays for ever in
        /// plan documents.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum About {
            $($(#[doc = $doc])* $name,)*
        }

        impl About {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in plan documents.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What is looked at, in words that follow "not checked:" and go
            /// before the subject.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }

            /// The codes of what it finds.
            #[must_use]
            pub fn codes(self) -> &'static [Code] {
                match self {
                    $(Self::$name => &[$(Code::$code),*],)*
                }
            }
        }
    };
}

checks! {
    /// Whether the application gets a token of a tenant.
    SignIn = "sign-in" "sign-in to" [],
    /// Whether a subscription takes writes.
    Subscription = "subscription" "state of" [SubscriptionNotEnabled],
    /// Whether the roles that were given allow what the steps do.
    Rights = "rights" "rights in" [RightMissing],
    /// Whether the resource providers are registered that the steps write to.
    Providers = "providers" "registration of" [ProviderNotRegistered],
    /// Whether locks forbid what the steps do.
    Locks = "locks" "locks of" [ScopeLocked],
    /// Whether policies forbid what the steps do.
    Policy = "policy" "policies of" [PolicyDenied],
    /// Whether an image is there, may be read, and has a replica in its region.
    Image = "image" "image" [
        ImageNotFound, ImageNotReplicated, ImageNotReadable, NoMatchingVersion
    ],
    /// Whether an image lives long enough.
    ImageLife = "image-life" "end of life" [ImageEndOfLife],
    /// Whether the sizes of machines fit their images, and whether their regions
    /// have them.
    Size = "size" "sizes in" [
        SizeDoesNotFitImage, SizeNotOffered, SizeNotInZone, SizeLacksFeature, SizeTooSmall
    ],
    /// Whether machines ask of their images what those can do.
    ImageFit = "image-fit" "what images can do" [
        SecurityDoesNotFitImage, DiskSmallerThanImage, DiskKindRuledOut, ImageBringsDisks,
        ImageLacksFeature
    ],
    /// Whether image versions can be made from what they are to be made from.
    Source = "source" "source" [SourceDoesNotFit],
    /// Whether machines fit into the quotas of a region.
    Quota = "quota" "vCPU quota in" [QuotaExceeded],
    /// Whether a region takes so many public addresses.
    Counts = "counts" "numbers of public addresses in" [TooMany],
    /// Whether there are free addresses in subnets.
    Subnets = "subnets" "free addresses of" [SubnetFull],
    /// Whether fixed private addresses are free.
    Addresses = "addresses" "fixed private address" [AddressTaken],
    /// Whether what the spec refers to is there.
    References = "references" "what the spec refers to" [ReferencedResourceNotFound],
    /// Whether what is written belongs to this deployment, or to nobody.
    Ownership = "ownership" "ownership" [NotOurs, OwnedByAnother, CannotAdopt],
    /// Whether anything is protected, or limited, that the plan would touch.
    Limits = "limits" "protection and limits" [Protected, TooDisruptive],
    /// Whether what changes or goes is out of use by then.
    InUse = "in-use" "use" [InUse, HeldByOld, MachineStandsStill, NoRoomForRollout],
    /// Whether everything can be found that the spec no longer names.
    Orphans = "orphans" "what the spec no longer names" [Unseen, LeftBehind],
    /// Whether Azure finds the bodies valid, where that was asked for.
    Validation = "validation" "validation of" [ValidationRefused],
    /// Whether the team's own policies forbid what the plan does.
    Policies = "policies" "policies in" [PolicyForbids, PolicyWarns, PolicyUnusable],
    /// Whatever else is known of the spec without asking.
    Spec = "spec" "the spec" [],
}

impl About {
    /// What a code belongs to; [`About::Spec`] for those that no other check
    /// finds.
    #[must_use]
    pub fn of(code: Code) -> Self {
        let mut all = Self::ALL.iter().copied();
        all.find(|about| about.codes().contains(&code))
            .unwrap_or(Self::Spec)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for About {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut all = Self::ALL.iter().copied();
        // Older readers meet newer writers.
        Ok(all.find(|about| about.name() == text).unwrap_or(Self::Spec))
    }
}

/// What came of a check.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Status {
    /// Nothing is wrong.
    #[serde(rename = "ok")]
    Ok,
    /// Worth a second look.
    #[serde(rename = "warn")]
    Warning,
    /// The plan cannot be carried out as it is.
    #[serde(rename = "fail")]
    Failed,
    /// Nobody could look.
    #[serde(rename = "skipped")]
    Skipped,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What it is about.
    #[serde(rename = "check")]
    pub about: About,
    /// What was looked at: `westeurope`, `group shop`; empty for all of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What came of it.
    pub status: Status,
    /// Why nobody could look: `may not be read (403 AuthorizationFailed)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The code of the worst that was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The resources that what was found concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

impl Check {
    /// Returns a check that found nothing wrong.
    pub fn ok(about: About, subject: impl Into<String>) -> Self {
        Self {
            about,
            subject: subject.into(),
            status: Status::Ok,
            reason: None,
            code: None,
            addresses: Vec::new(),
        }
    }

    /// Returns a check that nobody could make.
    pub fn skipped(about: About, subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            status: Status::Skipped,
            reason: Some(reason.into()),
            ..Self::ok(about, subject)
        }
    }

    /// Returns a check that found `problems`; fine if there are none.
    pub fn found<'d>(
        about: About,
        subject: impl Into<String>,
        problems: impl IntoIterator<Item = &'d Diagnostic>,
    ) -> Self {
        let mut check = Self::ok(about, subject);
        for problem in problems {
            check.add(problem);
        }
        check
    }

    /// Notes a problem that it found.
    fn add(&mut self, problem: &Diagnostic) {
        let status = match problem.severity {
            Severity::Error => Status::Failed,
            Severity::Warning => Status::Warning,
        };
        if self.status < status {
            self.status = status;
            self.code = Some(problem.code);
        }
        for address in &problem.addresses {
            if !self.addresses.contains(address) {
                self.addresses.push(address.clone());
            }
        }
    }
}
