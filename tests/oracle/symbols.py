#!/usr/bin/env python3
"""Compares the symbols of files with what CPython's `ast` says that the files define.

    symbols.py DIRECTORY SYMBOLS.json

SYMBOLS.json is what `esker symbols --all --format json .` prints for the directory. Compared are the qualified name,
the kind and the line of the name of

- every class and function wherever it stands, each definition of a name on its own,
- every other name that the body of the module or of a class binds, once, where the first of the places that bind it is
  no class or function. The bodies of `if`, `for`, `try`, `with` and so on belong to it; so do `:=` in comprehensions,
  default values and decorators, and for a module what a function declares `global` and binds,
- every attribute that methods assign to their first parameter, once, if the body of the class does not bind it further
  up. An augmented assignment takes an attribute that is there already.

Nothing may be missing and nothing be there in addition: every difference is printed, and the exit code is 1 if there is
one. Parameters, type parameters and what else only one function knows are left out. A file that this interpreter cannot
parse is skipped, and counted.
"""

import argparse
import ast
import collections
import json
import os
import re
import sys
import warnings

LEFT_OUT = ("parameter", "type-parameter", "module")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """A module, class or function: what it is, the prefix of the names in it, and where its other names are bound."""

    def __init__(self, kind, prefix, outer=None):
        self.kind, self.prefix, self.outer = kind, prefix, outer
        self.bound, self.attributes = {}, {}
        # Of a function: what it declares, all that it binds itself, and its first parameter with the class around it.
        self.globals, self.nonlocals, self.names, self.first = set(), set(), set(), None


class Definitions(ast.NodeVisitor):
    """What a file defines: a counter of (qualified name, kind, line of the name)."""

    def __init__(self, source, path):
        self.lines = re.split(rb"\r\n|\r|\n", source)
        self.found = collections.Counter()
        self.module = self.scope = Scope("module", "")
        self.visit(ast.parse(source, path))
        self.close(self.module)

    # Scopes.

    def close(self, scope):
        """Adds what else than classes and functions a scope binds."""
        if scope.kind == "function":
            return
        for name, (place, kind) in scope.bound.items():
            if kind is not None:
                self.found[scope.prefix + name, kind, place[0]] += 1
        for name, place in scope.attributes.items():
            if name not in scope.bound or place < scope.bound[name][0]:
                self.found[scope.prefix + name, "field", place[0]] += 1

    def home(self, name):
        """The scope in which a binding that is written in the current one takes effect."""
        if name in self.scope.globals:
            return self.module
        scope = self.scope
        if name in scope.nonlocals:
            scope = scope.outer
            while scope.kind != "function" or name not in scope.names:
                scope = scope.outer
        return scope

    def bind(self, name, node, kind="", place=None):
        """Binds a name at the start of a node, or at a place. A definition, which has no kind here, only stands before
        others."""
        scope = self.home(name)
        if kind == "":
            kind = "field" if scope.kind == "class" else "variable"
        place = place or (node.lineno, node.col_offset)
        if name not in scope.bound or place < scope.bound[name][0]:
            scope.bound[name] = place, kind

    def define(self, node, kind):
        """Adds a class or function, and enters its scope."""
        pattern = re.compile(rb"(?:async\s+)?(?:def|class)\b[\s\\]*(\w|[\x80-\xff])")
        line = node.lineno
        found = pattern.match(b"\n".join(self.lines[line - 1 :]), node.col_offset)
        line += found[0].count(b"\n")
        scope = self.home(node.name)
        if kind == "function" and scope.kind == "class":
            kind = "method"
        self.found[scope.prefix + node.name, kind, line] += 1
        self.bind(node.name, node, None)
        prefix = scope.prefix + node.name + (".<locals>." if isinstance(node, FUNCTIONS) else ".")
        return Scope("class" if kind == "class" else "function", prefix, self.scope)

    def visit_ClassDef(self, node):
        self.visit_all(node.decorator_list, node.bases, node.keywords)
        scope = self.scope = self.define(node, "class")
        scope.globals.update(name for child in own_nodes(node.body) if isinstance(child, ast.Global) for name in child.names)
        self.visit_all(node.body)
        self.scope = scope.outer
        self.close(scope)

    def visit_FunctionDef(self, node):
        # Default values, decorators and annotations belong to the scope around.
        self.visit_all(node.decorator_list, [node.args], [node.returns])
        inner = self.define(node, "function")
        inner.names = parameters(node.args)
        for child in own_nodes(node.body):
            match child:
                case ast.Global():
                    inner.globals.update(child.names)
                case ast.Nonlocal():
                    inner.nonlocals.update(child.names)
                case ast.Name(ctx=ast.Store()):
                    inner.names.add(child.id)
        inner.names -= inner.globals | inner.nonlocals
        names = node.args.posonlyargs + node.args.args
        if self.scope.kind == "class" and names and not decorated(node, "staticmethod"):
            inner.first = names[0].arg, self.scope
        elif self.scope.first and self.scope.first[0] not in inner.names:
            # A function inside a method still means the method's `self`.
            inner.first = self.scope.first
        self.scope = inner
        self.visit_all(node.body)
        self.scope = inner.outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self.visit(node.args)
        inner = Scope("function", "", self.scope)
        if self.scope.first and self.scope.first[0] not in parameters(node.args):
            inner.first = self.scope.first
        self.scope = inner
        self.visit(node.body)
        self.scope = inner.outer

    def visit_comprehension_scope(self, node):
        # Of the names that it binds only those by `:=` outlive it.
        for child in ast.walk(node):
            if isinstance(child, ast.NamedExpr):
                self.bind(child.target.id, child.target)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_scope

    # Bindings.

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id, node)

    def visit_AugAssign(self, node):
        # An attribute has to be there before; a name is at least one of the scope.
        if isinstance(node.target, ast.Attribute):
            self.visit_all([node.target.value, node.value])
        else:
            self.generic_visit(node)

    def visit_Attribute(self, node):
        if isinstance(node.ctx, ast.Store) and self.scope.first and isinstance(node.value, ast.Name):
            name, owner = self.scope.first
            if node.value.id == name:
                place = node.end_lineno, node.end_col_offset
                owner.attributes[node.attr] = min(place, owner.attributes.get(node.attr, place))
        self.visit(node.value)

    def visit_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.bind(name, alias, "import")

    def visit_ImportFrom(self, node):
        for alias in node.names:
            if alias.name != "*":
                # What is renamed ends with its new name, which can stand on another line.
                renamed = (alias.end_lineno, alias.end_col_offset - len(alias.asname.encode())) if alias.asname else None
                self.bind(alias.asname or alias.name, alias, "import", renamed)

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bind(node.name, node)
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name:
            self.bind(node.name, node)
        self.generic_visit(node)

    def visit_MatchStar(self, node):
        if node.name:
            self.bind(node.name, node)

    def visit_MatchMapping(self, node):
        if node.rest:
            self.bind(node.rest, node)
        self.generic_visit(node)

    def visit_TypeAlias(self, node):
        self.bind(node.name.id, node.name, "type-alias")

    def visit_all(self, *lists):
        for nodes in lists:
            for node in nodes:
                if node is not None:
                    self.visit(node)


