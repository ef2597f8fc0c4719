//! The closed sets of streams and kinds. A new kind is one line here and one fixture in `fixtures/events/`, kept for ever.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::Field;

/// One append-only log with its own sequence and Merkle tree (`vault.md` §2). The number is stored in WAL frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Stream {
    /// `waf`.
    Waf = 1,
    /// `access`.
    Access = 2,
    /// `dbaudit`.
    Dbaudit = 3,
    /// `host`.
    Host = 4,
    /// `network`.
    Network = 5,
    /// `syslog`.
    Syslog = 6,
    /// `auth`.
    Auth = 7,
    /// `admin`.
    Admin = 8,
    /// `exchange`.
    Exchange = 9,
    /// `sms`.
    Sms = 10,
    /// `critical`.
    Critical = 11,
    /// `backup`.
    Backup = 12,
    /// `desk`.
    Desk = 13,
    /// `comply`.
    Comply = 14,
    /// `asset`.
    Asset = 15,
    /// `alert`.
    Alert = 16,
    /// `vault`.
    Vault = 17,
    /// `app`.
    App = 18,
    /// `probe`.
    Probe = 19,
}

impl Stream {
    /// Every stream, by stored number.
    pub const ALL: [Self; 19] = [
        Self::Waf,
        Self::Access,
        Self::Dbaudit,
        Self::Host,
        Self::Network,
        Self::Syslog,
        Self::Auth,
        Self::Admin,
        Self::Exchange,
        Self::Sms,
        Self::Critical,
        Self::Backup,
        Self::Desk,
        Self::Comply,
        Self::Asset,
        Self::Alert,
        Self::Vault,
        Self::App,
        Self::Probe,
    ];

    /// The stream's name, the part of `event.dataset` before the dot.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waf => "waf",
            Self::Access => "access",
            Self::Dbaudit => "dbaudit",
            Self::Host => "host",
            Self::Network => "network",
            Self::Syslog => "syslog",
            Self::Auth => "auth",
            Self::Admin => "admin",
            Self::Exchange => "exchange",
            Self::Sms => "sms",
            Self::Critical => "critical",
            Self::Backup => "backup",
            Self::Desk => "desk",
            Self::Comply => "comply",
            Self::Asset => "asset",
            Self::Alert => "alert",
            Self::Vault => "vault",
            Self::App => "app",
            Self::Probe => "probe",
        }
    }

    /// The number stored in WAL frames.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The stream with this stored number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.number() == number)
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A stream or kind nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read {what} {text:?}: not in the vocabulary")]
pub struct UnknownWord {
    what: &'static str,
    text: String,
}

impl FromStr for Stream {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|stream| stream.as_str() == text)
            .ok_or_else(|| UnknownWord { what: "stream", text: text.chars().take(64).collect() })
    }
}

macro_rules! datasets {
    ($($variant:ident = $stream:ident, $name:literal, [$($action:literal)*], [$($required:literal)*];)+) => {
        /// Kind of an event, `event.dataset`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dataset {
            $(#[doc = concat!("`", $name, "`.")] $variant,)+
        }

        impl Dataset {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored name, `stream.kind`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The stream its events go to.
            pub const fn stream(self) -> Stream {
                match self { $(Self::$variant => Stream::$stream),+ }
            }

            /// Allowed values of `event.action`.
            pub const fn actions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($action),*]),+ }
            }

            /// Fields without which an event of this kind is refused.
            pub const fn required(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($required),*]),+ }
            }
        }
    };
}

