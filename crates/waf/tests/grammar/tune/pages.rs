//! Honest requests of pages and the scripts in them: WeChat, search boxes, beacons, cookies, posts, view states, tables.

use super::super::benign::{BenignGrammar, grammar};
use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Wire};
use super::super::words;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("wechat", 70, wechat),
    grammar("search-words", 75, search_words),
    grammar("beacons", 65, beacon),
    grammar("long-cookies", 45, long_cookies),
    grammar("markdown-posts", 55, markdown_post),
    grammar("aspnet-viewstate", 45, viewstate),
    grammar("datatables", 50, datatables),
];

/// Messages and payments of a service account (XML), payments v3 (JSON), pages opened in the app, mini programs.
fn wechat(rng: &mut Rng) -> Vec<u8> {
    let open_id = format!("o{}", rng.base64_url(27));
    let signed =
        format!("signature={}&timestamp={}&nonce={}&openid={open_id}", rng.hex(40), rng.digits(10), rng.digits(9));
    match rng.below(7) {
        0 => {
            let content = rng.pick(&["<Content><![CDATA[你好, 我的报告出了吗? <急>]]></Content>", "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[menu_report]]></EventKey>", "<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_dept=12&doc=3]]></EventKey><Ticket><![CDATA[gQH47joAAAAAAAAAASxodHRwOi8v]]></Ticket>", "<Location_X>23.134521</Location_X><Location_Y>113.358803</Location_Y><Label><![CDATA[天河区 (地铁B出口)]]></Label>", "<PicUrl><![CDATA[http://mmbiz.qpic.example/mmbiz_jpg/a/0?wx_fmt=jpeg&tp=webp]]></PicUrl>"]);
            let body = format!("<xml><ToUserName><![CDATA[gh_{}]]></ToUserName>\n<FromUserName><![CDATA[{open_id}]]></FromUserName>\n<CreateTime>{}</CreateTime>\n<MsgType><![CDATA[{}]]></MsgType>\n{content}\n<MsgId>{}</MsgId>\n</xml>", rng.hex(12), rng.digits(10), rng.pick(&["text", "event", "location", "image"]), rng.digits(17));
            Wire::post(format!("/wx/callback?{signed}"), "text/xml", body).program("Mozilla/4.0")
        }
        1 => {
            let body = format!("<xml><ToUserName><![CDATA[gh_{}]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>", rng.hex(12), codec::base64(rng.bytes(352)));
            Wire::post(format!("/wechat/portal/wx{}?{signed}&encrypt_type=aes&msg_signature={}", rng.hex(16), rng.hex(40)), "text/xml", body).program("Mozilla/4.0")
        }
        2 => {
            let body = format!("<xml><appid><![CDATA[wx{}]]></appid>\n<attach><![CDATA[{}]]></attach>\n<bank_type><![CDATA[OTHERS]]></bank_type>\n<cash_fee><![CDATA[{}]]></cash_fee>\n<fee_type><![CDATA[CNY]]></fee_type>\n<is_subscribe><![CDATA[Y]]></is_subscribe>\n<mch_id><![CDATA[{}]]></mch_id>\n<nonce_str><![CDATA[{}]]></nonce_str>\n<openid><![CDATA[{open_id}]]></openid>\n<out_trade_no><![CDATA[GH{}]]></out_trade_no>\n<result_code><![CDATA[SUCCESS]]></result_code>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<sign><![CDATA[{}]]></sign>\n<total_fee>{}</total_fee>\n</xml>", rng.hex(16), rng.pick(&["{\"order\":1,\"type\":\"挂号\"}", "a=1&b=2", "体检套餐(男)"]), rng.below(99_999), rng.digits(10), rng.token(32), rng.digits(18), rng.hex(32).to_uppercase(), rng.below(99_999));
            Wire::post("/pay/notify/wx", "text/xml", body).program("Mozilla/4.0")
        }
        3 => {
            let body = format!("{{\"id\":\"{}\",\"create_time\":\"2026-11-20T10:34:56+08:00\",\"resource_type\":\"encrypt-resource\",\"event_type\":\"TRANSACTION.SUCCESS\",\"summary\":\"支付成功\",\"resource\":{{\"original_type\":\"transaction\",\"algorithm\":\"AEAD_AES_256_GCM\",\"ciphertext\":\"{}\",\"associated_data\":\"transaction\",\"nonce\":\"{}\"}}}}", rng.uuid(), codec::base64(rng.bytes(480)), rng.token(12));
            Wire::post("/pay/v3/notify", JSON, body).header("Wechatpay-Nonce", rng.token(32)).header("Wechatpay-Timestamp", rng.digits(10)).header("Wechatpay-Signature", codec::base64(rng.bytes(256))).header("Wechatpay-Serial", rng.hex(40).to_uppercase()).program("Mozilla/4.0")
        }
        4 => Wire::get(format!("/wx/oauth?code={}&state={}", rng.base64_url(32), rng.pick(&["STATE", "aHR0cDovL3RqLmJvYWkuZXhhbXBsZS8_YT0x", "/pages/report?id=3&from=menu#wechat_redirect", "%7B%22dept%22%3A12%7D"]))).mobile(rng),
        5 => Wire::get(format!("/js/config?url={}&jsApiList=chooseWXPay,scanQRCode&_={}", codec::percent(format!("https://wx.boai.example/app/index?code={}&state=1#/home?id={}", rng.base64_url(32), rng.below(99))), words::millis(rng))).mobile(rng),
        _ => {
            let body = format!("{{\"code\":\"{}\",\"encryptedData\":\"{}\",\"iv\":\"{}\",\"rawData\":{},\"signature\":\"{}\",\"scene\":1047}}", rng.base64_url(32), codec::base64(rng.bytes(300)), codec::base64(rng.bytes(16)), codec::json(format!("{{\"nickName\":\"{}\",\"gender\":0,\"avatarUrl\":\"https://thirdwx.qlogo.example/mmopen/vi_32/{}/132\"}}", rng.pick(&["小明✨", "O'Neil", "<3 妈妈", "A&B;"]), rng.token(30))), rng.hex(40));
            Wire::post("/miniapp/login", JSON, body).header("Referer", format!("https://servicewechat.com/wx{}/32/page-frame.html", rng.hex(16))).mobile(rng)
        }
    }
    .finish(rng)
}

