//! Presets (业务预置): templates with limits and rules for the usual businesses of a hospital, to begin with and to edit
//! (gateway.md §10; CD-065 to CD-070). They observe until somebody says otherwise.

use crate::model::PolicyFile;

/// A business that there is a preset for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preset {
    /// Word in addresses.
    pub(crate) scenario: &'static str,
    /// What people call it.
    pub(crate) zh: &'static str,
    /// The same in English.
    pub(crate) en: &'static str,
    text: &'static str,
}

/// Every preset, in the order of the contracts.
pub(crate) const ALL: [Preset; 5] = [
    Preset { scenario: "booking", zh: "预约", en: "booking", text: include_str!("booking.json") },
    Preset { scenario: "query", zh: "查询", en: "queries", text: include_str!("query.json") },
    Preset { scenario: "payment", zh: "支付", en: "payment", text: include_str!("payment.json") },
    Preset { scenario: "report", zh: "报告访问", en: "report access", text: include_str!("report.json") },
    Preset { scenario: "ai", zh: "AI", en: "AI", text: include_str!("ai.json") },
];

impl Preset {
    /// The preset of this word.
    pub(crate) fn of(scenario: &str) -> Option<Self> {
        ALL.into_iter().find(|preset| preset.scenario == scenario)
    }

    /// What it lays over the policy.
    pub(crate) fn file(&self) -> PolicyFile {
        // That each can be read is held by a test; one that cannot lays nothing.
        serde_json::from_str(self.text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::model::{Mode, SameOriginUse};

    #[test]
    fn every_preset_is_a_template_that_observes_with_limits_of_its_own() {
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        for preset in ALL {
            let file: PolicyFile = serde_json::from_str(preset.text).unwrap();
            let [template] = &file.templates[..] else { panic!("{}: one template", preset.scenario) };
            assert_eq!(template.settings.mode, Some(Mode::Observe), "{}", preset.scenario);
            assert_ne!(template.settings.same_origin, Some(SameOriginUse::Enforce), "{}", preset.scenario);
            assert!(!file.limits.is_empty(), "{}", preset.scenario);
            for limit in &file.limits {
                assert_eq!(limit.of.as_deref(), Some(&*template.name));
                assert!(names.insert(limit.limit.name.clone()), "{}", limit.limit.name);
            }
            for rule in &file.rules {
                assert!(numbers.insert(rule.rule.number), "{}", rule.rule.number);
            }
        }
    }
}
