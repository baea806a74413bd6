//! The edge of the service: what every request meets first and every answer meets last.
//!
//! In: a request id, who it is, the place in the rate limit. Out: the body of a problem, the headers
//! that every answer carries, compression, one log line, the metrics. [`guard`] stands further inside,
//! behind CORS, so that a page can read why it was refused: limit, method, Accept, parameters.

use std::time::{Instant, SystemTime};

use actix_cors::CorsError;
use actix_web::body::{BodySize, BoxBody, MessageBody, None as NoBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue, TryIntoHeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};

use super::answer::HoldsSecret;
use super::compress::Encoding;
use super::connections::{Open, Tracked};
use super::error::{Error, Fault, Problem};
use super::limit::{Counted, Standing};
use super::network::{self, Network};
use super::{health, problems};
use crate::auth::Bearer;
use crate::db::ids;
use crate::services::Services;

/// The id under which a request is logged.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Counts a request as ended even when its future is dropped because the client went away.
struct InFlight(Option<web::Data<Services>>);

impl InFlight {
    fn begin(services: &web::Data<Services>) -> Self {
        services.metrics.begin();
        Self(Some(services.clone()))
    }

    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(services) = self.0.take() {
            services.metrics.abandon();
        }
    }
}

/// The middleware around everything.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Tracked>, actix_web::Error> {
    let started = Instant::now();
    let connection = request.conn_data::<Open>().map(Open::connection);
    if let Some(connection) = &connection {
        connection.work();
    }
    let services = request
        .app_data::<web::Data<Services>>()
        .cloned()
        .ok_or_else(|| Error::internal("the application has no services"))?;
    let in_flight = InFlight::begin(&services);
    let id = request_id(&request, &services);
    let method = request.method().clone();
    // A HEAD is answered as its GET; the protocol layer leaves the body out.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let client = network::client(
        request.peer_addr(),
        request.headers(),
        &services.settings.trusted_proxies,
    );
    let bearer = Bearer::of(request.headers(), &services);
    let standing = services.limits.count(match &bearer {
        Bearer::Access(token) => Counted::User(token.user_id),
        Bearer::Personal(token) => Counted::Token(token.id),
        Bearer::Unproved(_) | Bearer::Invalid | Bearer::Absent => Counted::Network(client),
    });
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert::<Network>(client);
    request.extensions_mut().insert(bearer);
    request.extensions_mut().insert(standing);

    let encoding = Encoding::negotiate(request.headers());
    // Whatever a handler or extractor says comes back as a response, errors included.
    let mut response = next.call(request).await?.map_into_boxed_body();
    if method == Method::HEAD && response.response().body().size() == BodySize::Stream {
        // It may have no end that the protocol layer could wait for.
        response = response.map_body(|_, _| BoxBody::new(NoBody::new()));
    }
    // A token that proved good meanwhile stands for itself.
    let proved = response.request().extensions().get::<Standing>().copied();
    let mut response = finish(response, &id, &proved.unwrap_or(standing), encoding);
    if services.settings.test_clock {
        // Clients count the time by the Date of an answer: it is the service's, even where that is stopped.
        let date = header::HttpDate::from(SystemTime::from(services.clock.now()));
        if let Ok(value) = date.try_into_value() {
            response.headers_mut().insert(header::DATE, value);
        }
    }
    announce_end(&mut response, &services);
    if services.is_draining() {
        // The client's next request belongs to another replica.
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "none".to_owned());
    let status = response.status().as_u16();
    let took = started.elapsed();
    in_flight.ended();
    services.metrics.end(method.as_str(), &route, status, took);
    log_line(&response, &method, &route, &id, took.as_micros());
    Ok(response.map_body(|_, body| Tracked::new(body, connection)))
}

