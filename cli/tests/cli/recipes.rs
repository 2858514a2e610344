//! `docs/ci.md`, the composite action and the hooks, followed to the letter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::examples::example;
use crate::git::{commit, git, git_in};
use crate::repository::{Ran, Repository};
use crate::tools::prepared;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn project_file(path: &str) -> String {
    fs::read_to_string(Path::new(PROJECT).join(path)).expect("the project has the file")
}

/// The blocks of the recipe in this language.
fn blocks(language: &str) -> Vec<String> {
    let text = project_file("docs/ci.md");
    let fenced = text.split("\n```").enumerate().filter(|(number, _)| number % 2 == 1).map(|(_, block)| block);
    let blocks = fenced.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    blocks.map(|block| format!("{block}\n")).collect()
}

/// A clone of the example, on a branch that edits a table which two of the three tests depend on.
struct Clone {
    origin: Repository,
    directory: PathBuf,
}

impl Clone {
    fn new() -> Self {
        let origin = example();
        let url = format!("file://{}", origin.tree.root().display());
        let directory = origin.tree.root().with_file_name("clone");
        git(&origin, &["clone", "-q", &url, directory.to_str().expect("it is UTF-8")]);
        git_in(&directory, &["checkout", "-q", "-b", "feature"]);
        let edited = directory.join("src/invoices/tax.py");
        let text = fs::read_to_string(&edited).expect("the example has it");
        fs::write(&edited, text + "\nFORMER_RATES = {}\n").expect("it can be written");
        git_in(&directory, &["commit", "-q", "-a", "-m", "on the branch"]);
        Self { origin, directory }
    }

    /// Runs a script as a step of a pull request's job.
    fn step(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", script]).current_dir(&self.directory);
        let mut shell = prepared(shell, &self.origin.command(""));
        shell.env("GITHUB_BASE_REF", "main").env("GITHUB_WORKSPACE", &self.directory);
        shell.envs(variables.iter().copied());
        self.origin.run(shell, "")
    }
}

#[test]
fn the_recipe_in_a_plain_shell_works_as_printed() {
    let clone = Clone::new();
    let blocks = blocks("sh");
    assert_eq!(blocks.len(), 7, "a new block needs to be looked at here");
    let outputs: Vec<Ran> = blocks
        .iter()
        .map(|block| {
            let ran = clone.step(block, &[]);
            assert_eq!(ran.code, Some(0), "{block}{ran:?}");
            ran
        })
        .collect();
    assert!(outputs[1].stdout.contains("2 passed"), "{:?}", outputs[1]);
    // Without a name to look for, everything below the directory is handed to pytest that is affected.
    assert!(outputs[2].stdout.contains("2 passed"), "{:?}", outputs[2]);
    let affected = "src/invoices/customer.py\nsrc/invoices/invoice.py\nsrc/invoices/tax.py\ntests/test_invoice.py\n\
                    tests/test_tax.py\n";
    assert_eq!(outputs[3].stdout, affected);
    assert_eq!((&*outputs[4].stdout, &*outputs[4].stderr), ("", ""));
    // The questions before asked for edges alone.
    assert!(outputs[5].stdout.contains("executed  exports 10, resolution 10\n"), "{:?}", outputs[5]);
    let graph = fs::read_to_string(clone.directory.join("imports.json")).expect("it was written");
    assert!(graph.contains("src/invoices/tax.py"), "{graph}");
}

