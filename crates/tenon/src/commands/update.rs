//! `tenon update`: moves what channels mean, in `tenon.lock`, and the version
//! in the spec where that is what was asked for. Nothing else writes either.

use tenon_model::image::{Channel, Follow, ImageRequest, ImageVersion, Rejected, ResolvedImage};
use tenon_model::update::{FORMAT, Moved, Update};
use tenon_model::{Code, Diagnostic, Help, Place};
use tenon_spec::lock::{Lock, LockedImage};

use crate::arguments::{Global, SpecArgument, UpdateArguments};
use crate::commands;
use crate::exit::Exit;
use crate::files;
use crate::output::{self, Output};
use crate::prepare::{self, Locks, Trouble};
use to::Asked;

mod to;

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &UpdateArguments, output: &Output) -> Exit {
    match update(global, options, output).await {
        Ok(update) => {
            if output.is_json() {
                output::print_json(&update);
            } else {
                tell(&update, output);
            }
            if options.check && update.changes {
                Exit::Changes
            } else {
                Exit::Ok
            }
        }
        Err(trouble) => {
            output.diagnostics(&trouble.diagnostics, &trouble.sources);
            Exit::of(&trouble.diagnostics)
        }
    }
}

async fn update(
    global: &Global,
    options: &UpdateArguments,
    output: &Output,
) -> Result<Update, Trouble> {
    if global.locked {
        return Err(vec![contradiction()].into());
    }
    let mut loaded = prepare::load(global, &SpecArgument::default())?;
    let requests = loaded.offline().0.images;
    let named = match &options.image {
        Some(name) => Some(find(&requests, name)?.clone()),
        None => None,
    };
    let asked = match (&named, &options.to) {
        (Some(request), Some(to)) => to::asked(&loaded, request, to)?,
        _ => Asked::Newest,
    };
    if let Asked::Edit(edited) = &asked {
        loaded = prepare::load_texts(global, loaded.paths, edited.files.clone())?;
    }
    let old = loaded.lock.clone();
    let path = files::lock_path(&loaded.paths[0]);
    let beside = files::images_beside(&loaded.paths);
    let moving = Moving {
        named: named.as_ref().map(ImageRequest::lock_key),
        pinned: asked.version(),
    };
    loaded.lock = moving.held(&old, &requests);
    let connection = commands::connect(global, &loaded, output).await?;
    let found = prepare::resolve(
        loaded,
        &connection.client,
        &connection.login,
        Locks::Changing,
    )
    .await;
    connection.close().await;
    let images: Vec<ResolvedImage> = found?.into_iter().map(|found| found.image).collect();
    let mut new = moving.merged(&old, &images);
    let is_left = |name: &String| {
        let used = images
            .iter()
            .any(|image| image.moves() && image.lock_key() == name);
        used || beside.contains(name)
    };
    let leaves = |name: &String| named.is_none() && !is_left(name);
    let removed: Vec<String> = old
        .images
        .keys()
        .filter(|name| leaves(name))
        .cloned()
        .collect();
    new.images.retain(|name, _| !leaves(name));
    let spec = asked.edit();
    let changes = new.images != old.images || spec.is_some();
    let written = changes && !options.check;
    if written {
        if let Some(edited) = &spec {
            edited.write()?;
        }
        if new.images != old.images {
            let text = tenon_spec::lock::write(&new);
            files::replace(&path, &text).map_err(|error| vec![files::unwritable(&path, &error)])?;
        }
    }
    Ok(Update {
        format: FORMAT,
        lock: files::shown(&path),
        changes,
        written,
        spec: spec.map(|edited| edited.change),
        images: moved(&old, &new, &images),
        removed,
    })
}

fn contradiction() -> Diagnostic {
    Diagnostic::error(
        Code::Usage,
        "`update` moves the lock file, and `--locked` forbids it",
    )
    .help(Help::command("see what would move", "tenon update --check"))
}

/// The image that is called so: in `images`, or an address such as
/// `vms.web.image`.
fn find<'r>(requests: &'r [ImageRequest], name: &str) -> Result<&'r ImageRequest, Trouble> {
    let bare = name.strip_prefix("images.").unwrap_or(name);
    let found = requests.iter().find(|request| request.lock_key() == bare);
    found.ok_or_else(|| {
        let known: Vec<&str> = requests.iter().map(ImageRequest::lock_key).collect();
        vec![
            Diagnostic::error(
                Code::UnknownReference,
                format!("`{name}` is no image of this spec"),
            )
            .note(format!("known here: {}", known.join(", ")))
            .help(Help::text("name an entry of `images`")),
        ]
        .into()
    })
}

