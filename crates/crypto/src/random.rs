//! Randomness of the operating system. The only impure function of this crate.

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("draw random bytes from the operating system")]
pub struct RandomError(#[from] getrandom::Error);

/// `N` unpredictable bytes.
pub fn random_array<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(random_array::<32>().unwrap(), random_array::<32>().unwrap());
    }
}
