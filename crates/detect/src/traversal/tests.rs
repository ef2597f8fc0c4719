use super::super::properties::check_properties;
use super::super::tests::{check_table, confidence};
use super::super::{Context, Detector, Place};

const ATTACKS: &[&str] = &[
    ".|./.|./.|./etc/passwd",
    "/etc/passwd;文件",
    "../../etc/passwd文件",
    ".../.../.../etc/passwd",
    "...//...//...//etc/passwd",
    ".git/config",
    "../../../../etc/passwd",
    "../../etc/passwd",
    "../etc/passwd",
    "/etc/passwd",
    "/etc//shadow",
    "/etc/./passwd",
    "/./etc/hosts",
    "//etc/passwd",
    "etc/passwd",
    "....//....//....//etc/passwd",
    "..././..././..././etc/passwd",
    "../../../../../../../../boot.ini",
    "..\\..\\..\\windows\\win.ini",
    "..\\..\\..\\..\\",
    "../../../../../../",
    "../../../x",
    "C:\\Windows\\System32\\drivers\\etc\\hosts",
    "c:/windows/win.ini",
    "C:\\boot.ini",
    "%SYSTEMROOT%\\win.ini",
    "%WINDIR%\\win.ini",
    "file:///etc/passwd",
    "file:///etc/hosts",
    "file:/etc/passwd",
    "file://localhost/etc/passwd",
    "file:///c:/windows/win.ini",
    "file:///root/flag",
    "file:///",
    "netdoc:///etc/passwd",
    "/proc/self/environ",
    "/proc/self/cmdline",
    "/proc/1/environ",
    "../WEB-INF/web.xml",
    "/WEB-INF/web.xml",
    "WEB-INF/classes/application.yml",
    "../../../../WEB-INF/web.xml;x=",
    "..;/..;/manager/html",
    "images/../../../../etc/passwd",
    "./../../../etc/group",
    "../../../../etc/passwd\0.jpg",
    "../../../../boot.ini%00.html",
    "index.php\0.jpg",
    "page.php%00",
    "/var/www/html/index.php\0",
    "..0x2f..0x2f..0x2fetc0x2fpasswd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "/var/log/nginx/error.log",
    "../../var/log/his/his.log",
    "/var/log/apache2/access.log",
    "../../../../var/log/nginx/access.log",
    "../../../wp-config.php",
    "../../config/database.yml",
    "../.env",
    "../../.git/config",
    "~/.ssh/id_rsa",
    "/root/.ssh/authorized_keys",
    "/home/user/.bash_history",
    "file=../../../../etc/passwd",
    "/usr/local/lib/php/pearcmd",
    "../../../../../usr/local/lib/php/pearcmd",
    "..\\..\\..\\inetpub\\wwwroot\\web.config",
    "/var/run/secrets/kubernetes.io/serviceaccount/token",
    "C:/inetpub/logs/LogFiles",
    "D:/phpstudy_pro/WWW/index.php",
    "/etc/[p]asswd",
    "/../../../././..\\ ../../etc/master.passwd",
    "../../../../etc/passwd and more",
    "../../../../../../../../etc/passwd",
    "....\\/....\\/etc/passwd",
    "..././..././etc/passwd",
    "...//...//...//etc/passwd",
    "..///////..////..//////etc/passwd",
    "/..../..../..../etc/passwd",
    "..\\..\\..\\..\\windows\\win.ini",
    "..\\\\..\\\\..\\\\boot.ini",
    "\\..\\..\\..\\windows\\win.ini",
    "..;/..;/..;/etc/passwd",
    "/..;/..;/WEB-INF/web.xml",
    "/static/..;/WEB-INF/web.xml",
    "/;/../../etc/passwd",
    "/./././etc/passwd",
    "/etc/passwd?",
    "/etc/passwd;",
    "../../../etc/passwd/././././././.",
    "file:///etc/shadow",
    "file://127.0.0.1/etc/passwd",
    "FILE:///C:/Windows/win.ini",
    "file:///proc/self/environ",
    "file:///flag",
    "file:///var/www/html/config.php",
    "file:///opt/app/config.yml",
    "file:/../../../etc/passwd",
    "jar:file:///etc/passwd!/",
    "local_file:///etc/passwd",
    "url:file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "C:/Windows/System32/drivers/etc/hosts",
    "c:\\boot.ini",
    "C:\\inetpub\\wwwroot\\web.config",
    "C:\\xampp\\apache\\conf\\httpd.conf",
    "\\\\127.0.0.1\\c$\\windows\\win.ini",
    "\\\\?\\C:\\Windows\\win.ini",
    "C:\\Users\\Administrator\\.ssh\\id_rsa",
    "C:\\Users\\Administrator\\NTUser.dat",
    "C:\\Windows\\System32\\config\\SAM",
    "C:\\Windows\\repair\\SAM",
    "C:\\WINDOWS\\system32\\inetsrv\\MetaBase.xml",
    "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config",
    "C:\\Windows\\Panther\\Unattend.xml",
    "C:\\Windows\\debug\\NetSetup.log",
    "C:\\Windows\\win.ini::$DATA",
    "/etc/shadow",
    "/etc/group",
    "/etc/hosts",
    "/etc/issue",
    "/etc/motd",
    "/etc/crontab",
    "/etc/ssh/sshd_config",
    "/etc/nginx/nginx.conf",
    "/etc/apache2/apache2.conf",
    "/etc/httpd/conf/httpd.conf",
    "/etc/mysql/my.cnf",
    "/etc/my.cnf",
    "/etc/php.ini",
    "/etc/redis.conf",
    "/etc/redis/redis.conf",
    "/etc/kubernetes/admin.conf",
    "/etc/rancher/k3s/k3s.yaml",
    "/etc/rsyncd.conf",
    "/etc/rsyncd.secrets",
    "/etc/sysconfig/network-scripts/ifcfg-eth0",
    "/etc/networks",
    "/etc/protocols",
    "/etc/rc.local",
    "/etc/os-release",
    "/etc/lsb-release",
    "/etc/machine-id",
    "/etc/docker/daemon.json",
    "/etc/openvpn/server.conf",
    "/etc/krb5.keytab",
    "/etc/ldap.conf",
    "/etc/postfix/main.cf",
    "/etc/dovecot/dovecot.conf",
    "/etc/squid/squid.conf",
    "/etc/zabbix/zabbix_server.conf",
    "/etc/elasticsearch/elasticsearch.yml",
    "/etc/grafana/grafana.ini",
    "/etc/haproxy/haproxy.cfg",
    "/etc/ansible/hosts",
    "/etc/environment",
    "/proc/self/status",
    "/proc/self/maps",
    "/proc/self/fd/0",
    "/proc/self/cwd/app.py",
    "/proc/self/root/etc/passwd",
    "/proc/self/mounts",
    "/proc/1/cmdline",
    "/proc/version",
    "/proc/net/tcp",
    "/proc/net/arp",
    "/proc/net/fib_trie",
    "/proc/sched_debug",
    "/proc/mounts",
    "/proc/cpuinfo",
    "/proc/partitions",
    "/proc/modules",
    "/proc/cgroups",
    "/proc/thread-self/environ",
    "/sys/class/net/eth0/address",
    "/sys/fs/cgroup/memory",
    "/sys/kernel/notes",
];

