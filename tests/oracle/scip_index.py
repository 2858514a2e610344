"""Reads SCIP indexes, and compares the definitions that references lead to in two of them, place by place.

`scip_python.py` and `scip_typescript.py` are the programs; what they have in common is here. Every reference of THEIRS
whose symbol has a definition in the tree is looked for in OURS at the same place, and the lines of both symbols'
definitions are compared:

    agree    a line where theirs is defined is one where ours is defined
    differ   both are defined, at no line in common
    missing  ours has no occurrence there, or no definition for it

A reference is cross-file if no definition of its symbol lies in its own file. One at a place where its own symbol is
defined leads nowhere, and is counted apart. Rows tell what is referred to, by theirs, and how it is written. `--list`
prints the references of all classes that contain CLASS, such as `cross/differ/class`. `--min-agree` is the share of all
cross-file and of all same-file references that has to agree, `--max-differ` the share that may differ of those that both
resolve; where that does not hold the exit code is 1.

An indexer that says nothing of its encoding has columns in UTF-16 code units, as those of any document are taken to be
that says nothing. Columns are compared as bytes of UTF-8, for which the source text is read from `--root`, or from the
project root that THEIRS names.
"""

import argparse
import collections
import json
import os
import re
import sys
import urllib.parse

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


# The comparison.


def references(theirs, ours, text, language):
    """Judges every reference of theirs. `language` tells what a symbol of theirs is (`kind_of`), and how what stands at
    a place of a file is written (`shapes`, whose result is asked `at(line, column)`). It may tell where ours is to be
    looked for (`place`), another symbol that stands for the same (`same_as`), and whether something is no matter where
    ours has a symbol without a definition (`is_outside`, asked with where theirs is defined)."""
    kind_of = language.kind_of
    place = getattr(language, "place", lambda text, line, column: (line, column))
    same_as = getattr(language, "same_as", lambda symbol: symbol)
    is_outside = getattr(language, "is_outside", lambda text, line, column: False)
    for path in sorted(theirs.places):
        places = theirs.places[path]

        def said(line, column):
            kinds = [kind_of(symbol) for symbol, _ in places.get((line, column), ())]
            return kinds[0] if kinds else None

        shapes = language.shapes(text(path), said)
        for (line, column), found in sorted(places.items()):
            symbols = [symbol for symbol, roles in found if not roles & DEFINITION and theirs.defined(path, symbol)]
            if not symbols:
                continue
            meant = [*symbols, *map(same_as, symbols)]
            targets = set().union(*(theirs.defined(path, symbol) for symbol in meant))
            there = ours.places.get(path, {}).get(place(text(path), line, column), ())
            answers = set().union(*(ours.defined(path, symbol) for symbol, _ in there))
            if there and not answers and all(is_outside(text(target[0]), *target[1:]) for target in targets):
                continue
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


def compare(arguments, language):
    theirs, root = read_index(arguments.theirs)
    ours, _ = read_index(arguments.ours)
    root = arguments.root or root
    texts = {}

    def text(path):
        if path not in texts:
            texts[path] = Text(os.path.join(root, path))
        return texts[path]

    found = list(references(Side(theirs, text), Side(ours, text), text, language))
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




# The programs.


def default_home(name):
    """Where a program is installed unless somebody says otherwise."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(os.path.dirname(os.path.dirname(here)), "target", "oracle", name)


def arguments_of(documentation, indexer):
    """The parser of the arguments that the programs have in common."""
    parser = argparse.ArgumentParser(description=documentation.splitlines()[0])
    parser.add_argument("theirs", nargs="?", help=f"the index of {indexer}")
    parser.add_argument("ours", nargs="?", help="the index of Esker")
    parser.add_argument("--root", metavar="DIR", help="where the sources are, if not where THEIRS says")
    parser.add_argument("--list", metavar="CLASS", help="print the references of the classes that contain this")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--min-agree", type=float, metavar="SHARE", help="fail if less than this share agrees")
    parser.add_argument("--max-differ", type=float, metavar="SHARE", help="fail if more than this share differs")
    parser.add_argument("--index", metavar="DIR", help=f"make an index of this directory by {indexer}")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write the index")
    parser.add_argument("--home", metavar="DIR", help=f"where {indexer} is, or is installed to")
    return parser


def run(parser, index, language):
    """Does what the arguments ask for; returns the exit code."""
    arguments = parser.parse_args()
    if arguments.index and arguments.output:
        index(arguments)
        return 0
    if arguments.theirs and arguments.ours:
        return compare(arguments, language)
    parser.error("two indexes are needed, or --index and -o")
