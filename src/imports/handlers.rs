//! The operations on imports and exports.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::model::{
    ExportedSheet, Import, ImportListQuery, ImportPage, ImportQuery, ImportReport, ImportStatus,
    ImportSummary, Options, SheetText, Workbook,
};
use super::problems::{FileError, FileErrorCode};
use super::rows::{self, FileKind, ReadOptions, Sheet};
use super::{download, job, queries, write};
use crate::account::preferences;
use crate::clock::local_date;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::http::answer::Answer;
use crate::http::body::{File, media_type};
use crate::http::caller::{Caller, Id, services};
use crate::http::error::{Error, Result};
use crate::http::page::{Key, Window};
use crate::http::params::Params;
use crate::http::problems;

/// More rows than this are not waited for.
const ROWS_AT_ONCE: usize = 1_000;
/// So many imports of a user may wait for their turn or be at it: each keeps its file, and all share one queue.
const MOST_UNFINISHED: i64 = 5;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TEXTS: [&str; 4] = [
    "text/csv",
    "text/tab-separated-values",
    "application/csv",
    "text/plain",
];

/// Import applications from a spreadsheet
///
/// The body is the file itself: CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) or XLSX, up
/// to 10 MB and 20,000 rows. Headers, dates and status words in everyday use are recognised; what has no
/// field of its own goes to the notes. Each row is created, skipped (`duplicate_in_file`,
/// `duplicate_stored`: same external id, or same company, title and day of applying) or refused
/// (`missing_company_or_title`, `ambiguous_date`, `invalid_date`, `date_in_future`, `too_long`), and the
/// report says so line by line; sending a file again creates nothing twice. Up to 1,000 rows are answered
/// at once, more are imported in the background. With `dry_run=true` the report is the same and nothing
/// is written.
#[utoipa::path(tag = "Imports and exports", params(ImportQuery),
    request_body(
        description = "The file.",
        content(
            (SheetText = "text/csv", example = "Company,Position,Status,Date Applied\nKite & Anchor,Backend Engineer,Rejected after interview,2026-03-05\n"),
            (SheetText = "text/tab-separated-values"),
            (SheetText = "application/csv"),
            (SheetText = "text/plain"),
            (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )
    ),
    responses(
        (status = 200, description = "What became of each row.", body = ImportReport),
        (status = 202, description = "More than 1,000 rows: the import runs in the background. Its address is in `Location`.", body = Import),
        (status = 422, description = "`unreadable_file`: the file is empty, is no CSV or XLSX, is too large when unpacked, or has no column that could be a company or a title.\n`too_many_rows`: more than 20,000."),
        (status = 429, description = "`rate_limited`: too many requests; another file of the user is being read; or five of their imports have not ended.")))]
#[post("/v1/imports")]
pub async fn create_import(
    caller: Caller,
    Params(query): Params<ImportQuery>,
    file: File,
) -> Result<HttpResponse> {
    let options = options(&caller, &query).await?;
    let sheet = read(&caller, options.clone(), file.bytes.clone()).await?;
    let rows = sheet.total();
    if rows <= ROWS_AT_ONCE {
        let work = move |tx: &mut Tx<'_>| import(tx, &sheet, options.dry_run);
        return caller.post(file.fingerprint, move |tx, _| work(tx)).await;
    }
    let work = move |tx: &mut Tx<'_>| queue(tx, &options, &file.bytes, rows);
    let response = caller.post(file.fingerprint, move |tx, _| work(tx)).await?;
    services(caller.request())?.jobs.wake();
    Ok(response)
}

/// What is to be done with the file. *Today* is the user's own.
async fn options(caller: &Caller, query: &ImportQuery) -> Result<Options> {
    let kind = kind_of(caller.request())?;
    let today = caller
        .read(|tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            Ok(local_date(tx.now, preferences.time_zone))
        })
        .await?;
    Ok(Options {
        dry_run: query.dry_run.unwrap_or_default(),
        kind,
        read: ReadOptions {
            date_order: query.date_order,
            today,
        },
    })
}

async fn read(caller: &Caller, options: Options, bytes: Bytes) -> Result<Sheet> {
    let work = move || rows::read(&bytes, options.kind, options.read).map_err(unreadable);
    let sheet = caller.read_file(work).await?;
    let (encoding, delimiter) = (sheet.encoding(), sheet.delimiter());
    log::debug!(rows = sheet.total(), encoding:?, delimiter:?; "a file was read");
    Ok(sheet)
}

