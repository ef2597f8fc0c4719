//! The doors for logs of other machines: syslog over UDP, TCP and TLS (vault.md §8; CD-116, CD-117, QH-074, QH-077).
//!
//! ```text
//! socket ─> frames ─> events ─> commit thread ─fdatasync─> the next read
//! ```
//!
//! What a connection sent is durable before more of it is read: a slow or full disk slows the senders down and loses nothing.
//! Datagrams cannot be slowed down: what the kernel drops for want of room is counted and put on record.
//!
//! Syslog has no acknowledgement. What it can promise is this: bytes that were read are stored, each frame once, in the order
//! of their connection. At a planned stop a sender is told (the end of our side of the connection) and what it had sent by
//! then is read first. When Medward or its machine dies, what the sender's system had sent and we had not stored is lost
//! unless the sender keeps it: a socket's worth for each connection.
//!
//! *Not* here: what a frame means ([`medward_intake`]), who the sender is: until log sources can be registered, everybody is
//! `unregistered` and told apart by `observer.ip`.

mod config;
mod connection;
mod datagrams;
mod door;
mod drops;
mod writer;

pub use config::SyslogConfig;
pub(crate) use door::listeners;
