//! Logs of other machines, over sockets: what was sent is on record, in order, and nothing is lost at a stop.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::event::{Event, Field, FieldValue, Stream};
use medward_contract::vault::LogQuery;
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::house::House;
use medward_kernel::{Clock, entry};
use medward_vault::canonical::View;
use medward_vault::{EventStore as _, Vault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use crate::kit::{always, assert_sound, options, start, verify_at};

/// Nothing a test waits for takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(50);

/// A house with doors for logs.
pub(crate) struct Collector {
    house: House,
    doors: HashMap<String, SocketAddr>,
}

impl Collector {
    /// Opens the named doors (`udp`, `tcp`, `tls`) at these addresses, with more settings of `[vault.syslog]`.
    pub(crate) async fn start(directory: &Path, settings: &[(&'static str, &str)], clock: Clock) -> Self {
        let set = |path: &[&'static str], value: &str| Override::option("test", path, value);
        let mut overrides = vec![
            set(&["data_dir"], directory.to_str().unwrap()),
            set(&["telemetry", "listen"], ""),
            set(&["vault", "reserve"], "0KiB"),
            set(&["vault", "commit_interval"], "1ms"),
        ];
        overrides.extend(settings.iter().map(|(key, value)| set(&["vault", "syslog", key], value)));
        let config = LoadedConfig::read(None, overrides).unwrap();
        let mut house = House::build(&config, &[entry::<Vault>()], clock).await.unwrap();
        house.wire(&[]).await.unwrap();
        house.listen(Vec::new()).await.unwrap();
        house.ready();
        let bound = house.kit().status.bound_list().into_iter();
        let doors = bound.map(|bound| (bound.name.replace("vault.syslog_", ""), bound.address)).collect();
        Self { house, doors }
    }

    pub(crate) fn door(&self, name: &str) -> SocketAddr {
        self.doors[name]
    }

    /// Waits until so many records match.
    pub(crate) async fn until(&self, query: &str, records: usize) {
        let logs = self.house.kit().ports.port::<dyn LogQuery>("test");
        let logs = logs.get().unwrap().clone();
        let waiting = async {
            while logs.query(query, always(), None).await.unwrap().rows.len() < records {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{records} of {query}"));
    }

    /// Waits until this counter or gauge is not 0.
    pub(crate) async fn until_counted(&self, name: &str) {
        let is_counted = || {
            let text = self.house.kit().metrics.render();
            let count = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            count.is_some_and(|count| count != "0")
        };
        let waiting = async {
            while !is_counted() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{name} is not 0"));
    }

    pub(crate) async fn stop(self) {
        assert_eq!(self.house.stop().await, Vec::<String>::new(), "nobody straggles");
    }
}

/// What a stopped vault holds of a stream, in order; it is sound.
pub(crate) async fn recorded(directory: &Path, stream: Stream) -> Vec<Event> {
    let vault = directory.join("vault");
    assert_sound(&verify_at(&vault, Vec::new()));
    let running = start(&options(&vault));
    let stored = running.store.read(stream, 0, usize::MAX).await.unwrap();
    let events = stored.iter().map(|stored| View::parse(&stored.bytes).unwrap().to_record().unwrap().event).collect();
    running.stop().await;
    events
}

pub(crate) fn original(event: &Event) -> &[u8] {
    let Some(FieldValue::Bytes(bytes)) = event.fields.get(&Field::EventOriginal) else { panic!("{event:?}") };
    bytes
}

/// Sends all and waits until the other side has stored it: it ends the connection then.
pub(crate) async fn send(door: SocketAddr, bytes: impl AsRef<[u8]>) {
    let mut stream = TcpStream::connect(door).await.unwrap();
    stream.write_all(bytes.as_ref()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"", "syslog has no answers");
}

fn numbered(number: u32) -> String {
    format!("<38>Nov 23 10:00:01 his-db app[7]: line {number} 登录")
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_counted_frames_become_records_in_their_order() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start(directory.path(), &[("tcp", "127.0.0.1:0")], Clock::system()).await;
    let lines: String = (0..3_000).map(|number| numbered(number) + "\n").collect();
    send(collector.door("tcp"), lines).await;
    let counted: Vec<String> = (3_000..6_000).map(numbered).map(|line| format!("{} {line}", line.len())).collect();
    send(collector.door("tcp"), counted.concat()).await;
    let long = format!("<13>Nov 23 10:00:01 fw {}", "x".repeat(64 * 1024));
    send(collector.door("tcp"), [&b"<13>Nov 23 10:00:01 fw \xb5\xc7\xc2\xbc\n"[..], long.as_bytes()].concat()).await;
    collector.stop().await;

    let events = recorded(directory.path(), Stream::Syslog).await;
    assert_eq!(events.len(), 6_002);
    for (number, event) in (0_u32..).zip(&events[..6_000]) {
        assert_eq!(original(event), numbered(number).as_bytes());
    }
    let first = &events[0];
    assert_eq!(first.text(Field::Message), Some("line 0 登录"));
    assert_eq!((first.text(Field::HostName), first.text(Field::ObserverIp)), (Some("his-db"), Some("127.0.0.1")));
    assert_eq!(first.text(Field::AgentId).map(|agent| agent.ends_with("/syslog")), Some(true));
    assert_eq!(events[6_000].text(Field::Message), Some("登录"));
    assert_eq!(
        (events[6_001].attrs["event.original_bytes"].as_u64(), original(&events[6_001]).len()),
        (Some(65_559), 32_768)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_become_records_and_those_still_in_the_kernel_are_stored_at_a_stop() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start(directory.path(), &[("udp", "127.0.0.1:0")], Clock::system()).await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for number in 0..200 {
        socket.send_to(numbered(number).as_bytes(), collector.door("udp")).await.unwrap();
    }
    collector.stop().await;
    let events = recorded(directory.path(), Stream::Syslog).await;
    let lines: Vec<&[u8]> = events.iter().map(original).collect();
    let sent: Vec<String> = (0..200).map(numbered).collect();
    assert_eq!(lines, sent.iter().map(String::as_bytes).collect::<Vec<_>>());
}

/// The sender looks whether the connection still stands before each line, as rsyslog does; what it could not send it keeps.
#[tokio::test(flavor = "multi_thread")]
async fn planned_stop_loses_no_line_of_a_sender_that_looks() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::start(directory.path(), &[("tcp", "127.0.0.1:0")], Clock::system()).await;
    let stream = TcpStream::connect(collector.door("tcp")).await.unwrap();
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    let sender = tokio::spawn(async move {
        let mut ready = Some(ready);
        let mut sent = 0_u32;
        // A read of nothing: the other side has ended.
        while stream.try_read(&mut [0; 1]).is_err() {
            let line = numbered(sent) + "\n";
            let mut rest = line.as_bytes();
            while !rest.is_empty() {
                stream.writable().await.unwrap();
                match stream.try_write(rest) {
                    Ok(written) => rest = &rest[written..],
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => panic!("the connection stands until we end it: {error}"),
                }
            }
            sent += 1;
            if sent == 500 {
                ready.take().unwrap().send(()).unwrap();
            }
        }
        sent
    });
    is_ready.await.unwrap();
    collector.stop().await;
    let sent = sender.await.unwrap();
    let events = recorded(directory.path(), Stream::Syslog).await;
    assert_eq!(events.len(), sent as usize);
    assert_eq!(original(events.last().unwrap()), numbered(sent - 1).as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connection_is_ended_by_the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, handle) = Clock::manual(Timestamp::parse("2026-11-23T02:00:00Z").unwrap());
    let settings = [("tcp", "127.0.0.1:0"), ("idle_timeout", "10m")];
    let collector = Collector::start(directory.path(), &settings, clock).await;
    let mut stream = TcpStream::connect(collector.door("tcp")).await.unwrap();
    stream.write_all(b"<13>a line\n<13>an unfinished one").await.unwrap();
    collector.until("stream:syslog", 1).await;
    let mut answer = [0; 1];
    // Its silence counts from when the collector waits for more, which the test cannot know: so time goes on.
    let read = async {
        loop {
            tokio::select! {
                biased;
                read = stream.read(&mut answer) => break read,
                () = tokio::task::yield_now() => handle.advance(Duration::from_secs(60)),
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap(), 0);
    collector.until("stream:syslog", 2).await;
}

/// A certificate authority and what it signed, as PEM files.
pub(crate) struct Certificates {
    pub(crate) authority: PathBuf,
    pub(crate) server: (PathBuf, PathBuf),
    pub(crate) client: (PathBuf, PathBuf),
}

impl Certificates {
    pub(crate) fn make(directory: &Path) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
        let write = |name: &str, text: String| {
            let path = directory.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let named = |name: &str| {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let key = KeyPair::generate().unwrap();
        let mut params = named("authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = write("authority.pem", params.self_signed(&key).unwrap().pem());
        let issuer = Issuer::new(params, key);
        let signed = |name: &str| {
            let key = KeyPair::generate().unwrap();
            let certificate = named(name).signed_by(&key, &issuer).unwrap();
            (write(&format!("{name}.crt"), certificate.pem()), write(&format!("{name}.key"), key.serialize_pem()))
        };
        Self { authority, server: signed("localhost"), client: signed("sender") }
    }

    pub(crate) fn settings(&self) -> [(&'static str, &str); 3] {
        [
            ("tls", "127.0.0.1:0"),
            ("certificate", self.server.0.to_str().unwrap()),
            ("private_key", self.server.1.to_str().unwrap()),
        ]
    }
}

/// Sends one frame with OpenSSL's client, showing this certificate.
async fn send_with_openssl(
    door: SocketAddr,
    certificates: &Certificates,
    shown: Option<&(PathBuf, PathBuf)>,
    frame: &[u8],
) {
    let mut command = tokio::process::Command::new("openssl");
    command.args(["s_client", "-quiet", "-no_ign_eof", "-verify_return_error", "-verify_hostname", "localhost"]);
    command.arg("-connect").arg(door.to_string()).arg("-CAfile").arg(&certificates.authority);
    if let Some((certificate, key)) = shown {
        command.arg("-cert").arg(certificate).arg("-key").arg(key);
    }
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(frame).await.unwrap();
    drop(input);
    // How it ends says little: with TLS 1.3 it may have gone before it is refused.
    tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends with its input").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_door_lets_in_whom_its_authority_knows() {
    let directory = tempfile::tempdir().unwrap();
    let certificates = Certificates::make(directory.path());
    let [tls, certificate, key] = certificates.settings();
    let settings = [tls, certificate, key, ("client_ca", certificates.authority.to_str().unwrap())];
    let collector = Collector::start(directory.path(), &settings, Clock::system()).await;
    let door = collector.door("tls");
    send_with_openssl(door, &certificates, None, b"22 <13>1 - h a - - - none\n").await;
    collector
        .until_counted("medward_vault_intake_turned_away_total{code=\"VLT-0302\",door=\"vault.syslog_tls\"}")
        .await;
    send_with_openssl(door, &certificates, Some(&certificates.client), b"24 <13>1 - h a - - - by TLS\n").await;
    collector.until("stream:syslog", 1).await;
    collector.stop().await;
    let events = recorded(directory.path(), Stream::Syslog).await;
    let messages: Vec<_> = events.iter().map(|event| event.text(Field::Message).unwrap()).collect();
    assert_eq!(messages, ["by TLS"]);
}
