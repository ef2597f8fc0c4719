//! What stands in while a capability is missing (`ports.md` D): the honest minimum, shown in 运行状态 and logged at start.

use std::sync::Arc;

use medward_contract::identity::{Approvals, Authenticator, NoApprovals, NoAuthenticator, NoSessions, Sessions};
use medward_contract::vault::LogQuery;
use medward_identity::RemoteAuthenticator;
use medward_kernel::Ports;
use medward_kernel::nodes::NodeLink;
use medward_kernel::ports::PortsError;
use medward_kernel::status::StandIn;

use crate::node::VaultAtHouse;

/// Fills the ports that no capability of this program gives. Called after they are built and before any of them starts.
pub(crate) fn fill(ports: &Ports) -> Result<(), PortsError> {
    if !ports.is_given::<dyn Approvals>() {
        ports.give::<dyn Approvals>("stand-in", Arc::new(NoApprovals))?;
    }
    if !ports.is_given::<dyn Authenticator>() {
        ports.give::<dyn Authenticator>("stand-in", Arc::new(NoAuthenticator))?;
    }
    if !ports.is_given::<dyn Sessions>() {
        ports.give::<dyn Sessions>("stand-in", Arc::new(NoSessions))?;
    }
    Ok(())
}

/// The same on a remote node, whose vault is at its house.
pub(crate) fn fill_node(ports: &Ports, link: &NodeLink) -> Result<(), PortsError> {
    ports.give::<dyn Authenticator>("identity", Arc::new(RemoteAuthenticator::new(link.clone())))?;
    ports.give::<dyn LogQuery>("stand-in", Arc::new(VaultAtHouse))?;
    fill(ports)
}

/// Stand-ins of this version.
pub(crate) const ALL: &[StandIn] = &[
    StandIn {
        missing: "guard",
        effect_zh: "封禁只在本网关生效；没有主机防护。",
        effect_en: "bans hold at this gateway only; no host protection",
    },
    StandIn {
        missing: "watch",
        effect_zh: "服务水平只由网关自己测量：后端健康检查与应用准入的响应时间，没有拨测。",
        effect_en: "service levels are measured by the gateway alone: checks of upstreams, response times under the access guard; no probes",
    },
    StandIn {
        missing: "desk",
        effect_zh: "告警无人接收：在发件箱中等待并计数，一条不丢。",
        effect_en: "nobody receives alerts: they wait in the outbox, counted; none is dropped",
    },
    StandIn {
        missing: "assets",
        effect_zh: "没有业务系统台账：防护对象不归属任何业务系统，告警与事件只写对象名称。",
        effect_en: "no register of systems: protected objects belong to none, alarms and events name the object only",
    },
    StandIn {
        missing: "dbaudit", effect_zh: "数据库访问未审计。", effect_en: "database access is not audited"
    },
    StandIn {
        missing: "sms",
        effect_zh: "没有短信通道：短信验证码不可用。",
        effect_en: "no SMS channel: one-time codes by SMS are not offered",
    },
    StandIn {
        missing: "backup", effect_zh: "没有备份与恢复演练。", effect_en: "no backups and no restore drills"
    },
    StandIn {
        missing: "exchange",
        effect_zh: "没有数据交换与去标识。",
        effect_en: "no data exchange and no de-identification",
    },
    StandIn {
        missing: "critical", effect_zh: "没有危急值闭环。", effect_en: "no closed loop for critical values"
    },
    StandIn {
        missing: "comply", effect_zh: "没有等保差距分析与文档。", effect_en: "no gap analysis and no documents"
    },
];

#[cfg(test)]
mod tests {
    use medward_contract::PortError;
    use medward_contract::id::{ApprovalId, AuditId};
    use medward_contract::identity::{ApprovalAction, ApprovalClaim, PayloadHash};

    use super::*;

    /// `ports.md` D: without identity, four-eyes actions refuse.
    #[tokio::test]
    async fn without_identity_nothing_is_ever_approved() {
        let ports = Ports::default();
        fill(&ports).unwrap();
        fill(&ports).unwrap();
        let approvals = ports.port::<dyn Approvals>("test");
        let claim = ApprovalClaim {
            approval: ApprovalId::new(),
            action: ApprovalAction::new("test.thing.remove"),
            payload: PayloadHash::from_sha256([0; 32]),
            change: AuditId::new(),
        };
        let nobody = PortError::NotConfigured("identity");
        assert_eq!(approvals.get().unwrap().is_granted(&claim).await, Err(nobody.clone()));
        assert_eq!(approvals.get().unwrap().payload(claim.approval).await, Err(nobody));
    }
}
