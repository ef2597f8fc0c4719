//! Prints what decisions cost in CPU time and memory: `cargo run --release -p medward-defence --example measure`.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_crypto::Secret;
use medward_defence::address::AddressSet;
use medward_defence::bot::{Behaviour, Head, Noted, assess};
use medward_defence::challenge::{Challenger, Client, Proof};
use medward_defence::condition::{Fact, Facts, Named, Number, Phase, Text};
use medward_defence::enumeration::{EnumerationRule, MAX_KEYS as MAX_WATCHED, Watcher};
use medward_defence::leak::{ErrorTrace, MAX_SCANNED_BYTES, MaskRules, Masker};
use medward_defence::limit::{
    Counters as _, KeyFacts, KeyHasher, KeyPart, Limit, LocalCounters, MAX_DISTINCT_KEYS, MAX_KEYS,
};
use medward_defence::rule::{Outcome, RuleSet};
use medward_defence::waiting::{Entrance, RawRoom, Room, RoomLimits};
use medward_defence::window::Holidays;
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

/// CPU time of this thread in nanoseconds, as the kernel counts it: a busy machine does not disturb it.
fn cpu_nanos() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

/// Nanoseconds of CPU per call.
fn per_call(calls: u32, mut call: impl FnMut(u32)) -> Result<f64, Failure> {
    let started = cpu_nanos()?;
    for index in 0..calls {
        call(index);
    }
    Ok((cpu_nanos()? - started) / f64::from(calls))
}

/// Numbers without an order that a cache could guess (the finaliser of MurmurHash3).
fn scattered(index: u32) -> u32 {
    let mut bits = index.wrapping_mul(0x9e37_79b9);
    bits ^= bits >> 16;
    bits = bits.wrapping_mul(0x85eb_ca6b);
    bits ^= bits >> 13;
    bits = bits.wrapping_mul(0xc2b2_ae35);
    bits ^ (bits >> 16)
}

fn v6(index: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(scattered(index)) << 64) | u128::from(index))
}

fn addresses() -> Result<(), Failure> {
    for (name, each) in [
        ("v4", (|index| Ipv4Addr::from_bits(scattered(index)).into()) as fn(u32) -> IpAddr),
        ("v6", |index| v6(index).into()),
    ] {
        let list = |count: u32| (0..count).map(|index| each(index).to_string()).collect::<Vec<_>>().join("\n");
        let (small, large) = (list(200_000), list(1_000_000));
        let set = AddressSet::parse(small.as_bytes())?;
        let hit = per_call(2_000_000, |index| {
            black_box(set.contains(each(scattered(index) % 200_000)));
        })?;
        let miss = per_call(2_000_000, |index| {
            black_box(set.contains(each(index.wrapping_add(1 << 30))));
        })?;
        let started = cpu_nanos()?;
        let parsed = AddressSet::parse(black_box(large.as_bytes()))?;
        let took = (cpu_nanos()? - started) / 1e6;
        let bytes = set.memory_bytes() / set.entries();
        println!("address {name}: 200,000 entries: hit {hit:.0} ns, miss {miss:.0} ns, {bytes} bytes per entry");
        println!("address {name}: 1,000,000 lines read in {took:.0} ms, {} ranges", parsed.ranges());
    }
    Ok(())
}

/// A request that no rule of the measurement concerns, as most are.
struct Request(IpAddr);

impl Facts for Request {
    fn ip(&self) -> IpAddr {
        self.0
    }

    fn in_address_group(&self, _: &str) -> bool {
        false
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        match field {
            Text::Method => Fact::Is(b"GET"),
            Text::Path => Fact::Is(b"/appointment/list"),
            Text::UserAgent => {
                Fact::Is(b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36")
            }
            _ => Fact::Absent,
        }
    }

    fn number(&self, _: Number) -> Fact<u64> {
        Fact::NotYet
    }

    fn each(&self, _: &Named, _: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        Fact::Absent
    }
}

impl KeyFacts for Request {
    fn ip(&self) -> IpAddr {
        self.0
    }

