//! Appointments by form. Holes: `remark` is shown as typed (XSS); the card number goes into SQL as text.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::cell;
use super::super::page::{card, escape, failure, page, table};

pub(crate) async fn form(hospital: &Hospital, ask: &Ask) -> Answer {
    let doctor = ask.query("doctor").unwrap_or_default();
    let rows = hospital
        .database
        .run_bound(
            "SELECT d.department, d.name, s.day, s.period, s.open FROM slot s JOIN doctor d ON d.id = s.doctor_id WHERE $1 = '' OR d.name = $1 ORDER BY s.day, s.period DESC, d.id LIMIT 30",
            &[&doctor],
        )
        .await
        .unwrap_or_default();
    let fields = "<form method=\"post\" action=\"/appointment\"><label>就诊卡号<input name=\"card\" required></label><label>姓名<input name=\"name\" required></label>\
<label>医生编号<input name=\"doctor\" value=\"1\"></label><label>日期<input type=\"date\" name=\"day\" value=\"2026-03-02\"></label>\
<label>时段<select name=\"period\"><option>上午</option><option>下午</option></select></label>\
<label>病情描述<textarea name=\"remark\" placeholder=\"主要不适、持续时间\"></textarea></label><button>提交预约</button></form>";
    page(
        "预约挂号",
        &(card("填写预约", fields) + &card("可预约号源", &table(&["科室", "医生", "日期", "时段", "余号"], &rows))),
    )
}

pub(crate) async fn book(hospital: &Hospital, ask: &Ask) -> Answer {
    let (card_number, remark) = (ask.field("card"), ask.field("remark"));
    let statement = format!("SELECT name FROM member WHERE card = '{card_number}'");
    let member = match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => rows,
        Err(error) => return failure(&error, &statement),
    };
    let owner = member.first().map_or_else(|| ask.field("name"), |row| cell(row, 0).to_owned());
    let number = number(&[&card_number, &ask.field("doctor"), &ask.field("day"), &ask.field("period")]);
    let body = format!(
        "<p class=\"done\">预约成功，预约号 <b>{number}</b></p><ul><li>就诊人：{}</li><li>就诊时间：{} {}</li><li>病情描述：{remark}</li></ul><p>请提前 30 分钟签到，逾期自动取消。</p>",
        escape(&owner),
        escape(&ask.field("day")),
        escape(&ask.field("period"))
    );
    page("预约成功", &card("预约成功", &body)).with_status(201)
}

/// The same wish gets the same number, so that an answer can be compared and a double click books once.
pub(crate) fn number(wish: &[&str]) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(wish.join("\n").as_bytes()));
    format!("A{}", digest.get(..8).unwrap_or_default().to_uppercase())
}
