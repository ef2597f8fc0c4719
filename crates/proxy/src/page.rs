//! Pages the gateway answers with itself: refusals and failures, in Chinese, English or JSON as the client accepts.
//!
//! They carry the event id (事件编号), the time and the client's address, and never name a rule.

use std::net::IpAddr;

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use medward_contract::Timestamp;
use medward_contract::id::RequestId;
use medward_crypto::random_array;
use medward_defence::challenge::captcha::{Captcha, CaptchaPage};
use medward_defence::page::{Escaped, Language, content_security_policy};
use medward_defence::waiting::{self, Entrance};
use medward_defence::{challenge, login};

/// The header that names the event.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Chinese,
    English,
    Json,
}

impl Form {
    const fn language(self) -> Language {
        match self {
            Self::English => Language::English,
            Self::Chinese | Self::Json => Language::Chinese,
        }
    }

    /// What the client would rather read. HTML when it accepts HTML; Chinese unless it prefers English.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let accept = text(ACCEPT);
        if accept.contains("json") && !accept.contains("text/html") {
            return Self::Json;
        }
        let language = text(ACCEPT_LANGUAGE).as_bytes();
        let is = |part: &[u8], tag: &[u8]| part.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag));
        let at = |tag: &[u8]| language.split(|byte| *byte == b',').position(|part| is(part.trim_ascii(), tag));
        match (at(b"en"), at(b"zh")) {
            (Some(english), Some(chinese)) if english < chinese => Self::English,
            (Some(_), None) => Self::English,
            _ => Self::Chinese,
        }
    }
}

/// What a page tells its reader beside why.
pub(crate) struct Told<'t> {
    pub(crate) id: RequestId,
    pub(crate) at: Timestamp,
    pub(crate) client: IpAddr,
    /// Whom to turn to, as the operator wrote it.
    pub(crate) contact: Option<&'t str>,
}

/// Builds a page.
pub(crate) fn page(form: Form, status: u16, told: &Told<'_>) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let (body, content_type) = match form {
        Form::Json => (json(status, told), "application/json"),
        Form::Chinese => (html("zh-CN", chinese(status), told), "text/html; charset=utf-8"),
        Form::English => (html("en", english(status), told), "text/html; charset=utf-8"),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&told.id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(http::header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    }
    response
}

/// What a challenge page is about.
pub(crate) struct Puzzle<'p> {
    pub(crate) token: &'p str,
    pub(crate) bits: u8,
    /// Where the visitor goes with the solution: path and query.
    pub(crate) back: &'p str,
    pub(crate) id: RequestId,
}

/// The page that solves a challenge.
pub(crate) fn puzzle(form: Form, puzzle: &Puzzle<'_>) -> Response<Bytes> {
    let language = form.language();
    // Without randomness the page is of no use, and of no harm: its scripts do not run.
    let nonce = random_array::<16>().map(|bytes| BASE64.encode(&bytes)).unwrap_or_default();
    let Puzzle { token, bits, back, id } = puzzle;
    let body = challenge::page(language, token, *bits, back, &id.to_string(), &nonce);
    scripted(StatusCode::FORBIDDEN, body, &nonce, *id)
}

/// The page of a picture to be read, for who goes back to path and query `back` with what it reads there.
pub(crate) fn captcha(form: Form, captcha: &Captcha, was_wrong: bool, back: &str, id: RequestId) -> Response<Bytes> {
    let nonce = random_array::<16>().map(|bytes| BASE64.encode(&bytes)).unwrap_or_default();
    let (language, event_id) = (form.language(), id.to_string());
    let page =
        CaptchaPage { language, captcha, was_wrong, return_to: back, event_id: &event_id, nonce_for_csp: &nonce };
    scripted(StatusCode::FORBIDDEN, page.html(), &nonce, id)
}

