//! The operations that show insights.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::pictures::{self, POLICY};
use super::rules::not_before;
use super::{
    ActivityInsight, FeedbackInsight, PipelineInsight, Range, RejectionsInsight, SourcesInsight,
};
use crate::account::preferences;
use crate::db::Tx;
use crate::http::accept;
use crate::http::answer::Answer;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::params::Params;
use crate::http::rules::sane_date;
use crate::text_enum;

text_enum! {
    /// In which form an insight is shown.
    pub enum InsightFormat {
        /// Its figures as JSON.
        Json = "json",
        /// Its picture as SVG.
        Svg = "svg",
    }
}

/// Which days, in which form.
#[derive(Debug, Clone, Copy, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InsightQuery {
    /// From this local day on.
    #[garde(custom(sane_date))]
    from: Option<NaiveDate>,
    /// Up to this local day, itself included; not before `from`.
    #[garde(custom(sane_date), custom(not_before(self.from)))]
    to: Option<NaiveDate>,
    /// Figures or picture; without it the Accept header decides, and figures win a tie.
    #[garde(skip)]
    #[param(inline)]
    format: Option<InsightFormat>,
}

impl InsightQuery {
    /// The days that are asked for.
    pub fn range(&self) -> Range {
        Range {
            from: self.from,
            to: self.to,
        }
    }

    fn format(&self, request: &HttpRequest) -> InsightFormat {
        self.format.unwrap_or_else(|| accepted(request))
    }
}

/// The form that the Accept header prefers.
fn accepted(request: &HttpRequest) -> InsightFormat {
    let headers = request.headers();
    if accept::quality(headers, "image/svg+xml") > accept::quality(headers, "application/json") {
        InsightFormat::Svg
    } else {
        InsightFormat::Json
    }
}

/// Answers with the figures or their picture. There is no version to compare and so no ETag: figures change
/// with the time alone.
pub fn show<T: Serialize>(
    request: &HttpRequest,
    query: &InsightQuery,
    insight: &T,
    draw: impl FnOnce(&T) -> String,
) -> Result<HttpResponse> {
    let mut response = match query.format(request) {
        InsightFormat::Json => Answer::document(StatusCode::OK, insight)?.respond(request),
        InsightFormat::Svg => HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header((HeaderName::from_static("content-security-policy"), POLICY))
            .body(draw(insight)),
    };
    let vary = HeaderValue::from_static("Accept");
    response.headers_mut().append(header::VARY, vary);
    Ok(response)
}

/// Reads one insight of the caller.
async fn read<T: Send + 'static>(
    caller: &Caller,
    range: Range,
    insight: impl Fn(&mut Tx<'_>, &crate::account::Preferences, Range) -> Result<T>
    + Send
    + Sync
    + 'static,
) -> Result<T> {
    caller
        .read_much(move |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            insight(tx, &preferences, range)
        })
        .await
}

/// A picture of an insight. It is readable in light and dark, prints its numbers and has a title and a
/// description.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000, example = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">…</svg>")]
#[expect(dead_code, reason = "only its schema is used; pictures are texts")]
pub struct InsightPicture(String);

/// Show how far applications come
///
/// How many reached each stage, how many of those the next one, and where they ended. `from` and `to` select
/// the applications by applied_on; without both, those without a known day count as well. What waits (live,
/// without any answer, applied for less than ghost_after_days ago) is in no denominator; after that it is
/// silent and counts. The picture is a Sankey diagram. The figures change with the time alone, so there is
/// no ETag.
#[utoipa::path(tag = "Insights", params(InsightQuery),
    responses((status = 200, description = "The figures, or their picture.",
        content((PipelineInsight = "application/json"), (InsightPicture = "image/svg+xml")))))]
#[get("/v1/insights/pipeline")]
pub async fn get_pipeline_insight(
    caller: Caller,
    Params(query): Params<InsightQuery>,
) -> Result<HttpResponse> {
    let insight = read(&caller, query.range(), |tx, preferences, range| {
        super::pipeline(tx.conn, tx.owner, tx.now, preferences, range)
    })
    .await?;
    show(caller.request(), &query, &insight, pictures::pipeline)
}

/// Show where and why applications are rejected
///
/// By stage, by stated and by inferred reason, and on which weekday one applies into silence. `from` and `to`
/// select the applications by applied_on. An application counts once, with its last rejection; one that a
/// correction took back counts nowhere. Stated and inferred reasons are never added together. The picture
/// has bars with their intervals.
#[utoipa::path(tag = "Insights", params(InsightQuery),
    responses((status = 200, description = "The figures, or their picture.",
        content((RejectionsInsight = "application/json"), (InsightPicture = "image/svg+xml")))))]
