"""Writes how many files each file imports, and how many import it, from `esker graph`."""

import json
import sys

with open(sys.argv[1]) as file:
    graph = json.load(file)
dependents = {path: sum(path in targets for targets in graph.values()) for path in graph}
print(f"{'file':32}imports  imported by")
for path, targets in graph.items():
    print(f"{path:32}{len(targets):7}  {dependents[path]:11}")
