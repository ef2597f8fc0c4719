//! `medward identity unlock | reset`: the way back in for whoever owns the data directory, beside a running Medward or
//! without one. Everything it does is in `medward_identity::Rescue`; here is only where the installation stands.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use medward_crypto::KeyRing;
use medward_identity::{AccountState, IdentityConfig, IdentityError, Rescue, Rescued};
use medward_kernel::Clock;
use medward_kernel::config::{KernelConfig, LoadedConfig};
use medward_store::{Db, Engine};

use crate::cli::{IdentityCommand, RescueArgs, Source, write_out};
use crate::settings;

/// Runs `medward identity …`.
pub(crate) async fn run(command: IdentityCommand) -> Result<ExitCode> {
    let (verb, args) = match &command {
        IdentityCommand::Unlock(args) => ("unlock", args),
        IdentityCommand::Reset(args) => ("reset", args),
    };
    let (rescue, db) = open(args).await?;
    let by = system_user();
    let rescued = match command {
        IdentityCommand::Unlock(_) => rescue.unlock(&args.login, &by).await,
        IdentityCommand::Reset(_) => rescue.reset(&args.login, &by).await,
    };
    db.close().await;
    let rescued = match rescued {
        Err(IdentityError::NotFound) => bail!("{verb} {}: no account has this login name", args.login),
        other => other.with_context(|| format!("{verb} {}", args.login))?,
    };
    write_out(&told(&rescued))?;
    Ok(ExitCode::SUCCESS)
}

async fn open(args: &RescueArgs) -> Result<(Rescue, Db)> {
    let Installation { config, keys, db } = installation(&args.source).await?;
    let identity = config.section::<IdentityConfig>("identity")?;
    Ok((Rescue::new(identity, db.clone(), keys, Clock::system()), db))
}

/// What stands in a data directory.
pub(crate) struct Installation {
    pub(crate) config: LoadedConfig,
    pub(crate) keys: KeyRing,
    pub(crate) db: Db,
}

/// Opens what is there; makes nothing, because a mistyped directory must not become an empty installation.
pub(crate) async fn installation(source: &Source) -> Result<Installation> {
    let config = settings::load(source, Vec::new())?;
    let kernel = settings::check(&config)?;
    let data_dir = &kernel.node.data_dir;
    must_exist(data_dir, &data_dir.join("keys").join("master.key"))?;
    must_exist(data_dir, &data_dir.join("keys").join("site.id"))?;
    if kernel.store.engine == Engine::Sqlite {
        must_exist(data_dir, &data_dir.join(&kernel.store.path))?;
    }
    let (keys, _) = medward_kernel::keys::open(&data_dir.join("keys"))?;
    let db = open_database(&kernel, data_dir).await?;
    Ok(Installation { config, keys, db })
}

async fn open_database(kernel: &KernelConfig, data_dir: &Path) -> Result<Db> {
    let url = kernel.store.url.as_ref().map(medward_kernel::config::secret_read).transpose()?;
    Ok(Db::open(&kernel.store, data_dir, url.as_deref()).await?)
}

fn must_exist(data_dir: &Path, file: &Path) -> Result<()> {
    match std::fs::metadata(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
            "open {}: no Medward keeps its data here ({} is missing); name the right directory with --data or --config",
            data_dir.display(),
            file.display()
        ),
        Err(error) => Err(error).with_context(|| format!("open {}", file.display())),
    }
}

/// Who runs this, by the kernel's word and not by an environment that anybody can set.
pub(crate) fn system_user() -> String {
    let Ok(uid) = std::fs::metadata("/proc/self").map(|own| own.uid()) else { return "unknown".to_owned() };
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid-{uid}"))
}

fn told(rescued: &Rescued) -> String {
    let login = &rescued.login;
    let mut text = match &rescued.password {
        None => format!("{login} is unlocked.\n"),
        Some(password) => format!(
            "{login} was reset: sessions and lock are ended, the second factor is removed.\n  \
             one-time password  {}\n\
             It is shown once. The next login changes it and enrols a new second factor.\n",
            password.expose()
        ),
    };
    if rescued.state != AccountState::Active {
        text.push_str("The account is not active: a security administrator has to activate it first.\n");
    }
    text
}
