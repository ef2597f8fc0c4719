//! Programs beside Medward: web servers, clients, scanners. One place starts processes.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A command; the one place of the end-to-end tests that makes one.
#[expect(clippy::disallowed_methods, reason = "this is the test kit's one wrapper of processes")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// A command that runs on one processor core, with all its threads and children (util-linux `taskset`).
pub fn pinned(core: usize, program: &Path) -> Command {
    let mut taskset = command("taskset");
    taskset.arg("--cpu-list").arg(core.to_string()).arg(program);
    taskset
}

/// Where a Debian program is, or a visible skip; in CI a missing program is a failure.
pub fn require(program: &str) -> Option<PathBuf> {
    let path = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/sbin", "/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.exists());
    if path.is_none() {
        #[expect(clippy::disallowed_methods, reason = "CI says by its environment that nothing may be skipped")]
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!in_ci, "{program} is missing; install it from Debian");
        #[expect(clippy::print_stdout, reason = "a skip must be visible")]
        {
            println!("skipped: {program} is not installed");
        }
    }
    path
}

/// A loopback address nobody listens on now.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind a free port");
    listener.local_addr().expect("read the bound address")
}

/// A program that runs beside the test and ends with it.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Peer {
    /// Starts a server that listens on `address`, and waits until it does.
    pub fn listening(mut command: Command, address: SocketAddr) -> Self {
        let mut child = command.stdin(Stdio::null()).spawn().expect("start a peer");
        loop {
            if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
                return Self { child, address };
            }
            if let Some(status) = child.try_wait().expect("watch a peer") {
                panic!("a peer ended before it listened on {address}: {status}");
            }
            std::thread::yield_now();
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Python's `http.server` over a folder.
    pub fn python_http_server(python: &Path, folder: &Path) -> Self {
        let address = free_address();
        let mut server = command(python);
        server.args(["-m", "http.server", "--bind", "127.0.0.1"]).arg(address.port().to_string()).current_dir(folder);
        server.stdout(Stdio::null()).stderr(Stdio::null());
        Self::listening(server, address)
    }

    /// Debian's nginx over a folder.
    pub fn nginx(nginx: &Path, folder: &Path) -> Self {
        let address = free_address();
        let config = folder.join("nginx.conf");
        let text = format!(
            "daemon off; pid {0}/nginx.pid; error_log stderr crit; worker_processes 1;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f;\n\
             uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n\
             server {{ listen {address}; root {0}/site; }} }}\n",
            folder.display()
        );
        std::fs::write(&config, text).expect("write nginx.conf");
        let mut server = command(nginx);
        server.arg("-p").arg(folder).arg("-c").arg(&config);
        Self::listening(server, address)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Asked and not killed: nginx takes its workers with it only then. It may have ended by itself.
        drop(command("kill").args(["-TERM", &self.child.id().to_string()]).stderr(Stdio::null()).status());
        drop(self.child.wait());
    }
}

/// Runs Debian's curl and gives status, headers and body as one text.
pub fn curl(arguments: &[&str]) -> String {
    let output = command("curl")
        .args(["--silent", "--show-error", "--insecure", "--include", "--max-time", "30"])
        .args(arguments)
        .output()
        .expect("run curl");
    assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard output, standard error and exit code of a finished program.
pub fn texts(output: &Output) -> (String, String, i32) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
        output.status.code().unwrap_or(-1),
    )
}

/// Reads lines until one satisfies `enough`; the rest is drained by a thread so that the program never blocks.
pub fn read_until(stream: impl std::io::Read + Send + 'static, enough: impl Fn(&str) -> bool) -> Vec<String> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).expect("read a program's output") == 0 {
            return lines;
        }
        let found = enough(&line);
        lines.push(line);
        if found {
            #[expect(clippy::disallowed_methods, reason = "the test kit has no supervisor")]
            drop(std::thread::spawn(move || drop(reader.read_to_end(&mut Vec::new()))));
            return lines;
        }
    }
}
