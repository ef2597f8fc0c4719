//! Against Debian's `redis-server`: alive, killed, emptied, behind TLS.

#![allow(clippy::disallowed_methods, reason = "tests start a Redis and wait for it with a limit")]

mod pretended;

use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use medward_defence::limit::Shape;
use medward_defence::limit::conformance::{self, key, quota};
use medward_kernel::Supervisor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use super::*;
use crate::alarm::{Alarm, AlarmQueue};
use crate::upstream::ConnectError;

/// Longest wait for another program.
const LIMIT: Duration = Duration::from_secs(60);
/// Whatever the window, a bucket begins here.
const START: Timestamp = Timestamp::from_micros(20_000 * 86_400 * 1_000_000);

/// Debian's Redis on a socket of its own, killed with the test.
struct Redis {
    directory: tempfile::TempDir,
    child: Child,
}

impl Redis {
    /// None, visibly, where it is not installed; with `CI=true` that is a failure.
    fn start(more: &[&str]) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let Ok(child) = Self::spawn(directory.path(), more) else {
            assert!(
                !std::env::var("CI").is_ok_and(|ci| ci == "true"),
                "nothing is skipped in CI: redis-server is missing"
            );
            println!("skipped: redis-server is not installed");
            return None;
        };
        Some(Self { directory, child })
    }

    fn spawn(directory: &std::path::Path, more: &[&str]) -> std::io::Result<Child> {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", "redis.sock", "--dir"]);
        command.arg(directory).args(more).stdout(Stdio::null()).spawn()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        std::fs::remove_file(self.socket()).unwrap();
        self.child = Self::spawn(self.directory.path(), &[]).unwrap();
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }

    fn address(&self) -> RedisAddress {
        RedisAddress::parse(&format!("redis+unix://{}", self.socket().display())).unwrap()
    }

    /// What Redis answers to a command that one line is enough for.
    async fn ask(&self, command: &str) -> String {
        let mut stream = wait(async {
            loop {
                match UnixStream::connect(self.socket()).await {
                    Ok(stream) => return stream,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        })
        .await;
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

async fn wait<T>(done: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, done).await.expect("it never happened")
}

async fn until(done: impl Fn() -> bool) {
    wait(async {
        while !done() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn settings(redis: RedisAddress, nodes: u32, prefix: &str) -> SharedSettings {
    let nodes = NonZeroU32::new(nodes).unwrap();
    SharedSettings { redis, username: None, password: None, nodes, prefix: prefix.to_owned() }
}

fn node(redis: &RedisAddress, nodes: u32) -> SharedCounters {
    SharedCounters::new(settings(redis.clone(), nodes, "mw:rl"), &Metrics::default()).unwrap()
}

fn connector(clock: &Clock, authorities: Option<&std::path::Path>) -> Connector {
    Connector::new(clock.clone(), PATIENCE, authorities).unwrap()
}

async fn link(node: &SharedCounters) -> Link {
    Link::open(&node.settings, &connector(&Clock::system(), None)).await.unwrap()
}

fn limit() -> Quota {
    quota(10, 100, Shape::Sliding)
}

fn takes(node: &SharedCounters, now: Timestamp) -> bool {
    node.count(now, key(1), &limit(), 1, Counting::IfItFits) == Taken::Within
}

fn taken(node: &SharedCounters, now: Timestamp, tries: u32) -> usize {
    (0..tries).filter(|_| takes(node, now)).count()
}

/// One node that exchanges after each count.
struct Synchronous {
    node: SharedCounters,
    link: Mutex<Link>,
    runtime: tokio::runtime::Runtime,
}

impl Counters for Synchronous {
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        let taken = self.node.count(now, key, quota, amount, counting);
        let mut link = self.link.lock().unwrap();
        self.runtime.block_on(self.node.exchange(&mut link, &Clock::system())).unwrap();
        taken
    }

    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken {
        self.node.see(now, key, quota, value)
    }
}

#[test]
fn one_node_on_a_real_redis_keeps_every_rule_of_counters() {
    let Some(redis) = Redis::start(&[]) else { return };
    for (number, (name, rule)) in conformance::RULES.iter().enumerate() {
        println!("{name}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let settings = settings(redis.address(), 1, &format!("rule{number}"));
        let node = SharedCounters::new(settings, &Metrics::default()).unwrap();
        let link = runtime.block_on(async {
            assert_eq!(redis.ask("PING").await, "+PONG\r\n+OK\r\n");
            link(&node).await
        });
        rule(&Synchronous { node, link: Mutex::new(link), runtime });
    }
}

/// Three nodes that run, on a clock that the test turns.
struct Nodes {
    all: [SharedCounters; 3],
    clock: Clock,
    hand: medward_kernel::clock::ManualClock,
    alarms: Alarms,
    queue: AlarmQueue,
}

impl Nodes {
    fn new(redis: &Redis) -> Self {
        let (clock, hand) = Clock::manual(START);
        let (alarms, queue) = Alarms::new(clock.clone());
        Self { all: std::array::from_fn(|_| node(&redis.address(), 3)), clock, hand, alarms, queue }
    }

    /// Runs all of them while `scenario` does.
    async fn run(&self, scenario: impl Future<Output = ()>) {
        let (connector, stop) =
            (connector(&self.clock, None), Supervisor::new(self.clock.clone()).stop_signals().clone());
        let run = |node: &'static str, counters| {
            let (connector, stop) = (&connector, &stop);
            Box::pin(async move {
                SharedCounters::run(counters, connector, &self.clock, &self.alarms, stop).await;
                panic!("{node} has ended");
            })
        };
        let [first, second, third] = &self.all;
        tokio::select! {
            () = run("first", first) => {}
            () = run("second", second) => {}
            () = run("third", third) => {}
            () = scenario => {}
        }
    }

    /// A tenth of a second, with ten requests spread over the nodes, and an exchange of each. How many were admitted.
    async fn tenth_of_a_second(&self) -> usize {
        let admitted = (0..10_u32).filter(|at| takes(&self.all[*at as usize % 3], self.clock.now())).count();
        let before = self.exchanges();
        self.hand.advance(PAUSE);
        until(|| self.exchanges().iter().zip(before).all(|(now, before)| *now > before)).await;
        admitted
    }

    /// Finished ones, good or bad.
    fn exchanges(&self) -> [u64; 3] {
        std::array::from_fn(|at| self.all[at].metrics.pushed.get() + self.all[at].metrics.failed.get())
    }

    fn up(&self) -> [i64; 3] {
        std::array::from_fn(|at| self.all[at].metrics.up.get())
    }
}

#[tokio::test]
async fn three_nodes_on_one_redis_admit_the_limit_and_a_tenth_at_most() {
    let Some(redis) = Redis::start(&[]) else { return };
    redis.ask("PING").await;
    let nodes = Nodes::new(&redis);
    nodes
        .run(async {
            until(|| nodes.up() == [1; 3]).await;
            let mut total = 0;
            // Ten seconds less one turn, all in one bucket, at ten times the limit.
            for _ in 0..99 {
                total += nodes.tenth_of_a_second().await;
            }
            assert!((100..=110).contains(&total), "{total}");
        })
        .await;
    assert!(nodes.queue.lock().await.try_recv().is_err(), "and nobody raised an alarm");
}

#[tokio::test]
async fn redis_killed_under_load_admits_no_more_than_the_limit_and_comes_back() {
    let Some(mut redis) = Redis::start(&[]) else { return };
    redis.ask("PING").await;
    let nodes = Nodes::new(&redis);
    nodes
        .run(async {
            until(|| nodes.up() == [1; 3]).await;
            let mut total = 0;
            for _ in 0..3 {
                total += nodes.tenth_of_a_second().await;
            }
            assert_eq!(total, 30);
            redis.kill();
            let mut afterwards = nodes.tenth_of_a_second().await;
            assert_eq!(nodes.up(), [0; 3]);
            // Nothing waits for Redis: the clock stands still from here.
            afterwards += nodes.all.iter().map(|node| taken(node, nodes.clock.now(), 500)).sum::<usize>();
            assert!(afterwards <= 100, "{afterwards}");
            // What the nodes had not heard of each other when it was killed is what batches can be too much by.
            assert!((90..=110).contains(&(total + afterwards)), "{total} before and {afterwards} after");
            let later = nodes.clock.now().plus(Duration::from_secs(30));
            let total: usize = nodes.all.iter().map(|node| taken(node, later, 500)).sum();
            assert_eq!(total, 99, "a third of the limit each, in any window");

            redis.start_again();
            redis.ask("PING").await;
            wait(async {
                while nodes.up() != [1; 3] {
                    nodes.hand.advance(Duration::from_secs(1));
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                    }
                }
            })
            .await;
            // They agree: what one has used up, nobody has.
            let [first, others @ ..] = &nodes.all;
            // Two hours later, at the beginning of a bucket.
            let past = u64::try_from(nodes.clock.now().since(START).as_micros()).unwrap() % 10_000_000;
            nodes.hand.advance(Duration::from_micros(7_210_000_000 - past));
            let later = nodes.clock.now();
            assert_eq!(taken(first, later, 500), 100);
            assert!(others.iter().all(|node| taken(node, later, 1) == 1), "nobody has told them yet");
            for _ in 0..2 {
                nodes.tenth_of_a_second().await;
            }
            assert!(nodes.all.iter().all(|node| taken(node, later, 500) == 0));
        })
        .await;
    let mut queue = nodes.queue.lock().await;
    let Ok(Alarm::Raised { alert, .. }) = queue.try_recv() else { panic!("nothing was raised") };
    assert_eq!(
        (alert.rule_id.as_str(), alert.severity),
        ("gateway.shared_counters_down", medward_contract::Severity::Medium)
    );
    let Ok(Alarm::Cleared(cleared)) = queue.try_recv() else { panic!("one alarm for one fault, and its end") };
    assert_eq!(cleared.fingerprint, alert.fingerprint);
}

#[tokio::test]
async fn an_emptied_redis_is_told_again_and_strange_values_are_replaced() {
    let Some(redis) = Redis::start(&[]) else { return };
    redis.ask("PING").await;
    let clock = Clock::system();
    let (one, other) = (node(&redis.address(), 2), node(&redis.address(), 2));
    let (mut link_one, mut link_other) = (link(&one).await, link(&other).await);
    one.exchange(&mut link_one, &clock).await.unwrap();
    other.exchange(&mut link_other, &clock).await.unwrap();
    assert_eq!((taken(&one, START, 50), taken(&other, START, 20)), (50, 20));
    let counter = format!("mw:rl:{}:{}", key(1), START.as_micros() / 10_000_000);
    for spoil in [
        "PING",
        "FLUSHALL",
        "SCRIPT FLUSH",
        &format!("LPUSH {counter} a"),
        &format!("SET {counter} x"),
        &format!("SET {counter} -5"),
        "SET mw:rl:era x",
    ] {
        if spoil.contains(&counter) {
            redis.ask(&format!("DEL {counter}")).await;
        }
        let told = redis.ask(spoil).await;
        assert!(!told.starts_with('-'), "{told}");
        for _ in 0..3 {
            for (node, link) in [(&one, &mut link_one), (&other, &mut link_other)] {
                node.count(START, key(1), &limit(), 1, Counting::Ask);
                node.exchange(link, &clock).await.unwrap();
            }
        }
        for node in [&one, &other] {
            let (fits, over) = (30, 31);
            assert_eq!(node.count(START, key(1), &limit(), fits, Counting::Ask), Taken::Within, "after {spoil}");
            assert_ne!(node.count(START, key(1), &limit(), over, Counting::Ask), Taken::Within, "after {spoil}");
        }
    }
}

#[tokio::test]
async fn redis_sees_hashes_and_numbers_that_end_by_themselves() {
    let Some(redis) = Redis::start(&[]) else { return };
    redis.ask("PING").await;
    let node = node(&redis.address(), 2);
    let mut link = link(&node).await;
    for number in 0..1_000 {
        node.count(START, key(number), &limit(), 1, Counting::IfItFits);
    }
    node.exchange(&mut link, &Clock::system()).await.unwrap();
    let keys = redis.ask("KEYS *").await;
    let names: Vec<_> = keys.lines().filter(|line| line.starts_with("mw:rl:") && *line != "mw:rl:era").collect();
    assert_eq!(names.len(), 1_000, "one bucket of each");
    for name in &names {
        let parts: Vec<_> = name.split(':').collect();
        assert!(parts.len() == 4 && parts[2].len() == 32, "{name}");
        assert!(parts[2].bytes().all(|byte| byte.is_ascii_hexdigit()) && parts[3] == "172800000", "{name}");
    }
    let life = redis.ask(&format!("PTTL {}", names[0])).await;
    let millis: u64 = life.lines().next().unwrap().trim_start_matches(':').parse().unwrap();
    assert!((1..=20_000).contains(&millis), "{life}");
}

#[tokio::test]
async fn redis_is_reached_over_tls_with_a_password() {
    let directory = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, private) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&private, made.signing_key.serialize_pem()).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let paths = [certificate.display().to_string(), private.display().to_string()];
    let more = ["--tls-port", &port, "--tls-cert-file", &paths[0], "--tls-key-file", &paths[1]];
    let more: Vec<_> = more.into_iter().chain(["--tls-auth-clients", "no", "--requirepass", "geheim"]).collect();
    let Some(redis) = Redis::start(&more) else { return };
    redis.ask("PING").await;
    let address = RedisAddress::parse(&format!("rediss://localhost:{port}/3")).unwrap();
    let open = async |password: Option<&str>, authorities: Option<&std::path::Path>| {
        let password = password.map(|password| Secret::new(password.to_owned()));
        let settings = SharedSettings { password, ..settings(address.clone(), 2, "mw:rl") };
        let node = SharedCounters::new(settings, &Metrics::default()).unwrap();
        let clock = Clock::system();
        let mut link = Link::open(&node.settings, &connector(&clock, authorities)).await?;
        node.exchange(&mut link, &clock).await
    };
    open(Some("geheim"), Some(&certificate)).await.unwrap();
    let stranger = open(Some("geheim"), None).await.unwrap_err();
    assert!(matches!(stranger, LinkError::Connect(ConnectError::Tls(..))), "{stranger:?}");
    let wrong = open(Some("falsch"), Some(&certificate)).await.unwrap_err();
    assert!(matches!(wrong, LinkError::Login(_)), "{wrong:?}");
    assert!(!with_sources(&wrong).contains("falsch"));
    assert!(matches!(open(None, Some(&certificate)).await, Err(LinkError::Exchange(_) | LinkError::Login(_))));
}