def parameters(arguments):
    return {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}


def own_nodes(body):
    """The nodes of a function's body without those of the scopes inside it."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


def decorated(node, name):
    return any(isinstance(found, ast.Name) and found.id == name for found in node.decorator_list)


def own_symbols(path):
    """The symbols that are compared, a counter for each file."""
    with open(path, encoding="utf-8") as file:
        symbols = json.load(file)
    found = collections.defaultdict(collections.Counter)
    for symbol in symbols:
        name, kind = symbol["name"], symbol["kind"]
        local = name.rpartition(".")[0].endswith(("<locals>", "<comprehension>", "<lambda>"))
        if kind in LEFT_OUT or local and kind not in ("class", "function"):
            continue
        found[symbol["path"]][name, kind, symbol["line"]] += 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory")
    parser.add_argument("symbols")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)

    own = own_symbols(arguments.symbols)
    files = skipped = compared = differences = 0
    kinds = collections.Counter()
    for parent, directories, names in sorted(os.walk(arguments.directory)):
        for name in sorted(names):
            if not name.endswith(".py"):
                continue
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, arguments.directory).replace(os.sep, "/")
            files += 1
            with open(path, "rb") as file:
                source = file.read().removeprefix(b"\xef\xbb\xbf")
            try:
                theirs = Definitions(source, path).found
            except (SyntaxError, ValueError, RecursionError) as error:
                skipped += 1
                print(f"skipped {relative}: {type(error).__name__}: {error}")
                continue
            ours = own[relative]
            compared += theirs.total()
            for (_, kind, _), count in theirs.items():
                kinds[kind] += count
            for side, only in (("missing", theirs - ours), ("more", ours - theirs)):
                for (found, kind, line), count in sorted(only.items()):
                    differences += count
                    print(f"{side} {relative}:{line}: {kind} {found}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"{files} files, {skipped} skipped, {compared} symbols, {differences} differences")
    # Where nothing is compared nothing can differ.
    return 1 if differences or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
