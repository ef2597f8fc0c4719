//! The transparent mode in network namespaces (CD-041; gateway.md §3): client, gateway and system each in one of their own, the
//! system reached by its own address.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use medward_tests::Medward;
use medward_tests::medward::medward_binary;
use medward_tests::peer::{command, require, texts};

const CLIENT: &str = "10.98.1.2";
const SYSTEM: &str = "10.98.2.2";
/// Python's server of files. What it writes about each request goes where the test reads. By itself it would first ask for its own
/// name, and wait minutes for name servers that these machines do not have.
const SERVER: &str = "
import http.server, socketserver, sys
class Server(http.server.ThreadingHTTPServer):
    server_bind = socketserver.TCPServer.server_bind
sys.stderr = sys.stdout
server = Server((sys.argv[1], 80), http.server.SimpleHTTPRequestHandler)
print('Serving HTTP')
server.serve_forever()
";

/// Three machines in a row; they go with the test.
struct Machines {
    client: String,
    gateway: String,
    system: String,
}

fn ip(arguments: &str) {
    let done = command("ip").args(arguments.split(' ')).output().unwrap();
    assert!(done.status.success(), "ip {arguments}: {}", texts(&done).1);
}

impl Machines {
    fn new() -> Self {
        let name = |what: &str| format!("mw{what}{}", std::process::id());
        let machines = Self { client: name("c"), gateway: name("g"), system: name("s") };
        let Self { client, gateway, system } = &machines;
        for machine in [client, gateway, system] {
            ip(&format!("netns add {machine}"));
            ip(&format!("-n {machine} link set lo up"));
        }
        for (end, net, host) in [(client, 1, CLIENT), (system, 2, SYSTEM)] {
            ip(&format!("-n {gateway} link add to{net} type veth peer name eth0 netns {end}"));
            ip(&format!("-n {gateway} addr add 10.98.{net}.1/24 dev to{net}"));
            ip(&format!("-n {gateway} link set to{net} up"));
            ip(&format!("-n {end} addr add {host}/24 dev eth0"));
            ip(&format!("-n {end} link set eth0 up"));
            ip(&format!("-n {end} route add default via 10.98.{net}.1"));
        }
        let forwards = on(gateway, "sysctl").args(["-q", "-w", "net.ipv4.ip_forward=1"]).status().unwrap();
        assert!(forwards.success());
        machines
    }

    /// Status of the system's answer as the client sees it.
    fn ask(&self, url: &str) -> String {
        let asked = on(&self.client, "curl")
            .args([
                "--silent",
                "--insecure",
                "--max-time",
                "20",
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code}",
            ])
            .arg(url)
            .output()
            .unwrap();
        texts(&asked).0
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for machine in [&self.client, &self.gateway, &self.system] {
            drop(command("ip").args(["netns", "del", machine]).status());
        }
    }
}

/// A program on one of the machines.
fn on(machine: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut started = command("ip");
    started.args(["netns", "exec", machine]).arg(program);
    started
}

/// A program that tells what it does, line by line.
struct Telling {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Telling {
    fn start(mut program: Command) -> Self {
        let mut child = program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for a line with this in it.
    fn until(&mut self, text: &str) -> String {
        let mut seen = String::new();
        while let Some(Ok(line)) = self.lines.next() {
            if line.contains(text) {
                return line;
            }
            seen.push_str(&line);
        }
        panic!("it ended before it said {text:?}: {seen}")
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn system_is_reached_by_its_own_address_sees_the_clients_and_goes_on_without_the_gateway() {
    let tools = ["ip", "nft", "sysctl", "curl", "python3"];
    if !tools.into_iter().all(|tool| require(tool).is_some()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let machines = Machines::new();
    let mut server = on(&machines.system, "python3");
    server.args(["-u", "-c", SERVER, SYSTEM]).current_dir(folder.path());
    let mut server = Telling::start(server);
    server.until("Serving HTTP");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/")), "200", "the machines reach each other");

    let config = folder.path().join("medward.toml");
    let text = format!(
        "[gateway]\ntproxy_http = \"0.0.0.0:15080\"\ntproxy_https = \"0.0.0.0:15443\"\n\
         [[gateway.object]]\nname = \"system\"\nhosts = [\"*\"]\nupstreams = [\"http://{SYSTEM}:80\"]\n"
    );
    std::fs::write(&config, text).unwrap();
    let medward = Medward::start_on(&machines.gateway, folder.path(), &["up", "--config", path(&config)]);
    let mut watchdog = on(&machines.gateway, medward_binary());
    watchdog.args(["gateway", "tproxy", "watch", "--system", "10.98.2.0/24", "--config", path(&config)]);
    let mut watchdog = Telling::start(watchdog);
    watchdog.until("in force");

    let attack = "?id=1%27%20OR%20%271%27=%271";
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/{attack}")), "403");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/through")), "404");
    let seen = server.until("/through");
    assert!(seen.starts_with(CLIENT), "the system sees who asks: {seen}");
    assert_eq!(machines.ask(&format!("https://{SYSTEM}/{attack}")), "403", "inside of TLS, too");
    assert_eq!(machines.ask(&format!("https://{SYSTEM}/")), "200");

    // It hangs: the system takes connections for it, and nobody answers.
    signal(&medward, "-STOP");
    watchdog.until("taken away");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/around")), "404");
    server.until("/around");
    signal(&medward, "-CONT");
    watchdog.until("in force");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/{attack}")), "403");

    medward.kill();
    watchdog.until("taken away");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/direct{attack}")), "404", "unprotected, and not cut off");
    assert!(server.until("/direct").starts_with(CLIENT));

    let again = Medward::start_on(&machines.gateway, folder.path(), &["up", "--config", path(&config)]);
    watchdog.until("in force");
    assert_eq!(machines.ask(&format!("http://{SYSTEM}/{attack}")), "403");
    assert_eq!(again.stop(), 0);
}

fn signal(medward: &Medward, signal: &str) {
    assert!(command("kill").args([signal, &medward.pid().to_string()]).status().unwrap().success());
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
