//! A terminal in which `esker` runs, and what it shows there.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::{Child, Command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How wide and high the terminal is.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };

/// A process that believes to be talking to a person.
pub(crate) struct Terminal {
    pub(crate) child: Child,
    screen: File,
}

/// What a terminal was sent.
pub(crate) struct Shown {
    pub(crate) code: Option<i32>,
    /// With all control sequences.
    pub(crate) text: String,
}

impl Terminal {
    /// Runs a command with stdin, stdout and stderr at a terminal. `TERM` is an ordinary one unless it is set.
    pub(crate) fn run(mut command: Command) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
        let terminal = File::options().read(true).write(true).open(name).unwrap();
        tcsetwinsize(&terminal, SIZE).unwrap();
        if !command.get_envs().any(|(name, value)| name == "TERM" && value.is_some()) {
            command.env("TERM", "xterm-256color");
        }
        let end = || OwnedFd::from(terminal.try_clone().unwrap());
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        // Once nobody but the process has the terminal open, its end is the end of what is shown.
        drop(command);
        Self { child, screen: File::from(screen) }
    }

    /// Reads on until this was shown, and returns all since the last call.
    pub(crate) fn read_until(&mut self, wanted: &str) -> String {
        let mut shown = Vec::new();
        let mut piece = [0; 1024];
        loop {
            let text = String::from_utf8_lossy(&shown).into_owned();
            if text.contains(wanted) {
                return text;
            }
            match self.screen.read(&mut piece) {
                Ok(length) if length > 0 => shown.extend_from_slice(&piece[..length]),
                _ => panic!("{wanted} was not shown, but {text}"),
            }
        }
    }

    /// Reads to the end.
    pub(crate) fn read_to_end(mut self) -> Shown {
        let mut shown = Vec::new();
        let mut piece = [0; 1024];
        // Linux says by an error that nobody has the terminal open any more.
        while let Ok(length @ 1..) = self.screen.read(&mut piece) {
            shown.extend_from_slice(&piece[..length]);
        }
        let code = self.child.wait().unwrap().code();
        Shown { code, text: String::from_utf8(shown).unwrap() }
    }
}

/// Runs a command at a terminal to its end.
pub(crate) fn on_a_terminal(command: Command) -> Shown {
    Terminal::run(command).read_to_end()
}
