//! The write-ahead log's bytes (`vault.md` §4), sans I/O: file header, frames, and a scanner that finds every whole
//! commit group even in a damaged file.
//!
//! ```text
//! header  "MWWAL001" | vault id [16] | fileno u64 | chain [16] | created µs i64 | zero [4] | crc32c u32
//! frame   len u32 | crc32c u32 over the rest | kind u8 | flags u8 | stream u16 | seq u64 | payload[len]
//! ```
//!
//! All numbers little endian. `chain` is SHA-256 of the previous file's last commit frame, first 16 bytes.
//!
//! *Not* here: files, what a record says, when to commit.
//!
//! Invariant: a group counts only when its commit frame is present and counts its records.

mod format;
mod scan;

pub use format::{
    FILE_HEADER_BYTES, FRAME_HEADER_BYTES, FileHeader, Frame, FrameError, Kind, chain_of, write_commit, write_frame,
};
pub use scan::{Group, Scan, scan_file, scan_groups};

/// Files roll at this size.
pub const ROLL_BYTES: u64 = 64 * 1024 * 1024;

#[cfg(test)]
mod tests;
