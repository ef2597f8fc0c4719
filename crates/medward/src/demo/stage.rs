//! What every demo needs: a fresh directory, the portal, Medward before it, three administrators with second factors.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use medward_contract::identity::ClientFacts;
use medward_contract::{Role, Timestamp};
use medward_demo::Portal;
use medward_demo::drill::Target;
use medward_identity::{NewAdministrator, Password, Service, TotpSecret};
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::supervisor::Criticality;
use serde::{Deserialize, Serialize};

use crate::cli::{DemoArgs, Sabotage};
use crate::demo::pointer;
use crate::program::Program;
use crate::{logging, settings};

/// Demo secrets: who may log in to the demo, with what. Never made for a real installation.
const ADMINISTRATORS_FILE: &str = "demo-administrators.json";

/// One random text in a hundred has a run or a repetition that the policy refuses; twenty in a row have none.
const PASSWORD_DRAWS: usize = 20;

/// One demo administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Administrator {
    /// Role.
    pub(crate) role: Role,
    /// Login name.
    pub(crate) login: String,
    /// Password.
    pub(crate) password: String,
    /// TOTP secret, base32.
    pub(crate) totp_base32: String,
    /// For an authenticator app.
    pub(crate) otpauth_uri: String,
}

/// The three of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Administrators(pub Vec<Administrator>);

impl Administrator {
    /// The one-time code at this moment.
    pub(crate) fn code_at(&self, now: Timestamp) -> Result<String> {
        let bytes =
            data_encoding::BASE32_NOPAD.decode(self.totp_base32.as_bytes()).context("read the demo's TOTP secret")?;
        let secret = TotpSecret::from_bytes(&bytes).context("read the demo's TOTP secret")?;
        Ok(secret.code_at(now))
    }
}

impl Administrators {
    /// Reads them from a demo's directory.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(ADMINISTRATORS_FILE);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("read {}: start the demo first (make run), or name its directory with --data", path.display())
        })?;
        serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))
    }

    fn write(&self, directory: &Path) -> Result<()> {
        let path = directory.join(ADMINISTRATORS_FILE);
        let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        Ok(serde_json::to_writer_pretty(file, self)?)
    }

    /// The one of this role.
    pub(crate) fn of(&self, role: Role) -> Result<&Administrator> {
        self.0.iter().find(|person| person.role == role).with_context(|| format!("find the demo's {role}"))
    }
}

/// A demo that is ready for traffic.
pub(crate) struct Stage {
    /// Everything it keeps.
    pub(crate) directory: PathBuf,
    /// The vulnerable portal.
    pub(crate) portal: Portal,
    /// Medward before it.
    pub(crate) program: Program,
    /// Who may log in.
    pub(crate) administrators: Administrators,
    /// Removes the directory at the end, when nobody named one.
    pub(crate) fresh: Option<tempfile::TempDir>,
}

impl Stage {
    /// Sets everything up. With `any_port`, listens on free ports so that nothing else is disturbed.
    pub(crate) async fn set(args: &DemoArgs, any_port: bool) -> Result<Self> {
        let (directory, fresh) = if let Some(directory) = &args.source.data {
            (directory.clone(), None)
        } else {
            let fresh = tempfile::Builder::new().prefix("medward-demo-").tempdir().context("make a fresh directory")?;
            (fresh.path().to_owned(), Some(fresh))
        };
        std::fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
        let portal = Portal::open(SocketAddr::from(([127, 0, 0, 1], 0)), &directory.join("portal"))
            .await
            .context("start the demo portal")?;
        let config = Self::config(args, &directory, &portal, any_port)?;
        let mut telemetry = settings::check(&config)?.telemetry;
        if args.once && telemetry.log == "info" {
            "warn".clone_into(&mut telemetry.log);
        }
        logging::start(&telemetry)?;
        let program = Program::start(&config).await?;
        let serving = portal.clone();
        program.kit().supervisor.service("demo.portal", Criticality::Isolated, move |stop| {
            let serving = serving.clone();
            Box::pin(async move {
                tokio::select! {
                    () = stop.running.cancelled() => Ok(()),
                    result = serving.serve() => result.map_err(Into::into),
                }
            })
        });
        let administrators = match Administrators::read(&directory) {
            Ok(known) => known,
            Err(_) => Self::create_administrators(&program, &directory).await?,
        };
        if !any_port {
            pointer::write(&directory)?;
        }
        Ok(Self { directory, portal, program, administrators, fresh })
    }

