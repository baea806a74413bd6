//! The statement that puts a journey in order. What its entries hold is read by their features.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{JourneyEntryType, Stop};
use crate::db::cached::cached;
use crate::http::error::Result;
use crate::http::page::Window;

/// Each arm reads the rows of one owner ($1) around one application ($2).
const STOPS: &str = "
SELECT at, id, kind, deleted_type FROM (
    SELECT occurred_at AS at, id, 'timeline_entry' AS kind, NULL AS deleted_type
        FROM application_steps WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT scheduled_at, id, 'interview', NULL FROM interviews WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT coalesce(received_at, created_at), id, 'rejection', NULL
        FROM rejections WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT coalesce(sent_at, created_at), id, 'message', NULL FROM messages WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT coalesce(sent_at, created_at), id, 'feedback_request', NULL
        FROM feedback_requests WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT created_at, id, 'reflection', NULL FROM reflections WHERE owner_id = $1 AND application_id = $2
    UNION ALL
    SELECT created_at, id, 'goal', NULL FROM goals WHERE owner_id = $1 AND origin_id IN (
        SELECT id FROM reflections WHERE owner_id = $1 AND application_id = $2
        UNION ALL
        SELECT id FROM feedback_requests WHERE owner_id = $1 AND application_id = $2
        UNION ALL
        SELECT resource_id FROM events WHERE owner_id = $1 AND kind LIKE '%.deleted' AND data ->> 'application_id' = $2::text)
    UNION ALL
    SELECT occurred_at, resource_id, 'tombstone', resource_type
        FROM events WHERE owner_id = $1 AND kind LIKE '%.deleted' AND data ->> 'application_id' = $2::text
            AND resource_type <> 'reminder'
) AS stops
WHERE $3 IS NULL OR (at, id) > ($3, $4)
ORDER BY at, id LIMIT $5";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    kind: JourneyEntryType,
    #[diesel(sql_type = Nullable<Text>)]
    deleted_type: Option<String>,
}

/// A page of stops, the earliest first.
pub(super) fn stops(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
    window: &Window,
) -> Result<Vec<Stop>> {
    let after = window.at_instant()?.last;
    let statement = diesel::sql_query(STOPS)
        .bind::<SqlUuid, _>(owner)
        .bind::<SqlUuid, _>(application)
        .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
        .bind::<BigInt, _>(window.fetch());
    let rows: Vec<Row> = cached(statement).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Stop {
            at: row.at,
            id: row.id,
            kind: row.kind,
            deleted_type: row.deleted_type,
        })
        .collect())
}
