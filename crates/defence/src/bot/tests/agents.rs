//! User agents as they are sent, each with its class.

use super::*;

const BROWSERS: &[&str] = &[
    // Desktops.
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 UOS",
    "Mozilla/5.0 (X11; Linux aarch64; rv:78.0) Gecko/20100101 Firefox/78.0",
    "Opera/9.80 (Windows NT 6.1; U; zh-cn) Presto/2.10.229 Version/11.62",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0",
    // What hospitals have had for years.
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; SLCC2; .NET CLR 2.0.50727; .NET4.0C)",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
    "Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/69.0.3497.100 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 360SE/13.1",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 QIHU 360EE",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.71 Safari/537.36 Core/1.94.202.400 QQBrowser/11.9.5355.400",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36 SE 2.X MetaSr 1.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 Maxthon/5.3.8.2000",
    // Telephones.
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; PJD110) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 13; zh-CN; V2254A Build/TP1A.220624.014) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/16.5.9.1293 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 13; zh-cn; 22081212C Build/TKQ1.220829.002) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.4.50331",
    "Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN00; HMSCore 6.13.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0.5.303 Mobile Safari/537.36",
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile",
    "Mozilla/5.0 (Linux; Android 13; V2241A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/87.0.4280.141 Mobile Safari/537.36 VivoBrowser/18.5.2.0",
    "Mozilla/5.0 (Linux; U; Android 12; zh-cn; PGJM10 Build/SP1A.210812.016) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/90.0.4430.61 Mobile Safari/537.36 HeyTapBrowser/40.8.10.1",
    "Mozilla/5.0 (Linux; Android 13; SM-S9180) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
    // Inside of other applications.
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN",
    "Mozilla/5.0 (Linux; Android 13; 2211133C Build/TKQ1.220905.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240501 MMWEBID/2247 MicroMessenger/8.0.50.2701(0x2800325B) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.44(0x18002c2f) NetType/WIFI Language/zh_CN miniProgram/wx0123456789abcdef",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090c11) XWEB/11581 Flue",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh ColorScheme/Light",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 Ariver/1.1.0 AliApp(AP/10.6.0.6000) Nebula WK RVKType(0) AlipayDefined(nt:WIFI,ws:390|780|3.0) AlipayClient/10.6.0.6000 Language/zh-Hans Region/CN NebulaX/1.0.0",
    "Mozilla/5.0 (Linux; U; Android 12; zh-CN; ELS-AN00 Build/HUAWEIELS-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/69.0.3497.100 UWS/3.22.2.64 Mobile Safari/537.36 AliApp(DingTalk/7.5.10) com.alibaba.android.rimet/35311120 Channel/227200 language/zh-CN",
    "Mozilla/5.0 (Linux; Android 11; M2012K11AC Build/RKQ1.200826.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/89.0.4389.72 MQQBrowser/6.2 TBS/046141 Mobile Safari/537.36 V1_AND_SQ_8.9.58_3830_YYB_D QQ/8.9.58.11050 NetType/WIFI WebP/0.3.0",
    "Mozilla/5.0 (Linux; Android 10; MI 9 Build/QKQ1.190825.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/76.0.3809.89 Mobile Safari/537.36 T7/12.10 SP-engine/2.28.0 baiduboxapp/12.10.0.10 (Baidu; P1 10)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Lark/6.11.8 LarkLocale/zh_CN ChannelName/Feishu",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) his-client/3.2.0 Chrome/108.0.5359.215 Electron/22.3.27 Safari/537.36",
];

