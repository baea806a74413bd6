//! What hangs on an application and goes with it.

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::{feedback_requests, interviews, messages, reflections, rejections};
use crate::http::error::Result;

/// The rows of a table that belong to an application of this owner.
macro_rules! ids_in {
    ($table:ident, $conn:expr, $owner:expr, $application:expr) => {
        $table::table
            .filter($table::owner_id.eq($owner))
            .filter($table::application_id.eq($application))
            .order($table::id)
            .select($table::id)
            .load::<Uuid>($conn)?
    };
}

/// What goes with an application, whose row is locked: the type of the tombstone, and the ids.
pub fn of_application(
    conn: &mut PgConnection,
    owner: Uuid,
    application: Uuid,
) -> Result<[(&'static str, Vec<Uuid>); 5]> {
    Ok([
        (
            "interview.deleted",
            ids_in!(interviews, conn, owner, application),
        ),
        (
            "message.deleted",
            ids_in!(messages, conn, owner, application),
        ),
        (
            "feedback_request.deleted",
            ids_in!(feedback_requests, conn, owner, application),
        ),
        (
            "reflection.deleted",
            ids_in!(reflections, conn, owner, application),
        ),
        (
            "rejection.deleted",
            ids_in!(rejections, conn, owner, application),
        ),
    ])
}
