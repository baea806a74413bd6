//! The operation on drafts.

use actix_web::{HttpResponse, post};

use super::model::{Tone, ToneCheck};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::error::Result;

/// Check the tone of a draft
///
/// Reads a draft before it goes out and says what would hurt its sender. Nothing is stored. The check is
/// deterministic: the same draft gives the same answer, with the place of each finding and a suggestion.
/// It reads English; for any other language it gives no verdict and no findings.
///
/// | rule | severity | what it finds |
/// |---|---|---|
/// | `blame` | blocker | the reader or their people are said to be at fault |
/// | `arguing` | blocker | the decision is disputed |
/// | `demanding` | blocker | the reader is told what to do, or until when |
/// | `pleading` | blocker | begging, despair, a last chance |
/// | `sarcasm` | blocker | praise or good wishes that mean the opposite |
/// | `threat` | blocker | harm, lawyers or a bad name are announced |
/// | `profanity` | blocker | swear words and insults, also with stars in them |
/// | `comparing_candidates` | blocker | oneself or the chosen one is measured against others |
/// | `shouting` | blocker | words in capitals that are no acronyms, rows of exclamation marks |
/// | `unresolved_placeholder` | blocker | a gap of a template, such as `{{name}}` or `[Job Title]` |
/// | `two_asks` | advice | two different requests in one message |
/// | `too_long` | advice | more than 200 words, in a thank-you note more than 250 |
/// | `missing_greeting`, `missing_sign_off` | advice | no greeting, no closing |
/// | `missing_thanks` | advice | no thanks; networking messages need none |
///
/// A subject is read for blockers only, and `in` says where a finding is. A span counts Unicode scalar values of
/// that part; what is missing has an empty span at the end of the body.
#[utoipa::path(tag = "Messages", request_body = ToneCheck,
    responses((status = 200, description = "What the check says.", body = Tone)))]
#[post("/v1/tone-checks")]
pub async fn check_tone(caller: Caller, body: Body<ToneCheck>) -> Result<HttpResponse> {
    let draft = body.value;
    caller
        .evaluate(body.fingerprint, move || {
            super::check(draft.kind, draft.subject.as_deref(), &draft.body)
        })
        .await
}
