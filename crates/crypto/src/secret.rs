//! Values that never show up in a log: they print `***` and are overwritten when dropped.
//!
//! Invariant: the only way to the inside is [`Secret::expose`], so `grep expose` lists every use of a secret.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A secret value. There is no `Display`, `Serialize` or `PartialEq`: compare with [`crate::ct_eq`].
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value in.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Shows the value to the one who needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Reads a secret from a request body, so that it is never a plain `String` in between.
impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_prints_stars_also_inside_other_types() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only its Debug form matters")]
        struct Login {
            password: Secret<String>,
        }
        let login = Login { password: Secret::new("Correct-Horse-9".to_owned()) };
        assert_eq!(format!("{login:?}"), "Login { password: *** }");
    }
}
