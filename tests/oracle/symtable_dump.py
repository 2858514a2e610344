"""Describes the files of a directory as CPython sees them, for comparison with Esker's Python frontend.

    python symtable_dump.py DIRECTORY > cpython.jsonl

Writes one JSON object a line for each `.py` file, sorted by path, with

    scopes       from `symtable`: kind, name, line, and each name's class: local, free or global, and whether it is a
                 parameter or imported
    definitions  from `ast`: line of the name, kind, name, and whether asynchronous, for every class and function
    imports      from `ast`: line, module with leading dots, member or null, for every name in an import statement

A file that this interpreter cannot compile is described as {"path": …, "skipped": the reason}.
"""

import ast
import json
import os
import symtable
import sys
import tokenize
import warnings

COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def main(directory):
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    paths = []
    for parent, _, files in os.walk(directory):
        paths.extend(os.path.join(parent, name) for name in files if name.endswith(".py"))
    for path in sorted(paths):
        with open(path, "rb") as file:
            source = file.read()
        relative = os.path.relpath(path, directory)
        try:
            described = describe(source, path)
        except (SyntaxError, ValueError, RecursionError) as error:
            described = {"skipped": f"{type(error).__name__}: {error}"}
        print(json.dumps({"path": relative, **described}, ensure_ascii=False))


def describe(source, path):
    tree = ast.parse(source, path)
    compile(tree, path, "exec", dont_inherit=True)
    # `symtable` wants text and reads a declared encoding in it again.
    scopes = []
    collect(symtable.symtable(source, path, "exec"), scopes, [])
    return {"scopes": scopes, **statements(tree, source)}


def collect(table, scopes, classes):
    """Describes a scope and those inside it, in the order in which they open."""
    kind, name = table.get_type(), table.get_name()
    names = {}
    inside = classes + [name] if kind == "class" else classes
    # The module takes every function called `top` for a module.
    is_module = kind == "module"
    is_comprehension = name in COMPREHENSIONS and ".0" in table.get_identifiers()
    for symbol in table.get_symbols():
        symbol._Symbol__module_scope = is_module
        written = unmangled(symbol.get_name(), inside)
        # The argument of a comprehension's function is its own matter.
        if written.startswith("."):
            continue
        if not (symbol.is_referenced() or symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported()
                or symbol.is_annotated() or symbol.is_namespace()):
            # Declared global or nonlocal and not used, or passed through to a scope inside.
            continue
        if symbol.is_global() and not (is_module and symbol.is_local()):
            words = ["global"]
        elif symbol.is_free():
            words = ["free"]
        else:
            words = ["local"]
        if symbol.is_parameter():
            words.append("parameter")
        if symbol.is_imported() and words[0] == "local":
            words.append("imported")
        names[written] = " ".join(words)
    line = table.get_lineno()
    if is_comprehension:
        name = "comprehension"
    if kind in ("module", "class", "function"):
        # Later versions have scopes of type parameters too.
        scopes.append({"kind": kind, "name": unmangled(name, classes), "line": line, "names": names})
    for child in table.get_children():
        collect(child, scopes, inside)


def unmangled(name, classes):
    """A private name as it was written."""
    for owner in reversed(classes):
        prefix = "_" + owner.lstrip("_")
        if owner.lstrip("_") and name.startswith(prefix + "__") and not name.endswith("__"):
            return name[len(prefix):]
    return name


def statements(tree, source):
    lines = tokenize_lines(source)
    definitions, imports = [], []
    for node, in_class in walk(tree):
        match node:
            case ast.ClassDef():
                definitions.append([name_line(node, lines), "class", node.name, False])
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                kind = "method" if in_class else "function"
                is_async = isinstance(node, ast.AsyncFunctionDef)
                definitions.append([name_line(node, lines), kind, node.name, is_async])
            case ast.Import():
                imports.extend([alias.lineno, alias.name, None] for alias in node.names)
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                imports.extend([alias.lineno, module, alias.name] for alias in node.names)
    return {"definitions": sorted(definitions), "imports": sorted(imports, key=str)}


def walk(node, in_class=False):
    """Every node inside one, with whether it stands in a class body."""
    stack = [(node, in_class)]
    while stack:
        node, in_class = stack.pop()
        yield node, in_class
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                        inside = False
                    elif isinstance(node, ast.ClassDef):
                        inside = field == "body"
                    else:
                        inside = in_class
                    stack.append((child, inside))


def tokenize_lines(source):
    """For each line of a definition's keyword, the line of the name after it."""
    names = {}
    keyword = None
    for token in tokenize.tokenize(iter(source.splitlines(keepends=True)).__next__):
        if keyword and token.type == tokenize.NAME and token.string not in ("def", "class"):
            names[keyword] = token.start[0]
            keyword = None
        elif token.type == tokenize.NAME and token.string in ("def", "class", "async"):
            keyword = keyword or token.start[0]
    return names


def name_line(node, lines):
    return lines.get(node.lineno, node.lineno)


main(sys.argv[1])
