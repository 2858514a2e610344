#!/usr/bin/env python3
"""Walks through the history of a git repository and asks whether `esker affected` names all that a commit affects.

    affected.py ESKER REPOSITORY [-n COMMITS] [--from REVISION] [--step N]

The last COMMITS of the first parents of a revision (by default HEAD), N of them apart (by default 1), are checked out
one after the other, from the oldest on. REPOSITORY is cloned and left alone.

Of each file that a commit leaves as it was, everything that its references and imports stand for is compared with what
they stood for before, places left out (`esker export --format jsonl`). A file in which anything differs must be named
by `affected --since PARENT` and, in a cache that knows the commit before, by `affected`. The class or function around
each reference that differs, but for those in imports, must be named by `affected --symbols`, asked in both ways; if it
is the file's own code, the file must, and for what a function has inside, the function will do. What is not named is
shown, and the exit code is 1.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

WAYS = ("since", "last build")


class History:
    def __init__(self, esker, tree, cache):
        self.esker, self.tree, self.cache = esker, tree, cache

    def git(self, *arguments):
        ran = subprocess.run(["git", "-C", self.tree, *arguments], check=True, capture_output=True)
        return ran.stdout.decode("utf-8", "surrogateescape")

    def ask(self, *arguments):
        command = [self.esker, "-C", self.tree, "--cache-dir", self.cache, "--quiet", *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "surrogateescape")

    def check_out(self, commit):
        self.git("checkout", "--quiet", "--force", "--detach", commit)
        self.git("clean", "-dffxq")

    def meanings(self):
        """What each reference of each file stands for: by path a list of (what stands around it, what it stands for)."""
        files = collections.defaultdict(list)
        for line in self.ask("export", "--format", "jsonl").splitlines():
            row = json.loads(line)
            if row["kind"] == "reference":
                stands_for = [without_places(row.get(key)) for key in ("target", "or")]
                inside = None if row["role"] == "import" else outermost(row["inside"])
                files[row["path"]].append((inside, json.dumps([row["role"], row["name"], stands_for])))
            elif row["kind"] in ("import", "missing-import"):
                files[row["path"]].append((None, json.dumps(without_places(row), sort_keys=True)))
        return files

    def affected(self, since):
        """The files and the symbols that are named, asked in one way."""
        revision = ["--since", since] if since else []
        # The later question would find that nothing has changed since the one before.
        kept = self.cache
        answers = []
        for symbols in ([], ["--symbols"]):
            with tempfile.TemporaryDirectory() as copy:
                subprocess.run(["cp", "-a", f"{kept}/.", copy], check=True)
                self.cache = copy
                rows = json.loads(self.ask("affected", *symbols, *revision, "--format", "json"))
            answers.append({(row["path"], outermost(row["name"])) if symbols else row["path"] for row in rows})
        self.cache = kept
        return answers


def outermost(name):
    """What stands around all that a function has inside: the function, or the file's own code."""
    return name.split("<")[0].rstrip(".")


def without_places(value):
    """The same without lines and columns."""
    if isinstance(value, dict):
        return {key: without_places(of) for key, of in value.items() if "line" not in key and "column" not in key}
    return [without_places(one) for one in value] if isinstance(value, list) else value


def differences(before, after, changed):
    """Of each file that did not change, what stands around the references that stand for something else."""
    for path in sorted(before.keys() & after.keys() - changed):
        differing = {inside: (old, new) for (inside, old), (_, new) in zip(before[path], after[path]) if old != new}
        if differing or len(before[path]) != len(after[path]):
            yield path, differing or {None: ("", "")}


def compare(history, commits):
    """Goes through the commits; how many files differed, and how many were not named."""
    before, parent = None, None
    differing, unnamed = 0, 0
    for commit in commits:
        if before is None:
            history.check_out(commit)
            before, parent = history.meanings(), commit
            continue
        history.check_out(commit)
        named = dict(zip(WAYS, (history.affected(parent), history.affected(None))))
        after = history.meanings()
        changed = set(history.git("diff", "--name-only", "--no-renames", "-z", parent, commit).split("\0"))
        found = list(differences(before, after, changed))
        differing += len(found)
        for path, insides in found:
            for way, (files, symbols) in named.items():
                if path not in files:
                    unnamed += 1
                    print(f"{parent[:9]}..{commit[:9]} {way}: {path}", *next(iter(insides.values())), sep="\n    ")
                for inside, (old, new) in insides.items():
                    if inside is not None and (path, inside) not in symbols:
                        unnamed += 1
                        print(f"{parent[:9]}..{commit[:9]} {way}: {path}:{inside}", old, new, sep="\n    ")
        before, parent = after, commit
    return differing, unnamed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esker", type=pathlib.Path)
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("-n", "--commits", type=int, default=30)
    parser.add_argument("--from", dest="revision", default="HEAD")
    parser.add_argument("--step", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        tree, cache = f"{home}/{arguments.repository.resolve().name}", f"{home}/cache"
        clone = ["git", "clone", "--quiet", "--no-checkout", arguments.repository.resolve(), tree]
        subprocess.run(clone, check=True)
        history = History(arguments.esker.resolve(), tree, cache)
        count = arguments.commits * arguments.step
        listed = history.git("rev-list", "--first-parent", f"--max-count={count}", arguments.revision).split()
        commits = listed[:: arguments.step][::-1]
        differing, unnamed = compare(history, commits)
    print(f"{len(commits)} commits, {differing} files that stand for something else and did not change, {unnamed} unnamed")
    sys.exit(bool(unnamed))


if __name__ == "__main__":
    main()
