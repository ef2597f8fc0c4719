//! `medward vault gen`: log lines for measuring, always the same for the same seed (`vault.md`, Acceptance).
//!
//! Profile `flat7`: JSON lines of seven keys (`ts source host severity src_ip user message`); of two lines one is of a web
//! firewall, of ten three are of a database audit, one of `sshd`, one of an application. Numbers and ids are as random as those
//! of real logs, which decides how far they compress; names are few and come unevenly often.

use std::fmt::Write as _;
use std::io::Write;

use super::Failure;

/// `@timestamp` of the first line, µs.
const BEGIN: i64 = 1_760_000_000_000_000;
/// Every so many lines one holds a word of its own, `needle_zq<line>x`.
const NEEDLE_EVERY: u64 = 400_003;

/// Arguments of `gen`.
#[derive(Debug, Clone, clap::Args)]
pub struct GenArgs {
    /// Lines
    #[arg(long, default_value_t = 2_000_000)]
    pub events: u64,
    /// The same seed gives the same lines
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Time between two lines, µs
    #[arg(long, default_value_t = 1_500)]
    pub step_us: u32,
    /// What the lines are like
    #[arg(long, value_enum, default_value_t = Profile::Flat7)]
    pub profile: Profile,
}

/// What generated lines are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// Seven keys, four sources
    Flat7,
}

pub(super) fn generate(args: &GenArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let Profile::Flat7 = args.profile;
    let mut lines = Lines::new(args.seed, args.step_us);
    let mut text = String::new();
    while lines.next < args.events {
        text.clear();
        while lines.next < args.events && text.len() < 64 * 1024 {
            lines.add(&mut text);
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(0)
}

/// Marsaglia's xorshift64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below `sides`, each as often.
    fn below(&mut self, sides: u64) -> u64 {
        (self.roll() >> 11) % sides.max(1)
    }

    /// Below `sides`, small ones far more often, as names in logs are.
    fn uneven(&mut self, sides: u64) -> u64 {
        let (one, other, third) = (self.below(sides), self.below(sides), self.below(sides));
        one.min(other).min(third)
    }

    fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        let place = usize::try_from(self.uneven(names.len() as u64)).unwrap_or(0);
        names.get(place).copied().unwrap_or_default()
    }
}

/// Lines of profile `flat7`, one after another.
struct Lines {
    dice: Dice,
    next: u64,
    /// µs.
    step: i64,
}

const PATHS: &[&str] = &[
    "/appointment/list",
    "/report/view",
    "/api/v1/pay/query",
    "/static/app.js",
    "/login",
    "/pacs/wado",
    "/api/v1/doctor/schedule",
    "/checkup/order",
    "/wechat/callback",
    "/upload/avatar",
    "/admin/config.php",
    "/search",
];
const CATEGORIES: &[&str] = &["sqli", "xss", "scanner", "traversal", "rce", "upload", "protocol", "bot"];
const AGENTS: &[&str] =
    &["Mozilla/5.0", "MicroMessenger/8.0.49", "curl/7.88.1", "python-requests/2.31", "AlipayClient/10.5"];
const TABLES: &[&str] =
    &["patient", "lab_result", "charge_detail", "checkup_order", "prescription", "doctor", "bed", "audit_log"];
const NOTICES: &[&str] = &[
    "预约挂号成功",
    "体检报告已生成",
    "缴费成功",
    "短信验证码已发送",
    "危急值已通知",
    "排队叫号",
    "影像上传完成",
    "退号申请",
];