    fn value(&self, _: &KeyPart) -> Option<&[u8]> {
        None
    }
}

fn rules() -> Result<(), Failure> {
    let rule = |number: u32| {
        json!({"number": number, "name": "r", "action": "block", "windows": [{"from": "00:00", "to": "23:59"}],
            "condition": {"all": [
                {"field": "path", "op": "prefix", "value": "/appointment/"},
                {"field": "user_agent", "op": "regex", "value": format!("(?i-u)scanner{number}|sqlmap")},
                {"field": "ip", "op": "cidr", "value": ["10.0.0.0/8", "192.168.0.0/16"]}]}})
    };
    let (noon, none) = (Timestamp::from_micros(1_795_144_455_926_535), Holidays::default());
    for count in [20, 1_000] {
        let raw = serde_json::from_value::<Vec<_>>((0..count).map(rule).collect::<Vec<_>>().into())?;
        let set = RuleSet::compile(&raw)?;
        let request = Request(Ipv4Addr::LOCALHOST.into());
        let nanos = per_call(2_000_000 / count, |_| {
            let mut outcome = Outcome::default();
            set.evaluate(Phase::Body, &request, noon, &none, &mut outcome);
            black_box(&outcome);
        })?;
        println!("rules: {count} of a window and three tests: {:.1} us per request", nanos / 1e3);
    }
    Ok(())
}

fn resident_mib() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}

fn limits() -> Result<(), Failure> {
    let raw = |extra: serde_json::Value| {
        let mut raw = json!({"id": "l", "keys": ["ip"], "count": "requests", "window_seconds": 60, "threshold": 100, "action": "refuse"});
        if let (Some(raw), Some(extra)) = (raw.as_object_mut(), extra.as_object()) {
            raw.extend(extra.clone());
        }
        Limit::compile(&serde_json::from_value(raw)?).map_err(Failure::from)
    };
    let (hasher, now) = (KeyHasher::new([7; 16]), Timestamp::from_micros(1_795_144_455_926_535));
    let before = resident_mib()?;
    let counters = LocalCounters::default();
    for (name, extra) in [("sliding", json!({})), ("token bucket", json!({"shape": {"token_bucket": {"burst": 20}}}))] {
        let limit = raw(extra)?;
        let decide = |address: u32| {
            let request = Request(Ipv4Addr::from_bits(address).into());
            if let Some(key) = limit.key(&hasher, &request) {
                black_box(limit.decide(&counters, now, key, 1));
            }
        };
        let few = per_call(2_000_000, |index| decide(scattered(index) % 1_000))?;
        let many = per_call(3_000_000, |index| decide(scattered(index)))?;
        println!("limit, {name}: {few:.0} ns with 1,000 keys, {many:.0} ns when every key is new");
    }
    println!("limit: {} of at most {MAX_KEYS} keys in {:.0} MiB", counters.len(), resident_mib()? - before);
    let (before, limit) = (resident_mib()?, raw(json!({"count": {"distinct": "arg.id"}, "threshold": 20}))?);
    let distinct = LocalCounters::default();
    let see = |address: u32, value: u32| {
        let key = hasher.address(Ipv4Addr::from_bits(address).into());
        black_box(distinct.see(now, key, limit.quota(), hasher.value(&value.to_le_bytes())));
    };
    let few = per_call(1_000_000, |index| see(index % 1_000, scattered(index)))?;
    let many = per_call(500_000, |index| see(scattered(index), index))?;
    println!("distinct: {few:.0} ns with 1,000 keys, {many:.0} ns when every key is new");
    println!("distinct: {} of at most {MAX_DISTINCT_KEYS} keys in {:.0} MiB", distinct.len(), resident_mib()? - before);
    Ok(())
}

fn challenges() -> Result<(), Failure> {
    let (challenger, now) = (Challenger::new(Secret::new([7; 32])), Timestamp::from_micros(1_795_144_455_926_535));
    let client =
        || Client::new("appointment", Ipv4Addr::LOCALHOST.into(), b"Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
    let cookie = challenger.cookie(&client(), now, Proof::Work);
    let checked = per_call(100_000, |_| {
        black_box(challenger.check_cookie(&client(), now, &cookie)).ok();
    })?;
    let issued = per_call(100_000, |_| {
        black_box(challenger.issue(&client(), now, [1; 16], 18));
    })?;
    println!("challenge: a cookie is checked in {:.1} us, a token issued in {:.1} us", checked / 1e3, issued / 1e3);
    Ok(())
}

fn bots() -> Result<(), Failure> {
    let agents = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 \
         MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN",
        "curl/8.5.0",
    ];
    for agent in agents {
        let nanos = per_call(1_000_000, |_| {
            black_box(assess(&Head { user_agent: black_box(agent.as_bytes()), ..Head::default() }));
        })?;
        println!("bot: a user agent of {} bytes is assessed in {nanos:.0} ns", agent.len());
    }
    let (behaviour, hasher) = (Behaviour::default(), KeyHasher::new([7; 16]));
    let now = Timestamp::from_micros(1_795_144_455_926_535);
    let noted = per_call(1_000_000, |index| {
        let key = hasher.address(Ipv4Addr::from_bits(index % 1_000).into());
        let path = hasher.value(&(index / 1_000).to_le_bytes());
        black_box(behaviour.note(now, key, Noted::Answered { path, status: 200 }));
    })?;
    println!("bot: behaviour is noted in {noted:.0} ns with 1,000 keys");
    Ok(())
}

