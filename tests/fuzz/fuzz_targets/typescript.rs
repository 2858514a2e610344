//! The TypeScript frontend, source and settings files, from bytes to resolved names.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| esker_tests::fuzzed::typescript(bytes));
