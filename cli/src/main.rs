//! `esker`: the command line of the engine.
//!
//! ```text
//! args ─▶ root ─▶ config ─▶ context ─▶ Engine ─▶ Build ─▶ commands/<one each> ─▶ render ─▶ stdout or -o FILE
//! ```
//!
//! Answers go to stdout, everything else to stderr. Only this crate prints, and only it knows exit codes.

mod args;
mod commands;
mod config;
mod context;
mod error;
mod export;
mod git;
mod help;
mod process;
mod registry;
mod render;
mod root;
mod terminal;
mod watch;

#[global_allocator]
static ALLOCATOR: process::Allocator = process::Allocator;

fn main() {
    process::configure();
    // Ends the process as it stands: taking large structures apart first would only cost time.
    let code = terminal::guarded(commands::run);
    terminal::progress::end();
    std::process::exit(code);
}
