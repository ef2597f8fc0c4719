//! Files that no visitor has reason to name, by their normalised path.

use super::super::gate::{Pattern, prepare_all};

/// Words of which each sensitive path holds one.
pub(super) const MARKS: &[&str] = &[
    "/.",
    "sys/",
    "debug",
    "etc/",
    "etc\\",
    "/etc",
    "proc/",
    "proc\\",
    "win.ini",
    "boot.ini",
    "system.ini",
    "system32",
    "windows",
    "winnt",
    "web-inf",
    "meta-inf",
    "web.config",
    "passwd",
    "shadow",
    ".ssh",
    "id_rsa",
    "id_dsa",
    "id_ed25519",
    ".env",
    ".git",
    ".svn",
    ".hg",
    ".bzr",
    ".hta",
    ".htp",
    "wp-config",
    "application",
    "bootstrap.",
    "appsettings",
    "global.asa",
    "_history",
    ".aws",
    ".docker",
    ".kube",
    ".npmrc",
    ".ds_store",
    ".idea",
    ".vscode",
    "php.ini",
    "my.ini",
    "my.cnf",
    "access.log",
    "error.log",
    "access_log",
    "error_log",
    "tomcat-users",
    "server.xml",
    "inetpub",
    "ntuser.dat",
    "unattend",
    "sysprep",
    "database.",
    "config.",
    "settings.",
    "catalina",
    "httpd.conf",
    "nginx.conf",
    "auth.log",
    "var/",
    "var\\",
    "usr/",
    "usr\\",
    "docker.sock",
    "ntds.dit",
    "systemroot",
    "windir",
    "serviceaccount",
    "pearcmd",
    "drivers",
    "bash_profile",
    ".bashrc",
    ".netrc",
    ".pgpass",
    "credentials",
    "docker-compose",
    "composer.",
    "xampp",
    "wamp",
    "phpstudy",
    "/sam",
    "\\sam",
    "dockerfile",
    "configuration.",
    "db.",
    "conn.",
    "common.",
    "local.",
    "jdbc.",
    "authorized_keys",
    "dev/",
    "run/",
    "root/",
    "home/",
    "flag",
    "sess_",
    "tmp/",
    "www/",
    "opt/",
    "srv/",
    "app/",
    "cvs/",
    "sftp-config",
    "secret",
    "service-account",
    "firebase-adminsdk",
    "jenkinsfile",
    ".profile",
    "parameters.yml",
    "installed.json",
    "npm-debug",
    ".pem",
    "recycle.bin",
    "users/",
    "users\\",
    "program",
    "metabase",
    "applicationhost",
    "master.key",
    "terraform",
    "vault-token",
    ".azure",
    "gcloud",
    ".m2",
    "localhost.key",
    "known_hosts",
    ".user.ini",
];

