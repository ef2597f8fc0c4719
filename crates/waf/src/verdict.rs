//! What the engine says about a request, with the evidence a person needs to believe it.
//!
//! A [`Verdict`] is complete without the request: every [`Hit`] quotes the value it matched, before and after decoding,
//! shortened to [`SNIP_BYTES`] and with secrets masked. It is data only; who is told and what happens is the caller's.

use std::ops::Range;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::http1::HttpFinding;
use crate::secrecy::Cover;

/// Longest quotation of a value in evidence, in bytes.
pub const SNIP_BYTES: usize = 256;

/// What the caller does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Go on: nothing so far speaks against it.
    Continue,
    /// Refuse now; [`crate::Tx::finish`] says why and with which status.
    Block,
    /// The engine could not judge (budget spent): the object's `on_error` stance decides.
    Undecided,
}

/// The outcome of one transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing reached the threshold.
    Pass,
    /// The threshold was reached and the object blocks.
    Block,
    /// The threshold was reached and the object only observes.
    Observe,
    /// The engine failed; set by the caller that caught the failure.
    Error(EngineError),
    /// The work budget was spent before all rules had run.
    Exhausted,
}

/// Why the engine could not judge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineError {
    /// The engine panicked; the caller caught it.
    #[error("judge the request: the engine panicked")]
    Panicked,
    /// The caller's own time limit passed.
    #[error("judge the request: the time limit passed")]
    TimedOut,
}

/// Name of the policy a program was compiled from, for example `balanced`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct PolicyId(pub String);

/// Severity of a rule as SecLang counts it: 0 (emergency) to 7 (debug).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 0
    Emergency,
    /// 1
    Alert,
    /// 2
    Critical,
    /// 3
    Error,
    /// 4
    Warning,
    /// 5
    Notice,
    /// 6
    Info,
    /// 7
    Debug,
}

/// The judgement on one request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Verdict {
    /// What came out.
    pub outcome: Outcome,
    /// HTTP status to answer with when blocked; 0 otherwise.
    pub status: u16,
    /// Phase (1 to 5) in which the threshold was reached; 0 when it was not.
    pub phase: u8,
    /// Inbound anomaly score.
    pub score_in: u16,
    /// Outbound anomaly score.
    pub score_out: u16,
    /// Policy that judged.
    pub policy: PolicyId,
    /// First 16 bytes of the SHA-256 over the policy's sources.
    #[serde(serialize_with = "as_hex")]
    pub program: [u8; 16],
    /// Class of the hit with most points; the first one on a tie.
    pub attack: Option<AttackClass>,
    /// At most [`crate::Limits::hits`] hits, in the order they were found.
    pub hits: Vec<Hit>,
    /// Hits beyond that number, as far as the engine went on: it stops once it blocks and the list is full.
    pub hits_dropped: u32,
    /// Something was left uninspected because of a limit.
    pub partial: bool,
    /// The budget was spent ([`Outcome::Exhausted`]) with values left that a rule could match, as far as the prefilter can
    /// tell. Letting such a request pass means letting padding carry attacks past the rules.
    pub suspicious: bool,
    /// Microseconds spent on rules, by the clock of [`crate::Tx::with_clock`]; 0 without one.
    pub cpu_us: u32,
    /// Work done, in units of roughly one byte compared; see [`crate::Limits::max_work_units`].
    pub work_units: u64,
    /// Protocol findings about the body.
    #[serde(serialize_with = "as_codes")]
    pub parse: Vec<HttpFinding>,
}

impl Verdict {
    /// The verdict of a caller that caught an engine failure.
    pub fn failed(error: EngineError, policy: PolicyId, program: [u8; 16]) -> Self {
        Self { outcome: Outcome::Error(error), ..Self::passed(policy, program) }
    }

    /// A verdict that says nothing against the request.
    pub fn passed(policy: PolicyId, program: [u8; 16]) -> Self {
        Self {
            outcome: Outcome::Pass,
            status: 0,
            phase: 0,
            score_in: 0,
            score_out: 0,
            policy,
            program,
            attack: None,
            hits: Vec::new(),
            hits_dropped: 0,
            partial: false,
            suspicious: false,
            cpu_us: 0,
            work_units: 0,
            parse: Vec::new(),
        }
    }
}

/// One rule that matched one value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hit {
    /// Rule id, for example `MW-SQLI-001`.
    pub rule: String,
    /// Message of the rule.
    pub msg: String,
    /// What the rule itself notes down (`logdata`), its macros filled in. It quotes values unmasked: not for logs.
    #[serde(skip)]
    pub data: String,
    /// Tags of the rule.
    pub tags: Vec<String>,
    /// Severity of the rule.
    pub severity: Severity,
    /// Class of attack.
    pub class: AttackClass,
    /// The value that matched, for example `ARGS:json.patient.name`.
    pub variable: String,
    /// The value as it came (URL-decoded once where its collection says so).
    pub raw: Snip,
    /// The value the rule saw after its transformations.
    pub decoded: Snip,
    /// Byte range of the match inside `decoded.bytes`.
    pub matched: Range<u32>,
    /// Transformations that changed the value, in order.
    pub layers: Vec<Layer>,
    /// How sure the rule is, 0 to 100.
    pub confidence: u8,
    /// Points the hit added to the score; 0 when its class had already scored on this value.
    pub points: u16,
    /// Paranoia level of the rule.
    pub paranoia: u8,
    /// The values that matched the rule's chain children.
    pub chain: Vec<(String, Snip)>,
}

/// One decoding step, by the name of its transformation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Layer(pub &'static str);

