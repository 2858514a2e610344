#!/usr/bin/env python3
"""Writes a Python repository that is like real ones in what matters for Esker, of any size.

    tree.py DIRECTORY FILES [--seed N]

- Packages of about a dozen modules, in teams, in areas: paths have four components.
- Fan-in by a power law: of ten imports six go to the same package or one nearby, four to anywhere, where few files are
  wanted by many. The first ones are imported by hundreds.
- Some imports lead back, so that there are cycles, most of them within a package.
- A module has a class, functions and constants, uses what it imports, and has 1 to 4 KiB.

The same seed and number of files give the same bytes.
"""

import argparse
import pathlib
import random

MODULES = 12
PACKAGES = 8
TEAMS = 12

# How steep the law is: the chance of a file to be imported falls with the power 1 - 1/EXPONENT of its number.
EXPONENT = 4.0
# The share of imports that lead to later files.
BACK = 0.04


def path_of(file):
    package, module = divmod(file, MODULES)
    team, place = divmod(package, PACKAGES)
    area, number = divmod(team, TEAMS)
    name = "__init__.py" if module == 0 else f"module_{module}.py"
    return f"area_{area}/team_{number}/package_{place}/{name}"


def module_of(file):
    return path_of(file).removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")


def wanted(random_, files):
    """A file that is imported from anywhere: the first ones are what all others are built on."""
    return int(files * random_.random() ** EXPONENT)


def nearby(random_, file, files):
    """A file of the same package, or of one nearby."""
    package = file // MODULES
    if random_.random() < 0.7:
        return min(package * MODULES + random_.randrange(MODULES), files - 1)
    start = max(0, package - PACKAGES // 2) * MODULES
    return min(start + random_.randrange(PACKAGES * MODULES), files - 1)


def imports_of(random_, file, files):
    count = min(1 + int(random_.expovariate(1 / 5)), 20)
    targets = set()
    for _ in range(count):
        reach = files if random_.random() < BACK else max(file, 1)
        if random_.random() < 0.6:
            target = nearby(random_, file, files)
            if target > file and reach < files:
                target = max(0, 2 * file - target)
        else:
            target = wanted(random_, reach)
        if target != file:
            targets.add(target)
    return sorted(targets)


def text_of(seed, file, files):
    random_ = random.Random(seed * 1_000_003 + file)
    targets = imports_of(random_, file, files)
    lines = [f'"""Module {file}."""', "", "from __future__ import annotations", ""]
    for target in targets:
        kind = random_.random()
        if kind < 0.6:
            lines.append(f"from {module_of(target)} import Thing{target}, function_{target}")
        elif kind < 0.9:
            lines.append(f"from {module_of(target)} import LIMIT_{target}")
        else:
            lines.append(f"import {module_of(target)}")
    lines += ["", f"LIMIT_{file} = {random_.randrange(1000)}", f'NAME_{file} = "module {file}"', ""]
    bases = [target for target in targets if f"Thing{target}," in "\n".join(lines)][:1]
    lines += ["", f"class Thing{file}" + (f"(Thing{bases[0]}):" if bases else ":"), f'    """A thing."""', ""]
    lines += [f"    limit: int = LIMIT_{file}", ""]
    for method in range(random_.randrange(2, 7)):
        lines += [f"    def method_{method}(self, value: int, *, flag: bool = False) -> int:"]
        lines += [f'        """Returns something."""', f"        total = value + self.limit"]
        for target in random_.sample(targets, min(len(targets), 2)):
            if f"function_{target}" in "\n".join(lines[:40]):
                lines.append(f"        total += function_{target}(total, flag)")
        lines += ["        if flag:", f"            return self.method_{max(method - 1, 0)}(total) if total > 9 else 0"]
        lines += ["        return total", ""]
    lines += ["", f"def function_{file}(value: int, flag: bool) -> int:", f'    """Returns something."""']
    lines += ["    parts = [value, LIMIT_%d]" % file, "    for part in parts:", "        if flag and part > 3:"]
    lines += ["            value += part", "    return value", ""]
    for extra in range(random_.randrange(6)):
        lines += ["", f"def helper_{extra}(first, second=None):", "    result = {}", "    for key, value in first.items():"]
        lines += ["        if value is not None:", "            result[key] = (value, second)", "    return result", ""]
    return "\n".join(lines)


def write(directory, files, seed=1):
    """Writes the tree. Returns how many bytes its sources have."""
    directory = pathlib.Path(directory)
    made, total = set(), 0
    for file in range(files):
        path = path_of(file)
        parent, _, _ = path.rpartition("/")
        if parent not in made:
            (directory / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
            # Areas and teams are packages as well: all absolute imports start from one directory.
            for above in list((directory / parent).parents)[:2]:
                if above not in made:
                    (above / "__init__.py").touch()
                    made.add(above)
        text = text_of(seed, file, files).encode()
        (directory / path).write_bytes(text)
        total += len(text)
    (directory / "esker.toml").write_text("")
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("files", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    total = write(arguments.directory, arguments.files, arguments.seed)
    print(f"{arguments.files} files, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
