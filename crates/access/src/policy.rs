//! What a guard asks of whoever wants in.

use std::sync::Arc;
use std::time::Duration;

use medward_contract::SensitivityLabel;
use serde::{Deserialize, Serialize};

use crate::area::Areas;
use crate::level::Goal;
use crate::session::Share;

/// What happens when somebody signs in who has a session in the application already (资源控制 c).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnSecond {
    /// The person is asked whether to end the other one.
    #[default]
    Ask,
    /// The other one ends.
    Replace,
    /// The new one is refused.
    Refuse,
}

/// When the second factor is asked for once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    /// For areas with this label or a higher one.
    pub from: SensitivityLabel,
    /// When it was shown longer ago than this.
    pub after: Duration,
}

/// A guard, compiled.
#[derive(Debug)]
pub struct GuardPolicy {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// What happens at a second login.
    pub on_second: OnSecond,
    /// Sessions at once in one application (资源控制 d).
    pub max_sessions: u32,
    /// Of these, how many are kept for priority classes 0 to 2.
    pub reserved_sessions: u32,
    /// A session ends after this long without activity (资源控制 a).
    pub idle: Duration,
    /// A session ends after this long in any case.
    pub absolute: Duration,
    /// When the second factor is asked for again.
    pub step_up: Option<StepUp>,
    /// Who may enter what.
    pub areas: Areas,
    /// How much one account may take (资源控制 e).
    pub share: Share,
    /// The service level below which others have to wait (资源控制 f, g).
    pub goal: Option<Goal>,
    /// Whether those who are turned away for others lose their sessions, too.
    pub ends_sessions: bool,
    /// The lowest class that is let in whatever the service level says; 9 is everybody.
    pub admit_up_to: u8,
}
