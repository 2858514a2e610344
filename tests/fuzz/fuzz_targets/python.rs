//! The Python frontend, from bytes to resolved names.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| esker_tests::fuzzed::python(bytes));
