//! The tamper-evident log vault (日志存证库).

pub mod canonical;
pub mod merkle;
pub mod note;
pub mod wal;

pub mod checkpoint;
pub mod commit;
pub mod disk;
pub mod index;
pub mod keys;
pub mod layout;
pub mod open;
pub mod query;
pub mod read;
pub mod recover;
pub mod shared;
pub mod space;
pub mod store;
pub mod streams;
pub mod tiles;
pub mod verify;
