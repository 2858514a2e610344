//! Configurations and modules that frameworks generate when they build. They lie in hidden directories, which are not
//! analyzed, and mostly nobody has them: what they say by default is known.

use esker_frontend_api::path::{self, below, parent};

/// A pattern, and what it stands for, relative to a directory.
type Alias = (&'static str, &'static [&'static str]);

/// For the directory of a framework the aliases that the configurations in it have, relative to the directory that it
/// lies in. What a project's own settings make of them is not read.
const ALIASES: [(&str, &[Alias]); 3] = [
    (".svelte-kit", &[("$lib", &["src/lib"]), ("$lib/*", &["src/lib/*"])]),
    (
        ".nuxt",
        &[
            ("~/*", &["app/*", "*"]),
            ("@/*", &["app/*", "*"]),
            ("~~/*", &["*"]),
            ("@@/*", &["*"]),
            ("#shared", &["shared"]),
            ("#shared/*", &["shared/*"]),
            ("#server/*", &["server/*"]),
        ],
    ),
    (".wxt", &[("~/*", &["*"]), ("@/*", &["*"]), ("~~/*", &["*"]), ("@@/*", &["*"])]),
];

/// The package that is not there either by which later versions of SvelteKit name their configuration.
pub(super) const APP: &str = "$app/tsconfig";

/// The aliases that the generated configuration at a path has, each with what it stands for as paths of the repository
/// behind a slash.
pub(super) fn aliases(config: &str) -> Option<Vec<(String, Vec<String>)>> {
    let (directory, name) = config.rsplit_once('/')?;
    let (_, aliases) = ALIASES.iter().find(|(framework, _)| path::name(directory) == *framework)?;
    if !name.starts_with("tsconfig") {
        return None;
    }
    let project = parent(directory).unwrap_or("");
    let place = |target: &&str| format!("/{}", below(project, target));
    let alias = |(pattern, targets): &Alias| ((*pattern).to_owned(), targets.iter().map(place).collect());
    Some(aliases.iter().map(alias).collect())
}

/// Whether a directory of `rootDirs` is one that is generated.
pub(super) fn is_generated(directory: &str) -> bool {
    directory.split('/').any(|part| part.starts_with('.'))
}

/// Whether a relative specifier is that of the types of a route, which are generated beside it as `rootDirs` have it:
/// `./$types`, `./+types/page`.
pub(super) fn is_of_route(specifier: &str) -> bool {
    let mut parts = specifier.rsplit('/');
    let last = parts.next().unwrap_or("");
    let name = last.strip_suffix(".js").or(last.strip_suffix(".ts")).unwrap_or(last);
    name.trim_end_matches(".d") == "$types" || parts.next() == Some("+types")
}