const HONEST: &[&str] = &[
    "/dev/sda1",
    "https://api.example.cn/2.0/.../projects/.../reviewers",
    "-Djava.security.egd=file:/dev/./urandom",
    "file:/dev/urandom",
    "/usr/local/tomcat/webapps/his",
    "/usr/local/nginx/html/index.html",
    "/var/lib/docker",
    "C:\\inetpub\\wwwroot\\his\\upload;D:\\his\\upload",
    "../img/a.png",
    "../../img/a.png",
    "./images/a.png",
    "../../css/site.css",
    "../../index.html",
    "../../user/index.aspx",
    "../../",
    "../",
    "<img src=\"../../images/logo.png\">",
    "<link rel=stylesheet href='../../../css/a.css'>",
    "@import url(../../../css/base.css);",
    "https://www.example.org/a/b/../c.html",
    "/a/b/../c",
    "/home/index",
    "/user/.../edit",
    "...",
    "wait...",
    "第一条...第二条.../结束",
    "/images/2026/11/report.pdf",
    "2026/11/20..2026/12/20",
    "1..10",
    "v1.2..v1.3",
    "HEAD~1..HEAD",
    "C:\\Users\\wang\\Desktop\\报告.docx",
    "D:\\data\\2026\\x.dcm",
    "\\\\fileserver\\share\\report",
    "file:///C:/Users/wang/Desktop/index.html",
    "file:///android_asset/www/index.html",
    "file:///storage/emulated/0/Download/a.jpg",
    "file:///var/mobile/Containers/Data/Application/1F2/Documents/a.png",
    "file://name.json",
    "https://github.com/a/b.git",
    "https://example.org/docs/etc/passwd",
    "application/json",
    "config.json",
    "application.yml",
    "settings.py 怎么写",
    "windows 10",
    "windows/mac/linux",
    "/static/js/app.config.js",
    "1.2.840.113619.2.55",
    "and/or",
    "w/o etc/others",
    "A/B/C etc. /other",
    "https://cdn.example.org/../x.js",
    "base64,iVBORw0KGgo/..AAAANSUhEUgAA",
    "name=../a&x=1",
    "/product/etc",
    "process/procedure",
    "a..b",
    "MSH|^~\\&|LIS|HOSP|EMR",
    "{\"path\":\"../../assets/a.png\"}",
    "100%",
    "50%00",
    "env.production",
    "my.environment",
    "user.git",
    "/usr/list",
    "/tree/list",
    "/run/list",
    "/app/index",
    "C:\\fakepath\\report.pdf",
    "//cdn.example.org/a.js",
    "/tmp/upload/abc.png",
    "/dev/null",
];