/// Paths of the system or of an application's inside: named in full, they are an attack.
static SENSITIVE: Pattern = Pattern::new(concat!(
    r"(?:^|/)(?:",
    r"etc/(?:(?:master\.)?passwd|shadow|gshadow|group|hosts|hostname|issue|sudoers|crontab|fstab|resolv\.conf|my\.cnf|mysql|nginx|apache2?|httpd|ssh|init\.d|profile|",
    r"os-release|redhat-release|lsb-release|debian_version|environment|pam\.d|samba|vsftpd|exports|cron|rc\.|security/|network/|networks$|sysconfig|motd|inittab|mtab|ld\.so|redis|tomcat|php|",
    r"kubernetes/|rancher/|docker/|rsyncd?\.|services$|protocols$|machine-id$|timezone$|openvpn/|krb5\.|ldap|openldap/|postfix/|dovecot/|squid|zabbix/|elasticsearch/|grafana/|haproxy/|ansible/|bash|",
    r"hosts\.(?:allow|deny)|host\.conf|nsswitch\.conf|sysctl\.conf|syslog|rsyslog|logrotate|updatedb|netplan/|NetworkManager|wpa_supplicant|ppp/|wireguard/|letsencrypt/|pki/|ssl/private|postgresql/|mongod?\.conf|rabbitmq/|supervisor|systemd/|xinetd|inetd|proftpd|pure-ftpd|gitlab/|jenkins|bind/|named\.conf|lighttpd/|caddy/|uwsgi/|my\.ini|odbc\.ini|mailname|aliases$|anacrontab|default/)",
    r"|proc/(?:self|thread-self|version|cpuinfo|meminfo|mounts|net|sched_debug|cmdline|kcore|kallsyms|interrupts|sys|partitions|modules|cgroups|filesystems|loadavg|uptime|stat|swaps|devices|\d{1,7})(?:/|$)|^/sys/(?:class|kernel|firmware|devices|module|fs/cgroup)(?:/|$)",
    r"|^/dev/(?:stdin|fd/\d+|tcp/|shm/|mem$|kmem$)|^/(?:var/)?run/(?:secrets/|docker\.sock|containerd/)|^/(?:root|home/[\w.-]{1,32})/\.[\w-]",
    r"|^/var/(?:mail|spool/(?:cron|mail|postfix))/\w|^/(?:flag|flag\.txt|root/flag\S*|\.flag)$|/sess_[\w-]{3,64}$|^/tmp/(?:sess_|php\w{6}$|pear/)",
    r"|^/www/server/(?:panel|nginx|php|mysql|apache|data)|^/(?:opt|usr/local|srv|app|home/[\w.-]{1,32})/(?:[\w.-]+/){0,6}(?:standalone\.xml|domain\.xml|tomcat-users\.xml|server\.xml|httpd\.conf|nginx\.conf|config\.(?:ya?ml|ini|py|php)|settings\.py|\.env)$",
    r"|^/(?:var/www|srv/www|www/wwwroot|data/www|usr/share/nginx|opt/lampp|home/wwwroot)/(?:[\w.-]+/){0,8}[\w.-]*(?:conf|config|database|settings|secret|passw)[\w.-]*\.\w{2,5}$",
    r"|(?:windows|winnt)/(?:win\.ini|system\.ini|system32|repair|debug|php\.ini|my\.ini|panther|iis|syswow64|explorer\.exe|windowsupdate\.log|system\.dat|notepad\.exe|microsoft\.net/)",
    r"|system32/(?:drivers|config|inetsrv|cmd)|boot\.ini$|win\.ini$|ntds\.dit$|config/sam$|inetpub/(?:logs|wwwroot/[^;]*\.[a-z])|ntuser\.dat$",
    r"|web-inf(?:/|$)|meta-inf/(?:manifest|context|maven|spring|persistence|services/)",
    r"|\.ssh/|id_(?:rsa|dsa|ed25519|ecdsa)(?:\.pub)?$|\.aws/(?:credentials|config)|\.docker/config|\.kube/config|\.git-credentials$|\.vault-token$|\.azure/|\.config/gcloud|\.m2/settings",
    r"|/(?:\$recycle\.bin|users/(?:administrator|default|public|all users)/(?:\.ssh|appdata|ntuser))|/program ?files(?: \(x86\))?/.*\.(?:ini|conf|config|xml|log)$|/metabase\.(?:xml|bin)$|applicationhost\.config$|/master\.key$|terraform\.tfstate",
    r"|\.(?:bash|mysql|psql|zsh|sh|python)_history$|\.(?:htpasswd|netrc|pgpass)$",
    r"|var/log/(?:\w[\w.-]*/)?[\w.-]*log|var/log/(?:messages|secure|wtmp|btmp|utmp|dmesg|cron|boot|[\w-]+/\w)|var/run/(?:docker\.sock|secrets)|var/lib/(?:mysql|php|mlocate|dpkg|docker|jenkins|grafana|kubelet|redis|postgresql|pgsql|tomcat\d?|mongodb|containerd|ldap|samba|rancher|cloud)/|usr/local/(?:lib/php|(?:apache2?|nginx|tomcat|mysql)/(?:conf|etc|logs?|data|bin|var|my\.))",
    r"|(?:xampp|wamp|phpstudy(?:_pro)?)/(?:apache|php|mysql|htdocs|www|extensions)|tomcat-users\.xml$|serviceaccount/token$|pearcmd(?:\.php)?$",
    r"|%?(?:systemroot|windir)%?/",
    r")",
));

