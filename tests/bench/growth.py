#!/usr/bin/env python3
"""Measures how time and memory grow with the size of a repository, and writes a table and a plot.

    growth.py [SIZES...] [--runs N] [--esker PATH] [--update]

Trees of 1,000, 10,000 and 100,000 files by default, made by tree.py and kept below the target directory. Of each are
measured: a cold build, a build in which nothing changed, one with a leaf edited (`--changed`), and one with a body
edited in the file that most others import. Medians of N runs (7 by default; of a third of them where a run takes long).
--update writes docs/performance.md and docs/growth.svg.
"""

import argparse
import pathlib
import shutil
import sys
import time

import corpora
import page
import plot
import tree
from corpora import run
from measure import Command, alone

SIZES = [1_000, 10_000, 100_000]
CASES = ["cold", "no-op", "leaf", "hub"]
PICTURE = corpora.REPOSITORY / "docs" / "growth.svg"


def measure(esker, files, runs):
    """The medians of each case, and the bytes of sources and cache."""
    directory = corpora.generated(files)
    build = [esker, "-C", directory, "build", "--quiet"]
    cache = directory / ".esker"

    def edited(path, edit):
        original = (directory / path).read_text()

        def prepare(number):
            (directory / path).write_text(edit(original, f"{number}_{time.time_ns()}"))

        measured = alone(Command([*build, "--changed", path], directory, prepare), runs)
        (directory / path).write_text(original)
        run(*build, "--changed", path)
        return measured

    def forget(_):
        shutil.rmtree(cache, ignore_errors=True)

    found = {}
    found["cold"] = alone(Command(build, directory, forget), max(1, runs // 3), warm_up=1 if files < 100_000 else 0)
    for _ in range(3):
        run(*build)
        time.sleep(0.1)
    found["no-op"] = alone(Command(build, directory), runs)
    found["leaf"] = edited(tree.path_of(files - 2), lambda text, edition: f"{text}\n\ndef f_{edition}():\n    return 1\n")
    body = "        total = value + self.limit\n"
    found["hub"] = edited(tree.path_of(0), lambda text, edition: text.replace(body, f"{body}        v_{edition} = 1\n", 1))
    return found, corpora.sources(directory), corpora.disk_bytes(cache)


def table_of(results):
    lines = ["| files | sources | cache | case | wall | cpu | peak memory | wall per file |", "|---:|---:|---:|---|---:|---:|---:|---:|"]
    for files, (found, sources, cache) in results.items():
        for case, measured in found.items():
            lines.append(
                f"| {files:,} | {sources / 1e6:.1f} MB | {cache / 1e6:.1f} MB | {case} | {measured.wall_ms:,.1f} ms "
                f"| {measured.cpu_ms:,.1f} ms | {measured.peak_mib:.1f} MiB | {measured.wall_ms * 1000 / files:.2f} µs |"
            )
    return "\n".join(lines) + "\n"


def update(table, results):
    series = {
        kind: {case: [(files, getattr(found[case], kind)) for files, (found, _, _) in results.items()] for case in CASES}
        for kind in ("cpu_ms", "peak_mib")
    }
    PICTURE.write_text(plot.panels([("user and system time, ms", series["cpu_ms"]), ("peak memory, MiB", series["peak_mib"])], "files"))
    page.put("bench-growth", table)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, metavar="SIZE", help="how many files the trees have")
    parser.add_argument("--runs", type=int, default=7, metavar="N")
    parser.add_argument("--esker", type=pathlib.Path, metavar="PATH", help="a binary that is built already")
    parser.add_argument("--update", action="store_true", help="write the table and the plot into docs")
    arguments = parser.parse_args()
    esker = arguments.esker.resolve() if arguments.esker else corpora.esker_binary()
    results = {}
    for files in arguments.sizes or SIZES:
        if shutil.disk_usage(corpora.TARGET).free < files * 12_000:
            sys.exit(f"there is no room for {files} files")
        results[files] = measure(esker, files, arguments.runs)
        print(table_of({files: results[files]}), flush=True)
    print(table_of(results))
    if arguments.update:
        update(table_of(results), results)


if __name__ == "__main__":
    main()
