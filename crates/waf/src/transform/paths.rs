//! Paths as a file system resolves them.

/// Resolves `.`, `..` and empty segments. A `..` that leaves a relative path stays; one above the root goes.
pub(crate) fn normalize_path(input: &[u8], windows: bool, output: &mut Vec<u8>) {
    let separator = |byte: &u8| *byte == b'/' || (windows && *byte == b'\\');
    let absolute = input.first().is_some_and(separator);
    let trailing = input.last().is_some_and(separator);
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut last_is_dots = false;
    for segment in input.split(separator) {
        last_is_dots = matches!(segment, b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => match segments.last() {
                Some(last) if *last != b".." => {
                    segments.pop();
                }
                _ if absolute => {}
                _ => segments.push(segment),
            },
            _ => segments.push(segment),
        }
    }
    if absolute {
        output.push(b'/');
    }
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            output.push(b'/');
        }
        output.extend_from_slice(segment);
    }
    let directory = trailing || (last_is_dots && segments.last().is_some_and(|last| *last != b".."));
    if directory && !segments.is_empty() {
        output.push(b'/');
    }
}
