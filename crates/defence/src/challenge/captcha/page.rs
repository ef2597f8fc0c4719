//! The page of a captcha: a form that works without scripts and with the keyboard alone.

use super::{CHARACTERS, Captcha};
use crate::page::{Escaped, Language, Page, safe_return_path};

/// Where the form is posted, as `token`, `answer` and `to`. The answer to a right one is a cookie and a redirect to `to`
/// (`page::safe_return_path`), to a wrong one this page again.
pub const ANSWER_PATH: &str = "/.medward/captcha";

struct Words {
    title: &'static str,
    label: &'static str,
    send: &'static str,
    wrong: &'static str,
    another: &'static str,
    help: &'static str,
}

const CHINESE: Words = Words {
    title: "请输入验证码",
    label: "图中的 5 个字符（不区分大小写）",
    send: "提交",
    wrong: "输入不正确，请重试。",
    another: "换一张",
    help: "如果您看不清或无法看到图片，请将事件编号告知管理员。",
};

const ENGLISH: Words = Words {
    title: "Type the characters",
    label: "The 5 characters in the picture, in capital or small letters",
    send: "Send",
    wrong: "That was not right. Try again.",
    another: "Another picture",
    help: "If you cannot read or see the picture, tell the administrator the event id.",
};

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct CaptchaPage<'a> {
    pub language: Language,
    pub captcha: &'a Captcha,
    /// Whether an answer was wrong just now.
    pub was_wrong: bool,
    pub return_to: &'a str,
    pub event_id: &'a str,
    /// That of `page::content_security_policy`.
    pub nonce_for_csp: &'a str,
}

impl CaptchaPage<'_> {
    /// The page. At most 16 KiB, and what path and event id take.
    pub fn html(&self) -> String {
        let Words { title, label, send, wrong, another, help } = match self.language {
            Language::Chinese => CHINESE,
            Language::English => ENGLISH,
        };
        let Captcha { token, svg } = self.captcha;
        let (token, to) = (Escaped(token), Escaped(safe_return_path(self.return_to)));
        let wrong = if self.was_wrong { wrong } else { "" };
        // Longer than the answer, for blanks and what a Chinese keyboard makes of letters.
        let longest = 4 * CHARACTERS;
        let body = format!(
            "<form method=\"post\" action=\"{ANSWER_PATH}\"><p>{svg}</p><p role=\"alert\">{wrong}</p>\
             <p><label for=\"answer\">{label}</label><br>\
             <input id=\"answer\" name=\"answer\" required autofocus maxlength=\"{longest}\" autocomplete=\"off\" \
             autocapitalize=\"characters\" spellcheck=\"false\"></p>\
             <input type=\"hidden\" name=\"token\" value=\"{token}\"><input type=\"hidden\" name=\"to\" value=\"{to}\">\
             <p><button>{send}</button> <a href=\"{to}\">{another}</a></p><p>{help}</p></form>"
        );
        let (language, event_id, nonce) = (self.language, self.event_id, self.nonce_for_csp);
        Page { language, title, head: "", body: &body, scripts: &[], event_id, nonce }.to_string()
    }
}
