//! The kinds that an import edge can carry.
//!
//! Kinds are facts about an import; which of them count is a policy, chosen when a question is asked.

use std::fmt;
use std::str::FromStr;

bitflags::bitflags! {
    /// A set of edge kinds, as one import site carries it.
    ///
    /// An import at the top level of a module, outside any `if` or `try`, is exactly [`EdgeKinds::RUNTIME`]. Every
    /// other import carries the kinds that set it apart, and not `RUNTIME`. A policy is a set too: a site counts when
    /// **all** its kinds are in the policy ([`EdgeKinds::admits`]), so taking one kind away takes away every site that
    /// has it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
    #[serde(transparent)]
    pub struct EdgeKinds: u16 {
        /// Executed whenever the importing module is.
        const RUNTIME = 1 << 0;
        /// Seen by type checkers only, such as the body of `if TYPE_CHECKING:`.
        const TYPE_ONLY = 1 << 1;
        /// Inside a function: executed when that is called.
        const LAZY = 1 << 2;
        /// Inside an `if`, a `try`, a loop or a `match`: perhaps not executed.
        const CONDITIONAL = 1 << 3;
        /// Brings in every public name of its target.
        const STAR = 1 << 4;
        /// The `__init__` file of an ancestor package, which an import executes on its way.
        const IMPLICIT_INIT = 1 << 5;
        /// A string that reads like a module name; recorded only when the configuration asks for it.
        const STRING = 1 << 6;
        /// The target is a stub, which stands in for its source when types are checked.
        const STUB = 1 << 7;
        /// A `conftest.py` that the test runner loads for this file because of where it lies.
        const CONFTEST = 1 << 8;
        /// A module that the test runner loads because this file names it as a plugin.
        const PLUGIN = 1 << 9;
        /// No import: the file uses a name that the target declares for all files.
        const GLOBAL = 1 << 10;
    }
}

/// Every kind with the name by which it is asked for and printed, in the order of its bit.
const NAMES: [(EdgeKinds, &str); 11] = [
    (EdgeKinds::RUNTIME, "runtime"),
    (EdgeKinds::TYPE_ONLY, "type-only"),
    (EdgeKinds::LAZY, "lazy"),
    (EdgeKinds::CONDITIONAL, "conditional"),
    (EdgeKinds::STAR, "star"),
    (EdgeKinds::IMPLICIT_INIT, "implicit-init"),
    (EdgeKinds::STRING, "string"),
    (EdgeKinds::STUB, "stub"),
    (EdgeKinds::CONFTEST, "conftest"),
    (EdgeKinds::PLUGIN, "plugin"),
    (EdgeKinds::GLOBAL, "global"),
];

impl EdgeKinds {
    /// The policy of a question that names none: every kind but [`EdgeKinds::STRING`] and [`EdgeKinds::GLOBAL`].
    pub const DEFAULT_POLICY: Self = Self::all().difference(Self::STRING).difference(Self::GLOBAL);

    /// Whether a site with the kinds `site` counts under this policy: all its kinds are in it.
    #[must_use]
    pub const fn admits(self, site: Self) -> bool {
        self.contains(site)
    }

    /// The names of the kinds in this set, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(kind, _)| self.contains(*kind)).map(|(_, name)| *name)
    }

    /// The names of all kinds that exist, in the order in which they are printed.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        Self::all().names()
    }
}

impl fmt::Display for EdgeKinds {
    /// Writes the kinds separated by commas, as [`FromStr`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.names().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// A word in a list of edge kinds that names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind(pub String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no edge kind `{}`; the kinds are all", self.0)?;
        EdgeKinds::all_names().try_for_each(|name| write!(f, ", {name}"))
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for EdgeKinds {
    type Err = UnknownKind;

    /// Reads a policy: a comma list of kinds, `all`, or `-kind` to take one away.
    ///
    /// A list that begins by taking away starts from [`EdgeKinds::DEFAULT_POLICY`], every other one from nothing.
    ///
    /// ```
    /// use esker_frontend_api::EdgeKinds;
    ///
    /// assert_eq!("runtime,star".parse(), Ok(EdgeKinds::RUNTIME | EdgeKinds::STAR));
    /// assert_eq!("-lazy".parse(), Ok(EdgeKinds::DEFAULT_POLICY - EdgeKinds::LAZY));
    /// assert_eq!("all,-stub".parse(), Ok(EdgeKinds::all() - EdgeKinds::STUB));
    /// assert!("eager".parse::<EdgeKinds>().is_err());
    /// assert!("".parse::<EdgeKinds>().is_err());
    /// assert!(",".parse::<EdgeKinds>().is_err());
    /// ```
    fn from_str(list: &str) -> Result<Self, UnknownKind> {
        if list.split(',').all(|word| word.trim().is_empty()) {
            return Err(UnknownKind(list.to_owned()));
        }
        let mut policy = if list.trim_start().starts_with('-') { Self::DEFAULT_POLICY } else { Self::empty() };
        for word in list.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let (removed, name) = match word.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, word),
            };
            let kinds = match name {
                "all" => Self::all(),
                _ => NAMES
                    .iter()
                    .find(|(_, known)| *known == name)
                    .map(|(kind, _)| *kind)
                    .ok_or_else(|| UnknownKind(name.to_owned()))?,
            };
            if removed {
                policy.remove(kinds);
            } else {
                policy.insert(kinds);
            }
        }
        Ok(policy)
    }
}
