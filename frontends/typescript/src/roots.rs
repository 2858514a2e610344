//! The packages of workspaces, which their code imports by name.
//!
//! npm, yarn and pnpm link them into `node_modules`, where nobody looks here. The list that comes of it is one of
//! import roots: a root with the prefix [`WORKSPACE`] is the directory of a workspace, and those that follow are the
//! packages in it, by name.

use std::collections::{BTreeMap, BTreeSet};

use esker_frontend_api::path::{self, parent};
use esker_frontend_api::{Layout, Root, Setting};

use crate::locate::Glob;

/// What stands in place of a package's name where a root is that of a workspace. No package can have the name.
pub(crate) const WORKSPACE: &str = "*";

/// The files that say what belongs to a workspace.
const DECLARING: [&str; 4] = ["package.json", "pnpm-workspace.yaml", "pnpm-workspace.yml", "lerna.json"];

/// Finds the workspaces and the packages in them. Costs a pass over the files, and reads the settings of each package.
pub(crate) fn roots(layout: &dyn Layout) -> Vec<Root> {
    let mut declaring: BTreeSet<String> = BTreeSet::new();
    let mut packages: BTreeSet<String> = BTreeSet::new();
    layout.for_each_file(&mut |path| {
        let name = path::name(path);
        if DECLARING.contains(&name) {
            let directory = parent(path).unwrap_or("").to_owned();
            if name == DECLARING[0] {
                packages.insert(directory.clone());
            }
            declaring.insert(directory);
        }
    });
    let settings = |directory: &str, name: &str| {
        let path = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
        layout.has_file(&path).then(|| layout.settings(&path)).flatten()
    };
    let mut roots = Vec::new();
    for workspace in declaring {
        let patterns: Vec<String> =
            DECLARING.iter().filter_map(|name| settings(&workspace, name)).flat_map(|it| patterns(&it)).collect();
        if patterns.is_empty() {
            continue;
        }
        let members: BTreeMap<String, &String> = packages
            .iter()
            .filter(|package| is_member(package, &workspace, &patterns))
            .filter_map(|package| Some((settings(package, DECLARING[0])?.text_of("name")?.to_owned(), package)))
            .collect();
        roots.push(Root { path: workspace, prefix: WORKSPACE.to_owned() });
        roots.extend(
            members
                .into_iter()
                .filter(|(name, _)| !name.is_empty())
                .map(|(prefix, path)| Root { path: path.clone(), prefix }),
        );
    }
    roots
}

/// The globs that a file lists the packages of a workspace by.
fn patterns(settings: &Setting) -> Vec<String> {
    let lists = [settings.get("workspaces"), settings.get("packages")];
    let lists = lists.into_iter().flatten().flat_map(|list| [Some(list), list.get("packages")]).flatten();
    lists.flat_map(Setting::texts).map(str::to_owned).collect()
}

/// Whether a directory is that of a workspace or of a package in it: the last glob that matches says so.
fn is_member(package: &str, workspace: &str, patterns: &[String]) -> bool {
    if package == workspace {
        return true;
    }
    let inside = match workspace {
        "" => package,
        _ => match package.strip_prefix(workspace).and_then(|rest| rest.strip_prefix('/')) {
            Some(inside) => inside,
            None => return false,
        },
    };
    let mut verdicts = patterns.iter().rev().filter_map(|pattern| match pattern.strip_prefix('!') {
        Some(excluded) => Glob(excluded).matches(inside).then_some(false),
        None => Glob(pattern).matches(inside).then_some(true),
    });
    verdicts.next().unwrap_or(false)
}
