//! The UDP door (RFC 5426): each datagram is a frame.
//!
//! A sender of datagrams cannot be kept waiting. While the disk is slow they wait in the kernel, 8 MiB of them where it
//! allows that; what it drops is counted by the kernel and put on record as `vault.dropped` each minute.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::{Severity, Timestamp};
use medward_intake::{Arrival, Frame};
use medward_kernel::capability::Bound;
use medward_kernel::supervisor::{Criticality, Stop, TaskError};
use medward_kernel::{BuildError, Clock, Supervisor};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::door::Setup;
use super::drops::drops_of;
use super::writer::Writer;

pub(super) const NAME: &str = "vault.syslog_udp";

/// What the kernel is asked to keep for us (vault.md §8); it may give less (`net.core.rmem_max`).
const KERNEL_BYTES: usize = 8 << 20;
/// No datagram is larger.
const DATAGRAM_BYTES: usize = 65_535;
/// Datagrams that are stored at once.
const DATAGRAMS_AT_ONCE: usize = 512;
/// Bytes of them.
const BYTES_AT_ONCE: usize = 1 << 20;
/// Rounds of those at a stop: more than the kernel can hold.
const LAST_ROUNDS: usize = 256;
/// How often it is asked what the kernel dropped.
const COUNT_EVERY: Duration = Duration::from_mins(1);

pub(super) fn open(setup: &Setup) -> Result<Vec<Bound>, BuildError> {
    let bind_error = |source| BuildError::bind(&setup.config.udp, "vault.syslog.udp", source);
    let kernel = bind(&setup.config.udp).map_err(bind_error)?;
    let address = kernel.local_addr().map_err(bind_error)?;
    let socket = kernel.try_clone().and_then(UdpSocket::from_std).map_err(bind_error)?;
    let door = Arc::new(Door {
        inode: rustix::fs::fstat(socket.as_fd()).map_err(|error| bind_error(error.into()))?.st_ino,
        socket,
        kernel,
        writer: setup.writer(NAME)?,
        clock: setup.clock.clone(),
        supervisor: setup.supervisor.clone(),
    });
    let counted = door.clone();
    setup.supervisor.service(NAME, Criticality::Isolated, move |stop| Box::pin(door.clone().receive(stop)));
    setup
        .supervisor
        .service("vault.syslog_udp_drops", Criticality::Isolated, move |stop| Box::pin(counted.clone().count(stop)));
    Ok(vec![Bound { name: NAME.to_owned(), address, fingerprint: None }])
}

fn bind(address: &str) -> std::io::Result<std::net::UdpSocket> {
    let address: SocketAddr = address.parse().map_err(|_| ErrorKind::InvalidInput)?;
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    // The kernel gives twice what it counts itself.
    let given = socket.recv_buffer_size()?;
    if given < KERNEL_BYTES {
        tracing::warn!(given, wanted = KERNEL_BYTES, "datagrams have little room: raise net.core.rmem_max");
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

struct Door {
    inode: u64,
    socket: UdpSocket,
    /// The same socket, to ask the kernel itself: the runtime learns a moment later what has arrived.
    kernel: std::net::UdpSocket,
    writer: Writer,
    clock: Clock,
    supervisor: Supervisor,
}

impl Door {
    async fn receive(self: Arc<Self>, stop: Stop) -> Result<(), TaskError> {
        let mut buffer = vec![0; DATAGRAM_BYTES];
        loop {
            let is_last = tokio::select! {
                () = stop.accepting.cancelled() => true,
                ready = self.socket.readable() => {
                    ready?;
                    false
                }
            };
            // At a stop, what the kernel still has is stored too; not what comes for ever.
            for _ in 0..if is_last { LAST_ROUNDS } else { usize::MAX } {
                if !is_last && stop.accepting.is_cancelled() {
                    break;
                }
                let frames = self.read_some(&mut buffer, is_last);
                if frames.is_empty() {
                    break;
                }
                if self.writer.write(frames).await.is_err() {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    fn read_some(&self, buffer: &mut [u8], is_last: bool) -> Vec<(Frame, Arrival)> {
        let (mut frames, mut bytes) = (Vec::new(), 0);
        for _ in 0..DATAGRAMS_AT_ONCE {
            if bytes >= BYTES_AT_ONCE {
                break;
            }
            let received = if is_last { self.kernel.recv_from(buffer) } else { self.socket.try_recv_from(buffer) };
            match received {
                Ok((0, _)) => {}
                Ok((read, peer)) => {
                    let arrival = Arrival { at: self.clock.now(), peer: peer.ip().to_canonical() };
                    frames.push((Frame::datagram(buffer.get(..read).unwrap_or_default()), arrival));
                    bytes += read;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => {
                    // The answer to an earlier datagram of ours, of which there are none: nothing is lost.
                    tracing::warn!(%error, "a datagram could not be received");
                    break;
                }
            }
        }
        frames
    }

    /// Puts on record what the kernel dropped, each minute and at the end.
    async fn count(self: Arc<Self>, stop: Stop) -> Result<(), TaskError> {
        let (mut known, mut since) = (0, self.clock.now());
        loop {
            let is_last = tokio::select! {
                () = stop.accepting.cancelled() => true,
                () = self.clock.sleep(COUNT_EVERY) => false,
            };
            let inode = self.inode;
            let dropped = self.supervisor.blocking(move || drops_of(inode)).await?;
            let now = self.clock.now();
            if let Some(dropped) = dropped.filter(|dropped| *dropped > known) {
                // A full disk takes no record: it is made when there is room.
                if !self.put_on_record(dropped - known, since, now).await {
                    if is_last {
                        return Ok(());
                    }
                    continue;
                }
                known = dropped;
            }
            since = now;
            if is_last {
                return Ok(());
            }
        }
    }

    async fn put_on_record(&self, count: u64, from: Timestamp, to: Timestamp) -> bool {
        let event = Event::new(Dataset::VaultDropped, "dropped", to)
            .outcome(Outcome::Failure)
            .severity(Severity::High)
            .set(Field::MedwardSource, NAME)
            .attr("vault.count", count)
            .attr("vault.from", from.as_micros())
            .attr("vault.to", to.as_micros());
        let stored = self.writer.store().append_own(vec![event]).await;
        if stored {
            self.writer.metrics().dropped(NAME, count);
        }
        stored
    }
}
