//! Symbols, scopes, and what the text says about symbols.

use super::{Bytes, Columns, Difference, Packed, codes, from_optional};
use crate::{
    ByteOffset, Fact, FactKind, NameId, Scope, ScopeId, ScopeKind, Span, Symbol, SymbolFlags, SymbolId, SymbolKind,
    ValueId,
};

codes!(SymbolKind: Module Class Function Method Variable Parameter Field TypeParameter TypeAlias Import Interface Enum Namespace);
codes!(ScopeKind: Module Class Function Lambda Comprehension TypeParameters Block Namespace);
codes!(FactKind: Type Assigned Default Returned Decorator Base Metaclass Parameter Signature);

/// Columns: name, kind, flags, scope, body, span (its start as a difference from the one before, its length), the
/// name's span (its start from that of the first, its length), import.
impl Packed for Symbol {
    fn write(rows: &[Self], into: &mut Columns) {
        into.column(rows.iter().map(|row| row.name.0));
        into.column(rows.iter().map(|row| row.kind.code()));
        into.column(rows.iter().map(|row| row.flags.bits().into()));
        let mut scope = Difference::default();
        into.column(rows.iter().map(|row| scope.of(row.scope.0)));
        into.optional(rows.iter().map(|row| row.body.map(|body| body.0)));
        write_spans(rows.iter().map(|row| row.span), into);
        into.column(rows.iter().map(|row| Difference(row.span.start.0).of(row.name_span.start.0)));
        into.column(rows.iter().map(|row| row.name_span.end.0.wrapping_sub(row.name_span.start.0)));
        into.optional(rows.iter().map(|row| row.import));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            rows.push(Self {
                name: NameId(from.small()?),
                kind: SymbolKind::Module,
                flags: SymbolFlags::empty(),
                scope: ScopeId(0),
                body: None,
                span: Span::default(),
                name_span: Span::default(),
                import: None,
            });
        }
        from.fill(&mut rows, |row, code| {
            row.kind = SymbolKind::from_code(code)?;
            Some(())
        })?;
        from.fill(&mut rows, |row, flags| {
            row.flags = SymbolFlags::from_bits_retain(u16::try_from(flags).ok()?);
            Some(())
        })?;
        let mut scope = Difference::default();
        from.fill(&mut rows, |row, difference| {
            row.scope = ScopeId(scope.undo(difference));
            Some(())
        })?;
        for row in &mut rows {
            row.body = from_optional(from.number()?)?.map(ScopeId);
        }
        read_spans(&mut rows, |row| &mut row.span, from)?;
        from.fill(&mut rows, |row, difference| {
            row.name_span.start = ByteOffset(Difference(row.span.start.0).undo(difference));
            Some(())
        })?;
        from.fill(&mut rows, |row, length| {
            row.name_span.end.0 = row.name_span.start.0.wrapping_add(length);
            Some(())
        })?;
        for row in &mut rows {
            row.import = from_optional(from.number()?)?;
        }
        Some(rows)
    }
}

/// Columns: kind, parent, owner, span.
impl Packed for Scope {
    fn write(rows: &[Self], into: &mut Columns) {
        into.column(rows.iter().map(|row| row.kind.code()));
        into.optional(rows.iter().map(|row| row.parent.map(|parent| parent.0)));
        into.optional(rows.iter().map(|row| row.owner.map(|owner| owner.0)));
        write_spans(rows.iter().map(|row| row.span), into);
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            let kind = ScopeKind::from_code(from.small()?)?;
            rows.push(Self { kind, parent: None, owner: None, span: Span::default() });
        }
        for row in &mut rows {
            row.parent = from_optional(from.number()?)?.map(ScopeId);
        }
        for row in &mut rows {
            row.owner = from_optional(from.number()?)?.map(SymbolId);
        }
        read_spans(&mut rows, |row| &mut row.span, from)?;
        Some(rows)
    }
}

