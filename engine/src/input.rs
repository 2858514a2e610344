//! Finding the files of a repository and what changed among them.

mod walk;
