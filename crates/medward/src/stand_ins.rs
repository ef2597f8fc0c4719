//! What stands in while a capability is missing (`ports.md` D): the honest minimum, shown in 运行状态 and logged at start.

use medward_kernel::status::StandIn;

/// Stand-ins of this version.
pub(crate) const ALL: &[StandIn] = &[
    StandIn {
        missing: "guard",
        effect_zh: "没有封禁名单：攻击逐个请求拦截，不会封禁来源地址；没有主机防护。",
        effect_en: "no ban list: attacks are blocked request by request, sources are not banned; no host protection",
    },
    StandIn {
        missing: "watch",
        effect_zh: "服务水平未监测：只有网关对后端的健康检查。",
        effect_en: "service levels are not measured: only the gateway's own health checks of upstreams",
    },
    StandIn {
        missing: "desk",
        effect_zh: "告警无人接收：在发件箱中等待并计数，一条不丢。",
        effect_en: "nobody receives alerts: they wait in the outbox, counted; none is dropped",
    },
    StandIn {
        missing: "assets",
        effect_zh: "没有业务系统台账：防护对象的系统编号按填写保存，显示为未登记。",
        effect_en: "no register of systems: system ids are kept as typed and shown as unregistered",
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
