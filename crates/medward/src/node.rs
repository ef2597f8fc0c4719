//! `medward node`: remote gateway nodes, from the side of the house (invite, list, revoke) and of the node (enrol).
//!
//! A node itself is started with `medward up`, as everything is; `nodes.house` in its settings makes it one.

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use medward_contract::id::AccountId;
use medward_contract::vault::{LogQuery, Page, Proof, RecordRef, Window};
use medward_contract::{PortError, Principal, SensitivityLabel, Timestamp};
use medward_kernel::audit::Intent;
use medward_kernel::nodes::{NodeRegistry, enrol};
use medward_kernel::{Audit, AuditAction, Clock, Supervisor};

use crate::cli::{NodeCommand, WrongUse, write_out};
use crate::rescue::{Installation, installation, system_user};
use crate::settings;

/// Runs `medward node …`.
pub(crate) async fn run(command: NodeCommand) -> Result<ExitCode> {
    match command {
        NodeCommand::Invite(args) => {
            let Installation { keys, db, .. } = installation(&args.source).await?;
            let audit = Audit::new(db.clone(), Clock::system());
            let author = format!("os:{}", system_user());
            let change = audit.begin(intent(&author, &args.name)).await?;
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
        NodeCommand::Enrol(args) => {
            let config = settings::load(&args.source, Vec::new())?;
            let kernel = settings::check(&config)?;
            if kernel.nodes.house.is_empty() {
                bail!(WrongUse(
                    "enrol: set nodes.house to the address of the house, for example \"10.1.5.2:8444\"".into()
                ));
            }
            let clock = Clock::system();
            let tasks = Supervisor::new(clock.clone()).group("nodes.connections");
            let data_dir = &kernel.node.data_dir;
            let node = enrol(data_dir, &kernel.nodes.house, &args.invitation, &clock, &tasks).await?;
            write_out(&format!(
                "This is node {} of {} now. Start it with medward up.\n",
                node.name, kernel.nodes.house
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn intent(author: &str, name: &str) -> Intent {
    let who = Principal {
        account: AccountId::NOBODY,
        login: author.to_owned(),
        name: String::new(),
        roles: Vec::new(),
        clearance: SensitivityLabel::L1,
        session: None,
    };
    Intent {
        action: AuditAction::new("system_node", "create"),
        who: Some(who),
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST).to_string(),
        request_id: "local-command".to_owned(),
        object_id: name.to_owned(),
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

    async fn last_seen(&self, _: &str) -> Result<Option<Timestamp>, PortError> {
        Err(AT_HOUSE)
    }

    async fn prove(&self, _: RecordRef) -> Result<Proof, PortError> {
        Err(AT_HOUSE)
    }
}
