//! Queries made up, each in our language and in SQL.

use std::fmt::Write as _;

/// xorshift64: the same queries every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below `sides`.
    pub(super) fn roll(&mut self, sides: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 33).unwrap() % sides
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(i64::try_from(from.len()).unwrap())).unwrap()]
    }
}

pub(super) const USERS: &[&str] = &["root", "张三", "李四", "admin", "Admin", "nurse-7", "欧阳 娜娜"];
pub(super) const ADDRESSES: &[&str] =
    &["10.1.2.3", "10.1.2.30", "10.2.0.1", "192.168.1.9", "203.0.113.9", "2001:db8::5"];
pub(super) const PATHS: &[&str] =
    &["/api/report/1", "/api/report/22", "/login", "/预约/挂号", "/Reports", "/", "/index.html?a=\\b"];
pub(super) const MESSAGES: &[&str] = &[
    "门诊挂号成功",
    "预约已取消",
    "SQL 注入攻击已拦截 at mysqli_query",
    "login failed for root",
    "Login ok",
    "error42: 打印机离线",
    "err7",
    "report_7 sent",
    "体检报告 report 已上传",
];
pub(super) const STATUS: &[i64] = &[200, 201, 302, 403, 404, 500, 503];
pub(super) const DURATIONS: &[i64] =
    &[0, 1, -5, 1_000, 1_500_000, 2_000_000_000, 9_007_199_254_740_993, 1_000_000_000_007];

const NOW: i64 = super::NOW.as_micros();
const MINUTE: i64 = 60_000_000;

/// A field in our words, its column, and whether it holds numbers.
type Named = (&'static str, &'static str, bool);

const FIELDS: &[Named] = &[
    ("stream", "stream", false),
    ("event.dataset", "dataset", false),
    ("event.severity", "severity", true),
    ("user.name", "user", false),
    ("source.ip", "ip", false),
    ("url.path", "path", false),
    ("http.response.status_code", "status", true),
    ("event.duration", "duration", true),
    ("waf.score", "score", true),
];

fn field(dice: &mut Dice, numbers: bool) -> Named {
    loop {
        let field = dice.pick(FIELDS);
        if !numbers || field.2 {
            return field;
        }
    }
}

/// SQL of a text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Ours of a text.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A filter in both languages, and whether it names a time.
struct Condition {
    text: String,
    sql: String,
    names_time: bool,
}

fn condition(text: String, sql: String) -> Condition {
    Condition { text, sql: format!("coalesce({sql}, 0)"), names_time: false }
}

/// A word of our language as a regular expression over one column.
fn word_sql(column: &str, word: &str, prefix: bool) -> String {
    let end = if prefix { "" } else { "($|[^A-Za-z0-9_])" };
    format!("match({column}, '(?i)(^|[^A-Za-z0-9_]){word}{end}')")
}

fn leaf(dice: &mut Dice) -> Condition {
    match dice.roll(14) {
        0 => {
            let stream = dice.pick(&["waf", "app", "auth", "access"]);
            condition(format!("stream:{stream}"), format!("stream = '{stream}'"))
        }
        1 => {
            let user = dice.pick(USERS);
            condition(format!("user.name:={}", phrase(user)), format!("user = {}", quoted(user)))
        }
        2 => {
            let user = dice.pick(USERS);
            condition(format!("user.name:!={}", phrase(user)), format!("user != {}", quoted(user)))
        }
        3 => {
            let (one, other) = (dice.pick(PATHS), dice.pick(PATHS));
            let text = format!("url.path:in({}, {})", phrase(one), phrase(other));
            condition(text, format!("path in ({}, {})", quoted(one), quoted(other)))
        }
        4 => {
            let (name, column, _) = dice.pick(&FIELDS[6..]);
            let (sign, limit) = (dice.pick(&[">", ">=", "<", "<="]), dice.pick(&[0, 5, 200, 404, 1_000]));
            condition(format!("{name}:{sign}{limit}"), format!("{column} {sign} {limit}"))
        }
        5 => condition("http.response.status_code:[400,499]".into(), "status between 400 and 499".into()),
        6 => {
            let net = dice.pick(&["10.0.0.0/8", "10.1.2.0/28", "203.0.113.9/32"]);
            let sql = format!(
                "isIPv4String(ip) and isIPAddressInRange(if(isIPv4String(coalesce(ip, '')), coalesce(ip, ''), '0.0.0.0'), '{net}')"
            );
            condition(format!("source.ip:cidr({net})"), sql)
        }
        7 => {
            let part = dice.pick(&["挂号", "预约", "报告", "已"]);
            condition(format!("message:{part}"), format!("position(message, '{part}') > 0"))
        }
        8 => {
            let part = dice.pick(&["挂号", "预约", "张", "娜娜"]);
            let anywhere =
                ["user", "path", "message"].map(|column| format!("position(coalesce({column}, ''), '{part}') > 0"));
            condition(part.to_owned(), anywhere.join(" or "))
        }
        9 => {
            let word = dice.pick(&["login", "report", "root", "err7", "MYSQLI_QUERY", "ok"]);
            condition(format!("message:{word}"), word_sql("message", word, false))
        }
        10 => {
            let word = dice.pick(&["rep", "err", "login", "my"]);
            condition(format!("message:{word}*"), word_sql("message", word, true))
        }
        11 => {
            let pattern = dice.pick(&["err[a-z]*[0-9]+", "^login", "报告.*上传$"]);
            condition(format!("message:~{}", phrase(pattern)), format!("match(message, {})", quoted(pattern)))
        }
        12 => {
            let (name, column, _) = dice.pick(&FIELDS[3..]);
            condition(format!("{name}:*"), format!("{column} is not null"))
        }
        _ => {
            let from = NOW - dice.roll(900) * MINUTE;
            let to = from + dice.roll(900) * MINUTE;
            let names_time = true;
            Condition { names_time, ..condition(format!("_time:[{from},{to})"), format!("ts >= {from} and ts < {to}")) }
        }
    }
}

