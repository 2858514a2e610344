#!/usr/bin/env python3
"""Walks through the history of a git repository and compares incremental answers with those of clean builds.

    replay.py ESKER REPOSITORY [-n COMMITS] [--from REVISION] [--jumps N] [--seed N]

The last COMMITS of the first parents of a revision (by default HEAD) are checked out one after the other, from the
oldest on, and then N jumps are made to commits drawn by lot, back and forth: files come back that were gone, and the
cache knows them. REPOSITORY is cloned and left alone.

After every checkout, each question is asked of a process with no cache and of processes that kept what they knew of the
commit before, each with a cache of its own, in every way to learn what changed:

    walked   by walking the tree
    listed   by `build --changed-from -`, told the files in which the two commits differ
    since    by `build --since`, which asks git (on the way forth alone: it counts from the merge base)

Every answer must be that of the clean process, byte for byte, and a further build must have nothing to do. Otherwise
the first lines that differ are shown, and the exit code is 1.
"""

import argparse
import difflib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

QUESTIONS = (
    ("graph", "--details", "--edges", "all"),
    ("unresolved",),
    ("export", "--format", "jsonl"),
)
WAYS = ("walked", "listed", "since")

# What is told of syntax errors: the place, and how many more there are.
ABOUT_CODE = re.compile(r"warning: (.*:\d+:\d+: |.* more )")


class Failed(Exception):
    """An answer that is not the clean one."""


class Replay:
    def __init__(self, esker, tree, caches):
        self.esker, self.tree = os.path.abspath(esker), tree
        self.caches = {way: os.path.join(caches, way) for way in WAYS}
        self.files = self.executed = 0

    def git(self, *arguments):
        command = ["git", "-c", "core.autocrlf=false", "-C", self.tree, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def run(self, *arguments, stdin=b""):
        ran = subprocess.run([self.esker, "-C", self.tree, *arguments], input=stdin, capture_output=True)
        # A warning is a failure too, unless it is about the code: nothing has happened to these caches.
        warnings = [line for line in ran.stderr.decode().splitlines() if not ABOUT_CODE.match(line)]
        if ran.returncode != 0 or warnings:
            raise Failed(f"esker {' '.join(arguments)} ended with {ran.returncode}\n{ran.stderr.decode()}")
        return ran.stdout

    def build(self, way, *arguments, stdin=b""):
        return json.loads(self.run("--cache-dir", self.caches[way], "build", "--format", "json", *arguments, stdin=stdin))

    def visit(self, commit, before):
        """Checks a commit out and compares all answers; `before` is the commit checked out until now, if any."""
        self.git("checkout", "--quiet", "--force", "--detach", commit)
        clean = [self.run("--no-cache", *question) for question in QUESTIONS]
        report = self.build("walked")
        self.files += report["files"]
        self.executed += report["executed"]["ir"]
        self.compare("walked", clean)
        if before:
            changed = self.git("diff", "--name-only", "--no-renames", "-z", before, commit)
            self.build("listed", "--changed-from", "-", "-0", stdin=changed)
        else:
            self.build("listed")
        self.compare("listed", clean)
        # Counted from the merge base, the way back has no changes: this cache is left to learn of them by walking.
        forth = before and self.git("merge-base", before, commit).decode().strip() == self.git("rev-parse", before).decode().strip()
        self.build("since", *(["--since", before] if forth else []))
        self.compare("since", clean)
        return report

    def compare(self, way, clean):
        for question, expected in zip(QUESTIONS, clean):
            # The build before has the answer; what it did not see must not be seen now.
            answer = self.run("--cache-dir", self.caches[way], "--no-refresh", *question)
            if answer != expected:
                differing = difflib.unified_diff(lines(expected), lines(answer), "clean", way, "", "", 1, "")
                raise Failed(f"{way}: {' '.join(question)}\n" + "\n".join(line for line, _ in zip(differing, range(40))))
        again = self.build(way)
        if again["changed"] != {"added": 0, "modified": 0, "removed": 0} or any(again["executed"].values()):
            raise Failed(f"{way}: something was left to do: {json.dumps(again)}")


def lines(answer):
    return answer.decode("utf-8", "replace").splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("esker")
    parser.add_argument("repository")
    parser.add_argument("-n", "--commits", type=int, default=50)
    parser.add_argument("--from", dest="revision", default="HEAD")
    parser.add_argument("--jumps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    listed = ["git", "-C", arguments.repository, "rev-list", "--first-parent", f"--max-count={arguments.commits}"]
    commits = subprocess.run([*listed, arguments.revision, "--"], check=True, capture_output=True, text=True)
    commits = commits.stdout.split()[::-1]
    chance = random.Random(arguments.seed)
    itinerary = commits + [chance.choice(commits) for _ in range(arguments.jumps)]
    start, before = time.monotonic(), None
    with tempfile.TemporaryDirectory(prefix="replay-") as directory:
        tree = os.path.join(directory, "tree")
        # The commits are named by their digests, whatever branches they are on.
        source = os.path.abspath(arguments.repository)
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", source, tree], check=True)
        replay = Replay(arguments.esker, tree, directory)
        for number, commit in enumerate(itinerary):
            try:
                replay.visit(commit, before)
            except Failed as failed:
                print(f"commit {number + 1} of {len(itinerary)}, {commit} after {before}\n{failed}")
                sys.exit(1)
            before = commit
    print(
        f"{len(commits)} commits and {arguments.jumps} jumps: {replay.files} files, {replay.executed} analyzed; "
        f"all answers are those of clean builds ({time.monotonic() - start:.0f} s)"
    )


if __name__ == "__main__":
    main()
