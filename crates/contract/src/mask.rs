//! Shapes of masked identifiers, one form everywhere (`138****8000`).

/// Keeps the first three and last four characters of a longer value; shorter values become `***`.
pub fn phone(value: &str) -> String {
    keep(value, 3, 4)
}

/// Keeps the first six (region) and last two characters of an identity number.
pub fn identity_number(value: &str) -> String {
    keep(value, 6, 2)
}

/// Keeps the first six (issuer, ISO/IEC 7812-1) and last four digits of a bank card number, which PCI DSS 3.4.1 allows to show.
pub fn bank_card(value: &str) -> String {
    keep(value, 6, 4)
}

/// Keeps the family name of a Chinese name: `王**`.
pub fn person_name(value: &str) -> String {
    let mut chars = value.chars();
    match chars.next() {
        Some(first) => std::iter::once(first).chain(chars.map(|_| '*')).collect(),
        None => String::new(),
    }
}

fn keep(value: &str, head: usize, tail: usize) -> String {
    let length = value.chars().count();
    if length <= head + tail {
        return "***".to_owned();
    }
    value.chars().enumerate().map(|(at, c)| if at < head || at >= length - tail { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_keep_shape_and_hide_the_middle() {
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(identity_number("510104199001011234"), "510104**********34");
        assert_eq!(bank_card("6222020200001234567"), "622202*********4567");
        assert_eq!(person_name("王小明"), "王**");
        assert_eq!(phone("12345"), "***");
    }
}
