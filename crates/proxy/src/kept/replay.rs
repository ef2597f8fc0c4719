//! A kept request, judged once more.

use medward_kernel::Supervisor;
use medward_waf::{ObjectOptions, UniqueId, Verdict};

use super::KeptRequest;
use crate::inspect::{Judgement, Said};
use crate::snapshot::Object;

/// What the engine of `object` says about a request with these options. Nothing is sent anywhere, nothing is recorded.
pub async fn judge_again(
    supervisor: &Supervisor,
    object: &Object,
    options: &ObjectOptions,
    request: &KeptRequest,
) -> Verdict {
    let id = UniqueId(String::new());
    let mut judgement = Judgement::begin(&object.engine, options, request.conn, id);
    if let Said::Over(verdict) = judgement.head(&request.head) {
        return *verdict;
    }
    if !request.body.is_empty()
        && let Said::Over(verdict) = judgement.body(&request.body)
    {
        return *verdict;
    }
    let said = if request.is_whole { judgement.end(supervisor).await } else { judgement.judge(supervisor).await };
    match said {
        (Some(judgement), Said::Continue) => judgement.finish(),
        (_, Said::Over(verdict)) => *verdict,
        (None, Said::Continue) => {
            Verdict::failed(medward_waf::EngineError::Panicked, object.engine.policy().0, [0; 16])
        }
    }
}
