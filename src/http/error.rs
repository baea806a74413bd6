//! The one error of the service and how it becomes `application/problem+json` (RFC 9457).

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::Serialize;
use utoipa::ToSchema;

use super::problems::{self, Kind};

/// What can go wrong while a request is answered.
#[derive(Debug)]
pub enum Error {
    /// Something to tell the client.
    Problem(Box<Problem>),
    /// The database refused or failed; shown as 503 or 500, never with its words.
    Database(DieselError),
    /// The database cannot be reached; shown as 503, the reason is for the log.
    Unreachable(&'static str),
    /// A fault of ours; the text is for the log only.
    Internal(Cow<'static, str>),
}

/// The result of everything a handler does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A problem of one kind, with what this occurrence adds.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which problem it is.
    pub kind: Kind,
    /// A sentence about this occurrence.
    pub detail: Cow<'static, str>,
    /// For 422: every field that is wrong.
    pub errors: Vec<FieldError>,
    /// Further members, such as `allowed`.
    pub members: serde_json::Map<String, serde_json::Value>,
    /// Further headers, such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
}

/// One wrong field of a request body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the field.
    #[schema(example = "/company", max_length = 500)]
    pub pointer: String,
    /// What is wrong, for programs.
    #[schema(example = "too_long", max_length = 50)]
    pub code: Cow<'static, str>,
    /// What is wrong, for people.
    #[schema(example = "At most 200 characters.", max_length = 500)]
    pub detail: Cow<'static, str>,
}

impl FieldError {
    /// A field error from its parts.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// The body of every error answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/not_found", "title": "There is no such thing here", "status": 404,
    "detail": "There is nothing with this id.", "code": "not_found", "request_id": "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55"
}))]
pub struct ProblemBody<'a> {
    /// Address of a page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not_found", max_length = 200)]
    pub kind: String,
    /// Short name of the problem, the same for each occurrence.
    #[schema(example = "There is no such thing here", max_length = 200)]
    pub title: &'a str,
    /// HTTP status.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    pub status: u16,
    /// A sentence about this occurrence.
    #[schema(example = "There is nothing with this id.", max_length = 2000)]
    pub detail: &'a str,
    /// Stable name of the problem, for programs.
    #[schema(example = "not_found", max_length = 50)]
    pub code: &'a str,
    /// The id under which the request was logged.
    #[schema(example = "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55", max_length = 128)]
    pub request_id: &'a str,
    /// Every wrong field, for 422.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: &'a [FieldError],
    /// Members that only some problems have, such as `from`, `to` and `allowed`.
    #[serde(flatten)]
    #[schema(additional_properties)]
    pub members: &'a serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// The body of the answer as JSON bytes.
    pub fn body(&self, request_id: &str) -> Vec<u8> {
        let body = ProblemBody {
            kind: format!("/problems/{}", self.kind.code),
            title: self.kind.title,
            status: self.kind.status,
            detail: &self.detail,
            code: self.kind.code,
            request_id,
            errors: &self.errors,
            members: &self.members,
        };
        serde_json::to_vec(&body).expect("a problem has only text keys")
    }

    /// Adds a member to the answer.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::not_found(),
            other => Self::Database(other),
        }
    }
}

impl Kind {
    /// An occurrence of this kind with its sentence.
    pub fn because(self, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            kind: self,
            detail: detail.into(),
            errors: Vec::new(),
            members: serde_json::Map::new(),
            headers: Vec::new(),
        }
    }
}

impl Error {
    /// 404, the same for *unknown* and *someone else's*.
    pub fn not_found() -> Self {
        problems::NOT_FOUND
            .because("There is nothing with this id.")
            .into()
    }

    /// 404 for a body that refers to something unknown or someone else's.
    pub fn unknown_reference(pointer: &str) -> Self {
        let mut problem =
            problems::NOT_FOUND.because("The body refers to something that is not there.");
        problem.errors = vec![FieldError::new(
            pointer,
            "unknown_reference",
            "There is nothing with this id.",
        )];
        problem.into()
    }

