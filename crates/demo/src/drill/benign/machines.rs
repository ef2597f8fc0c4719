//! Programs that talk to the portal: the mobile client, the payment provider, the hospital's own systems.

use serde_json::json;

use super::super::dice::Dice;
use super::super::request::{ANDROID, Field, HIS, KIOSK, Request};
use super::prose::PATIENTS;

pub(super) fn mobile_client(dice: &mut Dice) -> Vec<Request> {
    let api = |path: &str| Request::get(path).agent(ANDROID).header("Accept", "application/json");
    let mut requests =
        vec![api("/api/v1/version"), api("/api/v1/departments"), api("/api/v1/doctors"), api("/api/v1/client")];
    for department in ["内分泌科", "眼科", "消化内科"] {
        requests.push(api("/api/v1/doctors").query("dept", department));
    }
    for _ in 0..5 {
        let doctor = (dice.below(10) + 1).to_string();
        requests.push(api("/api/v1/slots").query("doctor_id", &doctor).query("day", "2026-03-03"));
    }
    requests.push(api("/api/v1/client").header("X-Client-Name", "${app} 5.2.0").raw_query("client=android"));
    requests.push(Request::post("/api/v1/client").json(
        &json!({"client": "wechat", "device": {"os": "iOS 18.3", "px": [1170, 2532]}, "tags": ["<new>", "a&b"]}),
    ));
    requests.push(Request::post("/api/v1/tools/lookup").json(&json!({"host": "localhost"})));
    requests.push(Request::get("/tools/lookup?host=127.0.0.1").on_page("/tools/lookup"));
    requests.push(Request::post("/api/v1/files/read").json(&json!({"file": "price-list.csv"})));
    requests.push(
        Request::post("/sms/preview")
            .form(&[("template", "【云杉一院】{{name}}您好，应缴 ${amount} 元，请于 {{time}} 前完成。")])
            .on_page("/sms/preview"),
    );
    requests.push(
        Request::post("/sms/preview").form(&[("template", "50% 优惠，仅限 3 月 <详见公告>")]).on_page("/sms/preview"),
    );
    requests
}

pub(super) fn payment_callbacks(dice: &mut Dice) -> Vec<Request> {
    (0..6)
        .map(|index| {
            let order = format!("YS2026030{}{:06}", index + 1, dice.below(1_000_000));
            let (card, name) = *dice.pick(&PATIENTS, &("MZ100001", "林小满"));
            let cents = (dice.below(500) + 1) * 100;
            let text = format!(
                "<xml>\n<appid><![CDATA[wx0000demo0000]]></appid>\n<attach><![CDATA[{card}|{name}|门诊缴费 R&D <{index}>]]></attach>\n<bank_type><![CDATA[OTHERS]]></bank_type>\n\
<cash_fee>{cents}</cash_fee>\n<fee_type><![CDATA[CNY]]></fee_type>\n<is_subscribe><![CDATA[Y]]></is_subscribe>\n<nonce_str><![CDATA[5K8264ILTKCH16CQ2502SI8ZNMTM67VS]]></nonce_str>\n\
<openid><![CDATA[oDemo_0000000000000000000000]]></openid>\n<out_trade_no><![CDATA[{order}]]></out_trade_no>\n<result_code><![CDATA[SUCCESS]]></result_code>\n\
<sign><![CDATA[B552ED6B279343CB493C5DD0D78AB241]]></sign>\n<time_end>20260302093000</time_end>\n<total_fee>{cents}</total_fee>\n<trade_type><![CDATA[JSAPI]]></trade_type>\n</xml>"
            );
            Request::post("/pay/notify").xml(&text).agent("Mozilla/4.0").header("Accept", "*/*").header("Pragma", "no-cache")
        })
        .collect()
}

pub(super) fn hospital_interfaces(dice: &mut Dice) -> Vec<Request> {
    let order = |number: usize, note: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ExamOrder>\n  <orderNo>E2603{number:04}</orderNo>\n  <patientName>顾谷雨</patientName>\n\
  <item>胸部 CT 平扫 (64 排)</item>\n  <clinicalNote>{note}</clinicalNote>\n</ExamOrder>\n"
        )
    };
    let import = || Request::post("/exam/import").agent(HIS).header("Accept", "*/*");
    let number = dice.below(9999);
    let kiosk = |path: &str| Request::get(path).agent(KIOSK).header("Accept", "application/json");
    vec![
        import().xml(&order(number, "咳嗽 2 周；SpO2 &lt; 95%，白细胞 &gt; 10")),
        import().xml(&order(number + 1, "<![CDATA[既往结节 <6mm & 随访]]>")).in_chunks(),
        import().xml(&order(number + 2, "Mr O&apos;Brien: rule out pneumonia -- urgent; select 1mm slices")),
        import().json(&json!({"xml": order(number + 3, "甲状腺 TI-RADS 3"), "source": "PACS"})),
        import().multipart(&[Field::File {
            name: "file",
            file_name: "order.xml",
            content_type: "text/xml",
            content: order(number + 4, "术前检查").as_bytes(),
        }]),
        Request::post("/api/v1/reports/query")
            .agent(HIS)
            .json(&json!({"card_no": "MZ100004", "name": "顾谷雨"}))
            .in_chunks(),
        kiosk("/api/v1/client"),
        kiosk("/api/v1/departments"),
        kiosk("/api/v1/slots?doctor_id=3&day="),
        kiosk("/api/v1/version").header("Authorization", "Basic a2lvc2s6ZGVtbw=="),
    ]
}
