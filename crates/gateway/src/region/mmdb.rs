//! An MMDB file laid out as GeoIP2 (Country or City) and whatever is made like it: GeoLite2, DB-IP, one's own.
//!
//! Every record is read once before a database is in force, so that half a file, or one about something else, is refused whole.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::Path;

use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use medward_contract::Timestamp;
use medward_proxy::{Atlas, Country, Place, Region};
use serde::Deserialize;

/// Largest file that is read; it stays in memory. The City database of GeoIP2 has about 120 MiB.
const MAX_BYTES: u64 = 512 << 20;
/// Most networks in a file. The City database of GeoIP2 has about 10 million; a damaged tree may have no end.
const MAX_NETWORKS: usize = 50_000_000;

/// Why a file is not in force. The path stays out: what is wrong is shown to more people than may know it.
#[derive(Debug, thiserror::Error)]
pub(super) enum MmdbError {
    #[error("open the file: {0}")]
    Open(io::Error),
    #[error("read the file: {0}")]
    Read(io::Error),
    #[error("read the file: it has more than {MAX_BYTES} bytes")]
    TooLong,
    #[error("read the file as MMDB: {0}")]
    Format(MaxMindDbError),
    #[error("read the file as MMDB: it has more than {MAX_NETWORKS} networks")]
    TooMany,
    #[error("find a country in it: no record has `country.iso_code`, as those of GeoIP2 Country and City do")]
    NoCountry,
}

/// A database in memory.
pub(super) struct Mmdb(Reader<Vec<u8>>);

/// What is read of a record.
#[derive(Deserialize)]
struct Record<'r> {
    #[serde(borrow, default)]
    country: Option<Named<'r>>,
    #[serde(borrow, default)]
    subdivisions: Vec<Named<'r>>,
}

#[derive(Deserialize)]
struct Named<'r> {
    #[serde(default)]
    iso_code: Option<&'r str>,
    #[serde(borrow, default)]
    names: Names<'r>,
}

#[derive(Deserialize, Default)]
struct Names<'r> {
    #[serde(default, rename = "zh-CN")]
    chinese: Option<&'r str>,
    #[serde(default, rename = "en")]
    english: Option<&'r str>,
}

impl Mmdb {
    /// Reads a file, and every record in it.
    pub(super) fn read(path: &Path) -> Result<Self, MmdbError> {
        let file = File::open(path).map_err(MmdbError::Open)?;
        let bytes = file.metadata().map_err(MmdbError::Open)?.len();
        if bytes > MAX_BYTES {
            return Err(MmdbError::TooLong);
        }
        let mut content = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
        file.take(MAX_BYTES + 1).read_to_end(&mut content).map_err(MmdbError::Read)?;
        if content.len() as u64 > MAX_BYTES {
            return Err(MmdbError::TooLong);
        }
        Self::of(content)
    }

    fn of(content: Vec<u8>) -> Result<Self, MmdbError> {
        let reader = Reader::from_source(content).map_err(MmdbError::Format)?;
        let mut seen = HashSet::new();
        let mut names_country = false;
        let networks = reader.networks(WithinOptions::default()).map_err(MmdbError::Format)?;
        for (count, found) in networks.enumerate() {
            if count >= MAX_NETWORKS {
                return Err(MmdbError::TooMany);
            }
            let found = found.map_err(MmdbError::Format)?;
            // Thousands of networks have the same record.
            if !found.offset().is_some_and(|offset| seen.insert(offset)) {
                continue;
            }
            let record: Option<Record<'_>> = found.decode().map_err(MmdbError::Format)?;
            names_country |= record.is_some_and(|record| record.place().is_some());
        }
        if names_country { Ok(Self(reader)) } else { Err(MmdbError::NoCountry) }
    }

    /// What it calls itself, and when it was made.
    pub(super) fn made(&self) -> (String, Timestamp) {
        let metadata = self.0.metadata();
        let micros = i64::try_from(metadata.build_epoch).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
        (metadata.database_type.clone(), Timestamp::from_micros(micros.unwrap_or_default()))
    }
}

impl Record<'_> {
    fn place(&self) -> Option<Place> {
        let country = Country::parse(self.country.as_ref()?.iso_code?)?;
        let region = self.subdivisions.first().and_then(|first| first.region(country));
        Some(Place { country, region })
    }
}

impl Named<'_> {
    /// The code, with the country before it as ISO 3166-2 has it; else the Chinese name, else the English one.
    fn region(&self, country: Country) -> Option<Region> {
        let filled = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        if let Some(code) = filled(self.iso_code) {
            let whole = if code.contains('-') { code } else { format!("{}-{code}", country.as_str()) };
            return Some(Region::Code(whole.to_ascii_uppercase().into()));
        }
        let name = filled(self.names.chinese).or_else(|| filled(self.names.english))?;
        Some(Region::Name(name.into()))
    }
}

impl Atlas for Mmdb {
    fn find(&self, address: IpAddr) -> Option<Place> {
        // An address of the other family, or a damaged record, is one that is not known.
        let record: Record<'_> = self.0.lookup(address.to_canonical()).ok()?.decode().ok()??;
        record.place()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `mmdb_writer`: see the README beside it.
    const MADE: &[u8] = include_bytes!("../../tests/it/region/places.mmdb");

    #[test]
    fn place_is_country_and_first_subdivision_by_code_or_else_by_name() {
        let mmdb = Mmdb::of(MADE.to_vec()).unwrap();
        let check = |address: &str, expected: Option<(&str, Option<Region>)>| {
            let found = mmdb.find(address.parse().unwrap());
            let found = found.map(|place| (place.country.as_str().to_owned(), place.region));
            assert_eq!(found, expected.map(|(country, region)| (country.to_owned(), region)), "{address}");
        };
        check("192.0.2.7", Some(("CN", Some(Region::Code("CN-ZJ".into())))));
        check("::ffff:192.0.2.7", Some(("CN", Some(Region::Code("CN-ZJ".into())))));
        check("198.51.100.200", Some(("US", None)));
        check("203.0.113.9", Some(("CN", Some(Region::Name("湖南省".into())))));
        check("203.0.113.200", None);
        check("2001:db8::1", Some(("DE", Some(Region::Code("DE-BE".into())))));
        check("10.1.2.3", None);
        assert_eq!(mmdb.made(), ("Medward-Test-City".to_owned(), Timestamp::from_micros(1_790_000_000_000_000)));
    }

    #[test]
    fn half_a_file_a_damaged_one_and_one_about_something_else_are_refused() {
        let refused = |content: &[u8]| Mmdb::of(content.to_vec()).err().unwrap().to_string();
        assert!(refused(MADE.split_at(MADE.len() / 2).0).starts_with("read the file as MMDB"));
        assert!(refused(b"").starts_with("read the file as MMDB"));
        let numbers = include_bytes!("../../tests/it/region/numbers.mmdb");
        assert!(refused(numbers).starts_with("find a country in it"), "{}", refused(numbers));
        // Whatever stands in a file, reading it ends, and asking what was read does not panic.
        for at in 0..MADE.len() {
            let mut damaged = MADE.to_vec();
            damaged[at] ^= 0xff;
            if let Ok(mmdb) = Mmdb::of(damaged) {
                drop(["192.0.2.7", "2001:db8::1"].map(|address| mmdb.find(address.parse().unwrap())));
            }
        }
    }
}
