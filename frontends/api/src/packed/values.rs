//! Values.

use super::{Bytes, Columns, Packed, codes, unzigzag, zigzag};
use crate::{Literal, NameId, ReferenceId, ScopeId, Value, ValueId, ValueList};

codes!(Literal: None Boolean Integer Number Text Bytes Tuple List Set Mapping Function Ellipsis);

/// The code of the first sort of literal; the others follow.
const LITERALS: u32 = 17;

/// The first code after those of literals.
const AFTER_LITERALS: u32 = LITERALS + Literal::CODED.len() as u32;

/// Columns: what sort of value it is, and two numbers. A value that it is made of is told by how far before it that one
/// stands.
impl Packed for Value {
    fn write(rows: &[Self], into: &mut Columns) {
        into.column(rows.iter().map(|row| parts(*row, 0).0));
        into.column(rows.iter().zip(0..).map(|(row, index)| parts(*row, index).1));
        into.column(rows.iter().zip(0..).map(|(row, index)| parts(*row, index).2));
    }

    fn read(count: usize, from: &mut Bytes<'_>) -> Option<Vec<Self>> {
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            parts.push((from.small()?, 0, 0));
        }
        from.fill(&mut parts, |part, number| {
            part.1 = number;
            Some(())
        })?;
        from.fill(&mut parts, |part, number| {
            part.2 = number;
            Some(())
        })?;
        parts.into_iter().zip(0..).map(|((code, one, two), index)| value(code, one, two, index)).collect()
    }
}

fn parts(value: Value, index: u32) -> (u32, u32, u32) {
    let of = |ValueId(inner): ValueId| zigzag(index.wrapping_sub(inner));
    match value {
        Value::Unknown => (0, 0, 0),
        Value::Reference(ReferenceId(reference)) => (1, reference, 0),
        Value::Import(import) => (2, import, 0),
        Value::Name(NameId(name)) => (3, name, 0),
        Value::Instance => (4, 0, 0),
        Value::Class => (5, 0, 0),
        Value::Member(inner, NameId(name)) => (6, of(inner), name),
        Value::Call(inner) => (7, of(inner), 0),
        Value::Item(inner, list) => (8, of(inner), list.packed()),
        Value::Awaited(inner) => (9, of(inner), 0),
        Value::Element(inner) => (10, of(inner), 0),
        Value::Entered(inner) => (11, of(inner), 0),
        Value::EnteredAsync(inner) => (12, of(inner), 0),
        Value::ElementAsync(inner) => (13, of(inner), 0),
        Value::Unpacked(inner, position) => (14, of(inner), position),
        Value::Either(list) => (15, list.packed(), 0),
        Value::Annotated(inner) => (16, of(inner), 0),
        Value::Literal(literal, list) => (LITERALS + literal.code(), list.packed(), 0),
        Value::Argument(inner, position) => (AFTER_LITERALS, of(inner), position),
        Value::TypeOf(inner) => (AFTER_LITERALS + 1, of(inner), 0),
        Value::Scope(ScopeId(scope)) => (AFTER_LITERALS + 2, scope, 0),
        Value::Variable(up, position) => (AFTER_LITERALS + 3, up, position),
        Value::Unit(NameId(name)) => (AFTER_LITERALS + 4, name, 0),
        Value::Narrowed(inner, guard) => (AFTER_LITERALS + 5, of(inner), of(guard)),
        Value::Excluded(inner, guard) => (AFTER_LITERALS + 6, of(inner), of(guard)),
        Value::Applied(inner, list) => (AFTER_LITERALS + 7, of(inner), list.packed()),
    }
}

fn value(code: u32, one: u32, two: u32, index: u32) -> Option<Value> {
    let of = |number| ValueId(index.wrapping_sub(unzigzag(number)));
    let inner = of(one);
    Some(match code {
        0 => Value::Unknown,
        1 => Value::Reference(ReferenceId(one)),
        2 => Value::Import(one),
        3 => Value::Name(NameId(one)),
        4 => Value::Instance,
        5 => Value::Class,
        6 => Value::Member(inner, NameId(two)),
        7 => Value::Call(inner),
        8 => Value::Item(inner, ValueList::unpacked(two)),
        9 => Value::Awaited(inner),
        10 => Value::Element(inner),
        11 => Value::Entered(inner),
        12 => Value::EnteredAsync(inner),
        13 => Value::ElementAsync(inner),
        14 => Value::Unpacked(inner, two),
        15 => Value::Either(ValueList::unpacked(one)),
        16 => Value::Annotated(inner),
        AFTER_LITERALS.. => match code - AFTER_LITERALS {
            0 => Value::Argument(inner, two),
            1 => Value::TypeOf(inner),
            2 => Value::Scope(ScopeId(one)),
            3 => Value::Variable(one, two),
            4 => Value::Unit(NameId(one)),
            5 => Value::Narrowed(inner, of(two)),
            6 => Value::Excluded(inner, of(two)),
            7 => Value::Applied(inner, ValueList::unpacked(two)),
            _ => return None,
        },
        literal => Value::Literal(Literal::from_code(literal - LITERALS)?, ValueList::unpacked(one)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::round_trip;
    use super::*;
    use crate::ValueTable;

    #[test]
    fn values_survive_the_round_trip() {
        let mut table = ValueTable::default();
        let one = table.push(Value::Unknown);
        let list = table.push_list(&[one, one]);
        let later = ValueId(900);
        let mut values = vec![
            Value::Reference(ReferenceId(70_000)),
            Value::Import(3),
            Value::Name(NameId(9)),
            Value::Instance,
            Value::Class,
            Value::Member(one, NameId(5)),
            Value::Call(later),
            Value::Item(one, list),
            Value::Item(one, ValueList::EMPTY),
            Value::Awaited(one),
            Value::Element(one),
            Value::Entered(one),
            Value::EnteredAsync(one),
            Value::ElementAsync(one),
            Value::Unpacked(one, u32::MAX),
            Value::Either(list),
            Value::Annotated(later),
            Value::Argument(one, 7),
            Value::TypeOf(later),
            Value::Scope(ScopeId(70_000)),
            Value::Variable(1, 2),
            Value::Unit(NameId(9)),
            Value::Narrowed(one, later),
            Value::Excluded(later, one),
            Value::Applied(later, list),
        ];
        values.extend(Literal::CODED.iter().map(|literal| Value::Literal(*literal, list)));
        assert_eq!(round_trip(&values), values);
    }
}
