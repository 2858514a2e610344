#!/usr/bin/env python3
"""Compares the definitions that references lead to in two SCIP indexes, scip-typescript's and Esker's, place by place.

    scip_typescript.py THEIRS.scip OURS.scip [--root DIR] [--list CLASS] [--json] [--min-agree SHARE] [--max-differ SHARE]
    scip_typescript.py --index DIR -o FILE

How is told in `scip_index.py`. Rows tell what is referred to, by theirs (`module`, `type`, `function`, `term`,
`property` of an object literal, `parameter`, `local`), and how it is written: `this.`, `super.` and `x.` for members of a
name, `a.x.` for those of a member, `call().` and the like, `import` and `export` in lists with braces, `key` before a
colon, `name` for everything else.

The second form installs scip-typescript into `target/oracle/scip-typescript` by npm and makes an index of a directory,
which needs a `tsconfig.json`.
"""

import os
import re
import subprocess
import sys
import types

import npm
import scip_index

SCIP_TYPESCRIPT = "@sourcegraph/scip-typescript@0.4.0"


def kind_of(symbol):
    """What a symbol of scip-typescript is, by the last of its descriptors."""
    if symbol.endswith("`<constructor>`()."):
        return "constructor"
    if re.search(r"\d:$", symbol):
        return "property"
    for end, kind in (("/", "module"), ("#", "type"), ("().", "function"), (")", "parameter"), ("]", "parameter"), (".", "term")):
        if symbol.endswith(end):
            return kind
    return "local" if symbol.startswith("local ") else "other"


def same_as(symbol):
    """The class of a constructor: `new C()` leads to the one or the other."""
    return symbol.removesuffix("`<constructor>`().")


def place(text, line, column):
    """Where what is in quotes begins; theirs begins with the quotes."""
    return (line, column + 1) if text.lines[line][column : column + 1] in (b'"', b"'", b"`") else (line, column)


def is_outside(text, line, column):
    """Whether a variable is bound to what `require` loads: what that stands for lies outside, or both would lead there."""
    if not hasattr(text, "required"):
        text.required = [found.span() for found in REQUIRED.finditer(text.source)]
        text.starts = [0, *(found.end() for found in re.finditer(rb"\r\n|\r|\n", text.source))]
    at = text.starts[line] + column
    return any(start <= at < end for start, end in text.required)


REQUIRED = re.compile(rb"(?:\b(?:const|let|var)\s|,)\s*(?:[\w$]+|\{[^}]*\})\s*=\s*require\(")


class Shapes:
    """How what stands at each place of a file is written, by the text before and after it."""

    BEFORE = (
        (rb"\bthis\s*[?!]?\.\s*$", "this."),
        (rb"\bsuper\s*\.\s*$", "super."),
        (rb"[\w$]\s*[?!]?\.\s*[\w$]+\s*[?!]?\.\s*$", "a.x."),
        (rb"[\w$]\s*[?!]?\.\s*$", "x."),
        (rb"\)\s*[?!]?\.\s*$", "call()."),
        (rb"\]\s*[?!]?\.\s*$", "item[]."),
        (rb"(^|[^.])\.\s*$", "expression."),
        (rb"<\s*/?\s*$", "tag or argument"),
    )

    def __init__(self, text, _):
        self.lines = text.lines
        self.lists = []
        for found in re.finditer(rb"\b(import|export)\b(?:\s+type)?(?:\s+[\w$]+\s*,)?\s*\{[^}]*\}", text.source):
            self.lists.append((found.start(), found.end(), found[1].decode()))
        self.starts = [0]
        for found in re.finditer(rb"\r\n|\r|\n", text.source):
            self.starts.append(found.end())

    def at(self, line, column):
        before, after = self.lines[line][:column], self.lines[line][column:]
        if not before.strip() and line > 0:
            before = self.lines[line - 1].rstrip() + before
        place = self.starts[line] + column
        for start, end, which in self.lists:
            if start <= place < end:
                return which
        for pattern, shape in self.BEFORE:
            if re.search(pattern, before):
                return shape
        if re.match(rb"[\w$]+\s*\??:", after) and re.search(rb"[{,;(]\s*(readonly\s*)?$", before):
            return "key"
        return "name"


def index(arguments):
    home = arguments.home or scip_index.default_home("scip-typescript")
    [program] = npm.install(home, ["scip-typescript"], [SCIP_TYPESCRIPT])
    command = ["node", "--max-old-space-size=6000", program, "index", "--no-progress-bar"]
    command += ["--output", os.path.abspath(arguments.output)]
    subprocess.run(command, cwd=arguments.index, check=True, stdout=sys.stderr)


def main():
    parser = scip_index.arguments_of(__doc__, "scip-typescript")
    language = types.SimpleNamespace(kind_of=kind_of, shapes=Shapes, place=place, same_as=same_as, is_outside=is_outside)
    return scip_index.run(parser, index, language)


if __name__ == "__main__":
    sys.exit(main())
