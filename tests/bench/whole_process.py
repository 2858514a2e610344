#!/usr/bin/env python3
"""Times the command as users run it, side by side with programs that look at the same files, and prints a table.

    whole_process.py [LINES...] [--pairs N] [--esker PATH] [--update]

Builds a release, fetches the trees and the other programs into the target directory (homeassistant, django, ruff and
ninja from the Python package index, scip-python from npm), and measures each line in pairs: ours and the other run
alternately, N times (7 by default), after a pair that is not counted. Medians are printed. The lines are

    cold    `esker build` with no cache              against `ruff analyze graph`
    graph   `esker graph` with no cache              against `ruff analyze graph`
    no-op   `esker build`, nothing changed           against `git status --porcelain`
    ninja   the same                                 against `ninja`, one edge per file, nothing to do
    leaf    `esker build --changed FILE`, edited     against `git status --porcelain`
    core    the same, a body in core.py edited       against the leaf
    names   a new name in const.py that nobody uses: what is executed
    scip    cold build and export of django          against `scip-python index`, once
    growth  a leaf, and no change, of 100,000 files  against 10,000
    size    bytes on disk against bytes of sources

--update writes the table into docs/performance.md, with the commit. Needs a Rust toolchain, git, python3 with pip and
venv, and npm for the line scip.
"""

import argparse
import json
import pathlib
import shutil
import sys
import time

import corpora
import page
from corpora import run
from measure import Command, in_turn

LINES = ["cold", "graph", "no-op", "ninja", "leaf", "core", "names", "scip", "growth", "size"]
LEAF = "homeassistant/components/upnp/sensor.py"
CORE = "homeassistant/core.py"
CORE_LINE = "        self.loop = asyncio.get_running_loop()"
CONST = "homeassistant/const.py"


class Table:
    """Rows as they are found out."""

    HEAD = ["what", "against", "ours", "other", "ratio", "target", "pairs"]

    def __init__(self):
        self.rows = []

    def add(self, *row):
        self.rows.append([str(cell) for cell in row])
        print("  ".join(self.rows[-1]), flush=True)

    def times(self, what, against, ours, other, target, pairs):
        def shown(measured):
            return f"{measured.wall_ms:.1f} ms (cpu {measured.cpu_ms:.1f}), {measured.peak_mib:.0f} MiB"

        ratio = f"{ours.wall_ms / other.wall_ms:.2f} (cpu {ours.cpu_ms / other.cpu_ms:.2f})"
        self.add(what, against, shown(ours), shown(other), ratio, target, pairs)

    def markdown(self):
        lines = ["| " + " | ".join(self.HEAD) + " |", "|---|---|---|---|---|---|---:|"]
        return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in self.rows]) + "\n"


class Homeassistant:
    """The working copy, and what is done to it."""

    def __init__(self, esker):
        self.esker = esker
        self.copy = corpora.working_copy(corpora.wheel("homeassistant", corpora.HOMEASSISTANT))
        self.build = [esker, "build", "--quiet"]
        self.status = Command(["git", "status", "--porcelain"], self.copy)

    def forget(self, _):
        shutil.rmtree(self.copy / ".esker", ignore_errors=True)

    def settle(self):
        """Builds until nothing changes: files written just before they are read are looked at again."""
        for _ in range(2):
            run(*self.build, cwd=self.copy)
            time.sleep(0.1)
        run(*self.build, cwd=self.copy)

    def command(self, *more, prepare=None):
        return Command([*self.build, *more], self.copy, prepare)

    def edited(self, file, edit):
        """Builds after an edit of a file, each another one."""
        original = (self.copy / file).read_text()

        def prepare(number):
            (self.copy / file).write_text(edit(original, f"{number}_{time.time_ns()}"))

        return self.command("--changed", file, prepare=prepare)

    def leaf(self):
        return self.edited(LEAF, lambda text, edition: f"{text}\n\ndef edition_{edition}():\n    return 1\n")

    def core(self):
        return self.edited(CORE, lambda text, edition: text.replace(CORE_LINE, f"{CORE_LINE}; edition_{edition} = 1", 1))

    def restore(self):
        run("git", "checkout", "--quiet", ".", cwd=self.copy)
        self.settle()


