//! The catalogue of problems: every `code` that an answer can carry, with its status and a page at
//! `/problems/{code}` that explains it.

use std::fmt;

/// A kind of problem. Two kinds never share a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The stable name that programs rely on.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short name for people, the same for each occurrence.
    pub title: &'static str,
    /// What it means and what to do, for the page.
    pub explanation: &'static str,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $status:literal, $title:literal, $explanation:literal;)+) => {
        $($(#[$doc])* pub const $name: Kind = Kind {
            code: $code, status: $status, title: $title, explanation: $explanation,
        };)+
        /// Every kind, in the order of the status.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

catalogue! {
    /// The request cannot be read.
    MALFORMED: "malformed_request", 400, "The request cannot be read",
        "The body is no valid JSON, or a header has the wrong form. The detail names the place. Correct the request and send it again.";
    /// A query parameter is unknown or has a wrong value.
    INVALID_QUERY: "invalid_query", 400, "A query parameter is unknown or wrong",
        "Every parameter of the operation is listed in the API document. An unknown one is refused, so that a misspelled filter does not silently show everything.";
    /// The page cursor is not one of ours.
    INVALID_CURSOR: "invalid_cursor", 400, "The cursor does not belong to this list",
        "A cursor is the next_cursor of an earlier answer, used with the same sort. Start again without a cursor.";
    /// Nobody is signed in.
    UNAUTHENTICATED: "unauthenticated", 401, "Sign in first",
        "The operation needs an access token in the header Authorization: Bearer …. Sign in at POST /v1/auth/login.";
    /// The token is wrong, expired or its session has ended.
    INVALID_TOKEN: "invalid_token", 401, "The token is not valid",
        "The token has expired, was not made by this service, or its session has ended. Use the refresh token at POST /v1/auth/refresh, or sign in again. A personal access token that was removed or has ended stays so; make a new one.";
    /// Address and password do not fit.
    INVALID_CREDENTIALS: "invalid_credentials", 401, "Address and password do not fit",
        "Either the address is unknown, or the password is wrong, or the account cannot be used; which of these it is stays unsaid. The password can be reset at POST /v1/auth/password-reset.";
    /// A refresh token was used after it had been replaced.
    TOKEN_REUSED: "token_reused", 401, "The refresh token was used before",
        "A refresh token works once. This one was already replaced by a newer one that was used, so somebody else may hold it: the whole session has been ended. Sign in again.";
    /// The personal access token may not do this.
    INSUFFICIENT_SCOPE: "insufficient_scope", 403, "The token may not do this",
        "A personal access token does what its scopes say. The member required_scopes names what is needed here, and so does the security requirement of the operation in the API document; make a token that has it. Without that member no token will do, whatever its scopes: sign in.";
    /// The user's own password, asked for once more, does not fit.
    WRONG_PASSWORD: "wrong_password", 403, "The password is wrong",
        "You are signed in, but this also needs your present password, and the one that was sent does not fit. Too many wrong ones are answered with 429 for a while. A forgotten password can be reset at POST /v1/auth/password-reset.";
    /// The template comes with the service.
    TEMPLATE_READ_ONLY: "template_read_only", 403, "This template cannot be changed",
        "It comes with the service and is the same for everyone. Make one of your own with POST /v1/templates and start from its text.";
    /// The user has not turned wellbeing check-ins on.
    WELLBEING_DISABLED: "wellbeing_disabled", 403, "Wellbeing check-ins are turned off",
        "Wellbeing check-ins are off until you turn them on: PATCH /v1/me with the preference wellbeing_enabled. Turning them off again deletes nothing; what is there can be erased at any time.";
    /// The link to the client is there, the scope is not.
    SCOPE_MISSING: "scope_missing", 403, "The client has not granted this",
        "A coach sees what the client granted. The member scope names what is missing; the client can add it at any time by PATCH /v1/coach-links/{id}.";
    /// Unknown, or someone else's.
    NOT_FOUND: "not_found", 404, "There is no such thing here",
        "The address or the id is unknown, or it belongs to someone else; these are deliberately the same answer.";
    /// The path is known, the method is not.
    METHOD_NOT_ALLOWED: "method_not_allowed", 405, "The path does not take this method",
        "The header Allow lists the methods of this path.";
    /// Nothing that we could send is accepted.
    NOT_ACCEPTABLE: "not_acceptable", 406, "No acceptable representation",
        "The header Accept excludes everything this operation can send. Use application/json, or leave the header out.";
    /// The client was away for longer than events are kept.
    CURSOR_EXPIRED: "cursor_expired", 410, "What followed this place is not kept any more",
        "Events are kept for some time (90 days, if the service is not set up otherwise), and a restore of the service from a backup takes the latest ones back. So what happened since this place is not known any more. Begin anew: ask GET /v1/events?after=now for a cursor, fetch everything, replace what you had, and go on from that cursor.";
    /// The client took too long to send.
    REQUEST_TIMEOUT: "request_timeout", 408, "The request took too long to arrive",
        "The body did not arrive within the time. Send it again over a better connection.";
    /// The state machine forbids the move.
    ILLEGAL_TRANSITION: "illegal_transition", 409, "This move is not allowed",
        "The status cannot change in this way. The members from, to and allowed of the answer say what can; allowed_by_reopen lists what a reopen makes possible, and a correction may go anywhere.";
    /// The rejection still cools off.
    COOLOFF_ACTIVE: "cooloff_active", 409, "The rejection still cools off",
        "Nothing is sent in a first heat. Wait until cooloff_until (the seconds are in Retry-After), or say in override_reason, in 10 characters at least, why it cannot wait; the reason stays visible on the timeline.";
    /// The message was sent or discarded.
    MESSAGE_IMMUTABLE: "message_immutable", 409, "The message cannot be changed any more",
        "A message that was sent or discarded stays as it was. Write a new one.";
    /// The tone check found something that stands against sending.
    TONE_BLOCKED: "tone_blocked", 409, "The tone check advises against sending this",
        "The member findings says what was found, where, and what to write instead. Change the message; or, when it has to go out as it is, say why in override_reason, which stays with the message and on the timeline of its application.";
    /// The email address has an account.
    EMAIL_TAKEN: "email_taken", 409, "The address has an account already",
        "Sign in instead, or reset the password.";
    /// Another row of yours has this external id.
    EXTERNAL_ID_TAKEN: "external_id_taken", 409, "The external id is in use",
        "Another resource of yours has this external_id. Use the PUT by external id to change it.";
    /// The goal is paused.
    GOAL_PAUSED: "goal_paused", 409, "The goal is paused",
        "A paused goal takes no check-ins, and its streak holds meanwhile. Move it to active at POST /v1/goals/{id}/transitions, then check in; days in between can be added later.";
    /// The goal was completed or archived.
    GOAL_CLOSED: "goal_closed", 409, "The goal has ended",
        "A completed or archived goal takes no check-ins. Make a new goal to go on.";
    /// The goal counts real records by itself.
    GOAL_IS_MEASURED: "goal_is_measured", 409, "The goal counts by itself",
        "A goal with a measure counts real records, such as applications; it takes check-ins of kind rest only. Add the record itself, and it counts.";
    /// The first request with this key still runs.
    REQUEST_IN_PROGRESS: "request_in_progress", 409, "The first request with this key still runs",
        "A request with the same Idempotency-Key has not been answered yet. Wait for the time in Retry-After and send it again.";
    /// One request for feedback is open for an application at a time.
    FEEDBACK_REQUEST_OPEN: "feedback_request_open", 409, "A feedback request is open already",
        "A company is asked once. The application has a request that is a draft, or that was sent less than fourteen days ago; feedback_request_id names it. Change, send or cancel that one, or wait for its answer.";
    /// It was declined or cancelled.
    FEEDBACK_REQUEST_CLOSED: "feedback_request_closed", 409, "The feedback request is closed",
        "What was declined or cancelled stays as it is. Write another request, or remove this one.";
    /// No answer is waited for.
    NUDGE_NOT_POSSIBLE: "nudge_not_possible", 409, "No answer is waited for",
        "A nudge follows a request that was sent less than fourteen days ago and has no answer yet.";
    /// The company has had less than five days.
    NUDGE_TOO_EARLY: "nudge_too_early", 409, "It is too early for a nudge",
        "People need time to answer. Five days after the request one nudge is in place; nudge_allowed_from says when that is.";
    /// There was a nudge.
    ALREADY_NUDGED: "already_nudged", 409, "There was a nudge already",
        "One nudge is polite, a second one is not. Fourteen days after the request silence is an answer too.";
    /// A link to this address is open.
    COACH_LINK_OPEN: "coach_link_open", 409, "There is an open link to this address",
        "An address is invited once at a time. Change the scopes of the link that is there, or revoke it first.";
    /// The link has ended.
    COACH_LINK_CLOSED: "coach_link_closed", 409, "The link has ended",
        "A link that was declined, revoked or has expired stays as it is. Invite the coach again.";
    /// The user has as many personal access tokens as one may have.
    TOKEN_LIMIT_REACHED: "token_limit_reached", 409, "There are too many tokens",
        "A user has up to 50 personal access tokens at a time. Remove one that is not needed any more by DELETE /v1/me/tokens/{id}; the member last_used_at helps to choose.";
    /// An account document goes into an empty account only.
    ACCOUNT_NOT_EMPTY: "account_not_empty", 409, "There is something in this account already",
        "An account document is taken into an account that holds no records yet, so that nothing of two accounts gets mixed up. Register a new account and import the document there.";
    /// The user has as many webhooks as there may be.
    WEBHOOK_LIMIT_REACHED: "webhook_limit_reached", 409, "There are as many webhooks as there may be",
        "You can have ten webhooks. Remove one that you do not need, or let one receiver pass things on.";
    /// The webhook is turned off.
    WEBHOOK_DISABLED: "webhook_disabled", 409, "The webhook is turned off",
        "Nothing is sent to a webhook that is disabled; disabled_reason says why it is. Turn it on at POST /v1/webhooks/{id}/transitions, then try again.";
    /// Something else changed in the meantime.
    CONFLICT: "conflict", 409, "The change does not fit what is stored",
        "Another request changed the same thing at the same time. Read it again and repeat the change.";
    /// If-Match or If-None-Match does not fit.
    PRECONDITION_FAILED: "precondition_failed", 412, "The resource is not as the request has it",
        "The If-Match header names an older version: read the resource again, look at what changed, and repeat the change with the new ETag. Or If-None-Match names the present version, or is * while there is one already: leave it out to change what is there.";
    /// The body is too large.
    TOO_LARGE: "body_too_large", 413, "The body is too large",
        "Bodies may have 1 MiB, files for the import 10 MB, account documents 200 MB unless the service is set up otherwise.";
    /// The body has a type that the operation does not read.
    UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type", 415, "The operation does not read this type",
        "Send application/json (for PATCH also application/merge-patch+json) without a Content-Encoding. Imports take text/csv and XLSX.";
    /// Fields of the body are wrong.
    INVALID_FIELDS: "invalid_fields", 422, "Some fields are not valid",
        "The member errors lists every field that is wrong, with a JSON Pointer to it, a code and a sentence.";
    /// The idempotency key belongs to another request.
    IDEMPOTENCY_KEY_REUSED: "idempotency_key_reused", 422, "The key was used for another request",
        "An Idempotency-Key belongs to one request: the same method, path, query and body. Use a new key for a new request.";
    /// The one-time token of a mail is wrong or old.
    INVALID_EMAIL_TOKEN: "invalid_email_token", 422, "The token of the mail is not valid",
        "The token from the mail is unknown, was used or is too old. Ask for a new mail.";
    /// The file cannot be imported.
    UNREADABLE_FILE: "unreadable_file", 422, "The file cannot be imported",
        "The file is empty, is no CSV or XLSX, is too large when unpacked, or has no column that could be a company or a title. The detail says which.";
    /// The file has too many rows.
    TOO_MANY_ROWS: "too_many_rows", 422, "The file has too many rows",
        "An import takes up to 20,000 rows. Split the file.";
    /// Too many requests.
    RATE_LIMITED: "rate_limited", 429, "Too many requests",
        "Wait for the time in Retry-After. The headers RateLimit and RateLimit-Policy tell what is left. Files for the import have limits of their own, of which the detail tells: of each user one is read at a time, and five large ones may wait to be imported.";
    /// One user, many streams.
    TOO_MANY_STREAMS: "too_many_streams", 429, "Too many streams are open",
        "A user may have ten streams of events open at a time on a replica of the service. Close one first; one whose client has closed it counts for a second more, and one whose client vanished without a word for about a minute more.";
    /// A fault of ours.
    INTERNAL: "internal_error", 500, "Something went wrong on our side",
        "This is a fault of the service. It has been logged under the request_id.";
    /// The database is away or busy.
    UNAVAILABLE: "service_unavailable", 503, "The service cannot answer right now",
        "The database is away, or there is more to do than can be done. Nothing was lost. Repeat the request after the time in Retry-After; a POST safely so with an Idempotency-Key.";
}

/// The kind with this code.
pub fn by_code(code: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_share_a_code() {
        let mut codes: Vec<_> = ALL.iter().map(|kind| kind.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
    }
}
