//! Accounts, roles, second factors and sessions of the console.

pub mod lockout;
pub mod password;
pub mod totp;
