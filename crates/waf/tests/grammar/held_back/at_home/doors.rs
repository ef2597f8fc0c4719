//! Honest requests between pages and services: sign-on by redirects, sealed and binary bodies.

use super::super::super::benign::{BenignGrammar, grammar};
use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::super::super::words;
use super::browsing::{app, call, jwt, send, visit};

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("round-trips-of-sign-on", 45, sign_on), grammar("sealed-and-packed-bodies", 45, sealed)];

fn sign_on(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&[
        "open.lianjie.example",
        "sso.jituan.example",
        "passport.menhu.example",
        "auth.yun.example",
        "id.gongyi.example",
    ]);
    let back = match rng.below(5) {
        0 => format!(
            "https://www.linli.example/member.php?mod=connect&op=callback&referer={}",
            codec::percent("https://www.linli.example/thread-81-1-1.html")
        ),
        1 => format!("https://oa.jituan.example/index.html#/todo?id={}", rng.digits(5)),
        2 => format!("http://10.20.3.{}:8080/portal/cas", rng.between(2, 250)),
        3 => "com.life.home://oauth2redirect".to_owned(),
        _ => format!(
            "https://m.haowu.example/wxlogin?returnUrl={}&a=1",
            codec::percent(format!("/order/list?tab={}&kw={}", rng.below(5), codec::percent("鞋 & 包")))
        ),
    };
    let (state, target) = (rng.base64_url(24), codec::percent(&back));
    match rng.below(13) {
        0 => visit(
            host,
            Wire::get(format!(
                "/connect/oauth2/authorize?appid=wx{}&redirect_uri={target}&response_type=code&scope=snsapi_userinfo&state={state}&connect_redirect=1",
                rng.hex(16)
            )),
            rng,
        ),
        1 => visit(
            host,
            Wire::get(format!(
                "/oauth2.0/authorize?response_type=code&client_id={}&redirect_uri={target}&scope=get_user_info,add_t&display=&g_ut=&state={state}",
                rng.digits(9)
            )),
            rng,
        ),
        2 => visit(
            host,
            Wire::get(format!(
                "/authorize?client_id={}&scope=openid%20profile%20email&response_mode=form_post&nonce={}&code_challenge={}&code_challenge_method=S256&redirect_uri={target}&state={state}",
                rng.uuid(),
                rng.hex(32),
                rng.base64_url(43)
            )),
            rng,
        ),
        3 => visit(host, Wire::get(format!("/cas/login?service={target}&renew=false&locale=zh_CN")), rng),
        4 => call(
            host,
            Wire::get(format!(
                "/cas/p3/serviceValidate?ticket=ST-{}-{}-cas01.jituan&service={target}&format=JSON",
                rng.digits(6),
                rng.token(27)
            )),
            rng,
        ),
        5 => {
            let request = format!(
                "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{}\" Version=\"2.0\" IssueInstant=\"{}T{}Z\" AssertionConsumerServiceURL=\"https://oa.jituan.example/saml/acs\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">oa.jituan</saml:Issuer></samlp:AuthnRequest>",
                rng.hex(32),
                words::date(rng),
                words::time(rng)
            );
            visit(
                host,
                Wire::get(format!(
                    "/saml2/idp/sso?SAMLRequest={}&RelayState={target}",
                    codec::percent(codec::base64(codec::deflate(request.as_bytes())))
                )),
                rng,
            )
        }
        6 => {
            let answer = format!(
                "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{}\"><saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:Subject><saml:NameID>{}</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>",
                rng.hex(32),
                words::person(rng)
            );
            visit(
                host,
                Wire::post(
                    "/saml/acs",
                    FORM,
                    format!("SAMLResponse={}&RelayState={target}", codec::form(codec::base64(answer))),
                ),
                rng,
            )
        }
        7 => visit(
            host,
            Wire::post(
                "/signin-oidc",
                FORM,
                format!("code={}&id_token={}&state={state}&session_state={}", rng.base64_url(60), jwt(rng), rng.uuid()),
            ),
            rng,
        ),
        8 => app(
            host,
            Wire::post(
                "/oauth/token",
                FORM,
                format!(
                    "grant_type=authorization_code&code={}&redirect_uri={target}&client_id=home-app&code_verifier={}~{}",
                    rng.base64_url(40),
                    rng.base64_url(30),
                    rng.base64_url(20)
                ),
            ),
            rng,
        ),
        9 => app(
            host,
            Wire::post(
                "/gateway.do",
                "application/x-www-form-urlencoded;charset=utf-8",
                format!(
                    "app_id={}&method=system.oauth.token&charset=utf-8&sign_type=RSA2&timestamp={}+{}&version=1.0&grant_type=authorization_code&code={}&sign={}",
                    rng.digits(16),
                    words::date(rng),
                    codec::form(words::time(rng)),
                    rng.hex(32),
                    codec::form(codec::base64(rng.bytes(256)))
                ),
            ),
            rng,
        ),
        10 => visit(
            host,
            Wire::get(format!(
                "/callback?code={}&state={}",
                rng.token(28),
                codec::percent(codec::base64(format!("{{\"to\":\"{back}\",\"n\":{}}}", rng.below(9999))))
            )),
            rng,
        ),
        11 => visit(
            host,
            Wire::get(format!(
                "/connect/qrconnect?appid=wx{}&scope=snsapi_login&redirect_uri={target}&state={state}&login_type=jssdk&self_redirect=default&style=black&href={}",
                rng.hex(16),
                codec::percent(format!(
                    "data:text/css;base64,{}",
                    codec::base64(".impowerBox .qrcode{width:180px}.title{display:none}")
                ))
            )),
            rng,
        ),
        _ => {
            visit(host, Wire::get(format!("/logout?post_logout_redirect_uri={target}&id_token_hint={}", jwt(rng))), rng)
        }
    }
}

