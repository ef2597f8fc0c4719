//! Custom rules tried on what was recorded.

use std::collections::BTreeSet;

use medward_contract::vault::Window;
use medward_defence::rule::RuleSet;

use super::Service;
use crate::change::ChangeError;
use crate::compile::{PolicyError, PolicyErrors, groups_exist};
use crate::model::{Kind, RuleSpec, Spec as _, SpecError};
use crate::trial::{RuleTrial, SPAN, trial};

/// What a draft is called that has no name yet.
const DRAFT: &str = "-";

/// Why a rule could not be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Log(#[from] medward_contract::PortError),
}

impl Service {
    /// What this rule, saved or not, would have met in the last 24 hours.
    pub(crate) async fn rule_trial(&self, spec: RuleSpec) -> Result<RuleTrial, TrialError> {
        let name = if spec.name.trim().is_empty() { DRAFT.to_owned() } else { spec.name.trim().to_owned() };
        let spec = RuleSpec { name, ..spec };
        let written = self.standing().await.map_err(ChangeError::from)?.written;
        let wrong = |source: SpecError| {
            let error = PolicyError::Spec { kind: Kind::Rule, name: spec.name.clone(), source };
            ChangeError::from(PolicyErrors(vec![error]))
        };
        spec.check().and_then(|()| groups_exist(&written, &spec.groups_asked(), "condition")).map_err(wrong)?;
        let rules = RuleSet::compile(&[spec.raw()])
            .map_err(|error| wrong(SpecError { field: "rule", message: error.to_string() }))?;
        let Some(rule) = rules.rules().first() else { return Ok(RuleTrial::default()) };
        let of_scope = |id: &String| -> BTreeSet<String> {
            written.objects_of(id).map(|object| object.spec.name.clone()).collect()
        };
        let objects = spec.scope_id.as_ref().map(of_scope);
        let to = self.now();
        let window = Window { from: to.minus(SPAN), to };
        let snapshot = self.data_path().snapshot();
        Ok(trial(&**self.0.log.get()?, window, rule, objects.as_ref(), &snapshot, self.data_path().zones()).await?)
    }
}
