//! The Python frontend.
