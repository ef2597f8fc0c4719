//! One request from its head to the last byte of its answer. Read from top to bottom it is the pipeline of gateway.md §5
//! as far as this version goes: framing, client address, route, engine, upstream, events.

mod connection;
mod entrance;
mod h2watch;

mod answer;
mod serve;

mod admit;
mod defend;
mod login;
mod own;
mod solved;

mod judge;

mod forward;
mod frames;
mod head;
mod headers;
mod mask;
mod media;
mod polish;
mod respond;
mod tunnel;

mod body;

pub(crate) use answer::{answer_http1, answer_http2, report_disagreement};
pub(crate) use connection::Connection;
pub(crate) use h2watch::H2Watch;
pub use head::HeadFault;
pub(crate) use headers::{own_cookies, path_of};
pub use mask::AnswerRules;
pub use polish::HeaderRules;
