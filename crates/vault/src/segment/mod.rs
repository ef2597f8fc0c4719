//! Segments: records in columns, compressed, each row group with a filter of the tokens that stand in it (`vault.md` §5).
//!
//! A segment is a Parquet file that anybody can read, and a small file beside it that only makes searching fast. Rows stand in
//! the order of their numbers, without gaps. The canonical bytes of every record can be made again from its row; that is what
//! [`verify`](crate::verify) does.
//!
//! *Not* here: which records become a segment and when ([`crate::seal`]), what a query asks.
//!
//! Invariant: [`Batch::view`] of every column gives the very record that was put in.

pub mod columns;

mod filter;
mod rows;
mod sidecar;
pub mod tokens;

mod encode;

mod batch;
mod file;

mod catalog;

pub mod join;

pub use batch::{Batch, TextColumn, Texts, places_of};
pub use catalog::{Catalog, Entries, Entry, OpenSegments, list};
pub(crate) use catalog::{left_over, remove_unfinished};
pub use encode::{Encoded, SegmentError, encode};
pub(crate) use file::remake_sidecar;
pub use file::{Paths, Segment, read_head};
pub use filter::Tokens;
pub use rows::Rows;
pub use sidecar::{GroupHead, Sidecar};

#[cfg(test)]
mod tests;
