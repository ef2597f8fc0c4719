//! Numbers that belong to a person: dates (birthdays) and mobile numbers. Whose they are is not known here, so all are refused.

/// Whether eight digits in a row read as a date, also when written with `-`, `/` or `.` (`19871120`, `1987-11-20`).
pub(super) fn has_date(text: &str) -> bool {
    let digits = text.chars().filter(|c| !matches!(c, '-' | '/' | '.')).map(|c| c.to_digit(10)).collect::<Vec<_>>();
    digits.windows(8).any(|window| {
        let number = |from: usize, length: usize| {
            window.iter().skip(from).take(length).try_fold(0, |value, digit| digit.map(|digit| value * 10 + digit))
        };
        let in_range = |value: Option<u32>, low, high| value.is_some_and(|value| (low..=high).contains(&value));
        in_range(number(0, 4), 1900, 2099) && in_range(number(4, 2), 1, 12) && in_range(number(6, 2), 1, 31)
    })
}

/// Whether exactly eleven digits in a row read as a Chinese mobile number (`1[3-9]` and nine more).
pub(super) fn has_mobile_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| match digits.as_bytes() {
        [b'1', b'3'..=b'9', rest @ ..] => rest.len() == 9,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_with_and_without_separators() {
        let check = |text, expected| assert_eq!(has_date(text), expected, "{text}");
        check("Aa!19871120Aa!", true);
        check("1987-11-20", true);
        check("2026/1/20", false);
        check("19871320", false);
        check("18991120", false);
        check("1987x1120", false);
    }

    #[test]
    fn mobile_numbers_are_found_but_other_numbers_are_not() {
        let check = |text, expected| assert_eq!(has_mobile_number(text), expected, "{text}");
        check("13800138000Aa!", true);
        check("Aa-19912345678", true);
        check("12800138000", false);
        check("138001380001", false);
    }
}