/// What kind of file the request says it sends.
fn kind_of(request: &HttpRequest) -> Result<FileKind> {
    match media_type(request).as_str() {
        XLSX => Ok(FileKind::Xlsx),
        text if TEXTS.contains(&text) => Ok(FileKind::Csv),
        _ => Err(problems::UNSUPPORTED_MEDIA_TYPE
            .because(format!("The body must be text/csv or {XLSX}."))
            .header("Accept-Post", format!("{}, {XLSX}", TEXTS.join(", ")))
            .into()),
    }
}

fn unreadable(error: FileError) -> Error {
    let kind = match error.code {
        FileErrorCode::TooManyRows => problems::TOO_MANY_ROWS,
        FileErrorCode::EmptyFile
        | FileErrorCode::UnreadableFile
        | FileErrorCode::NoKnownColumns => problems::UNREADABLE_FILE,
        FileErrorCode::TooSlow => return Error::overloaded(),
    };
    kind.because(error.detail)
        .with("reason", error.code.as_str())
        .into()
}

fn import(tx: &mut Tx<'_>, sheet: &Sheet, dry_run: bool) -> Result<Answer> {
    let preferences = preferences(tx.conn, tx.owner)?;
    let report = write::file(tx, sheet, dry_run, &preferences)?;
    Answer::document(StatusCode::OK, &report)
}

fn queue(tx: &mut Tx<'_>, options: &Options, source: &Bytes, rows: usize) -> Result<Answer> {
    if queries::count_unfinished_locked(tx)? >= MOST_UNFINISHED {
        let why =
            format!("{MOST_UNFINISHED} of your imports have not ended. Wait for one of them.");
        return Err(problems::RATE_LIMITED
            .because(why)
            .header("Retry-After", "10")
            .into());
    }
    let total = i32::try_from(rows).map_err(|_| Error::internal("more rows than are read"))?;
    let import = queries::insert(tx, options, source, total)?;
    job::enqueue(tx, import.id)?;
    events::record(tx, &Event::new("import.created", import.id))?;
    let location = format!("/v1/imports/{}", import.id);
    let answer = Answer::document(StatusCode::ACCEPTED, &Import::new(import, None))?;
    Ok(answer.at(location))
}

/// List imports
///
/// Imports of large files, newest first, without their reports.
#[utoipa::path(tag = "Imports and exports", params(ImportListQuery),
    responses((status = 200, description = "A page of imports.", body = ImportPage)))]
#[get("/v1/imports")]
pub async fn list_imports(
    caller: Caller,
    Params(query): Params<ImportListQuery>,
) -> Result<HttpResponse> {
    let window = Window::new(query.limit, "-created_at", query.cursor.as_deref())?;
    caller
        .list(move |tx| {
            let rows = queries::list(tx.conn, tx.owner, &window)?;
            let rows = rows.into_iter().map(ImportSummary::from).collect();
            Ok(window.page(rows, |row| (Key::Instant(row.created_at), row.id)))
        })
        .await
}

/// Show an import
///
/// Ask again until its status is `completed` or `failed`; then it has the report.
#[utoipa::path(tag = "Imports and exports", params(("id" = Uuid, Path, description = "Id of the import.")),
    responses((status = 200, description = "The import.", body = Import)))]
#[get("/v1/imports/{id}")]
pub async fn get_import(caller: Caller, Id(id): Id) -> Result<HttpResponse> {
    caller
        .get(move |tx| {
            let import = queries::get(tx.conn, tx.owner, id)?;
            let rows = match import.status {
                ImportStatus::Queued | ImportStatus::Running => None,
                ImportStatus::Completed | ImportStatus::Failed => {
                    Some(queries::report_rows(tx.conn, tx.owner, id)?)
                }
            };
            Ok(Import::new(import, rows))
        })
        .await
}

/// Export applications as CSV
///
/// All applications, oldest first, in the columns that the import reads: a file that comes back without
/// loss. A value that a spreadsheet would run as a formula has an apostrophe before it, which the import
/// takes away again. The file begins with a byte order mark, so that Excel reads it as UTF-8.
#[utoipa::path(tag = "Imports and exports",
    responses((status = 200, description = "The file, as an attachment named applications.csv.", body = ExportedSheet, content_type = "text/csv")))]
#[get("/v1/exports/applications.csv")]
pub async fn export_applications(caller: Caller) -> Result<HttpResponse> {
    // The first part is read before the answer begins, so that a fault can still be told as one.
    let (first, rest) = download::part(&caller, None).await?;
    let rest = stream::try_unfold((caller, rest), |(caller, after)| async move {
        let Some(after) = after else {
            return Ok::<_, Error>(None);
        };
        let (bytes, next) = download::part(&caller, Some(after)).await?;
        Ok(Some((bytes, (caller, next))))
    });
    let file = stream::once(std::future::ready(Ok(first))).chain(rest);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"applications.csv\"",
        ))
        .streaming(file))
}
