//! The rooms of the portal and the door to each: path and method decide, nothing else.
//!
//! Which hole is where stands in the crate's README.

mod api;
mod booking;
mod doctors;
mod exposed;
mod feedback;
mod files;
mod home;
mod member;
mod messages;
mod report;
mod statics;
mod tools;

pub(crate) use self::feedback::message_id;
pub(crate) use self::statics::{LAST_MODIFIED, LOGO_PNG, css_entity_tag};
use super::Hospital;
use super::answer::Answer;
use super::ask::Ask;
use super::page;

pub(crate) async fn enter(hospital: &Hospital, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    // A HEAD is answered like its GET; hyper leaves the body out.
    let method = if ask.method == http::Method::HEAD { "GET" } else { ask.method.as_str() };
    match (method, segments.as_slice()) {
        ("GET", []) => home::home(hospital).await,
        ("GET", ["departments"]) => home::departments(hospital).await,
        ("GET", ["department", id]) => home::department(hospital, id).await,
        ("GET", ["notice", id]) => home::notice(hospital, id).await,
        ("GET", ["guide"]) => home::guide(),
        ("GET", ["search"]) => home::search(hospital, ask).await,
        ("GET", ["share"]) => home::share(ask),
        ("GET", ["help", "browser"]) => home::browser(ask),
        ("GET", ["doctors"]) => doctors::list(hospital, ask).await,
        ("GET", ["doctor"]) => doctors::one(hospital, ask).await,
        ("GET", ["appointment"]) => booking::form(hospital, ask).await,
        ("POST", ["appointment"]) => booking::book(hospital, ask).await,
        ("GET", ["report"]) => report::form(),
        ("POST", ["report"]) => report::find(hospital, ask).await,
        ("GET", ["report", number]) => report::show(hospital, number).await,
        ("GET", ["login"]) => member::login_form(ask),
        ("POST", ["login"]) => member::login(hospital, ask).await,
        ("GET", ["logout"]) => member::logout(),
        ("GET", ["my"]) => member::my(hospital, ask).await,
        ("GET", ["feedback"]) => feedback::board(hospital).await,
        ("POST", ["feedback"]) => feedback::post(hospital, ask).await,
        ("GET", ["feedback", "view"]) => feedback::view(hospital, ask).await,
        ("GET" | "POST", ["download"]) => files::download(hospital, ask).await,
        ("GET", ["files", rest @ ..]) => files::file(hospital, &rest.join("/"), ask).await,
        ("POST", ["upload"]) => files::upload(hospital, ask).await,
        ("GET", ["uploads", name]) => files::uploaded(hospital, name, ask).await,
        ("POST", ["pay", "notify"]) => messages::payment(hospital, ask),
        ("POST", ["exam", "import"]) => messages::examination(hospital, ask),
        ("GET" | "POST", ["sms", "preview"]) => messages::sms_preview(ask),
        ("GET" | "POST", ["tools", "lookup"]) => tools::lookup(hospital, ask).await,
        ("GET", ["tools", "checksum", file]) => tools::checksum(hospital, file).await,
        ("GET", ["static", name]) => statics::file(name, ask),
        (_, ["api", "v1", rest @ ..]) => api::enter(hospital, ask, method, rest).await,
        ("GET", _) => exposed::file(&ask.path).unwrap_or_else(|| page::not_found(&ask.path)),
        _ => Answer::text("不支持的请求方法\n").with_status(405),
    }
}
