#!/usr/bin/env python3
"""Compares the definitions that references lead to in two SCIP indexes, scip-python's and Esker's, place by place.

    scip_python.py THEIRS.scip OURS.scip [--root DIR] [--list CLASS] [--json] [--min-agree SHARE] [--max-differ SHARE]
    scip_python.py --index DIR -o FILE [--name NAME] [--version VERSION]

How is told in `scip_index.py`. Rows tell what is referred to, by theirs (`module`, `class`, `function`, `variable`,
`parameter`, `local`), and how it is written, by CPython's `ast`: `name`, `import`, `import-module`, `keyword`, `self.`,
`cls.`, `super().`, `module.` and so on for attributes, by what theirs says of the name before the dot. What is `of
another name` than the one written was renamed by an import, or is a mistake of theirs: names that come by one `from …
import *` are all the same symbol to it, the one that it saw first.

The second form installs scip-python into `target/oracle/scip-python` by npm and makes an index of a directory.
"""

import ast
import os
import re
import subprocess
import sys
import types

import npm
import scip_index

SCIP_PYTHON = "@sourcegraph/scip-python@0.6.6"


def kind_of(symbol):
    """What a symbol of scip-python is, by the last of its descriptors."""
    for end, kind in (("__init__:", "module"), ("#", "class"), ("().", "function"), (")", "parameter"), (".", "variable")):
        if symbol.endswith(end):
            return kind
    return "local" if symbol.startswith("local ") else "other"


# How a reference is written.


class Shapes(ast.NodeVisitor):
    """The shape of what stands at each place of a file.

    `said` tells what the other index says of the name at a place, which classifies the base of an attribute.
    """

    def __init__(self, text, said):
        self.lines, self.said = text.lines, said
        self.shapes, self.strings, self.firsts, self.within = {}, [], [], []
        try:
            self.visit(ast.parse(text.source))
        except (SyntaxError, ValueError, RecursionError):
            pass

    def at(self, line, column):
        found = self.shapes.get((line, column))
        if found:
            return found
        inside = any(start <= (line, column) < end for start, end in self.strings)
        return "in-string" if inside else "other"

    def put(self, line, column, shape):
        context = self.within[-1] + " " if self.within else ""
        self.shapes[line - 1, column] = context + shape

    def find(self, node, pattern, shape):
        """Puts the shape at what the pattern's group finds, matched from the start of the node."""
        line = self.lines[node.lineno - 1]
        found = re.compile(pattern).match(line, node.col_offset)
        if found:
            self.put(node.lineno, found.start(1), shape)

    def inside(self, context, nodes):
        self.within.append(context)
        for node in nodes:
            if node is not None:
                self.visit(node)
        self.within.pop()

    def visit_Name(self, node):
        self.put(node.lineno, node.col_offset, "name" if isinstance(node.ctx, ast.Load) else "name=")

    def visit_Attribute(self, node):
        column = node.end_col_offset - len(node.attr.encode())
        store = "" if isinstance(node.ctx, ast.Load) else "="
        self.put(node.end_lineno, column, self.base(node.value) + "." + store)
        self.visit(node.value)

    def base(self, node):
        match node:
            case ast.Name():
                if self.firsts and node.id == self.firsts[-1]:
                    return node.id if node.id in ("self", "cls") else "self"
                return self.said(node.lineno - 1, node.col_offset) or "unknown"
            case ast.Attribute():
                column = node.end_col_offset - len(node.attr.encode())
                kind = self.said(node.end_lineno - 1, column) or "unknown"
                return kind if kind in ("module", "class") else self.base(node.value) + ".attribute"
            case ast.Call(func=ast.Name(id="super")):
                return "super()"
            case ast.Call():
                return "call()"
            case ast.Subscript():
                return "subscript[]"
        return "expression"

    def visit_keyword(self, node):
        if node.arg:
            self.put(node.lineno, node.col_offset, "keyword")
        self.visit(node.value)

    def visit_arg(self, node):
        self.put(node.lineno, node.col_offset, "parameter")
        self.inside("annotation", [node.annotation])

    def visit_AnnAssign(self, node):
        self.inside("annotation", [node.annotation])
        self.visit(node.target)
        if node.value:
            self.visit(node.value)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            end = node.end_lineno - 1, node.end_col_offset
            self.strings.append(((node.lineno - 1, node.col_offset), end))

    def visit_Import(self, node):
        for alias in node.names:
            self.put(alias.lineno, alias.col_offset, "import-module")
            self.put_alias(alias)

    def visit_ImportFrom(self, node):
        self.find(node, rb"from\s+([.\w]+)", "import-module")
        for alias in node.names:
            self.put(alias.lineno, alias.col_offset, "import")
            self.put_alias(alias)

    def put_alias(self, alias):
        if alias.asname:
            self.put(alias.end_lineno, alias.end_col_offset - len(alias.asname.encode()), "import-as")

    def visit_ClassDef(self, node):
        self.inside("decorator", node.decorator_list)
        self.find(node, rb"class\s+(\w+)", "class-name")
        self.inside("base-class", node.bases)
        self.inside("base-class", node.keywords)
        self.firsts.append(None)
        for child in node.body:
            self.visit(child)
        self.firsts.pop()

    def visit_FunctionDef(self, node):
        self.inside("decorator", node.decorator_list)
        self.find(node, rb"(?:async\s+)?def\s+(\w+)", "function-name")
        self.inside("annotation", [node.returns])
        self.visit(node.args)
        in_class = self.firsts and self.firsts[-1] is None
        names = [arg.arg for arg in node.args.posonlyargs + node.args.args]
        static = any(isinstance(found, ast.Name) and found.id == "staticmethod" for found in node.decorator_list)
        # A function inside a method still means the method's `self`.
        outer = self.firsts[-1] if self.firsts else ""
        first = names[0] if in_class and names and not static else "" if in_class or outer in names else outer
        self.firsts.append(first)
        for child in node.body:
            self.visit(child)
        self.firsts.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ExceptHandler(self, node):
        if node.name and node.type:
            self.put(node.type.end_lineno, node.type.end_col_offset + len(" as "), "except-as")
        self.generic_visit(node)

    def visit_Global(self, node):
        line = self.lines[node.lineno - 1]
        for found in re.finditer(rb"\w+", line[node.col_offset :]):
            self.put(node.lineno, node.col_offset + found.start(), "global")

    visit_Nonlocal = visit_Global

    def visit_JoinedStr(self, node):
        # Before CPython 3.12 what stands in an f-string has no places of its own.
        end = node.end_lineno - 1, node.end_col_offset
        self.strings.append(((node.lineno - 1, node.col_offset), end))


# The program.


def index(arguments):
    home = arguments.home or scip_index.default_home("scip-python")
    [program] = npm.install(home, ["scip-python"], [SCIP_PYTHON])
    # It needs the directory as an absolute path, a name and a version, or the index is empty.
    directory = os.path.abspath(arguments.index)
    name = arguments.name or os.path.basename(directory)
    command = [program, "index", "--quiet", "--cwd", directory, "--project-name", name]
    command += ["--project-version", arguments.version, "--output", os.path.abspath(arguments.output)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def main():
    parser = scip_index.arguments_of(__doc__, "scip-python")
    parser.add_argument("--name", help="the project's name in symbols; the directory's by default")
    parser.add_argument("--version", default="0", help="the project's version in symbols")
    return scip_index.run(parser, index, types.SimpleNamespace(kind_of=kind_of, shapes=Shapes))


if __name__ == "__main__":
    sys.exit(main())