fn filter(dice: &mut Dice, depth: u32) -> Condition {
    if depth == 0 || dice.roll(3) == 0 {
        return leaf(dice);
    }
    let one = filter(dice, depth - 1);
    if dice.roll(4) == 0 {
        return Condition { text: format!("not ({})", one.text), sql: format!("not ({})", one.sql), ..one };
    }
    let other = filter(dice, depth - 1);
    let (ours, word) = dice.pick(&[(" ", "and"), (" and ", "and"), (" or ", "or"), (" or ", "or")]);
    Condition {
        text: format!("({}){ours}({})", one.text, other.text),
        sql: format!("(({}) {word} ({}))", one.sql, other.sql),
        names_time: one.names_time || other.names_time,
    }
}

/// A query: ours, and the SQL so far.
pub(super) struct Question {
    text: String,
    /// What is selected from, without order.
    from: String,
    /// What is selected in the end.
    select: String,
    order: Vec<String>,
    limit: Option<i64>,
}

impl Question {
    pub(super) fn text(&self) -> String {
        self.text.clone()
    }

    pub(super) fn sql(&self) -> String {
        let mut sql = format!("SELECT {} FROM ({})", self.select, self.from);
        if !self.order.is_empty() {
            write!(sql, " ORDER BY {}", self.order.join(", ")).unwrap();
        }
        if let Some(limit) = self.limit {
            write!(sql, " LIMIT {limit}").unwrap();
        }
        sql
    }

    pub(super) fn any(dice: &mut Dice) -> Self {
        let mut question = Self::records(dice);
        match dice.roll(10) {
            0 | 1 => {
                question.sort(dice, FIELDS);
                question.limit(dice);
                question.select = "stream, seq".into();
            }
            2 | 3 => question.hist(dice),
            4 => question.top(dice),
            5 => question.uniq(dice),
            6 => question.facets(dice),
            _ => question.stats(dice),
        }
        question
    }

    /// Matching records, some cut to the first of them.
    fn records(dice: &mut Dice) -> Self {
        let mut all = filter(dice, 2);
        if dice.roll(8) == 0 {
            all = Condition { text: String::new(), sql: "1".into(), names_time: false };
        }
        let mut text = all.text.clone();
        if dice.roll(4) == 0 {
            let more = filter(dice, 1);
            write!(text, " | where {}", more.text).unwrap();
            all = Condition {
                sql: format!("({}) and ({})", all.sql, more.sql),
                names_time: all.names_time || more.names_time,
                ..more
            };
        }
        // Who names no time asks for the last day.
        let since = if all.names_time { i64::MIN + 1 } else { NOW - 24 * 60 * MINUTE };
        let from = format!("SELECT * FROM events WHERE ts >= {since} and ({})", all.sql);
        let order = ["ts DESC", "stream", "seq"].map(str::to_owned).to_vec();
        let mut question = Self { text, from, select: "stream, seq".into(), order, limit: None };
        if dice.roll(6) == 0 {
            question.sort(dice, FIELDS);
            question.limit(dice);
            question.nest("*");
        }
        question
    }

    /// Goes on with what there is so far; order stays the newest first.
    fn nest(&mut self, select: &str) {
        self.select = select.to_owned();
        self.from = self.sql();
        self.limit = None;
    }

    fn sort(&mut self, dice: &mut Dice, fields: &[Named]) {
        let (name, column, _) = dice.pick(fields);
        let descending = dice.roll(2) == 0;
        write!(self.text, " | sort by ({name}{})", if descending { " desc" } else { "" }).unwrap();
        self.order.insert(0, format!("{column} {} NULLS LAST", if descending { "DESC" } else { "ASC" }));
    }

