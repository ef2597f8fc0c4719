//! How many datagrams the kernel has dropped for want of room in a socket: the last column of `/proc/net/udp`.

/// Both tables: a socket stands in one of them.
const TABLES: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];

/// Of the socket with this inode, since it was made; `None` where the kernel does not tell.
pub(super) fn drops_of(inode: u64) -> Option<u64> {
    TABLES.into_iter().find_map(|table| drops_in(&std::fs::read_to_string(table).ok()?, inode))
}

/// Columns: `sl local remote st queues timer retransmits uid timeout inode ref pointer drops`.
fn drops_in(table: &str, inode: u64) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(9);
        let is_ours = columns.next()?.parse::<u64>().ok()? == inode;
        is_ours.then(|| columns.nth(2)?.parse::<u64>().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, UdpSocket};

    use socket2::{Domain, Socket, Type};

    use super::*;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  123: 0100007F:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 77
  124: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12346 2 0000000000000000 0
";

    #[test]
    fn drops_are_those_of_the_socket() {
        assert_eq!((drops_in(TABLE, 12_345), drops_in(TABLE, 12_346), drops_in(TABLE, 1)), (Some(77), Some(0), None));
        assert_eq!(drops_in("", 1), None);
    }

    #[test]
    fn kernel_counts_every_datagram_that_nobody_could_read() {
        let door = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        door.set_recv_buffer_size(64 * 1024).unwrap();
        door.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        door.set_nonblocking(true).unwrap();
        let door = UdpSocket::from(door);
        let inode = rustix::fs::fstat(&door).unwrap().st_ino;
        assert_eq!(drops_of(inode), Some(0));
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..500 {
            sender.send_to(&[b'x'; 1024], door.local_addr().unwrap()).unwrap();
        }
        let read = std::iter::repeat_with(|| door.recv(&mut [0; 2048])).take_while(Result::is_ok).count() as u64;
        assert!((1..500).contains(&read), "{read}");
        assert_eq!(drops_of(inode), Some(500 - read));
    }
}
