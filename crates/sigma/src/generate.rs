//! Rules and events for benchmarks, made from a seed: as many rules as a public set has, in its mix of log sources, and the
//! traffic of a hospital. All of them are made up; none is anybody's rule.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field};
use medward_contract::vault::{Record, RecordRef};

use crate::engine::{DetectionEngine, Engine};
use crate::pack::{RuleFile, RulePack};
use crate::source::Sources;

/// Log sources in thousandths of a public set, and the fields their rules look at.
const MIX: [(u64, &str, [&str; 3]); 17] = [
    (420, "{product: windows, category: process_creation}", ["Image", "CommandLine", "ParentImage"]),
    (90, "{product: windows, category: registry_set}", ["TargetObject", "Details", "Image"]),
    (70, "{product: windows, category: file_event}", ["TargetFilename", "Image", "CommandLine"]),
    (40, "{product: windows, category: network_connection}", ["DestinationHostname", "Image", "DestinationIp"]),
    (40, "{product: windows, category: image_load}", ["ImageLoaded", "Image", "Signature"]),
    (40, "{product: windows, service: security}", ["TargetUserName", "ServiceName", "ProcessName"]),
    (50, "{product: linux, category: process_creation}", ["Image", "CommandLine", "ParentImage"]),
    (30, "{product: linux, service: auditd}", ["type", "exe", "a0"]),
    (20, "{product: linux, service: auth}", ["message", "user.name", "process.name"]),
    (40, "{category: webserver}", ["cs-uri-stem", "cs-uri-query", "cs-user-agent"]),
    (20, "{category: proxy}", ["c-uri", "c-useragent", "cs-host"]),
    (40, "{product: aws, service: cloudtrail}", ["eventName", "eventSource", "userAgent"]),
    (40, "{product: azure, service: activitylogs}", ["operationName", "status", "caller"]),
    (20, "{product: gcp, service: gcp.audit}", ["gcp.audit.method_name", "actor", "resource"]),
    (20, "{product: macos, category: process_creation}", ["Image", "CommandLine", "ParentImage"]),
    (10, "{category: firewall}", ["dst_ip", "dst_port", "action"]),
    (10, "{category: database}", ["db.statement", "db.operation", "user.name"]),
];

/// Marsaglia's xorshift with 64 bits.
#[derive(Debug, Clone)]
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn word(&mut self) -> String {
        const SYLLABLES: [&str; 32] = [
            "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qi", "ro", "su", "ta", "ve", "wi",
            "xo", "yu", "za", "bel", "cor", "dan", "fer", "gan", "lin", "mar", "net", "sys", "tor", "win",
        ];
        let count = 2 + self.below(3);
        (0..count).filter_map(|_| SYLLABLES.get(usize::try_from(self.below(32)).unwrap_or(0))).copied().collect()
    }
}

/// So many rules in the mix of a public set. The same seed gives the same rules.
pub fn rules(count: u64, seed: u64) -> RulePack {
    let mut random = Random::new(seed);
    let files = (0..count).map(|number| {
        let mut point = random.below(1_000);
        let picked = MIX.iter().find(|(weight, ..)| {
            let is_here = point < *weight;
            point = point.saturating_sub(*weight);
            is_here
        });
        let (_, source, fields) = picked.unwrap_or(&MIX[0]);
        let text = rule(number, source, *fields, &mut random);
        RuleFile { name: format!("generated/{number:05}.yml"), bytes: Cow::Owned(text.into_bytes()) }
    });
    RulePack::default().with_files(files.collect::<Vec<_>>())
}

/// One of the shapes that public rules have: exact values, ends of paths, words, all words, a pattern, an exception.
fn rule(number: u64, source: &str, [one, two, three]: [&str; 3], random: &mut Random) -> String {
    let mut text = format!(
        "title: Generated {number}\nid: generated-{number:05}\nlevel: medium\nlogsource: {source}\ndetection:\n"
    );
    let words = |random: &mut Random, count: u64| {
        (0..count).fold(String::new(), |mut list, _| {
            // Writing to a text cannot fail.
            write!(list, "\n      - '{}'", random.word()).unwrap_or_default();
            list
        })
    };
    let selection = match random.below(10) {
        0..=4 => format!("    {one}|endswith:{}\n    {two}|contains:{}\n", words(random, 2), words(random, 3)),
        5..=6 => format!("    {two}|contains|all:{}\n", words(random, 3)),
        7 => format!("    {one}:{}\n", words(random, 4)),
        8 => format!("    {two}|re: '{}\\d+\\s{}'\n", random.word(), random.word()),
        _ => format!("    {one}|startswith:{}\n    {three}:{}\n", words(random, 1), words(random, 2)),
    };
    text.push_str("  selection:\n");
    text.push_str(&selection);
    if random.below(3) == 0 {
        // Writing to a text cannot fail.
        write!(text, "  filter:\n    {three}|contains:{}\n  condition: selection and not filter\n", words(random, 2))
            .unwrap_or_default();
    } else {
        text.push_str("  condition: selection\n");
    }
    text
}

