//! Guards (应用准入): what is asked of whoever wants to enter an application that cannot be changed (gateway.md §11).

use std::sync::Arc;
use std::time::Duration;

use medward_access::{Area, Areas, Goal, GuardPolicy, OnSecond, Share, StepUp};
use medward_contract::identity::PriorityClass;
use medward_contract::{Role, SensitivityLabel};
use medward_defence::window::{RawTimeWindow, TimeWindow};
use serde::{Deserialize, Serialize};

use super::{Kind, Spec, SpecError, check_description, check_name, wrong};

/// Most areas, and most ceilings, of one guard.
const MAX_AREAS: usize = 500;
const MAX_BANDS: usize = 20;
/// Most names of departments in one area, and their longest name, bytes.
const MAX_DEPARTMENTS: usize = 50;
const MAX_DEPARTMENT_BYTES: usize = 192;

/// What somebody writes about a guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardSpec {
    /// Name, by which files of the policy know it.
    pub name: String,
    /// What it is for, for people.
    #[serde(default)]
    pub description: String,
    /// What happens when somebody signs in who is in already: `ask`, `replace` or `refuse` (PACS-058).
    #[serde(default)]
    pub on_second: OnSecond,
    /// Sessions at once in one application, 1 to 100,000 (PACS-059).
    #[serde(default = "five_hundred")]
    pub max_sessions: u32,
    /// Of these, how many are kept for priority classes 0 to 2.
    #[serde(default = "ten")]
    pub reserved_sessions: u32,
    /// Other ceilings at certain times; the first that is open counts.
    #[serde(default)]
    pub bands: Vec<SessionBand>,
    /// A session ends after this long without activity, 5 to 120 minutes (PACS-057).
    #[serde(default = "fifteen")]
    pub idle_minutes: u32,
    /// A session ends after this long in any case, 1 to 24 hours.
    #[serde(default = "twelve")]
    pub absolute_hours: u32,
    /// Areas with this label or a higher one ask for the second factor again; absent: none does.
    #[serde(default = "level_three")]
    pub step_up_from: Option<SensitivityLabel>,
    /// When it was shown longer ago than this, 1 to 240 minutes.
    #[serde(default = "ten")]
    pub step_up_minutes: u32,
    /// Who may enter what. What no area is about is open to everybody who is signed in.
    #[serde(default)]
    pub areas: Vec<GuardArea>,
    /// Requests of one account in any second; absent: as many as it likes (PACS-060).
    #[serde(default)]
    pub requests_per_second: Option<u32>,
    /// Requests of one account at once; absent: as many as it likes.
    #[serde(default)]
    pub concurrent_requests: Option<u32>,
    /// The service level that the application is to keep (PACS-062).
    #[serde(default)]
    pub level: Option<ServiceLevel>,
    /// Whether those who are turned away for others lose their sessions, too (PACS-065).
    #[serde(default)]
    pub ends_sessions: bool,
    /// The lowest priority class that is let in now, 1 to 9; 9 is everybody (PACS-063).
    #[serde(default = "nine")]
    pub admit_up_to: u8,
    /// Whether people may sign in over plain HTTP, where everybody on the way reads their passwords.
    #[serde(default)]
    pub allow_plain_http: bool,
}

/// Ceilings of sessions by time.
pub(crate) type Bands = Arc<[(TimeWindow, u32)]>;

/// Another ceiling of sessions at certain times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionBand {
    /// When.
    pub window: RawTimeWindow,
    /// How many.
    pub max_sessions: u32,
}

/// A part of an application, and who may enter it (PACS-042, PACS-043, PACS-047).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardArea {
    /// Begins with `/`; whole segments.
    pub path_prefix: String,
    /// Methods it is about; none is every one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Nobody needs to sign in.
    #[serde(default)]
    pub public: bool,
    /// Pages ask for it by themselves, so it keeps no session alive.
    #[serde(default)]
    pub polling: bool,
    /// Roles of which one is needed; none is no condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Departments of which one is needed; none is no condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// How sensitive it is (敏感标记).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<SensitivityLabel>,
    /// Its priority class, where that is less important than the person's. Visitors who need not sign in have it, or the lowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityClass>,
}

/// What an application is to keep; below it those who come last are turned away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// 95 of 100 answers begin within this, 10 to 60,000 ms.
    #[serde(default)]
    pub p95_ms: Option<u32>,
    /// At most so many of 100 requests fail, 0 to 100.
    #[serde(default)]
    pub error_percent: Option<u8>,
}

const fn five_hundred() -> u32 {
    500
}

const fn ten() -> u32 {
    10
}

const fn fifteen() -> u32 {
    15
}

const fn twelve() -> u32 {
    12
}

const fn nine() -> u8 {
    9
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
const fn level_three() -> Option<SensitivityLabel> {
    Some(SensitivityLabel::L3)
}

impl Spec for GuardSpec {
    const KIND: Kind = Kind::Guard;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        self.compile("check").map(drop)
    }
}

fn within<N: PartialOrd + std::fmt::Display>(
    field: &'static str,
    value: N,
    least: N,
    most: N,
) -> Result<(), SpecError> {
    if value < least || value > most {
        return Err(wrong(field, format!("{field} must be {least} to {most}")));
    }
    Ok(())
}

