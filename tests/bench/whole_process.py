#!/usr/bin/env python3
"""Times the command as users run it, side by side with programs that look at the same files.

    whole_process.py [DIRECTORY] [--pairs N] [--esker PATH] [--leaf PATH]

Without a directory it takes the package tree of homeassistant, fetched from the Python package index and unpacked below
the target directory. A directory that is given is copied there first: nothing is written to the original.

Each row is a pair: ours and the other run alternately, N times (7 by default), after one run of each that is not
counted. Of both the median is printed, with the ratio of the medians and the peak memory.

    cold      `esker build` with no cache             against `ruff analyze graph`
    no-op     `esker build`, nothing changed          against `git status --porcelain`
    leaf      `esker build --changed FILE`, edited    against `git status --porcelain`

Needs a Rust toolchain, git, and python3 with pip and venv; ruff is installed into an environment of its own.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import zipfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve()
CORPUS = TARGET / "corpus"

# The figures of the documentation are about these; other versions give others.
HOMEASSISTANT = "2025.4.4"
RUFF = "0.17.6"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def esker_binary():
    run("cargo", "build", "--release", "-p", "esker-cli", cwd=REPOSITORY)
    return TARGET / "release" / "esker"


def ruff_binary():
    environment = CORPUS / "venv"
    ruff = environment / "bin" / "ruff"
    if not ruff.exists():
        run(sys.executable, "-m", "venv", environment)
        pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*pip, f"ruff=={RUFF}")
    return ruff


def homeassistant():
    wheels = CORPUS / "wheels"
    unpacked = CORPUS / f"homeassistant-{HOMEASSISTANT}"
    if not unpacked.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        # The wheel asks for a newer Python than it takes to unpack it.
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--ignore-requires-python", "--only-binary", ":all:", "--dest", wheels]
        run(*pip, f"homeassistant=={HOMEASSISTANT}")
        with zipfile.ZipFile(next(wheels.glob(f"homeassistant-{HOMEASSISTANT}-*.whl"))) as wheel:
            wheel.extractall(unpacked)
    return unpacked


def working_copy(source):
    """A copy in a git repository with one commit, without configuration that would change what ruff looks at."""
    copy = CORPUS / "work" / source.name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".esker", ".ruff_cache"))
    for name in ("ruff.toml", ".ruff.toml"):
        for path in copy.rglob(name):
            path.unlink()
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-C", copy]
    run(*git, "init", "--quiet")
    (copy / ".git" / "info" / "exclude").write_text(".esker/\n")
    run(*git, "add", "--all")
    run(*git, "commit", "--quiet", "--message", "corpus")
    return copy


def leaf_of(esker, copy):
    """A file of middling size that no other imports."""
    printed = run(esker, "-C", copy, "graph", "--direction", "dependents", capture_output=True).stdout
    alone = [path for path, dependents in json.loads(printed).items() if not dependents]
    alone.sort(key=lambda path: ((copy / path).stat().st_size, path))
    if not alone:
        sys.exit("every Python file is imported by another; name the one to edit with --leaf")
    return alone[len(alone) // 2]


# A process inherits the peak memory of the one that starts it, so that a small interpreter has to do that: this one
# has the peak of about 10 MiB.
LAUNCH = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
_, status, usage = os.wait4(process, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


def timed(command, directory):
    """Seconds and peak memory in MiB of a process that has to succeed."""
    program = shutil.which(str(command[0]))
    launched = run(
        sys.executable, "-I", "-S", "-c", LAUNCH, program, *command[1:], cwd=directory, stdout=subprocess.PIPE, text=True
    )
    elapsed, memory, code = launched.stdout.split()
    if code != "0":
        sys.exit(f"{command} failed with exit code {code}")
    return float(elapsed), float(memory)


def compare(name, pairs, copy, ours, prepare, other):
    """Times two commands in turn and prints a row."""
    measured = {"ours": [], "other": []}
    for pair in range(pairs + 1):
        # Whoever runs first finds other caches warm; so they take turns.
        for which in ("ours", "other") if pair % 2 == 0 else ("other", "ours"):
            if which == "ours":
                prepare(pair)
            result = timed(ours if which == "ours" else other, copy)
            if pair > 0:
                measured[which].append(result)
    (our_time, our_memory), (other_time, other_memory) = (
        [statistics.median(column) for column in zip(*measured[which])] for which in ("ours", "other")
    )
    against = " ".join(pathlib.Path(part).name if os.sep in str(part) else str(part) for part in other[:3])
    print(
        f"{name:8} {our_time * 1000:9.1f} ms {our_memory:7.1f} MiB   "
        f"{other_time * 1000:9.1f} ms {other_memory:7.1f} MiB   {our_time / other_time:6.2f} {our_memory / other_memory:6.2f}"
        f"   {against}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=pathlib.Path, help="what to analyze; homeassistant by default")
    parser.add_argument("--pairs", type=int, default=7, metavar="N", help="how often each pair is run")
    parser.add_argument("--esker", type=pathlib.Path, metavar="PATH", help="a binary that is built already")
    parser.add_argument("--leaf", metavar="PATH", help="the file that is edited, relative to the directory")
    arguments = parser.parse_args()

    esker = arguments.esker.resolve() if arguments.esker else esker_binary()
    ruff = ruff_binary()
    copy = working_copy(arguments.directory.resolve() if arguments.directory else homeassistant())
    build = [esker, "build", "--quiet"]
    graph = [ruff, "analyze", "graph", "--isolated", "--preview", "--quiet"]
    status = ["git", "status", "--porcelain"]

    def forget(_):
        shutil.rmtree(copy / ".esker", ignore_errors=True)

    def nothing(_):
        pass

    print(f"{'':8} {'esker':>12} {'peak':>11}   {'other':>12} {'peak':>11}   {'time':>6} {'peak':>6}   against")
    compare("cold", arguments.pairs, copy, build, forget, graph)
    # Files written just before they are read are looked at again until they are older than their time stamps are coarse.
    run(*build, cwd=copy)
    time.sleep(0.1)
    run(*build, cwd=copy)
    compare("no-op", arguments.pairs, copy, build, nothing, status)

    leaf = arguments.leaf or leaf_of(esker, copy)
    original = (copy / leaf).read_bytes()

    def edit(pair):
        (copy / leaf).write_bytes(original + f"\n\ndef edition_{pair}():\n    return {pair}\n".encode())

    compare("leaf", arguments.pairs, copy, [*build, "--changed", leaf], edit, status)
    print(f"the leaf: {leaf}")


if __name__ == "__main__":
    main()