    fn limit(&mut self, dice: &mut Dice) {
        let limit = 1 + dice.roll(40);
        write!(self.text, " | limit {limit}").unwrap();
        self.limit = Some(limit);
    }

    /// The records as they stand, to be counted.
    fn counted(&mut self) -> String {
        if self.limit.is_some() {
            self.nest("*");
        }
        self.from.clone()
    }

    fn stats(&mut self, dice: &mut Dice) {
        let from = self.counted();
        let (mut keys, mut columns) = (Vec::new(), Vec::new());
        for place in 0..dice.roll(3) {
            let (name, column, _) = field(dice, false);
            if !keys.iter().any(|key| key == name) {
                keys.push(name.to_owned());
                columns.push(format!("{column} AS k{place}"));
            }
        }
        if dice.roll(3) == 0 {
            let (text, step, shift) =
                dice.pick(&[("5m", 5, 0), ("1h", 60, 0), ("1d", 24 * 60, 8 * 60), ("2d", 48 * 60, 8 * 60)]);
            keys.push(format!("_time:{text}"));
            columns.push(format!("{} AS kt", step_sql(step, shift)));
        }
        let mut calls = vec![("count() as n".to_owned(), "toInt64(count()) AS n".to_owned())];
        for place in 0..=dice.roll(3) {
            let (ours, sql) = call(dice);
            calls.push((format!("{ours} as v{place}"), format!("{sql} AS v{place}")));
        }
        let ours: Vec<&str> = calls.iter().map(|(ours, _)| ours.as_str()).collect();
        let by = if keys.is_empty() { String::new() } else { format!("by ({}) ", keys.join(", ")) };
        write!(self.text, " | stats {by}{}", ours.join(", ")).unwrap();
        let names: Vec<String> =
            columns.iter().filter_map(|column| Some(column.rsplit_once(" AS ")?.1.to_owned())).collect();
        let selected: Vec<String> = columns.iter().cloned().chain(calls.into_iter().map(|(_, sql)| sql)).collect();
        let group = if names.is_empty() { String::new() } else { format!(" GROUP BY {}", names.join(", ")) };
        self.from = format!("SELECT {} FROM ({from}){group}", selected.join(", "));
        self.select = "*".into();
        self.order = names.iter().map(|name| format!("{name} ASC NULLS FIRST")).collect();
        self.after(dice);
    }

    /// Pipes on the table of counts.
    fn after(&mut self, dice: &mut Dice) {
        if dice.roll(2) == 0 {
            let least = dice.roll(6);
            write!(self.text, " | where n:>{least}").unwrap();
            self.from = format!("SELECT * FROM ({}) WHERE n > {least}", self.from);
        }
        if dice.roll(2) == 0 {
            self.sort(dice, &[("n", "n", true), ("v0", "v0", true)]);
        }
        match dice.roll(4) {
            0 => {
                self.limit(dice);
                self.nest("*");
                let from = self.from.clone();
                self.text.push_str(" | stats sum(n) as s, count() as c, max(n) as m");
                self.from = format!(
                    "SELECT toInt64(sum(toNullable(n))) AS s, toInt64(count()) AS c, max(toNullable(n)) AS m FROM ({from})"
                );
                self.order.clear();
            }
            1 | 2 => self.limit(dice),
            _ => {}
        }
    }

    fn hist(&mut self, dice: &mut Dice) {
        let (text, step, shift) = dice.pick(&[("15m", 15, 0), ("1h", 60, 0), ("1d", 24 * 60, 8 * 60)]);
        let (from, to) = (NOW - dice.roll(4_000) * MINUTE - 1, NOW - dice.roll(100) * MINUTE);
        // The window decides which steps there are.
        let plain = if self.text.contains("_time:") || self.text.contains('|') {
            String::new()
        } else {
            format!("({}) ", self.text.trim())
        };
        let plain = if plain == "() " { String::new() } else { plain };
        let condition = if plain.is_empty() {
            "1".to_owned()
        } else {
            self.from.split_once(" and (").unwrap().1.strip_suffix(')').unwrap().to_owned()
        };
        let step_of = step_sql(step, shift);
        let rows = format!("SELECT {step_of} AS b, * FROM events WHERE ts >= {from} and ts < {to} and ({condition})");
        let (first, steps) = (bucket(from, step, shift), steps(from, to, step, shift));
        let all = format!("SELECT toInt64({first} + number * {}) AS b FROM numbers({steps})", step * MINUTE);
        if dice.roll(2) == 0 {
            let (name, column, _) = field(dice, false);
            self.text = format!("{plain}_time:[{from},{to}) | hist {text} by ({name})");
            self.from = format!(
                "SELECT l.b AS b, r.k AS k, toInt64(r.c) AS c FROM ({all}) l LEFT JOIN (SELECT b, toNullable({column}) AS k, count() AS c FROM ({rows}) GROUP BY b, k) r ON l.b = r.b"
            );
            self.order = vec!["b".into(), "k NULLS FIRST".into()];
        } else {
            self.text = format!("{plain}_time:[{from},{to}) | hist {text}");
            self.from = format!(
                "SELECT l.b AS b, toInt64(r.c) AS c FROM ({all}) l LEFT JOIN (SELECT b, count() AS c FROM ({rows}) GROUP BY b) r ON l.b = r.b"
            );
            self.order = vec!["b".into()];
        }
        (self.select, self.limit) = ("*".into(), None);
    }

