//! One PostgreSQL shared by every test process on the machine.
//!
//! nextest runs each test in its own process, so the server outlives the process that starts it. Three lock files in
//! the kit's directory decide who does what:
//! - `lock`: held while looking for, starting or stopping the server;
//! - `users`: held shared by every test process until it ends, however it ends;
//! - `watchdog`: held by `watchdog.sh`, which stops the server and removes its files after 20 s without users.
//!
//! A killed test, a killed watchdog and a killed server are all found by the next test that comes. The server listens
//! on a Unix socket only and trusts whoever can reach it: its directory belongs to the user that runs it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Debian and its relatives keep one directory per major version here.
const PACKAGES: &str = "/usr/lib/postgresql";
const SUPERUSER: &str = "postgres";
const ROOT_UID: u32 = 0;

/// No durability (these databases die with the run), no network, and room for many tests at once.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 400
shared_buffers = 64MB
max_wal_size = 256MB
";

/// The running server, in use by this process until it ends.
#[derive(Debug)]
pub(super) struct Server {
    socket_directory: PathBuf,
    /// Holds the shared lock on `users`.
    _users: File,
}

impl Server {
    /// The connection URL of one of its databases.
    pub(super) fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}@localhost/{database}?host={}", self.socket_directory.display())
    }
}

/// The shared server, started if need be. `Err` says why this machine cannot have one.
pub(super) fn server() -> Result<&'static Server, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            let installation = Installation::find()?;
            match installation.server_use() {
                Ok(server) => Ok(server),
                // Installed but not startable is a failure, never a skip.
                Err(error) => panic!("failed to start the PostgreSQL of the tests: {error}"),
            }
        })
        .as_ref()
        .map_err(Clone::clone)
}

/// The programs of one major version and who may run them.
struct Installation {
    programs: PathBuf,
    directory: PathBuf,
    uid: u32,
}

impl Installation {
    fn find() -> Result<Self, String> {
        let missing = || format!("PostgreSQL is not installed in {PACKAGES} (apt-get install postgresql)");
        let programs = newest_programs(Path::new(PACKAGES)).ok_or_else(missing)?;
        let uid = std::fs::metadata("/proc/self").map_err(|error| format!("read /proc/self: {error}"))?.uid();
        if uid == ROOT_UID && !user_exists(SUPERUSER) {
            return Err(format!("PostgreSQL refuses to run as root and there is no user {SUPERUSER}"));
        }
        let directory = std::env::temp_dir().join(format!("medward-testkit-{uid}"));
        Ok(Self { programs, directory, uid })
    }

    fn server_use(&self) -> io::Result<Server> {
        std::fs::create_dir_all(&self.directory)?;
        if std::fs::metadata(&self.directory)?.uid() != self.uid {
            return Err(io::Error::other(format!("{} belongs to somebody else", self.directory.display())));
        }
        let lock = lock_file(&self.directory.join("lock"))?;
        lock.lock()?;
        if !self.server_answers()? {
            self.server_start()?;
        }
        let users = lock_file(&self.directory.join("users"))?;
        users.lock_shared()?;
        self.watchdog_ensure()?;
        lock.unlock()?;
        Ok(Server { socket_directory: self.socket_directory(), _users: users })
    }

    fn cluster(&self) -> PathBuf {
        self.directory.join("cluster")
    }

    fn data(&self) -> PathBuf {
        self.cluster().join("data")
    }

    fn socket_directory(&self) -> PathBuf {
        self.cluster().join("socket")
    }

    fn server_answers(&self) -> io::Result<bool> {
        if !self.data().join("postmaster.pid").exists() {
            return Ok(false);
        }
        let mut command = self.program("pg_isready");
        command.arg("--quiet").arg("--host").arg(self.socket_directory());
        Ok(quiet(&mut command).status()?.success())
    }

    fn server_start(&self) -> io::Result<()> {
        if self.data().exists() {
            // Left by a crash; there may or may not be something to stop.
            let mut command = self.stop_command();
            quiet(&mut command).status()?;
            std::fs::remove_dir_all(self.cluster())?;
        }
        for directory in [self.cluster(), self.socket_directory()] {
            let mut command = new_command("install");
            command.args(["--directory", "--mode=0700"]);
            if self.uid == ROOT_UID {
                command.arg(format!("--owner={SUPERUSER}"));
            }
            succeed(command.arg(directory))?;
        }
        let mut initdb = self.program("initdb");
        initdb.args(["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        succeed(initdb.arg("--pgdata").arg(self.data()))?;
        let mut settings = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        settings.write_all(SETTINGS.as_bytes())?;
        writeln!(settings, "unix_socket_directories = '{}'", self.socket_directory().display())?;
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--timeout=60", "--pgdata"]).arg(self.data());
        succeed(start.arg("--log").arg(self.cluster().join("server.log")))
    }

    fn stop_command(&self) -> Command {
        let mut command = self.program("pg_ctl");
        command.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data());
        command
    }

    /// Starts `watchdog.sh` unless one lives, in a session of its own so that it outlasts this process.
    fn watchdog_ensure(&self) -> io::Result<()> {
        let lock = lock_file(&self.directory.join("watchdog"))?;
        match lock.try_lock() {
            Ok(()) => lock.unlock()?,
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let stop = self.stop_command();
        let mut command = new_command("setsid");
        command.args(["--fork", "sh", "-c", include_str!("watchdog.sh"), "medward-testkit-watchdog"]);
        command.arg(&self.directory).arg(stop.get_program()).args(stop.get_args());
        succeed(quiet(&mut command))
    }

    /// One of PostgreSQL's programs, run as its own user when we are root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if self.uid != ROOT_UID {
            return new_command(path);
        }
        let mut command = new_command("runuser");
        command.args(["-u", SUPERUSER, "--"]).arg(path);
        command
    }
}

/// Runs a command to its end; a failure shows what it said.
///
/// It writes to a file, not to a pipe: a pipe would stay open as long as the server that inherits it.
fn succeed(command: &mut Command) -> io::Result<()> {
    let mut said = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said.try_clone()?);
    let status = command.status()?;
    if status.success() {
        return Ok(());
    }
    io::Seek::rewind(&mut said)?;
    Err(io::Error::other(format!("{command:?}: {status}: {}", io::read_to_string(said)?)))
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

#[expect(clippy::disallowed_methods, reason = "this is the test kit that starts processes")]
fn new_command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    // The user postgres may not enter the directory of the test.
    command.current_dir("/").env("LC_ALL", "C.UTF-8");
    command
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn newest_programs(packages: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(packages).ok()?.filter_map(Result::ok);
    let newest = versions
        .filter(|version| version.path().join("bin/postgres").exists())
        .max_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0))?;
    Some(newest.path().join("bin"))
}

fn user_exists(name: &str) -> bool {
    std::fs::read_to_string("/etc/passwd")
        .is_ok_and(|users| users.lines().any(|line| line.split(':').next() == Some(name)))
}
