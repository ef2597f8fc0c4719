//! Timed work: ends sessions that are over and forgets what cannot matter any more.

use std::sync::Arc;
use std::time::Duration;

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
