//! The pages of the access guard (gateway.md §11): password, second factor, what becomes of another session, and what there is
//! to say when somebody may not enter.
//!
//! They are plain forms without scripts, so they work in whatever browser a ward has. Every form is posted to [`PATH`] with
//! `step` and `to`. It is *not* decided here who may enter; a page says what it is told.

mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::IpAddr;

use medward_contract::Timestamp;

use self::words::{Words, finding};
use crate::page::{Escaped, Language, Page, safe_return_path};

/// Where people sign in.
pub const PATH: &str = "/.medward/login";
/// Where they sign out.
pub const LOGOUT_PATH: &str = "/.medward/logout";
/// Longest name of an application that a page shows, characters.
const MAX_NAME_CHARACTERS: usize = 64;

/// What every page shows.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// In which language.
    pub language: Language,
    /// Name of the application.
    pub application: &'a str,
    /// Path and query the visitor wanted.
    pub back: &'a str,
    /// Number of the request.
    pub event_id: &'a str,
    /// Of the page's Content-Security-Policy.
    pub nonce: &'a str,
}

/// What stands above a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Login, password or code are wrong.
    Wrong,
    /// The account is locked until then.
    Locked(Timestamp),
    /// Tried too often: again then.
    TooFast(Timestamp),
    /// It took too long.
    Expired,
    /// Nobody can sign in now.
    Unavailable,
    /// Signed out.
    LoggedOut,
    /// The session ended: nothing happened for too long.
    Idle,
    /// The session was as long as it may be.
    Absolute,
    /// Somebody signed in with the same account, from there, then.
    TakenOver(Option<(IpAddr, Timestamp)>),
    /// An administrator ended the session.
    Killed,
    /// Others came first.
    Shed,
    /// The account is not to be used any more.
    Account,
}

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// Login and password.
    Password {
        /// What was typed before.
        login: &'a str,
    },
    /// The second factor. `again` when somebody is in already.
    Factor {
        /// For a step-up.
        again: bool,
    },
    /// An authenticator is to be enrolled.
    Enrol {
        /// Our own SVG.
        qr_svg: &'a str,
        /// To type.
        secret: &'a str,
    },
    /// The first code of the authenticator that was just enrolled, once more.
    EnrolCode,
    /// The password has to be changed.
    NewPassword {
        /// What was wrong with the last one.
        findings: &'a [Cow<'static, str>],
    },
    /// There is another session.
    Ask {
        /// From there.
        address: IpAddr,
        /// Since then.
        since: Timestamp,
    },
    /// Shown once.
    RecoveryCodes {
        /// The codes.
        codes: &'a [&'a str],
    },
    /// There is another session, and it stays.
    Second {
        /// From there.
        address: IpAddr,
        /// Since then.
        since: Timestamp,
    },
    /// As many people are in as may be.
    Full,
    /// The person may not enter here.
    Denied,
    /// The account asks for more than its share.
    Share,
    /// Others come first now.
    Shed,
    /// The person is in.
    Within {
        /// Name of the person.
        name: &'a str,
        /// Login name.
        login: &'a str,
        /// When the session ends in any case.
        until: Timestamp,
    },
}

/// A page, at most 16 KiB and what the picture, the names and the path take.
pub fn page(frame: &Frame<'_>, view: View<'_>, notice: Option<Notice>) -> String {
    let words = words::of(frame.language);
    let title = match view {
        View::Password { .. } => words.sign_in,
        View::Factor { .. } => words.factor,
        View::Enrol { .. } | View::EnrolCode => words.enrol,
        View::NewPassword { .. } => words.new_password,
        View::Ask { .. } | View::Second { .. } => words.second,
        View::RecoveryCodes { .. } => words.recovery,
        View::Full => words.full,
        View::Denied => words.denied,
        View::Share => words.share,
        View::Shed => words.shed,
        View::Within { .. } => words.within,
    };
    let name: String = frame.application.chars().take(MAX_NAME_CHARACTERS).collect();
    let notice = notice.map(|notice| notice_text(words, frame.language, notice));
    let notice = notice.map(|text| format!("<p role=\"alert\"><strong>{}</strong></p>", Escaped(&text)));
    let (name, notice) = (Escaped(&name), notice.unwrap_or_default());
    let body = format!("<p class=\"application\">{name}</p>{notice}{}", content(frame, words, view));
    let head = "";
    let Frame { language, event_id, nonce, .. } = *frame;
    Page { language, title, head, body: &body, scripts: &[], event_id, nonce }.to_string()
}

