//! To be written.

use super::{Context, Finding, Requirement, never};

pub(super) fn requirement() -> Requirement {
    never()
}

pub(super) fn find(_value: &[u8], _context: Context) -> Option<Finding> {
    None
}
