//! Laboratory reports. Hole: card number and name go into SQL as text.

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::page::{card, failure, not_found, page, table};

const HEADS: [&str; 8] = ["报告号", "姓名", "项目", "结果", "单位", "参考范围", "提示", "日期"];
const COLUMNS: &str = "no, name, item, value, unit, reference, flag, day";

pub(crate) fn form() -> Answer {
    let fields = "<form method=\"post\" action=\"/report\"><label>就诊卡号<input name=\"card_no\" placeholder=\"MZ 开头 8 位\" required></label>\
<label>姓名<input name=\"name\"></label><button>查询报告</button></form><p class=\"hint\">危急值由科室电话通知；结果请由医生解读。</p>";
    page("报告查询", &card("报告查询", fields))
}

pub(crate) async fn find(hospital: &Hospital, ask: &Ask) -> Answer {
    let statement = statement(&ask.field("card_no"), &ask.field("name"));
    match hospital.database.run_text(statement.clone()).await {
        Ok(rows) => page("报告查询结果", &card("报告查询结果", &table(&HEADS, &rows))),
        Err(error) => failure(&error, &statement),
    }
}

/// The apostrophe in a name is doubled, after an earlier complaint; the card number was forgotten.
pub(crate) fn statement(card_number: &str, name: &str) -> String {
    let name = name.replace('\'', "''");
    format!("SELECT {COLUMNS} FROM report WHERE card = '{card_number}' AND ('{name}' = '' OR name = '{name}')")
}

pub(crate) async fn show(hospital: &Hospital, number: &str) -> Answer {
    let rows = hospital
        .database
        .run_bound(
            "SELECT no, name, item, value, unit, reference, flag, day FROM report WHERE no = $1 AND flag <> '!'",
            &[number],
        )
        .await
        .unwrap_or_default();
    if rows.is_empty() {
        return not_found("该报告");
    }
    let download = "<p><a class=\"button\" href=\"/download?file=R26030001.pdf\">下载 PDF</a></p>";
    page("检验报告", &card("检验报告", &(table(&HEADS, &rows) + download)))
}
