//! make's jobserver: threads beyond the first are borrowed from it.
//!
//! `make -jN` hands out `N` tokens to all that it runs, one of which each process has from the beginning. Esker takes
//! those that are free when it begins, without waiting, and gives them back at its end, also where a signal that can be
//! handled ends it. So it cannot block a build, and two of them under `make -j2` do not run on four threads.

use std::sync::{Mutex, PoisonError};

use jobserver::{Acquired, Client, FromEnvErrorKind};

use super::interrupt;

/// What was borrowed. A token is given back when it is dropped.
static TOKENS: Mutex<Vec<Acquired>> = Mutex::new(Vec::new());

/// The threads that this process may run on. When it is dropped, all that was borrowed is given back.
#[derive(Debug)]
pub(crate) struct Share {
    threads: usize,
}

/// Gives back what was borrowed, before the process ends.
pub(crate) fn give_back() {
    TOKENS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

impl Share {
    /// Takes part in the jobserver that the environment names, asking for no more than this many threads. `None` if
    /// there is none, or it does not work.
    pub(crate) fn take(threads: usize) -> Option<Self> {
        let client = client()?;
        interrupt::handle_now();
        let mut tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
        while tokens.len() + 1 < threads {
            match client.try_acquire() {
                Ok(Some(token)) => tokens.push(token),
                Ok(None) => break,
                Err(error) if tokens.is_empty() => {
                    tracing::info!("make's jobserver does not answer: {error}; going on without it");
                    return None;
                }
                Err(_) => break,
            }
        }
        tracing::info!("make's jobserver admits {} of {threads} threads", tokens.len() + 1);
        Some(Self { threads: tokens.len() + 1 })
    }

    /// How many threads that makes.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        give_back();
    }
}

fn client() -> Option<Client> {
    #[expect(unsafe_code, reason = "the descriptors that the environment names have to be taken on trust")]
    // SAFETY: descriptors that are no pipe are refused, and nothing else in this process owns an inherited one.
    let found = unsafe { Client::from_env_ext(true) };
    match found.client {
        Ok(client) => Some(client),
        Err(error) if matches!(error.kind(), FromEnvErrorKind::NoEnvVar | FromEnvErrorKind::NoJobserver) => None,
        Err(error) => {
            let hint = "in a makefile, the line that runs esker has to begin with `+`";
            tracing::info!("make's jobserver cannot be used: {error} ({hint})");
            None
        }
    }
}
