"""What is measured, and against what: trees of files and programs, all below the target directory."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import tree

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve()
CORPUS = TARGET / "corpus"

# The figures of the documentation are about these; other versions give others.
HOMEASSISTANT = "2025.4.4"
DJANGO = "5.2.8"
RUFF = "0.17.6"
NINJA = "1.13.0"
SCIP_PYTHON = "0.6.6"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def esker_binary():
    run("cargo", "build", "--release", "-p", "esker-cli", cwd=REPOSITORY)
    return TARGET / "release" / "esker"


def peer(name, version):
    """A program from the Python package index, in an environment of its own."""
    environment = CORPUS / "venv"
    program = environment / "bin" / name
    if not program.exists():
        if not (environment / "bin" / "python").exists():
            run(sys.executable, "-m", "venv", environment)
        pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*pip, "--only-binary", ":all:", f"{name}=={version}")
    return program


def scip_python():
    home = CORPUS / "scip-python"
    program = home / "node_modules" / ".bin" / "scip-python"
    if not program.exists():
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", home]
        run(*npm, f"@sourcegraph/scip-python@{SCIP_PYTHON}")
    return program


def wheel(name, version):
    wheels = CORPUS / "wheels"
    unpacked = CORPUS / f"{name}-{version}"
    if not unpacked.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        # The wheel may ask for a newer Python than it takes to unpack it.
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--ignore-requires-python", "--only-binary", ":all:", "--dest", wheels]
        run(*pip, f"{name}=={version}")
        with zipfile.ZipFile(next(wheels.glob(f"{name}-{version}-*.whl"))) as archive:
            archive.extractall(unpacked)
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


def generated(files):
    """A tree of so many files, which is made once."""
    directory = CORPUS / "generated" / str(files)
    if not (directory / "esker.toml").exists():
        shutil.rmtree(directory, ignore_errors=True)
        tree.write(directory, files)
    return directory


def ninja_files(copy):
    """A directory in which ninja has one edge for each Python file of the copy, and has run."""
    directory = CORPUS / "work" / "ninja"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    lines = ["rule stamp", "  command = touch $out"]
    for number, path in enumerate(sorted(copy.rglob("*.py"))):
        lines.append(f"build {number // 1000}/{number}: stamp {str(path).replace('$', '$$').replace(' ', '$ ')}")
    (directory / "build.ninja").write_text("\n".join(lines) + "\n")
    run(peer("ninja", NINJA), "--quiet", cwd=directory)
    return directory


def sources(directory):
    """How many bytes the Python files below a directory have."""
    return sum(path.stat().st_size for ending in ("*.py", "*.pyi") for path in directory.rglob(ending))


def disk_bytes(directory):
    """How many bytes the files below a directory have, not counting what was reserved and never written."""
    stats = [path.stat() for path in directory.rglob("*") if path.is_file()]
    return sum(min(stat.st_size, stat.st_blocks * 512) for stat in stats)
