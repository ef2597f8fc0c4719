//! A certificate authority made by Debian's openssl: roots, intermediates and certificates for tests, as hospitals get
//! them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An authority with a root and one intermediate.
pub(crate) struct Authority {
    directory: tempfile::TempDir,
}

/// A certificate and its key, PEM.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    /// The certificate alone.
    pub(crate) leaf: String,
    pub(crate) key: String,
}

/// Runs openssl; a failure shows what it said.
pub(crate) fn openssl(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(directory).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Authority {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let run = |arguments: &str| {
            let arguments: Vec<&str> = arguments.split(' ').collect();
            openssl(directory.path(), &arguments);
        };
        let ca = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign";
        run("ecparam -name prime256v1 -genkey -noout -out root.key");
        run(&format!("req -x509 -new -key root.key -subj /CN=Root -days 3650 -sha256 -out root.pem {ca}"));
        run("ecparam -name prime256v1 -genkey -noout -out between.key");
        run("req -new -key between.key -subj /CN=Between -out between.csr");
        std::fs::write(
            directory.path().join("ca.ext"),
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
        )
        .unwrap();
        run(
            "x509 -req -in between.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3000 -sha256 -extfile ca.ext -out between.pem",
        );
        Self { directory }
    }

    /// The root, a file that clients trust.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.directory.path().join("root.pem")
    }

    pub(crate) fn pem(&self, name: &str) -> String {
        std::fs::read_to_string(self.directory.path().join(name)).unwrap()
    }

    /// A certificate by the intermediate for these names, `DNS:a,IP:127.0.0.1`.
    pub(crate) fn issue(&self, names: &str, days: u32) -> Issued {
        self.issue_with("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", names, days, "-sha256")
    }

    /// The same with a key of this command and more options for the signature.
    pub(crate) fn issue_with(&self, key: &str, names: &str, days: u32, more: &str) -> Issued {
        let path = self.directory.path();
        let key: Vec<&str> = key.split(' ').chain(["-out", "leaf.key"]).collect();
        openssl(path, &key);
        openssl(path, &["req", "-new", "-key", "leaf.key", "-subj", "/O=医院/CN=site", "-utf8", "-out", "leaf.csr"]);
        let extension = if names.is_empty() { String::new() } else { format!("subjectAltName={names}\n") };
        std::fs::write(path.join("leaf.ext"), extension).unwrap();
        let days = days.to_string();
        let mut arguments = vec!["x509", "-req", "-in", "leaf.csr", "-CA", "between.pem", "-CAkey", "between.key"];
        arguments.extend(["-CAcreateserial", "-days", &days, "-extfile", "leaf.ext", "-out", "leaf.pem"]);
        arguments.extend(more.split(' '));
        openssl(path, &arguments);
        Issued { leaf: self.pem("leaf.pem"), key: self.pem("leaf.key") }
    }

    /// What the same key looks like after this openssl command, `pkey -aes256 …`.
    pub(crate) fn convert_key(&self, key: &str, command: &str) -> String {
        std::fs::write(self.directory.path().join("in.key"), key).unwrap();
        let arguments: Vec<&str> = command.split(' ').chain(["-in", "in.key", "-out", "out.key"]).collect();
        openssl(self.directory.path(), &arguments);
        self.pem("out.key")
    }
}

impl Issued {
    /// What a site serves: the certificate and the intermediate.
    pub(crate) fn chain(&self, authority: &Authority) -> String {
        format!("{}{}", self.leaf, authority.pem("between.pem"))
    }
}
