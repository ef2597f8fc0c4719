//! `medward node`: remote gateway nodes, from the side of the house (invite, list, revoke) and of the node (enrol).
//!
//! A node itself is started with `medward up`, as everything is; `nodes.house` in its settings makes it one.

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use medward_contract::id::AccountId;
use medward_contract::vault::{Counts, Grouping, LogQuery, Page, Proof, RecordRef, Window};
use medward_contract::{PortError, Principal, SensitivityLabel, Timestamp};
use medward_kernel::audit::Intent;
use medward_kernel::config::KernelConfig;
use medward_kernel::nodes::{NodeRegistry, enrol};
use medward_kernel::{Audit, AuditAction, Clock, Supervisor};

use crate::cli::{NodeCommand, WrongUse, write_out};
use crate::rescue::{Installation, installation, system_user};
use crate::settings;

/// Runs `medward node …`.
pub(crate) async fn run(command: NodeCommand) -> Result<ExitCode> {
    match command {
        NodeCommand::Invite(args) => {
            let Installation { config, keys, db } = installation(&args.source).await?;
            if KernelConfig::read(&config)?.nodes.listen.is_empty() {
                bail!(WrongUse("invite: this house has no listener for nodes; set nodes.listen, for example \"0.0.0.0:8444\", and restart it".into()));
            }
            let audit = Audit::new(db.clone(), Clock::system());
            let author = format!("os:{}", system_user());
            let change = audit.begin(intent("create", &author, &args.name)).await?;
            let registry = NodeRegistry::new(db.clone(), keys, Clock::system());
            let invited = registry.invite(&args.name, &author, &change).await;
            if invited.is_err() {
                change.finish(false, None, "no invitation was made").await?;
            }
            let invitation = invited.context("invite the node")?.text();
            db.close().await;
            write_out(&format!(
                "{}\n\nOn {}, within 24 hours and once:\n  medward node enrol {}\n",
                invitation.expose(),
                args.name,
                invitation.expose()
            ))?;
        }
        NodeCommand::List(args) => {
            let Installation { keys, db, .. } = installation(&args.source).await?;
            let nodes = NodeRegistry::new(db.clone(), keys, Clock::system()).list().await?;
            db.close().await;
            let lines = nodes.into_iter().map(|node| {
                let heard = node.seen_at.map_or("never heard".to_owned(), |at| format!("last heard {at}"));
                let state = node.revoked_at.map_or(heard, |at| format!("revoked {at}"));
                format!("{}  {}  {state}\n", node.id, node.name)
            });
            write_out(&lines.collect::<Vec<_>>().concat())?;
        }
        NodeCommand::Revoke(args) => {
            let Installation { keys, db, .. } = installation(&args.source).await?;
            let registry = NodeRegistry::new(db.clone(), keys, Clock::system());
            let living = registry
                .list()
                .await?
                .into_iter()
                .find(|node| node.revoked_at.is_none() && (node.name == args.name || node.id == args.name));
            let Some(node) = living else { bail!("revoke {}: no living node has this name or id", args.name) };
            let audit = Audit::new(db.clone(), Clock::system());
            let change = audit.begin(intent("remove", &format!("os:{}", system_user()), &node.id)).await?;
            registry.revoke(&node.id, &change).await.context("revoke the node")?;
            db.close().await;
            write_out(&format!("{} is revoked: a running house lets it in no more within seconds.\n", node.name))?;
        }
        NodeCommand::Enrol(args) => {
            let config = settings::load(&args.source, Vec::new())?;
            let kernel = settings::check(&config)?;
            if kernel.nodes.house.is_empty() {
                bail!(WrongUse(
                    "enrol: set nodes.house to the address of the house, for example \"10.1.5.2:8444\"".into()
                ));
            }
            let clock = Clock::system();
            let supervisor = Supervisor::new(clock.clone());
            let data_dir = &kernel.node.data_dir;
            let node = enrol(data_dir, &kernel.nodes.house, &args.invitation, &clock, &supervisor).await?;
            write_out(&format!(
                "This is node {} of {} now. Start it with medward up.\n",
                node.name, kernel.nodes.house
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn intent(verb: &'static str, author: &str, object: &str) -> Intent {
    let who = Principal {
        account: AccountId::NOBODY,
        login: author.to_owned(),
        name: String::new(),
        roles: Vec::new(),
        clearance: SensitivityLabel::L1,
        session: None,
    };
    Intent {
        action: AuditAction::new("system_node", verb),
        who: Some(who),
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST).to_string(),
        request_id: "local-command".to_owned(),
        object_id: object.to_owned(),
    }
}

/// The vault as a node sees it: at its house.
pub(crate) struct VaultAtHouse;

const AT_HOUSE: PortError = PortError::NotConfigured("the vault: it is at the house of this node");

#[async_trait]
impl LogQuery for VaultAtHouse {
    async fn query(&self, _: &str, _: Window, _: Option<String>) -> Result<Page, PortError> {
        Err(AT_HOUSE)
    }

    async fn count(&self, _: &str, _: &str, _: Window, _: &[Grouping<'_>]) -> Result<Counts, PortError> {
        Err(AT_HOUSE)
    }

    async fn last_seen(&self, _: &str) -> Result<Option<Timestamp>, PortError> {
        Err(AT_HOUSE)
    }

    async fn prove(&self, _: RecordRef) -> Result<Proof, PortError> {
        Err(AT_HOUSE)
    }
}
