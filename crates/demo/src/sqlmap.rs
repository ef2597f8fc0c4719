//! How Debian's `sqlmap` is pointed at the portal. Only argument lists: whoever has a process wrapper runs them.
//!
//! Each succeeds against the portal itself in well under a minute (see `tests/it/sqlmap.rs`) and must find nothing past Medward.

/// What sqlmap prints when it has found a hole in the parameter it was given.
pub const FOUND: &str = "sqlmap identified the following injection point";

/// A browser's name, so that what is tested is the payloads and not sqlmap's habit of saying who it is.
const AGENT: &str = "--user-agent=Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// One run of sqlmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlmapTarget {
    pub name: &'static str,
    /// Path and query below the site.
    pub path: &'static str,
    /// Options of this target.
    pub options: &'static [&'static str],
    /// What stands in the output when it succeeded, beside [`FOUND`].
    pub finds: &'static [&'static str],
}

impl SqlmapTarget {
    /// The arguments for `sqlmap`. `site` is e.g. `http://127.0.0.1:8080`, `output` a folder for its session files.
    pub fn arguments(&self, site: &str, output: &str) -> Vec<String> {
        let own = [format!("--url={site}{}", self.path), format!("--output-dir={output}")];
        let common = [
            "--batch",
            "--flush-session",
            "--disable-coloring",
            "--dbms=sqlite",
            "--threads=4",
            "--timeout=15",
            "--retries=1",
            AGENT,
        ];
        own.into_iter().chain(common.iter().chain(self.options).map(|option| (*option).to_owned())).collect()
    }
}

/// A number in the query, a form, JSON and a cookie, by union and boolean inference. (By time works too, see the README,
/// but a verdict that depends on timing has no place in a test.)
pub fn sqlmap_targets() -> Vec<SqlmapTarget> {
    vec![
        SqlmapTarget {
            name: "query, boolean and union, dumping a table",
            path: "/doctor?id=1",
            options: &["-p", "id", "--technique=BU", "--dump", "-T", "staff_account"],
            finds: &["Parameter: id (GET)", "DEMO-HASH-9b1f6c"],
        },
        SqlmapTarget {
            name: "form, union",
            path: "/report",
            options: &["--data=card_no=MZ100001&name=", "-p", "card_no", "--technique=BU", "--tables"],
            finds: &["Parameter: card_no (POST)", "staff_account"],
        },
        SqlmapTarget {
            name: "JSON, union",
            path: "/api/v1/reports/query",
            options: &[
                "--data={\"card_no\":\"MZ100001\",\"name\":\"\"}",
                "-p",
                "card_no",
                "--technique=BU",
                "--tables",
            ],
            finds: &["Parameter: JSON card_no ((custom) POST)", "staff_account"],
        },
        SqlmapTarget {
            name: "cookie, boolean",
            path: "/my",
            options: &["--cookie=HSID=s-2f60c7d8", "-p", "HSID", "--level=2", "--technique=B", "--current-db"],
            finds: &["Parameter: HSID (Cookie)"],
        },
    ]
}
