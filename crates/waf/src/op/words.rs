//! Phrase files: `@pmFromFile`.

/// The files an argument names, separated by blanks.
pub(crate) fn file_names(argument: &[u8]) -> impl Iterator<Item = &[u8]> {
    argument.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty())
}

/// The phrases of a file, one on each line. A line that begins with `#` is a comment; `#` further on belongs to the phrase.
/// Blanks before a phrase belong to it (lists use that), blanks and carriage returns behind it cannot be seen and do not.
pub(crate) fn phrases(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty() && !line.trim_ascii_start().starts_with(b"#"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stand_one_on_a_line() {
        let file = b"# comment\nfoo bar\n\n  in query \r\n   # comment\na#b\n \t\n|41|";
        let expected: [&[u8]; 4] = [b"foo bar", b"  in query", b"a#b", b"|41|"];
        assert_eq!(phrases(file).collect::<Vec<_>>(), expected);
        assert_eq!(phrases(b"# only\n\n").count(), 0);
    }

    #[test]
    fn an_argument_names_one_file_or_more() {
        let expected: [&[u8]; 2] = [b"a.data", b"../b.data"];
        assert_eq!(file_names(b" a.data \t../b.data").collect::<Vec<_>>(), expected);
    }
}
