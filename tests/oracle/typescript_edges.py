#!/usr/bin/env python3
"""Compares a graph of imports with what the TypeScript compiler's own resolver says, edge by edge.

    typescript_edges.py DIRECTORY GRAPH.json --typescript DIRECTORY [--resolution Bundler] [--show N]

GRAPH.json is what `esker graph --format json --details --edges all` prints for the directory. TYPESCRIPT is the directory
of the npm package `typescript`. The resolver is asked by `typescript_edges.cjs` beside this script.

Every edge of the compiler's that the graph does not have is an error, and the exit code is 1. Edges that the compiler
does not have are counted by what explains them: kinds that it has no notion of, files that it does not read, what only
runs, ways to packages and sources that it takes only after a build. Those that nothing explains are shown.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

CODE = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
COMPONENTS = (".vue", ".svelte", ".astro")


def compiler_edges(directory, typescript, resolution, files):
    script = pathlib.Path(__file__).with_suffix(".cjs")
    command = ["node", str(script), typescript, directory, resolution]
    return json.loads(subprocess.run(command, input=json.dumps(files), check=True, capture_output=True, text=True).stdout)


def stem(path):
    """A path without its ending, which is the same for `a.js` and the `a.d.ts` that declares it."""
    for ending in DECLARATIONS + CODE:
        if path.endswith(ending):
            return path[: -len(ending)]
    return path


def explanation(file, target, kinds_of_sites, misses):
    """Why the compiler does not have an edge; None if there is no reason."""
    if file.endswith(COMPONENTS) or target.endswith(COMPONENTS):
        return "components"
    if not target.endswith(CODE + (".json",)):
        return "resources"
    if all("string" in kinds for kinds in kinds_of_sites):
        return "strings"
    if all("global" in kinds for kinds in kinds_of_sites):
        return "names for all files"
    if file.endswith(DECLARATIONS) and all("type-only" in kinds for kinds in kinds_of_sites):
        return "modules that a declaration file declares"
    if misses:
        return "the compiler resolves nothing"
    return None


def are_calls_of_require(path, lines):
    """Whether all these lines of a file in TypeScript call `require`, which the compiler collects in JavaScript alone."""
    if path.suffix not in (".ts", ".tsx", ".mts", ".cts"):
        return False
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return all("require(" in text[line - 1] for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory")
    parser.add_argument("graph")
    parser.add_argument("--typescript", required=True)
    parser.add_argument("--resolution", default="Bundler", choices=["Bundler", "Node10", "Node16", "NodeNext"])
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many edges of each class to print")
    arguments = parser.parse_args()

    graph = json.load(open(arguments.graph))
    files = sorted(file for file in graph if file.endswith(CODE))
    theirs = compiler_edges(arguments.directory, arguments.typescript, arguments.resolution, files)

    wanted = {}
    unresolved_lines = collections.defaultdict(set)
    by_line = collections.defaultdict(set)
    for file, imports in theirs.items():
        for specifier, (first, last), target in imports:
            if target is None:
                unresolved_lines[file].update(range(first, last + 1))
                continue
            for line in range(first, last + 1):
                by_line[file, line].add(target)
            if target != file:
                wanted.setdefault((file, target), (specifier, set()))[1].update(range(first, last + 1))
    own = {(file, target["path"]): target for file, targets in graph.items() for target in targets}
    known = set(graph)
    missing = sorted(edge for edge in wanted if edge not in own)
    # The compiler reads what the walk leaves out, such as what an ignore file says.
    outside = [edge for edge in missing if edge[1] not in known]
    missing = [edge for edge in missing if edge[1] in known]

    # A second way to the same import: what runs beside what is declared.
    stems = collections.defaultdict(set)
    for file, target in wanted:
        stems[file].add(stem(target))
    extra = collections.defaultdict(list)
    for (file, target), edge in sorted(own.items()):
        if (file, target) in wanted or not file.endswith(CODE + COMPONENTS):
            continue
        lines = set(edge["lines"])
        beside = any(by_line[file, line] for line in lines) or stem(target) in stems[file]
        why = explanation(file, target, [edge["kinds"]], lines <= unresolved_lines[file])
        if why is None and beside:
            why = "the other view of a module"
        if why is None and are_calls_of_require(pathlib.Path(arguments.directory, file), lines):
            why = "calls of require in TypeScript"
        extra[why].append((file, target))

    print(f"{len(files)} files, {len(wanted)} edges of the compiler's, {len(own)} of ours")
    print(f"  missing {len(missing)}, outside of the tree {len(outside)}")
    for file, target in missing[: arguments.show]:
        specifier, lines = wanted[file, target]
        print(f"    {file}:{max(lines)}: {specifier} -> {target}")
    for why, edges in sorted(extra.items(), key=lambda item: str(item[0])):
        print(f"  more: {why or 'unexplained'} {len(edges)}")
        for file, target in edges[: arguments.show if why is None else 0]:
            print(f"    {file} -> {target}")
    return 1 if missing or extra[None] else 0


if __name__ == "__main__":
    sys.exit(main())
