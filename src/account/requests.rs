//! What the operations without a sign-in take and give, and what needs the password once more.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::User;
use super::rules;
use crate::http::rules::takes_mail;

/// A new account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The address; capital letters make no difference.
    #[garde(email, length(chars, min = 3, max = 254), custom(takes_mail))]
    #[schema(
        format = "email",
        example = "ada@example.com",
        min_length = 3,
        max_length = 254
    )]
    pub(super) email: String,
    /// At least 15 characters, or 10 that are hard to guess.
    #[garde(custom(rules::good_password(rules::words(&self.email, self.display_name.as_deref()))))]
    #[schema(
        format = "password",
        example = "correct horse battery staple",
        min_length = 10,
        max_length = 200
    )]
    pub(super) password: String,
    /// How you want to be called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(example = "Ada", min_length = 1, max_length = 100)]
    pub(super) display_name: Option<String>,
    /// IANA name of the zone in which your days begin and end; UTC without one.
    #[garde(inner(custom(rules::is_time_zone)))]
    #[schema(example = "Europe/Berlin", min_length = 1, max_length = 64)]
    pub(super) time_zone: Option<String>,
}

/// Address and password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The address of the account; capital letters make no difference.
    #[garde(email, length(chars, min = 3, max = 254))]
    #[schema(
        format = "email",
        example = "ada@example.com",
        min_length = 3,
        max_length = 254
    )]
    pub(super) email: String,
    /// The password.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        format = "password",
        example = "correct horse battery staple",
        min_length = 1,
        max_length = 200
    )]
    pub(super) password: String,
}

/// A refresh token.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    /// The newest refresh token of the session.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(
        example = "rbd_rt_1rYb0uGq8vZ3mJx5kQ2nTdWcE7hLfPaS9oUiBtRzVyM",
        min_length = 1,
        max_length = 2000
    )]
    pub(super) refresh_token: String,
}

/// An address that a mail is asked for.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPasswordReset {
    /// The address of the account.
    #[garde(email, length(chars, min = 3, max = 254))]
    #[schema(
        format = "email",
        example = "ada@example.com",
        min_length = 3,
        max_length = 254
    )]
    pub(super) email: String,
}

/// A token from a mail and the password to set.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPasswordReset {
    /// The token from the mail.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        example = "rbd_pr_1rYb0uGq8vZ3mJx5kQ2nTdWcE7hLfPaS9oUiBtRzVyM",
        min_length = 1,
        max_length = 200
    )]
    pub(super) token: String,
    /// At least 15 characters, or 10 that are hard to guess.
    #[garde(custom(rules::good_password(Vec::new())))]
    #[schema(
        format = "password",
        example = "correct horse battery staple",
        min_length = 10,
        max_length = 200
    )]
    pub(super) new_password: String,
}

/// A token from a mail.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// The token from the mail.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        example = "rbd_ev_1rYb0uGq8vZ3mJx5kQ2nTdWcE7hLfPaS9oUiBtRzVyM",
        min_length = 1,
        max_length = 200
    )]
    pub(super) token: String,
}

/// The present password and the next one.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        format = "password",
        example = "correct horse battery staple",
        min_length = 1,
        max_length = 200
    )]
    pub(super) current_password: String,
    /// At least 15 characters, or 10 that are hard to guess.
    #[garde(custom(rules::good_password(Vec::new())))]
    #[schema(
        format = "password",
        example = "a lighthouse keeps no secrets",
        min_length = 10,
        max_length = 200
    )]
    pub(super) new_password: String,
}

/// The password, to be sure.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteAccount {
    /// The present password.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(
        format = "password",
        example = "correct horse battery staple",
        min_length = 1,
        max_length = 200
    )]
    pub(super) password: String,
}

/// A session that has just been opened or goes on.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// Who is signed in.
    pub(super) user: User,
    /// For the header `Authorization: Bearer …`.
    #[schema(
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.c2ln",
        max_length = 2000
    )]
    pub(super) access_token: String,
    /// Gives the next pair of tokens at POST /v1/auth/refresh, once, within 30 days.
    #[schema(
        example = "rbd_rt_1rYb0uGq8vZ3mJx5kQ2nTdWcE7hLfPaS9oUiBtRzVyM",
        max_length = 200
    )]
    pub(super) refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer", max_length = 10)]
    pub(super) token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 900, minimum = 1, maximum = 900)]
    pub(super) expires_in: i64,
}

/// What happens next; the same whether or not there is an account.
#[derive(Serialize, ToSchema)]
pub struct MailNotice {
    /// A sentence for people.
    #[schema(
        example = "If there is an account with this address, a mail is on its way.",
        max_length = 200
    )]
    pub(super) message: &'static str,
}
