//! Whether a connection is what the object asks for: HTTPS, a version of TLS, a certificate of the client.

use http::header::{LOCATION, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, HeaderValue, Uri};
use medward_waf::Head;

use super::connection::Connection;
use crate::event::Reason;
use crate::snapshot::{Object, host_name};
use crate::transport::PlainHttp;

/// How a request meets its object.
pub(super) enum Entrance<'c> {
    /// It may go on, with this certificate (DER) of a client that the object trusts.
    Open(Option<&'c [u8]>),
    /// It is sent to the same place by HTTPS.
    Redirect(Redirect),
    /// It is refused.
    Closed(Reason),
}

/// Where a client is sent.
pub(super) struct Redirect {
    pub(super) status: u16,
    pub(super) location: HeaderValue,
}

/// Looks at the connection.
pub(super) fn entrance<'c>(connection: &'c Connection, object: &Object, head: &Head, uri: &Uri) -> Entrance<'c> {
    let asked = &object.transport;
    if asked.plain_http != PlainHttp::Serve && !connection.is_https(head) {
        let redirect = match asked.plain_http {
            PlainHttp::Redirect => redirect(connection, head, uri),
            _ => None,
        };
        return redirect.map_or(Entrance::Closed(Reason::PlainHttp), Entrance::Redirect);
    }
    if connection.tls_version().is_some_and(|version| version < asked.min_version) {
        return Entrance::Closed(Reason::TlsVersion);
    }
    let Some(trust) = &asked.clients else { return Entrance::Open(None) };
    match connection.client_certificate(trust) {
        Some(leaf) => Entrance::Open(Some(leaf.as_ref())),
        None if trust.needed => Entrance::Closed(Reason::ClientCertificate),
        None => Entrance::Open(None),
    }
}

/// The same address by HTTPS, when this node listens for it.
fn redirect(connection: &Connection, head: &Head, uri: &Uri) -> Option<Redirect> {
    let port = connection.data_path.https_port()?;
    let host = host_name(head.header(b"host").filter(|host| !host.is_empty())?);
    let port = if port == 443 { String::new() } else { format!(":{port}") };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let location = HeaderValue::try_from(format!("https://{host}{port}{path}")).ok()?;
    // Browsers of old systems do not know 308; they follow 301 with a GET, and a GET is what they sent.
    let repeats = matches!(head.method(), b"GET" | b"HEAD");
    Some(Redirect { status: if repeats { 301 } else { 308 }, location })
}

/// Says where to go.
pub(super) fn point(headers: &mut HeaderMap, redirect: Redirect) {
    headers.insert(LOCATION, redirect.location);
}

/// Says that the site is for HTTPS, where that is what was spoken: over plain HTTP nobody may believe it (RFC 6797 §7.2).
pub(super) fn harden(headers: &mut HeaderMap, connection: &Connection, object: &Object, head: &Head) {
    if let Some(hsts) = &object.transport.hsts
        && connection.is_https(head)
    {
        // The application knows better which of its hosts speak HTTPS.
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| hsts.clone());
    }
}
