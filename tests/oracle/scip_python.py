#!/usr/bin/env python3
"""Compares the definitions that references lead to in two SCIP indexes, scip-python's and Esker's, place by place.

    scip_python.py THEIRS.scip OURS.scip [--root DIR] [--list CLASS] [--json] [--min-agree SHARE] [--max-differ SHARE]
    scip_python.py --index DIR -o FILE [--name NAME] [--version VERSION]

The first form takes every reference of THEIRS whose symbol has a definition in the tree, looks for an occurrence of
OURS that starts at the same place, and compares the lines of both symbols' definitions:

    agree    a line where theirs is defined is one where ours is defined
    differ   both are defined, at no line in common
    missing  ours has no occurrence there, or no definition for it

A reference is cross-file if no definition of its symbol lies in its own file. One at a place where its own symbol is
defined leads nowhere, and is counted apart. Rows tell what is referred to, by theirs (`module`, `class`, `function`,
`variable`, `parameter`, `local`), and how it is written, by CPython's `ast`: `name`, `import`, `import-module`,
`keyword`, `self.`, `cls.`, `super().`, `module.` and so on for attributes, by what theirs says of the name before the
dot. What is `of another name` than the one written was renamed by an import, or is a mistake of theirs: names that come
by one `from … import *` are all the same symbol to it, the one that it saw first. `--list` prints the references of all
classes that contain CLASS, such as `cross/differ/class`. `--min-agree` is the share of all cross-file and of all
same-file references that has to agree, `--max-differ` the share that may differ of those that both resolve; where that
does not hold the exit code is 1.

scip-python says nothing of its encoding; its columns are UTF-16 code units, as those of any document are taken to be
that says nothing. Columns are compared as bytes of UTF-8, for which the source text is read from DIR, or from the
project root that THEIRS names.

The second form installs scip-python into `target/oracle/scip-python` by npm and makes an index of a directory.
"""

import argparse
import ast
import collections
import json
import os
import re
import subprocess
import sys
import urllib.parse

SCIP_PYTHON = "@sourcegraph/scip-python@0.6.6"
DEFINITION = 1
UTF8, UTF16, UTF32 = 1, 2, 3
OUTCOMES = ("agree", "differ", "missing")

Occurrence = collections.namedtuple("Occurrence", "line column symbol roles")
Document = collections.namedtuple("Document", "path encoding occurrences")
Reference = collections.namedtuple("Reference", "path line column shape kind theirs ours reach outcome")


# The wire format of protocol buffers, as far as SCIP's messages need it.


def fields(data):
    """Yields the number and the value of each field of a message: an integer, or the bytes of what has a length."""
    at, end = 0, len(data)
    while at < end:
        tag, at = varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        elif wire in (1, 5):
            width = 8 if wire == 1 else 4
            value, at = data[at : at + width], at + width
        else:
            raise ValueError(f"wire type {wire} at byte {at}")
        yield tag >> 3, value


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def packed(data):
    values, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def read_index(path):
    """The documents of an index by path, and its project root or None."""
    with open(path, "rb") as file:
        data = memoryview(file.read())
    documents, root = {}, None
    for number, value in fields(data):
        if number == 1:
            for inner, found in fields(value):
                if inner == 3:
                    root = urllib.parse.unquote(urllib.parse.urlparse(bytes(found).decode()).path)
        elif number == 2:
            document = read_document(value)
            documents[document.path] = document
    return documents, root


def read_document(data):
    path, encoding, occurrences = "", 0, []
    for number, value in fields(data):
        if number == 1:
            path = bytes(value).decode()
        elif number == 2:
            occurrences.append(read_occurrence(value))
        elif number == 6:
            encoding = value
    return Document(path, encoding, occurrences)


def read_occurrence(data):
    place, symbol, roles = [], "", 0
    for number, value in fields(data):
        if number == 1:
            place.extend([value] if isinstance(value, int) else packed(value))
        elif number == 2:
            symbol = sys.intern(bytes(value).decode())
        elif number == 3:
            roles = value
    return Occurrence(place[0], place[1], symbol, roles)


# Places: lines and columns from zero, columns in bytes of UTF-8.