#[test]
fn climbing_and_sensitive_paths_are_confirmed() {
    check_table(Detector::Traversal, Context::of(Place::Value), 80, ATTACKS, HONEST);
}

#[test]
fn a_log_that_a_program_keeps_under_its_own_name_does_not_block() {
    let of = |path: &str| confidence(Detector::Traversal, path.as_bytes(), Context::of(Place::Value));
    assert!(of("/var/log/his/his.log") < 80);
    assert!(of("/var/log/emr/emr-error.log") < 80);
    assert!(of("/var/log/nginx/error.log") >= 80);
}

const PATHS: &[&str] = &[
    "/user.php.2020",
    "/.aws/credentials",
    "/app/.gem/credentials",
    "/.github/workflows/ci.yml",
    "/shop/.github/workflows/ci.yml",
    "/server.key",
    "/db_dump.sql",
    "/a/backup_2026.sql",
    "/../../../../etc/passwd",
    "/static/../../../../etc/passwd",
    "/..;/manager/html",
    "/app/..;/admin",
    "/a/..\\..\\..\\windows\\win.ini",
    "/WEB-INF/web.xml",
    "/.git/config",
    "/.git/HEAD",
    "/.svn/entries",
    "/.env",
    "/.env.production",
    "/app/.env",
    "/.htaccess",
    "/web.config",
    "/wp-config.php.bak",
    "/index.php.bak",
    "/index.php~",
    "/.index.php.swp",
    "/login.jsp.old",
    "/config/database.php.save",
    "/backup.zip",
    "/wwwroot.rar",
    "/www.tar.gz",
    "/db.sql",
    "/application.yml",
    "/.ssh/id_rsa",
    "/.aws/credentials",
    "/etc/passwd",
    "//////../../etc/passwd",
    "/icons/.../.../.../x",
    "/../x",
    "/.claude/settings.local.json",
    "/.github/workflows/a.yml",
    "/app/.config/x",
    "/.gitlab-ci.yml",
    "/data/x.sql.zip",
    "/wp-content/debug.log",
    "/proc/interrupts",
    "/..//..//..//etc//passwd",
    "/../.../.././../etc/passwd",
    "/..\\../..\\../..\\../etc/passwd",
    "/..\\/..\\/..\\/etc/passwd",
    "/../../../../../../etc/passwd",
    "//../../../etc/passwd",
    "///etc///passwd",
    "///etc/passwd",
    "/ETC/PASSWD",
    "/etc/x/../../etc/passwd",
    "//////////////etc/passwd",
    "/../passwd",
    "/../../shadow",
    "/boot.ini",
    "/win.ini",
    "/./.env",
    "/.htpasswd",
    "/id_rsa",
    "/.kube/config",
    "/.docker/config.json",
    "/.npmrc",
    "/.bash_history",
    "/.git/index",
    "/.svn/wc.db",
    "/config/database.yml",
    "/config/secrets.yml",
    "/application.properties",
    "/application-prod.yml",
    "/wp-config.php",
    "/settings.py",
    "/secrets.json",
    "/credentials.json",
    "/terraform.tfstate",
    "/docker-compose.yml",
    "/Jenkinsfile",
    "/.github/workflows/deploy.yml",
    "/.circleci/config.yml",
    "/.travis.yml",
    "/.vault-token",
    "/home/app/.vault-token",
];

