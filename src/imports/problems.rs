//! What can be wrong with a file or a row, by code. The codes are part of the API's import report.

/// Why a whole file cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileErrorCode {
    /// No cell holds anything.
    EmptyFile,
    /// Not text, not a workbook, damaged, protected, or larger inside than a service should unpack.
    UnreadableFile,
    /// Neither a company nor a title column was found in the first rows.
    NoKnownColumns,
    /// More than [`super::rows::MAX_ROWS`] rows hold data.
    TooManyRows,
    /// Nobody waits any longer for it to be read. That is the service's fault, not the file's.
    TooSlow,
}

impl FileErrorCode {
    /// The code as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::UnreadableFile => "unreadable_file",
            Self::NoKnownColumns => "no_known_columns",
            Self::TooManyRows => "too_many_rows",
            Self::TooSlow => "too_slow",
        }
    }
}

/// A file that cannot be imported, with a sentence for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// What kind of problem it is.
    pub code: FileErrorCode,
    /// The problem in words, free of parser jargon.
    pub detail: String,
}

impl FileError {
    pub(super) fn new(code: FileErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    pub(super) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(FileErrorCode::UnreadableFile, detail)
    }
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for FileError {}

/// Why one row cannot be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// Both a company and a job title are needed to know what the row is about.
    MissingCompanyOrTitle,
    /// Day and month cannot be told apart, and nothing in the column tells.
    AmbiguousDate,
    /// Not a date, or before 1900 or after 2199.
    InvalidDate,
    /// Something that is said to have happened lies after today.
    DateInFuture,
    /// A value exceeds its limit and the notes cannot take it either.
    TooLong,
}

impl RefusalCode {
    /// The code as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingCompanyOrTitle => "missing_company_or_title",
            Self::AmbiguousDate => "ambiguous_date",
            Self::InvalidDate => "invalid_date",
            Self::DateInFuture => "date_in_future",
            Self::TooLong => "too_long",
        }
    }
}

/// A row that is not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRefusal {
    /// What kind of problem it is.
    pub code: RefusalCode,
    /// The problem in words; quotes at most 40 characters of the cell.
    pub detail: String,
}

impl RowRefusal {
    pub(super) fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

/// What was understood only in part, though the row is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningCode {
    /// The status word is not known: the row counts as applied, the word is in the notes.
    UnknownStatus,
    /// A status was taken from the date of a rejection.
    StatusFromRejectionDate,
    /// The furthest stage contradicts the status; it is in the notes.
    FurthestStageNotKept,
    /// A value was not understood for its column; it is in the notes.
    NotUnderstood,
    /// A value exceeds its limit; the whole of it is in the notes.
    TooLongMoved,
    /// The address is not http or https; it is in the notes.
    UrlNotKept,
    /// More cells than headers; they are in the notes.
    ExtraCells,
    /// Control characters were taken out of the text.
    ControlCharactersRemoved,
    /// The answer is dated before the application; its date is in the notes.
    AnswerBeforeApplication,
    /// A quotation mark before this row is never closed: marks are plain text from there on.
    UnclosedQuote,
}

impl WarningCode {
    /// The code as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownStatus => "unknown_status",
            Self::StatusFromRejectionDate => "status_from_rejection_date",
            Self::FurthestStageNotKept => "furthest_stage_not_kept",
            Self::NotUnderstood => "not_understood",
            Self::TooLongMoved => "too_long_moved",
            Self::UrlNotKept => "url_not_kept",
            Self::ExtraCells => "extra_cells",
            Self::ControlCharactersRemoved => "control_characters_removed",
            Self::AnswerBeforeApplication => "answer_before_application",
            Self::UnclosedQuote => "unclosed_quote",
        }
    }
}

/// One thing to look at in an imported row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What kind of problem it is.
    pub code: WarningCode,
    /// The problem in words.
    pub detail: String,
}