    fn top(&mut self, dice: &mut Dice) {
        let from = self.counted();
        let ((name, column, _), limit) = (field(dice, false), 1 + dice.roll(5));
        write!(self.text, " | top {limit} by ({name})").unwrap();
        self.from = top_sql(column, &from);
        (self.select, self.limit) = ("*".into(), Some(limit));
        self.order = vec!["c DESC".into(), "k".into()];
    }

    fn uniq(&mut self, dice: &mut Dice) {
        let from = self.counted();
        let (name, column, _) = field(dice, false);
        write!(self.text, " | uniq by ({name})").unwrap();
        self.from = format!("SELECT DISTINCT {column} AS k FROM ({from}) WHERE {column} is not null");
        (self.select, self.order, self.limit) = ("*".into(), vec!["k".into()], None);
    }

    fn facets(&mut self, dice: &mut Dice) {
        let from = self.counted();
        let limit = 1 + dice.roll(3);
        let fields = [FIELDS[1], FIELDS[4], FIELDS[6]];
        let names = fields.map(|(name, _, _)| name).join(", ");
        write!(self.text, " | facets {limit} ({names})").unwrap();
        let each = fields.iter().enumerate().map(|(place, (name, column, _))| {
            format!(
                "SELECT {place} AS p, '{name}' AS f, toString(k) AS v, c, k2 FROM (SELECT k, c, row_number() OVER (ORDER BY c DESC, k) AS k2 FROM ({}) ORDER BY c DESC, k LIMIT {limit})",
                top_sql(column, &from)
            )
        });
        self.from = each.collect::<Vec<_>>().join(" UNION ALL ");
        (self.select, self.limit) = ("f, v, c".into(), None);
        self.order = vec!["p".into(), "k2".into()];
    }
}

fn top_sql(column: &str, from: &str) -> String {
    format!("SELECT {column} AS k, toInt64(count()) AS c FROM ({from}) WHERE {column} is not null GROUP BY k")
}

/// Begin of the step that a record is in, µs; `step` and `shift` in minutes.
fn step_sql(step: i64, shift: i64) -> String {
    let (step, shift) = (step * MINUTE, shift * MINUTE);
    format!("toInt64(intDiv(ts + {shift}, {step}) * {step} - {shift})")
}

fn bucket(at: i64, step: i64, shift: i64) -> i64 {
    let (step, shift) = (step * MINUTE, shift * MINUTE);
    (at + shift) / step * step - shift
}

/// Steps from the one that holds `from` to the one before `to`.
fn steps(from: i64, to: i64, step: i64, shift: i64) -> i64 {
    let (first, step) = (bucket(from, step, shift), step * MINUTE);
    ((to - first + step - 1) / step).max(0)
}

fn call(dice: &mut Dice) -> (String, String) {
    match dice.roll(8) {
        0 => {
            let (name, column, _) = field(dice, false);
            (format!("count_uniq({name})"), format!("toInt64(uniqExact({column}))"))
        }
        1 => {
            let filter = filter(dice, 1);
            (format!("count_if({})", filter.text), format!("toInt64(countIf({}))", filter.sql))
        }
        2 => {
            let (name, column, _) = field(dice, true);
            (format!("sum({name})"), format!("sum(toNullable({column}))"))
        }
        3 => {
            let (name, column, _) = field(dice, true);
            (format!("avg({name})"), format!("sum(toFloat64(toNullable({column}))) / nullIf(count({column}), 0)"))
        }
        4 | 5 => {
            let ((name, column, _), fold) = (field(dice, false), dice.pick(&["min", "max"]));
            (format!("{fold}({name})"), format!("{fold}(toNullable({column}))"))
        }
        _ => {
            let ((name, column, _), percent) = (field(dice, true), dice.pick(&["50", "90", "95", "99"]));
            (format!("p{percent}({name})"), format!("quantileExact(0.{percent})(toNullable({column}))"))
        }
    }
}
