//! The page of who waits: its position, an estimate, and a script that polls `POLL_PATH` every five seconds.
//!
//! Without scripts the page loads itself anew as often. It is *not* the answer to a poll: that is `Entrance::to_json`.

#[cfg(test)]
mod tests;

use super::Entrance;
use crate::page::{Escaped, GO_ON, Language, Page, safe_return_path};

/// Where the page asks for its `Entrance` as JSON, with the ticket cookie; the answer renews the cookie.
pub const POLL_PATH: &str = "/.medward/waiting";

const SCRIPT: &str = include_str!("page.js");

struct Words {
    title: &'static str,
    sentence: &'static str,
    position: &'static str,
    wait: &'static str,
    soon: &'static str,
    /// `{n}` is how many.
    minutes: &'static str,
    full: &'static str,
    lost: &'static str,
    no_script: &'static str,
}

const CHINESE: Words = Words {
    title: "正在排队",
    sentence: "当前访问人数较多，您已进入等候室，轮到您时将自动进入。请不要关闭此页面，离开超过一分钟将重新排队。",
    position: "您的位置",
    wait: "预计等候",
    soon: "不到 1 分钟",
    minutes: "约 {n} 分钟",
    full: "当前排队人数已满。此页面会自动重试，请稍候。",
    lost: "暂时无法连接，正在重试。",
    no_script: "此页面每 5 秒自动刷新一次。",
};

const ENGLISH: Words = Words {
    title: "You are in line",
    sentence: "Many people are visiting right now. You will enter by yourself when it is your turn. Keep this page open: \
               after a minute away you lose your place.",
    position: "Your position",
    wait: "Estimated wait",
    soon: "less than a minute",
    minutes: "about {n} min",
    full: "Too many people are waiting already. This page keeps trying by itself.",
    lost: "The connection is lost for the moment; trying again.",
    no_script: "This page reloads every 5 seconds.",
};

/// The page for who was not admitted. It goes on to `return_to` if `page::safe_return_path` lets it.
///
/// `nonce_for_csp` is that of `page::content_security_policy`. At most 12 KiB, and what path and event id take.
pub fn page(language: Language, entrance: &Entrance, return_to: &str, event_id: &str, nonce_for_csp: &str) -> String {
    let words = match language {
        Language::Chinese => CHINESE,
        Language::English => ENGLISH,
    };
    let Words { title, sentence, position, wait, soon, minutes, full, lost, no_script } = words;
    let (number, estimate) = match entrance {
        Entrance::Waiting { position, estimated_wait, .. } => {
            (position.to_string(), estimate_text(&words, estimated_wait.as_secs()))
        }
        Entrance::Admitted { .. } | Entrance::Full { .. } => Default::default(),
    };
    let hidden = |hidden: bool| if hidden { " hidden" } else { "" };
    let is_full = matches!(entrance, Entrance::Full { .. });
    let (line_hidden, full_hidden) = (hidden(is_full), hidden(!is_full));
    let to = Escaped(safe_return_path(return_to));
    let head = format!("<noscript><meta http-equiv=\"refresh\" content=\"5;url={to}\"></noscript>");
    let body = format!(
        "<div id=\"room\" data-to=\"{to}\" data-soon=\"{soon}\" data-minutes=\"{minutes}\">\
         <div id=\"line\"{line_hidden}><p>{sentence}</p><dl class=\"figures\"><dt>{position}</dt>\
         <dd id=\"position\">{number}</dd><dt>{wait}</dt><dd id=\"wait\">{estimate}</dd></dl></div>\
         <p id=\"full\"{full_hidden}>{full}</p><p id=\"lost\" role=\"alert\" hidden>{lost}</p>\
         <noscript><p>{no_script}</p></noscript></div>"
    );
    let scripts = &[GO_ON, SCRIPT];
    Page { language, title, head: &head, body: &body, scripts, event_id, nonce: nonce_for_csp }.to_string()
}

fn estimate_text(words: &Words, seconds: u64) -> String {
    if seconds < 60 {
        return words.soon.to_owned();
    }
    words.minutes.replace("{n}", &seconds.div_ceil(60).to_string())
}
