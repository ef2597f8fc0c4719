//! Home page, departments, notices, search. Holes: department id in the path (SQL), search word and share title (XSS), header echo (XSS).

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::database::{Cells, cell};
use super::super::page::{card, each, escape, failure, not_found, page, table};
use crate::percent;

const QUICK_LINKS: [(&str, &str, &str); 6] = [
    ("/appointment", "预约挂号", "七日内号源，分时段就诊"),
    ("/report", "报告查询", "检验检查结果在线看"),
    ("/doctors", "找医生", "按科室、专长查找"),
    ("/guide", "就诊指南", "流程、交通与医保"),
    ("/download?file=price-list.csv", "价格公示", "医疗服务项目价格表"),
    ("/feedback", "意见建议", "您说，我们改"),
];

pub(crate) async fn home(hospital: &Hospital) -> Answer {
    let notices =
        hospital.database.run_bound("SELECT id, day, title FROM notice ORDER BY id", &[]).await.unwrap_or_default();
    let notices = each(&notices, |row| {
        format!(
            "<li><time>{}</time><a href=\"/notice/{}\">{}</a></li>",
            cell(row, 1),
            cell(row, 0),
            escape(cell(row, 2))
        )
    });
    let links = each(&QUICK_LINKS, |(target, name, text)| {
        format!("<a class=\"tile\" href=\"{target}\"><b>{name}</b><span>{text}</span></a>")
    });
    let body = format!(
        "<section class=\"hero\"><div><h1>以病人为中心，<br>以质量为生命</h1><p>三级甲等综合医院 · 开放床位 1,600 张 · 24 小时急诊</p>\
<p><a class=\"button\" href=\"/appointment\">立即预约</a></p></div><img src=\"/static/hero.png\" alt=\"门诊楼\" width=\"420\" height=\"240\"></section>\
<div class=\"tiles\">{links}</div>{}",
        card("医院公告", &format!("<ul class=\"notices\">{notices}</ul>"))
    );
    page("首页", &body)
}

pub(crate) async fn departments(hospital: &Hospital) -> Answer {
    let rows = hospital
        .database
        .run_bound("SELECT id, name, floor, intro FROM department ORDER BY id", &[])
        .await
        .unwrap_or_default();
    let items = each(&rows, |row| {
        format!(
            "<a class=\"tile\" href=\"/department/{}\"><b>{}</b><span>{}</span></a>",
            cell(row, 0),
            cell(row, 1),
            cell(row, 2)
        )
    });
    page("科室", &card("科室导航", &format!("<div class=\"tiles\">{items}</div>")))
}

pub(crate) async fn department(hospital: &Hospital, id: &str) -> Answer {
    let statement = format!("SELECT name, floor, intro FROM department WHERE id = {id}");
    match hospital.database.run_text(statement.clone()).await {
        Ok(rows) if rows.is_empty() => not_found("该科室"),
        Ok(rows) => page("科室介绍", &card("科室介绍", &table(&["科室", "位置", "介绍"], &rows))),
        Err(error) => failure(&error, &statement),
    }
}

pub(crate) async fn notice(hospital: &Hospital, id: &str) -> Answer {
    let rows =
        hospital.database.run_bound("SELECT title, day, body FROM notice WHERE id = CAST($1 AS INTEGER)", &[id]).await;
    match rows.unwrap_or_default().first() {
        Some(row) => page(
            cell(row, 0),
            &card(
                &escape(cell(row, 0)),
                &format!("<p><time>{}</time></p><p>{}</p>", cell(row, 1), escape(cell(row, 2))),
            ),
        ),
        None => not_found("该公告"),
    }
}

pub(crate) fn guide() -> Answer {
    let body = "<ol><li>预约：微信服务号、本网站、自助机均可预约七日内号源。</li><li>签到：就诊前 30 分钟在自助机或护士站签到。</li>\
<li>缴费：支持医保电子凭证、移动支付。</li><li>检查：空腹项目请于上午 10:00 前完成。</li><li>取报告：凭就诊卡号与姓名在线查询。</li></ol>\
<p>资料下载：<a href=\"/download?file=price-list.csv\">价格公示</a> · <a href=\"/files/知情同意书.txt\">知情同意书（样张）</a> · \
<a href=\"/files/R26030001.pdf\">报告样张</a></p>";
    page("就诊指南", &card("就诊指南", body))
}

/// Sound SQL, unsound HTML: the word is shown as it was typed, in the text and in the input's value.
pub(crate) async fn search(hospital: &Hospital, ask: &Ask) -> Answer {
    let word = ask.query("q").unwrap_or_default();
    let statement = "SELECT '医生', name || ' · ' || department || ' · ' || skill FROM doctor WHERE listed = 1 AND $1 <> '' AND instr(name || department || skill, $1) > 0 \
UNION ALL SELECT '公告', title FROM notice WHERE $1 <> '' AND instr(title || body, $1) > 0";
    let rows = hospital.database.run_bound(statement, &[&word]).await.unwrap_or_default();
    let body = format!(
        "<form action=\"/search\"><input name=\"q\" value=\"{word}\" placeholder=\"医生、科室、疾病、项目\"><button>搜索</button></form>\
<p>“{word}”的搜索结果：{} 条</p>{}",
        rows.len(),
        table(&["类别", "内容"], &rows)
    );
    page("站内搜索", &card("站内搜索", &body))
}

/// A page to share: title and back link as given. Decoded a second time for an old WeChat client.
pub(crate) fn share(ask: &Ask) -> Answer {
    let field = |name: &str| percent::decode_text(&ask.query(name).unwrap_or_default(), false);
    let (title, back) = (field("title"), field("back"));
    let title = if title.is_empty() { "云杉市第一人民医院".to_owned() } else { title };
    let back = if back.is_empty() { "/".to_owned() } else { back };
    page(
        "分享",
        &card("分享", &format!("<h3>{title}</h3><p>长按识别二维码关注服务号。</p><p><a href=\"{back}\">返回</a></p>")),
    )
}

pub(crate) fn browser(ask: &Ask) -> Answer {
    let rows: Vec<String> = ["user-agent", "referer", "accept-language", "x-client-name"]
        .iter()
        .filter(|name| ask.headers.contains_key(**name))
        .map(|name| format!("<li>{name}：{}</li>", ask.header(name)))
        .collect();
    let rows = rows.concat();
    page("浏览器信息", &card("您的浏览器", &format!("<ul>{rows}</ul>")))
}

/// The first column of each row, for lists that need only that.
pub(crate) fn firsts(rows: &[Cells]) -> Vec<String> {
    rows.iter().map(|row| cell(row, 0).to_owned()).collect()
}