class Text:
    """The lines of a source file, to turn columns into bytes of UTF-8."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.source = file.read().removeprefix(b"\xef\xbb\xbf")
        self.lines = re.split(rb"\r\n|\r|\n", self.source)

    def column(self, line, column, encoding):
        if encoding == UTF8 or line >= len(self.lines) or self.lines[line].isascii():
            return column
        text = self.lines[line].decode(errors="replace")
        if encoding == UTF32:
            return len(text[:column].encode())
        return len(text.encode("utf-16-le")[: 2 * column].decode("utf-16-le", "replace").encode())

    def word(self, line, column):
        found = re.match(rb"[\w\x80-\xff]+", self.lines[line][column:])
        return found and found[0].decode(errors="replace")


class Side:
    """One index: where its symbols are defined, and what it says at a place."""

    def __init__(self, documents, text):
        self.definitions = collections.defaultdict(set)
        self.places = {}
        for path, document in documents.items():
            places = self.places[path] = collections.defaultdict(list)
            for line, column, symbol, roles in document.occurrences:
                column = text(path).column(line, column, document.encoding or UTF16)
                places[line, column].append((symbol, roles))
                if roles & DEFINITION:
                    self.definitions[self.key(path, symbol)].add((path, line, column))

    @staticmethod
    def key(path, symbol):
        """A symbol that is local to its document means something else in another one."""
        return (path, symbol) if symbol.startswith("local ") else symbol

    def defined(self, path, symbol):
        return self.definitions.get(self.key(path, symbol), frozenset())


def name_of(symbol):
    """The name in the last descriptor of a symbol, without the backticks around one that is no plain identifier."""
    found = re.search(r"(?:([^\s/#.()`]+)|`([^`]+)`)(?:#|\(\)\.|\.|\))$", symbol)
    return found and (found[1] or found[2])


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


# The comparison.


def references(theirs, ours, text):
    for path in sorted(theirs.places):
        places = theirs.places[path]

        def said(line, column):
            kinds = [kind_of(symbol) for symbol, _ in places.get((line, column), ())]
            return kinds[0] if kinds else None

        shapes = Shapes(text(path), said)
        for (line, column), found in sorted(places.items()):
            symbols = [symbol for symbol, roles in found if not roles & DEFINITION and theirs.defined(path, symbol)]
            if not symbols:
                continue
            targets = set().union(*(theirs.defined(path, symbol) for symbol in symbols))
            there = ours.places.get(path, {}).get((line, column), ())
            answers = set().union(*(ours.defined(path, symbol) for symbol, _ in there))
            if (path, line, column) in targets:
                reach = "itself"
            else:
                reach = "same" if any(target[0] == path for target in targets) else "cross"
            shared = {target[:2] for target in targets} & {answer[:2] for answer in answers}
            outcome = "agree" if shared else "differ" if answers else "missing"
            shape = shapes.at(line, column)
            kind = kind_of(symbols[0])
            name = name_of(symbols[0])
            if kind not in ("module", "local") and name and text(path).word(line, column) != name:
                kind += " of another name"
            yield Reference(path, line, column, shape, kind, targets, answers, reach, outcome)


def table(found):
    """Rows of counts by reach, and in each by what is referred to and by how it is written."""
    rows = {}
    for reference in found:
        for title in (reference.reach, f"{reference.reach}/{reference.kind}", f"{reference.reach}//{reference.shape}"):
            row = rows.setdefault(title, dict.fromkeys(OUTCOMES, 0))
            row[reference.outcome] += 1
    for row in rows.values():
        resolved = row["agree"] + row["differ"]
        row["total"] = resolved + row["missing"]
        row["agree of total"] = row["agree"] / row["total"]
        row["differ of resolved"] = row["differ"] / resolved if resolved else 0.0
    order = {"cross": 0, "same": 1, "itself": 2}
    return dict(sorted(rows.items(), key=lambda item: (order[item[0].split("/")[0]], item[0].count("/"), -item[1]["total"])))


def print_table(rows):
    print(f"{'':44}{'total':>8}{'agree':>8}{'differ':>8}{'missing':>8}   agree  differ of both")
    for title, row in rows.items():
        reach, *rest = title.split("/")
        name = "  " * len(rest) + rest[-1] if rest else {"cross": "cross-file", "same": "same-file"}.get(reach, reach)
        numbers = "".join(f"{row[column]:8}" for column in ("total", *OUTCOMES))
        print(f"{name:44}{numbers} {row['agree of total']:7.4f} {row['differ of resolved']:9.4f}")


def show(place):
    return f"{place[0]}:{place[1] + 1}"


def compare(arguments):
    theirs, root = read_index(arguments.theirs)
    ours, _ = read_index(arguments.ours)
    root = arguments.root or root
    texts = {}

    def text(path):
        if path not in texts:
            texts[path] = Text(os.path.join(root, path))
        return texts[path]

    found = list(references(Side(theirs, text), Side(ours, text), text))
    if arguments.list:
        for one in found:
            title = f"{one.reach}/{one.outcome}/{one.kind}/{one.shape}"
            if arguments.list in title:
                line = text(one.path).lines[one.line].decode(errors="replace").strip()
                theirs_at = ",".join(map(show, sorted(one.theirs)))
                ours_at = ",".join(map(show, sorted(one.ours))) or "-"
                print(f"{one.path}:{one.line + 1}:{one.column + 1}: {title}: theirs {theirs_at}, ours {ours_at}: {line}")
        return 0
    rows = table(found)
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        print_table(rows)
    return failures(rows, arguments.min_agree, arguments.max_differ)


def failures(rows, min_agree, max_differ):
    """Prints which shares are beyond their limits, and returns whether there are any."""
    failed = False
    for reach in ("cross", "same"):
        # An index without references would agree with any other.
        row = rows.get(reach, {"agree of total": 0.0, "differ of resolved": 0.0})
        agree, differ = row["agree of total"], row["differ of resolved"]
        if min_agree is not None and agree < min_agree:
            print(f"{reach}-file: {agree:.4f} agree, which is less than {min_agree}", file=sys.stderr)
            failed = True
        if max_differ is not None and differ > max_differ:
            print(f"{reach}-file: {differ:.4f} differ, which is more than {max_differ}", file=sys.stderr)
            failed = True
    return int(failed)


def index(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    home = arguments.home or os.path.join(os.path.dirname(os.path.dirname(here)), "target", "oracle", "scip-python")
    program = os.path.join(home, "node_modules", ".bin", "scip-python")
    if not os.path.exists(program):
        os.makedirs(home, exist_ok=True)
        # Without a package of its own here, npm would install where it finds one further up.
        with open(os.path.join(home, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"private": true}\n')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", SCIP_PYTHON], cwd=home, check=True)
    # It needs the directory as an absolute path, a name and a version, or the index is empty.
    directory = os.path.abspath(arguments.index)
    name = arguments.name or os.path.basename(directory)
    command = [program, "index", "--quiet", "--cwd", directory, "--project-name", name]
    command += ["--project-version", arguments.version, "--output", os.path.abspath(arguments.output)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("theirs", nargs="?", help="the index of scip-python")
    parser.add_argument("ours", nargs="?", help="the index of Esker")
    parser.add_argument("--root", metavar="DIR", help="where the sources are, if not where THEIRS says")
    parser.add_argument("--list", metavar="CLASS", help="print the references of the classes that contain this")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--min-agree", type=float, metavar="SHARE", help="fail if less than this share agrees")
    parser.add_argument("--max-differ", type=float, metavar="SHARE", help="fail if more than this share differs")
    parser.add_argument("--index", metavar="DIR", help="make an index of this directory by scip-python")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write the index")
    parser.add_argument("--home", metavar="DIR", help="where scip-python is, or is installed to")
    parser.add_argument("--name", help="the project's name in symbols; the directory's by default")
    parser.add_argument("--version", default="0", help="the project's version in symbols")
    arguments = parser.parse_args()
    if arguments.index and arguments.output:
        index(arguments)
    elif arguments.theirs and arguments.ours:
        return compare(arguments)
    else:
        parser.error("two indexes are needed, or --index and -o")


if __name__ == "__main__":
    sys.exit(main())
