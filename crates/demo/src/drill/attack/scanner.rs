//! Scanners: probes for what was left lying about, and tools that say who they are.

use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::Request;
use crate::portal::SECRET_MARK;

const PROBES: [(&str, &str); 9] = [
    ("/.git/config", "repository settings"),
    ("/.git/HEAD", "repository head"),
    ("/.svn/entries", "old repository"),
    ("/.env", "environment file"),
    ("/backup/portal.sql", "database dump"),
    ("/portal.sql.bak", "database backup"),
    ("/WEB-INF/web.xml", "servlet descriptor"),
    ("/actuator/env", "management endpoint"),
    ("/phpinfo.php", "interpreter settings"),
];

const TOOLS: [(&str, &str); 5] = [
    ("sqlmap/1.7.2#stable (https://sqlmap.org)", "sqlmap"),
    ("Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)", "nikto"),
    ("Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", "nmap"),
    ("Nuclei - Open-source project (github.com/projectdiscovery/nuclei)", "nuclei"),
    ("gobuster/3.6", "gobuster"),
];

pub(super) fn all() -> Vec<Attack> {
    let probe = |(path, name): &(&str, &'static str)| {
        Attack::new(
            AttackClass::Scanner,
            Place::Path,
            Encoding::Plain,
            name,
            Request::get(path),
            Proof::Leaks(SECRET_MARK),
        )
    };
    // What a scanner wants first: the version, to look up what it is vulnerable to.
    let tool = |(agent, name): &(&str, &'static str)| {
        let request = Request::get("/api/v1/version").agent(agent);
        Attack::new(
            AttackClass::Scanner,
            Place::Header,
            Encoding::Plain,
            name,
            request,
            Proof::Leaks("\"version\":\"2.6.1\""),
        )
    };
    PROBES.iter().map(probe).chain(TOOLS.iter().map(tool)).collect()
}
