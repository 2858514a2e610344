//! The reader of manifests.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| esker_tests::fuzzed::manifest(bytes));
