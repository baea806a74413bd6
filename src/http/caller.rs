//! Who calls and on which conditions: the extractor that every handler behind a sign-in starts with.
//!
//! Its verbs are the kinds of operation: [`Caller::get`], [`Caller::list`], [`Caller::post`],
//! [`Caller::evaluate`], [`Caller::change`], [`Caller::delete`]. Each runs one closure in one transaction that sees the rows
//! of this user only, and turns what comes back into the answer with everything the API promises:
//! ETag, 304, 412, replays, `Link`.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use uuid::Uuid;

use super::answer::{self, Answer, Precondition, Versioned};
use super::body::Fingerprint;
use super::error::{Error, Result};
use super::idempotency::{self, Key, Outcome};
use super::page::{self, Page, Window};
use crate::auth::CurrentUser;
use crate::db::pipeline::Select;
use crate::db::{Access, Db, Desk, Owner, Patience, Reading, Tx};
use crate::services::Services;

/// A signed-in user with the conditions of this request.
pub struct Caller {
    /// Who it is.
    pub user: CurrentUser,
    db: Db,
    request: HttpRequest,
    reading: Reading,
}

/// What is read on the primary only, by the beginning of its path: what one sees of others and they of oneself, what lets
/// somebody in or sends something out, and the order of events. A replica learns of a revocation a little later, and may
/// be behind a cursor that a client has.
const STRICT: [&str; 6] = [
    "/v1/coach",
    "/v1/calendar-feeds",
    "/v1/events",
    "/v1/me/sessions",
    "/v1/me/tokens",
    "/v1/webhooks",
];

/// Where the reads of a request take place.
fn reading(request: &HttpRequest) -> Reading {
    // The path as the routes see it, whatever of it came encoded.
    let path = request.match_info().as_str();
    match STRICT.iter().any(|start| path.starts_with(start)) {
        true => Reading::Strict,
        false => Reading::Ordinary,
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = CurrentUser::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let user = user.await?;
            let db = database(&request)?;
            Ok(Self {
                reading: reading(&request),
                user,
                db,
                request,
            })
        })
    }
}

/// Reads the rows of a user, wherever that may be.
async fn read<T: Send + 'static>(
    db: &Db,
    user: Uuid,
    reading: Reading,
    work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
) -> Result<T> {
    let found = db.read_somewhere(Owner::User(user), reading, work).await;
    found.map(|(value, _)| value)
}

/// The door to the database, the same one for all calls of a request.
pub fn database(request: &HttpRequest) -> Result<Db> {
    if let Some(db) = request.extensions().get::<Db>() {
        return Ok(db.clone());
    }
    let db = request
        .app_data::<web::Data<Db>>()
        .map(|db| db.for_request())
        .ok_or_else(|| Error::internal("the application has no database"))?;
    request.extensions_mut().insert(db.clone());
    Ok(db)
}

/// What all workers share.
pub fn services(request: &HttpRequest) -> Result<web::Data<Services>> {
    request
        .app_data::<web::Data<Services>>()
        .cloned()
        .ok_or_else(|| Error::internal("the application has no services"))
}

impl Caller {
    /// The id of the user, which owns everything this request may see.
    pub fn id(&self) -> Uuid {
        self.user.id
    }