/// So many events in the mix of a hospital: half requests, a quarter database statements, the rest attacks, processes, logins.
pub fn events(count: u64, seed: u64) -> Vec<Record> {
    let mut random = Random::new(seed);
    let start = Timestamp::from_micros(1_795_144_440_000_000);
    (0..count)
        .map(|seq| {
            let event = event(start.plus(Duration::from_micros(seq.saturating_mul(500))), &mut random);
            Record { at: RecordRef { stream: event.dataset.stream(), seq }, ingested: event.timestamp, event }
        })
        .collect()
}

fn event(at: Timestamp, random: &mut Random) -> Event {
    let source = format!("10.{}.{}.{}", random.below(4), random.below(250), random.below(250));
    match random.below(20) {
        0..=9 => Event::new(Dataset::AccessRequest, "serve", at)
            .set(Field::SourceIp, source)
            .set(Field::UrlDomain, "his.example.org")
            .set(Field::UrlPath, format!("/{}/{}/{}", random.word(), random.word(), random.below(10_000)))
            .set(Field::UrlQuery, format!("id={}&q={}", random.below(10_000), random.word()))
            .set(Field::HttpMethod, if random.below(4) == 0 { "POST" } else { "GET" })
            .set(Field::HttpStatus, if random.below(30) == 0 { 404_u16 } else { 200 })
            .set(Field::UserAgent, format!("Mozilla/5.0 ({})", random.word()))
            .set(Field::EventDuration, 1_830_000_i64),
        10..=14 => Event::new(Dataset::DbauditStatement, "execute", at)
            .set(Field::SourceIp, source)
            .set(Field::UserName, random.word())
            .set(Field::DbInstance, "his")
            .set(Field::DbOperation, "select")
            .set(
                Field::DbStatement,
                format!("SELECT {} FROM {} WHERE id = {}", random.word(), random.word(), random.below(9_999)),
            )
            .set(Field::DbRowsReturned, i64::try_from(random.below(40)).unwrap_or(0)),
        15 => Event::new(Dataset::WafAttack, "block", at)
            .set(Field::SourceIp, source)
            .set(Field::UrlPath, format!("/{}", random.word()))
            .set(Field::RuleCategory, "sqli")
            .attr("waf.object", format!("portal-{}", random.below(9))),
        16..=18 => Event::new(Dataset::HostProcess, "start", at)
            .attr("host.os.type", if random.below(2) == 0 { "windows" } else { "linux" })
            .set(Field::HostName, format!("srv-{}", random.below(200)))
            .set(Field::ProcessName, format!("{}.exe", random.word()))
            .attr("process.executable", format!(r"C:\{}\{}.exe", random.word(), random.word()))
            .set(Field::ProcessCommandLine, format!("{} --{} {}", random.word(), random.word(), random.word())),
        _ => Event::new(Dataset::HostLogin, "login_failed", at)
            .set(Field::SourceIp, source)
            .set(Field::HostName, format!("srv-{}", random.below(200)))
            .set(Field::UserName, random.word()),
    }
}

/// What one pass cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throughput {
    /// Rules that matched.
    pub hits: usize,
    /// Events in each second of the caller's clock; on one core, of its CPU clock, events per second and core.
    pub events_per_second: f64,
}

/// Detects and correlates all events on this thread. `clock` tells the time spent so far: this crate has none.
#[expect(clippy::cast_precision_loss, reason = "a figure of a benchmark, of a few million events")]
pub fn detect_throughput(engine: &mut Engine, events: &[Record], clock: &dyn Fn() -> Duration) -> Throughput {
    let begin = clock();
    let mut hits = 0;
    for record in events {
        let found = engine.detect(record, &Sources::of(record));
        hits += found.len();
        engine.correlate(record, found, record.event.timestamp);
    }
    let spent = clock().saturating_sub(begin).as_secs_f64();
    Throughput { hits, events_per_second: events.len() as f64 / spent.max(f64::MIN_POSITIVE) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn mix_is_a_whole() {
        assert_eq!(MIX.iter().map(|(weight, ..)| weight).sum::<u64>(), 1_000);
    }

    #[test]
    fn every_generated_rule_loads_and_a_seed_gives_the_same_ones() {
        let mut engine = Engine::default();
        let report = engine.load(&rules(3_000, 42));
        assert_eq!((report.loaded.len(), report.refused), (3_000, Vec::new()));
        let texts = |seed| rules(50, seed).files.into_iter().map(|file| file.bytes).collect::<Vec<_>>();
        assert_eq!(texts(42), texts(42));
        assert_ne!(texts(42), texts(43));
    }

    #[test]
    fn throughput_counts_by_the_clock_it_is_given() {
        let mut engine = Engine::default();
        engine.load(&RulePack::builtin());
        let ticks = Cell::new(0);
        let clock = || {
            ticks.set(ticks.get() + 1);
            Duration::from_secs(2 * ticks.get())
        };
        let throughput = detect_throughput(&mut engine, &events(2_000, 42), &clock);
        assert!(throughput.hits > 0, "the parts of correlations match");
        assert!((throughput.events_per_second - 1_000.0).abs() < 1e-9);
    }
}
