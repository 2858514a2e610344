//! What goes to stderr, colors, and the command line itself.

use crate::pseudo_terminal::on_a_terminal;
use crate::repository::Repository;

#[test]
fn colors_are_used_when_asked_for_alone() {
    let repository = Repository::new("//- a.py\n");
    assert!(!repository.esker("build").stdout.contains('\x1b'));
    assert!(repository.esker("build --color always").stdout.contains("\x1b[1m"));
    assert!(repository.esker("deps x.py --color always").stderr.starts_with("\x1b[1m\x1b[31merror:\x1b[0m "));
    repository.esker("build --color always -o report.txt");
    assert!(!repository.read("report.txt").contains('\x1b'));
}

#[test]
fn a_terminal_is_colored_unless_it_or_its_user_objects() {
    let repository = Repository::new("//- a.py\n");
    let colored = |arguments: &str, variables: &[(&str, &str)]| {
        let mut command = repository.command(arguments);
        command.envs(variables.iter().copied());
        let shown = on_a_terminal(command);
        assert_eq!(shown.code, Some(0), "{}", shown.text);
        shown.text.contains('\x1b')
    };
    assert!(colored("build", &[]));
    assert!(!colored("build --color never", &[]));
    assert!(!colored("build", &[("NO_COLOR", "1")]));
    assert!(colored("build", &[("NO_COLOR", "")]));
    assert!(!colored("build", &[("TERM", "dumb")]));
    assert!(!colored("build", &[("CLICOLOR", "0")]));
    assert!(colored("build --color always", &[("NO_COLOR", "1"), ("TERM", "dumb")]));
    assert!(colored("deps --help", &[]));
    assert!(!colored("deps --help", &[("NO_COLOR", "1")]));
    assert!(!colored("deps --help --color never", &[]));
}

#[test]
fn a_pipe_is_colored_when_the_environment_forces_it() {
    let repository = Repository::new("//- a.py\n");
    let colored = |arguments: &str, variables: &[(&str, &str)]| {
        let mut command = repository.command(arguments);
        command.envs(variables.iter().copied());
        let ran = repository.run(command, "");
        format!("{}{}", ran.stdout, ran.stderr).contains('\x1b')
    };
    for arguments in ["build", "frobnicate"] {
        assert!(!colored(arguments, &[]));
        assert!(colored(arguments, &[("CLICOLOR_FORCE", "1")]));
        assert!(!colored(arguments, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!colored(&format!("{arguments} --color never"), &[("CLICOLOR_FORCE", "1")]));
    }
    assert!(colored("build", &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")]));
    assert!(!colored("build", &[("CLICOLOR_FORCE", "0")]));
}

#[test]
fn verbose_runs_tell_the_time_of_each_step() {
    let repository = Repository::new("//- a.py\n");
    let stderr = repository.esker("build -v").stderr;
    assert!(stderr.lines().all(|line| line.starts_with("info: ")), "{stderr}");
    assert!(stderr.contains("info: detect: close time.busy="), "{stderr}");
    assert!(repository.esker("build -vv").stderr.contains("debug: "));
}

#[test]
fn the_log_filter_comes_from_the_environment() {
    let repository = Repository::new("//- a.py\n");
    let with_log = |filter: &str, arguments: &str| {
        let mut command = repository.command(arguments);
        command.env("ESKER_LOG", filter);
        repository.run(command, "")
    };
    assert!(with_log("esker_engine=info", "build").stderr.contains("info: detect: "));
    assert_eq!(with_log("error", "build -v").stderr, "");
    let ran = with_log("esker=loud", "build");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: ESKER_LOG=\"esker=loud\": "), "{}", ran.stderr);
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    let repository = Repository::new("//- a.py\n");
    assert_eq!(repository.esker("frobnicate").code, Some(2));
    assert_eq!(repository.esker("build -j 0").code, Some(2));
    assert_eq!(repository.esker("").code, Some(2));
    assert_eq!(repository.esker("--help").code, Some(0));
    let version = repository.esker("--version");
    assert_eq!((version.code, version.stdout.starts_with("esker ")), (Some(0), true));
}

#[test]
fn help_can_be_asked_for_by_name() {
    let repository = Repository::new("//- a.py\n");
    for (by_name, by_option) in
        [("help", "--help"), ("help graph", "graph --help"), ("help cache gc", "cache gc --help")]
    {
        let ran = repository.esker(by_name);
        assert_eq!((ran.code, &ran.stdout), (Some(0), &repository.esker(by_option).stdout), "{by_name}");
    }
    assert_eq!(repository.esker("help frobnicate").code, Some(2));
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let repository = Repository::new("//- a.py\n");
    for arguments in ["--help", "build --help", "--version"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = repository.command(arguments).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(stderr.starts_with("error: stdout cannot be written: No space left"), "{arguments}: {stderr}");
    }
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let repository = Repository::new("//- a.py\n");
    let mut command = repository.command("build -q");
    command.env("ESKER_CACHE_DIR", "").env("ESKER_JOBS", "").env("ESKER_LOCK_TIMEOUT", "");
    repository.run(command, "").answers("");
    assert!(repository.tree.root().join(".esker").is_dir());
    let mut command = repository.command("build");
    command.env("ESKER_JOBS", "many");
    assert_eq!(repository.run(command, "").code, Some(2));
}

#[test]
fn completions_are_printed_for_every_shell() {
    let repository = Repository::new("//- a.py\n");
    for shell in ["bash", "zsh", "fish"] {
        let ran = repository.esker(&format!("completions {shell}"));
        assert_eq!(ran.code, Some(0));
        assert!(ran.stdout.contains("dependents"), "{shell}");
    }
    assert_eq!(repository.esker("completions cobol").code, Some(2));
}