/// What people type into search boxes, code and all.
fn search_words(rng: &mut Rng) -> Vec<u8> {
    let words = [
        "select count(*) 是什么意思",
        "mysql 左连接 left join on 和 where 区别",
        "C++ vector<int> 用法",
        "<div> 居中",
        "iphone 14 or 15",
        "union pay 银联",
        "java.lang.NullPointerException 怎么解决",
        "1+1=?",
        "python print('hello')",
        "script 是什么意思",
        "血压 140/90 高吗",
        "肌酐>133",
        "AT&T; T-Mobile",
        "how to drop a table in sql",
        "oracle ORA-01017: invalid username/password",
        "a and b or c",
        "'单引号' 怎么打",
        "cmd /c 参数",
        "etc/passwd 文件作用",
        "rm -rf 误删恢复",
        "正则 ^[a-z]+$",
        "excel =IF(A1>0,\"是\",\"否\")",
        "99%",
        "Rock & Roll 'n' Jazz",
        "css \\e600 图标",
        "shell 脚本 if [ $a -eq 1 ]",
        "{{ }} vue 模板语法",
        "${name} 怎么替换",
        "javascript:void(0) 什么意思",
        "onclick 事件",
        "sleep 5 小时够吗",
        "waitfor 用法",
        "group by having count > 1",
        "order by 1 desc",
        "\"精确匹配\" -排除 site:example.org",
        "L'Oréal 专柜",
        "x' 的读音",
        "3'-5' 磷酸二酯键",
        "5'端--3'端",
        "阿莫西林 & 头孢 (能一起吃吗)",
        "ping 192.0.2.1 不通",
        "../ 是什么目录",
        "wget 和 curl",
        "<无标题>",
    ];
    let word = format!("{}{}", rng.pick(&words), rng.pick(&["", "", " 知乎", "?", " 2026", "的解决办法"]));
    let encoded = if rng.chance(50) { codec::percent(&word) } else { codec::form(&word) };
    let number = rng.digits(16);
    match rng.below(7) {
        0 => Wire::get(format!(
            "/s?ie=utf-8&f=8&rsv_bp=1&tn=baidu&wd={encoded}&oq={encoded}&rsv_pq=0x{}&rsv_t={}&rqlang=cn&rsv_sug3={}",
            rng.hex(16),
            codec::percent(codec::base64(rng.bytes(24))),
            rng.below(40)
        )),
        1 => Wire::get(format!("/search?q={encoded}&page={}&sort=_score", rng.below(20))),
        2 => Wire::get(format!(
            "/sugrec?pre=1&p=3&json=1&prod=pc&wd={encoded}&cb=jQuery1102{number}_{}&_={}",
            words::millis(rng),
            words::millis(rng)
        )),
        3 => Wire::post("/so/query", FORM, format!("keyword={encoded}&type=all&pageNo=1")),
        4 => Wire::post(
            "/api/search",
            JSON,
            format!(
                "{{\"query\":{},\"filters\":{{\"dept\":[]}},\"from\":0,\"size\":10,\"highlight\":true}}",
                codec::json(&word)
            ),
        ),
        5 => Wire::get(format!("/news/list/{}.html", codec::percent(&word))),
        _ => Wire::get("/help/index")
            .header("Referer", format!("https://www.so.example/s?q={encoded}&src=srp&fr=none&psid={}", rng.hex(32))),
    }
    .desktop(rng)
    .finish(rng)
}

