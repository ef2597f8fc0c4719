//! The portal's folder: what it may serve, and what lies beside it for a traversal to find.
//!
//! ```text
//! <dir>/site/downloads/   price list, consent form, report: served by /download and /files
//! <dir>/site/uploads/     what visitors uploaded
//! <dir>/secret/           patients.csv and settings.ini: never linked from any page
//! <dir>/portal.sqlite, portal.log
//! ```
//!
//! Nothing here is real; the "secrets" carry [`SECRET_MARK`] so that a leak is recognised.

use std::io;
use std::path::{Path, PathBuf};

/// Stands in every planted secret, and nowhere in a page that a benign visitor sees.
pub(crate) const SECRET_MARK: &str = "MEDWARD-DEMO-SECRET";

const PATIENTS: &str = "# MEDWARD-DEMO-SECRET invented patients\n\
card,name,mobile,diagnosis\n\
MZ900001,谷雨生,10000009001,示例诊断甲\n\
MZ900002,夏至安,10000009002,示例诊断乙\n";

const SETTINGS: &str = "# MEDWARD-DEMO-SECRET\n[his]\nurl = jdbc:demo://10.0.0.9/his\npassword = not-a-real-password\n";

const PRICES: &str = "项目编码,项目名称,单位,价格(元)\n\
110200001,普通门诊诊查费,次,10.00\n\
110200002,副主任医师门诊诊查费,次,30.00\n\
250101015,血细胞分析（五分类）,项,20.00\n\
250301001,空腹血糖测定 (参考值 3.9-6.1 mmol/L),项,5.00\n\
250305007,C 反应蛋白测定 (参考值 < 8 mg/L),项,25.00\n";

const CONSENT: &str = "知情同意书（样张）\n\n本人已了解检查的目的、方法和可能的风险，同意接受检查。\n签名：__________  日期：____年__月__日\n";

/// A PDF of one line, enough for a viewer and for range requests.
const REPORT_PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>endobj\n\
4 0 obj<</Length 60>>stream\nBT /F1 18 Tf 72 760 Td (Sample report R26030001, demo) Tj ET\nendstream endobj\n\
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

pub(crate) struct Grounds {
    root: PathBuf,
}

impl Grounds {
    /// Makes the folder afresh. What an earlier portal left is removed; a folder with anything else in it is refused.
    pub(crate) fn create(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let left_by_a_portal = root.join("portal.sqlite").exists();
        if !left_by_a_portal && std::fs::read_dir(root)?.next().is_some() {
            return Err(io::Error::new(
                io::ErrorKind::DirectoryNotEmpty,
                "the folder holds files that are not the portal's",
            ));
        }
        for stale in ["site", "secret"] {
            remove_if_present(std::fs::remove_dir_all(root.join(stale)))?;
        }
        for stale in ["portal.sqlite", "portal.sqlite-journal", "portal.log", "portal.log.1"] {
            remove_if_present(std::fs::remove_file(root.join(stale)))?;
        }
        let grounds = Self { root: root.to_path_buf() };
        std::fs::create_dir_all(grounds.downloads())?;
        std::fs::create_dir_all(grounds.uploads())?;
        std::fs::create_dir_all(root.join("secret"))?;
        std::fs::write(root.join("secret/patients.csv"), PATIENTS)?;
        std::fs::write(root.join("secret/settings.ini"), SETTINGS)?;
        std::fs::write(grounds.downloads().join("price-list.csv"), PRICES)?;
        std::fs::write(grounds.downloads().join("知情同意书.txt"), CONSENT)?;
        std::fs::write(grounds.downloads().join("R26030001.pdf"), REPORT_PDF)?;
        Ok(grounds)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("portal.sqlite")
    }

    /// Working directory of the diagnosis tools.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("site")
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.root.join("site/downloads")
    }

    pub(crate) fn uploads(&self) -> PathBuf {
        self.root.join("site/uploads")
    }
}

fn remove_if_present(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
