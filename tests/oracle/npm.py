"""Programs of packages of npm, installed into directories of their own."""

import os
import subprocess
import sys


def install(home, programs, packages):
    """The paths of programs, in the order asked for. All packages are installed below `home` unless the programs are there."""
    paths = [os.path.join(home, "node_modules", ".bin", program) for program in programs]
    if not all(os.path.exists(path) for path in paths):
        os.makedirs(home, exist_ok=True)
        # Without a package of its own here, npm would install where it finds one further up.
        with open(os.path.join(home, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"private": true}\n')
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages]
        subprocess.run(npm, cwd=home, check=True, stdout=sys.stderr)
    return paths
