//! Timed work: ends sessions that are over and forgets what cannot matter any more. And the check the console shows.

use std::sync::Arc;
use std::time::Duration;

use medward_kernel::capability::Check;
use medward_kernel::job::{Job, Schedule};

use crate::service::Service;

pub(crate) fn jobs(service: &Service) -> Vec<Job> {
    let service = service.clone();
    vec![Job {
        name: "identity.sweep",
        schedule: Schedule::Every(Duration::from_mins(1)),
        wake_up: None,
        work: Arc::new(move || {
            let service = service.clone();
            Box::pin(async move { Ok(service.sweep().await?) })
        }),
    }]
}

/// Degraded while accounts cannot be read: no new logins, living sessions go on until idle (DESIGN §6).
pub(crate) fn checks(service: &Service) -> Vec<Check> {
    let service = service.clone();
    vec![Check {
        name: "identity.accounts",
        run: Arc::new(move || {
            let service = service.clone();
            Box::pin(async move {
                let read = service.setup_required().await.map(drop);
                read.map_err(|error| format!("no new logins, running sessions go on: {error}"))
            })
        }),
    }]
}
