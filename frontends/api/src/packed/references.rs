//! References, which are four fifths of an IR.

use super::{Bytes, Columns, Difference, Packed, codes, unzigzag, zigzag};
use crate::{Binding, ByteOffset, NameId, Reference, ReferenceId, Role, ScopeId, Span, SymbolId, ValueId};

codes!(Role: Read Write Delete Call Base Decorator Annotation Keyword Import);

/// Columns: start (as a difference from the one before), length, name, scope (as a difference), role and kind of
/// binding, what it is bound to. Of an attribute that is how many references lie between it and what it is one of.
impl Packed for Reference {
    fn write(rows: &[Self], into: &mut Columns) {
        let mut before = 0;
        into.column(
            rows.iter().map(|row| row.span.start.0.wrapping_sub(std::mem::replace(&mut before, row.span.start.0))),
        );
        into.column(rows.iter().map(|row| row.span.end.0.wrapping_sub(row.span.start.0)));
        into.column(rows.iter().map(|row| row.name.0));
        let mut scope = Difference::default();
        into.column(rows.iter().map(|row| scope.of(row.scope.0)));
        into.column(rows.iter().map(|row| row.role.code() * 8 + parts(row.binding, 0).0));
        into.column(rows.iter().zip(0..).map(|(row, index)| parts(row.binding, index).1));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut start = 0u32;
        let span = Span::default();
        let blank = Self { name: NameId(0), scope: ScopeId(0), span, role: Role::Read, binding: Binding::Unknown };
        let mut rows = vec![blank; count];
        from.fill(&mut rows, |row, difference| {
            start = start.wrapping_add(difference);
            row.span.start = ByteOffset(start);
            Some(())
        })?;
        from.fill(&mut rows, |row, length| {
            row.span.end.0 = row.span.start.0.wrapping_add(length);
            Some(())
        })?;
        from.fill(&mut rows, |row, name| {
            row.name = NameId(name);
            Some(())
        })?;
        let mut scope = Difference::default();
        from.fill(&mut rows, |row, difference| {
            row.scope = ScopeId(scope.undo(difference));
            Some(())
        })?;
        let mut kinds = Vec::with_capacity(count);
        from.fill(&mut rows, |row, code| {
            row.role = Role::from_code(code / 8)?;
            kinds.push((code % 8) as u8);
            Some(())
        })?;
        for ((row, index), kind) in rows.iter_mut().zip(0..).zip(kinds) {
            row.binding = binding(kind, from.small()?, index);
        }
        Some(rows)
    }
}

/// A binding as its kind and what it is bound to.
fn parts(binding: Binding, index: u32) -> (u32, u32) {
    match binding {
        Binding::Symbol(SymbolId(symbol)) => (0, symbol),
        Binding::Free => (1, 0),
        Binding::Attribute(ReferenceId(base)) => (2, zigzag(index.wrapping_sub(base))),
        Binding::Unknown => (3, 0),
        Binding::Member(ValueId(value)) => (4, value),
        Binding::Keyword(ValueId(value)) => (5, value),
        Binding::Import(import) => (6, import),
        Binding::Module(import) => (7, import),
    }
}

fn binding(kind: u8, to: u32, index: u32) -> Binding {
    match kind {
        0 => Binding::Symbol(SymbolId(to)),
        1 => Binding::Free,
        2 => Binding::Attribute(ReferenceId(index.wrapping_sub(unzigzag(to)))),
        4 => Binding::Member(ValueId(to)),
        5 => Binding::Keyword(ValueId(to)),
        6 => Binding::Import(to),
        7 => Binding::Module(to),
        _ => Binding::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::super::round_trip;
    use super::*;

    #[test]
    fn references_survive_the_round_trip() {
        let bindings = [
            Binding::Symbol(SymbolId(7)),
            Binding::Free,
            Binding::Attribute(ReferenceId(0)),
            Binding::Attribute(ReferenceId(u32::MAX)),
            Binding::Member(ValueId(9)),
            Binding::Keyword(ValueId(300)),
            Binding::Import(2),
            Binding::Module(0),
            Binding::Unknown,
        ];
        let references = Role::CODED.iter().flat_map(|role| bindings.map(|binding| (*role, binding))).enumerate();
        let references: Vec<Reference> = references
            .map(|(index, (role, binding))| Reference {
                name: NameId(index as u32 * 31 % 17),
                scope: ScopeId(index as u32 * 7 % 5),
                span: Span { start: ByteOffset(index as u32 * 3), end: ByteOffset(index as u32 * 3 + 2) },
                role,
                binding,
            })
            .collect();
        assert_eq!(round_trip(&references), references);
    }
}
