//! Messages from machines: payment callback and examination orders in XML (XXE), SMS template preview (template injection).

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::page::{card, escape, page};
use super::super::template;
use super::super::xml::Xml;

const SMS_TEMPLATE: &str = "【云杉一院】尊敬的{{name}}，您预约的{{department}}就诊时间为{{time}}，请提前30分钟签到。";

/// What `{{config.items()}}` gives away.
const CONFIG: &str = "{'DEBUG': True, 'SECRET_KEY': 'MEDWARD-DEMO-SECRET', 'SMS_GATEWAY': 'demo'}";

/// The callback of a mobile payment, in the WeChat Pay v2 form; `attach` comes back in the answer.
pub(crate) fn payment(hospital: &Hospital, ask: &Ask) -> Answer {
    let text = String::from_utf8_lossy(&ask.body);
    let xml = Xml::read(&text, &hospital.grounds.downloads());
    let Some(order) = xml.element("out_trade_no") else {
        return Answer::xml("<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[缺少 out_trade_no]]></return_msg></xml>".to_owned());
    };
    let attach = xml.element("attach").unwrap_or_default();
    Answer::xml(format!(
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg>\
<out_trade_no><![CDATA[{order}]]></out_trade_no><attach><![CDATA[{attach}]]></attach></xml>"
    ))
}

/// An examination order: the XML is the body, a JSON field `xml` or an uploaded file.
pub(crate) fn examination(hospital: &Hospital, ask: &Ask) -> Answer {
    let content_type = ask.header("content-type");
    let text = if content_type.starts_with("application/json") {
        ask.field("xml")
    } else if content_type.starts_with("multipart/form-data") {
        ask.parts()
            .into_iter()
            .find(|part| part.file_name.is_some())
            .map(|part| String::from_utf8_lossy(&part.content).into_owned())
            .unwrap_or_default()
    } else {
        String::from_utf8_lossy(&ask.body).into_owned()
    };
    let xml = Xml::read(&text, &hospital.grounds.downloads());
    let rows: String = ["orderNo", "patientName", "item", "clinicalNote"]
        .iter()
        .filter_map(|name| xml.element(name).map(|value| format!("<li>{name}：{}</li>", escape(&value))))
        .collect();
    if rows.is_empty() {
        return page("导入失败", &card("导入失败", "<p>没有申请单。</p>")).with_status(400);
    }
    page("导入成功", &card("检查申请单已导入", &format!("<ul>{rows}</ul>")))
}

pub(crate) fn sms_preview(ask: &Ask) -> Answer {
    let given = ask.field("template");
    let text = if given.is_empty() { SMS_TEMPLATE } else { given.as_str() };
    let names = [("name", "林小满"), ("department", "心血管内科"), ("time", "2026-03-02 09:30"), ("amount", "25.00")];
    let preview = template::render(text, &names, CONFIG);
    let body = format!(
        "<form method=\"post\" action=\"/sms/preview\"><label>模板<textarea name=\"template\">{}</textarea></label><button>预览</button></form><blockquote>{}</blockquote>",
        escape(text),
        escape(&preview)
    );
    page("短信模板预览", &card("短信模板预览", &body))
}