/// The page of who has to wait, and goes back to path and query `back` when it is let in.
pub(crate) fn waiting(form: Form, entrance: &Entrance, back: &str, id: RequestId) -> Response<Bytes> {
    let nonce = random_array::<16>().map(|bytes| BASE64.encode(&bytes)).unwrap_or_default();
    let body = waiting::page(form.language(), entrance, back, &id.to_string(), &nonce);
    scripted(StatusCode::SERVICE_UNAVAILABLE, body, &nonce, id)
}

/// A page of the access guard, for path and query `back`.
pub(crate) fn login_page(
    form: Form,
    status: u16,
    application: &str,
    back: &str,
    id: RequestId,
    view: login::View<'_>,
    notice: Option<login::Notice>,
) -> Response<Bytes> {
    let nonce = random_array::<16>().map(|bytes| BASE64.encode(&bytes)).unwrap_or_default();
    let event_id = id.to_string();
    let frame = login::Frame { language: form.language(), application, back, event_id: &event_id, nonce: &nonce };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = scripted(status, login::page(&frame, view, notice), &nonce, id);
    // With no referrer at all browsers say `Origin: null` of a form, and it would not count.
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// A page with scripts of ours and of nobody else.
fn scripted(status: StatusCode, body: String, nonce: &str, id: RequestId) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::try_from(content_security_policy(nonce)) {
        headers.insert(CONTENT_SECURITY_POLICY, value);
    }
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

/// Hours east of UTC.
const BEIJING: i8 = 8;

fn json(status: StatusCode, told: &Told<'_>) -> String {
    let mut page = serde_json::json!({
        "status": status.as_u16(),
        "title": english(status).0,
        "event_id": told.id.to_string(),
        "time": told.at.as_micros(),
    });
    if let (Some(contact), Some(page)) = (told.contact, page.as_object_mut()) {
        page.insert("contact".to_owned(), contact.into());
    }
    page.to_string()
}

/// Title, sentence, and the words for event id, time, address and contact.
type Words = (&'static str, &'static str, [&'static str; 4]);

const ZH: [&str; 4] = ["事件编号", "时间", "您的地址", "联系方式"];
const EN: [&str; 4] = ["Event id", "Time", "Your address", "Contact"];

const fn chinese(status: StatusCode) -> Words {
    match status.as_u16() {
        303 => ("请先登录", "正在前往登录页面。", ZH),
        401 => ("请先登录", "登录后才能访问此内容，请刷新页面后重新登录。", ZH),
        403 => ("请求已被拦截", "您的请求不符合本站的安全要求。如有疑问，请将事件编号告知管理员。", ZH),
        404 => ("找不到页面", "这里没有您要访问的站点。", ZH),
        429 => ("访问过于频繁", "您的访问次数超过了本站的限制，请稍后再试。", ZH),
        408 => ("请求超时", "没有在规定时间内收到完整的请求。", ZH),
        413 | 414 | 431 => ("请求过大", "请求超出了允许的大小。", ZH),
        421 => ("站点不符", "此连接不能访问该站点，请重新打开页面。", ZH),
        502..=504 => ("系统暂时无法访问", "系统正在恢复，请稍后再试。如持续出现，请将事件编号告知管理员。", ZH),
        _ => ("请求无效", "请求的格式不正确，未被处理。", ZH),
    }
}

const fn english(status: StatusCode) -> Words {
    match status.as_u16() {
        303 => ("Sign in", "On the way to the page where you sign in.", EN),
        401 => ("Sign in", "You have to sign in to see this: reload the page and sign in.", EN),
        403 => (
            "Request blocked",
            "The request does not meet the security rules of this site. If in doubt, tell the administrator the event id.",
            EN,
        ),
        404 => ("Not found", "There is no such site here.", EN),
        429 => ("Too many requests", "You have asked for more than this site allows, try again in a moment.", EN),
        408 => ("Request timed out", "The complete request did not arrive in time.", EN),
        413 | 414 | 431 => ("Request too large", "The request is larger than allowed.", EN),
        421 => ("Misdirected request", "This connection does not lead to that site; open the page again.", EN),
        502..=504 => (
            "System not available",
            "The system is recovering, try again in a moment. If this goes on, tell the administrator the event id.",
            EN,
        ),
        _ => ("Bad request", "The request is malformed and was not processed.", EN),
    }
}

fn html(language: &str, words: Words, told: &Told<'_>) -> String {
    let (title, sentence, [id_word, time_word, address_word, contact_word]) = words;
    let Told { id, at, client, contact } = told;
    // Visitors of a hospital in China live by Beijing time; others get the time that is the same everywhere.
    let time = if language.starts_with("zh") {
        format!("{}（北京时间）", at.clock_text(BEIJING))
    } else {
        format!("{} UTC", at.clock_text(0))
    };
    let contact =
        contact.map_or_else(String::new, |contact| format!("<dt>{contact_word}</dt><dd>{}</dd>", Escaped(contact)));
    // Nothing here comes from the request: id, time and address are our own values, the contact is the operator's.
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>body{{font:16px/1.6 system-ui,sans-serif;max-width:34em;margin:12vh auto;\
         padding:0 1.2em;color:#1f2933}}h1{{font-size:1.5em}}dl{{display:grid;grid-template-columns:auto 1fr;\
         gap:.3em 1.2em;color:#52606d;font-size:.9em}}dd{{margin:0;font-family:ui-monospace,monospace;\
         overflow-wrap:anywhere}}@media(prefers-color-scheme:dark){{body{{background:#15191e;color:#e4e7eb}}\
         dl{{color:#9aa5b1}}}}</style></head><body><h1>{title}</h1><p>{sentence}</p><dl><dt>{id_word}</dt><dd>{id}</dd>\
         <dt>{time_word}</dt><dd>{time}</dd><dt>{address_word}</dt><dd>{client}</dd>{contact}</dl></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: &str, language: &str) -> Form {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        headers.insert(ACCEPT_LANGUAGE, language.parse().unwrap());
        Form::of(&headers)
    }

    #[test]
    fn language_and_form_follow_the_client() {
        assert_eq!(form("text/html,*/*", "zh-CN,zh;q=0.9,en;q=0.8"), Form::Chinese);
        assert_eq!(form("text/html", "en-US,en;q=0.9,zh;q=0.1"), Form::English);
        assert_eq!(form("application/json", "zh"), Form::Json);
        assert_eq!(form("application/problem+json", ""), Form::Json);
        assert_eq!(form("*/*", ""), Form::Chinese);
    }

    fn text_of(form: Form, id: RequestId, contact: Option<&str>) -> String {
        let client = IpAddr::from([203, 0, 113, 9]);
        let response = page(form, 403, &Told { id, at: Timestamp::from_micros(0), client, contact });
        assert_eq!(response.headers()[REQUEST_ID], id.to_string().as_str());
        String::from_utf8(response.body().to_vec()).unwrap()
    }

    #[test]
    fn page_names_the_event_and_no_rule() {
        let id = RequestId::new();
        for form in [Form::Chinese, Form::English, Form::Json] {
            let text = text_of(form, id, None);
            assert!(text.contains(&id.to_string()), "{text}");
            assert_eq!(text.contains("1970-01-01 08:00:00（北京时间）"), form == Form::Chinese, "{text}");
            assert!(!text.contains("MW-") && !text.contains("sqli"), "{text}");
            assert!(!text.contains("联系方式") && !text.to_lowercase().contains("contact"), "nobody is named: {text}");
        }
    }

    #[test]
    fn page_says_whom_to_turn_to_in_words_that_stay_words() {
        let contact = "信息科 8888 <script>\"it\"</script>";
        for form in [Form::Chinese, Form::English] {
            let text = text_of(form, RequestId::new(), Some(contact));
            assert!(text.contains("<dd>信息科 8888 &lt;script&gt;&quot;it&quot;&lt;/script&gt;</dd>"), "{text}");
        }
        let json: serde_json::Value =
            serde_json::from_str(&text_of(Form::Json, RequestId::new(), Some(contact))).unwrap();
        assert_eq!(json["contact"], contact);
    }
}