/// The middleware right before the handlers: refuses what none of them has to look at.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let services = request
        .app_data::<web::Data<Services>>()
        .cloned()
        .ok_or_else(|| Error::internal("the application has no services"))?;
    let standing = request.extensions().get::<Standing>().copied();
    match refusal(&request, &services, standing) {
        Some(error) => {
            let (request, _) = request.into_parts();
            Ok(
                ServiceResponse::new(request, HttpResponse::from_error(error))
                    .map_into_boxed_body(),
            )
        }
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

/// The client's own id when it is sane, else a new one.
fn request_id(request: &ServiceRequest, services: &Services) -> RequestId {
    let sane = request
        .headers()
        .get("X-Request-Id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=128).contains(&id.len()))
        .filter(|id| {
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        });
    RequestId(sane.map_or_else(
        || ids::new_id(services.clock.now()).to_string(),
        str::to_owned,
    ))
}

fn refusal(
    request: &ServiceRequest,
    services: &Services,
    standing: Option<Standing>,
) -> Option<Error> {
    let (path, method) = (request.path(), request.method());
    if let Some(standing) = standing.filter(|_| !watches(request, services))
        && let Err(error) = standing.check()
    {
        return Some(error);
    }
    let document = &services.document;
    if *method != Method::OPTIONS
        && let Some(allowed) = document.allowed_instead(path, method)
    {
        return Some(method_not_allowed(allowed));
    }
    if !document.can_answer(path, method, request.headers()) {
        return Some(
            problems::NOT_ACCEPTABLE
                .because("Nothing that this operation sends is in the Accept header.")
                .into(),
        );
    }
    if request.query_string().is_empty() {
        return None;
    }
    let known = document.unknown_parameter(path, method, request.query_string())?;
    let detail = match known {
        [] => "This operation takes no parameters.".to_owned(),
        names => format!("A parameter is unknown. Known here: {}.", names.join(", ")),
    };
    Some(problems::INVALID_QUERY.because(detail).into())
}

/// Does somebody watch over the service? Whoever restarts what does not answer, or sends people elsewhere, must
/// not be made to by somebody else's requests.
///
/// Readiness asks the database, so only a trusted proxy that asks on nobody's behalf has it without a limit.
fn watches(request: &ServiceRequest, services: &Services) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    match request.path() {
        health::LIVENESS => true,
        health::READINESS => {
            peer.is_some_and(|peer| services.settings.trusts(peer))
                && !request.headers().contains_key(network::FORWARDED)
        }
        _ => false,
    }
}

/// 405 with the methods that the path takes.
pub fn method_not_allowed(allowed: String) -> Error {
    problems::METHOD_NOT_ALLOWED
        .because("This path does not take this method; see the header Allow.")
        .header("Allow", allowed)
        .into()
}

fn finish(
    mut response: ServiceResponse<BoxBody>,
    id: &RequestId,
    standing: &Standing,
    encoding: Option<Encoding>,
) -> ServiceResponse<BoxBody> {
    let own = response.response_mut().extensions_mut().remove::<Problem>();
    let problem = own.or_else(|| foreign_problem(&response));
    let mut response = match problem {
        Some(problem) => response.map_body(|head, _| {
            for (name, value) in &problem.headers {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::try_from(*name), HeaderValue::from_str(value))
                {
                    head.headers.insert(name, value);
                }
            }
            head.headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/problem+json"),
            );
            BoxBody::new(problem.body(&id.0))
        }),
        None => response,
    };
    let personal = response.request().path().starts_with("/v1");
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    for (name, value) in rate_headers(standing) {
        headers.insert(HeaderName::from_static(name), value);
    }
    for (name, value) in SECURITY_HEADERS {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if personal || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    compress(response, encoding)
}

/// Every answer of a deprecated operation says so, whatever it says otherwise.
fn announce_end(response: &mut ServiceResponse<BoxBody>, services: &Services) {
    let request = response.request();
    let deprecation = services
        .document
        .deprecation(request.path(), request.method());
    if let Some(deprecation) = deprecation {
        deprecation.announce(response.headers_mut());
    }
}

/// What a library refused in its own words, such as a preflight of an origin that is not configured.
fn foreign_problem(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let kind = problems::ALL
        .iter()
        .find(|kind| kind.status == status.as_u16())?;
    let error = response.response().error();
    let preflight = error.and_then(|error| error.as_error::<CorsError>());
    Some(kind.because(match preflight {
        Some(CorsError::OriginNotAllowed) => {
            "Pages of this origin may not call the API; see the setting --cors-origins."
        }
        Some(_) => "Pages of other origins may not send such a method or header.",
        None => kind.title,
    }))
}

/// The security headers of every answer; a page may bring a Content-Security-Policy of its own.
const SECURITY_HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers).
fn rate_headers(standing: &Standing) -> impl Iterator<Item = (&'static str, HeaderValue)> {
    let Standing {
        policy,
        quota,
        remaining,
        retry_after,
        ..
    } = *standing;
    [
        ("ratelimit-policy", format!("\"{policy}\";q={quota};w=60")),
        (
            "ratelimit",
            format!("\"{policy}\";r={remaining};t={retry_after}"),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)))
}

fn compress(
    mut response: ServiceResponse<BoxBody>,
    encoding: Option<Encoding>,
) -> ServiceResponse<BoxBody> {
    let vary = HeaderValue::from_static("Accept-Encoding");
    response.headers_mut().append(header::VARY, vary);
    let compressible = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| {
            [
                "json",
                "text/html",
                "text/csv",
                "text/calendar",
                "javascript",
                "text/css",
                "svg",
            ]
            .iter()
            .any(|word| kind.contains(word))
        });
    // Answers that hold secrets next to what a client sent: their size must not tell.
    let secret = response.request().path().starts_with("/v1/auth/")
        || response.response().extensions().contains::<HoldsSecret>();
    let Some(encoding) = encoding.filter(|_| compressible && !secret) else {
        return response;
    };
    if response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    response.map_body(|head, body| match body.try_into_bytes() {
        Ok(bytes) => match encoding.compress(&bytes) {
            Some(compressed) => {
                head.headers
                    .insert(header::CONTENT_ENCODING, encoding.name());
                BoxBody::new(compressed)
            }
            None => BoxBody::new(bytes),
        },
        Err(stream) => stream,
    })
}

fn log_line(
    response: &ServiceResponse<BoxBody>,
    method: &Method,
    route: &str,
    id: &RequestId,
    micros: u128,
) {
    let status = response.status().as_u16();
    let micros = u64::try_from(micros).unwrap_or(u64::MAX);
    let method = method.as_str();
    match response.response().extensions().get::<Fault>() {
        Some(Fault(fault)) if response.status() == StatusCode::INTERNAL_SERVER_ERROR => {
            log::error!(request_id = id.0.as_str(), method, route, status, micros, fault = fault.as_str(); "a request failed");
        }
        Some(Fault(fault)) => {
            log::warn!(request_id = id.0.as_str(), method, route, status, micros, fault = fault.as_str(); "a request was turned away");
        }
        None => {
            log::info!(request_id = id.0.as_str(), method, route, status, micros; "request");
        }
    }
}
