//! One comment stays one comment, at every host.

use tenon_client::{HostError, Urgency};
use tenon_render::{CommentState, Mark};
use tokio::time::Instant;

use super::HEAD;
use super::at_hosts::{Scene, Stand};
use super::hosts::azure_repos::AzureRepos;
use super::hosts::github::GitHub;
use super::hosts::gitlab::GitLab;
use super::hosts::{Answer, Instead};
use crate::comment::sticky::{Done, Wanted, post};

const OTHER: &str = "1111111111111111111111111111111111111111";

/// A comment about `deployment` that says `text`.
struct Says {
    mark: Mark,
    text: String,
    budget: usize,
    urgency: Urgency,
}

impl Says {
    fn new(text: &str) -> Self {
        Self {
            mark: Mark {
                deployment: "web-prod".to_owned(),
                digest: Some(format!("sha256:{}", "6".repeat(64))),
                head: HEAD.to_owned(),
                state: CommentState::Open,
            },
            text: text.to_owned(),
            budget: 60_000,
            urgency: Urgency::Asks,
        }
    }

    fn of(mut self, deployment: &str) -> Self {
        deployment.clone_into(&mut self.mark.deployment);
        self
    }

    fn at(mut self, head: &str) -> Self {
        head.clone_into(&mut self.mark.head);
        self
    }

    fn applied(mut self) -> Self {
        self.mark.state = CommentState::Applied;
        self.urgency = Urgency::Told;
        self
    }

    fn body(&self) -> String {
        format!("{}\n{}\n", self.mark.line(), self.text)
    }

    async fn at_host(&self, host: &tenon_client::Host) -> Result<Done, HostError> {
        let wanted = Wanted {
            mark: self.mark.clone(),
            body: &|_| self.body(),
            budget: self.budget,
            urgency: self.urgency,
        };
        post(host, 7, &wanted).await
    }
}

