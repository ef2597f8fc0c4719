//! Kit for tests.
