//! The TypeScript and JavaScript frontend.
//!
//! ```text
//!   bytes ─ parse::encoding ─▶ text ─ parse::blocks ─▶ script ─ parse::nesting ─▶ oxc ─▶ tree ─ lower ─▶ FileIr
//!                                      .vue, .svelte, …          stack guard      recovers
//!   bytes of tsconfig.json, package.json, … ─ settings ─▶ FileIr with settings
//!
//!   Layout, settings ─ roots ─▶ [Root]        ImportTable, settings ─ locate ─▶ [Located]
//!
//!   FileIr, [Located] ─ interface ─▶ Interface        FileIr, [Located], World ─ resolve ─▶ Resolution
//! ```
//!
//! **Invariants.** Nothing here touches the disk or keeps state. No input makes it panic or overflow a stack of 128 MiB:
//! what is wrong with a file is in its diagnostics. Every place in a result counts bytes of the decoded text of the
//! whole file, also where the code is a part of it.

mod interface;
mod locate;
mod lower;
mod parse;
mod resolve;
mod roots;
mod settings;
mod shapes;

use esker_frontend_api::{
    Dialect, FileClass, FileIr, Frontend, ImportTable, Interface, Layout, LineTable, Located, LocatedTable, Lookup,
    Resolution, Root, Source, Unresolved, World,
};

/// Files that are no code, and that code imports all the same.
const RESOURCE: Dialect = Dialect("resource");

/// The endings of such files, ascending.
const RESOURCES: [&str; 38] = [
    "aac", "avif", "bmp", "css", "eot", "flac", "frag", "gif", "glb", "glsl", "gltf", "gql", "graphql", "ico", "jpeg",
    "jpg", "json", "json5", "less", "mdx", "mp3", "mp4", "ogg", "otf", "pcss", "png", "sass", "scss", "styl", "svg",
    "ttf", "vert", "wasm", "webm", "webp", "wgsl", "woff", "woff2",
];

/// TypeScript and JavaScript, and the components of Vue, Svelte and Astro.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypeScript;

impl Frontend for TypeScript {
    fn name(&self) -> &'static str {
        "typescript"
    }

    fn version(&self) -> u32 {
        10
    }

    fn dialect(&self, path: &str) -> Option<Dialect> {
        parse::dialect(path).or_else(|| settings::dialect(path)).or_else(|| {
            let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
            RESOURCES.binary_search(&ending).is_ok().then_some(RESOURCE)
        })
    }

    fn class(&self, dialect: Dialect) -> FileClass {
        match dialect {
            RESOURCE => FileClass::Resource,
            _ if settings::is_settings(dialect) => FileClass::Settings,
            _ => FileClass::Code,
        }
    }

    fn resource_marks(&self) -> &'static [&'static str] {
        &["package.json", "tsconfig.json", "jsconfig.json"]
    }

    fn has_globals(&self) -> bool {
        true
    }

    fn shapes(&self) -> &'static [&'static str] {
        &shapes::SHAPES
    }

    fn lower(&self, source: Source<'_>) -> FileIr {
        match self.class(source.dialect) {
            FileClass::Code => lower::lower(source),
            FileClass::Settings => settings::lower(source),
            FileClass::Marker | FileClass::Resource => FileIr { lines: LineTable::default(), ..FileIr::default() },
        }
    }

    fn roots(&self, layout: &dyn Layout) -> Vec<Root> {
        roots::roots(layout)
    }

    fn locate(&self, imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
        locate::locate(imports, importer, roots, lookup)
    }

    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface {
        interface::interface(ir, located)
    }

    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
        resolve::resolve(file, world)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_endings_of_resources_ascend() {
        assert!(super::RESOURCES.is_sorted());
    }
}
