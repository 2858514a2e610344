#!/usr/bin/env python3
"""Compares a graph of imports with the one of `ruff analyze graph`, edge by edge.

    ruff_graph.py DIRECTORY GRAPH.json [--strings MIN_DOTS] [--show N]

GRAPH.json is what `esker graph --format json --details` prints for the directory (`-` reads it from the input):

    {"a.py": [{"path": "b.py", "kinds": ["runtime"], "lines": [1]}, ...], ...}

Every edge of ruff's that the graph does not have is an error, and the exit code is 1. Every edge that ruff does not
have is counted by the kinds that set it apart; those that no kind explains (`runtime` and the like between two files)
are shown, because each of them is either a file that ruff does not resolve or a mistake.
"""

import argparse
import collections
import json
import subprocess
import sys

# Kinds of edges that ruff has no notion of, or leaves out on purpose.
EXPLAINED = ("implicit-init", "conftest", "plugin", "string", "star", "stub")


def ruff_edges(directory, strings):
    command = ["ruff", "analyze", "graph", "--isolated", "--preview", "--quiet"]
    if strings is not None:
        command += ["--detect-string-imports", "--min-dots", str(strings)]
    printed = subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True).stdout
    graph = json.loads(printed)
    # ruff has an edge from a file to itself where a package imports from itself.
    return set(graph), {(file, target) for file, targets in graph.items() for target in targets if file != target}


def own_edges(graph):
    edges = collections.defaultdict(list)
    for file, targets in graph.items():
        for target in targets:
            edges[file, target["path"]].append(target)
    return edges


def class_of(targets):
    """What explains an edge: the kinds that every one of its sites has in common, or that its sites have in turn."""
    ways = []
    for target in targets:
        explained = [kind for kind in EXPLAINED if kind in target["kinds"]]
        ways.append("+".join(explained) if explained else None)
    if None in ways:
        return None
    return " or ".join(sorted(set(ways)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory")
    parser.add_argument("graph")
    parser.add_argument("--strings", type=int, metavar="MIN_DOTS", help="let ruff detect imports in strings")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many edges of each class to print")
    arguments = parser.parse_args()

    with sys.stdin if arguments.graph == "-" else open(arguments.graph, encoding="utf-8") as file:
        own = own_edges(json.load(file))
    files, ruff = ruff_edges(arguments.directory, arguments.strings)
    compared = {edge for edge in own if edge[0] in files}
    lost = sorted(ruff - set(own))
    more = sorted(compared - ruff)
    print(f"{len(files)} files; ruff has {len(ruff)} edges, the graph {len(own)}")
    print(f"in both: {len(ruff & compared)}")
    print(f"lost (ruff's alone): {len(lost)}")
    for file, target in lost[: arguments.show]:
        print(f"    {file} -> {target}")

    classes = collections.defaultdict(list)
    for edge in more:
        classes[class_of(own[edge])].append(edge)
    print(f"more (the graph's alone): {len(more)}")
    for name, edges in sorted(classes.items(), key=lambda item: -len(item[1])):
        print(f"    {len(edges):7} {name or 'not explained by a kind'}")
    for file, target in classes[None][: arguments.show]:
        lines = sorted({line for entry in own[file, target] for line in entry["lines"]})
        kinds = " | ".join(",".join(entry["kinds"]) for entry in own[file, target])
        print(f"    {file}:{','.join(map(str, lines))} -> {target} ({kinds})")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
