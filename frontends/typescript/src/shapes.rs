//! The endings that turn a stem into the path of a file. The constants are positions in [`SHAPES`].

/// The endings. The empty one is for stems that are the path of a file.
pub(crate) const SHAPES: [&str; 15] = [
    "", ".ts", ".tsx", ".d.ts", ".mts", ".d.mts", ".cts", ".d.cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue",
    ".svelte",
];

pub(crate) const ITSELF: usize = 0;
pub(crate) const TS: usize = 1;
pub(crate) const TSX: usize = 2;
pub(crate) const D_TS: usize = 3;
pub(crate) const MTS: usize = 4;
pub(crate) const D_MTS: usize = 5;
pub(crate) const CTS: usize = 6;
pub(crate) const D_CTS: usize = 7;
pub(crate) const JS: usize = 8;
pub(crate) const JSX: usize = 9;
pub(crate) const MJS: usize = 10;
pub(crate) const CJS: usize = 11;
pub(crate) const JSON: usize = 12;
pub(crate) const VUE: usize = 13;
pub(crate) const SVELTE: usize = 14;

/// The shapes of files that declare types and nothing else.
pub(crate) const DECLARATIONS: [usize; 3] = [D_TS, D_MTS, D_CTS];