datasets! {
    WafAttack = Waf, "waf.attack", ["block" "challenge" "observe" "pass"], ["source.ip" "url.domain" "url.path" "http.request.method" "http.request.id" "rule.id" "rule.category" "waf.object"];
    WafError = Waf, "waf.error", ["pass" "block"], ["waf.object" "error.message"];
    AccessRequest = Access, "access.request", ["serve" "deny"], ["source.ip" "url.domain" "url.path" "http.request.method" "http.response.status_code" "event.duration"];
    DbauditStatement = Dbaudit, "dbaudit.statement", ["execute" "block" "kill"], ["source.ip" "user.name" "db.system" "db.instance" "db.name" "db.statement" "db.operation" "event.duration" "db.rows_affected" "db.rows_returned" "db.result_code" "db.result_description" "db.session_id"];
    DbauditSession = Dbaudit, "dbaudit.session", ["login" "logout" "login_failed"], ["source.ip" "user.name" "db.system" "db.instance" "db.session_id"];
    DbauditRisk = Dbaudit, "dbaudit.risk", ["alert" "block" "kill"], ["source.ip" "user.name" "db.system" "db.instance" "db.name" "db.statement" "db.operation" "event.duration" "db.rows_affected" "db.rows_returned" "db.result_code" "db.result_description" "db.session_id" "rule.id" "rule.category"];
    DbauditGap = Dbaudit, "dbaudit.gap", ["lost"], ["db.instance" "gap.count" "gap.from" "gap.to"];
    DbauditCoverage = Dbaudit, "dbaudit.coverage", ["match" "mismatch" "unknown"], ["db.system" "db.instance" "coverage.expected" "coverage.recorded"];
    DbauditInspect = Dbaudit, "dbaudit.inspect", ["pass" "fail" "skipped"], ["db.system" "db.instance" "rule.id"];
    HostLogin = Host, "host.login", ["login" "logout" "login_failed"], ["user.name"];
    HostAccount = Host, "host.account", ["add" "delete" "modify"], ["user.name" "user.target.name"];
    HostPrivilege = Host, "host.privilege", ["sudo" "su" "grant"], ["user.name" "process.command_line"];
    HostProcess = Host, "host.process", ["start" "stop"], ["process.name"];
    HostFile = Host, "host.file", ["create" "modify" "delete"], ["file.path"];
    HostMalware = Host, "host.malware", ["detect" "deny" "quarantine"], ["file.path" "rule.name"];
    HostBaseline = Host, "host.baseline", ["pass" "fail" "na"], ["rule.id"];
    HostVulnerability = Host, "host.vulnerability", ["found" "fixed"], ["vulnerability.id" "package.name"];
    HostClock = Host, "host.clock", ["measure"], ["clock.server" "clock.offset_us"];
    HostAgent = Host, "host.agent", ["enrol" "revoke" "silent" "return" "limit" "gap"], ["event.reason" "host.agent.id"];
    NetworkIps = Network, "network.ips", ["alert" "block"], ["source.ip" "destination.ip" "destination.port" "network.transport" "rule.id" "rule.category"];
    NetworkBan = Network, "network.ban", ["add" "remove" "expire"], ["ban.scope" "ban.value" "ban.until" "rule.id"];
    NetworkFirewall = Network, "network.firewall", ["allow" "deny"], ["source.ip" "destination.ip"];
    SyslogMessage = Syslog, "syslog.message", ["receive"], ["observer.ip" "event.original"];
    AppLog = App, "app.log", ["log"], ["service.name" "message"];
    AuthLogin = Auth, "auth.login", ["login" "logout" "login_failed"], ["user.name" "source.ip" "auth.method"];
    AuthAccount = Auth, "auth.account", ["lock" "unlock" "password" "mfa" "grant" "revoke"], ["user.name" "user.target.name" "source.ip"];
    AdminChange = Admin, "admin.change", ["create" "update" "remove" "enable" "disable" "approve"], ["user.name" "source.ip" "object.type" "object.id"];
    AdminView = Admin, "admin.view", ["read" "export"], ["user.name" "source.ip" "object.type"];
    AssetChange = Asset, "asset.change", ["found" "claim" "edit" "retire"], ["asset.id"];
    AssetFinding = Asset, "asset.finding", ["found" "confirm" "claim" "verify" "close" "reopen" "accept" "reject"], ["finding.id" "asset.id" "rule.id" "event.reason"];
    ProbeResult = Probe, "probe.result", ["up" "down"], ["probe.id" "probe.kind" "probe.target" "event.duration"];
    ProbeLevel = Probe, "probe.level", ["below" "restore"], ["level.metric" "level.value" "level.limit"];
    BackupRun = Backup, "backup.run", ["full" "incremental" "log" "copy" "verify" "prune" "config"], ["backup.instance" "backup.bytes" "event.duration"];
    BackupDrill = Backup, "backup.drill", ["restore"], ["backup.instance" "backup.rto_ms" "backup.rpo_ms"];
    ExchangeTransfer = Exchange, "exchange.transfer", ["send" "receive" "refuse"], ["exchange.peer" "exchange.route" "exchange.bytes" "exchange.body_sm3"];
    ExchangeDeident = Exchange, "exchange.deident", ["pass" "refuse"], ["exchange.policy" "exchange.removed"];
    ExchangeUpload = Exchange, "exchange.upload", ["send" "accept" "reject"], ["exchange.entity" "exchange.seq"];
    ExchangeRecon = Exchange, "exchange.recon", ["match" "differ"], ["exchange.entity" "exchange.day"];
    SmsMessage = Sms, "sms.message", ["accept" "submit" "report" "uncertain" "adopt" "resend" "cancel" "block"], ["sms.message_id" "sms.carrier" "sms.template" "sms.phone_masked" "sms.status"];
    SmsReply = Sms, "sms.reply", ["receive" "optout"], ["sms.carrier" "sms.phone_masked"];
    SmsChannel = Sms, "sms.channel", ["up" "down" "open" "refuse"], ["sms.channel" "sms.carrier" "event.reason"];
    SmsQuota = Sms, "sms.quota", ["warn"], ["sms.quota_used" "sms.quota_total"];
    CriticalValue = Critical, "critical.value", ["found" "confirm" "reject" "notify" "ack" "handle" "escalate" "close"], ["critical.id" "critical.item" "patient.ref"];
    DeskTicket = Desk, "desk.ticket", ["create" "assign" "ack" "pause" "resume" "resolve" "reopen" "close"], ["ticket.id" "ticket.type" "ticket.priority"];
    DeskSla = Desk, "desk.sla", ["warn" "breach"], ["ticket.id" "sla.clock"];
    DeskNotify = Desk, "desk.notify", ["send" "ack" "fail"], ["notify.channel" "notify.target_masked"];
    ComplyReport = Comply, "comply.report", ["issue" "sign"], ["report.id" "report.sha256" "report.sm3"];
    ComplyEvidence = Comply, "comply.evidence", ["record" "decide" "withdraw"], ["evidence.id" "evidence.sha256" "rule.id"];
    AlertSignal = Alert, "alert.signal", ["raise" "update" "close"], ["alert.id" "alert.key" "alert.count" "rule.id"];
    VaultStart = Vault, "vault.start", ["start"], [];
    VaultStop = Vault, "vault.stop", ["stop"], [];
    VaultHeartbeat = Vault, "vault.heartbeat", ["heartbeat"], [];
    VaultSegment = Vault, "vault.segment", ["segment"], ["vault.stream" "vault.first" "vault.count" "vault.newest" "vault.sha256" "vault.range_hash"];
    VaultCheckpoint = Vault, "vault.checkpoint", ["checkpoint"], ["vault.stream" "vault.size" "vault.root" "vault.key_id"];
    VaultEpoch = Vault, "vault.epoch", ["epoch"], ["vault.epoch" "vault.cert"];
    VaultAnchor = Vault, "vault.anchor", ["anchor"], ["vault.stream" "vault.size" "vault.anchor"];
    VaultTombstone = Vault, "vault.tombstone", ["tombstone"], ["vault.stream" "vault.first" "vault.last" "vault.newest" "vault.range_hash" "vault.sha256" "event.reason" "vault.policy_version" "vault.approvers"];
    VaultHold = Vault, "vault.hold", ["place" "release"], ["vault.stream" "vault.range" "event.reason" "vault.approvers"];
    VaultSourceSilent = Vault, "vault.source_silent", ["source_silent"], ["medward.source"];
    VaultSourceBack = Vault, "vault.source_back", ["source_back"], ["medward.source"];
    VaultClockSkew = Vault, "vault.clock_skew", ["clock_skew"], ["medward.source" "vault.offset_us"];
    VaultDisk = Vault, "vault.disk", ["disk"], ["vault.used_pct" "vault.mode"];
    VaultDropped = Vault, "vault.dropped", ["dropped"], ["medward.source" "vault.count" "vault.from" "vault.to"];
    VaultGap = Vault, "vault.gap", ["gap"], ["vault.from" "vault.to"];
    VaultConfig = Vault, "vault.config", ["config"], ["vault.object" "vault.before" "vault.after" "vault.approvers"];
    VaultVerify = Vault, "vault.verify", ["verify"], ["vault.result"];
    VaultSearch = Vault, "vault.search", ["search"], ["user.name" "vault.query" "vault.rows"];
    VaultExport = Vault, "vault.export", ["export"], ["user.name" "vault.query" "vault.rows"];
    VaultReview = Vault, "vault.review", ["draft" "submit" "approve"], ["vault.review_id" "vault.state"];
}

/// Something without which an event of a kind is refused.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needed {
    Field(Field),
    Attr(&'static str),
}

impl Needed {
    fn of(name: &'static str) -> Self {
        Field::from_name(name).map_or(Self::Attr(name), Self::Field)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Attr(name) => name,
        }
    }
}

impl Dataset {
    /// [`Dataset::required`] with its names looked up: it is asked for every event.
    pub(super) fn needed(self) -> &'static [Needed] {
        static NEEDED: LazyLock<Vec<Vec<Needed>>> = LazyLock::new(|| {
            Dataset::ALL.iter().map(|dataset| dataset.required().iter().copied().map(Needed::of).collect()).collect()
        });
        // `ALL` has the order of the declaration.
        NEEDED.get(self as usize).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dataset {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|dataset| dataset.as_str() == text)
            .ok_or_else(|| UnknownWord { what: "dataset", text: text.chars().take(64).collect() })
    }
}
