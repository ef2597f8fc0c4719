//! Patients who ask, book, write, log in and upload.

use serde_json::json;

use super::super::dice::Dice;
use super::super::request::{ANDROID, Field, Request, WECHAT, data_url};
use super::prose::{MESSAGES, PATIENTS, REMARKS};
use crate::portal::{LOGO_PNG, message_id};

pub(super) fn looking_up_reports(dice: &mut Dice) -> Vec<Request> {
    let mut requests = Vec::new();
    for (card, name) in PATIENTS {
        requests.push(Request::post("/report").form(&[("card_no", card), ("name", name)]).on_page("/report"));
        requests
            .push(Request::post("/report").form(&[("card_no", card), ("name", "")]).on_page("/report").agent(WECHAT));
        requests
            .push(Request::post("/api/v1/reports/query").json(&json!({"card_no": card, "name": name})).agent(ANDROID));
    }
    for number in ["R26030001", "R26030002", "R26030003", "R26030004"] {
        requests.push(Request::get(&format!("/report/{number}")).on_page("/report"));
    }
    let (card, _) = *dice.pick(&PATIENTS, &("MZ100001", ""));
    requests.push(Request::post("/report").multipart(&[
        Field::Text { name: "card_no", value: card },
        Field::Text { name: "name", value: "不存在 (测试)" },
    ]));
    requests
}

pub(super) fn booking(dice: &mut Dice) -> Vec<Request> {
    let mut requests = Vec::new();
    for (index, remark) in REMARKS.iter().enumerate() {
        let (card, name) = *dice.pick(&PATIENTS, &("MZ100001", "林小满"));
        let doctor = (dice.below(10) + 1).to_string();
        let fields = [
            ("card", card),
            ("name", name),
            ("doctor", &doctor),
            ("day", "2026-03-04"),
            ("period", "上午"),
            ("remark", remark),
        ];
        requests.push(match index % 3 {
            0 => Request::post("/appointment").form(&fields).on_page("/appointment"),
            1 => Request::post("/api/v1/appointments")
                .json(&json!({"card": card, "name": name, "doctor_id": doctor, "day": "2026-03-05", "period": "下午", "remark": remark}))
                .agent(WECHAT),
            _ => {
                let parts: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field::Text { name, value }).collect();
                Request::post("/appointment").multipart(&parts).on_page("/appointment").agent(ANDROID)
            }
        });
    }
    for number in ["A26030001", "A26030002", "A26030003", "A26030004"] {
        requests.push(Request::get(&format!("/api/v1/appointments/{number}")).header("Accept", "application/json"));
    }
    requests.push(
        Request::new("PUT", "/api/v1/appointments/A26030001")
            .json(&json!({"day": "2026-03-06", "period": "下午", "note": "改到 3/6 (周五) PM; 谢谢"})),
    );
    requests.push(
        Request::new("PUT", "/api/v1/appointments/A26030003").json(&json!({"day": "2026-03-05", "period": "上午"})),
    );
    requests.push(Request::new("DELETE", "/api/v1/appointments/A26030002"));
    requests
}

/// Each message is posted and then viewed under the id the portal gives it.
pub(super) fn writing_messages(dice: &mut Dice) -> Vec<Request> {
    let mut requests = Vec::new();
    for (index, (title, text)) in MESSAGES.iter().enumerate() {
        let (_, name) = *dice.pick(&PATIENTS, &("", "林小满"));
        requests.push(match index % 3 {
            0 => Request::post("/feedback")
                .form(&[("name", name), ("title", title), ("content", text)])
                .on_page("/feedback"),
            1 => Request::post("/api/v1/feedback")
                .json(&json!({"name": name, "title": title, "content": text}))
                .agent(WECHAT),
            _ => Request::post("/feedback")
                .multipart(&[
                    Field::Text { name: "name", value: name },
                    Field::Text { name: "title", value: title },
                    Field::Text { name: "content", value: text },
                ])
                .on_page("/feedback"),
        });
        requests.push(Request::get("/feedback/view").query("id", &message_id(name, title, text)).on_page("/feedback"));
    }
    requests
}

pub(super) fn logging_in() -> Vec<Request> {
    let login = |login: &str, password: &str| {
        Request::post("/login").form(&[("login", login), ("password", password)]).on_page("/login")
    };
    let my = |session: &str| Request::get("/my").cookie("HSID", session);
    vec![
        Request::get("/my"),
        Request::get("/login?next=/my"),
        login("guest", "guest"),
        my("s-2f60c7d8"),
        login("linxiaoman", "spring-2026"),
        my("s-7c1e0a55").cookie("nickname", "%E5%B0%8F%E6%BB%A1"),
        login("obrien", "clover&harp"),
        my("s-0d94ae37").cookie("nickname", "Sean O'Brien"),
        my("s-51b2f9d0").cookie("prefs", "{%22font%22:%2218px%22,%22list%22:[1,2,3]}"),
        login("guest", "it's wrong; -- sorry"),
        login("hebailu", "white-dew-08").agent(WECHAT),
        my("expired-session"),
        Request::get("/logout").cookie("HSID", "s-2f60c7d8"),
    ]
}

pub(super) fn uploading() -> Vec<Request> {
    let image = |file_name| Field::File { name: "file", file_name, content_type: "image/png", content: LOGO_PNG };
    let large: Vec<u8> = LOGO_PNG.iter().copied().cycle().take(200 * 1024).collect();
    vec![
        Request::post("/api/v1/avatar").json(&json!({"card": "MZ100001", "image": data_url(LOGO_PNG)})).agent(WECHAT),
        Request::post("/api/v1/avatar").json(&json!({"card": "MZ100002", "image": data_url(&large)})).agent(WECHAT),
        Request::post("/upload")
            .multipart(&[image("胸片 2026-02.png"), Field::Text { name: "note", value: "外院胸片，请医生参考" }]),
        Request::get("/uploads/胸片 2026-02.png"),
        Request::post("/upload").multipart(&[Field::File {
            name: "file",
            file_name: "O'Brien (knee).png",
            content_type: "image/png",
            content: &large,
        }]),
        Request::post("/upload").multipart(&[Field::File {
            name: "file",
            file_name: "化验单.csv",
            content_type: "text/csv",
            content: "项目,结果,参考\n尿酸,402,< 420\nCRP,11.4,<8\n".as_bytes(),
        }]),
        Request::post("/api/v1/uploads").multipart(&[
            Field::Text { name: "card_no", value: "MZ100004" },
            Field::File { name: "file", file_name: "心电图-1.png", content_type: "image/png", content: LOGO_PNG },
            Field::File {
                name: "file",
                file_name: "病历 & 处方.txt",
                content_type: "text/plain",
                content: "主诉：胸闷 2 天；查体 BP 150/95 mmHg".as_bytes(),
            },
        ]),
    ]
}
