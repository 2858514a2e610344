//! `esker cache`: what is kept between runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::args::Globals;
use crate::context::Context;
use crate::error::{CommandError, Result, Verdict};
use crate::render::{Output, ReportFormat, grouped, json};

/// The file that marks a directory as a cache, and what ours says in it.
const TAG: &str = "CACHEDIR.TAG";
const TAGGED_BY: &str = "Esker";
/// What the names of manifests and stores begin with; the rest is the version of their layout. The last one is that of
/// manifests not yet finished.
const MANIFEST: &str = "manifest-";
const STORE: &str = "store-";
const UNFINISHED: &str = ".manifest-";
/// Beside the tag, the one file with a name that is not ours alone.
const IGNORE_FILE: &str = ".gitignore";

/// Look at what is kept between runs, or remove it
#[derive(Debug, Subcommand)]
pub(crate) enum Cache {
    Stats(Stats),
    Clear(Clear),
}

/// Tell how much is kept
#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// Remove all that is kept; the next build does everything anew
///
/// Removes from the cache directory what Esker put there, and the directory if it is empty then.
#[derive(Debug, Args)]
pub(crate) struct Clear {}

#[derive(Debug, Serialize)]
struct Contents {
    directory: PathBuf,
    /// Files of the last build.
    files: Option<usize>,
    records: u64,
    store_bytes: u64,
    manifest_bytes: u64,
}

impl Cache {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if globals.no_cache {
            return Err(CommandError::new("--no-cache leaves nothing to look at").hint("leave it out"));
        }
        let context = Context::new(globals)?;
        match self {
            Self::Stats(stats) => stats.run(globals, &context),
            Self::Clear(_) => clear(globals, &context.cache_directory()),
        }
    }
}

impl Stats {
    fn run(&self, globals: &Globals, context: &Context<'_>) -> Result<Verdict> {
        let directory = context.cache_directory();
        let entries = entries(&directory)?;
        let mut engine = context.engine()?;
        let has_store = entries.iter().any(|entry| entry.name.starts_with(STORE) && entry.path.is_dir());
        let (records, store_bytes) = if has_store { engine.store_statistics()? } else { (0, 0) };
        let manifests = entries.iter().filter(|entry| entry.name.starts_with(MANIFEST));
        let contents = Contents {
            files: engine.last_build().ok().map(|build| build.report().files),
            records,
            store_bytes,
            manifest_bytes: manifests.filter_map(|entry| Some(fs::metadata(&entry.path).ok()?.len())).sum(),
            directory,
        };
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(text(&contents)),
            ReportFormat::Json => output.write(json(&contents)?),
        }?;
        Ok(Verdict::Done)
    }
}

fn text(contents: &Contents) -> String {
    let Contents { directory, files, records, store_bytes, manifest_bytes } = contents;
    let files =
        files.map_or_else(|| "none with this configuration".to_owned(), |files| format!("{} files", grouped(files)));
    format!(
        "directory   {}\nlast build  {files}\nrecords     {}\nstore       {}\nmanifest    {}\n",
        directory.display(),
        grouped(usize::try_from(*records).unwrap_or(usize::MAX)),
        bytes(*store_bytes),
        bytes(*manifest_bytes),
    )
}

fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(size, _)| number >= *size) {
        Some((size, unit)) => format!("{:.1} {unit}", number as f64 / size as f64),
        None => format!("{number} B"),
    }
}

/// An entry of the cache directory.
struct Entry {
    name: String,
    path: PathBuf,
}

/// The entries of a directory, ascending; none if it does not exist.
fn entries(directory: &Path) -> Result<Vec<Entry>> {
    let listing = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.and_then(Iterator::collect::<io::Result<Vec<_>>>),
    };
    let listing = listing.with_context(|| format!("the cache directory {} cannot be read", directory.display()))?;
    let entry =
        |entry: fs::DirEntry| Entry { name: entry.file_name().to_string_lossy().into_owned(), path: entry.path() };
    let mut entries: Vec<Entry> = listing.into_iter().map(entry).collect();
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(entries)
}

/// Removes what is ours. The tag goes last, so that after an interruption the rest is still known to be ours.
fn clear(globals: &Globals, directory: &Path) -> Result<Verdict> {
    let entries = entries(directory)?;
    let output = Output::new(globals);
    let tell = |text: String| if globals.quiet { Ok(()) } else { output.write(text) };
    if entries.is_empty() {
        tell(format!("nothing is kept in {}\n", directory.display()))?;
        return Ok(Verdict::Done);
    }
    if !fs::read_to_string(directory.join(TAG)).is_ok_and(|tag| tag.contains(TAGGED_BY)) {
        let error = CommandError::new(format!("{} is not a cache directory of Esker", directory.display()));
        return Err(error.hint(format!("it has no {TAG} of Esker's; nothing was removed")));
    }
    let is_record = |name: &str| [MANIFEST, STORE, UNFINISHED].iter().any(|prefix| name.starts_with(prefix));
    let (records, rest): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| is_record(&entry.name));
    let (marks, foreign): (Vec<Entry>, Vec<Entry>) =
        rest.into_iter().partition(|entry| entry.name == TAG || entry.name == IGNORE_FILE);
    records.iter().try_for_each(|entry| remove(&entry.path))?;
    // With the marks gone, whatever else is in there would come to be analyzed and committed.
    if foreign.is_empty() {
        marks.iter().rev().try_for_each(|entry| remove(&entry.path))?;
        remove(directory)?;
    } else {
        let names: Vec<&str> = foreign.iter().map(|entry| &*entry.name).collect();
        tracing::warn!("left alone in {}: {}", directory.display(), names.join(", "));
    }
    tell(format!("cleared {}\n", directory.display()))?;
    Ok(Verdict::Done)
}

/// Removes a file, a symbolic link (not what it leads to), a store with all that is in it, or an empty directory.
fn remove(path: &Path) -> Result<()> {
    let is_store = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(STORE));
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() && is_store => fs::remove_dir_all(path),
        Ok(metadata) if metadata.is_dir() => fs::remove_dir(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(anyhow::Error::new(error).context(format!("{} cannot be removed", path.display())).into())
        }
        _ => Ok(()),
    }
}