/// Names that are an attack in a path that climbs, or as the path of a request.
static CONFIGURATION: Pattern = Pattern::new(concat!(
    r"(?:^|/)(?:",
    r"\.env(?:\.[a-z_]{2,12})*$|\.git(?:/|$)|\.git(?:config|ignore|-credentials)$|\.svn(?:/|$)|\.hg/|\.bzr/|\.htaccess|\.user\.ini$|\.npmrc$|\.ds_store$|\.idea/|\.vscode/",
    r"|web\.config(?:\.txt)?$|wp-config\.php|cvs/(?:entries|root|repository)$|\.dockerenv$|sftp-config\.json$|(?:secrets?|credentials|service-account|firebase-adminsdk\S*)\.(?:json|ya?ml)$|jenkinsfile$|\.profile$|config/(?:parameters|secrets)\.yml$|composer/installed\.json$|npm-debug\.log$|key\.pem$|(?:server|private|privkey|domain)\.pem$|data/database\.\w+$|global\.asax?$|(?:application|bootstrap)(?:-\w{1,16})?\.(?:ya?ml|properties)$|appsettings(?:\.\w{1,16})?\.json$",
    r"|(?:php|my)\.ini$|my\.cnf$|(?:access|error|errors|debug)[._]log$|server\.xml$|catalina\.\w+$|httpd\.conf$|nginx\.conf$|auth\.log$|unattend(?:ed)?\.xml$|sysprep\.",
    r"|(?:database|config|settings|configuration|db|conn|common|local|jdbc)\.(?:ya?ml|py|ini|inc|properties|rb|conf)$|docker-compose\.ya?ml$|\.?dockerfile$|\.[\w-]{1,32}/credentials$|\.bash(?:rc|_profile)$|authorized_keys$|known_hosts$",
    r")",
));

/// Settings in a file that a server runs when asked for by its path, but hands out when climbed to.
static SOURCE: Pattern = Pattern::new(
    r"(?:^|/)(?:database|config(?:\.inc)?|settings|configuration|db|conn|common|local|jdbc|beans|hibernate\.cfg|struts|pom|web)\.(?:php|asp|xml|json)$",
);

/// Folders, of which nobody reads anything.
static DIRECTORY: Pattern = Pattern::new(
    r"(?:^|/)(?:etc/(?:[\w-]+\.d|mysql|nginx|apache2?|httpd|ssh|samba|cron\.\w+|sysconfig|systemd(?:/system)?|redis|tomcat|php|security|network|default)|(?:windows|winnt)/(?:system32(?:/(?:drivers(?:/etc)?|config|inetsrv))?|syswow64|panther|repair|debug|iis)|usr/local/(?:apache2?|nginx|tomcat|mysql)/(?:conf|etc|logs?|data|bin|var))$",
);

/// Programs, and files of a system that hold no secret, and are not those whose content everybody knows by sight.
static TELLS_LITTLE: Pattern = Pattern::new(
    r"(?:^|/)(?:etc/(?:resolv\.conf|fstab|services|timezone|inittab|nsswitch\.conf|host\.conf|sysctl\.conf|logrotate\.conf|updatedb\.conf|bash\.bashrc|profile|security/limits\.conf)|(?:system32|syswow64|windows|windir%|systemroot%)/[\w-]{2,24}\.(?:exe|msc|cpl))$",
);

/// A log two folders deep: those of web servers and programs that anybody may fetch lie higher.
static PAGE_LOG: Pattern = Pattern::new(r"^/[^/]+/(?:[^/]+/)+(?:access|error|errors|debug)[._]log$");