const OTHERS: &[(BotClass, &str)] = &[
    (BotClass::Tool, "curl/8.5.0"),
    (BotClass::Tool, "Wget/1.21.4"),
    (BotClass::Tool, "python-requests/2.31.0"),
    (BotClass::Tool, "Python-urllib/3.11"),
    (BotClass::Tool, "Python/3.11 aiohttp/3.9.1"),
    (BotClass::Tool, "Go-http-client/1.1"),
    (BotClass::Tool, "Java/1.8.0_392"),
    (BotClass::Tool, "okhttp/4.12.0"),
    (BotClass::Tool, "Apache-HttpClient/4.5.14 (Java/17.0.9)"),
    (BotClass::Tool, "PostmanRuntime/7.36.1"),
    (BotClass::Tool, "libwww-perl/6.72"),
    (BotClass::Tool, "axios/1.6.2"),
    (BotClass::Tool, "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)"),
    (BotClass::Tool, "Dart/3.2 (dart:io)"),
    (BotClass::Tool, "HospitalApp/5 CFNetwork/1410.0.3 Darwin/22.6.0"),
    (BotClass::Tool, "Mozilla/5.0 (Windows NT; Windows NT 10.0; zh-CN) WindowsPowerShell/5.1.19041.3803"),
    (BotClass::Tool, "Zabbix 6.0.25"),
    (BotClass::Tool, "ApacheBench/2.3"),
    (
        BotClass::Tool,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
    ),
    (
        BotClass::Tool,
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    ),
    (BotClass::Scanner, "sqlmap/1.8#stable (https://sqlmap.org)"),
    (BotClass::Scanner, "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)"),
    (BotClass::Scanner, "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)"),
    (BotClass::Scanner, "masscan/1.3 (https://github.com/robertdavidgraham/masscan)"),
    (BotClass::Scanner, "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)"),
    (BotClass::Scanner, "Mozilla/5.0 zgrab/0.x"),
    (
        BotClass::Scanner,
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.21 (KHTML, like Gecko) Chrome/41.0.2228.0 Safari/537.21 Acunetix",
    ),
    (BotClass::Scanner, "Mozilla/5.0 (compatible; Nessus; Tenable)"),
    (BotClass::Scanner, "Mozilla/4.0 (compatible; MSIE 6.0; Win32) AppScan/10.0"),
    (BotClass::Scanner, "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/109.0 Safari/537.36 xray/1.9.11"),
    (BotClass::Scanner, "Goby/2.9"),
    (BotClass::Scanner, "dirsearch/0.4.3"),
    (BotClass::Scanner, "gobuster/3.6"),
    (BotClass::Scanner, "Fuzz Faster U Fool v2.1.0-dev"),
    (BotClass::Scanner, "WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)"),
    (BotClass::Scanner, "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)"),
    (BotClass::Scanner, "Hello, World"),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 (compatible; Baiduspider-render/2.0; +http://www.baidu.com/search/spider.html)",
    ),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/131.0.6778.69 Safari/537.36",
    ),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
    ),
    (BotClass::SearchEngine, "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)"),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/50.0.2661.102 Safari/537.36; 360Spider",
    ),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/69.0.3497.81 YisouSpider/5.0 Safari/537.36",
    ),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
    ),
    (
        BotClass::SearchEngine,
        "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)",
    ),
    (
        BotClass::Scraper,
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot",
    ),
    (
        BotClass::Scraper,
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    ),
    (BotClass::Scraper, "Scrapy/2.11.0 (+https://scrapy.org)"),
    (BotClass::Scraper, "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (BotClass::Scraper, "CCBot/2.0 (https://commoncrawl.org/faq/)"),
    (BotClass::Scraper, "Mozilla/5.0 (compatible; HTTrack 3.49; Windows 98)"),
    (BotClass::Scraper, "Mozilla/5.0 (compatible; SomeNewBot/1.0; +https://example.org)"),
    (BotClass::Scraper, "examplecrawler"),
    (BotClass::Unknown, ""),
    (BotClass::Unknown, "   "),
    (BotClass::Unknown, "Mozilla/5.0"),
    (BotClass::Unknown, "Mozilla/4.0"),
    (BotClass::Unknown, "() { :; }; /bin/bash -c id"),
    (BotClass::Unknown, "HIS-Interface/2.1"),
    (BotClass::Unknown, "Chrome/131.0.0.0"),
];

#[test]
fn there_are_enough_of_them() {
    assert!(BROWSERS.len() >= 35 && OTHERS.len() >= 55, "{} and {}", BROWSERS.len(), OTHERS.len());
}

#[test]
fn what_people_use_is_a_browser_and_scores_nothing() {
    for agent in BROWSERS {
        let assessment = assess(&honest(agent.as_bytes()));
        assert_eq!((assessment.class, names(assessment.reasons)), (BotClass::Browser, vec![]), "{agent}");
    }
}

/// What embedded and old browsers leave out, and proxies in hospitals, must not bring a person to a refusal; and the first of
/// them not even to a challenge.
#[test]
fn embedded_browsers_may_leave_out_what_others_send() {
    for agent in BROWSERS.iter().filter(|agent| {
        ["MicroMessenger", "AlipayClient", "DingTalk", "wxwork", "360SE", "QQBrowser", "UCBrowser", "Trident", "ArkWeb"]
            .iter()
            .any(|name| agent.contains(name))
    }) {
        let head = Head { has_fetch_metadata: false, has_accept_language: false, ..honest(agent.as_bytes()) };
        assert_eq!(assess(&head).score(), 0, "{agent}");
        let head = Head { is_http_1_0: true, ..head };
        assert!(assess(&head).score() < CHALLENGE_FROM, "{agent}");
    }
}

#[test]
fn the_others_are_what_they_say() {
    for (class, agent) in OTHERS {
        let assessment = assess(&honest(agent.as_bytes()));
        assert_eq!(assessment.class, *class, "{agent}");
        assert_eq!(assessment.claimed_search_engine.is_some(), *class == BotClass::SearchEngine, "{agent}");
        let fair = match class {
            BotClass::Scanner => BLOCK_FROM..=100,
            BotClass::Tool | BotClass::Scraper => CHALLENGE_FROM..=BLOCK_FROM - 1,
            BotClass::SearchEngine => 1..=CHALLENGE_FROM - 1,
            BotClass::Unknown | BotClass::Browser => 1..=BLOCK_FROM - 1,
        };
        assert!(fair.contains(&assessment.score()), "{agent}: {}", assessment.score());
    }
}

/// Letters change nothing, and nor does what stands around.
#[test]
fn a_scanner_is_found_in_any_writing_and_anywhere() {
    for agent in
        ["SQLMAP/1.8", "Mozilla/5.0 (X11) Chrome/131.0 sqlMap", "MicroMessenger/8.0 sqlmap", "Baiduspider sqlmap"]
    {
        assert_eq!(assess(&honest(agent.as_bytes())).class, BotClass::Scanner, "{agent}");
    }
    let beyond = format!("{}{}sqlmap", BROWSERS[0], " ".repeat(MAX_AGENT_BYTES));
    assert_eq!(assess(&honest(beyond.as_bytes())).class, BotClass::Browser, "only so much is read");
}
