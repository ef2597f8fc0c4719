//! Who makes a change, over the API: what every handler that changes the policy takes.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use medward_kernel::audit::Begun;
use medward_web::extract::RequestId;
use medward_web::{ApiError, Caller, Change, Client};

use crate::change::By;
use crate::codes;
use crate::eyes::Asker;

/// Longest reason for a change, bytes.
const MAX_REASON_BYTES: usize = 1000;
/// Names the approval that a change is to run on.
const APPROVAL_HEADER: &str = "medward-approval";

/// Who changes the policy, and the audit record of it.
pub(crate) struct Author {
    change: Begun,
    asker: Asker,
}

impl Author {
    /// What is known of the change, with the author's words about it.
    pub(super) fn by<'a>(&'a self, reason: &'a str) -> Result<By<'a>, ApiError> {
        if reason.len() > MAX_REASON_BYTES {
            let detail = format!("the reason may have {MAX_REASON_BYTES} bytes");
            return Err(ApiError::new(codes::OBJECT_INVALID, detail).arg("field", "reason"));
        }
        Ok(By { change: &self.change, author: &self.asker.principal.login, reason, asker: &self.asker })
    }
}

impl<S: Sync> FromRequestParts<S> for Author {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Caller(principal) = Caller::from_request_parts(parts, state).await?;
        let Change(change) = Change::from_request_parts(parts, state).await?;
        let Client(client) = Client::from_request_parts(parts, state).await?;
        let RequestId(request_id) = RequestId::from_request_parts(parts, state).await?;
        let approval = match parts.headers.get(APPROVAL_HEADER) {
            None => None,
            Some(value) => Some(value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
                ApiError::new(codes::OBJECT_INVALID, "the approval is none of ours").arg("field", APPROVAL_HEADER)
            })?),
        };
        Ok(Self { change, asker: Asker { principal, client, request_id, approval } })
    }
}
