//! Honest requests that nobody typed: updates, extensions, printers, cameras, games, messengers, static files, feeds.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::words;
use super::clients::Ask;
use super::phrases;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("updates-and-probes", 46, update),
    grammar("printers-and-cameras", 42, office_device),
    grammar("games-and-messengers", 46, game),
    grammar("static-and-feeds", 46, static_file),
];

/// Operating systems, browsers, their extensions and guards that look for what is new.
fn update(rng: &mut Rng) -> Vec<u8> {
    let (id, hash) = (rng.uuid(), rng.hex(40));
    match rng.below(14) {
        0 => Ask::get(format!("/d/msdownload/update/software/secu/2026/11/windows10.0-kb50{}-x64_{hash}.cab?P1={}&P2=404&P3=2&P4={}", rng.digits(5), rng.digits(10), codec::percent(codec::base64(rng.bytes(96))))).with("Range", format!("bytes={}-{}", rng.digits(6), rng.between(1_000_000, 9_999_999))).program("Microsoft-Delivery-Optimization/10.0", rng),
        1 => {
            let soap = format!("<s:Envelope xmlns:a=\"http://www.w3.org/2005/08/addressing\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header><a:Action s:mustUnderstand=\"1\">http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService/SyncUpdates</a:Action><a:MessageID>urn:uuid:{id}</a:MessageID><o:Security s:mustUnderstand=\"1\" xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><Timestamp xmlns=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"><Created>2026-11-21T01:02:03Z</Created></Timestamp></o:Security></s:Header><s:Body><SyncUpdates xmlns=\"http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService\"><cookie><EncryptedData>{}</EncryptedData></cookie><parameters><ExpressQuery>false</ExpressQuery><InstalledNonLeafUpdateIDs><int>{}</int><int>10</int></InstalledNonLeafUpdateIDs><DeviceAttributes>E:BranchReadinessLevel=CB&amp;CurrentBranch=rs_prerelease&amp;OEMModel=OptiPlex 7080&amp;FlightRing=Retail&amp;App=WU_OS</DeviceAttributes></parameters></SyncUpdates></s:Body></s:Envelope>", codec::base64(rng.bytes(400)), rng.digits(4));
            Ask::post("/ClientWebService/client.asmx", "application/soap+xml; charset=utf-8", soap).program("Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.71", rng)
        }
        2 => Ask::get(format!("/service/update2/crx?response=updatecheck&os=win&arch=x64&os_arch=x86_64&prod=chromiumcrx&prodchannel=&prodversion=131.0.{}.86&lang=zh-CN&acceptformat=crx3,puff&x=id%3D{}%26v%3D1.{}.0%26installsource%3Dnotfromwebstore%26installedby%3Dexternal%26uc%26ping%3Dr%253D{}%2526e%253D1", rng.digits(4), rng.word("abcdefghijklmnop", 32), rng.below(90), rng.below(30))).script(rng),
        3 => Ask::json(format!("/service/update2/json?cup2key=14:{}&cup2hreq={}", rng.base64_url(43), rng.hex(64)), format!("{{\"request\":{{\"@os\":\"win\",\"@updater\":\"chromiumcrx\",\"acceptformat\":\"crx3,download\",\"apps\":[{{\"appid\":\"{}\",\"brand\":\"GCEA\",\"cohort\":\"1:1g8x:\",\"packages\":{{\"package\":[{{\"fp\":\"1.{}\"}}]}},\"ping\":{{\"ping_freshness\":\"{{{id}}}\",\"rd\":6{}}},\"updatecheck\":{{}},\"version\":\"0.0.0.0\"}}],\"requestid\":\"{{{}}}\"}}}}", rng.word("abcdefghijklmnop", 32), rng.hex(64), rng.digits(3), rng.uuid())).with("X-Goog-Update-Interactivity", "bg").program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", rng),
        4 => Ask::get(format!("/{}{}", rng.pick(&["connecttest.txt?n=", "ncsi.txt?", "generate_204?", "hotspot-detect.html?", "success.txt?ipv4&", "mobile/status.php?_="]), rng.below(9999))).program(rng.pick(&["Microsoft NCSI", "CaptiveNetworkSupport-481.100.5 wispr", "Dalvik/2.1.0 (Linux; U; Android 9; MI 6 Build/PKQ1.190118.001)", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"]), rng),
        5 => Ask::get(format!("/ubuntu/pool/main/libs/{}_{}.{}-1ubuntu0.{}_amd64.deb", rng.pick(&["libssh2/libssh2-1", "g/gcc-12/g%2b%2b-12", "p/perl/perl-base", "s/sqlite3/libsqlite3-0", "b/bash/bash"]), rng.below(9), rng.below(40), rng.below(20))).program("Debian APT-HTTP/1.3 (2.4.13) non-interactive", rng),
        6 => Ask::post(format!("/cloudquery/v3?mid={}&pid=h_home&r={}", rng.hex(32), rng.digits(5)), "multipart/form-data; boundary=--------------------------31", [b"----------------------------31\r\nContent-Disposition: form-data; name=\"m\"\r\n\r\n".as_slice(), &rng.bytes(200), b"\r\n----------------------------31--\r\n"].concat()).program("Post_Multipart", rng),
        7 => Ask::get(format!("/invc/xfspeed/qqsetup/upd?guid={}&ver=12.0.{}&os=6.1|sp1|x64&chn={}&md5={}&cmd=check", rng.hex(32), rng.below(9999), rng.digits(8), rng.hex(32).to_uppercase())).windows(rng),
        8 => Ask::get(format!("/{}.js?v={}&ext={}&hostname={}&t={}", rng.pick(&["inject/price", "adfilter/cn", "helper/rules"]), rng.hex(7), rng.word("abcdefghijklmnop", 32), rng.pick(phrases::SITES), words::millis(rng))).with("Sec-Fetch-Site", "none").program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 Edg/116.0.1938.81", rng),
        9 => Ask::get(format!("/v7/windowsupdate/redir/wuredir.cab?{}{}", rng.digits(10), rng.pick(&["", "&L=zh-CN"]))).program("Windows-Update-Agent", rng),
        10 => Ask::post(format!("/sb/v4/threatListUpdates:fetch?$ct=application/x-protobuf&key={}&$httpMethod=POST", rng.base64_url(39)), "application/x-protobuf", [b"\x0a\x1b\x0a\x13navclient-auto-ffox\x12\x04133.".as_slice(), &rng.bytes(90)].concat()).program("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", rng),
        11 => Ask::get(format!("/pr/{id}/Office/Data/v32_16.0.{}.{}.cab", rng.digits(5), rng.digits(5))).program("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Excel 16.0.14332; Pro)", rng),
        12 => Ask::get(format!("/simple/{}/?format=json&cache={}", rng.pick(&["cryptography", "python-ldap", "pyyaml", "psycopg2-binary", "jinja2"]), rng.digits(5))).program("pip/24.2 {\"ci\":null,\"cpu\":\"x86_64\",\"distro\":{\"id\":\"jammy\",\"libc\":{\"lib\":\"glibc\",\"version\":\"2.35\"},\"name\":\"Ubuntu\",\"version\":\"22.04\"},\"implementation\":{\"name\":\"CPython\",\"version\":\"3.10.12\"},\"installer\":{\"name\":\"pip\",\"version\":\"24.2\"},\"python\":\"3.10.12\",\"system\":{\"name\":\"Linux\",\"release\":\"5.15.0-126-generic\"}}", rng),
        _ => Ask::get(format!("/filestreamingservice/files/{id}?P1={}&P2=402&P3=2&P4={}&cacheHostOrigin=dl.delivery.example", rng.digits(10), codec::percent(codec::base64(rng.bytes(64))).replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"))).with("Accept-Encoding", "identity").program("Microsoft BITS/7.8", rng),
    }
}

/// Printers, scanners, cameras, intercoms and their managers.
fn office_device(rng: &mut Rng) -> Vec<u8> {
    let (id, name) = (rng.digits(4), phrases::name(rng));
    match rng.below(10) {
        0 => {
            let attribute = |tag: u8, key: &str, value: &str| {
                let mut bytes = vec![tag];
                bytes.extend_from_slice(&(key.len() as u16).to_be_bytes());
                bytes.extend_from_slice(key.as_bytes());
                bytes.extend_from_slice(&(value.len() as u16).to_be_bytes());
                bytes.extend_from_slice(value.as_bytes());
                bytes
            };
            let job = format!("{name}_{}", rng.pick(&["检验报告单 (2页)", "Microsoft Word - 会议通知.doc", "http://hisweb/emr/print?id=8&type=A4", "处方笺<麻>"]));
            let length = rng.between(100, 900);
            let body = [b"\x02\x00\x00\x02\x00\x00\x00\x01\x01".as_slice(), &attribute(0x47, "attributes-charset", "utf-8"), &attribute(0x48, "attributes-natural-language", "zh-cn"), &attribute(0x45, "printer-uri", "ipp://172.18.40.66:631/ipp/print"), &attribute(0x42, "job-name", &job), &attribute(0x49, "document-format", "application/octet-stream"), b"\x03\x1b%-12345X@PJL SET COPIES=1\n@PJL ENTER LANGUAGE=PCL\n", &rng.bytes(length)].concat();
            Ask::post("/ipp/print", "application/ipp", body).program(rng.pick(&["CUPS/2.4.2 (Linux 5.15.0; x86_64) IPP/2.0", "Microsoft-Windows/10.0 IPP/1.0", "Internet Print Provider"]), rng)
        }
        1 => Ask::post("/onvif/device_service", "application/soap+xml; charset=utf-8; action=\"http://www.onvif.org/ver10/media/wsdl/GetStreamUri\"", format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><wsse:UsernameToken><wsse:Username>admin</wsse:Username><wsse:Password Type=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest\">{}</wsse:Password><wsse:Nonce>{}</wsse:Nonce></wsse:UsernameToken></wsse:Security></s:Header><s:Body><GetStreamUri xmlns=\"http://www.onvif.org/ver10/media/wsdl\"><ProfileToken>Profile_{id}</ProfileToken></GetStreamUri></s:Body></s:Envelope>", codec::base64(rng.bytes(20)), codec::base64(rng.bytes(16)))).program("gSOAP/2.7", rng),
        2 => Ask::new("PUT", format!("/ISAPI/System/Video/inputs/channels/{}/overlays", rng.below(32))).carrying("application/xml; charset=\"UTF-8\"", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<VideoOverlay version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\"><TextOverlayList size=\"8\"><TextOverlay><id>1</id><enabled>true</enabled><displayText>{} #{id}</displayText></TextOverlay></TextOverlayList></VideoOverlay>", rng.pick(&["住院楼3F&amp;走廊", "药库(西)", "抢救室-&gt;大门"]))).data(rng),
        3 => Ask::get(format!("/cgi-bin/configManager.cgi?action=setConfig&ChannelTitle[0].Name={}&VideoWidget[0].TimeTitle.PreviewBlend=true&n={id}", codec::percent("收费处(1)")).replace('[', "%5B").replace(']', "%5D")).with("Authorization", format!("Digest username=\"admin\",realm=\"Login to {}\",nonce=\"{}\",uri=\"/cgi-bin/configManager.cgi\",response=\"{}\"", rng.hex(32), rng.digits(9), rng.hex(32))).program("", rng),
        4 => Ask::new("SUBSCRIBE", "/upnp/event/AVTransport1").with("CALLBACK", format!("<http://172.18.40.{}:49152/>", rng.between(2, 250))).with("NT", "upnp:event").with("TIMEOUT", format!("Second-{}", rng.between(300, 1800))).program("Linux/4.9 UPnP/1.0 Portable SDK/1.6.22", rng),
        5 => Ask::post("/MediaRenderer/AVTransport/Control", "text/xml; charset=\"utf-8\"", format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:SetAVTransportURI xmlns:u=\"urn:schemas-upnp-org:service:AVTransport:1\"><InstanceID>0</InstanceID><CurrentURI>http://172.18.40.9:8200/MediaItems/{id}.mp4?a=1&amp;b=2</CurrentURI><CurrentURIMetaData>&lt;DIDL-Lite xmlns:dc=&quot;http://purl.org/dc/elements/1.1/&quot;&gt;&lt;item id=&quot;{id}&quot;&gt;&lt;dc:title&gt;健康宣教&lt;/dc:title&gt;&lt;/item&gt;&lt;/DIDL-Lite&gt;</CurrentURIMetaData></u:SetAVTransportURI></s:Body></s:Envelope>")).with("SOAPACTION", "\"urn:schemas-upnp-org:service:AVTransport:1#SetAVTransportURI\"").program("UPnP/1.0 DLNADOC/1.50 Platinum/1.0.5.13", rng),
        6 => Ask::form("/hp/device/set_config_deviceInfo.html", &[("AssetNumber", &id), ("DeviceLocation", rng.pick(&["2F 护士站(左)", "B1-药房 & 静配", "门诊/收费#3"])), ("ContactPerson", name), ("Menu", "InfoConfig"), ("Apply", "应用")]).page(rng),
        7 => Ask::post("/WSDScanner", "application/soap+xml", format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:sca=\"http://schemas.microsoft.com/windows/2006/08/wdp/scan\"><soap:Header><wsa:MessageID>urn:uuid:{}</wsa:MessageID></soap:Header><soap:Body><sca:CreateScanJobRequest><sca:ScanTicket><sca:JobDescription><sca:JobName>{name}</sca:JobName></sca:JobDescription></sca:ScanTicket></sca:CreateScanJobRequest></soap:Body></soap:Envelope>", rng.uuid())).program("WSDAPI", rng),
        8 => Ask::get(format!("/iclock/cdata?SN={}&options=all&pushver=2.4.1&language=83&pushcommkey={}", rng.word("0123456789ABCDEF", 13), rng.hex(32))).program("iClock Proxy/1.09", rng),
        _ => Ask::post(format!("/iclock/cdata?SN={}&table=ATTLOG&Stamp={}", rng.word("0123456789ABCDEF", 13), rng.digits(9)), "text/plain", (0..rng.between(1, 5)).map(|_| format!("{}\t{}\t{}\t{}\t0\t0\t0\r\n", rng.digits(4), phrases::moment(rng), rng.below(5), rng.pick(&[1, 4, 15]))).collect::<String>()).program("iClock Proxy/1.09", rng),
    }
}

/// Games in browsers and telephones, messengers in pages.
fn game(rng: &mut Rng) -> Vec<u8> {
    let (id, moment, talk, nick) = (rng.digits(9), words::millis(rng), phrases::talk(rng), rng.pick(phrases::NICKS));
    match rng.below(11) {
        0 => Ask::post("/api/battle/report", "application/json", format!("{{\"uid\":1{id},\"stage\":\"3-{}\",\"seed\":1{},\"cmds\":\"U,U,D,L,{},A+B\",\"drop\":[[1{},1],[1001,-2]],\"name\":{},\"crc\":\"{}\"}}", rng.below(20), rng.digits(9), rng.below(99), rng.digits(5), codec::json(nick), rng.hex(8))).program("UnityPlayer/2021.3.45f1c1 (UnityWebRequest/1.0, libcurl/8.5.0-DEV)", rng),
        1 => Ask::post(format!("/gw?cmd={}&zone={}&sig={}", rng.digits(5), rng.below(400), rng.hex(32)), "application/octet-stream", { let length = rng.between(40, 800); rng.bytes(length) }).program("game/1.9.3 CFNetwork/1492.0.1 Darwin/23.3.0", rng),
        2 => Ask::get(format!("/login?platform=4399&serverid=S{}&username={}&time={}&flag={}&client=web&cm=1", rng.below(900), codec::percent(nick), rng.digits(10), rng.hex(32))).page(rng),
        3 => Ask::form("/chat/send", &[("ch", "world"), ("msg", talk), ("role", nick), ("item", "{\"t\":\"link\",\"c\":\"#ff0\",\"n\":\"[屠龙刀+15]\"}"), ("t", &moment)]).program("libcurl-agent/1.0", rng),
        4 => Ask::json(format!("/cgi-bin/mmwebwx-bin/webwxsendmsg?lang=zh_CN&pass_ticket={}", codec::percent(codec::base64(rng.bytes(48)))), format!("{{\"BaseRequest\":{{\"Uin\":1{id},\"Sid\":\"{}\",\"Skey\":\"@crypt_{}_{}\",\"DeviceID\":\"e{}\"}},\"Msg\":{{\"Type\":1,\"Content\":{},\"FromUserName\":\"@{}\",\"ToUserName\":\"@@{}\",\"LocalID\":\"{moment}0{}\"}},\"Scene\":0}}", rng.token(16), rng.hex(8), rng.hex(32), rng.digits(15), codec::json(talk), rng.hex(64), rng.hex(64), rng.digits(3))).data(rng),
        5 => Ask::post(format!("/channel/send_buddy_msg2?t={moment}"), "application/x-www-form-urlencoded", format!("r={}", codec::percent(format!("{{\"to\":1{id},\"content\":{},\"face\":522,\"clientid\":{},\"msg_id\":{},\"psessionid\":\"{}\"}}", codec::json(format!("[{},[\"font\",{{\"name\":\"宋体\",\"size\":10,\"style\":[0,0,0],\"color\":\"000000\"}}]]", codec::json(talk))), rng.digits(8), rng.digits(8), rng.hex(40))))).data(rng),
        6 => Ask::new("PUT", format!("/_matrix/client/v3/rooms/!abc%3Alinshan.example/send/m.room.message/m{moment}.{}", rng.below(9))).carrying( "application/json", format!("{{\"msgtype\":\"m.text\",\"body\":{},\"format\":\"org.matrix.custom.html\",\"formatted_body\":{},\"m.mentions\":{{}}}}", codec::json(talk), codec::json(format!("<mx-reply><blockquote><a href=\"https://matrix.to/#/!abc:linshan.example/${}?via=linshan.example\">In reply to</a><br>{}</blockquote></mx-reply>{}", rng.base64_url(43), codec::xml(phrases::talk(rng)), codec::xml(talk))))).data(rng),
        7 => Ask::json("/v1/bullet", format!("{{\"room\":1{id},\"mode\":1,\"color\":16777215,\"fontsize\":25,\"msg\":{},\"rnd\":{},\"progress\":{}}}", codec::json(rng.pick(&["233333", "awsl", "前方高能!!!", "???", "哈哈哈哈哈 <-- 这个人", "1111", "666", "泪目 QAQ", "AAA建材王哥", "b站第一!", "爷青回"])), rng.digits(10), rng.digits(6))).app(rng),
        8 => Ask::get(format!("/crossdomain.xml?{}", rng.digits(6))).with("x-flash-version", "32,0,0,465").old_page(rng),
        9 => Ask::post("/log/gamelog", "text/plain", format!("[{moment}] INFO  {nick} enter scene=({}, -3.5) fps={}\n[{moment}] WARN  shader 'Mobile/Diffuse' missing; fallback=\"Standard\"\n[{moment}] ERROR NullReferenceException: Object reference not set to an instance of an object\n  at UIBag.OnClick (Int32 idx) [0x0001f] in <{}>:0 \n", rng.below(900), rng.below(60), rng.hex(32))).program("UnityPlayer/2019.4.40f1 (UnityWebRequest/1.0, libcurl/7.80.0-DEV)", rng),
        _ => Ask::get(format!("/h5game/index.html?gid={id}&openid={}&share={}&hlmy_gw={}&fcm={}&v=2.1.{}", rng.hex(32), codec::percent(format!("{nick}邀请你>组队")), codec::percent("0_0_1|2"), rng.below(3), rng.below(99))).phone(rng),
    }
}

/// Static files with odd queries, readers of feeds, podcasts, downloads.
fn static_file(rng: &mut Rng) -> Vec<u8> {
    let (id, hash) = (rng.digits(6), rng.hex(10));
    let site = rng.pick(phrases::SITES);
    match rng.below(16) {
        0 => Ask::get(format!("/c/=/home/js/lib/%7Bjquery-1.7.js,jsmart.min.js,/ui/m.js%7D?_{hash}")).script(rng),
        1 => Ask::get(format!("/fonts/iconfont.woff2?t={}", words::millis(rng))).referer(format!("https://{site}/css/iconfont.css")).script(rng),
        2 => Ask::get(format!("/fonts/fontawesome-webfont.eot?v=4.7.{}", rng.below(99))).old_page(rng),
        3 => Ask::get(format!("/i/{hash}.jpg?imageMogr2/auto-orient/thumbnail/!{}x{}r/gravity/Center/crop/640x360/quality/{}|imageslim", rng.between(100, 999), rng.between(100, 999), rng.between(50, 95))).image(rng),
        4 => Ask::get(format!("/{hash}@!{}_webp?sign={}-{}-0-{}", rng.pick(&["w640", "avatar.circle", "thumb"]), rng.hex(32), rng.digits(10), rng.hex(8))).image(rng),
        5 => Ask::get(format!("/timg?image&quality=80&size=b9999_10000&sec={}&di={}&imgtype=0&src=http%3A%2F%2F{site}%2Fupload%2F{hash}.jpg%3Fa%3D1", rng.digits(10), rng.hex(32))).image(rng),
        6 => Ask::get(format!("/css/main.css?v=%3C%25=version%25%3E&b={id}")).script(rng),
        7 => Ask::get(format!("/dist/js/app.{hash}.js.map")).program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", rng),
        8 => Ask::get(format!("/{}?{}", rng.pick(&["rss.xml", "feed.php", "atom.xml", "index.xml", "backend.php3"]), rng.pick(&["cat=12&fmt=0.91", "mode=topics&u=-1", "id=news|health", "paged=2&feed=rss2", "key=%E5%81%A5%E5%BA%B7"]))).with("If-None-Match", format!("W/\"{hash}\"")).with("A-IM", "feed").program(rng.pick(&["Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers)", "FreshRSS/1.24.3 (Linux; https://freshrss.org)", "Tiny Tiny RSS/21.11 (http://tt-rss.org/)", "NetNewsWire (RSS Reader; https://netnewswire.com/)", "UniversalFeedParser/5.2.1 +https://code.google.com/p/feedparser/"]), rng),
        9 => Ask::get(format!("/audio/2026/{id}.m4a?dtl={}&sr=16&_host={site}", rng.below(9))).with("Range", "bytes=0-").with("Icy-MetaData", "1").program("Lavf/58.76.100", rng),
        10 => Ask::get(format!("/soft/{}?id={id}&h={}", codec::percent(rng.pick(&["Navicat_v16(绿色版).zip", "WinRAR 6.0 简体中文.exe", "php-7.4.33-src.tar.gz", "SQLyog-13.1.9.x64.exe", "cmd命令手册.chm", "sh.rar", "360zip+skin.exe"])), rng.hex(32))).page(rng),
        11 => Ask::get(format!("/js/lang.php?l=zh_CN&{}", rng.pick(&["20260101", "_=_", "&", "a&b&c", "='", "v=1.0.0-beta+exp.sha.5114f85"])) + &format!("&{id}")).script(rng),
        12 => Ask::get(format!("/web/viewer.html?file=%2Fpdf%2F{}.pdf%3Ft%3D{id}", codec::percent("出院指导(骨科)"))).page(rng),
        13 => Ask::get(format!("/manifest/{hash}.webmanifest?start=/?utm_source%3Dpwa&d={id}")).script(rng),
        14 => Ask::get(format!("/res/combo?p/lib/{hash}/s.js,p/mod_{id}/index.css,p/~tpl/list.html&rev={}", rng.digits(5))).script(rng),
        _ => Ask::get(format!("/gpx/{}.gpx?name={}&bbox=-180,-90;180,90&{id}", hash, codec::percent("徒步#2 (往返)"))).app(rng),
    }
}
