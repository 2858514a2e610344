#!/usr/bin/env python3
"""Compares import edges of TypeScript sources with those of dependency-cruiser and madge.

    dependency_cruiser.py ESKER PACKAGE… --home DIRECTORY [--runs N]

Each PACKAGE is the directory of an unpacked npm package that ships its sources in `src`. It is copied first, `src`,
`package.json` and `tsconfig.json` alone, so that all three look at the same files. The two others are installed below the
directory given as --home.

Every edge of theirs has to be there. An edge that we have beyond dependency-cruiser's is one of two sorts: an import of
the package by its own name (its `exports` lead to what is built, which Esker takes back to the source that it is built
from and dependency-cruiser, without a build at hand, does not follow), or a file that is named and not imported
(`new URL("./x.ts", import.meta.url)`, an edge of the kind `string`).

Also prints how long each took, as the median of N runs of whole processes in turn: of Esker `graph` from nothing, which
answers the same, and `build` from nothing, which resolves names besides. Both keep everything on disk. Times decide
nothing here.
"""

import argparse
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import npm

PEERS = ["dependency-cruiser@17.4.3", "madge@8.0.0", "typescript@5.9.3"]


def copy_of(package, home):
    copy = home / "packages" / package.name
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    shutil.copytree(package / "src", copy / "src")
    for name in ("package.json", "tsconfig.json"):
        if (package / name).exists():
            shutil.copy(package / name, copy / name)
    # Without a mark of a root, Esker would look further up.
    (copy / "esker.toml").touch()
    return copy


def timed(command, directory):
    """What a command prints, and the seconds that it takes. Into a file: madge ends before a pipe has taken all."""
    with tempfile.TemporaryFile("w+") as printed:
        begin = time.monotonic()
        subprocess.run([str(part) for part in command], cwd=directory, check=True, stdout=printed)
        seconds = time.monotonic() - begin
        printed.seek(0)
        return printed.read(), seconds


def of_dependency_cruiser(text):
    """The edges within the package: what is resolved to somewhere else, or to nothing, is none."""
    edges = set()
    for module in json.loads(text)["modules"]:
        for dependency in module["dependencies"]:
            path = dependency["resolved"]
            inside = not dependency.get("couldNotResolve") and not dependency.get("coreModule")
            if inside and not path.startswith(("node_modules/", "../")):
                edges.add((module["source"], path))
    return edges


def of_madge(text):
    return {(f"src/{source}", f"src/{path}") for source, paths in json.loads(text).items() for path in paths}


def imports_itself(copy, source, line, name):
    text = (copy / source).read_text().splitlines()[line - 1]
    return re.search(rf"""["']{re.escape(name)}(/|["'])""", text) is not None


def compare(esker, package, programs, home, runs):
    copy = copy_of(package, home)
    cache = home / "cache"
    settings = ["--ts-config", "tsconfig.json"] if (copy / "tsconfig.json").exists() else []
    depcruise, madge = programs
    cruise = [depcruise, "--no-config", *settings, "--ts-pre-compilation-deps", "-T", "json", "src"]
    draw = [madge, "--extensions", "ts,tsx,js", "--json", "src"]
    build = [esker, "--cache-dir", cache, "-q", "build"]
    commands = {"esker graph": [esker, "--cache-dir", cache, "-q", "graph"], "esker build": build}
    seconds = {program: [] for program in [*commands, "dependency-cruiser", "madge"]}
    for _ in range(runs):
        for program, command in commands.items():
            shutil.rmtree(cache, ignore_errors=True)
            seconds[program].append(timed(command, copy)[1])
        cruised, took = timed(cruise, copy)
        seconds["dependency-cruiser"].append(took)
        drawn, took = timed(draw, copy)
        seconds["madge"].append(took)
    graph, _ = timed([esker, "--cache-dir", cache, "graph", "--details", "--edges", "all"], copy)
    ours = {(source, edge["path"]): edge for source, edges in json.loads(graph).items() for edge in edges}
    theirs = of_dependency_cruiser(cruised)
    missing = [("dependency-cruiser", *edge) for edge in sorted(theirs) if edge not in ours]
    missing += [("madge", *edge) for edge in sorted(of_madge(drawn)) if edge not in ours]
    name = json.loads((copy / "package.json").read_text())["name"]
    further = {edge: row for edge, row in ours.items() if edge not in theirs}
    unexplained = [
        edge
        for edge, row in sorted(further.items())
        if row["kinds"] not in (["string"], ["global"]) and not any(imports_itself(copy, edge[0], line, name) for line in row["lines"])
    ]
    print(
        f"{package.name}: {len(theirs)} edges of dependency-cruiser, {len(of_madge(drawn))} of madge, "
        f"{len(missing)} missing, {len(further)} further ones, {len(unexplained)} unexplained"
    )
    for row in missing[:20]:
        print("  missing", *row)
    for edge in unexplained[:20]:
        print("  unexplained", *edge)
    median = {program: statistics.median(all_of_it) for program, all_of_it in seconds.items()}
    for program in ("dependency-cruiser", "madge"):
        ratios = [f"{own} {median[own]:.3f} s: {median[program] / median[own]:.0f} times" for own in commands]
        print(f"  {program} {median[program]:.2f} s, {', '.join(ratios)}")
    return not missing and not unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esker", type=pathlib.Path)
    parser.add_argument("packages", type=pathlib.Path, nargs="+")
    parser.add_argument("--home", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    programs = npm.install(home, ["depcruise", "madge"], PEERS)
    esker = arguments.esker.resolve()
    each = [compare(esker, package.resolve(), programs, home, arguments.runs) for package in arguments.packages]
    sys.exit(not all(each))


if __name__ == "__main__":
    main()