const HONEST_PATHS: &[&str] = &[
    "/v1/organizations/12/credentials",
    "/user/credentials",
    "/docs/.../logo.png",
    "/wiki//etc/hosts文件",
    "/tag/C:\\Windows\\System32 误删 怎么办",
    "/news/list/etc/passwd 文件作用.html",
    "/svn/his/trunk/脚本_1.sql",
    "/tags/v1.0/旧 (1)/脚本_1.sql",
    "/",
    "/index.html",
    "/.well-known/acme-challenge/x",
    "/static/js/app.config.js",
    "/files/report%20(1).docx",
    "/api/env/list",
    "/download/2026/data-report.zip",
    "/data.zip",
    "/.well-known/security.txt",
    "/user/.../edit",
    "/news/2026/11/20/select.html",
    "/config.js",
    "/config.json",
    "/common.php",
    "/data.json",
    "/git/project.git/info",
    "/a.b.c/d..e/f",
    "/v1.2/list",
    "/pub/windows/setup.exe",
    "/app.apk",
    "/manifest.json",
    "/settings",
    "/images/logo.old.png",
    "/environment.html",
    "/~user/index.html",
];

#[test]
fn request_paths_that_climb_or_name_files_of_the_site_are_confirmed() {
    check_table(Detector::Traversal, Context::of(Place::Path), 80, PATHS, HONEST_PATHS);
}

#[test]
fn markup_and_prose_about_files_do_not_block() {
    for value in ["<p>请查看 ../../../etc/passwd 文件</p>", "请各位同事修改本机的 /etc/hosts 文件后再访问测试环境系统"]
    {
        let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 80, "{sure} for {value}");
    }
}

#[test]
fn a_path_in_a_chinese_sentence_counts_one_point() {
    for value in ["它与/etc/hosts文件的格式非常相似", "修改/etc/profile之后要重新登录"] {
        let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 60, "{sure} for {value}");
    }
}

#[test]
fn the_folder_of_a_tool_deep_in_a_repository_counts_but_does_not_block() {
    let value = b"/repos/his/lis/contents/.github/workflows/ci.yml";
    let sure = confidence(Detector::Traversal, value, Context::of(Place::Path));
    assert!((60..80).contains(&sure), "{sure}");
}

#[test]
fn what_settings_and_notes_name_counts_one_point_at_most() {
    for value in [
        "/var/log/cacti/cacti.log",
        "/var/log/cacti/cacti_stderr.log",
        "/etc/pki/tls/certs/lis.crt",
        "/etc/httpd/conf/ssl.crt/server.crt",
        "/var/lib/mysql/mysql.sock",
        "重启服务: systemctl restart nginx; 查看日志 tail -n 50 /var/log/nginx/error.log",
    ] {
        let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(Place::Value));
        assert!(sure < 60, "{sure} for {value}");
    }
    for value in [
        "/var/log/nginx/nginx/access.log",
        "/var/log/nginx/error.log",
        "../../../var/log/cacti/cacti.log",
        "/var/run/docker.sock",
        "../../../etc/pki/tls/certs/lis.crt",
    ] {
        let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(Place::Value));
        assert!(sure >= 80, "{sure} for {value}");
    }
}

#[test]
fn traversal_findings_meet_the_requirement_in_linear_work() {
    check_properties(
        Detector::Traversal,
        &[
            "../",
            "..\\",
            "..;/",
            "....//",
            "./",
            "/",
            "\\",
            "etc/passwd",
            "WEB-INF/",
            "file://",
            "\0",
            "%00",
            ".jpg",
            "x",
            "=",
            "&",
            " ",
            "\"",
            "<",
            ".env",
            ".git/",
            "win.ini",
            "/proc/self",
            "~",
            ".php.bak",
            "/backup.zip",
            "C:",
            "%SYSTEMROOT%",
            "..0x2f",
            "http://",
            "passwd",
            "var/log/a.log",
            "config.php",
            "id_rsa",
            "..",
        ],
    );
}