/// Everybody polls in turn; once a second those who left are looked for, which is told apart.
fn waiting() -> Result<(), Failure> {
    let raw = RawRoom { max_active: 10_000, admissions_per_second: 1, max_waiting: 100_000 };
    let (room, start) = (
        Room::new("appointment", RoomLimits::compile(&raw)?, Secret::new([7; 32])),
        Timestamp::from_micros(1_795_144_455_926_535),
    );
    let cookies: Vec<String> = (0..100_000)
        .filter_map(|_| match room.arrive(start, None, false) {
            Entrance::Waiting { cookie, .. } => Some(cookie),
            Entrance::Admitted { .. } | Entrance::Full { .. } => None,
        })
        .collect();
    let poll = |index: u32, now| {
        let cookie = cookies.get(usize::try_from(scattered(index)).unwrap_or(0) % cookies.len());
        black_box(room.arrive(now, cookie.map(String::as_str), false));
    };
    let polled = per_call(200_000, |index| poll(index, start))?;
    let swept = per_call(50, |index| poll(index, start.plus(Duration::from_secs(u64::from(index + 1)))))?;
    let there = room.occupancy().waiting;
    println!(
        "waiting: a poll among {there} takes {:.1} us, with the look for who left {:.0} us",
        polled / 1e3,
        swept / 1e3
    );
    Ok(())
}

fn enumerations() -> Result<(), Failure> {
    let (watcher, rule, now) =
        (Watcher::default(), EnumerationRule::default(), Timestamp::from_micros(1_795_144_455_926_535));
    let hasher = KeyHasher::new([7; 16]);
    let ask = |client: u32, number: u32| {
        let key = hasher.address(Ipv4Addr::from_bits(client).into());
        black_box(watcher.asked(now, key, &rule, number.into()));
    };
    let few = per_call(2_000_000, |index| ask(index % 1_000, scattered(index)))?;
    let many = per_call(1_000_000, |index| ask(scattered(index), index))?;
    println!("enumeration: {few:.0} ns with 1,000 keys, {many:.0} ns when every key is new");
    println!("enumeration: {} of at most {MAX_WATCHED} keys", watcher.len());
    Ok(())
}

/// A megabyte of a list of patients in chunks of 16 KiB, and error answers of the longest length.
fn leaks() -> Result<(), Failure> {
    let patient =
        r#"{"id":104833,"name":"王小明","phone":"13800138000","card":"11010519491231002X","at":1732248000123},"#;
    let page = patient.repeat((1 << 20) / patient.len());
    let mut out = Vec::with_capacity(32 << 10);
    let nanos = per_call(20, |_| {
        let mut masker = Masker::new(MaskRules::default());
        for chunk in page.as_bytes().chunks(16 << 10) {
            out.clear();
            masker.feed(chunk, &mut out);
            black_box(&out);
        }
        black_box(masker.masked());
    })?;
    println!("leak: a list of patients is masked at {:.0} MiB/s", 1e9 / nanos);
    for (name, unit) in [("plain", "<p>系统繁忙,请稍后再试</p>"), ("hostile", "at a.B(C.java: System. on line ORA- ")]
    {
        let page = unit.repeat(MAX_SCANNED_BYTES / unit.len());
        let nanos = per_call(50, |_| {
            black_box(ErrorTrace::find(page.as_bytes()));
        })?;
        println!("leak: {} KiB of a {name} error answer in {:.0} us", MAX_SCANNED_BYTES >> 10, nanos / 1e3);
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    // First, while no freed memory of other measurements makes it look small.
    limits()?;
    enumerations()?;
    addresses()?;
    rules()?;
    leaks()?;
    challenges()?;
    bots()?;
    waiting()
}
