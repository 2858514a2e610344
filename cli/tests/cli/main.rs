//! The binary as users run it: what it prints, where, and with which exit code.

mod affected;
mod affected_symbols;
mod build;
mod cache;
mod code;
mod config;
mod explain;
mod export;
mod export_random;
mod init;
mod interrupt;
mod manual;
mod git;
mod github;
mod make;
mod metrics;
mod output;
mod parallel;
mod paths;
mod pipes;
mod progress;
mod pseudo_terminal;
mod questions;
mod repository;
mod since;
mod terminal;
