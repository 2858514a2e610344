#!/usr/bin/env python3
"""Counts what builds execute after typical edits of much imported files of homeassistant.

    edits.py ESKER DIRECTORY SNAPSHOT [--update]

DIRECTORY is homeassistant as a repository of its own; it is edited in place, and each edit is taken back. Every build
is a process of its own that is told the one file that changed. A row has the counts of the four stages and of the files
affected; `reverted` is the build after the edit was taken back. The rows must be those of SNAPSHOT, which `--update`
writes; otherwise the exit code is 1. After the edits marked with `=`, what the cache answers is compared byte for byte
with the answer of processes that begin with an empty cache.

Deleting `split_entity_id` resolves 53 files anew, of which 47 have the word in them. The others read
what is assigned from a call of that function, as `State.domain` is, so that what they know of its type hangs on it. Another
parameter resolves those files anew that pass one of this name; where it comes before one that tells what a type variable
of the result is, as in `async_create_task`, all that call the function.
"""

import argparse
import collections
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile

Edit = collections.namedtuple("Edit", "title file old new compared", defaults=(False,))

CORE, CONST, ENTITY = (f"homeassistant/{name}.py" for name in ("core", "const", "helpers/entity"))
STAGES = ("ir", "edges", "exports", "resolution")

EDITS = (
    Edit("core: body of `callback`", CORE, '"_hass_callback", True)\n    return func', '"_hass_callback", 1)\n    return func'),
    Edit("core: new name", CORE, "\nclass CoreState(", "\nNEW_NAME = 1\n\n\nclass CoreState("),
    Edit("core: parameter of `callback`", CORE, "](func: _CallableT) -> _CallableT:", "](func: _CallableT, new: int = 0) -> _CallableT:"),
    Edit("core: type that `callback` returns", CORE, "](func: _CallableT) -> _CallableT:", "](func: _CallableT) -> Any:"),
    Edit(
        "core: parameter of `HomeAssistant.async_create_task`",
        CORE,
        "    def async_create_task[_R](\n        self,\n",
        "    def async_create_task[_R](\n        self,\n        new: int,\n",
    ),
    Edit("core: `valid_domain` deleted", CORE, "def valid_domain(", "def valid_domain_renamed("),
    Edit("core: `split_entity_id` deleted", CORE, "def split_entity_id(", "def split_entity_id_renamed(", True),
    Edit("const: comment", CONST, "\nAPPLICATION_NAME: Final", "\n# A comment.\nAPPLICATION_NAME: Final"),
    Edit("const: new name", CONST, "\nAPPLICATION_NAME: Final", "\nNEW_NAME: Final = 1\nAPPLICATION_NAME: Final"),
    Edit("const: annotation of `CONF_NAME`", CONST, "\nCONF_NAME: Final =", "\nCONF_NAME: int ="),
    Edit("const: `CONF_ALLOWLIST_EXTERNAL_URLS` deleted", CONST, "\nCONF_ALLOWLIST_EXTERNAL_URLS: Final", "\nRENAMED: Final"),
    Edit("entity: body of `async_write_ha_state`", ENTITY, 'operation("async_write_ha_state")', 'operation("write")'),
    Edit("entity: new name", ENTITY, "\nclass EntityInfo(", "\nNEW_NAME = 1\n\n\nclass EntityInfo("),
    Edit(
        "entity: parameter of `Entity.async_write_ha_state`",
        ENTITY,
        "    def async_write_ha_state(self) -> None:",
        "    def async_write_ha_state(self, new: int = 0) -> None:",
    ),
    Edit("entity: `entity_sources` deleted", ENTITY, "\ndef entity_sources(", "\ndef entity_sources_renamed("),
)


class Repository:
    def __init__(self, esker, directory, cache):
        self.esker, self.directory, self.cache = os.path.abspath(esker), directory, cache

    def run(self, *arguments):
        command = [self.esker, "-C", self.directory, "--cache-dir", self.cache, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def build(self, *arguments):
        return json.loads(self.run("build", "--format", "json", *arguments))

    def fresh_answers(self):
        with tempfile.TemporaryDirectory(prefix="edits-fresh-", dir=os.path.dirname(self.cache)) as cache:
            return Repository(self.esker, self.directory, cache).answers()

    def answers(self):
        return [self.run(*question) for question in QUESTIONS]

    def edit(self, file, old, new):
        path = os.path.join(self.directory, file)
        with open(path, encoding="utf-8", newline="") as handle:
            text = handle.read()
        if text.count(old) != 1:
            sys.exit(f"{file} has {text.count(old)} times instead of once: {old!r}")
        with open(path, "w", encoding="utf-8", newline="") as handle:
            handle.write(text.replace(old, new))


# Both tell of every file; what an export has in addition takes minutes in a debug build.
QUESTIONS = (("graph", "--format", "json", "--details", "--edges", "all"), ("symbols", "--exported", "--format", "json", "."))


def row(title, report):
    counts = [report["executed"][stage] for stage in STAGES] + [report["affected"]]
    return f"{title:56}" + "".join(f"{count:>12}" for count in counts)


def rows(repository):
    """Yields the lines of the snapshot, and at last whether all comparisons held."""
    yield f"{'':56}" + "".join(f"{name:>12}" for name in (*STAGES, "affected"))
    yield row("cold", repository.build())
    yield row("nothing changed", repository.build())
    for edit in EDITS:
        repository.edit(edit.file, edit.old, edit.new)
        try:
            mark = " =" if edit.compared else ""
            yield row(edit.title + mark, repository.build("--changed", edit.file))
            if edit.compared and repository.answers() != repository.fresh_answers():
                yield "    WRONG: an empty cache gives another answer"
        finally:
            repository.edit(edit.file, edit.new, edit.old)
        yield row("    reverted", repository.build("--changed", edit.file))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esker")
    parser.add_argument("directory")
    parser.add_argument("snapshot")
    parser.add_argument("--update", action="store_true", help="write the snapshot instead of comparing with it")
    arguments = parser.parse_args()

    cache = tempfile.mkdtemp(prefix="edits-cache-", dir=os.path.dirname(os.path.abspath(arguments.directory)))
    found = []
    try:
        for line in rows(Repository(arguments.esker, arguments.directory, cache)):
            print(line, flush=True)
            found.append(line.rstrip() + "\n")
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    wrong = any("WRONG" in line for line in found)
    if arguments.update:
        with open(arguments.snapshot, "w", encoding="utf-8") as file:
            file.writelines(found)
        return int(wrong)
    with open(arguments.snapshot, encoding="utf-8") as file:
        difference = list(difflib.unified_diff(file.readlines(), found, arguments.snapshot, "found"))
    sys.stdout.writelines(difference)
    return int(wrong or bool(difference))


if __name__ == "__main__":
    sys.exit(main())
