//! An ordinary day at the portal: sessions of patients, the WeChat service account, kiosks and the hospital's own systems.
//!
//! Full of what makes a clumsy guard stumble (apostrophes, `<` in laboratory ranges, prose with SQL words, `R&D`, base64, long cookies);
//! nothing in it is an attack.

mod machines;
mod patients;
mod prose;
mod readers;

use super::dice::Dice;
use super::request::Request;

/// Every benign request, in order, without ids.
pub(crate) fn all(dice: &mut Dice) -> Vec<Request> {
    let sessions = [
        readers::browsing(),
        readers::searching(dice),
        readers::downloading(),
        patients::looking_up_reports(dice),
        patients::booking(dice),
        patients::writing_messages(dice),
        patients::logging_in(),
        patients::uploading(),
        machines::mobile_client(dice),
        machines::payment_callbacks(dice),
        machines::hospital_interfaces(dice),
    ];
    sessions.into_iter().flatten().collect()
}
