# `just` lists the recipes. What they do stands in .ci/run, which needs no `just`, so that both check the same.

_default:
    @just --list --unsorted

# All that a change has to pass, but for the comparisons with other programs
ready:
    .ci/run fmt deny lint docs no-cache test

# All tests, documentation examples among them
test:
    .ci/run test

# Install the programs that tests run, below the target directory; `test` does so too
tools:
    .ci/run tools

# Import edges of django against `ruff analyze graph`
oracle:
    .ci/run ruff-oracle

# Scopes, definitions and imports of django against CPython's `symtable` and `ast`
symtable:
    .ci/run symtable-oracle

# Symbols of django against CPython's `ast`
symbols:
    .ci/run symbols-oracle

# What references of rich lead to against scip-python
scip:
    .ci/run scip-oracle

# Where imports of packages of npm lead against the TypeScript compiler
typescript:
    .ci/run typescript-oracle

# Import edges of packages of npm against dependency-cruiser and madge
cruiser:
    .ci/run cruiser-oracle

# What builds execute after typical edits of homeassistant
edits:
    .ci/run edits-oracle

# Incremental answers against clean ones, along the last commits of any git repository
replay REPOSITORY COMMITS="50":
    cargo build --release -p esker-cli
    python3 tests/oracle/replay.py "${CARGO_TARGET_DIR:-target}/release/esker" {{REPOSITORY}} --commits {{COMMITS}}

# Whether `esker affected` names all that commits affect, along the last ones of any git repository
affected REPOSITORY COMMITS="50":
    cargo build --release -p esker-cli
    python3 tests/oracle/affected.py "${CARGO_TARGET_DIR:-target}/release/esker" {{REPOSITORY}} --commits {{COMMITS}}

# What takes too long for every change: thousands of killed processes, of damaged files, of random lives of a tree, of
# edits of django, and minutes of fuzzing
soak KILLS="5000" LIVES="2000" DAMAGE="200" FUZZ="600":
    ESKER_KILL_ROUNDS={{KILLS}} cargo test -p esker-cli --test kill random_moments
    ESKER_DAMAGE_SAMPLES={{DAMAGE}} cargo test -p esker-tests --test damaged_files
    FUZZ_SECONDS={{FUZZ}} .ci/run fuzz
    PROPTEST_CASES={{LIVES}} cargo test -p esker-tests --test properties
    .ci/run soak

# The command against other programs, as a table: all of it, or the lines named
bench *LINES:
    python3 tests/bench/whole_process.py {{LINES}}

# How time and memory grow with the number of files; writes the table and the plot of docs/performance.md
bench-growth *SIZES:
    python3 tests/bench/growth.py {{SIZES}} --update

# Incremental builds by the library against full ones
bench-library:
    cargo bench -p esker-tests --bench incremental

# Everything that CI runs
ci:
    .ci/run
