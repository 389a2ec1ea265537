//! One comment for each deployment, which stays one.
//!
//! Ours is a comment whose first line is our mark, for the same deployment, and
//! which the owner of our token wrote. The oldest open one is written anew for
//! every plan; what was applied is a record, and left alone.
//!
//! Two pipelines may both find none and both create one. So whoever creates
//! looks again, and everybody keeps to one rule: the oldest stays, the others
//! are taken away, and who took away its own writes what it has to say into the
//! oldest. Nobody ever takes away the oldest, and whoever looks last sees all,
//! so one is left, whatever the order. A second one that an answer left behind
//! that got lost on the way ends like this as well.

use tenon_client::{Comment, Host, HostError, HostErrorKind, Urgency};
use tenon_render::{CommentState, Mark};

/// What is to stand in the pull request.
pub(crate) struct Wanted<'a> {
    /// The first line.
    pub(crate) mark: Mark,
    /// The whole body, the first line included, in so many bytes.
    pub(crate) body: &'a dyn Fn(usize) -> String,
    /// The bytes that the host takes.
    pub(crate) budget: usize,
    /// Whether somebody has to look.
    pub(crate) urgency: Urgency,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// There was none.
    Created,
    /// It says something else now.
    Updated,
    /// It said the same already.
    Unchanged,
    /// It shows the plan of a newer commit, and was left alone.
    Newer {
        /// That commit.
        head: String,
    },
}

/// A comment of ours.
struct Ours {
    comment: Comment,
    mark: Mark,
}

/// Brings the comment of a deployment up to date.
///
/// # Errors
///
/// What the host answered.
pub(crate) async fn post(host: &Host, pull: u64, wanted: &Wanted<'_>) -> Result<Done, HostError> {
    let me = host.whoami().await?;
    let ours = find(host, pull, &me, &wanted.mark.deployment).await?;
    let open = open(&ours);
    let Some(oldest) = open.first() else {
        if is_recorded(&ours, wanted) {
            return Ok(Done::Unchanged);
        }
        create(host, pull, &me, wanted).await?;
        fold(host, pull, &ours).await;
        return Ok(Done::Created);
    };
    if let Some(head) = newer(host, pull, &oldest.mark, &wanted.mark).await {
        return Ok(Done::Newer { head });
    }
    let done = write(host, pull, &oldest.comment, wanted).await?;
    take_away(host, pull, &open[1..]).await?;
    Ok(done)
}

async fn find(host: &Host, pull: u64, me: &str, deployment: &str) -> Result<Vec<Ours>, HostError> {
    let comments = host.comments(pull).await?;
    let mut ours: Vec<Ours> = comments
        .into_iter()
        .filter(|comment| comment.author == me)
        .filter_map(|comment| {
            let mark = Mark::read(&comment.body)?;
            (mark.deployment == deployment).then_some(Ours { comment, mark })
        })
        .collect();
    ours.sort_by_key(|one| one.comment.number);
    Ok(ours)
}

fn open(ours: &[Ours]) -> Vec<&Ours> {
    let is_open = |one: &&Ours| one.mark.state == CommentState::Open;
    ours.iter().filter(is_open).collect()
}

/// Whether the same end of the same plan stands there already: a job that runs
/// again has nothing to add.
fn is_recorded(ours: &[Ours], wanted: &Wanted<'_>) -> bool {
    let body = (wanted.body)(wanted.budget);
    wanted.mark.state == CommentState::Applied
        && ours.iter().any(|one| same(&one.comment.body, &body))
}

/// Creates one, and looks whether somebody else did.
async fn create(host: &Host, pull: u64, me: &str, wanted: &Wanted<'_>) -> Result<(), HostError> {
    let made = shrinking(wanted, async |body| {
        host.create(pull, body, wanted.urgency).await
    })
    .await?;
    if wanted.mark.state != CommentState::Open {
        return Ok(());
    }
    let ours = find(host, pull, me, &wanted.mark.deployment).await?;
    let open = open(&ours);
    let Some(oldest) = open.first() else {
        return Ok(());
    };
    take_away(host, pull, &open[1..]).await?;
    if oldest.comment.number != made.number {
        write(host, pull, &oldest.comment, wanted).await?;
    }
    Ok(())
}

async fn take_away(host: &Host, pull: u64, others: &[&Ours]) -> Result<(), HostError> {
    for other in others {
        host.remove(pull, &other.comment).await?;
    }
    Ok(())
}

/// Writes a comment anew, unless it says the same.
async fn write(
    host: &Host,
    pull: u64,
    comment: &Comment,
    wanted: &Wanted<'_>,
) -> Result<Done, HostError> {
    if same(&comment.body, &(wanted.body)(wanted.budget)) {
        return Ok(Done::Unchanged);
    }
    shrinking(wanted, async |body| {
        host.update(pull, comment, body, wanted.urgency).await
    })
    .await?;
    Ok(Done::Updated)
}

/// Sends a body; once more in half the bytes if the host finds it too long,
/// which counts other things than we do.
async fn shrinking<T>(
    wanted: &Wanted<'_>,
    send: impl AsyncFn(&str) -> Result<T, HostError>,
) -> Result<T, HostError> {
    match send(&(wanted.body)(wanted.budget)).await {
        Err(error) if error.kind == HostErrorKind::TooLong => {
            send(&(wanted.body)(wanted.budget / 2)).await
        }
        other => other,
    }
}

/// Hosts change line ends and what stands at the end.
fn same(one: &str, two: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    plain(one) == plain(two)
}

/// Makes what was applied before small, now that something new stands below
/// it. It stays as it is if that cannot be done.
async fn fold(host: &Host, pull: u64, ours: &[Ours]) {
    let applied = |one: &&Ours| one.mark.state == CommentState::Applied;
    for old in ours.iter().filter(applied) {
        let _ = host.fold(pull, &old.comment, &folded(old)).await;
    }
}

/// The body of a comment that gave way, for hosts that hide none: all of it, in
/// a fold.
fn folded(old: &Ours) -> String {
    let mark = Mark {
        state: CommentState::Outdated,
        ..old.mark.clone()
    };
    let (_, rest) = old.comment.body.split_once('\n').unwrap_or_default();
    let line = mark.line();
    format!("{line}\n<details><summary>Superseded</summary>\n\n{rest}\n\n</details>\n")
}

/// The commit that an open comment is about, if that is the newest one and ours
/// is not: pipelines do not end in the order in which they begin.
async fn newer(host: &Host, pull: u64, shown: &Mark, wanted: &Mark) -> Option<String> {
    let differ = shown.head != wanted.head && !shown.head.is_empty() && !wanted.head.is_empty();
    if !differ || wanted.state != CommentState::Open {
        return None;
    }
    // Who cannot say it does not stand in the way.
    let newest = host.pull_request(pull).await.ok()?.head;
    (newest == shown.head).then_some(newest)
}
