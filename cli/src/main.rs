//! `esker`: the command line of the engine.
//!
//! ```text
//! args ─▶ root ─▶ config ─▶ context ─▶ Engine ─▶ Build ─▶ commands/<one each> ─▶ render ─▶ stdout or -o FILE
//! ```
//!
//! Answers go to stdout, everything else to stderr. Only this crate prints, and only it knows exit codes.

mod allocator;
mod args;
mod commands;
mod config;
mod context;
mod depfile;
mod duration;
mod error;
mod export;
mod git;
mod help;
mod huge_pages;
mod interrupt;
mod jobserver;
mod lists;
mod metrics;
mod paths;
mod registry;
mod render;
mod root;
mod subject;
mod terminal;
mod watch;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

fn main() {
    huge_pages::disable();
    allocator::configure();
    // Ends the process as it stands: taking large structures apart first would only cost time.
    let code = terminal::guarded(commands::run);
    terminal::progress::end();
    std::process::exit(code);
}
