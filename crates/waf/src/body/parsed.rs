//! What a body processor found, as the rule language names it. Wiring it into variables is the engine's business.

/// A name and a value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A body, taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Parsed {
    /// `ARGS_POST`, in the order of the body.
    pub(crate) args_post: Vec<Pair>,
    /// The uploaded files.
    pub(crate) files: Vec<UploadedFile>,
    /// `MULTIPART_PART_HEADERS`: the part's name, and a whole header line without its end.
    pub(crate) part_headers: Vec<Pair>,
    /// `XML:/*`: the text of the whole document.
    pub(crate) xml_text: Option<Vec<u8>>,
    /// `XML://@*`: the value of each attribute.
    pub(crate) xml_attributes: Vec<Vec<u8>>,
    /// What a multipart body did wrong.
    pub(crate) multipart: MultipartFlags,
    /// `REQBODY_ERROR_MSG`: what stopped the processor. What it had read before stands above.
    pub(crate) error: Option<String>,
    /// A limit left something out.
    pub(crate) partial: bool,
}

impl Parsed {
    /// `FILES_COMBINED_SIZE`.
    pub(crate) fn files_combined_size(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    /// Notes what went wrong, if nothing did before.
    pub(super) fn fail(&mut self, error: impl Into<String>) {
        self.error.get_or_insert_with(|| error.into());
    }
}

/// One uploaded file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct UploadedFile {
    /// `FILES_NAMES`: the form field.
    pub(crate) field: Vec<u8>,
    /// `FILES`: the names the client gave it. More than one when a header repeats the parameter or has `filename*` too.
    pub(crate) names: Vec<Vec<u8>>,
    /// `FILES_SIZES`: of the whole content.
    pub(crate) size_bytes: u64,
    /// The beginning of the content.
    pub(crate) content: Vec<u8>,
}

/// The parts of `MULTIPART_STRICT_ERROR`, and `MULTIPART_UNMATCHED_BOUNDARY`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct MultipartFlags {
    /// The boundary stands in quotes.
    pub(crate) boundary_quoted: bool,
    /// Blanks around the boundary, in the header or behind a delimiter.
    pub(crate) boundary_whitespace: bool,
    /// Something stands before the first delimiter.
    pub(crate) data_before: bool,
    /// Something stands behind the last delimiter.
    pub(crate) data_after: bool,
    /// A header goes on in the next line.
    pub(crate) header_folding: bool,
    /// A line of the framing ends without CR.
    pub(crate) lf_line: bool,
    /// Lines of the framing end in both ways.
    pub(crate) crlf_lf_lines: bool,
    /// No semicolon before the boundary parameter.
    pub(crate) semicolon_missing: bool,
    /// A parameter in single quotes, or quotes that do not match.
    pub(crate) invalid_quoting: bool,
    /// A part without a readable Content-Disposition or without a header end.
    pub(crate) invalid_part: bool,
    /// A header continued by something else than a blank or a tab, by nothing, or before there is one.
    pub(crate) invalid_header_folding: bool,
    /// More parts than are read.
    pub(crate) file_limit_exceeded: bool,
    /// A line in a part looks like the delimiter of another boundary, or holds the boundary in the wrong place. Not part of
    /// the strict error.
    pub(crate) unmatched_boundary: bool,
}

impl MultipartFlags {
    /// `MULTIPART_STRICT_ERROR`.
    pub(crate) fn strict_error(&self) -> bool {
        [
            self.boundary_quoted,
            self.boundary_whitespace,
            self.data_before,
            self.data_after,
            self.header_folding,
            self.lf_line,
            self.crlf_lf_lines,
            self.semicolon_missing,
            self.invalid_quoting,
            self.invalid_part,
            self.invalid_header_folding,
            self.file_limit_exceeded,
        ]
        .contains(&true)
    }
}
