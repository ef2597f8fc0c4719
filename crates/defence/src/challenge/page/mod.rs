//! The page of the proof of work (gateway.md §9): one document that solves its token and brings it back.
//!
//! Its script searches in a Worker, or in slices where Workers are refused, posts `token`, `counter` and `to` as a form to
//! `SOLUTION_PATH`, and goes to `to` when the answer's status is 2xx. It is *not* the answer to that post.

#[cfg(test)]
mod tests;

use crate::page::{Escaped, GO_ON, Language, Page, safe_return_path};

/// Where the page posts its solution.
pub const SOLUTION_PATH: &str = "/.medward/challenge";

/// Where a link of the page leads that no person sees and that tells robots not to follow it. It carries the page's token: whoever
/// asks for it was given this page, and was not sent there by the page of somebody else.
pub const TRAP_PATH: &str = "/.medward/trap";

/// The search, which is also the program of the Worker.
const SOLVER: &str = include_str!("solver.js");
const SCRIPT: &str = include_str!("page.js");

struct Words {
    title: &'static str,
    sentence: &'static str,
    failed: &'static str,
    no_cookies: &'static str,
    again: &'static str,
    no_script: &'static str,
}

const CHINESE: Words = Words {
    title: "正在进行安全检查",
    sentence: "您的浏览器正在完成一次简短的计算，完成后将自动进入。无需任何操作。",
    failed: "检查没有完成。可能是网络中断，或页面打开时间过长。",
    no_cookies: "您的浏览器禁用了 Cookie，无法通过检查。请允许本站使用 Cookie 后重试。",
    again: "重试",
    no_script: "此检查需要 JavaScript。请在浏览器中启用 JavaScript 后重新打开页面，或将事件编号告知管理员。",
};

const ENGLISH: Words = Words {
    title: "Security check",
    sentence: "Your browser is doing a short computation and then goes on by itself. There is nothing you need to do.",
    failed: "The check was not completed. The network may have failed, or the page was open for too long.",
    no_cookies: "Your browser refuses cookies and cannot pass the check. Allow cookies for this site and try again.",
    again: "Try again",
    no_script: "This check needs JavaScript. Enable it and open the page again, or tell the administrator the event id.",
};

/// The page for a token of `Challenger::issue` with these bits. It comes back to `return_to` if `safe_return_path` lets it.
///
/// `nonce_for_csp` is that of `page::content_security_policy`. At most 12 KiB, and what path and event id take.
pub fn page(language: Language, token: &str, bits: u8, return_to: &str, event_id: &str, nonce_for_csp: &str) -> String {
    let Words { title, sentence, failed, no_cookies, again, no_script } = match language {
        Language::Chinese => CHINESE,
        Language::English => ENGLISH,
    };
    let (token, to) = (Escaped(token), Escaped(safe_return_path(return_to)));
    let body = format!(
        "<div id=\"work\" data-token=\"{token}\" data-bits=\"{bits}\" data-to=\"{to}\">\
         <div id=\"doing\" hidden><p>{sentence}</p><progress id=\"bar\" aria-label=\"{title}\"></progress>\
         <p id=\"share\">0%</p></div><div role=\"alert\"><p id=\"failed\" hidden>{failed}</p>\
         <p id=\"cookies\" hidden>{no_cookies}</p></div>\
         <p><button id=\"again\" type=\"button\" hidden>{again}</button></p>\
         <noscript><p>{no_script}</p></noscript></div>\
         <a href=\"{TRAP_PATH}?{token}\" rel=\"nofollow\" tabindex=\"-1\" aria-hidden=\"true\" hidden></a>"
    );
    let scripts = &[GO_ON, SOLVER, SCRIPT];
    Page { language, title, head: "", body: &body, scripts, event_id, nonce: nonce_for_csp }.to_string()
}
