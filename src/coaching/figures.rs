//! The insights of a client, for a coach: the client's own figures and pictures.

use actix_web::{HttpResponse, get};
use diesel::PgConnection;
use serde::Serialize;
use uuid::Uuid;

use super::access::{self, Client};
use super::rules::{AccessView, Scope};
use crate::account::{Preferences, preferences};
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::params::Params;
use crate::insights::{
    self, ActivityInsight, FeedbackInsight, InsightPicture, InsightQuery, PipelineInsight, Range,
    RejectionsInsight, SourcesInsight, pictures,
};

/// One insight of an owner at an instant.
type Insight<T> =
    fn(&mut PgConnection, Uuid, chrono::DateTime<chrono::Utc>, &Preferences, Range) -> Result<T>;

/// Shows an insight of a client. It writes the access log, so it is no mere read.
async fn view<T: Serialize + Send + 'static>(
    caller: &Caller,
    Client(client): Client,
    query: InsightQuery,
    insight: Insight<T>,
    draw: impl FnOnce(&T) -> String,
) -> Result<HttpResponse> {
    let found = caller
        .observe(move |tx| {
            access::read(tx, client, Scope::Insights, AccessView::Insights, |tx| {
                let preferences = preferences(tx.conn, tx.owner)?;
                insight(tx.conn, tx.owner, tx.now, &preferences, query.range())
            })
        })
        .await?;
    insights::show(caller.request(), &query, &found, draw)
}

/// The operation that shows one insight of a client: they differ in nothing but the insight.
macro_rules! client_insight {
    (
        $(#[doc = $words:tt])+
        $(#[refuses($status:tt, $why:tt)])?
        #[get($path:tt)]
        pub async fn $name:ident($insight:ident) -> $figures:ident;
    ) => {
        $(#[doc = $words])+
        #[utoipa::path(tag = "Coaching",
            params(("seeker_id" = Uuid, Path, description = "Id of the client."), InsightQuery),
            responses(
                (status = 200, description = "The figures, or their picture.",
                    content(($figures = "application/json"), (InsightPicture = "image/svg+xml"))),
                $((status = $status, description = $why),)?
                (status = 403, description = "`scope_missing`: the client has not granted it.")))]
        #[get($path)]
        pub async fn $name(
            caller: Caller,
            client: Client,
            Params(query): Params<InsightQuery>,
        ) -> Result<HttpResponse> {
            view(&caller, client, query, insights::$insight, pictures::$insight).await
        }
    };
}

client_insight! {
    /// Show how far applications of a client come
    ///
    /// As `GET /v1/insights/pipeline` shows it to the client. Needs the scope `insights`. The read is in the client's
    /// access log.
    #[get("/v1/coach/clients/{seeker_id}/insights/pipeline")]
    pub async fn get_client_pipeline_insight(pipeline) -> PipelineInsight;
}

client_insight! {
    /// Show where and why applications of a client are rejected
    ///
    /// As `GET /v1/insights/rejections` shows it to the client. Needs the scope `insights`. The read is in the client's
    /// access log.
    #[get("/v1/coach/clients/{seeker_id}/insights/rejections")]
    pub async fn get_client_rejections_insight(rejections) -> RejectionsInsight;
}

client_insight! {
    /// Show what asking for feedback brings a client
    ///
    /// As `GET /v1/insights/feedback` shows it to the client. Needs the scope `insights`. The read is in the client's
    /// access log.
    #[get("/v1/coach/clients/{seeker_id}/insights/feedback")]
    pub async fn get_client_feedback_insight(feedback) -> FeedbackInsight;
}

client_insight! {
    /// Show what a client did week by week
    ///
    /// As `GET /v1/insights/activity` shows it to the client. Needs the scope `insights`. The read is in the client's
    /// access log.
    #[refuses(400, "`invalid_query`: more than 104 weeks.")]
    #[get("/v1/coach/clients/{seeker_id}/insights/activity")]
    pub async fn get_client_activity_insight(activity) -> ActivityInsight;
}

client_insight! {
    /// Show what comes of applications of a client by source
    ///
    /// As `GET /v1/insights/sources` shows it to the client. Needs the scope `insights`. The read is in the client's
    /// access log.
    #[get("/v1/coach/clients/{seeker_id}/insights/sources")]
    pub async fn get_client_sources_insight(sources) -> SourcesInsight;
}
