//! The names of the standard library's modules: which imports need no file of the repository, and which never use one.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// The top-level modules of the standard library of any CPython from 3.8 to 3.14 on any platform, ascending.
///
/// The union of `sys.stdlib_module_names` over those versions, without the modules that exist to test the interpreter
/// in C, and with `test`, which that list leaves out because distributions do.
#[rustfmt::skip]
const STANDARD: [&str; 344] = [
    "__future__", "__hello__", "__hello_alias__", "__hello_only__", "__phello__", "__phello_alias__", "_abc",
    "_aix_support", "_android_support", "_apple_support", "_ast", "_ast_unparse", "_asyncio", "_bisect", "_blake2",
    "_bootlocale", "_bootsubprocess", "_bz2", "_codecs", "_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp",
    "_codecs_kr", "_codecs_tw", "_collections", "_collections_abc", "_colorize", "_compat_pickle", "_compression",
    "_contextvars", "_crypt", "_csv", "_ctypes", "_curses", "_curses_panel", "_datetime", "_dbm", "_decimal",
    "_dummy_thread", "_elementtree", "_frozen_importlib", "_frozen_importlib_external", "_functools", "_gdbm",
    "_hashlib", "_heapq", "_hmac", "_imp", "_interpchannels", "_interpqueues", "_interpreters", "_io", "_ios_support",
    "_json", "_locale", "_lsprof", "_lzma", "_markupbase", "_md5", "_msi", "_multibytecodec", "_multiprocessing",
    "_opcode", "_opcode_metadata", "_operator", "_osx_support", "_overlapped", "_peg_parser", "_pickle", "_posixshmem",
    "_posixsubprocess", "_py_abc", "_py_warnings", "_pydatetime", "_pydecimal", "_pyio", "_pylong", "_pyrepl",
    "_queue", "_random", "_remote_debugging", "_scproxy", "_sha1", "_sha2", "_sha256", "_sha3", "_sha512", "_signal",
    "_sitebuiltins", "_socket", "_sqlite3", "_sre", "_ssl", "_stat", "_statistics", "_string", "_strptime", "_struct",
    "_suggestions", "_symtable", "_sysconfig", "_thread", "_threading_local", "_tkinter", "_tokenize", "_tracemalloc",
    "_types", "_typing", "_uuid", "_warnings", "_weakref", "_weakrefset", "_winapi", "_wmi", "_xxinterpchannels",
    "_xxsubinterpreters", "_zoneinfo", "_zstd", "abc", "aifc", "annotationlib", "antigravity", "argparse", "array",
    "ast", "asynchat", "asyncio", "asyncore", "atexit", "audioop", "base64", "bdb", "binascii", "binhex", "bisect",
    "builtins", "bz2", "cProfile", "calendar", "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs", "codeop",
    "collections", "colorsys", "compileall", "compression", "concurrent", "configparser", "contextlib", "contextvars",
    "copy", "copyreg", "crypt", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib",
    "dis", "distutils", "doctest", "dummy_threading", "email", "encodings", "ensurepip", "enum", "errno",
    "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch", "formatter", "fractions", "ftplib", "functools", "gc",
    "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac",
    "html", "http", "idlelib", "imaplib", "imghdr", "imp", "importlib", "inspect", "io", "ipaddress", "itertools",
    "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma", "mailbox", "mailcap", "marshal", "math",
    "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nt",
    "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "parser", "pathlib",
    "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath",
    "pprint", "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue",
    "quopri", "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select",
    "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket", "socketserver",
    "spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics", "string",
    "stringprep", "struct", "subprocess", "sunau", "symbol", "symtable", "sys", "sysconfig", "syslog", "tabnanny",
    "tarfile", "telnetlib", "tempfile", "termios", "test", "textwrap", "this", "threading", "time", "timeit", "tkinter",
    "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle", "turtledemo", "types",
    "typing", "unicodedata", "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser",
    "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];

/// The modules compiled into every build of CPython from 3.8 to 3.14, ascending.
///
/// `BuiltinImporter` stands first on `sys.meta_path`, so no file of these names is ever imported. Left out are the
/// modules that some build loads from a file (`math`) or does not have at all (`posix`). Frozen modules (`os`,
/// `codecs`) are left out too: they come before `sys.path` only since CPython 3.11, and not under `-X
/// frozen_modules=off`.
#[rustfmt::skip]
const BUILTIN: [&str; 27] = [
    "_abc", "_ast", "_codecs", "_collections", "_functools", "_imp", "_io", "_locale", "_operator", "_signal", "_sre",
    "_stat", "_string", "_symtable", "_thread", "_tracemalloc", "_warnings", "_weakref", "atexit", "builtins", "errno",
    "faulthandler", "gc", "itertools", "marshal", "sys", "time",
];

/// The modules that not every CPython from 3.8 to 3.14 has, ascending, so that a repository may hold them in the stead
/// of the library; and `test`, which distributions leave out. Modules with an underscore before their name are not
/// listed.
#[rustfmt::skip]
const UNSETTLED: [&str; 36] = [
    "aifc", "annotationlib", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "compression", "crypt",
    "distutils", "dummy_threading", "formatter", "graphlib", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis",
    "nntplib", "ossaudiodev", "parser", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "symbol", "telnetlib", "test",
    "tomllib", "uu", "xdrlib", "zoneinfo",
];

/// The modules of the library that have submodules, ascending.
#[rustfmt::skip]
const PACKAGES: [&str; 32] = [
    "asyncio", "collections", "concurrent", "ctypes", "curses", "dbm", "email", "encodings", "ensurepip", "html", "http",
    "idlelib", "importlib", "json", "logging", "multiprocessing", "os", "pathlib", "pydoc_data", "re", "sqlite3",
    "string", "sysconfig", "tkinter", "turtledemo", "unittest", "urllib", "venv", "wsgiref", "xml", "xmlrpc", "zipfile",
];

/// Whether every supported version of the standard library has what a name asks for, as far as its first two components
/// tell: `calendar.models` is not in the module `calendar` of the library.
pub(crate) fn is_settled(name: &str) -> bool {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    is_standard(first)
        && !first.starts_with('_')
        && UNSETTLED.binary_search(&first).is_err()
        && (rest.is_empty() || PACKAGES.binary_search(&first).is_ok())
}

/// Whether some supported version of the standard library has this top-level module.
pub(crate) fn is_standard(module: &str) -> bool {
    // Asked for every import.
    static ALL: LazyLock<FxHashSet<&str>> = LazyLock::new(|| STANDARD.iter().copied().collect());
    ALL.contains(module)
}

/// Whether the interpreter has this top-level module inside itself, whatever lies on the path.
pub(crate) fn is_builtin(module: &str) -> bool {
    BUILTIN.binary_search(&module).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_as_binary_search_needs() {
        assert!(STANDARD.is_sorted_by(|a, b| a < b));
        assert!(BUILTIN.is_sorted_by(|a, b| a < b));
        assert!(UNSETTLED.is_sorted_by(|a, b| a < b));
        assert!(PACKAGES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn every_builtin_module_is_a_standard_one() {
        assert_eq!(BUILTIN.iter().find(|name| !is_standard(name)), None);
        assert_eq!(UNSETTLED.iter().chain(&PACKAGES).find(|name| !is_standard(name)), None);
    }

    #[test]
    fn modules_of_any_supported_version_are_standard() {
        for module in ["os", "distutils", "asyncore", "tomllib", "annotationlib", "__future__", "zoneinfo"] {
            assert!(is_standard(module), "{module}");
        }
        assert!(!is_standard("numpy"));
    }

    #[test]
    fn what_a_repository_may_hold_itself_is_not_settled() {
        assert!(is_settled("types") && is_settled("json") && is_settled("json.decoder"));
        assert!(
            !is_settled("asyncore") && !is_settled("test") && !is_settled("calendar.models") && !is_settled("numpy")
        );
    }

    #[test]
    fn frozen_and_extension_modules_are_not_builtin() {
        assert!(is_builtin("sys") && is_builtin("time"));
        assert!(!is_builtin("os") && !is_builtin("math") && !is_builtin("posix"));
    }
}
