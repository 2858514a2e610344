#!/usr/bin/env python3
"""Walks through the history of a git repository and asks whether `esker affected` names all that a commit affects.

    affected.py ESKER REPOSITORY [-n COMMITS] [--from REVISION] [--step N] [--edits [--seed N]]

The last COMMITS of the first parents of a revision (by default HEAD), N of them apart (by default 1), are checked out
one after the other, from the oldest on. With --edits, as many commits are made of the revision instead, each with one
edit that is drawn by lot: lines are removed, a word is renamed in one file, a file is removed, moved, or takes the place
of another one. REPOSITORY is cloned and left alone.

Of each file that a commit leaves as it was, everything that its references and imports stand for is compared with what
they stood for before, places left out (`esker export --format jsonl`). A file in which anything differs must be named
by `affected --since PARENT` and, in a cache that knows the commit before, by `affected`. The class or function around
each reference that differs, but for those in imports, must be named by `affected --symbols`, asked in both ways; if it
is the file's own code, the file must, and for what a function has inside, the function will do. What is not named is
shown, and the exit code is 1.
"""

import argparse
import collections
import itertools
import json
import pathlib
import random
import re
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


def compare(history, pairs):
    """Goes through pairs of a commit and its parent; how many files differed, and how many were not named."""
    before, last = None, None
    differing, unnamed = 0, 0
    for parent, commit in pairs:
        if last != parent:
            history.check_out(parent)
            before = history.meanings()
        history.check_out(commit)
        named = dict(zip(WAYS, (history.affected(parent), history.affected(None))))
        after = history.meanings()
        changed = set(history.git("diff", "--name-only", "--no-renames", "-z", parent, commit).split("\0"))
        found = list(differences(before, after, changed))
        differing += len(found)
        for path, insides in found:
            for way, (files, symbols) in named.items():
                about = f"{history.git('show', '--no-patch', '--format=%h %s', commit).strip()}, {way}: {path}"
                if path not in files:
                    unnamed += 1
                    print(about, *next(iter(insides.values())), sep="\n    ")
                for inside, (old, new) in insides.items():
                    if inside is not None and (path, inside) not in symbols:
                        unnamed += 1
                        print(f"{about}:{inside}", old, new, sep="\n    ")
        before, last = after, commit
    return differing, unnamed


class Edits:
    """Commits of one edit each, drawn by lot."""

    ENDINGS = (".py", ".pyi", ".ts", ".tsx", ".js", ".vue", "tsconfig.json", "package.json")

    def __init__(self, history, base, seed):
        self.history, self.base, self.lot = history, base, random.Random(seed)
        history.check_out(base)
        files = history.git("ls-files", "-z").split("\0")
        self.files = [file for file in files if file.endswith(self.ENDINGS)]

    def __iter__(self):
        return self

    def __next__(self):
        self.history.check_out(self.base)
        edit = self.lot.choice((self.remove_lines, self.remove_lines, self.rename, self.rename, self.remove, self.move))
        what = edit(pathlib.Path(self.history.tree, self.lot.choice(self.files)))
        self.history.git("add", "--all")
        author = ("-c", "user.name=lot", "-c", "user.email=lot@localhost")
        self.history.git(*author, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", what)
        return self.base, self.history.git("rev-parse", "HEAD").strip()

    def remove_lines(self, file):
        lines = file.read_text("utf-8", "surrogateescape").splitlines(keepends=True)
        start, count = self.lot.randrange(len(lines) + 1), self.lot.randint(1, 8)
        del lines[start : start + count]
        file.write_text("".join(lines), "utf-8", "surrogateescape")
        return f"{count} lines removed at {file.name}:{start + 1}"

    def rename(self, file):
        text = file.read_text("utf-8", "surrogateescape")
        words = sorted(set(re.findall(r"[A-Za-z_]{4,}", text)))
        word = self.lot.choice(words) if words else "nothing"
        file.write_text(re.sub(rf"\b{word}\b", f"{word}_renamed", text), "utf-8", "surrogateescape")
        return f"{word} renamed in {file.name}"

    def remove(self, file):
        file.unlink()
        return f"{file.name} removed"

    def move(self, file):
        to = pathlib.Path(self.history.tree, self.lot.choice(self.files))
        to = self.lot.choice((to, to.with_name(f"moved_{file.name}")))
        file.rename(to)
        return f"{file.name} moved to {to.name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esker", type=pathlib.Path)
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("-n", "--commits", type=int, default=30)
    parser.add_argument("--from", dest="revision", default="HEAD")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--edits", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        tree, cache = f"{home}/{arguments.repository.resolve().name}", f"{home}/cache"
        clone = ["git", "clone", "--quiet", "--no-checkout", arguments.repository.resolve(), tree]
        subprocess.run(clone, check=True)
        history = History(arguments.esker.resolve(), tree, cache)
        if arguments.edits:
            base = history.git("rev-parse", arguments.revision).strip()
            pairs = itertools.islice(Edits(history, base, arguments.seed), arguments.commits)
        else:
            count = arguments.commits * arguments.step
            listed = history.git("rev-list", "--first-parent", f"--max-count={count}", arguments.revision).split()
            pairs = itertools.pairwise(listed[:: arguments.step][::-1])
        differing, unnamed = compare(history, pairs)
    print(f"{differing} files stand for something else that did not change, {unnamed} are not named")
    sys.exit(bool(unnamed))


if __name__ == "__main__":
    main()