fn sealed(rng: &mut Rng) -> Vec<u8> {
    let host = rng.pick(&["gw.shenghuo.example", "api.qiyue.example", "m.yinhang-ka.example", "sync.biji.example"]);
    let (size, now) = (rng.between(60, 260), words::millis(rng));
    match rng.below(12) {
        0 => app(
            host,
            Wire::post(
                "/gateway/v3",
                JSON,
                format!(
                    "{{\"data\":\"{}\",\"key\":\"{}\",\"ts\":{now},\"v\":\"3\"}}",
                    codec::base64(rng.bytes(size)),
                    codec::base64(rng.bytes(128))
                ),
            ),
            rng,
        ),
        1 => app(
            host,
            Wire::post(
                "/rpc/feed.FeedService/List",
                "application/grpc-web+proto",
                [b"\x00\x00\x00\x00\x1c\x0a\x0chome-channel\x10\x14\x1a\x08".as_slice(), &rng.bytes(8)].concat(),
            )
            .header("X-Grpc-Web", "1"),
            rng,
        ),
        2 => app(
            host,
            Wire::post(
                "/api/proto/user/sync",
                "application/x-protobuf",
                [
                    b"\x0a\x0b".as_slice(),
                    words::phone(rng).as_bytes(),
                    b"\x12\x09\xe5\xb0\x8f\xe6\xa1\x94\xe5\xad\x90\x18\x01\x22",
                    &[40],
                    &rng.bytes(40),
                ]
                .concat(),
            ),
            rng,
        ),
        3 => call(
            host,
            Wire::post(
                "/ajax/query",
                FORM,
                format!("params={}&encSecKey={}", codec::form(codec::base64(rng.bytes(size))), rng.hex(256)),
            ),
            rng,
        ),
        4 => app(host, Wire::post("/v1/data.bin", "application/octet-stream", rng.bytes(size)), rng),
        5 => app(
            host,
            Wire::post(
                "/msgpack",
                "application/msgpack",
                [
                    b"\x83\xa2id\xce".as_slice(),
                    &rng.bytes(4),
                    b"\xa4name\xa9\xe5\xbc\xa0\xe5\xb0\x8f\xe6\x98\x8e\xa3tag\x92\xa1a\xa3b&c",
                ]
                .concat(),
            ),
            rng,
        ),
        6 => call(
            host,
            Wire::post(
                "/session/renew",
                JSON,
                format!("{{\"refreshToken\":\"{}\",\"fp\":\"{}\"}}", jwt(rng), rng.hex(32)),
            ),
            rng,
        ),
        7 => call(
            host,
            Wire::get(format!(
                "/notes/share?d={}&s={}",
                codec::base64_url(format!(
                    "{{\"t\":\"{}\",\"by\":\"{}\"}}",
                    rng.pick(&["购物清单:牛奶 x2", "菜谱 & 笔记", "Mum's recipe"]),
                    words::person(rng)
                )),
                rng.base64_url(27)
            )),
            rng,
        ),
        8 => app(
            host,
            Wire::new("PUT", format!("/sync/objects/{}", rng.hex(40)))
                .body(
                    "application/json",
                    codec::gzip(
                        format!(
                            "{{\"title\":\"{}\",\"mtime\":{now},\"body\":\"今天去了{},很开心。\"}}",
                            words::date(rng),
                            rng.pick(&["公园", "奶奶家", "O'Hara's Café"])
                        )
                        .as_bytes(),
                    ),
                )
                .header("Content-Encoding", "gzip")
                .header("If-Match", "*"),
            rng,
        ),
        9 => {
            let head = Wire::new("POST", "/stream/audio?codec=opus&rate=16000")
                .host(host)
                .header("User-Agent", "VoiceHome/2.3 (Android 12)")
                .header("Content-Type", "audio/ogg;codecs=opus")
                .header("Transfer-Encoding", "chunked");
            let mut bytes = head.finish(rng);
            for _ in 0..rng.between(1, 3) {
                let chunk = rng.bytes(48);
                bytes.extend_from_slice(b"30\r\n");
                bytes.extend(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
            bytes
        }
        10 => app(
            host,
            Wire::post(
                "/pay/notify",
                "text/xml",
                format!(
                    "<xml><appid><![CDATA[wx{}]]></appid><attach><![CDATA[{}]]></attach><nonce_str><![CDATA[{}]]></nonce_str><total_fee>{}</total_fee><req_info><![CDATA[{}]]></req_info></xml>",
                    rng.hex(16),
                    rng.pick(&["水费", "A店&B店", "2月物业费<已核对>"]),
                    rng.token(32),
                    rng.between(1, 99999),
                    codec::base64(rng.bytes(96))
                ),
            ),
            rng,
        ),
        _ => send(
            host,
            "/h5/api",
            &[
                ("bizContent", format!("{{\"cardNo\":\"{}\",\"page\":1}}", codec::base64(rng.bytes(24)))),
                ("sign", rng.hex(64)),
                ("signType", "SM3".to_owned()),
                ("timestamp", now),
            ],
            rng,
        ),
    }
}
