//! `tenon update`: moves what channels mean, in `tenon.lock`.

use std::collections::BTreeMap;

use tenon_model::image::{Channel, ImageVersion, ResolvedImage};
use tenon_model::{Code, Diagnostic, Help, Place};
use tenon_spec::lock::{Lock, LockedImage};

use crate::arguments::{Global, SpecArgument, UpdateArguments};
use crate::commands;
use crate::exit::Exit;
use crate::files;
use crate::output::Output;
use crate::prepare::{self, Loaded, Trouble};

/// Runs the command.
pub(crate) async fn run(global: &Global, options: &UpdateArguments, output: &Output) -> Exit {
    match update(global, options, output).await {
        Ok(()) => Exit::Ok,
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
) -> Result<(), Trouble> {
    let loaded = prepare::load(global, &SpecArgument::default())?;
    check(&loaded, options)?;
    let old = loaded.lock.clone();
    let path = files::lock_path(&loaded.paths[0]);
    let lock = wanted(&old, options)?;
    let (mut loaded, connection) = commands::open(global, &SpecArgument::default(), output).await?;
    loaded.lock = lock;
    let images = prepare::resolve(loaded, &connection.client, &connection.login).await;
    connection.close().await;
    let images = images?;
    if let Some(problem) = outside(&images, options) {
        return Err(vec![problem].into());
    }
    let new = merged(&old, &images, options);
    tell(&old, &new, output);
    if new.images != old.images {
        let text = tenon_spec::lock::write(&new);
        files::replace(&path, &text).map_err(|error| vec![files::unwritable(&path, &error)])?;
        output.say(&format!("wrote {}", files::shown(&path)));
    }
    Ok(())
}

fn check(loaded: &Loaded, options: &UpdateArguments) -> Result<(), Trouble> {
    let Some(name) = &options.image else {
        return Ok(());
    };
    let entries = loaded.spec.entries("images");
    if entries.iter().any(|entry| entry.key == *name) {
        return Ok(());
    }
    let known: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    Err(vec![
        Diagnostic::error(
            Code::UnknownReference,
            format!("`{name}` is no image of this spec"),
        )
        .note(format!("known here: {}", known.join(", ")))
        .help(Help::text("name an entry of `images`")),
    ]
    .into())
}

/// The lock as far as it still holds: what is to move is left out, or pinned
/// to what was asked for.
fn wanted(old: &Lock, options: &UpdateArguments) -> Result<Lock, Trouble> {
    let Some(name) = &options.image else {
        return Ok(Lock {
            images: BTreeMap::new(),
        });
    };
    let mut lock = old.clone();
    lock.images.remove(name);
    if let Some(to) = &options.to {
        let version = ImageVersion::parse(to).map_err(|error| {
            vec![Diagnostic::error(
                Code::InvalidValue,
                format!("`--to {to}`: {error}"),
            )]
        })?;
        let pinned = LockedImage {
            version,
            published: None,
            channel: None,
            place: Place::whole("tenon.lock"),
        };
        lock.images.insert(name.clone(), pinned);
    }
    Ok(lock)
}

/// A version that the spec does not allow is refused, not passed over.
fn outside(images: &[ResolvedImage], options: &UpdateArguments) -> Option<Diagnostic> {
    let (name, to) = (options.image.as_ref()?, options.to.as_ref()?);
    let image = images.iter().find(|image| image.address.last() == name)?;
    let follows = Channel::parse(&image.channel).is_ok_and(Channel::moves);
    if follows && ImageVersion::parse(to).is_ok_and(|to| to == image.version) {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::InvalidValue,
            format!(
                "`--to {to}` is outside of what the spec allows for {name}: {}",
                image.channel
            ),
        )
        .help(Help::text(format!(
            "change  version: {}  of images.{name} first",
            image.channel
        ))),
    )
}

fn merged(old: &Lock, images: &[ResolvedImage], options: &UpdateArguments) -> Lock {
    let mut lock = old.clone();
    for image in images {
        let name = image.address.last();
        let asked = options.image.as_ref().is_none_or(|wanted| wanted == name);
        let follows = Channel::parse(&image.channel).is_ok_and(Channel::moves);
        if !asked || !follows {
            continue;
        }
        // What did not move is not written anew: the file changes only where
        // an image does.
        let before = old.images.get(name);
        if before.is_some_and(|one| one.version == image.version) {
            continue;
        }
        let place = before.map_or_else(|| Place::whole("tenon.lock"), |one| one.place.clone());
        lock.images.insert(
            name.to_owned(),
            LockedImage {
                version: image.version,
                published: image.published.clone(),
                channel: Some(image.channel.clone()),
                place,
            },
        );
    }
    lock
}

fn tell(old: &Lock, new: &Lock, output: &Output) {
    for (name, image) in &new.images {
        let line = match old.images.get(name) {
            Some(before) if before.version == image.version => {
                format!("{name} {} stays", image.version)
            }
            Some(before) => format!("{name} {} -> {}", before.version, image.version),
            None => format!("{name} {} is pinned", image.version),
        };
        output.say(&line);
    }
    if new.images.is_empty() {
        output.say("no image of this spec follows a channel");
    }
}