/// Folders in which tools keep their settings, keys and histories.
static TOOL_FOLDER: Pattern = Pattern::new(
    r"/\.(?:cursor|aider|claude|codex|continue|windsurf|roo|cline|kiro|junie|gemini|circleci|github|gitlab|terraform|azure|config|docker|kube|m2|gradle|cargo|gnupg|npm|yarn|n8n|local|vscode-server|ansible|composer|subversion|bundle|minio|vault|pulumi|serverless|vercel|netlify|firebase|gcloud)(?:/|$)|/\.(?:cursorignore|aiignore|travis\.yml|gitlab-ci\.yml|dockerignore|editorconfig|babelrc|eslintrc\S*|prettierrc|yarnrc|pypirc|netrc|boto|s3cfg|ftpconfig|remote-sync\.json|mysql_history|viminfo|php_cs|phpunit\.result\.cache|flaskenv|bowerrc)$",
);

/// Key stores, and copies that editors and administrators leave beside what they change. A dump lies at the root or is called one: scripts
/// under version control end in `.sql`, too.
static BACKUP: Pattern = Pattern::new(
    r"(?:\.(?:php\d?|jspx?|aspx?|do|action|config|inc|ini|ya?ml|py|rb|cgi|pl|conf|properties|env|htaccess)(?:~|\.(?:bak|old|orig|save|swp|swo|tmp|backup|copy|dist|\d{1,8}))|/\.[\w.-]+\.sw[po]|(?:^/[^/]{1,40}|/(?:backups?|bak|db|database|dump|mysql|sql|www|site|users?|admin|export|data)[\w.-]{0,24})\.sql|/(?:backups?|bak|db|dumps?|sql)/[^/]{1,40}\.sql|\.sql\.(?:gz|zip|bz2|tar|rar|7z|xz|bak|old|orig|save|tmp)|/(?:server|private|privkey|key|ssl|client|domain|host|tls)[\w.-]{0,16}\.key|\.(?:kdbx|ppk|pfx|jks))$",
);

/// Archives of a whole site, at its root.
static ARCHIVE: Pattern = Pattern::new(
    r"^/(?:backups?|bak|db|database|dump|wwwroot|www|web|site|website|htdocs|sql|code|source|src|old|root|public_html|webroot|admin|release)\.(?:zip|rar|7z|tar|tgz|gz|bz2|sql|bak|war|mdb|tar\.(?:gz|bz2|xz)|sql\.(?:gz|zip|bz2))$",
);

/// What kind of file a normalised, lower-case path names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    Sensitive,
    Configuration,
    /// Only an attack when climbed to.
    Source,
    ToolFolder,
    Backup,
    Archive,
}
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[
        &SENSITIVE,
        &CONFIGURATION,
        &SOURCE,
        &TOOL_FOLDER,
        &BACKUP,
        &ARCHIVE,
        &DIRECTORY,
        &TELLS_LITTLE,
        &PAGE_LOG,
    ]);
}

pub(super) fn target(path: &[u8]) -> Option<Target> {
    if SENSITIVE.is_in(path) {
        return Some(Target::Sensitive);
    }
    if CONFIGURATION.is_in(path) {
        return Some(Target::Configuration);
    }
    if TOOL_FOLDER.is_in(path) {
        return Some(Target::ToolFolder);
    }
    if BACKUP.is_in(path) {
        return Some(Target::Backup);
    }
    if SOURCE.is_in(path) {
        return Some(Target::Source);
    }
    ARCHIVE.is_in(path).then_some(Target::Archive)
}

/// Whether a sensitive path ends in a folder.
pub(super) fn is_directory(path: &[u8]) -> bool {
    DIRECTORY.is_in(path)
}

/// Whether a sensitive path names what would tell an attacker little.
pub(super) fn tells_little(path: &[u8]) -> bool {
    TELLS_LITTLE.is_in(path)
}

/// Whether a log lies where an application shows it.
pub(super) fn is_log_of_a_page(path: &[u8]) -> bool {
    PAGE_LOG.is_in(path)
}
