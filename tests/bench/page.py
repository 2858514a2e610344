"""The tables in docs/performance.md, each between two marks that name the recipe that makes it."""

import datetime
import os

import corpora

PAGE = corpora.REPOSITORY / "docs" / "performance.md"


def put(recipe, table, remark=""):
    """Puts a table in the place of the one that `just RECIPE` made before, under a note of when and where."""
    begin, end = f"<!-- begin: just {recipe} -->", f"<!-- end: just {recipe} -->"
    commit = corpora.run("git", "rev-parse", "--short", "HEAD", cwd=corpora.REPOSITORY, capture_output=True, text=True)
    before, rest = PAGE.read_text().split(begin)
    _, after = rest.split(end)
    note = (f"Commit {commit.stdout.strip()}, {datetime.date.today()}, {os.cpu_count()} cores, load at the end "
            f"{os.getloadavg()[0]:.1f}{remark}.\n\n")
    PAGE.write_text(f"{before}{begin}\n{note}{table}{end}{after}")
