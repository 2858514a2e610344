//! Names that every module sees, and what is known of a few classes from outside.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// The module `builtins` of CPython 3.14, and what the interpreter puts into every module.
const NAMES: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "False",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "None",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "PythonFinalizationError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "True",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "WindowsError",
    "ZeroDivisionError",
    "__annotations__",
    "__build_class__",
    "__builtins__",
    "__cached__",
    "__class__",
    "__debug__",
    "__dict__",
    "__doc__",
    "__file__",
    "__import__",
    "__loader__",
    "__module__",
    "__name__",
    "__package__",
    "__path__",
    "__qualname__",
    "__spec__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "reveal_locals",
    "reveal_type",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "unicode",
    "vars",
    "zip",
];

/// Whether every module sees this name without binding it.
pub(crate) fn is_builtin(name: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| NAMES.iter().copied().collect());
    SET.contains(name)
}

/// Whether the import system, or the class of modules, gives an attribute of this name to every module.
pub(super) fn is_of_every_module(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "__annotations__",
        "__builtins__",
        "__cached__",
        "__class__",
        "__dict__",
        "__doc__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    ];
    NAMES.contains(&name)
}

/// The last part of a dotted name.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether calling something from outside makes an instance of it: by convention, classes are capitalised.
pub(super) fn is_class_name(name: &str) -> bool {
    const LOWER: [&str; 18] = [
        "bool",
        "bytearray",
        "bytes",
        "complex",
        "date",
        "datetime",
        "defaultdict",
        "deque",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "set",
        "str",
        "time",
        "timedelta",
        "tuple",
    ];
    let last = last_part(name);
    last.starts_with(|first: char| first.is_uppercase()) || LOWER.contains(&last)
}

/// What a type's arguments say of the things in it, by the last part of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// The first argument is what iterating gives, and what subscribing gives.
    Sequence,
    /// Every argument is the type of one element.
    Tuple,
    /// The first argument is the key, the second the value.
    Mapping,
    /// The first argument is what awaiting or entering gives.
    Awaitable,
    /// The last argument is what awaiting gives.
    Coroutine,
    /// The last argument is what calling gives.
    Callable,
}

/// What sort of container a type from outside is.
pub(super) fn container(name: &str) -> Option<Container> {
    Some(match last_part(name) {
        "list" | "List" | "set" | "Set" | "frozenset" | "FrozenSet" | "Sequence" | "MutableSequence" | "Collection"
        | "Iterable" | "Iterator" | "Generator" | "AsyncIterable" | "AsyncIterator" | "AsyncGenerator" | "deque"
        | "Deque" | "MutableSet" | "AbstractSet" | "KeysView" | "ValuesView" | "Queue" | "WeakSet" | "Reversible" => {
            Container::Sequence
        }
        "tuple" | "Tuple" => Container::Tuple,
        "dict"
        | "Dict"
        | "Mapping"
        | "MutableMapping"
        | "OrderedDict"
        | "defaultdict"
        | "DefaultDict"
        | "ChainMap"
        | "MappingProxyType"
        | "WeakValueDictionary"
        | "UserDict" => Container::Mapping,
        "Awaitable"
        | "Future"
        | "Task"
        | "ContextManager"
        | "AbstractContextManager"
        | "AsyncContextManager"
        | "AbstractAsyncContextManager" => Container::Awaitable,
        "Coroutine" => Container::Coroutine,
        "Callable" => Container::Callable,
        _ => return None,
    })
}
