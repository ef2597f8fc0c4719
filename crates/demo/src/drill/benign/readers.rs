//! People who only read: pages, searches, downloads, caches revalidating.

use super::super::dice::Dice;
use super::super::request::{ANDROID, Request, WECHAT};
use super::prose::SEARCHES;
use crate::portal::{LAST_MODIFIED, css_entity_tag};

/// The home page with what it pulls in, then every department, notice and doctor.
pub(super) fn browsing() -> Vec<Request> {
    let mut requests = vec![Request::get("/")];
    for asset in ["site.css", "site.js", "logo.svg", "logo.png", "hero.png"] {
        requests.push(Request::get(&format!("/static/{asset}")).on_page("/").header("Accept", "*/*"));
    }
    for path in [
        "/departments",
        "/guide",
        "/doctors",
        "/appointment",
        "/report",
        "/feedback",
        "/login",
        "/tools/lookup",
        "/sms/preview",
        "/share",
        "/robots.txt",
    ] {
        requests.push(Request::get(path).on_page("/"));
    }
    requests.extend((1..=9).map(|id| Request::get(&format!("/department/{id}")).on_page("/departments")));
    requests.extend((1..=4).map(|id| Request::get(&format!("/notice/{id}")).on_page("/").agent(WECHAT)));
    requests.extend((1..=10).map(|id| Request::get(&format!("/doctor?id={id}")).on_page("/doctors").agent(ANDROID)));
    for department in ["心血管内科", "儿科", "骨科", "中医科", "没有这个科"] {
        requests.push(Request::get("/doctors").query("dept", department).on_page("/doctors"));
    }
    for skill in ["结节", "哮喘", "膏方"] {
        requests.push(Request::get("/doctors").query("q", skill).on_page("/doctors"));
    }
    requests.push(Request::get("/appointment").query("doctor", "杜仲明").on_page("/doctors"));
    requests.push(Request::get("/share").query("title", "三月专家门诊安排").query("back", "/notice/1").agent(WECHAT));
    requests.push(Request::get("/help/browser").header("X-Client-Name", "云杉一院 App 5.2 (R&D)"));
    requests
}

pub(super) fn searching(dice: &mut Dice) -> Vec<Request> {
    let mut words = SEARCHES.to_vec();
    dice.shuffle(&mut words);
    let mut requests: Vec<Request> =
        words.iter().map(|word| Request::get("/search").query("q", word).on_page("/")).collect();
    // A form encodes a blank as plus; an old client sends GBK (高血压); a link is shared with tracking parameters.
    requests.push(Request::get("/search").raw_query("q=blood+pressure+%3C+140%2F90"));
    requests.push(Request::get("/search").raw_query("q=%B8%DF%D1%AA%D1%B9"));
    requests.push(
        Request::get("/search")
            .query("q", "体检")
            .query("utm_source", "wechat_mp")
            .query("from", "timeline&isappinstalled=0"),
    );
    requests.push(Request::get("/search").query("q", "膝关节").cookie("tracking", &long_cookie(dice)));
    requests
}

/// 3 KiB, as analytics scripts leave behind.
fn long_cookie(dice: &mut Dice) -> String {
    const LETTERS: [char; 16] = ['A', 'b', 'C', 'd', 'E', 'f', 'G', 'h', '0', '1', '2', '3', '-', '_', '.', '9'];
    (0..3072).map(|_| *dice.pick(&LETTERS, &'a')).collect()
}

pub(super) fn downloading() -> Vec<Request> {
    let pdf = || Request::get("/files/R26030001.pdf").on_page("/guide");
    vec![
        Request::get("/download").query("file", "price-list.csv").on_page("/guide"),
        Request::get("/download").query("file", "知情同意书.txt").on_page("/guide"),
        Request::get("/files/知情同意书.txt").on_page("/guide"),
        pdf(),
        pdf().header("Range", "bytes=0-99"),
        pdf().header("Range", "bytes=100-"),
        Request::new("HEAD", "/files/R26030001.pdf"),
        Request::new("HEAD", "/"),
        Request::new("HEAD", "/static/hero.png"),
        Request::get("/static/site.css").header("If-Modified-Since", LAST_MODIFIED),
        Request::get("/static/site.css").header("If-None-Match", &css_entity_tag()),
        Request::get("/static/site.css").header("If-None-Match", "\"0000000000000000\""),
        Request::get("/static/logo.png").header("Cache-Control", "no-cache").header("Pragma", "no-cache"),
        Request::get("/tools/checksum/price-list.csv"),
    ]
}
