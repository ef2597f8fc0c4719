//! What a condition may ask about a request.

use std::net::IpAddr;

use super::{Named, Number, Text};

/// An answer about one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<T> {
    /// Nobody can know it now: the body has not been read, the response has not come, there is no region database.
    NotYet,
    /// There is one, and nobody knows which: an address that stands in no region database comes from some country.
    Unknown,
    /// The request has no such thing.
    Absent,
    Is(T),
}

/// The facts of one request, computed when asked for.
///
/// Values come in the form in which they are compared: the host and the content type (without parameters) in lower case, the
/// country as two capital letters, the path normalised as for routing, arguments decoded. The method comes as it was sent and is
/// compared without case: lenient servers take `post` for POST.
pub trait Facts {
    /// The client's address as the gateway determined it.
    fn ip(&self) -> IpAddr;

    /// Whether the client's address is in the address group of this name; no for a group that does not exist.
    fn in_address_group(&self, name: &str) -> bool;

    fn text(&self, field: Text) -> Fact<&[u8]>;

    fn number(&self, field: Number) -> Fact<u64>;

    /// Hands each value of a header, argument or cookie to `matches` until it says yes, and says whether it did. All values
    /// must be shown: which of two equal names an application takes is not known here.
    fn each(&self, field: &Named, matches: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool>;
}
