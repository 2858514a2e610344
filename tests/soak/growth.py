#!/usr/bin/env python3
"""Edits a tree and builds it, again and again, and looks at what becomes of the cache.

    growth.py ESKER TREE [--rounds 1000] [--budget 1.25] [--seed 1]

TREE is changed: give a copy. The cache may have as many times the bytes of a fresh one as --budget says, and that is
looked at after every round. In the end, after a collection of garbage, it must have less than 1.5 times the bytes, be
whole, and be right: `build --verify` of some files and the graph must agree with a build without a cache.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys

LIMIT = 1.5
VERIFIED_PERCENT = 20


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("esker")
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--budget", type=float, default=1.25)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)

    def esker(*words):
        done = subprocess.run([arguments.esker, "-C", arguments.tree, *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"esker {' '.join(words)} exits with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stats():
        return json.loads(esker("cache", "stats", "--format", "json"))

    esker("cache", "clear")
    esker("-q", "build")
    fresh = stats()
    budget = int(fresh["store_bytes"] * arguments.budget)
    configuration = arguments.tree / "esker.toml"
    configuration.write_text(f"max-cache-size = {budget}\n")
    files = sorted(path for path in arguments.tree.rglob("*.py") if ".esker" not in path.parts)
    shrunk, largest, before = 0, 0, fresh["store_bytes"]
    for number in range(arguments.rounds):
        edit(chance, chance.choice(files), number)
        esker("-q", "build")
        # What is on disk is looked at, rather than asked for: asking reads the whole store.
        size = sum(path.stat().st_size for path in arguments.tree.glob(".esker/store-*/keyspaces/**/tables/*"))
        shrunk += size < before
        largest, before = max(largest, size), size
        if size > budget:
            sys.exit(f"round {number}: the store has {size} bytes, the budget is {budget}")

    esker("cache", "gc", "--max-size", "0")
    esker("cache", "verify")
    after = stats()
    ratio = after["store_bytes"] / fresh["store_bytes"]
    print(
        f"{arguments.rounds} rounds: fresh {fresh['store_bytes']}, largest {largest} of {budget}, "
        f"smaller than before {shrunk} times, in the end {after['store_bytes']} ({ratio:.2f} times)"
    )
    if ratio >= LIMIT:
        sys.exit(f"the store has {ratio:.2f} times the bytes of a fresh one")
    esker("-q", "build", f"--verify={VERIFIED_PERCENT}")
    if esker("graph", "--details") != esker("--no-cache", "graph", "--details"):
        sys.exit("the graph is not that of a build without a cache")


def edit(chance, path, number):
    """One of the edits that people make: of a body, of what a module defines, of its imports."""
    text = path.read_bytes()
    line = chance.choice(
        [
            f"# edit {number}\n",
            f"def edited_{number}(argument=None):\n    return argument\n",
            f"edited_{number % 7} = {number}\n",
            f"import django.utils.version as edited_{number}\n",
        ]
    )
    kept = text.split(b"\n# edited below\n")[0]
    path.write_bytes(kept + b"\n# edited below\n" + line.encode())


main()
