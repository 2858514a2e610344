//! The stored form of the tables that have a row for every use of a name.
//!
//! References are four fifths of an IR. They are stored by how they differ from the one before, which makes nearly
//! every number a single byte: 6 bytes a reference instead of 13, on homeassistant.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Binding, ByteOffset, NameId, Reference, ReferenceId, Role, ScopeId, Span, SymbolId, ValueId};

/// A reference as it is stored.
#[derive(Serialize, Deserialize)]
struct PackedReference {
    /// Bytes from the start of the reference before.
    start: u32,
    length: u32,
    name: u32,
    /// Zigzag difference from the scope of the reference before.
    scope: u32,
    /// Role times eight, plus the kind of binding.
    role_and_binding: u8,
    /// The symbol, value or import; for an attribute how many references lie between it and what it is one of.
    target: u32,
}

const ROLES: [Role; 9] = [
    Role::Read,
    Role::Write,
    Role::Delete,
    Role::Call,
    Role::Base,
    Role::Decorator,
    Role::Annotation,
    Role::Keyword,
    Role::Import,
];

pub(crate) fn serialize<S: Serializer>(references: &[Reference], serializer: S) -> Result<S::Ok, S::Error> {
    let mut previous_start = 0;
    let mut previous_scope = 0;
    serializer.collect_seq(references.iter().zip(0u32..).map(|(reference, index)| {
        let (binding, target) = match reference.binding {
            Binding::Symbol(SymbolId(symbol)) => (0, symbol),
            Binding::Free => (1, 0),
            Binding::Attribute(ReferenceId(base)) => (2, zigzag(index.wrapping_sub(base))),
            Binding::Unknown => (3, 0),
            Binding::Member(ValueId(value)) => (4, value),
            Binding::Keyword(ValueId(value)) => (5, value),
            Binding::Import(import) => (6, import),
            Binding::Module(import) => (7, import),
        };
        let packed = PackedReference {
            start: reference.span.start.0.wrapping_sub(previous_start),
            length: reference.span.end.0.wrapping_sub(reference.span.start.0),
            name: reference.name.0,
            scope: zigzag(reference.scope.0.wrapping_sub(previous_scope)),
            role_and_binding: reference.role as u8 * 8 + binding,
            target,
        };
        previous_start = reference.span.start.0;
        previous_scope = reference.scope.0;
        packed
    }))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Reference>, D::Error> {
    let packed = Vec::<PackedReference>::deserialize(deserializer)?;
    let mut start = 0u32;
    let mut scope = 0u32;
    packed
        .into_iter()
        .zip(0u32..)
        .map(|(packed, index)| {
            start = start.wrapping_add(packed.start);
            scope = scope.wrapping_add(unzigzag(packed.scope));
            let role =
                ROLES.get(usize::from(packed.role_and_binding / 8)).ok_or_else(|| D::Error::custom("no such role"))?;
            let binding = match packed.role_and_binding % 8 {
                0 => Binding::Symbol(SymbolId(packed.target)),
                1 => Binding::Free,
                2 => Binding::Attribute(ReferenceId(index.wrapping_sub(unzigzag(packed.target)))),
                4 => Binding::Member(ValueId(packed.target)),
                5 => Binding::Keyword(ValueId(packed.target)),
                6 => Binding::Import(packed.target),
                7 => Binding::Module(packed.target),
                _ => Binding::Unknown,
            };
            let end = ByteOffset(start.wrapping_add(packed.length));
            let span = Span { start: ByteOffset(start), end };
            Ok(Reference { name: NameId(packed.name), scope: ScopeId(scope), span, role: *role, binding })
        })
        .collect()
}

/// Maps small differences of either sign, taken modulo 2³², to small numbers.
fn zigzag(difference: u32) -> u32 {
    let signed = difference.cast_signed();
    ((signed << 1) ^ (signed >> 31)).cast_unsigned()
}

fn unzigzag(number: u32) -> u32 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_survive_the_round_trip() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Table(#[serde(with = "super")] Vec<Reference>);

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
        let references = ROLES.iter().flat_map(|role| bindings.map(|binding| (*role, binding))).enumerate();
        let table = Table(
            references
                .map(|(index, (role, binding))| Reference {
                    name: NameId(index as u32 * 31 % 17),
                    scope: ScopeId(index as u32 * 7 % 5),
                    span: Span { start: ByteOffset(index as u32 * 3), end: ByteOffset(index as u32 * 3 + 2) },
                    role,
                    binding,
                })
                .collect(),
        );
        let bytes = postcard::to_stdvec(&table).unwrap();
        assert_eq!(postcard::from_bytes::<Table>(&bytes), Ok(table));
    }
}
