#!/usr/bin/env python3
"""Unpacks the cases of the TypeScript frontend as repositories, so that the compiler can be asked about them.

    typescript_cases.py CASES DIRECTORY

Each file `NAME.txt` of CASES becomes a directory DIRECTORY/NAME with the files that it has, each after a line `//- PATH`;
what follows `//= edges` is left out. As npm does for workspaces, `node_modules` gets a link to every package below a
directory `packages`. The names of the directories are printed.
"""

import argparse
import json
import os
import pathlib
import shutil


def unpack(case, directory):
    shutil.rmtree(directory, ignore_errors=True)
    fixture = case.read_text(encoding="utf-8").partition("//= edges\n")[0]
    for file in fixture.split("//- ")[1:]:
        path, _, text = file.partition("\n")
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    # Without a mark of a root, Esker would look further up.
    (directory / "esker.toml").touch()
    lists = "".join(list.read_text(encoding="utf-8") for list in directory.glob("pnpm-workspace.yaml"))
    for manifest in directory.glob("packages/*/package.json"):
        if f"!packages/{manifest.parent.name}" in lists:
            continue
        name = json.loads(manifest.read_text(encoding="utf-8")).get("name")
        link = directory / "node_modules" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(manifest.parent, link.parent))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()
    for case in sorted(arguments.cases.glob("*.txt")):
        unpack(case, arguments.directory / case.stem)
        print(case.stem)


if __name__ == "__main__":
    main()
