"""Compares what Esker's Python frontend says about files with what CPython says.

    python compare.py ours.jsonl cpython.jsonl

Prints every difference and a summary; exits with 1 if there is a difference. Two things are not differences:

- A name that occurs in annotations alone may be missing from `symtable`, which sees none in quotes and none under
  `from __future__ import annotations`.
- `__class__` in a scope that names `super` is implied, not written.

Differences that remain, with CPython 3.11's standard library and django:

- `core/management/utils.py`, `sentinel`: `:=` in a default value binds outside the function, but inside its text, by
  which the dump of ours assigns bindings to scopes. The symbol is in the right scope.
- `test_named_expressions.py`, `nonlocal_var` in `g`: the same for a name that a comprehension inside `g` binds by
  `nonlocal`.
- `test_generators.py`, `frame`: a name that its own function only deletes, and another one binds by `nonlocal`, has no
  symbol and counts as free.
- `test_import/__init__.py`, `http`: a call of `__import__` with a list of names asks for members, as a `from` does.
"""

import json
import sys
from collections import Counter


def main(ours_path, cpython_path):
    counts = Counter()
    with open(ours_path) as ours_file, open(cpython_path) as cpython_file:
        ours = {entry["path"]: entry for entry in map(json.loads, ours_file)}
        for line in cpython_file:
            theirs = json.loads(line)
            path = theirs["path"]
            counts["files"] += 1
            if "skipped" in theirs:
                counts["skipped"] += 1
                print(f"skipped {path}: {theirs['skipped']}")
                continue
            for difference in compare(ours[path], theirs, counts):
                counts["differences"] += 1
                print(f"{path}: {difference}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    sys.exit(1 if counts["differences"] else 0)


def compare(ours, theirs, counts):
    for found in ours["diagnostics"]:
        yield f"diagnostic {found}"
    statements = [
        [line, module, "*" if form == "Star" else member]
        for line, module, member, form, _ in ours["imports"]
        if form in ("Module", "Member", "Star")
    ]
    counts["imports"] += len(theirs["imports"])
    yield from lists("import", statements, theirs["imports"])
    counts["definitions"] += len(theirs["definitions"])
    yield from lists("definition", ours["definitions"], theirs["definitions"])
    yield from scopes(ours["scopes"], theirs["scopes"], counts)


def lists(what, ours, theirs):
    ours, theirs = Counter(map(tuple, ours)), Counter(map(tuple, theirs))
    yield from (f"{what} only ours {entry}" for entry in (ours - theirs).elements())
    yield from (f"{what} only CPython's {entry}" for entry in (theirs - ours).elements())


def scopes(ours, theirs, counts):
    ours, theirs = by_key(ours), by_key(theirs)
    for key in sorted(ours.keys() | theirs.keys()):
        of_ours, of_theirs = ours.get(key, []), theirs.get(key, [])
        counts["scopes"] += len(of_theirs)
        if len(of_ours) != len(of_theirs):
            yield f"scope {key}: {len(of_ours)} ours, {len(of_theirs)} CPython's"
            continue
        # Several scopes may share a line; the best pairing is by what they contain.
        for mine, other in zip(sorted(of_ours, key=shape), sorted(of_theirs, key=shape)):
            counts["names"] += len(other)
            yield from names(key, mine, other, counts)


def by_key(scopes):
    found = {}
    for scope in scopes:
        # A generator that is a call's only argument starts at the call's parenthesis for CPython and inside it for us.
        line = 0 if scope["name"] == "comprehension" else scope["line"]
        found.setdefault((scope["kind"], scope["name"], line), []).append(scope["names"])
    return found


def shape(names):
    return sorted((name, words) for name, words in names.items() if "annotation" not in words and name != "__class__")


def names(key, ours, theirs, counts):
    for name in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(name, ""), theirs.get(name, "")
        if name == "__class__" and "super" in theirs:
            continue
        if mine.endswith(" annotation"):
            mine = mine.removesuffix(" annotation")
            if not other:
                counts["names in annotations alone"] += 1
                continue
        if mine != other:
            yield f"scope {key}: `{name}` is {mine or 'missing'} in ours, {other or 'missing'} in CPython's"


main(*sys.argv[1:])