impl Lines {
    fn new(seed: u64, step_us: u32) -> Self {
        Self { dice: Dice(seed.max(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1), next: 0, step: i64::from(step_us) }
    }

    fn add(&mut self, out: &mut String) {
        let line = self.next;
        self.next += 1;
        let kind = self.dice.below(10);
        let jitter = i64::try_from(self.dice.below(1_000)).unwrap_or(0);
        let at = BEGIN
            .saturating_add(self.step.saturating_mul(i64::try_from(line).unwrap_or(i64::MAX)))
            .saturating_add(jitter);
        let (source, host, hosts) = match kind {
            0..=4 => ("waf", "waf", 4),
            5..=7 => ("dbaudit", "db", 6),
            8 => ("sshd", "srv", 40),
            _ => ("app", "app", 12),
        };
        let (host_number, severity) = (self.dice.uneven(hosts) + 1, self.dice.uneven(5));
        let address = self.address();
        let user = self.dice.uneven(3_000);
        let mut put = |text: std::fmt::Arguments<'_>| out.write_fmt(text).unwrap_or_default();
        put(format_args!(
            "{{\"ts\":{at},\"source\":\"{source}\",\"host\":\"{host}-{host_number:02}\",\"severity\":{severity},\"src_ip\":\"{address}\",\"user\":\"u{user:04}\",\"message\":\""
        ));
        let message = match kind {
            0..=4 => self.attack(),
            5..=7 => self.statement(user),
            8 => self.login(user, &address),
            _ => self.notice(),
        };
        put(format_args!("{message}"));
        if line % NEEDLE_EVERY == NEEDLE_EVERY - 1 {
            put(format_args!(" needle_zq{line}x"));
        }
        out.push_str("\"}\n");
    }

    /// Half of them come from a few hundred places.
    fn address(&mut self) -> String {
        let number = if self.dice.below(2) == 0 { self.dice.uneven(400) * 65_537 } else { self.dice.below(1 << 24) };
        let byte = |shift: u32| (number >> shift) & 0xff;
        format!(
            "{}.{}.{}.{}",
            [10_u8, 117, 203, 36].into_iter().nth(usize::try_from(number % 4).unwrap_or(0)).unwrap_or(10),
            byte(16),
            byte(8),
            byte(0)
        )
    }

    fn attack(&mut self) -> String {
        let (path, category, agent) = (self.dice.one_of(PATHS), self.dice.one_of(CATEGORIES), self.dice.one_of(AGENTS));
        let (rule, status) = (941_000 + self.dice.uneven(300), self.dice.one_of(&["403", "200", "302", "404"]));
        format!(
            "{category} rule {rule} GET {path}?id={:x} status={status} rid={:016x} agent={agent}",
            self.dice.below(1 << 20),
            self.dice.roll()
        )
    }

    fn statement(&mut self, user: u64) -> String {
        let (table, rows) = (self.dice.one_of(TABLES), self.dice.uneven(500));
        format!(
            "SELECT * FROM {table} WHERE id={} AND dept='{:02}' rows={rows} ms={} session={:012x} by u{user:04}",
            self.dice.below(5_000_000),
            self.dice.uneven(30),
            self.dice.uneven(200),
            self.dice.roll() >> 16
        )
    }

    fn login(&mut self, user: u64, address: &str) -> String {
        let verdict = self.dice.one_of(&["Failed password", "Accepted publickey", "Invalid user", "Connection closed"]);
        let (process, port) = (self.dice.below(32_768), 1_024 + self.dice.below(64_000));
        format!(
            "sshd[{process}]: {verdict} for u{user:04} from {address} port {port} ssh2 key SHA256:{:016x}",
            self.dice.roll()
        )
    }

    fn notice(&mut self) -> String {
        let (notice, took) = (self.dice.one_of(NOTICES), self.dice.uneven(900));
        format!(
            "{notice} 病历号={:08} 科室={:02} took={took}ms trace={:016x} span={:08x}",
            self.dice.below(100_000_000),
            self.dice.uneven(30),
            self.dice.roll(),
            self.dice.roll() >> 32
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(events: u64, seed: u64) -> String {
        let mut out = Vec::new();
        generate(&GenArgs { events, seed, step_us: 1_500, profile: Profile::Flat7 }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn same_seed_gives_the_same_lines_and_another_others() {
        assert_eq!(text(500, 42), text(500, 42));
        assert_ne!(text(500, 42), text(500, 43));
        assert_eq!(text(700, 42).lines().take(500).collect::<String>(), text(500, 42).replace('\n', ""));
    }

    #[test]
    fn lines_are_json_of_seven_keys_in_the_shares_of_the_profile() {
        let text = text(20_000, 7);
        let mut shares = std::collections::BTreeMap::new();
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value.as_object().unwrap().len(), 7, "{line}");
            *shares.entry(value["source"].as_str().unwrap().to_owned()).or_insert(0_u32) += 1;
        }
        let near = |name: &str, share: u32| shares[name].abs_diff(share) < 400;
        assert!(
            near("waf", 10_000) && near("dbaudit", 6_000) && near("sshd", 2_000) && near("app", 2_000),
            "{shares:?}"
        );
        assert!((200..260).contains(&(text.len() / 20_000)), "{} bytes a line", text.len() / 20_000);
    }
}
