//! Recovery codes: ten codes of 80 bits, shown once, stored as HMAC, each good for one login without the authenticator.

use data_encoding::BASE32_NOPAD;
use medward_contract::id::AccountId;
use medward_crypto::{Domain, KeyRing, RandomError, Secret, random_array};

/// How many are given out.
pub(crate) const COUNT: usize = 10;
/// 80 bits are sixteen base32 characters.
const BYTES: usize = 10;

/// A recovery code as printed, `ABCD-EFGH-IJKL-MNOP`.
pub(crate) fn generate() -> Result<Secret<String>, RandomError> {
    let code = BASE32_NOPAD.encode(&random_array::<BYTES>()?);
    let groups: Vec<String> =
        code.as_bytes().chunks(4).map(|group| group.iter().copied().map(char::from).collect()).collect();
    Ok(Secret::new(groups.join("-")))
}

/// Reads a code as typed: any case, with or without dashes and spaces. `None` when it cannot be one.
pub(crate) fn parse(typed: &str) -> Option<[u8; BYTES]> {
    if typed.len() > 64 {
        return None;
    }
    let letters: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    BASE32_NOPAD.decode(letters.as_bytes()).ok()?.try_into().ok()
}

/// What is stored of a code: bound to its account, so that no code serves another one.
pub(crate) fn mac(keys: &KeyRing, account: AccountId, code: &[u8; BYTES]) -> [u8; 32] {
    let mut message = account.to_string().into_bytes();
    message.push(0);
    message.extend_from_slice(code);
    keys.mac(Domain::IdentityRecovery, &message)
}

#[cfg(test)]
mod tests {
    use medward_crypto::MasterKey;

    use super::*;

    #[test]
    fn printed_code_is_read_back_however_it_is_typed() {
        let printed = generate().unwrap();
        assert_eq!(printed.expose().len(), 19);
        let bytes = parse(printed.expose()).unwrap();
        assert_eq!(parse(&printed.expose().to_lowercase().replace('-', " ")), Some(bytes));
        assert_eq!(parse("123456"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse(&"A".repeat(100)), None);
    }

    #[test]
    fn stored_form_belongs_to_one_account() {
        let keys = KeyRing::derive(&MasterKey::from_bytes([3; 32]), b"site");
        let code = parse(generate().unwrap().expose()).unwrap();
        let (first, second) = (AccountId::new(), AccountId::new());
        assert_eq!(mac(&keys, first, &code), mac(&keys, first, &code));
        assert_ne!(mac(&keys, first, &code), mac(&keys, second, &code));
    }
}
