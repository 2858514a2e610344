"""Times processes, two commands in turn."""

import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass

# A process inherits the peak memory of the one that starts it, so that a small interpreter has to do that: this one
# has the peak of about 10 MiB.
LAUNCH = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
_, status, usage = os.wait4(process, 0)
elapsed = time.perf_counter() - start
print(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


@dataclass
class Measured:
    """What a process took."""

    wall_ms: float
    cpu_ms: float
    peak_mib: float

    @staticmethod
    def median(runs):
        """The median of each figure."""
        return Measured(
            statistics.median(run.wall_ms for run in runs),
            statistics.median(run.cpu_ms for run in runs),
            statistics.median(run.peak_mib for run in runs),
        )


@dataclass
class Command:
    """A process to be timed, and what comes before each run of it."""

    line: list
    directory: os.PathLike
    prepare: object = None

    def run(self, number):
        if self.prepare:
            self.prepare(number)
        program = shutil.which(str(self.line[0]))
        launched = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCH, program, *map(str, self.line[1:])],
            cwd=self.directory,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        wall, cpu, peak, code = launched.stdout.split()
        if code != "0":
            sys.exit(f"{self.line} failed with exit code {code}")
        return Measured(float(wall) * 1000, float(cpu) * 1000, float(peak))


def alone(command, runs, warm_up=1):
    """The medians of a command's runs, after some that are not counted."""
    return Measured.median([command.run(number) for number in range(runs + warm_up)][warm_up:])


def in_turn(ours, other, pairs, warm_up=1):
    """The medians of two commands that are run alternately, after some pairs that are not counted."""
    measured = {"ours": [], "other": []}
    for pair in range(pairs + warm_up):
        # Whoever runs first finds other caches warm; so they take turns.
        for which in ("ours", "other") if pair % 2 == 0 else ("other", "ours"):
            result = (ours if which == "ours" else other).run(pair)
            if pair >= warm_up:
                measured[which].append(result)
    return Measured.median(measured["ours"]), Measured.median(measured["other"])