/// Statistics with nested addresses and JSON in the query.
fn beacon(rng: &mut Rng) -> Vec<u8> {
    let page = format!(
        "https://www.boai.example/dept/{}?utm_source=baidu&utm_medium=cpc&kw={}&a={{keywordid}}",
        rng.below(99),
        codec::percent(rng.pick(&["体检 价格", "挂号", "种植牙>1颗"]))
    );
    let (id, moment) = (rng.digits(10), words::millis(rng));
    match rng.below(8) {
        0 => Wire::get(format!("/hm.gif?hca={}&cc=1&ck=1&cl=24-bit&ds=1920x1080&vl=969&ep={}&et=3&ja=0&ln=zh-cn&lo=0&lt={id}&rnd={id}&si={}&v=1.3.2&lv=2&sn={}&su={}&u={}", rng.hex(16), codec::percent(format!("{},{}", rng.below(9999), rng.below(9999))), rng.hex(32), rng.below(65_536), codec::percent("https://www.baidu.com/link?url=Xk_a-9&wd=&eqid=8f2c"), codec::percent(&page))),
        1 => Wire::get(format!("/g/collect?v=2&tid=G-{}&gtm=45je4b20v9&_p={moment}&cid={id}.{id}&ul=zh-cn&sr=1440x900&dl={}&dt={}&en=page_view&_et={}&ep.percent_scrolled=90&up.dept={}", rng.token(10).to_uppercase(), codec::percent(&page), codec::percent("预约挂号 - 博爱医院 | 首页"), rng.below(9999), codec::percent(words::department(rng)))),
        2 => {
            let event = format!("{{\"distinct_id\":\"{}\",\"lib\":{{\"$lib\":\"js\",\"$lib_version\":\"1.25.6\"}},\"properties\":{{\"$url\":{},\"$title\":\"首页\",\"$element_content\":{},\"$viewport_width\":1440}},\"type\":\"track\",\"event\":\"$WebClick\",\"time\":{moment}}}", rng.uuid(), codec::json(&page), codec::json(words::sentence(rng)));
            if rng.chance(50) { Wire::get(format!("/sa.gif?project=default&data={}&ext=crc%3D-{id}", codec::percent(codec::base64(event)))) } else { Wire::post("/sa?project=production", FORM, format!("data_list={}&gzip=0", codec::percent(codec::base64(format!("[{event}]"))))) }
        }
        3 => Wire::get(format!("/pv.gif?d={}&t={moment}", codec::percent(format!("{{\"url\":{},\"ref\":\"\",\"perf\":{{\"dns\":{},\"tcp\":-1,\"fcp\":{}}},\"ua\":\"Mozilla/5.0 (Windows NT 10.0)\"}}", codec::json(&page), rng.below(90), rng.below(3000))))),
        4 => Wire::post("/matomo.php", FORM, format!("action_name={}&idsite=3&rec=1&r={id}&h=8&m=30&s=1&url={}&urlref=&_id={}&send_image=0&pdf=1&cookie=1&res=1920x1080&cvar={}", codec::form("首页 > 科室 > 心内科"), codec::form(&page), rng.hex(16), codec::form("{\"1\":[\"dept\",\"R&D\"]}"))),
        5 => Wire::get(format!("/clk?ad={id}&bid={}&price={}&redirect={}", rng.uuid(), rng.base64_url(24), codec::percent(format!("https://track.example/c?u={}&sid={id}", codec::percent(&page))))),
        6 => Wire::post("/log/error", JSON, format!("{{\"msg\":{},\"stack\":{},\"url\":{},\"line\":1,\"col\":{}}}", codec::json(rng.pick(&["Uncaught TypeError: Cannot read properties of undefined (reading 'length')", "Script error.", "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "ResizeObserver loop limit exceeded"])), codec::json(format!("TypeError: a is not a function\n    at e.<anonymous> (https://www.boai.example/js/app.{}.js:1:{})\n    at eval (eval at <anonymous> (vendor.js:2:1))", rng.hex(8), rng.below(99_999))), codec::json(&page), rng.below(9999))),
        _ => Wire::get(format!("/__imp?m=1&p={}|{}|{}&c=%5B{id}%2C{id}%5D&e=exp%3A1%3Bview%3A2%3B&z=0", rng.below(9), rng.token(5), rng.hex(6))),
    }
    .header("Referer", page)
    .desktop(rng)
    .finish(rng)
}

fn long_cookies(rng: &mut Rng) -> Vec<u8> {
    let (id, moment) = (rng.digits(10), rng.digits(10));
    let mut cookies = vec![
        format!("Hm_lvt_{}={moment},{moment},{moment}", rng.hex(32)),
        format!("_ga=GA1.2.{id}.{moment}; _gid=GA1.2.{id}.{moment}; _gat_gtag_UA_{}_1=1", rng.digits(9)),
        format!(
            "sensorsdata2015jssdkcross={}",
            codec::percent(format!(
                "{{\"distinct_id\":\"{}\",\"first_id\":\"\",\"props\":{{\"$latest_traffic_source_type\":\"直接流量\",\"$latest_search_keyword\":\"未取到值_直接打开\",\"$latest_referrer\":\"\"}},\"$device_id\":\"{}\"}}",
                rng.uuid(),
                rng.uuid()
            ))
        ),
        format!(
            "UM_distinctid={}-{}; CNZZDATA{id}={}%7C{moment}",
            rng.hex(14),
            rng.hex(13),
            codec::percent(format!("{id}-{moment}-https%3A%2F%2Fwww.baidu.com%2F"))
        ),
        format!(
            "token=eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{}.{}",
            codec::base64_url(format!(
                "{{\"uid\":{id},\"name\":\"{}\",\"role\":[\"doctor\",\"admin\"],\"exp\":{moment}}}",
                words::person(rng)
            )),
            rng.base64_url(43)
        ),
        format!("rememberMe={}", codec::base64(rng.bytes(512))),
        format!("acw_tc={}; SERVERID={}|{moment}|{moment}", rng.hex(60), rng.hex(32)),
        format!(
            "history={}",
            codec::percent(format!(
                "[{{\"n\":\"{}\",\"u\":\"/dept/1?a=1&b=<2>\"}},{{\"n\":\"C++\"}}]",
                words::department(rng)
            ))
        ),
        format!("user_name={}; dept={}", codec::percent(words::person(rng)), codec::percent(words::department(rng))),
        "menu=[1|2|3]; style=font-size:14px; tip=\"a b\"; empty=; flag".to_owned(),
        format!(
            "XSRF-TOKEN={}; laravel_session={}",
            codec::percent(codec::base64(format!(
                "{{\"iv\":\"{}\",\"value\":\"{}\",\"mac\":\"{}\"}}",
                codec::base64(rng.bytes(16)),
                codec::base64(rng.bytes(64)),
                rng.hex(64)
            ))),
            codec::percent(codec::base64(rng.bytes(200)))
        ),
        format!(
            "BIDUPSID={}; PSTM={moment}; H_PS_PSSID={}_{}; BA_HECTOR={}; ZFY=:A{}:C",
            rng.hex(32).to_uppercase(),
            rng.digits(5),
            rng.digits(5),
            rng.token(26),
            rng.base64_url(30)
        ),
    ];
    for _ in 0..rng.below(6) {
        cookies.swap_remove(rng.below(cookies.len()));
    }
    let at = rng.below(cookies.len());
    cookies.rotate_left(at);
    Wire::get(rng.pick(&["/", "/index.html", "/api/user/info", "/static/js/app.js"]))
        .header("Accept", "*/*")
        .header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36")
        .header("Cookie", cookies.join("; "))
        .finish(rng)
}

/// Posts of people who write about software: fences, tables, quotations.
fn markdown_post(rng: &mut Rng) -> Vec<u8> {
    let blocks = [
        "```sql\nSELECT p.name, COUNT(*) FROM visit v JOIN patient p ON p.id = v.pid WHERE v.day > '2026-01-01' GROUP BY p.name;\n```",
        "```html\n<div class=\"card\">\n  <h1>{{ title }}</h1>\n  <button @click=\"save\">保存</button>\n</div>\n```",
        "```bash\ncd /opt/lis && tar zxf backup.tar.gz\nsystemctl restart lis\ntail -f /var/log/lis/app.log | grep ERROR\n```",
        "```java\npublic static void main(String[] args) { System.out.println(\"a\" + args.length); }\n```",
        "```python\nwith open('data.csv') as f:\n    rows = [line.split(',') for line in f if line.strip()]\n```",
        "```js\nconst x = await fetch(`/api/patient/${id}?_=${Date.now()}`).then(r => r.json());\n```",
        "| 项目 | 结果 | 参考 |\n|---|:-:|--:|\n| WBC | 5.2 | <9.5 |",
        "> 引用: it's fine; 'quoted' & \"double\"\n\n- [x] 完成\n- [ ] 待办 -- 下周",
        "行内代码 `a = b || c`、`SELECT 1`、`<br>`、`../config`、`$HOME`",
        "![胸片](https://img.example/a.png?x=1&y=2 \"title\") [链接](http://192.0.2.3:8080/his/#/home)",
        "$$BMI = \\frac{w}{h^2}$$ 其中 $h>0$",
        "报错: `org.springframework.dao.DataAccessException: SQL [select * from t where id=?]; ORA-00942`",
        "#!/bin/sh\n# 定时清理\nfind /data/tmp -mtime +7 -name '*.log'",
        "```xml\n<dependency><groupId>org.example</groupId><version>${v}</version></dependency>\n```",
        "```php\n<?php echo date('Y-m-d'); ?>\n```",
    ];
    let text = (0..rng.between(2, 5)).map(|_| rng.pick(&blocks)).collect::<Vec<_>>().join("\n\n");
    let text = format!("# {}\n\n{}\n\n{text}\n", words::sentence(rng), words::remark(rng));
    match rng.below(4) {
        0 => Wire::post(
            "/topic/create",
            FORM,
            format!(
                "tab=share&title={}&t_content={}&_csrf={}",
                codec::form(words::sentence(rng)),
                codec::form(text),
                rng.base64_url(24)
            ),
        ),
        1 => Wire::post(
            "/api/v4/projects/12/issues",
            JSON,
            format!(
                "{{\"title\":{},\"description\":{},\"labels\":\"bug,接口\"}}",
                codec::json(words::sentence(rng)),
                codec::json(text)
            ),
        ),
        2 => Wire::new("PUT", format!("/api/docs/{}/content", rng.below(9999))).body(
            JSON,
            format!("{{\"body\":{},\"format\":\"markdown\",\"version\":{}}}", codec::json(text), rng.below(90)),
        ),
        _ => Wire::post("/preview", "text/markdown; charset=utf-8", text),
    }
    .desktop(rng)
    .finish(rng)
}

fn viewstate(rng: &mut Rng) -> Vec<u8> {
    let size = rng.between(80, 1800);
    let state = codec::form(codec::base64([b"\xff\x01\x0f\x0f\x05".as_slice(), &rng.bytes(size)].concat()));
    let common = format!(
        "__EVENTTARGET={}&__EVENTARGUMENT={}&__LASTFOCUS=&__VIEWSTATE={state}&__VIEWSTATEGENERATOR={}&__EVENTVALIDATION={}",
        rng.pick(&["", "ctl00%24ContentPlaceHolder1%24GridView1", "btnSearch", "ctl00%24Pager"]),
        rng.pick(&["", "Page%242", "Select%240", "Sort%24Name"]),
        rng.hex(8).to_uppercase(),
        codec::form(codec::base64(rng.bytes(120)))
    );
    let body = format!(
        "{common}&ctl00%24ContentPlaceHolder1%24txtName={}&ctl00%24ContentPlaceHolder1%24ddlDept={}&ctl00%24ContentPlaceHolder1%24txtRemark={}&ctl00%24btnQuery.x={}&ctl00%24btnQuery.y=7&ctl00%24cb%240=on",
        codec::form(words::person(rng)),
        codec::form(words::department(rng)),
        codec::form(words::sentence(rng)),
        rng.below(40)
    );
    let page =
        rng.pick(&["/Report/Query.aspx?id=3", "/OA/Default.aspx", "/lis/Result.aspx?no=A1", "/Manage/UserEdit.aspx"]);
    let wire = Wire::post(page, FORM, body);
    if rng.chance(40) {
        wire.header("X-MicrosoftAjax", "Delta=true").header("X-Requested-With", "XMLHttpRequest")
    } else {
        wire
    }
    .desktop(rng)
    .finish(rng)
}

/// Nested names as jQuery, qs and PHP write them; grids of DataTables, jqGrid, EasyUI and Kendo.
fn datatables(rng: &mut Rng) -> Vec<u8> {
    let (name, department) = (words::person(rng), words::department(rng));
    let columns: Vec<String> = (0..rng.between(2, 6)).map(|at| format!("columns[{at}][data]={}&columns[{at}][name]=&columns[{at}][searchable]=true&columns[{at}][orderable]=true&columns[{at}][search][value]={}&columns[{at}][search][regex]=false", rng.pick(&["id", "name", "select", "order", "function"]), rng.pick(&["", "%5E王", "a%7Cb"]))).collect();
    let tables = format!(
        "draw={}&{}&order[0][column]=0&order[0][dir]=asc&start=0&length=10&search[value]={}&search[regex]=false",
        rng.below(50),
        columns.join("&"),
        codec::percent(&name)
    );
    let filters = format!(
        "{{\"groupOp\":\"AND\",\"rules\":[{{\"field\":\"name\",\"op\":\"cn\",\"data\":{}}},{{\"field\":\"age\",\"op\":\"gt\",\"data\":\"{}\"}}]}}",
        codec::json(&name),
        rng.below(90)
    );
    match rng.below(6) {
        0 => Wire::get(format!("/api/list?{}&_={}", tables.replace('[', "%5B").replace(']', "%5D"), words::millis(rng))),
        1 => Wire::post("/api/list", FORM, tables.replace('[', "%5B").replace(']', "%5D")),
        2 => Wire::get(format!("/grid?_search=true&nd={}&rows=20&page=1&sidx=create_time&sord=desc&filters={}", words::millis(rng), codec::percent(filters))),
        3 => Wire::post("/easyui/datagrid.do", FORM, format!("page=1&rows=20&sort=deptName&order=asc&q={}&ids%5B%5D=1&ids%5B%5D=2&where={}", codec::form(&name), codec::form(department))),
        4 => Wire::get(format!("/read?take=20&skip=0&page=1&sort[0][field]=Name&sort[0][dir]=asc&filter[logic]=and&filter[filters][0][field]=Dept&filter[filters][0][operator]=contains&filter[filters][0][value]={}", codec::percent(department))),
        _ => Wire::post("/order/save", FORM, format!("order[items][0][code]=A1&order[items][0][qty]=2&order[items][1][code]=B%2B&order[user][name]={}&order[user][tags][]=%E6%80%A5&order[note]={}", codec::form(&name), codec::form(words::sentence(rng)))),
    }
    .header("X-Requested-With", "XMLHttpRequest")
    .desktop(rng)
    .finish(rng)
}
