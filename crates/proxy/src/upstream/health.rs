//! Active checks: every 5 s each member in use is asked whether it answers (gateway.md §6).

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use medward_kernel::Clock;
use medward_kernel::supervisor::with_sources;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Connector, Member, MemberState};

/// Pause between two rounds.
const INTERVAL: Duration = Duration::from_secs(5);
/// A check that takes longer has failed.
const LIMIT: Duration = Duration::from_secs(2);
/// Members checked at the same time.
const AT_ONCE: usize = 32;

/// Checks members in rounds.
#[derive(Clone)]
pub(crate) struct HealthChecks {
    clock: Clock,
    connector: Connector,
}

impl HealthChecks {
    pub(crate) fn new(clock: Clock, connector: Connector) -> Self {
        Self { clock, connector }
    }

    /// Waits until the next round is due.
    pub(crate) async fn pause(&self) {
        self.clock.sleep(INTERVAL).await;
    }

    /// Checks every member once.
    pub(crate) async fn round(&self, members: Vec<Arc<Member>>) {
        futures_util::stream::iter(members).for_each_concurrent(AT_ONCE, |member| self.check(member)).await;
    }

    async fn check(&self, member: Arc<Member>) {
        // Not in the budget of this task: what is beyond it would look open.
        tokio::task::unconstrained(async { member.sweep_idle(self.clock.now()) }).await;
        let result = match self.clock.timeout(LIMIT, self.ask(&member)).await {
            Some(result) => result,
            None => Err("no answer within 2 s".to_owned()),
        };
        let error = result.clone().err();
        let never_checked = member.last_check().1.is_none();
        if let (true, Some(error)) = (never_checked, &error) {
            let member = member.address();
            tracing::warn!(%member, error, "upstream does not answer: start it or correct its address; until then visitors get a 502 page");
        }
        if let Some(state) = member.note_check(result, self.clock.now()) {
            if state == MemberState::Down {
                member.drop_idle();
                tracing::warn!(member = %member.address(), error, "upstream is down");
            } else {
                tracing::info!(member = %member.address(), "upstream is up");
            }
        }
    }

    async fn ask(&self, member: &Member) -> Result<(), String> {
        let mut stream = self.connector.stream(member.address(), LIMIT).await.map_err(|error| with_sources(&error))?;
        let Some(path) = member.health_path() else { return Ok(()) };
        let authority = &member.address().authority;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: medward-health\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
        // "HTTP/1.1 200" is all that matters.
        let mut line = [0; 12];
        stream.read_exact(&mut line).await.map_err(|error| error.to_string())?;
        match line.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..)) {
            Some([b'2' | b'3', _, _]) => Ok(()),
            _ => Err(format!("{path} answered {:?}", String::from_utf8_lossy(&line))),
        }
    }
}
