//! The command line: what there is, and which exit code a failure gets.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use medward_kernel::Clock;
use medward_kernel::config::{ConfigError, Override};
use medward_kernel::house::StartError;

use crate::{demo, docs, node, rescue, settings, tproxy, up, waf};

/// Medward 医垣: guards, records and proves.
#[derive(Parser)]
#[command(name = "medward", version, about)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run Medward until Ctrl-C.
    Up(UpArgs),
    /// Run Medward before a demo hospital with live drill traffic; with --once, prove the whole loop and exit.
    Demo(DemoArgs),
    /// Read settings without starting.
    Config {
        /// What to do.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Verify, prove, search and follow recorded events.
    Vault {
        /// What to do.
        #[command(subcommand)]
        command: medward_vault::cli::Command,
    },
    /// Ask the detection engine, without a gateway.
    Waf {
        /// What to do.
        #[command(subcommand)]
        command: waf::Command,
    },
    /// What the gateway needs of the machine.
    Gateway {
        /// What to do.
        #[command(subcommand)]
        command: GatewayCommand,
    },
    /// Remote gateway nodes.
    Node {
        /// What to do.
        #[command(subcommand)]
        command: NodeCommand,
    },
    /// Let people back in, at the machine itself; recorded in the audit trail.
    Identity {
        /// What to do.
        #[command(subcommand)]
        command: IdentityCommand,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Write the generated reference documents.
    #[command(hide = true)]
    DevDocs {
        /// Directory to write into.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Where settings come from.
#[derive(Args, Clone, Default)]
pub(crate) struct Source {
    /// Settings file; default: medward.toml in this directory, when there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory for everything Medward keeps.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of every listener (ports 8080, 8443, 9443); default 127.0.0.1.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::IpAddr>,
}

/// `medward up`.
#[derive(Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Protect this site with one catch-all object in block mode, for example http://127.0.0.1:3000.
    #[arg(long, value_name = "URL")]
    pub(crate) protect: Option<String>,
}

/// `medward demo`.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// `code` prints a current one-time code of the demo's administrators.
    #[arg(value_enum)]
    pub(crate) what: Option<DemoWhat>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Run the loop once on real traffic, print a summary, exit 0 only if every step did what it must.
    #[arg(long)]
    pub(crate) once: bool,
    /// With --once: print the summary as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// With --once, a negative control: break one thing, and the run must fail.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) sabotage: Option<Sabotage>,
}

/// What else `medward demo` can do.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DemoWhat {
    /// Print a current one-time code (demo data only).
    Code,
}

/// One thing broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sabotage {
    /// The gateway only observes.
    Observe,
    /// The second factor is wrong.
    Totp,
    /// One recorded event is altered on disk.
    Record,
    /// One benign page is altered.
    Page,
}

/// `medward gateway`.
#[derive(Subcommand)]
pub(crate) enum GatewayCommand {
    /// The firewall's part of the transparent mode.
    Tproxy {
        /// What to do.
        #[command(subcommand)]
        command: TproxyCommand,
    },
}

/// `medward gateway tproxy`.
#[derive(Subcommand)]
pub(crate) enum TproxyCommand {
    /// Print the rules and commands, and do nothing.
    Print(TproxyArgs),
    /// Put the rules in force.
    Apply(TproxyArgs),
    /// Take them away.
    Remove(TproxyArgs),
    /// Keep them in force while the gateway answers; take them away while it does not, and at the end.
    Watch(TproxyArgs),
}

/// Whose connections are taken.
#[derive(Args)]
pub(crate) struct TproxyArgs {
    /// Address or network of protected systems (IPv4); may be given several times.
    #[arg(long, value_name = "NETWORK", required = true)]
    pub(crate) system: Vec<String>,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// `medward node`.
#[derive(Subcommand)]
pub(crate) enum NodeCommand {
    /// At the house: invite a node; prints what to type there. Recorded in the audit trail.
    Invite(InviteArgs),
    /// At the house: list the nodes.
    List(ListArgs),
    /// At the house: let a node in no more. Recorded in the audit trail.
    Revoke(InviteArgs),
    /// At the node: make it known to the house that invited it (nodes.house in its settings).
    Enrol(EnrolArgs),
}

/// Of which house.
#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Which node is meant.
#[derive(Args)]
pub(crate) struct InviteArgs {
    /// What people call it.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Which invitation is used.
#[derive(Args)]
pub(crate) struct EnrolArgs {
    /// The invitation, mwe1.…
    pub(crate) invitation: String,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// `medward identity`.
#[derive(Subcommand)]
pub(crate) enum IdentityCommand {
    /// End the lock of an account before its time.
    Unlock(RescueArgs),
    /// Give an account a new one-time password and remove its second factor; ends its sessions and its lock.
    Reset(RescueArgs),
}

/// Which account, of which installation.
#[derive(Args)]
pub(crate) struct RescueArgs {
    /// Login name of the account.
    pub(crate) login: String,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// `medward config`.
#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the settings; exit 64 with one line when they are wrong.
    Check(Source),
    /// Print every setting with its default.
    Default,
    /// Explain one setting, for example gateway.http.
    Explain {
        /// Its key.
        key: String,
    },
}

impl Source {
    /// Settings given as options.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = Override::from_environment();
        if let Some(data) = &self.data {
            overrides.push(Override::option("--data", &["data_dir"], data.to_string_lossy()));
        }
        if let Some(listen) = self.listen {
            for (section, key, port) in
                [("gateway", "http", 8080), ("gateway", "https", 8443), ("listen", "console", 9443)]
            {
                let address = std::net::SocketAddr::new(listen, port);
                overrides.push(Override::option("--listen", &[section, key], address.to_string()));
            }
        }
        overrides
    }
}

/// Runs a command.
pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up(args) => up::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Config { command } => settings::run(command),
        Command::Vault { command } => {
            let vault = settings::data_dir()?.join("vault");
            let code = medward_vault::cli::run(&command, &vault, &Clock::system(), &mut std::io::stdout().lock());
            Ok(ExitCode::from(code))
        }
        Command::Waf { command } => waf::run(command, &Clock::system()).await,
        Command::Gateway { command: GatewayCommand::Tproxy { command } } => tproxy::run(command).await,
        Command::Identity { command } => rescue::run(command).await,
        Command::Node { command } => node::run(command).await,
        Command::Openapi => {
            write_out(&docs::openapi().await?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::DevDocs { out } => {
            docs::write(&out).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Writes to standard output; a closed pipe is no error of ours.
pub(crate) fn write_out(text: &str) -> Result<()> {
    use std::io::Write as _;

    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Exit code of a wrong setting or a command that cannot be meant as it was typed.
const WRONG_USE: u8 = 64;

/// A command that cannot be meant as it was typed.
#[derive(Debug)]
pub(crate) struct WrongUse(pub(crate) String);

impl std::fmt::Display for WrongUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUse {}

/// Says on one line why the program ends, and with which code.
pub(crate) fn fail(error: &anyhow::Error) -> ExitCode {
    use std::io::Write as _;

    let start = error.downcast_ref::<StartError>().map(StartError::exit_code);
    let config = error.downcast_ref::<ConfigError>().map(|_| WRONG_USE);
    let usage = error.downcast_ref::<WrongUse>().map(|_| WRONG_USE);
    // A setting's error begins with its place, not with what was tried.
    let tried =
        if matches!(error.downcast_ref::<ConfigError>(), Some(ConfigError::Value { .. })) { "" } else { "failed to " };
    drop(writeln!(std::io::stderr().lock(), "medward: {tried}{error:#}"));
    ExitCode::from(start.or(config).or(usage).unwrap_or(1))
}
