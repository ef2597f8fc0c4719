//! Reading what is to be sent.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::segment::{FRAME_HEADER_BYTES, MAX_PAYLOAD_BYTES, SEGMENT_BYTES, parse_frame};
use super::state::{Cursor, Place, Shared};
use super::{Batch, Spool};

/// Pause before a segment that could not be opened or read is tried again.
const BREATH: Duration = Duration::from_secs(1);

/// What was read at a place.
#[derive(Debug, Default)]
struct Part {
    count: u64,
    lines: Vec<u8>,
    /// Where the next frame begins.
    offset: u64,
}

impl Spool {
    /// The oldest synced events that were not handed out since the last [`rewind`](Self::rewind) and are not
    /// acknowledged, about `most_bytes` of them and at least one; waits until there are some. When the future is
    /// dropped, nothing counts as handed out.
    pub async fn next(&self, most_bytes: usize) -> Batch {
        let mut synced = self.shared.synced.subscribe();
        loop {
            synced.mark_unchanged();
            let place = self.shared.lock().place();
            let Some(place) = place else {
                // The sender lives in `shared`, so waiting only ends with news.
                drop(synced.changed().await);
                continue;
            };
            let shared = self.shared.clone();
            let read = self.supervisor.blocking(move || read_at(&shared, &place, most_bytes)).await;
            match read {
                Ok(Ok(part)) => {
                    if let Some(batch) = self.hand_out(&place, part) {
                        return batch;
                    }
                }
                Ok(Err(error)) => self.note_unreadable(&place, &error).await,
                Err(error) => {
                    tracing::error!(error, "spool reader failed");
                    self.shared.clock.sleep(BREATH).await;
                }
            }
        }
    }

    /// Moves the reader on, unless it was moved or the segment dropped meanwhile.
    fn hand_out(&self, place: &Place, part: Part) -> Option<Batch> {
        let mut state = self.shared.lock();
        if state.cursor != place.cursor || !state.segments.iter().any(|segment| segment.file == place.file) {
            return None;
        }
        if part.count == 0 {
            tracing::error!(file = place.file, number = place.first, "spool segment damaged; its rest is skipped");
            state.skip_rest(place.file, place.first, self.shared.clock.now());
            return None;
        }
        let next = place.first + part.count;
        state.cursor = Cursor { number: next, file: place.file, offset: part.offset };
        let count = usize::try_from(part.count).unwrap_or(usize::MAX);
        Some(Batch { first: place.first, last: next - 1, count, lines: part.lines })
    }

    async fn note_unreadable(&self, place: &Place, error: &io::Error) {
        if error.kind() == io::ErrorKind::NotFound || is_damage(error) {
            self.hand_out(place, Part::default());
            return;
        }
        tracing::error!(%error, file = place.file, "spool segment cannot be read now");
        self.shared.clock.sleep(BREATH).await;
    }
}

/// Whether the disk itself says that the bytes are gone.
fn is_damage(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}

fn read_at(shared: &Arc<Shared>, place: &Place, most_bytes: usize) -> io::Result<Part> {
    let wanted =
        if place.skip > 0 { SEGMENT_BYTES } else { most_bytes.max(MAX_PAYLOAD_BYTES + FRAME_HEADER_BYTES) as u64 };
    let bytes = shared.disk.read(&shared.path(place.file), place.offset, wanted.min(place.bytes))?;
    Ok(collect(&bytes, place, most_bytes))
}

/// Takes good frames until there are enough.
fn collect(bytes: &[u8], place: &Place, most_bytes: usize) -> Part {
    let mut part = Part { offset: place.offset, ..Part::default() };
    let (mut rest, mut skip) = (bytes, place.skip);
    while let Ok((payload, after)) = parse_frame(rest) {
        if skip == 0 {
            let enough = part.count > 0 && part.lines.len() + payload.len() >= most_bytes;
            if enough || place.first + part.count >= place.end {
                break;
            }
            part.lines.extend(payload);
            part.lines.push(b'\n');
            part.count += 1;
        }
        skip = skip.saturating_sub(1);
        part.offset += (rest.len() - after.len()) as u64;
        rest = after;
    }
    part
}
