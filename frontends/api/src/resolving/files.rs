//! The own file, and what was seen of others.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::{EntryId, EntryOrder, FileIr, FileNumber, Interface, LocatedTable, NameId, SymbolId, Unresolved, World};

/// An interface that was looked into. Counted twice, so that reading it does not touch a counter that all threads
/// share.
pub type SeenInterface = Rc<Arc<Interface>>;

/// The file whose references are resolved, and a [`World`] that is not asked twice for an interface or for where an
/// import leads.
pub struct Files<'a> {
    /// The own file.
    pub own: FileNumber,
    /// Its IR.
    pub ir: &'a FileIr,
    /// Where its imports lead.
    pub located: &'a LocatedTable,
    world: &'a mut dyn World,
    /// By the number of the file.
    interfaces: Vec<Option<SeenInterface>>,
    /// For each symbol of the own file its entry in the own interface.
    entries: Vec<Option<EntryId>>,
    /// For each path of what was located the file there, once it was asked for.
    located_files: Vec<Option<Option<FileNumber>>>,
}

impl<'a> Files<'a> {
    /// A file, before others were looked into.
    #[must_use]
    pub fn new(file: Unresolved<'a>, world: &'a mut dyn World) -> Self {
        let Unresolved { file: own, ir, located } = file;
        let mut entries = vec![None; ir.symbols.len()];
        for (symbol, entry) in EntryOrder::new(ir).symbols.iter().zip(0..) {
            entries[symbol.index()] = Some(EntryId(entry));
        }
        let located_files = vec![None; located.names.len()];
        Self { own, ir, located, world, interfaces: Vec::new(), entries, located_files }
    }

    /// The interface of a file, the own one too; see [`World::interface`].
    pub fn interface(&mut self, file: FileNumber) -> SeenInterface {
        let index = file.0 as usize;
        if let Some(Some(interface)) = self.interfaces.get(index) {
            return interface.clone();
        }
        let interface = Rc::new(self.world.interface(file));
        if index >= self.interfaces.len() {
            self.interfaces.resize(index + 1, None);
        }
        self.interfaces[index] = Some(interface.clone());
        interface
    }

    /// The entry that a symbol of the own file has in the own interface; `None` if no other file can refer to it.
    #[inline]
    #[must_use]
    pub fn entry_of(&self, symbol: SymbolId) -> Option<EntryId> {
        self.entries.get(symbol.index()).copied().flatten()
    }

    /// The file at a path of [`Self::located`], by the path's id there; see [`World::file`].
    pub fn located_file(&mut self, path: NameId) -> Option<FileNumber> {
        if let Some(Some(known)) = self.located_files.get(path.0 as usize) {
            return *known;
        }
        let file = self.world.file(self.located.name(path));
        if let Some(slot) = self.located_files.get_mut(path.0 as usize) {
            *slot = Some(file);
        }
        file
    }

    /// See [`World::file`].
    #[inline]
    pub fn file(&mut self, path: &str) -> Option<FileNumber> {
        self.world.file(path)
    }

    /// See [`World::path`].
    #[inline]
    #[must_use]
    pub fn path(&self, file: FileNumber) -> Arc<str> {
        self.world.path(file)
    }

    /// See [`World::entries`].
    #[inline]
    pub fn entries(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str) -> Range<u32> {
        self.world.entries(file, owner, name)
    }

    /// See [`World::stars`].
    #[inline]
    pub fn stars(&mut self, file: FileNumber) {
        self.world.stars(file);
    }

    /// See [`World::imports`].
    #[inline]
    pub fn imports(&mut self, file: FileNumber) {
        self.world.imports(file);
    }

    /// See [`World::declaring`].
    #[inline]
    pub fn declaring(&mut self, name: &str) -> Vec<FileNumber> {
        self.world.declaring(name)
    }

    /// See [`World::using`].
    #[inline]
    pub fn using(&mut self, file: FileNumber) {
        self.world.using(file);
    }
}
