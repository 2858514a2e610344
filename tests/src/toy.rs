//! A language with nothing in it but names across files, to test the engine apart from any real one.
//!
//! ```text
//! use m            binds `m` to the file m.toy; m/n for one in a directory
//! use m.x          binds `x` to what the file m.toy calls so
//! use m.*          binds everything that m.toy has
//! def x = TEXT     a definition; other files see all of TEXT
//! share x = TEXT   a definition that all files see, without a use, where they have nothing with that name
//! class C          a class, and `def C.x = TEXT` a member of it
//! say x            a reference; also `say m.x`, `say C.x`
//! crash interface  makes the frontend panic where it makes the interface, `crash resolve` where it resolves
//! ```
//!
//! Everything else is a body: it changes the file and nothing that others see.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use esker_engine::api::{
    Binding, Confidence, Definition, Dialect, EdgeKinds, Entry, EntryId, FileIr, FileNumber, Frontend, Import,
    ImportForm, ImportTable, ImportTarget, Interface, Layout, Located, LocatedTable, Lookup, MissReason,
    NameTableBuilder, Outcome, Reference, Resolution, Resolved, Role, Root, ScopeId, Source, Span, SymbolFlags,
    SymbolKind, Target, Unresolved, UnresolvedReason, World,
};

/// The frontend of the toy language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Toy;

/// What others see of a name: what it is, which import binds it, its digest, and the digests of a class's members.
type Seen = (SymbolKind, Option<u32>, u64, BTreeMap<String, u64>);

impl Frontend for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn version(&self) -> u32 {
        1
    }

    fn dialect(&self, path: &str) -> Option<Dialect> {
        path.ends_with(".toy").then_some(Dialect("toy"))
    }

    fn has_globals(&self) -> bool {
        true
    }

    fn shapes(&self) -> &'static [&'static str] {
        &[".toy"]
    }

    fn lower(&self, source: Source<'_>) -> FileIr {
        let text = String::from_utf8_lossy(source.bytes);
        let mut names = NameTableBuilder::default();
        let (mut imports, mut references, mut globals) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (line, statement) in (1..).zip(text.lines()) {
            match statement.split_once(' ') {
                Some(("use", what)) => {
                    let (module, member) = what.split_once('.').map_or((what, None), |(m, x)| (m, Some(x)));
                    imports.push(Import {
                        specifier: names.intern(module),
                        member: member.filter(|x| *x != "*").map(|x| names.intern(x)),
                        form: match member {
                            None => ImportForm::Module,
                            Some("*") => ImportForm::Star,
                            Some(_) => ImportForm::Member,
                        },
                        kinds: EdgeKinds::RUNTIME,
                        line,
                    });
                }
                Some(("say", name)) => references.push(Reference {
                    name: names.intern(name),
                    scope: ScopeId(0),
                    span: Span::default(),
                    role: Role::Read,
                    binding: Binding::Free,
                }),
                Some(("def" | "class" | "crash", _)) => _ = names.intern(statement),
                Some(("share", what)) => {
                    names.intern(statement);
                    let name = what.split(" = ").next().unwrap_or_default();
                    globals.insert(name.to_owned(), names.intern(name));
                }
                _ => {}
            }
        }
        let globals = globals.into_values().collect();
        FileIr { names: names.finish(), imports, references, globals, texts: vec![hash(&text)], ..FileIr::default() }
    }

    fn roots(&self, _: &dyn Layout) -> Vec<Root> {
        vec![Root { path: String::new(), prefix: String::new() }]
    }

    fn locate(&self, imports: &ImportTable, _: &str, _: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
        let locate = |(index, import): (u32, &Import)| {
            let stem = imports.name(import.specifier);
            let path = lookup.probe(stem).has(0).then(|| format!("{stem}.toy"));
            let outcome = match &path {
                Some(path) => Outcome::Found(vec![Target { path: path.clone(), kinds: import.kinds }]),
                None => {
                    Outcome::Missing { name: stem.to_owned(), reason: MissReason::NoSuchModule, reached: Vec::new() }
                }
            };
            let modules = path.into_iter().map(Some).collect();
            Located { import: Some(index), line: import.line, outcome, modules, submodule: None }
        };
        (0..).zip(&imports.imports).map(locate).collect()
    }

    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface {
        crash(ir, "crash interface");
        let mut names = NameTableBuilder::default();
        let mut entries: BTreeMap<String, Seen> = BTreeMap::new();
        let (mut imports, mut stars, mut modules) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (import, row)) in (0..).zip(ir.imports.iter().zip(located.rows())) {
            let paths = || located.modules(row).iter().map(|path| path.map(|path| located.name(path)));
            let name = |id| ir.names.get(id).unwrap_or_default().to_owned();
            let (specifier, member) = (name(import.specifier), import.member.map(name));
            match import.form {
                ImportForm::Star => stars.push(index),
                _ => {
                    let bound = member.clone().unwrap_or_else(|| specifier.clone());
                    let digest = hash(&(&specifier, &member, paths().collect::<Vec<_>>()));
                    entries.insert(bound, (SymbolKind::Import, Some(index), digest, BTreeMap::new()));
                }
            }
            let start = modules.len() as u32;
            modules.extend(paths().map(|path| path.map(|path| names.intern(path))));
            imports.push(ImportTarget {
                specifier: names.intern(specifier),
                member: member.map(|member| names.intern(member)),
                form: import.form,
                modules: start..modules.len() as u32,
                submodule: None,
                miss: None,
            });
        }
        for statement in ir.names.iter() {
            if let Some(class) = statement.strip_prefix("class ") {
                entries.insert(class.to_owned(), (SymbolKind::Class, None, hash(&class), BTreeMap::new()));
            }
            let defined = statement.strip_prefix("def ").or_else(|| statement.strip_prefix("share "));
            if let Some((name, text)) = defined.and_then(|rest| rest.split_once(" = ")) {
                match name.split_once('.') {
                    None => {
                        _ = entries.insert(name.to_owned(), (SymbolKind::Variable, None, hash(&text), BTreeMap::new()))
                    }
                    Some((class, member)) => {
                        let members = entries.get_mut(class).map(|(.., members)| members);
                        members.into_iter().for_each(|members| _ = members.insert(member.to_owned(), hash(&text)));
                    }
                }
            }
        }
        let module_entries = entries.len() as u32;
        let (mut all, mut inner) = (Vec::new(), Vec::new());
        for (name, (kind, import, digest, members)) in entries {
            let start = module_entries + inner.len() as u32;
            for (member, digest) in members {
                inner.push(entry(names.intern(member), SymbolKind::Field, None, digest, 0..0));
            }
            let members = start..module_entries + inner.len() as u32;
            all.push(entry(names.intern(name), kind, import, digest, members));
        }
        all.extend(inner);
        Interface {
            names: names.finish(),
            entries: all,
            module_entries,
            imports,
            modules,
            stars,
            ..Interface::default()
        }
    }

    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
        crash(file.ir, "crash resolve");
        let mut names = NameTableBuilder::default();
        let (mut definitions, mut outcomes, mut references) = (Vec::new(), Vec::new(), Vec::new());
        for reference in &file.ir.references {
            let said = file.ir.names.get(reference.name).unwrap_or_default();
            let (first, rest) = said.split_once('.').map_or((said, None), |(first, rest)| (first, Some(rest)));
            let found = find(world, file.file, first, &mut Vec::new()).or_else(|| shared(world, first));
            let found = found.and_then(|found| match rest {
                None => Some(found),
                Some(rest) => member(world, found, rest),
            });
            let outcome = match found {
                Some(Found { file: other, qualified, .. }) => {
                    let path = if other == file.file { String::new() } else { world.path(other).to_string() };
                    let path = names.intern(path);
                    let definition = match qualified {
                        Some(name) => Definition::Entry { path, name: names.intern(name) },
                        None => Definition::Module(path),
                    };
                    definitions.push(definition);
                    Resolved::To(vec![definitions.len() as u32 - 1], Confidence::Exact)
                }
                None => Resolved::Not(UnresolvedReason::UndefinedName),
            };
            outcomes.push(outcome);
            references.push(outcomes.len() as u32);
        }
        Resolution { names: names.finish(), definitions, outcomes, references, overrides: Vec::new() }
    }
}