/// Columns: symbol and value, as differences, and the kind.
impl Packed for Fact {
    fn write(rows: &[Self], into: &mut Columns) {
        let (mut symbol, mut value) = (Difference::default(), Difference::default());
        into.column(rows.iter().map(|row| symbol.of(row.symbol.0)));
        into.column(rows.iter().map(|row| row.kind.code()));
        into.column(rows.iter().map(|row| value.of(row.value.0)));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let (mut symbol, mut value) = (Difference::default(), Difference::default());
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            let symbol = SymbolId(symbol.undo(from.small()?));
            rows.push(Self { symbol, kind: FactKind::Type, value: ValueId(0) });
        }
        from.fill(&mut rows, |row, code| {
            row.kind = FactKind::from_code(code)?;
            Some(())
        })?;
        from.fill(&mut rows, |row, difference| {
            row.value = ValueId(value.undo(difference));
            Some(())
        })?;
        Some(rows)
    }
}

/// The same without the symbol.
impl Packed for (FactKind, ValueId) {
    fn write(rows: &[Self], into: &mut Columns) {
        let mut value = Difference::default();
        into.column(rows.iter().map(|(kind, _)| kind.code()));
        into.column(rows.iter().map(|(_, id)| value.of(id.0)));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut value = Difference::default();
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            rows.push((FactKind::from_code(from.small()?)?, ValueId(0)));
        }
        from.fill(&mut rows, |row, difference| {
            row.1 = ValueId(value.undo(difference));
            Some(())
        })?;
        Some(rows)
    }
}

fn write_spans(spans: impl Iterator<Item = Span> + Clone, into: &mut Columns) {
    let mut start = Difference::default();
    into.column(spans.clone().map(|span| start.of(span.start.0)));
    into.column(spans.map(|span| span.end.0.wrapping_sub(span.start.0)));
}

fn read_spans<T>(rows: &mut [T], span: fn(&mut T) -> &mut Span, from: &mut Bytes<'_>) -> Option<()> {
    let mut start = Difference::default();
    from.fill(rows, |row, difference| {
        span(row).start = ByteOffset(start.undo(difference));
        Some(())
    })?;
    from.fill(rows, |row, length| {
        let span = span(row);
        span.end.0 = span.start.0.wrapping_add(length);
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::round_trip;
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { start: ByteOffset(start), end: ByteOffset(end) }
    }

    #[test]
    fn symbols_survive_the_round_trip() {
        let symbols: Vec<Symbol> = SymbolKind::CODED
            .iter()
            .zip(0u32..)
            .map(|(kind, index)| Symbol {
                name: NameId(index * 77),
                kind: *kind,
                flags: SymbolFlags::from_bits_retain(1 << index),
                scope: ScopeId(12 - index),
                body: (index % 2 == 0).then_some(ScopeId(u32::MAX - index)),
                span: span(1000 - index * 70, 1000 + index),
                // Recovery from syntax errors can leave a name outside of its definition.
                name_span: span(index, 3),
                import: (index % 3 == 0).then_some(index),
            })
            .collect();
        assert_eq!(round_trip(&symbols), symbols);
    }

    #[test]
    fn scopes_and_facts_survive_the_round_trip() {
        let scopes: Vec<Scope> = ScopeKind::CODED
            .iter()
            .zip(0u32..)
            .map(|(kind, index)| Scope {
                kind: *kind,
                parent: index.checked_sub(1).map(ScopeId),
                owner: (index % 2 == 1).then_some(SymbolId(index * 1000)),
                span: span(index * 5, 100_000 - index),
            })
            .collect();
        assert_eq!(round_trip(&scopes), scopes);
        let facts: Vec<Fact> = FactKind::CODED
            .iter()
            .zip(0u32..)
            .map(|(kind, index)| Fact {
                symbol: SymbolId(index * 9),
                kind: *kind,
                value: ValueId(u32::MAX - index * 300),
            })
            .collect();
        assert_eq!(round_trip(&facts), facts);
        let pairs: Vec<_> = facts.iter().map(|fact| (fact.kind, fact.value)).collect();
        assert_eq!(round_trip(&pairs), pairs);
    }
}
