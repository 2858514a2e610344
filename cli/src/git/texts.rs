//! What files were in the commit before.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::Part;

/// Asks git for the texts of files one by one.
pub(crate) struct Texts<'c> {
    /// The processes are started when they are first needed.
    parts: Vec<(&'c Part, Option<Process>)>,
}

/// A running `git cat-file --batch`.
struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'c> Texts<'c> {
    pub(super) fn new(parts: &'c [Part]) -> Self {
        Self { parts: parts.iter().map(|part| (part, None)).collect() }
    }

    /// The text that a file had; `None` if there was no such file.
    pub(crate) fn text(&mut self, path: &str) -> io::Result<Option<Vec<u8>>> {
        // Questions are lines; git could not be asked for such a file by this way.
        if path.contains('\n') {
            return Ok(None);
        }
        let owner = self.parts.iter_mut().filter(|(part, _)| path.starts_with(&part.place));
        let Some((part, process)) = owner.max_by_key(|(part, _)| part.place.len()) else { return Ok(None) };
        if process.is_none() {
            *process = Some(Process::start(part)?);
        }
        let Some(process) = process else { return Ok(None) };
        let path = path.strip_prefix(&*part.place).unwrap_or(path);
        process.answer(&format!("{}:{}{path}", part.base, part.git.prefix()))
    }
}

impl Process {
    fn start(part: &Part) -> io::Result<Self> {
        let mut git = part.git.command();
        let mut child = git.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git has no pipes"));
        };
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    fn answer(&mut self, object: &str) -> io::Result<Option<Vec<u8>>> {
        writeln!(self.questions, "{object}")?;
        self.questions.flush()?;
        let mut headline = String::new();
        self.answers.read_line(&mut headline)?;
        let Some((what, length)) = headline.trim_end().rsplit_once(' ') else { return Ok(None) };
        let Ok(length) = length.parse::<usize>() else { return Ok(None) };
        let mut text = vec![0; length + 1];
        self.answers.read_exact(&mut text)?;
        text.pop();
        Ok(what.ends_with(" blob").then_some(text))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
