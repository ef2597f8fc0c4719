//! The tamper-evident log vault (日志存证库).

pub mod canonical;
pub mod merkle;
pub mod note;
pub mod wal;