#[test]
fn a_field_of_the_head_that_is_nothing_but_steps_up_is_confirmed() {
    let header = Context::of(Place::Header);
    assert!(confidence(Detector::Traversal, b"..\\..\\..\\..\\a.ini", header) >= 80);
    // Clients say in fields of their own which file or page they are at.
    for doubtful in ["/etc/passwd", "/proc/17/environ", "/his/config/database.yml"] {
        let sure = confidence(Detector::Traversal, doubtful.as_bytes(), header);
        assert!((60..80).contains(&sure), "{sure} for {doubtful}");
    }
    for honest in ["../../index.html", "https://www.example.org/man/etc/passwd", "text/html, /etc/passwd", "/a/../b"] {
        assert!(confidence(Detector::Traversal, honest.as_bytes(), header) < 80, "{honest}");
    }
}

#[test]
fn folder_or_file_without_a_secret_as_the_whole_value_is_doubtful() {
    for value in [
        "c:\\windows\\system32",
        "C:/Windows/System32/",
        "C:\\Windows\\System32\\drivers\\etc",
        "%windir%\\system32\\mstsc.exe",
        "/etc/resolv.conf",
        "/etc/fstab",
        "/etc/nginx/",
        "/etc/sudoers.d",
        "/etc/systemd/system",
        "/usr/local/nginx/conf",
        "/etc/services",
        "/etc/timezone",
        "/etc/bash.bashrc",
        "a=;words=/etc/resolv.conf",
    ] {
        for place in [Place::Value, Place::Cookie] {
            let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(place));
            assert!((60..80).contains(&sure), "{value}: {sure}");
        }
    }
    for value in [
        "../etc/resolv.conf",
        "file:///etc/resolv.conf",
        "c:\\windows\\win.ini",
        "c:\\windows\\system32\\drivers\\etc\\hosts",
        "c:\\windows\\system32\\config\\sam",
        "/etc/passwd",
        "/etc/passwd/",
        "/etc/shadow",
        "/etc/hosts",
        "/etc/ssh/sshd_config",
        "/etc/nginx/nginx.conf",
        "/etc/nginx/conf.d/site.conf",
        "/proc/version",
        "/proc/self/environ",
    ] {
        let sure = confidence(Detector::Traversal, value.as_bytes(), Context::of(Place::Value));
        assert!(sure >= 80, "{value}: {sure}");
    }
    let path = Context::of(Place::Path);
    assert!(confidence(Detector::Traversal, b"/etc/resolv.conf", path) >= 80);
}

#[test]
fn log_that_an_application_shows_is_doubtful() {
    let path = Context::of(Place::Path);
    for value in ["/admin/log/error_log", "/api/v1/jobs/17/debug.log"] {
        let sure = confidence(Detector::Traversal, value.as_bytes(), path);
        assert!((60..80).contains(&sure), "{value}: {sure}");
    }
    for value in ["/error_log", "/logs/error.log", "/wp-content/debug.log", "/admin/log/../../error_log"] {
        assert!(confidence(Detector::Traversal, value.as_bytes(), path) >= 80, "{value}");
    }
}

#[test]
fn steps_up_that_words_follow_are_a_question() {
    let value = Context::of(Place::Value);
    for honest in [
        "https://so.example/s?wd=..%2F..%2F..%2F%20%E7%9B%B8%E5%AF%B9%E8%B7%AF%E5%BE%84&pn=10",
        "https://so.example/s?wd=..%2F..%2F..%2F+%E7%9B%B8%E5%AF%B9",
    ] {
        let sure = confidence(Detector::Traversal, honest.as_bytes(), value);
        assert!(sure < 60, "{honest}: {sure}");
    }
    for attack in [
        "https://a.example/s?f=..%2F..%2F..%2Fetc%2Fpasswd%20%E7%9B%B8%E5%AF%B9",
        "https://a.example/s?f=..%2F..%2F..%2Fsecret&x=%20%E7%9B%B8%E5%AF%B9",
        "..%2F..%2F..%2Fsecret+%E7%9B%B8%E5%AF%B9",
        "..%2F..%2F..%2F",
    ] {
        let sure = confidence(Detector::Traversal, attack.as_bytes(), value);
        assert!(sure >= 80, "{attack}: {sure}");
    }
}
