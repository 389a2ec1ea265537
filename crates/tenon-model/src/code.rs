//! The codes of all diagnostics.
//!
//! One list: a name that speaks in the code, a number that stays for ever in
//! the docs. `docs/errors.md` has a section for each; a test holds the two
//! together. 1xxx spec, 2xxx lints, 3xxx Azure, 4xxx plan and apply, 5xxx our
//! own bugs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($(#[doc = $doc:expr])* $name:ident = $number:literal),* $(,)?) => {
        /// What a diagnostic is about; `Display` is its code, e.g. `TN1004`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Code {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The name that speaks: `ImageNotFound`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$name => stringify!($name),)*
                }
            }
        }
    };
}

codes! {
    /// The text is no YAML.
    InvalidYaml = 1001,
    /// A file is too large, too deep, or expands too far.
    TooLarge = 1002,
    /// A key stands twice in one map.
    DuplicateKey = 1003,
    /// A key that the language does not know.
    UnknownKey = 1004,
    /// A value of the wrong type.
    WrongType = 1005,
    /// A key that must be there is not.
    MissingKey = 1006,
    /// A value outside of what is allowed.
    InvalidValue = 1007,
    /// The file uses a part of YAML that specs do not have.
    UnsupportedYaml = 1008,
    /// Two keys that exclude each other.
    ConflictingKeys = 1009,
    /// `${` without quotes inside `{ }` or `[ ]`.
    UnquotedExpression = 1010,
    /// The language version is not one this program knows.
    UnknownLanguageVersion = 1011,
    /// A file that the spec or the command line names cannot be read.
    UnreadableFile = 1012,
    /// A variable has no value.
    UnsetVariable = 1101,
    /// A variable is given that the spec does not declare.
    UndeclaredVariable = 1102,
    /// `${...}` cannot be read.
    InvalidExpression = 1103,
    /// A secret stands where its value would be printed.
    SecretInPlainSight = 1104,
    /// A name that the spec does not define.
    UnknownReference = 1201,
    /// References go round in a circle.
    Cycle = 1202,
    /// Something needs itself.
    SelfReference = 1203,
    /// Two entries stand for the same Azure resource.
    DuplicateResource = 1204,
    /// Something the spec leaves out and nothing else supplies.
    MissingDefault = 1301,
    /// A lock file that cannot be used.
    InvalidLock = 1302,
    /// A lock file that does not say what the spec needs.
    LockOutdated = 1303,
    /// A name that Azure does not take.
    NameNotAllowed = 1304,
    /// An account that Azure does not make.
    AccountNotAllowed = 1305,
    /// More data than a machine takes.
    TooMuchData = 1306,
    /// Ranges that overlap, or lie outside of what they are a part of.
    RangesDoNotFit = 1307,
    /// An address that the subnet cannot give.
    AddressNotInSubnet = 1308,
    /// Something that Azure no longer makes.
    NoLongerMade = 1309,
    /// SSH or RDP is open to every address.
    OpenToTheInternet = 2101,
    /// An image reaches its end of life soon, or has reached it.
    ImageEndOfLife = 2107,
    /// A flexible scale set from an image of another tenant.
    FlexibleForeignImage = 2108,
    /// A scale set from an image of a community gallery.
    CommunityScaleSet = 2109,
    /// A scale set whose machines are copies of one that had a name.
    SpecializedScaleSet = 2110,
    /// No credential for a tenant.
    NoCredential = 3001,
    /// The sign-in host or Resource Manager does not answer.
    Unreachable = 3002,
    /// A credential that Azure does not accept, for a reason without a code of
    /// its own.
    SignInFailed = 3003,
    /// The tenant does not exist in this cloud.
    UnknownTenant = 3004,
    /// The tenant lives in another cloud.
    OtherCloud = 3005,
    /// The credential signs in to its own tenant only.
    OwnTenantOnly = 3006,
    /// A certificate that cannot be used, seen here.
    CertificateUnusable = 3007,
    /// What the credential is made from gives nothing.
    NoToken = 3008,
    /// The tenant does not know the application.
    ApplicationUnknown = 3010,
    /// The application has no service principal in the tenant.
    ConsentMissing = 3011,
    /// The secret is wrong.
    SecretRejected = 3012,
    /// The secret has expired.
    SecretExpired = 3013,
    /// The token is of another tenant than the subscription.
    WrongTenant = 3014,
    /// The application trusts no such federated token.
    NotFederated = 3015,
    /// The application does not know the certificate.
    CertificateRejected = 3016,
    /// What signs in is past its time, or before it.
    AssertionOutOfTime = 3017,
    /// The application or its service principal is disabled.
    ApplicationDisabled = 3018,
    /// The user of the Azure CLI is not in the tenant.
    UserUnknown = 3019,
    /// No role for what the run has to do.
    NotAuthorized = 3020,
    /// The consumer may not read the image in the publisher's tenant.
    ImageNotReadable = 3021,
    /// The auxiliary token was missing or not accepted.
    AuxiliaryTokenMissing = 3022,
    /// No role on something the request links to: a subnet, a group of rules.
    LinkedScopeNotAuthorized = 3023,
    /// A Conditional Access policy stands in the way of the sign-in.
    SignInBlocked = 3024,
    /// Resource Manager did not accept the token itself.
    TokenRejected = 3025,
    /// A deny assignment forbids what a role allows.
    DenyAssignment = 3026,
    /// Microsoft Graph does not let the application read or write in a directory.
    DirectoryDenied = 3027,
    /// An application cannot be let in: unknown, or for its own tenant alone.
    ApplicationNotOpen = 3028,
    /// A name in a directory is taken by something of somebody else.
    DirectoryNameTaken = 3029,
    /// Azure does not find whom a role is given to.
    PrincipalNotFound = 3030,
    /// The role that is to be given does not exist.
    RoleNotFound = 3031,
    /// The subscription does not exist, or is not visible.
    SubscriptionNotFound = 3101,
    /// The resource group does not exist.
    ResourceGroupNotFound = 3102,
    /// The image does not exist.
    ImageNotFound = 3103,
    /// The image has no replica in the region.
    ImageNotReplicated = 3104,
    /// No version of the image fits the channel.
    NoMatchingVersion = 3105,
    /// Something that the spec refers to is not there.
    ReferencedResourceNotFound = 3106,
    /// The image cannot run on this size.
    SizeDoesNotFitImage = 3110,
    /// The region, or the subscription there, has no such size.
    SizeNotOffered = 3111,
    /// The zone has no such size.
    SizeNotInZone = 3112,
    /// The size cannot do what is asked of it.
    SizeLacksFeature = 3113,
    /// More disks or interfaces than the size takes.
    SizeTooSmall = 3114,
    /// Machines of this security type are not made from the image.
    SecurityDoesNotFitImage = 3115,
    /// The OS disk is smaller than the image.
    DiskSmallerThanImage = 3116,
    /// A kind of storage that the publisher of the image rules out.
    DiskKindRuledOut = 3117,
    /// Data disks beside those that the image brings.
    ImageBringsDisks = 3118,
    /// The image cannot do what is asked of it.
    ImageLacksFeature = 3119,
    /// An id that is none, or one of the wrong type.
    InvalidId = 3150,
    /// Azure does not accept a value of the request.
    ValueRejected = 3152,
    /// The type, or this form of it, is not offered in the region.
    NotOfferedHere = 3153,
    /// Something of this name exists in another region.
    ExistsElsewhere = 3154,
    /// It is being deleted at this moment.
    BeingDeleted = 3155,
    /// Whether the image is generalized or specialized does not fit the request.
    OsStateDiffers = 3156,
    /// The purchase plan of the image is missing, differs or is not accepted.
    PurchasePlan = 3157,
    /// The name is taken by somebody else, or in another place.
    NameTaken = 3158,
    /// A version of an image may not be deleted before its end of life.
    DeletionBlocked = 3170,
    /// What an image version is to be made from does not fit its definition.
    SourceDoesNotFit = 3171,
    /// The regions of an image version do not fit together.
    TargetRegionsDoNotFit = 3172,
    /// A disk encryption set that cannot be used for this.
    EncryptionSetDoesNotFit = 3173,
    /// Not enough quota.
    QuotaExceeded = 3201,
    /// A subnet has too few free addresses.
    SubnetFull = 3202,
    /// A fixed private address is taken, or not in its subnet.
    AddressTaken = 3203,
    /// More public addresses, or other parts of networks, than a region takes.
    TooMany = 3204,
    /// Azure has no room for this size now.
    NoCapacity = 3310,
    /// A machine did not get well in time.
    NotHealthy = 3312,
    /// A change that takes a machine that is deallocated.
    TakesDeallocation = 3313,
    /// The machine was generalized, and never runs again.
    MachineGeneralized = 3314,
    /// Something else still uses it.
    StillInUse = 3315,
    /// Ranges or addresses that do not fit together.
    AddressesDoNotFit = 3317,
    /// A form of public address that Azure makes no more.
    BasicAddressRetired = 3318,
    /// Another operation or run is at work on the same resource.
    AnotherOperation = 3311,
    /// Azure did not accept a change that our rules call possible.
    PropertyChangeNotAllowed = 3301,
    /// The resource provider is not registered.
    ProviderNotRegistered = 3401,
    /// A policy forbids it.
    PolicyDenied = 3402,
    /// A lock forbids it.
    ScopeLocked = 3403,
    /// Azure throttles for longer than the run waits.
    Throttled = 3404,
    /// The subscription takes no writes, or soon will not.
    SubscriptionNotEnabled = 3405,
    /// The roles that were given do not allow what the plan does.
    RightMissing = 3406,
    /// Azure finds a body invalid, before anything is written.
    ValidationRefused = 3407,
    /// Azure refused for a reason without a code of its own.
    AzureRefused = 3900,
    /// A long-running operation failed.
    OperationFailed = 3901,
    /// An extension failed inside of its machine.
    ExtensionFailed = 3902,
    /// Azure made the machine and its operating system did not report in.
    OsNotReady = 3903,
    /// A rolling upgrade of a scale set did not reach all instances.
    UpgradeEnded = 3911,
    /// Instances of a scale set have a new model and are not well.
    InstancesUnwell = 3912,
    /// A saved plan no longer fits what is live.
    StalePlan = 4001,
    /// The digest is not the reviewed one.
    DigestDiffers = 4002,
    /// A plan file that cannot be used.
    InvalidPlan = 4003,
    /// The plan is marked not applyable.
    NotApplyable = 4004,
    /// A saved plan is too old, or an image in it has reached its end of life.
    PlanExpired = 4005,
    /// The lease cannot be used: its address, its container, or a role.
    LeaseUnusable = 4007,
    /// The lease was lost while the plan was carried out.
    LeaseLost = 4008,
    /// The lease is that of another run than was named.
    LeaseOfAnother = 4009,
    /// Somebody else applies.
    LeaseHeld = 4010,
    /// A resource is there that is not ours.
    NotOurs = 4011,
    /// A resource belongs to another deployment.
    OwnedByAnother = 4012,
    /// `protect` forbids what the plan would have to do.
    Protected = 4013,
    /// Approval was asked and not given.
    NotApproved = 4014,
    /// The run was interrupted.
    Interrupted = 4015,
    /// A resource cannot be taken over as it is.
    CannotAdopt = 4016,
    /// A change does more to what runs than was allowed.
    TooDisruptive = 4017,
    /// What a machine carries is to be written while the machine stands still.
    MachineStandsStill = 4018,
    /// An entry looks renamed, and its Azure name changes with it.
    Renamed = 4019,
    /// Properties were changed outside tenon.
    Drifted = 4020,
    /// A list that would find what the spec no longer names cannot be read.
    Unseen = 4021,
    /// Something new needs what its old form cannot let go of before.
    HeldByOld = 4022,
    /// A property changes only while nobody uses the resource, and somebody does.
    InUse = 4023,
    /// An earlier run made something where no plan looks any more.
    LeftBehind = 4024,
    /// So many machines of a fleet are down that no other may go down.
    NoRoomForRollout = 4025,
    /// There is no old OS disk to go back to, or it does not fit.
    NothingKept = 4026,
    /// A preview lacks some of what it compares with.
    PreviewWithoutBase = 4031,
    /// A preview was to be applied.
    PlanIsPreview = 4032,
    /// The pull request does not say which plan was reviewed.
    NothingReviewed = 4033,
    /// A policy of the team forbids the plan.
    PolicyForbids = 4041,
    /// A policy of the team warns of something.
    PolicyWarns = 4042,
    /// A policy of the team cannot be read or evaluated.
    PolicyUnusable = 4043,
    /// The command line cannot be understood.
    Usage = 4101,
    /// A file could not be written.
    UnwritableFile = 4102,
    /// The simulator could not be started.
    SimulatorFailed = 4201,
    /// Nobody says which pull request a comment is for.
    PullRequestUnknown = 4301,
    /// No token for the host of a pull request.
    HostTokenMissing = 4302,
    /// A token that the host of a pull request does not accept.
    HostTokenRejected = 4303,
    /// A token that may not write to a pull request.
    HostRightMissing = 4304,
    /// The host of a pull request does not answer, or limits the rate.
    HostDoesNotAnswer = 4305,
    /// The host of a pull request refuses for another reason.
    HostRefused = 4306,
    /// A plan that must not be printed where others trust it.
    PlanNotPrintable = 4307,
    /// A bug of ours.
    Bug = 5001,
}

impl Code {
    /// The number, e.g. 1004.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Reads a code such as `TN1004`, without regard to case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .get(2..)
            .filter(|_| text[..2].eq_ignore_ascii_case("tn"))?;
        let number: u16 = digits.parse().ok()?;
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.number() == number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TN{}", self.number())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Older readers meet newer writers: an unknown code is still a diagnostic.
        Ok(Self::parse(&text).unwrap_or(Self::AzureRefused))
    }
}
