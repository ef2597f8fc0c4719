//! What was left lying about, and what scanners look for: repository data, backups, settings, management pages.
//!
//! Contents are invented and carry the mark of the planted secrets.

use super::super::answer::Answer;

const FILES: [(&str, &str); 12] = [
    (
        "/.git/config",
        "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = git@git.demo.invalid:his/portal.git # MEDWARD-DEMO-SECRET\n",
    ),
    ("/.git/HEAD", "ref: refs/heads/MEDWARD-DEMO-SECRET\n"),
    ("/.svn/entries", "10\n\ndir\nsvn://svn.demo.invalid/MEDWARD-DEMO-SECRET\n"),
    ("/.env", "APP_ENV=production\nDB_PASSWORD=MEDWARD-DEMO-SECRET\n"),
    ("/backup/portal.sql", "-- MEDWARD-DEMO-SECRET\nINSERT INTO member VALUES (1,'demo');\n"),
    ("/portal.sql.bak", "-- MEDWARD-DEMO-SECRET\n"),
    ("/web.config.bak", "<configuration><!-- MEDWARD-DEMO-SECRET --></configuration>\n"),
    ("/WEB-INF/web.xml", "<web-app><!-- MEDWARD-DEMO-SECRET --></web-app>\n"),
    ("/actuator/env", "{\"spring.datasource.password\":\"MEDWARD-DEMO-SECRET\"}\n"),
    ("/phpinfo.php", "<h1>PHP Version 5.6.40</h1>MEDWARD-DEMO-SECRET\n"),
    ("/server-status", "Apache Server Status MEDWARD-DEMO-SECRET\n"),
    ("/robots.txt", "User-agent: *\nDisallow: /my\nDisallow: /tools/\n"),
];

pub(crate) fn file(path: &str) -> Option<Answer> {
    let (_, content) = FILES.iter().find(|(known, _)| *known == path)?;
    Some(Answer::text(*content))
}
