//! Names that begin as those before them do.

use std::ops::Deref;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{NameId, NameTable};

/// A table of names that is stored by *front coding*: of each name how many bytes it shares with the one before, and
/// the rest of it. Of sorted paths and qualified names that is a third of their bytes.
///
/// A name that claims to share much with little of its own makes an error, so that bytes that were made up cannot ask
/// for more memory than a fixed multiple of their number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontCoded(NameTable);

/// How many bytes a name may share for each byte of its own, its end counted as one.
const MAX_SHARED: usize = 8;

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(with = "crate::packed")]
    shared: Vec<u32>,
    rests: NameTable,
}

impl FrontCoded {
    /// Adds a name at the end.
    pub fn push(&mut self, name: &str) -> NameId {
        self.0.push(name)
    }
}

impl Deref for FrontCoded {
    type Target = NameTable;

    fn deref(&self) -> &NameTable {
        &self.0
    }
}

impl Serialize for FrontCoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = Stored { shared: Vec::with_capacity(self.len()), rests: NameTable::default() };
        let mut before = "";
        for name in self.iter() {
            let shared = shared(before, name);
            stored.shared.push(shared as u32);
            stored.rests.push(&name[shared..]);
            before = name;
        }
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FrontCoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { shared, rests } = Stored::deserialize(deserializer)?;
        let made_up = || D::Error::custom("these are no front-coded names");
        if shared.len() != rests.len() {
            return Err(made_up());
        }
        let mut table = NameTable::default();
        let mut name = String::new();
        for (shared, id) in shared.into_iter().zip(0..) {
            let (shared, rest) = (shared as usize, rests.get(NameId(id)).ok_or_else(made_up)?);
            if shared > MAX_SHARED * (rest.len() + 1) || !name.is_char_boundary(shared) {
                return Err(made_up());
            }
            name.truncate(shared);
            name.push_str(rest);
            table.push(&name);
        }
        Ok(Self(table))
    }
}

/// How many bytes a name is said to share with the one before.
fn shared(before: &str, name: &str) -> usize {
    let same = before.bytes().zip(name.bytes()).take_while(|(before, name)| before == name).count();
    // So much that `MAX_SHARED` times what is left, its end counted, is not less.
    let mut shared = same.min(MAX_SHARED * (name.len() + 1) / (MAX_SHARED + 1));
    while !name.is_char_boundary(shared) {
        shared -= 1;
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[&str]) -> FrontCoded {
        let mut table = FrontCoded::default();
        names.iter().for_each(|name| _ = table.push(name));
        table
    }

    #[test]
    fn names_survive_the_round_trip() {
        let long = "x".repeat(1000);
        for names in [
            &["homeassistant/core.py", "homeassistant/core/a.py", "homeassistant", "", "", "a"][..],
            &["é", "è", "èé", "日本", "日木", "日"],
            &[&long, &long, &long, "x"],
            &[],
        ] {
            let stored = postcard::to_stdvec(&table(names)).unwrap();
            assert_eq!(postcard::from_bytes::<FrontCoded>(&stored).unwrap(), table(names), "{names:?}");
        }
    }

    #[test]
    fn what_is_shared_is_stored_once() {
        let names: Vec<String> = (0..100).map(|number| format!("homeassistant/components/{number:03}.py")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(postcard::to_stdvec(&table(&names)).unwrap().len() < 1000);
    }

    #[test]
    fn a_table_cannot_ask_for_more_memory_than_a_multiple_of_its_bytes() {
        let mut rests = NameTable::default();
        rests.push(&"x".repeat(1000));
        rests.push("");
        for (shared, fits) in [(MAX_SHARED, true), (MAX_SHARED + 1, false)] {
            let stored = Stored { shared: vec![0, shared as u32], rests: rests.clone() };
            let stored = postcard::to_stdvec(&stored).unwrap();
            assert_eq!(postcard::from_bytes::<FrontCoded>(&stored).is_ok(), fits, "{shared} bytes");
        }
        let beyond = Stored { shared: vec![1], rests: table(&["abc"]).0 };
        assert!(postcard::from_bytes::<FrontCoded>(&postcard::to_stdvec(&beyond).unwrap()).is_err());
    }
}
