//! How a command ends: done, with a failed check, or with an error that carries hints.

use std::ops::Range;
use std::path::PathBuf;

use esker_engine::EngineError;

/// The end of a command that worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exit code 0.
    Done,
    /// A check that was asked for failed: exit code 1.
    CheckFailed,
}

/// The exit code of every error.
pub(crate) const ERROR_EXIT_CODE: i32 = 2;

impl Verdict {
    pub(crate) const fn exit_code(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::CheckFailed => 1,
        }
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub(crate) struct CommandError {
    error: anyhow::Error,
    excerpt: Option<Box<Excerpt>>,
    hints: Vec<String>,
}

/// The place in a file that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) path: PathBuf,
    /// The whole text of the file.
    pub(crate) text: String,
    /// Where in the text, in bytes. May be empty.
    pub(crate) span: Range<usize>,
    /// What is said beside the place; may be empty.
    pub(crate) label: String,
}

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        anyhow::Error::msg(message.into()).into()
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the place in a file that the error is about.
    #[must_use]
    pub(crate) fn at(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(Box::new(excerpt));
        self
    }

    pub(crate) fn excerpt(&self) -> Option<&Excerpt> {
        self.excerpt.as_deref()
    }

    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The error and its causes in one line. A cause that the text before it spells out already is not repeated.
    pub(crate) fn message(&self) -> String {
        let mut message = String::new();
        for cause in self.error.chain().map(ToString::to_string) {
            if message.is_empty() {
                message = cause;
            } else if !message.contains(&cause) {
                message = format!("{message}: {cause}");
            }
        }
        message
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> Self {
        Self { error, excerpt: None, hints: Vec::new() }
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        let hint = match &error {
            EngineError::NeverBuilt { .. } | EngineError::NotLookedAt { .. } => {
                Some("run `esker build` first, or leave out --no-refresh")
            }
            EngineError::Threads { .. } => Some("-j N works on fewer threads"),
            EngineError::Unsteady { .. } => Some("run it again when nothing writes there"),
            EngineError::Store(_) => Some("`esker cache clear` removes the cache; the next build makes it anew"),
            _ => None,
        };
        Self { error: error.into(), excerpt: None, hints: hint.map(String::from).into_iter().collect() }
    }
}
