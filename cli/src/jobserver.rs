//! make's jobserver: threads beyond the first are borrowed from it.
//!
//! `make -jN` hands out `N` tokens to all that it runs, one of which each process has from the beginning. Esker takes
//! those that are free when it begins, without waiting, and gives them back at its end. So it cannot block a build, and
//! two of them under `make -j2` do not run on four threads. A process that is killed takes its tokens along, as any
//! other does.

use jobserver::{Acquired, Client, FromEnvErrorKind};

/// The threads that this process may run on.
#[derive(Debug)]
pub(crate) struct Share {
    /// Given back when they are dropped.
    tokens: Vec<Acquired>,
}

impl Share {
    /// Takes part in the jobserver that the environment names, asking for no more than this many threads. `None` if
    /// there is none, or it does not work.
    pub(crate) fn take(threads: usize) -> Option<Self> {
        let client = client()?;
        let mut tokens = Vec::new();
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
        Some(Self { tokens })
    }

    /// How many threads that makes.
    pub(crate) fn threads(&self) -> usize {
        self.tokens.len() + 1
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
