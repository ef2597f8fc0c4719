//! Where numbers stand in a path: `/patient/77/report/1001` has two places to walk through.

use super::number_of;

/// Places that are looked at, from the end of the path.
const MAX_PLACES: usize = 4;
/// Characters of the longest ending of a file, `.pdf`.
const MAX_ENDING: usize = 5;

/// A place that holds a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path with `{}` in place of this number, and of no other: `/patient/77/report/{}`.
    pub template: Vec<u8>,
    pub number: u64,
}

/// The places of a path that end with a number, the last one first; the ending of a file does not count. Four at most.
pub fn places_of(path: &[u8]) -> Vec<Place> {
    let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let place = |at: usize| {
        let segment = *segments.get(at)?;
        let (stem, ending) = split_ending(segment);
        let number = number_of(stem)?;
        let digits = stem.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let kept = stem.get(..stem.len() - digits)?;
        let written = [kept, b"{}", ending].concat();
        let others = segments.iter().enumerate().map(|(other, segment)| if other == at { &written } else { *segment });
        Some(Place { template: others.collect::<Vec<_>>().join(&b'/'), number })
    };
    (0..segments.len()).rev().filter_map(place).take(MAX_PLACES).collect()
}

/// `1001` and `.pdf` of `1001.pdf`.
fn split_ending(segment: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = segment.iter().rposition(|byte| *byte == b'.') else { return (segment, b"") };
    let (stem, ending) = segment.split_at(at);
    let is_ending = (2..=1 + MAX_ENDING).contains(&ending.len())
        && ending.get(1..).is_some_and(|letters| letters.iter().any(u8::is_ascii_alphabetic));
    if is_ending && !stem.is_empty() { (stem, ending) } else { (segment, b"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &[(&str, u64)]) {
        let places = places_of(path.as_bytes());
        let told: Vec<_> =
            places.iter().map(|place| (std::str::from_utf8(&place.template).unwrap(), place.number)).collect();
        assert_eq!(told, expected, "{path}");
    }

    #[test]
    fn each_number_of_a_path_is_a_place_of_its_own() {
        check("/report/1001", &[("/report/{}", 1_001)]);
        check("/report/1001/", &[("/report/{}/", 1_001)]);
        check("/report/1001.pdf", &[("/report/{}.pdf", 1_001)]);
        check("/report/MZ20261122-0007", &[("/report/MZ20261122-{}", 7)]);
        check("/patient/77/report/1001", &[("/patient/77/report/{}", 1_001), ("/patient/{}/report/1001", 77)]);
        check("/v1.2", &[("/v1.{}", 2)]);
        check("/.7", &[("/.{}", 7)]);
        check("/report", &[]);
        check("/", &[]);
        check("", &[]);
    }

    #[test]
    fn long_paths_cost_four_places() {
        assert_eq!(places_of("/1".repeat(10_000).as_bytes()).len(), MAX_PLACES);
        check("/99999999999999999999999999", &[]);
    }
}
