#!/usr/bin/env python3
"""Compares where imports lead with what CPython itself loads, on random small trees.

    import_system.py EDGES [--trees N] [--seed S]

EDGES is the example `edges` of the Python frontend. Each tree has several import roots with regular packages, namespace
packages, modules and directories that shadow one another. CPython imports every statement in a fresh interpreter state
with these roots as `sys.path`; the files that it executed must be the sources among the targets, no more and no fewer,
and a statement that fails in CPython must be missing (what it executed before it failed is what it reached).

Two differences are by design. The attribute of a package hides its submodule of the same name, which only running the
package tells; the files here bind nothing, so that it does not show. And what the roots do not have is looked for in the
plain directories above the importer, as if a script there had been started; CPython gets this second chance too.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = ("a", "b", "c")
ROOTS = ("one", "two", "three")

# Runs in the tree: imports each statement with none of the tree's modules loaded, and says which files were executed.
PROBE = r"""
import importlib, json, os, sys
top, package, statements, roots = json.loads(sys.argv[1])
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(top, root) for root in roots]
inner = set(sys.modules)
answers = []
for statement in statements:
    for name in set(sys.modules) - inner:
        del sys.modules[name]
    importlib.invalidate_caches()
    space = {"__name__": "importer"}
    if package:
        importlib.import_module(package)
        space["__package__"] = package
    try:
        exec(statement, space)
        failed = False
    except ImportError as error:
        # That a file lacks an attribute is not known without running it.
        lacks_attribute = str(error).startswith("cannot import name") and "unknown location" not in str(error)
        failed = not lacks_attribute
    files = {os.path.relpath(module.__file__, top) for name, module in list(sys.modules.items())
             if name not in inner and getattr(module, "__file__", None)}
    answers.append([failed, sorted(file for file in files if not file.startswith(".."))])
print(json.dumps(answers))
"""


def random_tree(chooser):
    files = set()
    for root in ROOTS:
        grow(chooser, root, 0, files)
    return files


def grow(chooser, directory, depth, files):
    for name in NAMES:
        path = f"{directory}/{name}"
        shape = chooser.random()
        if shape < 0.25:
            files.add(f"{path}.py")
        if 0.15 < shape < 0.75 and depth < 2:
            if chooser.random() < 0.5:
                files.add(f"{path}/__init__.py")
            grow(chooser, path, depth + 1, files)


def random_statements(chooser, package):
    statements = []
    for _ in range(12):
        path = ".".join(chooser.choice(NAMES) for _ in range(chooser.randint(1, 3)))
        name = chooser.choice(NAMES)
        forms = [f"import {path}", f"from {path} import {name}", f"from {path} import *"]
        if package:
            dots = "." * chooser.randint(1, package.count(".") + 1)
            forms += [f"from {dots} import {name}", f"from {dots}{path} import {name}"]
        statements.append(chooser.choice(forms))
    return statements


def write(top, path, text=""):
    path = os.path.join(top, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def contents(chooser, path, files):
    """A package's `__init__` may list its names in `__all__`, some of which are submodules."""
    if not path.endswith("/__init__.py") or chooser.random() < 0.5:
        return ""
    here = path.removesuffix("/__init__.py")
    names = [name for name in NAMES if f"{here}/{name}.py" in files or any(f.startswith(f"{here}/{name}/") for f in files)]
    return f"__all__ = {names!r}\n"


def answers_of_cpython(top, package, statements, roots):
    arguments = json.dumps([top, package, statements, roots])
    printed = subprocess.run([sys.executable, "-I", "-c", PROBE, arguments], check=True, capture_output=True, text=True)
    return json.loads(printed.stdout)


def own_answers(edges, top, importer, roots):
    command = [edges, top, *(word for root in roots for word in ("--root", root))]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[importer]
    missing = json.loads(
        subprocess.run([*command, "--missing"], check=True, capture_output=True, text=True).stdout
    )[importer]
    files = {}
    for target in found:
        for line in target["lines"]:
            files.setdefault(line, set()).add(target["path"])
    return files, {miss["line"]: miss for miss in missing}


def plain_directories_above(importer, files):
    directory = os.path.dirname(importer)
    above = []
    while directory:
        if f"{directory}/__init__.py" not in files:
            above.append(directory)
        directory = os.path.dirname(directory)
    return [*above, ""]


def compare(edges, seed):
    """The statements on which the two differ, and how many were compared."""
    chooser = random.Random(seed)
    files = random_tree(chooser)
    packages = sorted(f.split("/", 1)[1].removesuffix("/__init__.py") for f in files if f.endswith("/__init__.py"))
    roots = list(ROOTS)
    chooser.shuffle(roots)
    with tempfile.TemporaryDirectory() as top:
        top = os.path.realpath(top)
        for path in sorted(files):
            write(top, path, contents(chooser, path, files))
        # The importer lies outside the roots, or in a package that CPython finds under its name.
        package, importer = None, "importer.py"
        if packages and chooser.random() < 0.5:
            wanted = chooser.choice(packages).replace("/", ".")
            [[failed, loaded]] = answers_of_cpython(top, None, [f"import {wanted}"], roots)
            inits = [f for f in loaded if f.split("/", 1)[1] == wanted.replace(".", "/") + "/__init__.py"]
            if not failed and inits:
                package, importer = wanted, inits[0].replace("__init__.py", "importer.py")
                # The root that holds the importer is tried first.
                roots.sort(key=lambda root: not importer.startswith(f"{root}/"))
        statements = random_statements(chooser, package)
        write(top, importer, "".join(f"{statement}\n" for statement in statements))
        theirs = answers_of_cpython(top, package, statements, roots)
        around = set()
        if package:
            [[_, loaded]] = answers_of_cpython(top, None, [f"import {package}"], roots)
            around = set(loaded)
        around_it = plain_directories_above(importer, files)
        again = answers_of_cpython(top, None, statements, around_it)
        theirs = [second if first[0] and not second[0] else first for first, second in zip(theirs, again)]
        ours, missing = own_answers(edges, top, importer, roots)
    differing = []
    for line, (statement, (failed, loaded)) in enumerate(zip(statements, theirs), 1):
        # What the importer's own package executed counts for relative imports only, which report it too.
        own = ours.get(line, set()) | around
        if own != set(loaded) | around or failed != (line in missing):
            differing.append((statement, importer, roots, failed, sorted(loaded), sorted(own), missing.get(line), sorted(files)))
    return differing, len(statements)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("edges")
    parser.add_argument("--trees", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    statements = differences = 0
    for seed in range(arguments.seed, arguments.seed + arguments.trees):
        differing, count = compare(arguments.edges, seed)
        statements += count
        differences += len(differing)
        for statement, importer, roots, failed, theirs, ours, missing, files in differing:
            print(f"seed {seed}: {statement!r} in {importer} with the roots {roots} of {files}")
            print(f"    CPython {'fails' if failed else 'succeeds'}: {theirs}")
            print(f"    ours    {missing or 'succeeds'}: {ours}")
    print(f"{statements} statements in {arguments.trees} trees, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
