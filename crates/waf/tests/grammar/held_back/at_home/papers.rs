//! Honest uploads of pictures and documents, and what editors of formatted text save.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::super::words;
use super::browsing::{app, call, mini, send, text};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("pictures-and-papers", 45, uploads), grammar("formatted-writing", 45, editors)];

const FILES: &[(&str, &str)] = &[
    ("IMG_20260501_093012.jpg", "image/jpeg"),
    ("mmexport1714536612.jpg", "image/jpeg"),
    ("微信图片_20260312.png", "image/png"),
    ("身份证正面.jpg", "image/jpeg"),
    ("简历-张三(最新).docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("报销单 3月.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("合同_v2.1_终稿.pdf", "application/pdf"),
    ("Mother's Day.png", "image/png"),
    ("录音 001.m4a", "audio/x-m4a"),
    ("a&b;c.txt", "text/plain"),
    ("blob", "image/webp"),
    ("课件【第3讲】.pptx", "application/octet-stream"),
    ("通讯录.csv", "text/csv"),
    ("旅行.tar.gz", "application/gzip"),
];

fn content(rng: &mut Rng, kind: &str) -> Vec<u8> {
    let size = rng.between(80, 320);
    match kind {
        "image/jpeg" => words::jpeg(rng, size),
        "image/png" => [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40".as_slice(), &rng.bytes(size)].concat(),
        "application/pdf" => {
            let stream = rng.bytes(size);
            [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n4 0 obj\n<</Filter/FlateDecode/Length 128>>\nstream\n".as_slice(), &stream, b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"].concat()
        }
        "text/csv" => format!(
            "姓名,电话,备注\r\n{},{},\"同事, 财务\"\r\n{},{},房东(3栋)\r\n",
            words::person(rng),
            words::phone(rng),
            words::person(rng),
            words::phone(rng)
        )
        .into_bytes(),
        "text/plain" => format!(
            "待办 {}\r\n- 买菜\r\n- 交电费 ¥{}\r\n- call Tom's mum; 7pm\r\n",
            words::date(rng),
            rng.between(30, 400)
        )
        .into_bytes(),
        "image/webp" => [b"RIFF\x40\x01\x00\x00WEBPVP8 ".as_slice(), &rng.bytes(size)].concat(),
        "application/gzip" => codec::gzip(&rng.bytes(size)),
        _ => [b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00\x21\x00".as_slice(), &rng.bytes(size)].concat(),
    }
}

fn uploads(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["up.tupian.example", "pan.wangpan.example", "upload.shenqing.example", "img.jianli.example"]);
    let (name, kind) = rng.pick(FILES);
    let bytes = content(rng, kind);
    match rng.below(12) {
        0..=2 => {
            let parts = [
                Part::field("id", "WU_FILE_0"),
                Part::field("name", name),
                Part::field("type", kind),
                Part::field("lastModifiedDate", format!("{} GMT+0800 (中国标准时间)", words::date(rng))),
                Part::field("size", bytes.len().to_string()),
                Part::file("file", name, kind, bytes),
            ];
            let (kind, body) = multipart(&parts, rng);
            call(host, Wire::post("/webuploader/server", &kind, body), rng)
        }
        3 | 4 => {
            let parts = [
                Part::file("upfile", name, kind, bytes),
                Part::field(
                    "caption",
                    text(
                        rng,
                        &["春游", "家里的猫", "", "身份证正反面"],
                        &["左:before 右:after <3", "图1&图2,时间 8'20\""],
                        25,
                    ),
                ),
            ];
            let (kind, body) = multipart(&parts, rng);
            mini(host, Wire::post("/api/upload/image?scene=avatar", &kind, body), rng)
        }
        5 => {
            let parts = [
                Part::field("key", format!("user/{}/{name}", rng.digits(6))),
                Part::field(
                    "policy",
                    codec::base64(format!(
                        "{{\"expiration\":\"{}T12:00:00.000Z\",\"conditions\":[[\"content-length-range\",0,1048576000],[\"starts-with\",\"$key\",\"user/\"]]}}",
                        words::date(rng)
                    )),
                ),
                Part::field("OSSAccessKeyId", format!("STS.{}", rng.token(24))),
                Part::field("signature", codec::base64(rng.bytes(20))),
                Part::field("success_action_status", "200"),
                Part::file("file", name, kind, bytes),
            ];
            let (kind, body) = multipart(&parts, rng);
            call(host, Wire::post("/", &kind, body), rng)
        }
        6 => call(
            host,
            Wire::post(
                "/v3/image/base64",
                JSON,
                format!(
                    "{{\"fileName\":{},\"image\":\"data:image/png;base64,{}\",\"crop\":{{\"x\":0,\"y\":12,\"w\":200,\"h\":200}}}}",
                    codec::json(name),
                    codec::base64(bytes)
                ),
            ),
            rng,
        ),
        7 => app(
            host,
            Wire::new(
                "PUT",
                format!(
                    "/dav/{}/{}",
                    codec::percent(rng.pick(&["照片", "文档/2026", "妈妈's"])).replace("%2F", "/"),
                    codec::percent(name)
                ),
            )
            .body(kind, bytes)
            .header("Overwrite", "T"),
            rng,
        ),
        8 => {
            let total = bytes.len() * 3;
            let wire = Wire::post(
                format!(
                    "/chunk?chunkNumber=1&chunkSize=1048576&totalSize={total}&identifier={}-{}&filename={}&relativePath={}&totalChunks=3",
                    total,
                    rng.letters(8),
                    codec::percent(name),
                    codec::percent(name)
                ),
                "application/octet-stream",
                bytes,
            );
            call(host, wire.header("Content-Range", format!("bytes 0-{}/{total}", total / 3 - 1)), rng)
        }
        9 => call(
            host,
            Wire::new("POST", "/files/")
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Length", rng.digits(6))
                .header("Upload-Metadata", format!("filename {},filetype {}", codec::base64(name), codec::base64(kind)))
                .body("", String::new()),
            rng,
        ),
        10 => call(
            host,
            Wire::post(
                "/ocr/general_basic?access_token=24.".to_owned() + &rng.hex(32),
                FORM,
                format!("image={}&detect_direction=true&language_type=CHN_ENG", codec::percent(codec::base64(bytes))),
            ),
            rng,
        ),
        _ => send(
            host,
            "/pan/precreate",
            &[
                ("path", format!("/我的资源/{name}")),
                ("size", bytes.len().to_string()),
                ("isdir", "0".to_owned()),
                ("block_list", format!("[\"{}\"]", rng.hex(32))),
                ("rtype", "3".to_owned()),
            ],
            rng,
        ),
    }
}

const PARAGRAPHS: &[&str] = &[
    "今天带孩子去动物园,看到了长颈鹿和企鹅。",
    "第一步,把土豆切成丝,泡在水里去掉淀粉。",
    "我们小区的桂花开了,满院子都是香味。",
    "读完这本书,最大的感受是平静。",
    "公司成立于二〇〇五年,主要从事门窗的生产和安装。",
    "以下是比赛规则,请参赛选手仔细阅读。",
    "这台相机陪了我八年,快门声还是一样好听。",
    "退换货请保留包装,并在七天内联系客服。",
];
const ODD_PARAGRAPHS: &[&str] = &[
    "配比:高筋粉 250g + 水 160g(65%±2%);温度 <28℃。",
    "“不急,”爷爷说,“慢慢来。”—— 这就是 my grandpa's way.",
    "安装时先执行 npm install,再看控制台有没有报错;新手可以跳过这一节。",
    "得分 = 难度 × (A + B) / 2 - 扣分;若并列 → 看 B 组。",
    "参数:功率 >1500W;噪音 <60dB;'静音'模式 & 定时(0~24h)",
    "注意 alert 级别的通知会有声音,if you don't like it, 在设置里关掉。",
];

fn editors(rng: &mut Rng) -> Vec<u8> {
    let host =
        rng.pick(&["mp.gongzhong.example", "www.boke-wang.example", "cms.qiye-zhan.example", "doc.wendang.example"]);
    let (first, second) = (text(rng, PARAGRAPHS, ODD_PARAGRAPHS, 30), text(rng, PARAGRAPHS, ODD_PARAGRAPHS, 30));
    let title = rng
        .pick(&[
            "周末日记",
            "酸辣土豆丝",
            "关于我们",
            "第八届社区篮球赛",
            "退换货说明",
            "Q&A:新手问答",
            "我的2026 <上>",
        ])
        .to_owned();
    let picture = format!("https://img.boke-wang.example/{}/{}.jpg", words::date(rng).replace('-', "/"), rng.hex(16));
    let html = match rng.below(6) {
        0 => format!("<p>{}</p><p><br/></p><p>{}</p>", codec::xml(&first), codec::xml(&second)),
        1 => format!(
            "<p style=\"text-align: center;\"><img src=\"{picture}\" title=\"{}\" alt=\"\" width=\"600\" style=\"width: 600px;\"/></p><p style=\"text-indent: 2em; line-height: 1.75em;\"><span style=\"font-family: 微软雅黑, &#39;Microsoft YaHei&#39;; color: rgb(63, 63, 63);\">{}</span></p>",
            codec::xml(&title),
            codec::xml(&first)
        ),
        2 => format!(
            "<section style=\"margin: 10px 0%;box-sizing: border-box;\" data-tools=\"editor\"><section style=\"display: inline-block;background-image: url(&quot;{picture}&quot;);\"><p>{}</p></section></section><p>{}</p>",
            codec::xml(&first),
            codec::xml(&second)
        ),
        3 => format!(
            "<h2 id=\"h-1\">{}</h2><ul><li>{}</li><li><a href=\"https://www.boke-wang.example/p/{}?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener\">参考</a></li></ul>",
            codec::xml(&second),
            codec::xml(&first),
            rng.digits(5)
        ),
        4 => format!(
            "<p class=\"MsoNormal\"><span lang=\"EN-US\" style=\"font-size:12.0pt;mso-bidi-font-size:11.0pt\">1.<o:p></o:p></span>{}</p><table border=\"1\" cellspacing=\"0\"><tbody><tr><td valign=\"top\">{}</td><td>&nbsp;</td></tr></tbody></table>",
            codec::xml(&first),
            codec::xml(&second)
        ),
        _ => format!(
            "<p>{}</p><iframe class=\"video_iframe\" src=\"https://v.shipin.example/player?vid={}&amp;auto=0\" allowfullscreen=\"true\"></iframe><blockquote>{}</blockquote>",
            codec::xml(&first),
            rng.token(11),
            codec::xml(&second)
        ),
    };
    match rng.below(9) {
        0..=2 => send(
            host,
            rng.pick(&["/cgi-bin/operate_appmsg", "/admin/article/save", "/wp-admin/post.php"]),
            &[
                ("title", title),
                ("content", html),
                ("digest", first.chars().take(20).collect()),
                ("author", words::person(rng)),
                ("status", rng.pick(&["draft", "publish"]).to_owned()),
                ("_token", rng.token(40)),
            ],
            rng,
        ),
        3 => send(
            host,
            "/member/content/edit.html",
            &[
                ("row[title]", title),
                ("row[content]", html),
                ("row[channel_id]", rng.between(1, 40).to_string()),
                ("row[tags]", "生活,随笔".to_owned()),
                ("__token__", rng.hex(32)),
            ],
            rng,
        ),
        4 => {
            let delta = format!(
                "{{\"ops\":[{{\"insert\":{}}},{{\"attributes\":{{\"bold\":true,\"link\":\"https://www.boke-wang.example/?p={}\"}},\"insert\":{}}},{{\"attributes\":{{\"header\":2}},\"insert\":\"\\n\"}},{{\"insert\":{{\"image\":\"{picture}\"}}}}]}}",
                codec::json(&first),
                rng.digits(4),
                codec::json(&second)
            );
            call(
                host,
                Wire::new("PUT", format!("/api/notes/{}", rng.hex(24))).body(
                    JSON,
                    format!("{{\"title\":{},\"delta\":{delta},\"rev\":{}}}", codec::json(&title), rng.below(400)),
                ),
                rng,
            )
        }
        5 => call(
            host,
            Wire::post(
                "/api/blocks/patch",
                JSON,
                format!(
                    "{{\"requestId\":\"{}\",\"operations\":[{{\"command\":\"update\",\"path\":[\"properties\",\"title\"],\"args\":[[{},[[\"b\"],[\"a\",\"{picture}\"]]],[{}]]}}]}}",
                    rng.uuid(),
                    codec::json(&first),
                    codec::json(&second)
                ),
            ),
            rng,
        ),
        6 => call(
            host,
            Wire::post(
                "/api/doc/save",
                JSON,
                format!(
                    "{{\"docId\":\"{}\",\"asl\":{},\"md\":{}}}",
                    rng.base64_url(16),
                    codec::json(format!(
                        "<!doctype html><meta name=\"doc-version\" content=\"1\" /><p data-id=\"u{}\"><span>{}</span></p>",
                        rng.hex(8),
                        codec::xml(&first)
                    )),
                    codec::json(format!(
                        "# {title}\n\n> {first}\n\n![图]({picture})\n\n- [x] {second}\n- [ ] `待办`\n\n---\n"
                    ))
                ),
            ),
            rng,
        ),
        7 => call(
            host,
            Wire::post(
                "/ueditor/php/controller.php?action=catchimage",
                FORM,
                format!(
                    "source%5B%5D={}&source%5B%5D={}",
                    codec::percent(&picture),
                    codec::percent(format!("{picture}?x-oss-process=style/w600"))
                ),
            ),
            rng,
        ),
        _ => {
            let parts = [
                Part::field("title", title),
                Part::field("body-html", html),
                Part::field("allow_comments", "on"),
                Part::field("csrfmiddlewaretoken", rng.token(64)),
            ];
            let (kind, body) = multipart(&parts, rng);
            call(host, Wire::post("/blog/add/", &kind, body), rng)
        }
    }
}
