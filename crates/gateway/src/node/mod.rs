//! Remote gateway nodes: what the house publishes for them, how a node takes it in, and what nodes report.
//!
//! A node keeps a copy of what it was sent in a database of its own, as the last good state: it starts from there when
//! the house is away. Nobody changes anything there.
//!
//! *Not* here: the link itself and the spool of events (`kernel::nodes`).

mod bans;
mod certificates;
mod policy;
mod reports;

use std::sync::Arc;

use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_kernel::Kit;
use medward_kernel::nodes::NodeParts;

use crate::access;
use crate::ban::{BanList, NODE_BAN};
use crate::certificate::Certificates;
use crate::kept::Shelf;
use crate::service::Service;

/// Everything the gateway has to do with nodes.
pub(crate) fn parts(kit: &Kit, service: &Service, certificates: &Certificates, bans: &BanList) -> NodeParts {
    let reports = [
        reports::alarms(kit),
        reports::ends_of_alarms(kit),
        reports::bans(bans.clone()),
        reports::kept(Shelf::of(kit)),
    ];
    NodeParts {
        sections: vec![
            Arc::new(policy::PolicySection::new(kit, service.clone())),
            Arc::new(certificates::CertificateSection::new(kit, certificates.clone())),
            Arc::new(bans::BanSection::new(kit, bans.clone())),
        ],
        handlers: reports.into_iter().chain(access::handlers(kit)).collect(),
        forwards: vec![AlertRaised::KIND, AlertCleared::KIND, NODE_BAN],
    }
}
