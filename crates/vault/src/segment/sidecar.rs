//! The file beside a segment: what stands in each row group, and its token filter. Made again from the segment when it is lost.
//!
//! ```text
//! head   "MWBL" | version u16 | groups u16 | first seq u64 | last ingested i64 | footer crc32c u32 | zero u32
//! group  rows u64 | oldest i64 | newest i64 | raw bytes u64 | tokens u64 | offset u64 | words u64     (one for each)
//! crc32c u32 over all of that
//! words  u64 …
//! ```
//!
//! All numbers little endian.

const MAGIC: &[u8; 4] = b"MWBL";
const VERSION: u16 = 1;
const HEAD_BYTES: usize = 32;
const GROUP_BYTES: usize = 56;
/// Most row groups of a segment: more would pass what a segment holds even with rows of one byte.
const MAX_GROUPS: usize = 4_096;

/// Bytes that hold the head of any sidecar.
pub(super) const MAX_HEAD_BYTES: usize = HEAD_BYTES + MAX_GROUPS * GROUP_BYTES + 4;

/// What stands in one row group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupHead {
    /// Rows.
    pub rows: u64,
    /// Smallest `@timestamp`, µs.
    pub oldest: i64,
    /// Largest `@timestamp`, µs.
    pub newest: i64,
    /// Canonical bytes.
    pub raw_bytes: u64,
    /// Distinct tokens.
    pub tokens: u64,
    /// Where the filter's words begin in the sidecar.
    pub offset: u64,
    /// Number of words of the filter.
    pub words: u64,
}

/// What stands in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecar {
    /// Sequence number of the first record.
    pub first_seq: u64,
    /// Largest `event.ingested`, µs.
    pub last_ingested: i64,
    /// Checksum of the Parquet file's footer: the reader of footers is not made for altered ones.
    pub footer_crc: u32,
    /// Row groups, in order.
    pub groups: Vec<GroupHead>,
}

impl Sidecar {
    /// Records.
    pub fn count(&self) -> u64 {
        self.groups.iter().map(|group| group.rows).sum()
    }

    /// Canonical bytes.
    pub fn raw_bytes(&self) -> u64 {
        self.groups.iter().map(|group| group.raw_bytes).sum()
    }

    /// Smallest and largest `@timestamp`, µs.
    pub fn times(&self) -> (i64, i64) {
        let oldest = self.groups.iter().map(|group| group.oldest).min().unwrap_or(i64::MAX);
        (oldest, self.groups.iter().map(|group| group.newest).max().unwrap_or(i64::MIN))
    }

    /// Bytes of head and group table.
    fn table_bytes(groups: usize) -> usize {
        HEAD_BYTES + groups * GROUP_BYTES + 4
    }

    /// The file; sets where each filter stands.
    pub fn encode(&mut self, filters: &[Vec<u64>]) -> Vec<u8> {
        let mut offset = Self::table_bytes(self.groups.len()) as u64;
        for (group, words) in self.groups.iter_mut().zip(filters) {
            (group.offset, group.words) = (offset, words.len() as u64);
            offset += words.len() as u64 * 8;
        }
        let mut out = Vec::with_capacity(usize::try_from(offset).unwrap_or(0));
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(u16::try_from(self.groups.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend(self.first_seq.to_le_bytes());
        out.extend(self.last_ingested.to_le_bytes());
        out.extend(self.footer_crc.to_le_bytes());
        out.extend([0; 4]);
        for group in &self.groups {
            out.extend(group.rows.to_le_bytes());
            out.extend(group.oldest.to_le_bytes());
            out.extend(group.newest.to_le_bytes());
            for number in [group.raw_bytes, group.tokens, group.offset, group.words] {
                out.extend(number.to_le_bytes());
            }
        }
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        for words in filters {
            out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        }
        out
    }

    /// Reads head and group table from the front of a sidecar. `None` when they are short, altered or of another format.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        (take::<4>(&mut rest)? == *MAGIC && u16::from_le_bytes(take(&mut rest)?) == VERSION).then_some(())?;
        let groups = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let checked = bytes.get(..Self::table_bytes(groups).checked_sub(4)?)?;
        let mut crc = bytes.get(checked.len()..)?;
        (groups <= MAX_GROUPS && u32::from_le_bytes(take(&mut crc)?) == crc32c::crc32c(checked)).then_some(())?;
        let (first_seq, last_ingested) = (u64::from_le_bytes(take(&mut rest)?), i64::from_le_bytes(take(&mut rest)?));
        let footer_crc = u32::from_le_bytes(take(&mut rest)?);
        take::<4>(&mut rest)?;
        let group = |rest: &mut &[u8]| {
            Some(GroupHead {
                rows: u64::from_le_bytes(take(rest)?),
                oldest: i64::from_le_bytes(take(rest)?),
                newest: i64::from_le_bytes(take(rest)?),
                raw_bytes: u64::from_le_bytes(take(rest)?),
                tokens: u64::from_le_bytes(take(rest)?),
                offset: u64::from_le_bytes(take(rest)?),
                words: u64::from_le_bytes(take(rest)?),
            })
        };
        let groups = (0..groups).map(|_| group(&mut rest)).collect::<Option<Vec<_>>>()?;
        Some(Self { first_seq, last_ingested, footer_crc, groups })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sidecar() -> Sidecar {
        let group = |rows| GroupHead { rows, oldest: -5, newest: 9, raw_bytes: 100, tokens: 3, offset: 0, words: 0 };
        Sidecar { first_seq: 7, last_ingested: 11, footer_crc: 5, groups: vec![group(2), group(3)] }
    }

    #[test]
    fn reads_what_it_wrote_and_knows_where_the_words_are() {
        let mut written = sidecar();
        let bytes = written.encode(&[vec![1, 2], vec![3]]);
        assert_eq!(Sidecar::parse(&bytes), Some(written.clone()));
        let second = written.groups.last().unwrap();
        assert_eq!(bytes.get(usize::try_from(second.offset).unwrap()..), Some(3_u64.to_le_bytes().as_slice()));
        assert_eq!((written.count(), written.raw_bytes(), written.times()), (5, 200, (-5, 9)));
    }

    #[test]
    fn altered_head_is_not_read() {
        let bytes = sidecar().encode(&[vec![1], vec![2]]);
        for at in 0..Sidecar::table_bytes(2) {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert_eq!(Sidecar::parse(&altered), None, "byte {at}");
            assert_eq!(Sidecar::parse(&bytes[..at]), None);
        }
    }
}