impl GuardSpec {
    /// The guard as it runs, and its ceilings by time.
    pub(crate) fn compile(&self, id: &str) -> Result<(GuardPolicy, Bands), SpecError> {
        within("max_sessions", self.max_sessions, 1, 100_000)?;
        within("reserved_sessions", self.reserved_sessions, 0, self.max_sessions - 1)?;
        within("idle_minutes", self.idle_minutes, 5, 120)?;
        within("absolute_hours", self.absolute_hours, 1, 24)?;
        within("step_up_minutes", self.step_up_minutes, 1, 240)?;
        within("admit_up_to", self.admit_up_to, 1, 9)?;
        if self.requests_per_second == Some(0) || self.concurrent_requests == Some(0) {
            return Err(wrong(
                "requests_per_second",
                "a share of nothing lets nobody work: leave it out, or allow some",
            ));
        }
        let policy = GuardPolicy {
            id: id.into(),
            name: self.name.as_str().into(),
            on_second: self.on_second,
            max_sessions: self.max_sessions,
            reserved_sessions: self.reserved_sessions,
            idle: Duration::from_secs(u64::from(self.idle_minutes) * 60),
            absolute: Duration::from_secs(u64::from(self.absolute_hours) * 3_600),
            step_up: self
                .step_up_from
                .map(|from| StepUp { from, after: Duration::from_secs(u64::from(self.step_up_minutes) * 60) }),
            areas: self.areas()?,
            share: Share {
                requests_per_second: self.requests_per_second,
                concurrent_requests: self.concurrent_requests,
            },
            goal: self.level.map(ServiceLevel::goal).transpose()?,
            ends_sessions: self.ends_sessions,
            admit_up_to: self.admit_up_to,
        };
        Ok((policy, self.bands()?))
    }

    fn areas(&self) -> Result<Areas, SpecError> {
        within("areas", self.areas.len(), 0, MAX_AREAS)?;
        for area in &self.areas {
            let is_method = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
            if !area.methods.iter().all(is_method) || area.methods.len() > 20 {
                return Err(wrong("areas", "methods are written in capitals: GET, POST"));
            }
            let is_name = |text: &String| (1..=MAX_DEPARTMENT_BYTES).contains(&text.len());
            if !area.departments.iter().all(is_name) || area.departments.len() > MAX_DEPARTMENTS {
                return Err(wrong("areas", "an area may name 50 departments at most, each with 1 to 64 characters"));
            }
        }
        let areas = self.areas.iter().map(|area| Area {
            path_prefix: area.path_prefix.clone(),
            methods: area.methods.clone(),
            is_public: area.public,
            is_polling: area.polling,
            roles: area.roles.clone(),
            departments: area.departments.clone(),
            label: area.label,
            priority: area.priority,
        });
        Areas::new(areas.collect()).map_err(|error| wrong("areas", error.to_string()))
    }

    fn bands(&self) -> Result<Bands, SpecError> {
        within("bands", self.bands.len(), 0, MAX_BANDS)?;
        let band = |band: &SessionBand| {
            within("bands", band.max_sessions, 1, 100_000)?;
            let window = TimeWindow::compile(&band.window).map_err(|error| wrong("bands", error.to_string()))?;
            Ok((window, band.max_sessions))
        };
        self.bands.iter().map(band).collect()
    }
}

impl ServiceLevel {
    fn goal(self) -> Result<Goal, SpecError> {
        if let Some(p95) = self.p95_ms {
            within("level", p95, 10, 60_000)?;
        }
        if let Some(percent) = self.error_percent {
            within("level", percent, 0, 100)?;
        }
        if self.p95_ms.is_none() && self.error_percent.is_none() {
            return Err(wrong("level", "a service level says p95_ms, error_percent, or both"));
        }
        Ok(Goal {
            p95: self.p95_ms.map(|millis| Duration::from_millis(u64::from(millis))),
            error_ppm: self.error_percent.map(|percent| u32::from(percent) * 10_000),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<(), &str>) {
        let spec: GuardSpec = serde_json::from_str(json).unwrap();
        assert_eq!(spec.check().map_err(|error| error.field), expected, "{json}");
    }

    #[test]
    fn wrong_values_name_their_field() {
        check(r#"{"name":"影像"}"#, Ok(()));
        check(r#"{"name":""}"#, Err("name"));
        check(r#"{"name":"a","idle_minutes":4}"#, Err("idle_minutes"));
        check(r#"{"name":"a","idle_minutes":121}"#, Err("idle_minutes"));
        check(r#"{"name":"a","max_sessions":10,"reserved_sessions":10}"#, Err("reserved_sessions"));
        check(r#"{"name":"a","max_sessions":0}"#, Err("max_sessions"));
        check(r#"{"name":"a","areas":[{"path_prefix":"admin"}]}"#, Err("areas"));
        check(r#"{"name":"a","areas":[{"path_prefix":"/a","methods":["get"]}]}"#, Err("areas"));
        check(r#"{"name":"a","level":{}}"#, Err("level"));
        check(r#"{"name":"a","admit_up_to":0}"#, Err("admit_up_to"));
        check(r#"{"name":"a","concurrent_requests":0}"#, Err("requests_per_second"));
        check(r#"{"name":"a","bands":[{"window":{"from":"8"},"max_sessions":5}]}"#, Err("bands"));
    }
}