/// A quotation of a value: the part around the match, how long the whole was, and its hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snip {
    /// The quoted bytes, at most [`SNIP_BYTES`].
    pub bytes: Vec<u8>,
    /// Where the quotation begins in the value.
    pub start: u32,
    /// Length of the whole value in bytes.
    pub total: u32,
    /// SHA-256 of the whole value.
    pub sha256: [u8; 32],
    /// Secrets outside the match were replaced by `*`, byte for byte: all of a secret value, or those that stand in it.
    pub masked: bool,
}

impl Hit {
    /// What the rule matched, of the decoded value.
    pub fn matched_bytes(&self) -> &[u8] {
        self.decoded.bytes.get(self.matched.start as usize..self.matched.end as usize).unwrap_or_default()
    }
}

impl Snip {
    /// Quotes `value`, whose hash the caller knows, around `matched`; what `cover` says becomes `*`.
    pub(crate) fn around(
        value: &[u8],
        sha256: [u8; 32],
        matched: Range<usize>,
        cover: Cover<'_>,
    ) -> (Self, Range<u32>) {
        let match_start = matched.start.min(value.len());
        let match_end = matched.end.clamp(match_start, value.len());
        let match_length = (match_end - match_start).min(SNIP_BYTES);
        let before = (SNIP_BYTES - match_length) / 3;
        let start = match_start.saturating_sub(before).min(value.len().saturating_sub(SNIP_BYTES));
        let start = if match_start < start { match_start } else { start };
        let end = (start + SNIP_BYTES).min(value.len());
        let mut bytes = value.get(start..end).unwrap_or_default().to_vec();
        let inside = match_start - start..(match_end - start).min(bytes.len());
        let masked = cover.apply(value, start..end, &(match_start..match_end), &mut bytes);
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let snip = Self { bytes, start: narrow(start), total: narrow(value.len()), sha256, masked };
        (snip, narrow(inside.start)..narrow(inside.end))
    }

    /// The quotation as text: valid printable UTF-8 stays, every other byte becomes `\xHH`.
    pub fn text(&self) -> String {
        printable(&self.bytes)
    }
}

/// Renders bytes for people: printable UTF-8 as it is, the rest as `\xHH`.
pub fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                let mut buffer = [0; 4];
                for byte in character.encode_utf8(&mut buffer).bytes() {
                    push_escaped(&mut text, byte);
                }
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            push_escaped(&mut text, *byte);
        }
    }
    text
}

fn push_escaped(text: &mut String, byte: u8) {
    text.push_str("\\x");
    push_hex(text, byte);
}

fn push_hex(text: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for nibble in [byte >> 4, byte & 15] {
        text.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        push_hex(&mut text, *byte);
    }
    text
}

impl Serialize for Snip {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Snip", 5)?;
        fields.serialize_field("text", &self.text())?;
        fields.serialize_field("start", &self.start)?;
        fields.serialize_field("total", &self.total)?;
        fields.serialize_field("sha256", &hex(&self.sha256))?;
        fields.serialize_field("masked", &self.masked)?;
        fields.end()
    }
}

fn as_hex<S: Serializer>(bytes: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

fn as_codes<S: Serializer>(findings: &[HttpFinding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(|finding| finding.code()))
}

macro_rules! attack_classes {
    ($($(#[$doc:meta])* $variant:ident $code:literal $chinese:literal),+ $(,)?) => {
        /// Class of attack: `rule.category` of an event, with its Chinese name (攻击类型).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum AttackClass {
            $($(#[$doc])* $variant,)+
        }

        impl AttackClass {
            /// Every class.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Code for `rule.category`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Name shown to people in Chinese.
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$variant => $chinese,)+ }
            }
        }
    };
}

attack_classes! {
    /// SQL and NoSQL injection.
    Sqli "sqli" "SQL注入",
    /// Cross-site scripting.
    Xss "xss" "跨站脚本",
    /// Operating system command injection.
    Shell "shell" "命令注入",
    /// Path traversal and access to sensitive files.
    Traversal "traversal" "路径遍历",
    /// Server-side request forgery.
    Ssrf "ssrf" "服务端请求伪造",
    /// XML external entities.
    Xxe "xxe" "XML外部实体",
    /// Server-side template injection.
    Ssti "ssti" "模板注入",
    /// Java expression and class injection.
    Java "java" "Java代码注入",
    /// PHP code injection.
    Php "php" "PHP代码注入",
    /// Node.js code injection.
    Node "node" "Node代码注入",
    /// JNDI lookups.
    Jndi "jndi" "JNDI注入",
    /// Serialised objects.
    Deser "deser" "反序列化",
    /// LDAP injection.
    Ldap "ldap" "LDAP注入",
    /// XPath injection.
    Xpath "xpath" "XPath注入",
    /// Header injection through CR and LF.
    Crlf "crlf" "CRLF注入",
    /// Mail command injection.
    Mail "mail" "邮件注入",
    /// Dangerous uploads.
    Upload "upload" "恶意文件上传",
    /// Violations of the protocol.
    Protocol "protocol" "协议违规",
    /// Scanners and probes.
    Scanner "scanner" "扫描探测",
    /// Responses that give away internals.
    Leak "leak" "信息泄露",
    /// A rule without a class.
    Other "other" "其他攻击",
}

impl AttackClass {
    /// The class a rule's tag names: `attack-sqli`, and what rule sets in use call the same thing.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let name = tag.strip_prefix("attack-")?;
        match name {
            "rce" | "injection-generic" => Some(Self::Shell),
            "lfi" => Some(Self::Traversal),
            "reputation-scanner" => Some(Self::Scanner),
            "injection-php" => Some(Self::Php),
            "injection-java" => Some(Self::Java),
            "disclosure" => Some(Self::Leak),
            _ => Self::ALL.iter().copied().find(|class| class.code() == name),
        }
    }
}

impl Serialize for AttackClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
