//! The network diagnosis page that should not be on the internet. Hole: host and file name go into `sh -c` as text.

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::page::{card, escape, page};
use super::super::shell;
use crate::percent;

pub(crate) async fn lookup(hospital: &Hospital, ask: &Ask) -> Answer {
    let host = percent::decode_text(&ask.field("host"), false);
    let form = "<form action=\"/tools/lookup\"><label>主机<input name=\"host\" placeholder=\"127.0.0.1\"></label><button>诊断</button></form>";
    let result =
        if host.is_empty() { String::new() } else { format!("<pre>{}</pre>", escape(&resolve(hospital, &host).await)) };
    page("网络诊断", &card("网络诊断", &format!("{form}{result}")))
}

/// `getent` and not `ping`, because its output is the same each time.
pub(crate) async fn resolve(hospital: &Hospital, host: &str) -> String {
    let folder = hospital.grounds.site();
    shell::run(&format!("getent hosts {host}"), &folder).await
}

pub(crate) async fn checksum(hospital: &Hospital, file: &str) -> Answer {
    let output = shell::run(&format!("sha256sum \"{file}\""), &hospital.grounds.downloads()).await;
    Answer::text(output)
}