/// The same test at all three hosts.
macro_rules! everywhere {
    ($($(#[$doc:meta])* async fn $name:ident($scene:ident: Scene<_>) $body:block)*) => {
        $(
            mod $name {
                use super::*;
                $(#[$doc])*
                async fn check<S: Stand>($scene: Scene<S>) $body
                #[tokio::test(start_paused = true)]
                async fn at_github() { check(Scene::<GitHub>::new()).await }
                #[tokio::test(start_paused = true)]
                async fn at_gitlab() { check(Scene::<GitLab>::new()).await }
                #[tokio::test(start_paused = true)]
                async fn at_azure_repos() { check(Scene::<AzureRepos>::new()).await }
            }
        )*
    };
}

everywhere! {
    async fn the_first_one_is_created(scene: Scene<_>) {
        let says = Says::new("first");
        assert_eq!(says.at_host(&scene.host).await, Ok(Done::Created));
        let bodies: Vec<String> = scene.standing().into_iter().map(|one| one.body).collect();
        assert_eq!(bodies, [says.body()]);
    }

    /// Ours is the 120th of 151; people quote it, and the same bot has others.
    async fn ours_is_found_among_150_older_ones(scene: Scene<_>) {
        let says = Says::new("old");
        let quoted = format!("> {}\nlooks good", says.body());
        let ours = {
            let mut there = scene.there();
            for number in 0..119 {
                match number % 4 {
                    0 => there.human(&says.body()),
                    1 => there.human("ship it"),
                    2 => there.ours(&quoted),
                    _ => there.ours(&Says::new("old").of("web-test").body()),
                };
            }
            let ours = there.ours(&says.body());
            for _ in 0..31 {
                there.human(&quoted);
            }
            ours
        };
        let before = scene.standing();
        let new = Says::new("new");
        assert_eq!(new.at_host(&scene.host).await, Ok(Done::Updated));
        let after = scene.standing();
        assert_eq!(after.len(), 151);
        for (old, now) in before.iter().zip(&after) {
            if now.number == ours {
                assert_eq!(now.body, new.body());
            } else {
                assert_eq!(old, now);
            }
        }
    }

    async fn what_says_the_same_is_not_sent(scene: Scene<_>) {
        let says = Says::new("same");
        scene.there().ours(&says.body().replace('\n', "\r\n"));
        assert_eq!(says.at_host(&scene.host).await, Ok(Done::Unchanged));
        assert_eq!(scene.writes(), Vec::<String>::new());
    }

    /// Both look, both find nothing, both create, both look again; and every
    /// other order in which that can happen.
    async fn two_pipelines_that_race_leave_one(scene: Scene<_>) {
        drop(scene);
        let oldest = Scene::<S>::new().there().ours("the first number");
        let mut met = 0;
        for late in 0..12 {
            let scene = Scene::<S>::new();
            let (one, two) = (Says::new("one"), Says::new("two"));
            let another = scene.another();
            let second = async {
                for _ in 0..late {
                    tokio::task::yield_now().await;
                }
                two.at_host(&another).await
            };
            let (first, second) = tokio::join!(one.at_host(&scene.host), second);
            assert!(first.is_ok() && second.is_ok(), "{late}: {first:?} {second:?}");
            let writes = scene.writes();
            met += usize::from(writes.iter().filter(|line| *line == S::comments_path()).count() == 2);
            let left = scene.marked();
            assert_eq!(left.len(), 1, "{late}: {writes:?}");
            assert_eq!(left[0].number, oldest, "{late}: {writes:?}");
            assert!([one.body(), two.body()].contains(&left[0].body), "{late}");
        }
        assert!(met >= 2, "they met {met} times");
    }

    async fn what_an_older_race_left_is_cleared_away(scene: Scene<_>) {
        let oldest = scene.there().ours(&Says::new("a").body());
        scene.there().ours(&Says::new("b").body());
        scene.there().ours(&Says::new("c").body());
        assert_eq!(Says::new("d").at_host(&scene.host).await, Ok(Done::Updated));
        let left = scene.marked();
        assert_eq!(left.iter().map(|one| one.number).collect::<Vec<_>>(), [oldest]);
        assert_eq!(left[0].body, Says::new("d").body());
    }

    /// It was created, the answer got lost, and it is created again.
    async fn an_answer_that_gets_lost_leaves_one(scene: Scene<_>) {
        scene.instead(S::comments_path(), Instead::Lost);
        assert_eq!(Says::new("x").at_host(&scene.host).await, Ok(Done::Created));
        assert_eq!(scene.writes().iter().filter(|line| *line == S::comments_path()).count(), 2);
        assert_eq!(scene.marked().len(), 1);
    }

    async fn deployments_do_not_know_each_other(scene: Scene<_>) {
        for name in ["web-prod", "web-test", "web"] {
            assert_eq!(Says::new("x").of(name).at_host(&scene.host).await, Ok(Done::Created));
        }
        assert_eq!(scene.marked().len(), 3);
    }

    /// What was applied is a record: written once, then left alone.
    async fn what_was_applied_is_frozen(scene: Scene<_>) {
        Says::new("plan").at_host(&scene.host).await.expect("a comment");
        let applied = Says::new("applied in 11m").applied();
        assert_eq!(applied.at_host(&scene.host).await, Ok(Done::Updated));
        let frozen = scene.marked();
        assert_eq!(frozen.len(), 1);
        assert_eq!(frozen[0].body, applied.body());
        // The same job once more adds nothing.
        assert_eq!(applied.at_host(&scene.host).await, Ok(Done::Unchanged));
        // A later plan opens a new one, and the old one steps back.
        let next = Says::new("next plan");
        assert_eq!(next.at_host(&scene.host).await, Ok(Done::Created));
        let after = scene.marked();
        assert_eq!(after.len(), 2);
        assert_eq!(after[1].body, next.body());
        assert!(after[0].body.contains("applied in 11m"), "{}", after[0].body);
        let back = (after[0].state.as_str(), after[0].body.contains("Superseded"));
        assert!(matches!(back, ("outdated" | "closed", false) | ("", true)), "{back:?}");
        // From now on only the new one moves.
        let old = after[0].clone();
        assert_eq!(Says::new("third").at_host(&scene.host).await, Ok(Done::Updated));
        assert_eq!(scene.marked()[0], old);
    }

    /// The pipeline of the older commit ends last.
    async fn a_newer_commit_is_not_overwritten(scene: Scene<_>) {
        let newer = Says::new("newer");
        newer.at_host(&scene.host).await.expect("a comment");
        let older = Says::new("older").at(OTHER);
        let done = older.at_host(&scene.host).await;
        assert_eq!(done, Ok(Done::Newer { head: HEAD.to_owned() }));
        assert_eq!(scene.marked()[0].body, newer.body());
        // Once it is the newest it may.
        scene.there().push(OTHER);
        assert_eq!(older.at_host(&scene.host).await, Ok(Done::Updated));
    }

    /// 5xx passes; and everything waits on a clock that jumps.
    async fn a_host_that_is_ill_for_a_moment_is_asked_again(scene: Scene<_>) {
        for _ in 0..3 {
            let ill = Answer::json(502, &serde_json::Value::Null);
            scene.instead(S::comments_path(), Instead::Of(ill));
        }
        assert_eq!(Says::new("x").at_host(&scene.host).await, Ok(Done::Created));
        assert_eq!(scene.marked().len(), 1);
    }

    async fn a_limit_is_waited_for(scene: Scene<_>) {
        let limited = Answer::message(429, "Too Many Requests").with("retry-after", "90");
        scene.instead(S::comments_path(), Instead::Of(limited));
        let began = Instant::now();
        assert_eq!(Says::new("x").at_host(&scene.host).await, Ok(Done::Created));
        assert_eq!(began.elapsed().as_secs(), 90);
    }

    /// The host counts other things than we do: half the bytes are enough.
    async fn what_is_too_long_is_sent_shorter_once(scene: Scene<_>) {
        let says = Says::new("x");
        let body = |budget: usize| format!("{}\n{}", says.mark.line(), "é".repeat(budget));
        let budget = match S::KIND {
            crate::comment::ci::Kind::GitHub => 70_000,
            crate::comment::ci::Kind::GitLab => 1_100_000,
            crate::comment::ci::Kind::AzureRepos => 160_000,
        };
        let wanted = Wanted {
            mark: says.mark.clone(),
            body: &body,
            budget,
            urgency: Urgency::Told,
        };
        assert_eq!(post(&scene.host, 7, &wanted).await, Ok(Done::Created));
        assert_eq!(scene.marked()[0].body, body(budget / 2));
        // Twice is enough.
        let wanted = Wanted { budget: budget * 2, ..wanted };
        let error = post(&scene.host, 7, &wanted).await.expect_err("too long");
        assert_eq!(error.kind, tenon_client::HostErrorKind::TooLong, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn github_says_its_limits_in_three_ways() {
    let now = jiff::Timestamp::now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let reset = now.as_second() + 300;
    let ways = [
        (
            Answer::message(403, "API rate limit exceeded for installation ID 1.")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-reset", &reset.to_string())
                .with("date", &date),
            300,
        ),
        (
            Answer::message(403, "You have exceeded a secondary rate limit.")
                .with("retry-after", "30"),
            30,
        ),
        // Without a word it is at least a minute.
        (
            Answer::message(403, "You have exceeded a secondary rate limit."),
            60,
        ),
    ];
    for (answer, seconds) in ways {
        let scene = Scene::<GitHub>::new();
        scene.instead(GitHub::comments_path(), Instead::Of(answer));
        let began = Instant::now();
        assert_eq!(Says::new("x").at_host(&scene.host).await, Ok(Done::Created));
        assert_eq!(began.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn azure_repos_asks_for_a_look_only_at_what_is_destroyed() {
    let scene = Scene::<AzureRepos>::new();
    let asks = Says::new("destroys");
    asks.at_host(&scene.host).await.expect("a thread");
    assert_eq!(scene.marked()[0].state, "active");
    let told = Says {
        urgency: Urgency::Told,
        ..Says::new("harmless")
    };
    told.at_host(&scene.host).await.expect("a thread");
    assert_eq!(scene.marked()[0].state, "closed");
    // Somebody who opened it again is not overruled by the same plan.
    scene.there().threads[0].status = serde_json::json!("active");
    assert_eq!(told.at_host(&scene.host).await, Ok(Done::Unchanged));
    assert_eq!(scene.marked()[0].state, "active");
    scene.forget();
}
