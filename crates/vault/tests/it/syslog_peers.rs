//! Senders we did not write: Debian's logger, rsyslog and syslog-ng, over UDP, TCP with both framings, and TLS.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use medward_contract::event::{Event, Field, Stream};
use medward_kernel::Clock;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::syslog::{Certificates, Collector, PATIENCE, recorded};

/// Whether the program is there. Where it is not, the test says so and passes; with `CI=true` it fails.
fn have(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "nothing is skipped in CI: {program} is missing");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// A started program, ended with the test.
struct Program(Child);

impl Program {
    /// Ends it as a service manager does, and waits until it has put away what it could not send.
    fn stop(mut self) {
        let ended = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(ended.success() && self.0.wait().is_ok());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn messages(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.text(Field::Message).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn logger_is_understood_over_udp_and_tcp_with_both_framings() {
    if !have("logger") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let settings = [("tcp", "127.0.0.1:0"), ("udp", "127.0.0.1:0")];
    let collector = Collector::start(directory.path(), &settings, Clock::system()).await;
    let ways: [(&str, &[&str]); 5] = [
        ("tcp", &["--tcp", "--rfc5424"]),
        ("tcp", &["--tcp", "--rfc3164"]),
        ("tcp", &["--tcp", "--octet-count", "--rfc5424", "--sd-id", "t@1", "--sd-param", "a=\"b\""]),
        ("udp", &["--udp", "--rfc5424"]),
        ("udp", &["--udp", "--rfc3164"]),
    ];
    for (number, (door, arguments)) in ways.into_iter().enumerate() {
        let address = collector.door(door);
        let mut command = Command::new("logger");
        command.args([
            "--server",
            &address.ip().to_string(),
            "--port",
            &address.port().to_string(),
            "--tag",
            "medward-it",
        ]);
        assert!(command.args(arguments).arg(format!("way {number} 登录")).status().unwrap().success());
        collector.until("stream:syslog", number + 1).await;
    }
    collector.stop().await;
    let events = recorded(directory.path(), Stream::Syslog).await;
    assert_eq!(messages(&events), (0..5).map(|number| format!("way {number} 登录")).collect::<Vec<_>>());
    assert!(
        events.iter().all(|event| event.text(Field::ProcessName) == Some("medward-it") && event.tags.is_empty()),
        "{events:?}"
    );
    assert_eq!(events[2].attrs["log.sd.t@1.a"], "b");
}

/// rsyslogd of its own, fed over TCP, that forwards to the collector and keeps what it cannot send in a queue on disk.
struct Rsyslog {
    program: Program,
    input: SocketAddr,
}

impl Rsyslog {
    async fn start(directory: &Path, forward: &str, global: &str) -> Self {
        let port_file = directory.join("rsyslog.port");
        drop(std::fs::remove_file(&port_file));
        let path = directory.display();
        let config = format!(
            "global(workDirectory=\"{path}\" maxMessageSize=\"64k\" net.enableDNS=\"off\" {global})\n\
             module(load=\"imtcp\")\n\
             input(type=\"imtcp\" port=\"0\" address=\"127.0.0.1\" listenPortFileName=\"{}\" ruleset=\"forward\")\n\
             ruleset(name=\"forward\" queue.type=\"LinkedList\" queue.size=\"400000\" queue.filename=\"kept\"\n\
             queue.saveOnShutdown=\"on\" queue.timeoutShutdown=\"1000\") {{ action(type=\"omfwd\" protocol=\"tcp\"\n\
             {forward} action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\") }}\n",
            port_file.display()
        );
        let file = directory.join("rsyslog.conf");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("rsyslogd");
        command.arg("-n").arg("-f").arg(&file).arg("-i").arg(directory.join("rsyslog.pid"));
        let program = Program(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let port = async {
            loop {
                let text = std::fs::read_to_string(&port_file).unwrap_or_default();
                if let Ok(port) = text.trim().parse::<u16>() {
                    break port;
                }
                tokio::task::yield_now().await;
            }
        };
        let port = tokio::time::timeout(PATIENCE, port).await.expect("rsyslogd starts");
        Self { program, input: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    /// Hands it these lines; it has them all when it ends the connection.
    async fn feed(&self, lines: std::ops::Range<u32>) {
        let line = |number| format!("<13>Nov 23 10:00:01 his-db app[7]: line {number}\n");
        let text = lines.map(line).collect::<Vec<_>>().concat();
        let mut stream = TcpStream::connect(self.input).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await.unwrap();
    }
}

/// Numbers of the lines in the order of their records.
fn numbers(events: &[Event]) -> Vec<u32> {
    messages(events).iter().map(|message| message.strip_prefix("line ").unwrap().parse().unwrap()).collect()
}

const LINES: u32 = 100_000;
const FRAMINGS: [&str; 2] = ["traditional", "octet-counted"];

#[tokio::test(flavor = "multi_thread")]
async fn hundred_thousand_lines_of_rsyslog_survive_restarts_of_either_side() {
    if !have("rsyslogd") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut collector = Collector::start(directory.path(), &[("tcp", "127.0.0.1:0")], Clock::system()).await;
    let door = collector.door("tcp");
    let address = door.to_string();
    let mut fed = 0;
    for (round, framing) in (0..4_u32).zip(FRAMINGS.into_iter().cycle()) {
        let forward = format!("target=\"127.0.0.1\" port=\"{}\" TCP_Framing=\"{framing}\"", door.port());
        let rsyslog = Rsyslog::start(directory.path(), &forward, "").await;
        rsyslog.feed(fed..fed + LINES / 4).await;
        fed += LINES / 4;
        // One of the two stops while lines are on their way.
        if round % 2 == 0 {
            collector.stop().await;
            collector = Collector::start(directory.path(), &[("tcp", &address)], Clock::system()).await;
        }
        rsyslog.program.stop();
    }
    let forward = format!("target=\"127.0.0.1\" port=\"{}\"", door.port());
    let rsyslog = Rsyslog::start(directory.path(), &forward, "").await;
    rsyslog.feed(fed..fed + 1).await;
    collector.until(&format!("stream:syslog \"line {fed}\""), 1).await;
    rsyslog.program.stop();
    collector.stop().await;

    let found = numbers(&recorded(directory.path(), Stream::Syslog).await);
    let mut distinct = BTreeSet::new();
    let first: Vec<u32> = found.iter().copied().filter(|number| distinct.insert(*number)).collect();
    assert_eq!(distinct.len(), fed as usize + 1, "no line is lost");
    // rsyslog itself sends what it kept on disk beside what is new, over two connections.
    for round in 0..4 {
        let fed = round * LINES / 4..(round + 1) * LINES / 4;
        let of_round = first.iter().filter(|number| fed.contains(number));
        assert!(of_round.is_sorted(), "the order of a connection is kept");
    }
    // What rsyslog is not sure of it sends again, and syslog has nothing to tell the second from the first by.
    eprintln!("{} lines came more than once", found.len() - first.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_is_understood_over_tls() {
    if !have("rsyslogd") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let collector = Collector::start(directory.path(), &certificates.settings(), Clock::system()).await;
    let forward = format!(
        "target=\"127.0.0.1\" port=\"{}\" StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\" \
         StreamDriverPermittedPeers=\"localhost\" TCP_Framing=\"octet-counted\"",
        collector.door("tls").port()
    );
    let global = format!("defaultNetstreamDriverCAFile=\"{}\"", certificates.authority.display());
    let rsyslog = Rsyslog::start(directory.path(), &forward, &global).await;
    rsyslog.feed(0..500).await;
    collector.until("stream:syslog \"line 499\"", 1).await;
    rsyslog.program.stop();
    collector.stop().await;
    assert_eq!(numbers(&recorded(directory.path(), Stream::Syslog).await), (0..500).collect::<Vec<_>>());
}

/// syslog-ng, installed or unpacked beside what excludes it (`.ci/unpack`), and where its own libraries stand.
fn syslog_ng_command() -> Option<Command> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/usr");
    let unpacked = peers.join("sbin/syslog-ng");
    if !unpacked.exists() {
        return have("syslog-ng").then(|| Command::new("syslog-ng"));
    }
    let mut command = Command::new(unpacked);
    let own = peers.join("lib/syslog-ng");
    let libraries = [peers.join("lib/x86_64-linux-gnu"), peers.join("../lib/x86_64-linux-gnu"), own.clone()];
    command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).unwrap());
    command.arg(format!("--module-path={}", own.join("3.38").display()));
    Some(command)
}

/// syslog-ng of its own, which sends each line of its standard input to all of these destinations. It ends with its input.
fn syslog_ng(mut command: Command, directory: &Path, destinations: &[String]) -> Program {
    let paths = (0..destinations.len()).map(|number| format!("log {{ source(s); destination(d{number}); }};\n"));
    let ways = destinations.iter().enumerate().map(|(number, way)| format!("destination d{number} {{ {way} }};\n"));
    let (ways, paths): (String, String) = (ways.collect(), paths.collect());
    let config = directory.join("syslog-ng.conf");
    let source = "source s { stdin(flags(no-parse)); };";
    std::fs::write(&config, format!("@version: 3.38\noptions {{ use-dns(no); }};\n{source}\n{ways}{paths}")).unwrap();
    command.arg("-F").arg("--no-caps").arg("-f").arg(config).arg("-R").arg(directory.join("ng.persist"));
    command.arg("-p").arg(directory.join("ng.pid")).arg("-c").arg(directory.join("ng.ctl"));
    Program(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn syslog_ng_is_understood_over_udp_tcp_and_tls() {
    let Some(command) = syslog_ng_command() else { return };
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let [tls, certificate, key] = certificates.settings();
    let settings = [("udp", "127.0.0.1:0"), ("tcp", "127.0.0.1:0"), tls, certificate, key];
    let collector = Collector::start(directory.path(), &settings, Clock::system()).await;
    let port = |door: &str| collector.door(door).port();
    let destinations = [
        format!("syslog(\"127.0.0.1\" transport(\"tcp\") port({}));", port("tcp")),
        format!("network(\"127.0.0.1\" transport(\"tcp\") port({}) persist-name(\"lines\"));", port("tcp")),
        format!("syslog(\"127.0.0.1\" transport(\"udp\") port({}));", port("udp")),
        format!(
            "syslog(\"localhost\" transport(\"tls\") port({}) tls(ca-file(\"{}\") peer-verify(required-trusted)));",
            port("tls"),
            certificates.authority.display()
        ),
    ];
    let mut program = syslog_ng(command, directory.path(), &destinations);
    let mut input = program.0.stdin.take().unwrap();
    input.write_all(b"line 0\nline 1\nline 2\n").unwrap();
    collector.until("stream:syslog", 3 * destinations.len()).await;
    program.stop();
    collector.stop().await;
    let mut found = numbers(&recorded(directory.path(), Stream::Syslog).await);
    found.sort_unstable();
    assert_eq!(found, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
}
