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
mod metrics;
mod output;
mod paths;
mod questions;
mod repository;
mod terminal;
