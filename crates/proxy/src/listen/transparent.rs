//! Sockets of the transparent mode (TPROXY, CD-041): the listener takes connections that were made to somebody else, and
//! connections to the protected system leave with the client's address.
//!
//! Both need `CAP_NET_ADMIN` (Linux, ip(7) `IP_TRANSPARENT`), and rules of the firewall that bring the packets here, which
//! `medward gateway tproxy print` writes. IPv4 only.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be taken, as many as a plain listener lets wait.
const BACKLOG: i32 = 1024;

/// A listener for connections to any address.
pub(super) fn listen(address: SocketAddrV4) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_ip_transparent_v4(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::V4(address).into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A socket that connects from this address, whosever it is.
pub(crate) fn from_client(client: Ipv4Addr) -> io::Result<std::net::TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_ip_transparent_v4(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((client, 0)).into())?;
    Ok(socket.into())
}
