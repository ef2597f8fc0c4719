//! The waiting room (等候室) of an object: how many it lets in (gateway.md §9).

use medward_defence::waiting::{RawRoom, RoomLimits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::given;
use super::{Given, Layer, Settings, SpecError, wrong};

/// How many visitors are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingRoomSettings {
    /// Visitors inside at once, up to 1,000,000; 0: nobody waits, whatever the group or template says.
    pub max_active: u32,
    /// Visitors let in per second, 1 to 100,000.
    #[serde(default = "ten")]
    pub admissions_per_second: u32,
    /// Visitors that wait, 1 to 200,000; the next ones are told to come again.
    #[serde(default = "ten_thousand")]
    pub max_waiting: u32,
}

fn ten() -> u32 {
    10
}

fn ten_thousand() -> u32 {
    10_000
}

impl WaitingRoomSettings {
    /// The one in force, unless it is switched off.
    pub(super) fn of(layers: &[(Layer, &Settings)]) -> Given<Option<Self>> {
        let said = given(layers, |settings| settings.waiting_room.map(Some), None);
        Given { value: said.value.filter(|room| room.max_active > 0), ..said }
    }

    pub(super) fn check(self) -> Result<(), SpecError> {
        if self.max_active == 0 { Ok(()) } else { self.limits().map(drop) }
    }

    /// What the room is to hold.
    pub(crate) fn limits(self) -> Result<RoomLimits, SpecError> {
        let Self { max_active, admissions_per_second, max_waiting } = self;
        RoomLimits::compile(&RawRoom { max_active, admissions_per_second, max_waiting })
            .map_err(|error| wrong("waiting_room", error.to_string()))
    }
}