    /// The service's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.db.clock().now()
    }

    /// The request itself, for what no verb covers.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Reads without an answer yet.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        read(&self.db, self.id(), self.reading, work).await
    }

    /// Reads so much that it is better done on the replica, when that has everything.
    pub async fn read_much<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        read(&self.db, self.id(), Reading::Large, work).await
    }

    /// Writes without an answer yet. What the service does by itself for this user follows soon.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let written = self.db.write(self.id(), work).await?;
        services(&self.request)?.touched.add(self.id());
        Ok(written)
    }

    /// Reads what is somebody else's and writes down that it was read. For this user nothing follows from it.
    pub async fn observe<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.write(self.id(), work).await
    }

    /// [`Caller::read_much`] for a further part of an answer that has begun. Each part has the time of a request to itself.
    pub async fn read_on<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let db = self.db.for_request();
        read(&db, self.id(), Reading::Large, work).await
    }

    /// Works on a thread of its own without the database, for a moment.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.compute(work).await
    }

    /// Reads an uploaded file, which may take seconds; one at a time for each user.
    pub async fn read_file<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        services(&self.request)?.files.read(self.id(), work).await
    }

    /// GET of one resource: 200 with ETag, or 304.
    pub async fn get<T: Serialize + Versioned + Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + Sync + 'static,
    ) -> Result<HttpResponse> {
        let resource = self.read(work).await?;
        Ok(Answer::resource(&resource)?.respond(&self.request))
    }

    /// What one statement finds, in one trip to the database where that can be had.
    async fn find<T: Send + 'static, S: Select<T>>(
        &self,
        select: impl Fn(Uuid, DateTime<Utc>) -> Result<S> + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        let statement = select(self.id(), self.now())?;
        if let Some(found) = self.db.read_in_one_trip(self.id(), &statement).await {
            return Ok(found);
        }
        self.read(move |tx| Ok(select(tx.owner, tx.now)?.rows(tx.conn)?))
            .await
    }

    /// The one row that a statement finds among those of this user.
    pub async fn find_one<T: Send + 'static, S: Select<T>>(
        &self,
        select: impl Fn(Uuid) -> S + Send + Sync + 'static,
    ) -> Result<T> {
        let found = self.find(move |owner, _| Ok(select(owner))).await?;
        found.into_iter().next().ok_or_else(Error::not_found)
    }

    /// The page that one statement finds; `place` tells where a row stands in the order of the list.
    pub async fn find_page<T: Send + 'static, S: Select<T>>(
        &self,
        window: Window,
        select: impl Fn(Uuid, DateTime<Utc>, &Window) -> Result<S> + Send + Sync + 'static,
        place: impl Fn(&T, &str) -> (page::Key, Uuid),
    ) -> Result<Page<T>> {
        let asked = window.clone();
        let rows = self.find(move |owner, now| select(owner, now, &asked));
        Ok(window.page(rows.await?, |row| place(row, &window.sort)))
    }

    /// [`Caller::get`] of what one statement finds.
    pub async fn get_one<T: Serialize + Versioned + Send + 'static, S: Select<T>>(
        &self,
        select: impl Fn(Uuid) -> S + Send + Sync + 'static,
    ) -> Result<HttpResponse> {
        let resource = self.find_one(select).await?;
        Ok(Answer::resource(&resource)?.respond(&self.request))
    }

    /// [`Caller::list`] of what one statement finds.
    pub async fn list_found<T: Serialize + Send + 'static, S: Select<T>>(
        &self,
        window: Window,
        select: impl Fn(Uuid, DateTime<Utc>, &Window) -> Result<S> + Send + Sync + 'static,
        place: impl Fn(&T, &str) -> (page::Key, Uuid),
    ) -> Result<HttpResponse> {
        let page = self.find_page(window, select, place).await?;
        answer::page(&self.request, &page)
    }

    /// GET of a list: 200 with a page and its `Link`.
    pub async fn list<T: Serialize + Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<Page<T>> + Send + Sync + 'static,
    ) -> Result<HttpResponse> {
        let page = self.read(work).await?;
        answer::page(&self.request, &page)
    }

    /// POST: done once for each `Idempotency-Key`.
    pub async fn post(
        &self,
        fingerprint: Fingerprint,
        work: impl FnOnce(&mut Tx<'_>, &Precondition) -> Result<Answer> + Send + 'static,
    ) -> Result<HttpResponse> {
        let precondition = Precondition::of(&self.request);
        let Some(key) = Key::of(&self.request)? else {
            let answer = self.write(move |tx| work(tx, &precondition)).await?;
            return Ok(answer.respond(&self.request));
        };
        let outcome = self
            .write(move |tx| idempotency::once(tx, &key, fingerprint, |tx| work(tx, &precondition)))
            .await?;
        Ok(self.tell(outcome))
    }

    fn tell(&self, outcome: Outcome) -> HttpResponse {
        let mut response = outcome.answer.respond(&self.request);
        if outcome.replayed {
            response.headers_mut().insert(
                actix_web::http::header::HeaderName::from_static("idempotent-replayed"),
                actix_web::http::header::HeaderValue::from_static("true"),
            );
        }
        response
    }

    /// Works on something large, out of the way of requests.
    pub async fn at_length<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        services(&self.request)?.lengthy.run(work).await
    }

    /// DELETE of what may be so much that no request has the time for it: 204. It is tried as any other, and when it
    /// does not come to an end it is done out of the way of requests. `work` takes it for done where nothing is left.
    pub async fn delete_much(
        &self,
        work: impl Fn(&mut Tx<'_>, &Precondition) -> Result<()> + Clone + Send + 'static,
    ) -> Result<HttpResponse> {
        let once_more = work.clone();
        match self.delete(work).await {
            Err(error) if error.is_passing() => {}
            outcome => return outcome,
        }
        let (owner, precondition) = (self.id(), Precondition::of(&self.request));
        self.at_length(move |desk| {
            desk.transaction(owner, Access::Write, |tx| {
                tx.take_time()?;
                once_more(tx, &precondition)
            })
        })
        .await?;
        Ok(Answer::no_content().respond(&self.request))
    }

    /// POST of something large: `prepare` looks at it, `work` writes it in one transaction. Both are done once
    /// for each `Idempotency-Key`, but for what `prepare` refuses.
    pub async fn post_at_length<P: Send + 'static>(
        &self,
        fingerprint: Fingerprint,
        prepare: impl FnOnce(&Desk) -> Result<P> + Send + 'static,
        work: impl FnOnce(&mut Tx<'_>, P, Patience) -> Result<Answer> + Send + 'static,
    ) -> Result<HttpResponse> {
        let (key, owner) = (Key::of(&self.request)?, self.id());
        let once = move |desk: &Desk| {
            let (prepared, patience) = (prepare(desk)?, desk.patience);
            desk.transaction(owner, Access::Write, |tx| match key {
                Some(key) => {
                    idempotency::once(tx, &key, fingerprint, |tx| work(tx, prepared, patience))
                }
                None => Ok(Outcome {
                    answer: work(tx, prepared, patience)?,
                    replayed: false,
                }),
            })
        };
        let outcome = self.at_length(once).await?;
        services(&self.request)?.touched.add(owner);
        Ok(self.tell(outcome))
    }

    /// POST that changes nothing: works on a thread of its own and answers 200. Only an `Idempotency-Key`
    /// needs the database.
    pub async fn evaluate<T: Serialize + Send + 'static>(
        &self,
        fingerprint: Fingerprint,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<HttpResponse> {
        let answer = self
            .compute(move || Answer::document(StatusCode::OK, &work()))
            .await?;
        if Key::of(&self.request)?.is_none() {
            return Ok(answer.respond(&self.request));
        }
        self.post(fingerprint, move |_, _| Ok(answer)).await
    }

    /// PATCH or PUT: the closure checks the precondition against what it found.
    pub async fn change(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Precondition) -> Result<Answer> + Send + 'static,
    ) -> Result<HttpResponse> {
        let precondition = Precondition::of(&self.request);
        let answer = self.write(move |tx| work(tx, &precondition)).await?;
        Ok(answer.respond(&self.request))
    }

    /// DELETE: 204.
    pub async fn delete(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Precondition) -> Result<()> + Send + 'static,
    ) -> Result<HttpResponse> {
        self.change(|tx, precondition| {
            work(tx, precondition)?;
            Ok(Answer::no_content())
        })
        .await
    }
}

/// The id at the end of a path. What is no id is as unknown as a random one.
pub struct Id(pub Uuid);

impl FromRequest for Id {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|text| Uuid::try_parse(text).ok())
            .map(Self)
            .ok_or_else(Error::not_found);
        std::future::ready(id)
    }
}