#[get("/v1/insights/rejections")]
pub async fn get_rejections_insight(
    caller: Caller,
    Params(query): Params<InsightQuery>,
) -> Result<HttpResponse> {
    let insight = read(&caller, query.range(), |tx, preferences, range| {
        super::rejections(tx.conn, tx.owner, tx.now, preferences, range)
    })
    .await?;
    show(caller.request(), &query, &insight, pictures::rejections)
}

/// Show what asking for feedback brings
///
/// How many requests were answered, declined or met by silence, and what the answers praise and advise.
/// `from` and `to` select the requests by the local day of sending. Here those wait that were sent less than
/// fourteen days ago; requests that were taken back count nowhere.
#[utoipa::path(tag = "Insights", params(InsightQuery),
    responses((status = 200, description = "The figures, or their picture.",
        content((FeedbackInsight = "application/json"), (InsightPicture = "image/svg+xml")))))]
#[get("/v1/insights/feedback")]
pub async fn get_feedback_insight(
    caller: Caller,
    Params(query): Params<InsightQuery>,
) -> Result<HttpResponse> {
    let insight = read(&caller, query.range(), |tx, preferences, range| {
        super::feedback(tx.conn, tx.owner, tx.now, preferences, range)
    })
    .await?;
    show(caller.request(), &query, &insight, pictures::feedback)
}

/// Show what was done week by week
///
/// Applications, networking, requests for feedback and check-ins of goals, each by its local day, never ahead
/// of today. `from` and `to` are widened to whole weeks, which begin on your week_starts_on; 104 at most.
/// Without `from` there are twelve, without `to` they end with the running one. The picture has columns.
#[utoipa::path(tag = "Insights", params(InsightQuery),
    responses(
        (status = 200, description = "The weeks, or their picture.",
            content((ActivityInsight = "application/json"), (InsightPicture = "image/svg+xml"))),
        (status = 400, description = "`invalid_query`: more than 104 weeks.")))]
#[get("/v1/insights/activity")]
pub async fn get_activity_insight(
    caller: Caller,
    Params(query): Params<InsightQuery>,
) -> Result<HttpResponse> {
    let insight = read(&caller, query.range(), |tx, preferences, range| {
        super::activity(tx.conn, tx.owner, tx.now, preferences, range)
    })
    .await?;
    show(caller.request(), &query, &insight, pictures::activity)
}

/// Show what comes of applications by source
///
/// For each source: any answer, interviews, offers. `from` and `to` select the applications by applied_on.
/// The fifty sources with the most applications have a row of their own.
#[utoipa::path(tag = "Insights", params(InsightQuery),
    responses((status = 200, description = "The figures, or their picture.",
        content((SourcesInsight = "application/json"), (InsightPicture = "image/svg+xml")))))]
#[get("/v1/insights/sources")]
pub async fn get_sources_insight(
    caller: Caller,
    Params(query): Params<InsightQuery>,
) -> Result<HttpResponse> {
    let insight = read(&caller, query.range(), |tx, preferences, range| {
        super::sources(tx.conn, tx.owner, tx.now, preferences, range)
    })
    .await?;
    show(caller.request(), &query, &insight, pictures::sources)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn chosen(accept: &str) -> InsightFormat {
        let request = TestRequest::default().insert_header((header::ACCEPT, accept));
        accepted(&request.to_http_request())
    }

    #[test]
    fn the_accept_header_decides_and_figures_win_a_tie() {
        use InsightFormat::{Json, Svg};
        for (accept, format) in [
            ("", Json),
            ("*/*", Json),
            ("application/json", Json),
            ("image/svg+xml", Svg),
            ("image/*", Svg),
            ("IMAGE/SVG+XML", Svg),
            ("image/svg+xml, application/json", Json),
            ("image/svg+xml, application/json;q=0.9", Svg),
            ("image/svg+xml;q=0.1, */*;q=0.2", Json),
            ("*/*, image/svg+xml;q=0", Json),
            ("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", Svg),
            ("text/html,application/xml;q=0.9,image/webp,*/*;q=0.8", Json),
            ("image/svg+xml;q=nonsense", Svg),
        ] {
            assert_eq!(chosen(accept), format, "{accept}");
        }
    }
}
