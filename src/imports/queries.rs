//! The statements on imports.

use chrono::NaiveDate;
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Text};
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Counts, ImportStatus, Options, ReportRow, Stored};
use crate::db::keyset::keyset;
use crate::db::schema::{applications, import_parts, imports};
use crate::db::{Tx, ids};
use crate::http::error::{Error, Result};
use crate::http::page::Window;

/// The first half of the number of the lock; any that nothing else locks.
const LOCK: i32 = 7_262_027;

define_sql_function! {
    /// Waits for the lock and holds it until the transaction ends. Returns nothing.
    fn pg_advisory_xact_lock(class: Integer, key: Integer) -> Nullable<Text>;
}

/// The imports of one owner: every statement on them starts here.
#[diesel::dsl::auto_type(no_type_alias)]
fn owned_by(owner: Uuid) -> _ {
    let mine: diesel::dsl::Eq<imports::owner_id, Uuid> = imports::owner_id.eq(owner);
    imports::table.filter(mine)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal(format!("an import cannot be stored: {error}")))
}

/// Lets no other import of this owner write until the transaction ends: two imports of one file would
/// not see each other's rows.
pub fn lock_owner(tx: &mut Tx<'_>) -> Result<()> {
    let bytes = tx.owner.as_bytes();
    // The last bytes of a UUIDv7 are random.
    let key = i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    diesel::select(pg_advisory_xact_lock(LOCK, key)).execute(tx.conn)?;
    Ok(())
}

/// A stored application, as far as it tells duplicates.
#[derive(Debug, Queryable)]
pub struct Known {
    /// Its external id.
    pub external_id: Option<String>,
    /// Its company.
    pub company: String,
    /// Its job title.
    pub job_title: String,
    /// The day of applying.
    pub applied_on: Option<NaiveDate>,
}

/// The stored applications with one of these external ids, or with one of these companies and one of
/// these titles in any case.
pub fn known(
    tx: &mut Tx<'_>,
    external_ids: &[&str],
    companies: &[&str],
    titles: &[&str],
) -> Result<Vec<Known>> {
    let columns = (
        applications::external_id,
        applications::company,
        applications::job_title,
        applications::applied_on,
    );
    // Both sides are put in lower case by PostgreSQL, whose idea of it depends on the locale.
    let named = sql::<Bool>("lower(company) IN (SELECT lower(name) FROM unnest(")
        .bind::<Array<Text>, _>(companies)
        .sql(") name) AND lower(job_title) IN (SELECT lower(name) FROM unnest(")
        .bind::<Array<Text>, _>(titles)
        .sql(") name)");
    let mut found: Vec<Known> = applications::table
        .filter(applications::owner_id.eq(tx.owner))
        .filter(named)
        .select(columns)
        .load(tx.conn)?;
    if !external_ids.is_empty() {
        found.extend(
            applications::table
                .filter(applications::owner_id.eq(tx.owner))
                .filter(applications::external_id.eq_any(external_ids))
                .select(columns)
                .load::<Known>(tx.conn)?,
        );
    }
    Ok(found)
}

/// How many imports of the owner have not ended; nobody else adds one of theirs before the transaction ends.
pub fn count_unfinished_locked(tx: &mut Tx<'_>) -> Result<i64> {
    lock_owner(tx)?;
    let unfinished = [ImportStatus::Queued, ImportStatus::Running];
    Ok(owned_by(tx.owner)
        .filter(imports::status.eq_any(unfinished))
        .select(count_star())
        .first(tx.conn)?)
}

/// A new import with its file.
pub fn insert(tx: &mut Tx<'_>, options: &Options, source: &[u8], total: i32) -> Result<Stored> {
    Ok(diesel::insert_into(imports::table)
        .values((
            imports::owner_id.eq(tx.owner),
            imports::id.eq(ids::new_id(tx.now)),
            imports::status.eq(ImportStatus::Queued),
            imports::done.eq(0),
            imports::total.eq(total),
            imports::source.eq(source),
            imports::options.eq(to_json(options)?),
            imports::report.eq(to_json(&Counts::default())?),
            imports::version.eq(1),
            imports::created_at.eq(tx.now),
            imports::updated_at.eq(tx.now),
        ))
        .returning(Stored::as_returning())
        .get_result(tx.conn)?)
}

