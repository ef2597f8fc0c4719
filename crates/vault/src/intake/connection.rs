//! One connection of a sender, over TCP or TLS.

use std::net::IpAddr;
use std::time::Duration;

use medward_intake::{Arrival, Frame, Frames};
use medward_kernel::Clock;
use medward_kernel::supervisor::Stop;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::writer::{Stopped, Writer};

/// Read at once, and so the most that is on its way to the disk for one connection.
const READ_BYTES: usize = 32 * 1024;
/// At a stop a sender has this long to notice that we have ended our side, and to end its own.
const GOODBYE: Duration = Duration::from_secs(5);

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The sender ended it.
    Closed,
    /// It broke.
    Broken,
    /// Nothing came for too long.
    Idle,
    /// Medward is stopping.
    Stopping,
}

/// What serves a connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) writer: Writer,
    pub(crate) clock: Clock,
    pub(crate) stop: Stop,
    pub(crate) peer: IpAddr,
    pub(crate) idle: Duration,
}

impl Connection {
    /// Stores what comes until the connection ends.
    pub(crate) async fn run(self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<End, Stopped> {
        let (mut frames, mut buffer) = (Frames::new(), vec![0; READ_BYTES]);
        let end = loop {
            let read = tokio::select! {
                // A sender that never pauses must not keep us from stopping.
                biased;
                () = self.stop.accepting.cancelled() => break self.say_goodbye(&mut stream, &mut frames, &mut buffer).await?,
                read = stream.read(&mut buffer) => read,
                () = self.clock.sleep(self.idle) => break End::Idle,
            };
            if let Some(end) = self.take(read, &mut frames, &buffer).await? {
                break end;
            }
        };
        self.write(frames.finish().into_iter().collect()).await?;
        Ok(end)
    }

    /// Ends our side and reads on until the sender has ended its own: a sender that looks before it writes loses nothing.
    async fn say_goodbye(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        frames: &mut Frames,
        buffer: &mut [u8],
    ) -> Result<End, Stopped> {
        let deadline = self.clock.sleep(GOODBYE);
        tokio::pin!(deadline);
        if self.clock.timeout(GOODBYE, stream.shutdown()).await.is_none_or(|ended| ended.is_err()) {
            return Ok(End::Stopping);
        }
        loop {
            let read = tokio::select! {
                // What has arrived is taken before the end is looked at.
                biased;
                () = &mut deadline => return Ok(End::Stopping),
                read = stream.read(buffer) => read,
                () = self.stop.running.cancelled() => return Ok(End::Stopping),
            };
            if self.take(read, frames, buffer).await?.is_some() {
                return Ok(End::Stopping);
            }
        }
    }

    /// Stores what was read; says when nothing more will come.
    async fn take(
        &self,
        read: std::io::Result<usize>,
        frames: &mut Frames,
        buffer: &[u8],
    ) -> Result<Option<End>, Stopped> {
        let read = match read {
            Ok(0) => return Ok(Some(End::Closed)),
            Ok(read) => read,
            Err(error) => {
                tracing::debug!(peer = %self.peer, %error, "a connection of a sender broke");
                return Ok(Some(End::Broken));
            }
        };
        let mut whole = Vec::new();
        frames.push(buffer.get(..read).unwrap_or_default(), &mut whole);
        self.write(whole).await?;
        Ok(None)
    }

    async fn write(&self, frames: Vec<Frame>) -> Result<(), Stopped> {
        let arrival = Arrival { at: self.clock.now(), peer: self.peer };
        self.writer.write(frames.into_iter().map(|frame| (frame, arrival)).collect()).await
    }
}