/// What moves.
struct Moving<'a> {
    /// This image only.
    named: Option<&'a str>,
    /// To this version.
    pinned: Option<ImageVersion>,
}

impl Moving<'_> {
    /// Whether an image is to move; one that only notifies has to be named.
    fn moves(&self, name: &str, follow: Follow) -> bool {
        match self.named {
            Some(named) => named == name,
            None => follow == Follow::Lock,
        }
    }

    /// The lock as far as it still holds: what is to move is left out, or
    /// pinned to what was asked for.
    fn held(&self, old: &Lock, requests: &[ImageRequest]) -> Lock {
        let mut lock = old.clone();
        for request in requests {
            let name = request.lock_key();
            if !self.moves(name, request.follow) {
                continue;
            }
            lock.images.remove(name);
            if let Some(version) = self.pinned {
                let pinned = LockedImage {
                    version,
                    published: None,
                    channel: None,
                    place: Place::whole("tenon.lock"),
                };
                lock.images.insert(name.to_owned(), pinned);
            }
        }
        lock
    }

    fn merged(&self, old: &Lock, images: &[ResolvedImage]) -> Lock {
        let mut lock = old.clone();
        for image in images.iter().filter(|image| image.moves()) {
            let name = image.lock_key();
            let before = old.images.get(name);
            let asked = match self.named {
                Some(named) => named == name,
                None => true,
            };
            // What did not move is not written anew: the file changes only
            // where an image does.
            let stays = before.is_some_and(|one| one.version == image.version);
            if !asked || stays {
                continue;
            }
            let place = before.map_or_else(|| Place::whole("tenon.lock"), |one| one.place.clone());
            let locked = LockedImage {
                version: image.version,
                published: image.published.clone(),
                channel: Some(image.channel.clone()),
                place,
            };
            lock.images.insert(name.to_owned(), locked);
        }
        // What the spec pins by itself, the lock file does not.
        if let Some(named) = self.named
            && images
                .iter()
                .any(|image| image.lock_key() == named && !image.moves())
        {
            lock.images.remove(named);
        }
        lock
    }
}

fn moved(old: &Lock, new: &Lock, images: &[ResolvedImage]) -> Vec<Moved> {
    let mut all: Vec<Moved> = images
        .iter()
        .filter(|image| Channel::parse(&image.channel).is_ok_and(Channel::moves))
        .filter_map(|image| {
            let name = image.lock_key();
            let to = new.images.get(name)?;
            Some(Moved {
                name: name.to_owned(),
                channel: image.channel.clone(),
                follow: image.follow,
                from: old.images.get(name).map(|before| before.version),
                to: to.version,
                published: to.published.clone(),
                passed_over: image.passed_over.clone(),
            })
        })
        .collect();
    all.sort_by(|one, two| one.name.cmp(&two.name));
    all
}

fn tell(update: &Update, output: &Output) {
    if let Some(spec) = &update.spec {
        output.say(&format!(
            "{}:{} {} -> {}",
            spec.file, spec.line, spec.from, spec.to
        ));
    }
    for image in &update.images {
        let what = match image.from {
            Some(before) if before == image.to => format!("{} {before} stays", image.name),
            Some(before) => format!("{} {before} -> {}", image.name, image.to),
            None => format!("{} {} is pinned", image.name, image.to),
        };
        output.say(&format!("{what}{}", newest(image).unwrap_or_default()));
    }
    for name in &update.removed {
        output.say(&format!("{name} is no image any more: its line goes"));
    }
    if update.images.is_empty() && update.removed.is_empty() && update.spec.is_none() {
        output.say("no image of this spec follows a channel");
    }
    match (update.changes, update.written) {
        (_, true) => output.say(&format!("wrote {}", written(update))),
        (true, false) => output.say(&format!("{} would change: tenon update", update.lock)),
        (false, false) => {}
    }
}

fn written(update: &Update) -> String {
    let lock = update.images.iter().any(Moved::moves) || !update.removed.is_empty();
    let spec = update.spec.as_ref().map(|spec| spec.file.clone());
    let files: Vec<String> = spec
        .into_iter()
        .chain(lock.then(|| update.lock.clone()))
        .collect();
    files.join(" and ")
}

/// The newest version that is not taken, and why; nothing of one that was not
/// wanted.
fn newest(image: &Moved) -> Option<String> {
    let (version, why) = image
        .passed_over
        .iter()
        .max_by_key(|(version, _)| *version)?;
    let why = match (why, image.follow) {
        (Rejected::Locked, Follow::Lock) => return None,
        (Rejected::Locked, Follow::Notify) => {
            format!("taken only when named, tenon update {}", image.name)
        }
        (why, _) => tenon_render::rejected(why),
    };
    Some(format!("; {version}: {why}"))
}