/// One import.
pub fn get(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Stored> {
    Ok(owned_by(owner)
        .filter(imports::id.eq(id))
        .select(Stored::as_select())
        .first(conn)?)
}

/// One import, locked until the transaction ends; none when it is gone.
pub fn lock(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Stored>> {
    Ok(owned_by(tx.owner)
        .filter(imports::id.eq(id))
        .select(Stored::as_select())
        .for_update()
        .first(tx.conn)
        .optional()?)
}

/// The file of an import.
pub fn source(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Vec<u8>>> {
    Ok(owned_by(tx.owner)
        .filter(imports::id.eq(id))
        .select(imports::source)
        .first(tx.conn)?)
}

/// A page of imports, newest first.
pub fn list(conn: &mut PgConnection, owner: Uuid, window: &Window) -> Result<Vec<Stored>> {
    let rows = owned_by(owner)
        .select(Stored::as_select())
        .limit(window.fetch())
        .into_boxed::<Pg>();
    let rows = keyset!(
        rows,
        window.at_instant()?,
        (imports::created_at, imports::id)
    );
    Ok(rows.load(conn)?)
}

/// How many parts of a report are read at a time.
const PARTS_AT_ONCE: i64 = 8;

/// The rows of a report, in the order of the file. Each part begins where the one before it ends; what another
/// service may have written beside that is not read.
pub fn report_rows(conn: &mut PgConnection, owner: Uuid, id: Uuid) -> Result<Vec<ReportRow>> {
    let mut rows: Vec<ReportRow> = Vec::new();
    loop {
        let known = rows.len();
        let next = i32::try_from(known).unwrap_or(i32::MAX);
        let parts: Vec<(i32, Value)> = import_parts::table
            .filter(import_parts::owner_id.eq(owner))
            .filter(import_parts::import_id.eq(id))
            .filter(import_parts::first_row.ge(next))
            .order(import_parts::first_row)
            .limit(PARTS_AT_ONCE)
            .select((import_parts::first_row, import_parts::rows))
            .load(conn)?;
        for (first, part) in parts {
            if usize::try_from(first) == Ok(rows.len()) {
                let part: Vec<ReportRow> = serde_json::from_value(part).map_err(|error| {
                    Error::internal(format!("a stored report is broken: {error}"))
                })?;
                rows.extend(part);
            }
        }
        if rows.len() == known {
            return Ok(rows);
        }
    }
}

/// Begins an import, whose row is locked.
pub fn begin(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(owned_by(tx.owner).filter(imports::id.eq(id)))
        .set((
            imports::status.eq(ImportStatus::Running),
            imports::version.eq(imports::version + 1),
            imports::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Adds a part to the report of an import, whose row is locked, and moves its progress on. With the last
/// row the import is completed and its file goes; tells whether it was the last one.
pub fn advance(
    tx: &mut Tx<'_>,
    import: &Stored,
    counts: &Counts,
    rows: &[ReportRow],
) -> Result<bool> {
    diesel::insert_into(import_parts::table)
        .values((
            import_parts::owner_id.eq(tx.owner),
            import_parts::id.eq(ids::new_id(tx.now)),
            import_parts::import_id.eq(import.id),
            import_parts::first_row.eq(import.done),
            import_parts::rows.eq(json!(rows)),
        ))
        .execute(tx.conn)?;
    let done = import.done + i32::try_from(rows.len()).unwrap_or(i32::MAX);
    diesel::update(owned_by(tx.owner).filter(imports::id.eq(import.id)))
        .set((
            imports::done.eq(done),
            imports::report.eq(to_json(counts)?),
            imports::version.eq(imports::version + 1),
            imports::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    let completed = done >= import.total;
    if completed {
        end(tx, import.id, ImportStatus::Completed, None)?;
    }
    Ok(completed)
}

/// Ends an import; its file goes.
pub fn end(tx: &mut Tx<'_>, id: Uuid, status: ImportStatus, failure: Option<&str>) -> Result<()> {
    diesel::update(owned_by(tx.owner).filter(imports::id.eq(id)))
        .set((
            imports::status.eq(status),
            imports::failure.eq(failure),
            imports::source.eq(None::<Vec<u8>>),
            imports::version.eq(imports::version + 1),
            imports::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}
