#!/usr/bin/env python3
"""Times how soon `esker watch` answers after a file was written, in quick succession and after pauses.

    watch.py ESKER DIRECTORY FILE [--edits N] [--pauses SECONDS...] [--debounce MS]

DIRECTORY is a copy that may be written to, FILE lies in it. For each pause so many edits are made, each that long after
the answer to the last one. Two times are printed, median and maximum: from the end of writing until the line is read,
less the time for which the command waits for more events (its --debounce), and what the command says that the build took.
"""

import argparse
import json
import pathlib
import select
import statistics
import subprocess
import time


def edits(process, path, count, pause, debounce_ms):
    walls, builds = [], []
    for edition in range(count):
        time.sleep(pause)
        # On a busy machine one edit can be told of twice.
        while select.select([process.stdout], [], [], 0)[0]:
            process.stdout.readline()
        # In one step: a file that is emptied first is another change.
        with open(path, "ab", buffering=0) as file:
            file.write(f"\n\ndef edition_{edition}():\n    return {time.time_ns()}\n".encode())
        start = time.perf_counter()
        report = json.loads(process.stdout.readline())
        walls.append((time.perf_counter() - start) * 1000 - debounce_ms)
        builds.append(report["elapsed_ms"])
    return walls, builds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esker", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("file")
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--pauses", type=float, nargs="+", default=[0.05, 1, 3])
    parser.add_argument("--debounce", type=int, default=20)
    arguments = parser.parse_args()

    path = arguments.directory / arguments.file
    original = path.read_bytes()
    command = [arguments.esker.resolve(), "-C", arguments.directory, "watch", "--format", "jsonl"]
    command += ["--debounce", str(arguments.debounce)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    try:
        json.loads(process.stdout.readline())
        print(f"{'pause':>8}  {'answer: median':>15} {'max':>8}   {'build: median':>14} {'max':>8}")
        for pause in arguments.pauses:
            walls, builds = edits(process, path, arguments.edits, pause, arguments.debounce)
            print(
                f"{pause:6.2f} s  {statistics.median(walls):12.2f} ms {max(walls):5.2f} ms   "
                f"{statistics.median(builds):11.2f} ms {max(builds):5.2f} ms"
            )
    finally:
        path.write_bytes(original)
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