#[test]
fn the_workflow_works_as_printed() {
    let clone = Clone::new();
    let workflow = &blocks("yaml")[0];
    let steps: Vec<&str> = workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: ")).collect();
    assert_eq!(steps.len(), 4, "{workflow}");
    let summary = clone.origin.tree.root().with_file_name("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("it is UTF-8"))];
    let mut outputs = Vec::new();
    for step in &steps {
        let ran = clone.step(step, &variables);
        assert_eq!(ran.code, Some(0), "{step}: {ran:?}");
        outputs.push(ran.stdout);
    }
    assert!(outputs[2].contains("2 passed"), "{outputs:?}");
    let told = fs::read_to_string(&summary).expect("there is a summary");
    assert!(
        ["### Esker\n", "5 files affected.", "There are no new import cycles."].iter().all(|part| told.contains(part)),
        "{told}"
    );

    // A job that cloned one commit alone is told what it lacks.
    let url = format!("file://{}", clone.directory.display());
    let shallow = clone.directory.with_file_name("shallow");
    git_in(&clone.directory, &["clone", "-q", "--depth=1", &url, shallow.to_str().expect("it is UTF-8")]);
    let shallow = Clone { origin: clone.origin, directory: shallow };
    let ran = shallow.step(steps[1], &variables);
    assert!(ran.code == Some(2) && ran.stderr.contains("this clone is shallow"), "{ran:?}");
}

/// The scripts of an action's steps, in order.
fn scripts(action: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    let mut within = false;
    for line in action.lines() {
        if line.trim() == "run: |" {
            scripts.push(String::new());
            within = true;
        } else if let Some(text) = line.strip_prefix("        ").filter(|_| within) {
            scripts.last_mut().expect("one was begun").push_str(&format!("{text}\n"));
        } else {
            within = false;
        }
    }
    scripts
}

#[test]
fn the_composite_action_lists_affected_tests_and_fails_on_new_cycles() {
    let clone = Clone::new();
    let temporary = clone.directory.with_file_name("runner");
    fs::create_dir_all(&temporary).expect("a directory can be made");
    let file = |name: &str| temporary.join(name).to_str().expect("it is UTF-8").to_owned();
    let (output, summary) = (file("output"), file("summary.md"));
    let variables = |known: &'static str| {
        [
            ("ESKER", "esker"),
            ("BASE", "auto"),
            ("MATCH", "tests/**/test_*.py"),
            ("KNOWN", known),
            ("RUNNER_TEMP", temporary.to_str().expect("it is UTF-8")),
            ("GITHUB_OUTPUT", &*output),
            ("GITHUB_STEP_SUMMARY", &*summary),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    let run = |script: &str, known| {
        let variables = variables(known);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, &**value)).collect();
        clone.step(script, &variables)
    };
    let scripts = scripts(&project_file(".github/actions/esker/action.yml"));
    assert_eq!(scripts.len(), 4);
    for script in &scripts {
        let ran = run(script, "known-cycles.json");
        assert_eq!(ran.code, Some(0), "{script}: {ran:?}");
    }
    let outputs = fs::read_to_string(&output).expect("there are outputs");
    let list = outputs.lines().find_map(|line| line.strip_prefix("list=")).expect("a list is named").to_owned();
    assert!(outputs.contains("program=esker\n") && outputs.contains("any=true\n"), "{outputs}");
    // The step that makes use of it, as printed.
    let usage = &blocks("yaml")[1];
    let step = usage.lines().find_map(|line| line.trim().strip_prefix("run: ")).expect("there is a step");
    let ran = run(&step.replace("${{ steps.esker.outputs.affected }}", &list), "");
    assert!(ran.code == Some(0) && ran.stdout.contains("2 passed"), "{ran:?}");
    // Without a list of known cycles the old one counts.
    let ran = run(&scripts[3], "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.starts_with("::error file=src/invoices/customer.py,line=9,title=import cycle::"), "{ran:?}");
}

#[test]
fn the_files_that_others_read_are_sound() {
    let clone = Clone::new();
    for (file, key) in [(".github/actions/esker/action.yml", "runs"), (".pre-commit-hooks.yaml", "id")] {
        let script = format!(
            "python3 -c 'import sys, yaml; text = yaml.safe_load(open(sys.argv[1])); \
             assert all(\"{key}\" in part for part in (text if isinstance(text, list) else [text]))' '{PROJECT}/{file}'"
        );
        let ran = clone.step(&script, &[]);
        assert_eq!(ran.code, Some(0), "{file}: {ran:?}");
    }
}

#[test]
fn the_hooks_let_a_sound_commit_pass_and_stop_others() {
    let clone = Clone::new();
    // The hooks come from a repository, as the configuration names it.
    let hooks = Repository::new("//- esker.toml\n");
    hooks.tree.write(".pre-commit-hooks.yaml", project_file(".pre-commit-hooks.yaml"));
    git(&hooks, &["init", "-q", "-b", "main"]);
    commit(&hooks);
    let revision = git(&hooks, &["rev-parse", "HEAD"]);
    let config = blocks("yaml")[2].replace("REVISION", &revision);
    let config = config.replace("https://github.com/OWNER/esker", &format!("file://{}", hooks.tree.root().display()));
    fs::write(clone.directory.join(".pre-commit-config.yaml"), config).expect("it can be written");
    let home = clone.directory.with_file_name("pre-commit");
    let home = [("PRE_COMMIT_HOME", home.to_str().expect("it is UTF-8")), ("GIT_CONFIG_GLOBAL", "/dev/null")];
    let identity = "-c user.name=t -c user.email=t@example.org";
    let attempt = |path: &str, text: &str| {
        let file = clone.directory.join(path);
        let before = fs::read_to_string(&file).expect("the example has it");
        fs::write(&file, before + text).expect("it can be written");
        clone.step(&format!("git add -A && git {identity} commit -q -m 'with hooks'"), &home)
    };
    let installed = clone.step("pre-commit install", &home);
    assert_eq!(installed.code, Some(0), "{installed:?}");
    let ran = attempt("src/invoices/tax.py", "\nLOW = 1\n");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("tests that the commit can reach") && ran.stderr.contains("Passed"), "{ran:?}");
    let ran = attempt("tests/test_tax.py", "\n\ndef test_that_fails():\n    assert False\n");
    assert!(ran.code == Some(1) && ran.stderr.contains("1 failed, 1 passed"), "{ran:?}");
    git_in(&clone.directory, &["reset", "-q", "--hard"]);
    let ran = attempt("src/invoices/money.py", "\nimport invoices.tax\n");
    assert!(ran.code == Some(1) && ran.stderr.contains("a cycle of 2 files"), "{ran:?}");
}