    /// 422 with every wrong field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = problems::INVALID_FIELDS.because(match errors.len() {
            1 => Cow::Borrowed("One field is not valid."),
            count => Cow::Owned(format!("{count} fields are not valid.")),
        });
        problem.errors = errors;
        problem.into()
    }

    /// 422 for one field.
    pub fn invalid_field(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::invalid(vec![FieldError::new(pointer, code, detail)])
    }

    /// The same error where a body calls a field by another name than the rule that was broken.
    #[must_use]
    pub fn about(mut self, rule: &str, field: &str) -> Self {
        if let Self::Problem(problem) = &mut self {
            let named = problem.errors.iter_mut().filter(|it| it.pointer == rule);
            named.for_each(|fault| field.clone_into(&mut fault.pointer));
        }
        self
    }

    /// 503 because the service has more to do than it can.
    pub fn overloaded() -> Self {
        unavailable("The service is busy.")
    }

    /// 503 because the database does not answer; the reason is for the log only.
    pub fn database_unavailable(reason: &'static str) -> Self {
        log::warn!(reason; "the database does not answer");
        unavailable("The database does not answer.")
    }

    /// 500; the text goes to the log only.
    pub fn internal(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Internal(text.into())
    }

    /// Did the connection to the database die?
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Database(error) if is_unavailable(error))
    }

    /// Is the server itself away, so that another one may be asked?
    pub fn is_lost_server(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Database(error) => is_away(error),
            Self::Problem(_) | Self::Internal(_) => false,
        }
    }

    /// Is it 503, for the client to come again?
    pub fn is_passing(&self) -> bool {
        self.to_problem().kind.status == 503
    }

    /// What the client is told.
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => (**problem).clone(),
            Self::Database(error) => database_problem(error),
            Self::Unreachable(_) => unavailable_problem("The database does not answer."),
            Self::Internal(_) => problems::INTERNAL.because("The fault has been logged."),
        }
    }
}

fn unavailable(detail: &'static str) -> Error {
    unavailable_problem(detail).into()
}

fn unavailable_problem(detail: &'static str) -> Problem {
    problems::UNAVAILABLE
        .because(detail)
        .header("Retry-After", "1")
}

/// Words of PostgreSQL and libpq, in the C locale that the service asks for, when the server is away.
///
/// Diesel hands over neither SQLSTATE nor a finer kind for these, nor for those below.
const AWAY: &[&str] = &[
    "terminating connection",
    "server closed the connection",
    "connection not open",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "SSL connection has been closed",
    "could not connect",
    "the database system is",
];

/// Their words for *not now*, when it is there.
const PASSING_FAULTS: &[&str] = &[
    "statement timeout",
    "lock timeout",
    "canceling statement",
    "too many connections",
    "remaining connection slots",
    "No space left on device",
    "could not extend file",
    "could not write",
    "idle-in-transaction timeout",
    "deadlock detected",
    "recovery mode",
    "read-only transaction",
];

fn is_away(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(kind, info) => {
            matches!(
                kind,
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
            ) || AWAY.iter().any(|words| info.message().contains(words))
        }
        _ => false,
    }
}

fn is_unavailable(error: &DieselError) -> bool {
    match error {
        error if is_away(error) => true,
        DieselError::DatabaseError(_, info) => PASSING_FAULTS
            .iter()
            .any(|words| info.message().contains(words)),
        DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => true,
        _ => false,
    }
}

fn database_problem(error: &DieselError) -> Problem {
    match error {
        DieselError::NotFound => problems::NOT_FOUND.because("There is nothing with this id."),
        error if is_unavailable(error) => unavailable_problem("The database does not answer."),
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => problems::CONFLICT.because("Another change came in between."),
        _ => problems::INTERNAL.because("The fault has been logged."),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => write!(f, "{}: {}", problem.kind, problem.detail),
            // A constraint's name tells the place; the message and detail could repeat a user's text.
            Self::Database(DieselError::DatabaseError(kind, info)) => write!(
                f,
                "database: {kind:?} at constraint {:?} of table {:?}",
                info.constraint_name().unwrap_or("none"),
                info.table_name().unwrap_or("none"),
            ),
            Self::Database(other) => write!(f, "database: {other}"),
            Self::Unreachable(reason) => write!(f, "database: {reason}"),
            Self::Internal(text) => write!(f, "internal: {text}"),
        }
    }
}

impl std::error::Error for Error {}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.to_problem().kind.status).expect("every kind has a valid status")
    }

    /// Hands the problem to the edge of the service, which knows the request id and writes the body.
    fn error_response(&self) -> HttpResponse {
        let problem = self.to_problem();
        let mut response = HttpResponse::new(self.status_code());
        if problem.kind.status >= 500 {
            response.extensions_mut().insert(Fault(self.to_string()));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// What the log is told about a fault, carried by the response to the edge.
#[derive(Debug)]
pub struct Fault(pub String);
