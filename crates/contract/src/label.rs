//! Sensitivity labels (敏感标记): what a row or field may cost if it leaks, and what a person may see (CD and PACS rows on 访问控制 e, f).

use serde::{Deserialize, Serialize};

/// Level of a label or of a clearance; reading needs clearance ≥ label.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
pub enum SensitivityLabel {
    /// 公开.
    #[default]
    L1,
    /// 内部.
    L2,
    /// 敏感: personal data.
    L3,
    /// 高敏: health, biometric data, keys.
    L4,
}
