//! Uniqueness and references live in the database; here its refusals become answers.

use diesel::QueryResult;
use diesel::result::Error as DieselError;

use crate::http::error::Error;

/// Turns the violation of a named constraint into an error of the API.
pub trait OnConstraint<T> {
    /// When the constraint `name` refused the statement, `answer` says so to the user.
    fn on_constraint(self, name: &str, answer: impl FnOnce() -> Error) -> Result<T, Error>;
}

impl<T> OnConstraint<T> for QueryResult<T> {
    fn on_constraint(self, name: &str, answer: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(Error::from).on_constraint(name, answer)
    }
}

impl<T> OnConstraint<T> for Result<T, Error> {
    fn on_constraint(self, name: &str, answer: impl FnOnce() -> Error) -> Self {
        match self {
            Err(Error::Database(DieselError::DatabaseError(_, info)))
                if info.constraint_name() == Some(name) =>
            {
                Err(answer())
            }
            other => other,
        }
    }
}