def measure_homeassistant(table, lines, esker, pairs):
    tree = Homeassistant(esker)
    ruff = [corpora.peer("ruff", corpora.RUFF), "analyze", "graph", "--isolated", "--preview", "--quiet"]
    if "cold" in lines:
        ours, other = in_turn(tree.command(prepare=tree.forget), Command(ruff, tree.copy), pairs)
        table.times("cold build of homeassistant", "`ruff analyze graph`", ours, other, "≤ 0.50", pairs)
        table.add("its memory", "the same", f"{ours.peak_mib:.0f} MiB", f"{other.peak_mib:.0f} MiB",
                  f"{ours.peak_mib / other.peak_mib:.2f}", "≤ 2", pairs)
    if "graph" in lines:
        graph = Command([esker, "graph", "--quiet"], tree.copy, tree.forget)
        ours, other = in_turn(graph, Command(ruff, tree.copy), pairs)
        table.times("cold `esker graph` of homeassistant", "`ruff analyze graph`", ours, other, "< 1", pairs)
        tree.forget(0)
    tree.settle()
    if "no-op" in lines:
        ours, other = in_turn(tree.command(), tree.status, 3 * pairs)
        table.times("nothing changed", "`git status --porcelain`", ours, other, "≤ 0.35", 3 * pairs)
        table.add("its memory", "", f"{ours.peak_mib:.1f} MiB", "", "", "≤ 30 MiB", 3 * pairs)
    if "ninja" in lines:
        ninja = Command([corpora.peer("ninja", corpora.NINJA), "--quiet"], corpora.ninja_files(tree.copy))
        ours, other = in_turn(tree.command(), ninja, 3 * pairs)
        table.times("nothing changed", "`ninja`, one edge per file", ours, other, "< 1", 3 * pairs)
    if "leaf" in lines:
        ours, other = in_turn(tree.leaf(), tree.status, 3 * pairs)
        table.times(f"`--changed`, {LEAF} edited", "`git status --porcelain`", ours, other, "≤ 0.15", 3 * pairs)
        tree.restore()
    if "core" in lines:
        core = tree.core()
        ours, other = in_turn(core, tree.leaf(), 3 * pairs)
        core.prepare("counted")
        table.times("`--changed`, a body in core.py edited", "the leaf", ours, other, "≤ 1.5", 3 * pairs)
        table.add("what that executes", "", executed(tree, CORE), "", "", "ir 1, exports 1, resolution 1", 1)
        tree.restore()
    if "names" in lines:
        path = tree.copy / CONST
        path.write_text(path.read_text() + "\nEDITION_THAT_NOBODY_USES = 1\n")
        table.add("a new name in const.py", "", executed(tree, CONST), "", "", "no file that does not see it", 1)
        tree.restore()
    if "size" in lines:
        tree.forget(0)
        run(*tree.build, cwd=tree.copy)
        ours, other = corpora.disk_bytes(tree.copy / ".esker"), corpora.sources(tree.copy)
        table.add("bytes on disk", "bytes of sources", f"{ours / 1e6:.1f} MB", f"{other / 1e6:.1f} MB",
                  f"{ours / other:.2f}", "≤ 0.60", 1)


def executed(tree, file):
    report = run(tree.esker, "build", "--changed", file, "--format", "json", cwd=tree.copy, capture_output=True).stdout
    counts = json.loads(report)["executed"]
    return ", ".join(f"{stage} {count}" for stage, count in counts.items())


def measure_scip(table, esker):
    tree = corpora.working_copy(corpora.wheel("django", corpora.DJANGO))
    index = tree.parent / "ours.scip"
    export = Command([esker, "-o", index, "export", "--format", "scip"], tree,
                     lambda _: shutil.rmtree(tree / ".esker", ignore_errors=True))
    other = Command([corpora.scip_python(), "index", "--quiet", "--project-name", "django", "--output",
                     tree.parent / "other.scip"], tree)
    ours, other = in_turn(export, other, 1, warm_up=0)
    table.times("cold build and `esker export --format scip` of django", "`scip-python index`", ours, other, "≤ 0.01", 1)


def measure_growth(table, esker, pairs):
    def commands(files):
        directory = corpora.generated(files)
        build = [esker, "-C", directory, "build", "--quiet"]
        for _ in range(3):
            run(*build)
            time.sleep(0.1)
        leaf = leaf_of(files)
        original = (directory / leaf).read_text()

        def edit(number):
            (directory / leaf).write_text(f"{original}\n\ndef edition_{number}():\n    return {time.time_ns()}\n")

        def restore():
            (directory / leaf).write_text(original)
            run(*build, "--changed", leaf)

        return Command(build, directory), Command([*build, "--changed", leaf], directory, edit), restore

    (no_op, leaf, restore), (small_no_op, small_leaf, small_restore) = commands(100_000), commands(10_000)
    table.times("nothing changed, 100,000 files", "10,000 files", *in_turn(no_op, small_no_op, pairs), "≤ 11", pairs)
    table.times("one leaf, 100,000 files", "10,000 files", *in_turn(leaf, small_leaf, 3 * pairs), "≤ 1.5", 3 * pairs)
    restore()
    small_restore()


def leaf_of(files):
    """A file of a generated tree that few import: one of the last."""
    import tree

    return tree.path_of(files - 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"what to measure: {', '.join(LINES)}; all by default")
    parser.add_argument("--pairs", type=int, default=7, metavar="N", help="how often each pair is run")
    parser.add_argument("--esker", type=pathlib.Path, metavar="PATH", help="a binary that is built already")
    parser.add_argument("--update", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    lines = arguments.lines or LINES
    unknown = set(lines) - set(LINES)
    if unknown:
        sys.exit(f"there is no line {', '.join(sorted(unknown))}; the lines are {', '.join(LINES)}")

    esker = arguments.esker.resolve() if arguments.esker else corpora.esker_binary()
    table = Table()
    if set(lines) - {"scip", "growth"}:
        measure_homeassistant(table, lines, esker, arguments.pairs)
    if "scip" in lines:
        measure_scip(table, esker)
    if "growth" in lines:
        measure_growth(table, esker, arguments.pairs)
    print()
    print(table.markdown())
    if arguments.update:
        page.put("bench", table.markdown(), "; medians of pairs")


if __name__ == "__main__":
    main()
