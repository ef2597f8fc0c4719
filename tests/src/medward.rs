//! The program under test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use crate::peer::{command, pinned, read_until};

/// The freshly built binary.
pub fn medward_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let program = std::env::current_exe().expect("find the program's own path");
        // Tests are in `deps/`, the benchmark is beside it.
        let folder = program.parent().expect("find the target folder");
        let profile = if folder.ends_with("deps") { folder.parent().expect("leave deps") } else { folder }.to_owned();
        let binary = profile.join("medward");
        let mut build = command(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "medward"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        // What cargo says to a test about its package would make build scripts that read it run again.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
                build.env_remove(name);
            }
        }
        if profile.file_name().is_some_and(|name| name == "release") {
            build.arg("--release");
        }
        assert!(build.status().expect("run cargo").success(), "medward does not build");
        binary
    })
}

/// A running Medward; ends with the test.
#[derive(Debug)]
pub struct Medward {
    child: Child,
    /// What it printed when it was ready.
    pub welcome: String,
    /// Its directory.
    pub data: PathBuf,
}

impl Medward {
    /// Starts `medward <arguments>` on free ports, keeping everything in `data`, and waits until it is ready.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::run(prepared(command(medward_binary()), data, arguments), data)
    }

    /// Like [`Medward::start`], on one processor core; it is the process itself, not a child of `taskset`.
    pub fn start_pinned(core: usize, data: &Path, arguments: &[&str]) -> Self {
        Self::run(prepared(pinned(core, medward_binary()), data, arguments), data)
    }

    /// Like [`Medward::start`], in a network namespace, where its telemetry has the usual port for itself.
    pub fn start_on(machine: &str, data: &Path, arguments: &[&str]) -> Self {
        let mut program = command("ip");
        program.args(["netns", "exec", machine]).arg(medward_binary());
        let mut program = prepared(program, data, arguments);
        program.env_remove("MEDWARD_TELEMETRY__LISTEN");
        Self::run(program, data)
    }

    fn run(mut program: Command, data: &Path) -> Self {
        let mut child = program.stdout(Stdio::piped()).spawn().expect("start medward");
        let stdout = child.stdout.take().expect("take standard output");
        let lines = read_until(stdout, |line| line.starts_with("Stop with Ctrl-C"));
        let welcome = lines.concat();
        assert!(welcome.contains("Stop with Ctrl-C"), "medward ended before it was ready: {welcome}");
        Self { child, welcome, data: data.to_owned() }
    }

    /// The address printed after `label` and `scheme`, for example `("gateway", "http")`.
    pub fn address(&self, label: &str, scheme: &str) -> String {
        let start = format!("{scheme}://");
        self.welcome
            .lines()
            .filter(|line| line.trim_start().starts_with(label))
            .flat_map(str::split_whitespace)
            .find(|word| word.starts_with(&start))
            .unwrap_or_else(|| panic!("no {label} {scheme} in {}", self.welcome))
            .to_owned()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop (SIGTERM) and waits; gives its exit code.
    pub fn stop(mut self) -> i32 {
        let status = command("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("run kill");
        assert!(status.success());
        self.child.wait().expect("wait for medward").code().unwrap_or(-1)
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("kill medward");
        self.child.wait().expect("wait for medward");
    }
}

impl Drop for Medward {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs `medward <arguments>` to its end.
pub fn finished(data: &Path, arguments: &[&str]) -> Output {
    prepared(command(medward_binary()), data, arguments).output().expect("run medward")
}

fn prepared(mut program: Command, data: &Path, arguments: &[&str]) -> Command {
    program
        .args(arguments)
        .current_dir(data)
        .env("MEDWARD_DATA_DIR", data.join("data"))
        .env("MEDWARD_GATEWAY__HTTP", "127.0.0.1:0")
        .env("MEDWARD_GATEWAY__HTTPS", "127.0.0.1:0")
        .env("MEDWARD_LISTEN__CONSOLE", "127.0.0.1:0")
        .env("MEDWARD_TELEMETRY__LISTEN", "127.0.0.1:0")
        .env("MEDWARD_TELEMETRY__LOG", "warn")
        .env_remove("DATA")
        .env_remove("LISTEN")
        .stdin(Stdio::null());
    program
}
