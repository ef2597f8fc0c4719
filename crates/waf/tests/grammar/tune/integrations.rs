//! Honest requests of programs that speak to clouds, repositories and social networks, files of drawings and records, and
//! posts that quote a page of a manual.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("cloud-integrations", 48, cloud),
    grammar("pictures-in-text", 24, picture),
    grammar("manual-quotations", 48, quotation),
];

/// What a cloud, a repository or a social network is asked and tells.
fn cloud(rng: &mut Rng) -> Vec<u8> {
    let (id, name) = (rng.below(99_999), rng.letters(6));
    match rng.below(9) {
        0 => Wire::post(
            "/?Action=CreatePolicy",
            FORM,
            format!(
                "PolicyName={name}&PolicyDocument={}",
                codec::form(format!(
                    "{{\"Version\":\"1\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"fc:InvokeFunction\",\
                     \"fc:GetService\"],\"Resource\":\"acs:fc:cn-shanghai:{id}:services/his\"}}]}}"
                ))
            ),
        ),
        1 => Wire::post(
            "/v2/servers/attach",
            JSON,
            format!("{{\"instance\":\"i-{name}\",\"device\":\"/dev/sd{}\"}}", rng.pick(&["b", "f", "a1"])),
        ),
        2 => Wire::get(format!("/v1/organizations/{id}/credentials?page=1")),
        3 => Wire::post(
            "/api/v1/follow",
            JSON,
            format!("{{\"url\":\"http://localhost:3000/@{name}\",\"note\":\"@{name}@social.example\"}}"),
        ),
        4 => Wire::get(format!("/repos/his/{name}/contents/.github/workflows/build.yml?ref=main")),
        5 => Wire::get(format!("/go?to={}", codec::percent(format!("https://api.example.cn/2.0/.../p/.../{name}")))),
        6 => Wire::get("/").header("Cookie", format!("t={}|w${}", rng.letters(12), rng.letters(8))),
        7 => Wire::post(
            "/settings/directory",
            JSON,
            format!(
                "{{\"text\":{}}}",
                codec::json(format!(
                    "# 目录服务\nURI ldap://dc1.{name}.example ldap://dc2.{name}.example:389\nLIMIT 15"
                ))
            ),
        ),
        _ => upload(rng),
    }
    .program("okhttp/4.9.1")
    .finish(rng)
}

/// A drawing or a record in XML, whose words mean nothing to an interpreter.
fn upload(rng: &mut Rng) -> Wire {
    let word = rng.pick(&["operating system", "executive: exec", "codeSystem", "include", "md5", "require"]);
    let id = rng.digits(6);
    let (file, text) = if rng.chance(50) {
        (
            "科室平面图.svg",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\">\
                 <text x=\"1\">{id} {word} 2</text></svg>"
            ),
        )
    } else {
        (
            "CDA.xml",
            format!(
                "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><code code=\"{id}\" \
                 codeSystem=\"2.16.156.10011\" displayName=\"{word}\"/></ClinicalDocument>"
            ),
        )
    };
    let (kind, body) = multipart(&[Part::field("id", id), Part::file("file", file, "text/xml", text)], rng);
    Wire::post("/file/upload", &kind, body)
}

/// A picture inside of an article: sixty-four characters come in every order.
fn picture(rng: &mut Rng) -> Vec<u8> {
    let mut data = codec::base64(rng.bytes(900));
    let chance = rng.pick(&["/qx/b4k", "+qx/Zt9", "kqx/0/a", "/id+sh/", "+ls/etc", "/w+ps/nc"]);
    let at = rng.below(600);
    data.replace_range(at..at, chance);
    data.push_str("+qx/aa9/");
    let picture = format!("data:image/png;base64,{data}");
    match rng.below(3) {
        0 => Wire::post("/avatar", JSON, format!("{{\"img\":\"{picture}\"}}")),
        1 => Wire::post("/avatar", FORM, format!("img={}&id=3", codec::form(&picture))),
        _ => Wire::post(
            "/article/save",
            JSON,
            format!("{{\"html\":{}}}", codec::json(format!("<p>截图如下</p><img src=\"{picture}\">"))),
        ),
    }
    .desktop(rng)
    .finish(rng)
}

/// A few lines of a manual and a question.
fn quotation(rng: &mut Rng) -> Vec<u8> {
    let text = match rng.below(10) {
        0 => {
            "常用命令:\n|cd /      |切换到根目录  |\n|----------+--------------|\n|ls -l /  |列出文件      |".to_owned()
        }
        1 => format!("它与/etc/hosts文件的格式相似, 参见{}", words::date(rng)),
        2 => "修改/etc/profile之后".to_owned(),
        3 => "请求头如下：\nContent-Type: application/json\nAuthorization: Bearer abcdef".to_owned(),
        4 => "取消共享时指定一个\nhost:/path\n参数".to_owned(),
        5 => "参见 CREATE FUNCTION [create_function(7)]".to_owned(),
        6 => "另见 \"参考\"\ndropuser(1), CREATE USER [create_user(7)]".to_owned(),
        7 => "Set doc = ui.OpenDocument(\"/home/wang/排班.ods\") 打不开".to_owned(),
        8 => "循环写作 \"while condition ; do command ; done\"，对吗".to_owned(),
        _ => "log4j 的 ${jndi:ldap://...} 是什么".to_owned(),
    };
    match rng.below(4) {
        0 => Wire::get(format!("/search?q={}", codec::percent(&text))),
        1 => Wire::post("/forum/reply", FORM, format!("tid={}&message={}", rng.below(9999), codec::form(&text))),
        2 => Wire::post("/api/comment", JSON, format!("{{\"content\":{}}}", codec::json(&text))),
        _ => {
            let (kind, body) = multipart(&[Part::field("content", text), Part::field("cid", "3")], rng);
            Wire::post("/note/save", &kind, body)
        }
    }
    .desktop(rng)
    .finish(rng)
}