/// What a name stands for: an entry, or without one a file.
struct Found {
    file: FileNumber,
    entry: Option<EntryId>,
    qualified: Option<String>,
}

fn find(world: &mut dyn World, file: FileNumber, name: &str, asked: &mut Vec<(FileNumber, String)>) -> Option<Found> {
    if asked.contains(&(file, name.to_owned())) {
        return None;
    }
    asked.push((file, name.to_owned()));
    let entries = world.entries(file, None, name);
    let interface = world.interface(file);
    let target_path = |target: &ImportTarget| Some(interface.name((*interface.modules(target).last()?)?).to_owned());
    if let Some(id) = entries.last().map(EntryId) {
        let Some(import) = interface.entry(id)?.import else {
            return Some(Found { file, entry: Some(id), qualified: Some(name.to_owned()) });
        };
        let target = &interface.imports[import as usize];
        let module = world.file(&target_path(target)?)?;
        return match target.member {
            Some(member) => find(world, module, interface.name(member), asked),
            None => Some(Found { file: module, entry: None, qualified: None }),
        };
    }
    world.stars(file);
    interface.stars.iter().find_map(|star| {
        let module = world.file(&target_path(&interface.imports[*star as usize])?)?;
        find(world, module, name, asked)
    })
}

/// What a name stands for that files declare for all others: in the first of them.
fn shared(world: &mut dyn World, name: &str) -> Option<Found> {
    let file = *world.declaring(name).first()?;
    world.using(file);
    find(world, file, name, &mut Vec::new())
}

fn member(world: &mut dyn World, of: Found, name: &str) -> Option<Found> {
    match of.qualified {
        None => find(world, of.file, name, &mut Vec::new()),
        Some(class) => {
            let id = world.entries(of.file, of.entry, name).last().map(EntryId)?;
            Some(Found { file: of.file, entry: Some(id), qualified: Some(format!("{class}.{name}")) })
        }
    }
}

fn entry(
    name: esker_engine::api::NameId,
    kind: SymbolKind,
    import: Option<u32>,
    digest: u64,
    members: std::ops::Range<u32>,
) -> Entry {
    Entry { name, kind, flags: SymbolFlags::empty(), is_public: true, import, facts: 0..0, members, digest }
}

fn crash(ir: &FileIr, statement: &str) {
    assert!(!ir.names.iter().any(|name| name == statement), "the file asks for it");
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish().max(1)
}