fn content(frame: &Frame<'_>, words: &Words, view: View<'_>) -> String {
    let back = Escaped(safe_return_path(frame.back));
    let form = |step: &str, fields: &str, button: &str| {
        format!(
            "<form method=\"post\" action=\"{PATH}\"><input type=\"hidden\" name=\"step\" value=\"{step}\">\
             <input type=\"hidden\" name=\"to\" value=\"{back}\">{fields}<p><button>{button}</button></p></form>"
        )
    };
    let code = |autofocus: &str| {
        format!(
            "<p><label for=\"code\">{}</label><br><input id=\"code\" name=\"code\" inputmode=\"numeric\" \
             autocomplete=\"one-time-code\" maxlength=\"32\" required{autofocus}></p>",
            words.code
        )
    };
    match view {
        View::Password { login } => {
            let login = Escaped(login);
            let fields = format!(
                "<p><label for=\"login\">{}</label><br><input id=\"login\" name=\"login\" value=\"{login}\" \
                 autocomplete=\"username\" maxlength=\"64\" required autofocus></p><p><label for=\"password\">{}</label>\
                 <br><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
                 maxlength=\"256\" required></p>",
                words.login, words.password
            );
            form("password", &fields, words.go_on)
        }
        View::Factor { again } => {
            let sentence = if again { words.factor_again } else { words.factor_sentence };
            form("factor", &format!("<p>{sentence}</p>{}", code(" autofocus")), words.go_on)
        }
        View::Enrol { qr_svg, secret } => {
            let fields = format!(
                "<p>{}</p><div class=\"qr\">{qr_svg}</div><p>{} <code>{}</code></p>{}",
                words.enrol_sentence,
                words.enrol_type,
                Escaped(secret),
                code("")
            );
            form("enrol", &fields, words.go_on)
        }
        View::EnrolCode => form("enrol", &format!("<p>{}</p>{}", words.enrol_again, code(" autofocus")), words.go_on),
        View::NewPassword { findings } => {
            let item = |code: &Cow<str>| format!("<li>{}</li>", Escaped(finding(frame.language, code)));
            let items = findings.iter().map(item).collect::<Vec<_>>().concat();
            let faults = if items.is_empty() { items } else { format!("<ul role=\"alert\">{items}</ul>") };
            let fields = format!(
                "<p>{}</p>{faults}<p><label for=\"new\">{}</label><br><input id=\"new\" name=\"new_password\" \
                 type=\"password\" autocomplete=\"new-password\" maxlength=\"256\" required autofocus></p>\
                 <p><label for=\"repeat\">{}</label><br><input id=\"repeat\" name=\"repeat\" type=\"password\" \
                 autocomplete=\"new-password\" maxlength=\"256\" required></p>",
                words.new_password_sentence, words.new_password, words.repeat
            );
            form("new_password", &fields, words.go_on)
        }
        View::Ask { address, since } => {
            let place = place(words, frame.language, address, since);
            let asked = form("take_over", "", words.take_over);
            format!("<p>{}</p>{place}<p>{}</p>{asked}", words.ask_sentence, words.ask_not)
        }
        View::Second { address, since } => {
            format!("<p>{}</p>{}", words.second_sentence, place(words, frame.language, address, since))
        }
        View::RecoveryCodes { codes } => {
            let item = |code: &&str| format!("<li><code>{}</code></li>", Escaped(code));
            let list = codes.iter().map(item).collect::<Vec<_>>().concat();
            format!("<p>{}</p><ol>{list}</ol><p><a href=\"{back}\">{}</a></p>", words.recovery_sentence, words.go_on)
        }
        View::Full => format!("<p>{}</p>", words.full_sentence),
        View::Denied => format!("<p>{}</p>{}", words.denied_sentence, leave(words, &back)),
        View::Share => format!("<p>{}</p>", words.share_sentence),
        View::Shed => format!("<p>{}</p>", words.shed_sentence),
        View::Within { name, login, until } => format!(
            "<dl class=\"figures\"><dt>{}</dt><dd>{} ({})</dd><dt>{}</dt><dd>{}</dd></dl>\
             <p><a href=\"{back}\">{}</a></p>{}",
            words.person,
            Escaped(name),
            Escaped(login),
            words.until,
            time(frame.language, until),
            words.to_application,
            leave(words, &back)
        ),
    }
}

/// The buttons that sign out: here, and everywhere.
fn leave(words: &Words, back: &Escaped<'_>) -> String {
    format!(
        "<form method=\"post\" action=\"{LOGOUT_PATH}\"><input type=\"hidden\" name=\"to\" value=\"{back}\"><p><button>{}</button> \
         <button name=\"everywhere\" value=\"yes\">{}</button></p></form>",
        words.sign_out, words.sign_out_everywhere
    )
}

fn place(words: &Words, language: Language, address: IpAddr, since: Timestamp) -> String {
    format!(
        "<dl class=\"figures\"><dt>{}</dt><dd>{address}</dd><dt>{}</dt><dd>{}</dd></dl>",
        words.address,
        words.since,
        time(language, since)
    )
}

/// Visitors of a hospital in China live by Beijing time; others get the time that is the same everywhere.
fn time(language: Language, at: Timestamp) -> String {
    match language {
        Language::Chinese => at.clock_text(8),
        Language::English => format!("{} UTC", at.clock_text(0)),
    }
}

fn notice_text(words: &Words, language: Language, notice: Notice) -> String {
    let text = match notice {
        Notice::Wrong => words.wrong,
        Notice::Locked(_) => words.locked,
        Notice::TooFast(_) => words.too_fast,
        Notice::Expired => words.expired,
        Notice::Unavailable => words.unavailable,
        Notice::LoggedOut => words.logged_out,
        Notice::Idle => words.idle,
        Notice::Absolute => words.absolute,
        Notice::TakenOver(None) => words.taken_over,
        Notice::TakenOver(Some((address, at))) => {
            let text = words.taken_over_by.replace("{address}", &address.to_string());
            return text.replace("{time}", &time(language, at));
        }
        Notice::Killed => words.killed,
        Notice::Shed => words.shed_out,
        Notice::Account => words.account,
    };
    match notice {
        Notice::Locked(until) | Notice::TooFast(until) => text.replace("{time}", &time(language, until)),
        _ => text.to_owned(),
    }
}