    fn config(args: &DemoArgs, directory: &Path, portal: &Portal, any_port: bool) -> Result<LoadedConfig> {
        let mode = if args.sabotage == Some(Sabotage::Observe) { "observe" } else { "block" };
        let object = format!(
            "[{{ name = \"demo-portal\", hosts = [\"*\"], path_prefix = \"/\", upstreams = [\"http://{}\"], mode = \"{mode}\" }}]",
            portal.address()
        );
        let mut more = vec![
            Override::option("demo", &["data_dir"], directory.join("data").to_string_lossy()),
            Override::option("demo", &["gateway", "object"], object),
            // The demo's directory lives for minutes: no reason to take gigabytes for its last words.
            Override::option("demo", &["vault", "reserve"], "16MiB"),
        ];
        if any_port {
            for (section, key) in
                [("gateway", "http"), ("gateway", "https"), ("listen", "console"), ("telemetry", "listen")]
            {
                more.push(Override::option("demo", &[section, key], "127.0.0.1:0"));
            }
        }
        // A settings file of this directory belongs to a real installation, not to the demo.
        let overrides = args.source.overrides().into_iter().chain(more).collect();
        Ok(LoadedConfig::read(args.source.config.as_deref(), overrides)?)
    }

    async fn create_administrators(program: &Program, directory: &Path) -> Result<Administrators> {
        let identity = program.kit().ports.port::<Service>("medward");
        let people = [
            (Role::Sysadmin, "sysadmin", "系统管理员 林舟"),
            (Role::Secadmin, "secadmin", "安全管理员 苏禾"),
            (Role::Auditadmin, "auditadmin", "审计管理员 顾言"),
        ];
        let mut passwords = Vec::new();
        for (_, login, name) in people {
            passwords.push(fresh_password(identity.get()?, login, name).await?);
        }
        let wanted: Vec<_> = people
            .iter()
            .zip(&passwords)
            .map(|((role, login, name), password)| NewAdministrator {
                role: *role,
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                password: Password::new(password.clone()),
            })
            .collect();
        let ready = identity.get()?.demo_administrators(&wanted).await.context("create the demo's administrators")?;
        let administrators = Administrators(
            ready
                .into_iter()
                .zip(passwords)
                .map(|(person, password)| Administrator {
                    role: person.role,
                    login: person.login,
                    password,
                    totp_base32: person.totp.base32().expose().clone(),
                    otpauth_uri: person.otpauth_uri.expose().clone(),
                })
                .collect(),
        );
        administrators.write(directory)?;
        Ok(administrators)
    }

    /// The portal as seen past the gateway, over plain HTTP.
    pub(crate) fn guarded(&self) -> Result<Target> {
        Ok(Target::plain(self.program.bound("gateway.http").context("find the gateway's address")?.address))
    }

    /// The console over HTTPS, pinned to its certificate.
    pub(crate) fn console(&self) -> Result<Target> {
        let bound = self.program.bound("console").context("find the console's address")?;
        let fingerprint = bound.fingerprint.context("find the console's fingerprint")?.replace(':', "");
        let pin = data_encoding::HEXUPPER.decode(fingerprint.as_bytes()).context("read the console's fingerprint")?;
        let pin: [u8; 32] = pin.try_into().ok().context("read the console's fingerprint")?;
        Ok(Target::pinned(bound.address, pin))
    }

    /// What a newcomer needs to know.
    pub(crate) fn welcome(&self) -> Result<String> {
        let console = self.program.bound("console").context("find the console's address")?;
        let mut text = format!(
            "\nMedward stands before a demo hospital; drill traffic is running.\n\n  console   https://{}\n            certificate SHA-256 {}\n",
            console.address,
            console.fingerprint.as_deref().unwrap_or("-")
        );
        for (name, scheme) in [("gateway.http", "http"), ("gateway.https", "https")] {
            if let Some(bound) = self.program.bound(name) {
                let _infallible = writeln!(text, "  hospital  {scheme}://{} (guarded)", bound.address);
            }
        }
        let _infallible =
            writeln!(text, "            http://{} (unguarded: attacks succeed here)\n", self.portal.address());
        for person in &self.administrators.0 {
            let _infallible = writeln!(
                text,
                "  {:<11} password {}\n              {}",
                person.login, person.password, person.otpauth_uri
            );
        }
        let program = std::env::current_exe().map_or("medward".to_owned(), |path| path.display().to_string());
        let directory = self.directory.display();
        let kept =
            if self.fresh.is_some() { "Everything is kept, until you stop, in" } else { "Everything is kept in" };
        let _infallible = write!(
            text,
            "\nOne-time codes: {program} demo code --data {directory}\n{kept} {directory}\nStop with Ctrl-C.\n",
        );
        Ok(text)
    }
}

/// A password that the policy accepts and a person can type.
async fn fresh_password(identity: &Service, login: &str, name: &str) -> Result<String> {
    let client =
        ClientFacts { address: Ipv4Addr::LOCALHOST.into(), user_agent: "medward demo".to_owned(), attended: true };
    for _ in 0..PASSWORD_DRAWS {
        let drawn = draw_password()?;
        if identity.password_check(Password::new(drawn.clone()), login, name, &client).await?.is_accepted() {
            return Ok(drawn);
        }
    }
    anyhow::bail!("draw a password that the policy accepts: none in {PASSWORD_DRAWS}")
}

fn draw_password() -> Result<String> {
    let random: [u8; 10] = medward_crypto::random_array()?;
    let text = data_encoding::BASE32_NOPAD.encode(&random).to_lowercase();
    Ok(text.as_bytes().chunks(4).map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect::<Vec<_>>().join("-")
        + "-Q7")
}
