//! The coach's dashboard: all clients, whoever needs a look first. No score; each signal names its rule and
//! its evidence, and shows only what the client granted.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::LinkRow;
use super::queries;
use super::rules::{AccessView, Scope, scope_of};
use crate::account::{self, Person, Preferences};
use crate::db::Tx;
use crate::db::keyset::{Direction, Start};
use crate::http::answer;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::page::{Key, Page, Window};
use crate::http::params::{Params, many};
use crate::http::rules::sane_instant;
use crate::signals::{self, Depth, Facts, Part, Signal, SignalRule};
use crate::{page_schema, text_enum};

text_enum! {
    /// How clients are sorted.
    pub enum ClientSort {
        /// The most urgent signal first, then by name.
        Urgency = "urgency",
        /// By name.
        Name = "name",
        /// By name, backwards.
        NameDescending = "-name",
    }
}

/// Which clients.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClientQuery {
    /// With one of these signals; repeat it or separate by commas.
    #[serde(default, deserialize_with = "many")]
    #[garde(length(max = 6))]
    #[param(max_items = 6)]
    signal: Vec<SignalRule>,
    /// With this in the name or the address, in any case.
    #[garde(length(chars, max = 200))]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Active after this instant, as far as that was granted to be seen.
    #[garde(custom(sane_instant))]
    last_activity_after: Option<DateTime<Utc>>,
    /// Not active since this instant, as far as that was granted to be seen.
    #[garde(custom(sane_instant))]
    last_activity_before: Option<DateTime<Utc>>,
    /// The order; the most urgent first without it.
    #[garde(skip)]
    #[param(inline)]
    sort: Option<ClientSort>,
    /// Rows on the page.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<i64>,
    /// The next_cursor of the page before.
    #[garde(length(max = 2000))]
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// How many of what a client has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClientCounts {
    /// Applications that still go on; null without the scope `applications`.
    #[schema(
        required,
        minimum = 0,
        maximum = 9_007_199_254_740_991_i64,
        example = 12
    )]
    pub live_applications: Option<i64>,
    /// Rejections in the last 90 days; null without the scope `applications`.
    #[schema(
        required,
        minimum = 0,
        maximum = 9_007_199_254_740_991_i64,
        example = 4
    )]
    pub rejections_in_90_days: Option<i64>,
    /// Reflections in the last 90 days; null without the scope `reflections`.
    #[schema(
        required,
        minimum = 0,
        maximum = 9_007_199_254_740_991_i64,
        example = 3
    )]
    pub reflections_in_90_days: Option<i64>,
}

/// A client, as the coach sees them among all.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CoachClient)]
pub struct CoachClient {
    /// Id of the client.
    #[schema(example = "019a6f0a-3c4d-7e5f-a061-7c8d9e0f1a2b")]
    pub seeker_id: Uuid,
    /// How they are called: by their name, else by their address.
    #[schema(max_length = 254, example = "Sam")]
    pub name: String,
    /// Their address.
    #[schema(
        format = "email",
        min_length = 3,
        max_length = 254,
        example = "sam@example.com"
    )]
    pub email: String,
    /// The link: the invitation that you accepted.
    #[schema(example = "019a6f40-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]
    pub link_id: Uuid,
    /// What they granted.
    #[schema(max_items = 8, example = json!(["applications", "goals"]))]
    pub scopes: Vec<Scope>,
    /// When the link ends by itself.
    #[schema(required, example = "2099-12-31T00:00:00Z")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Since when they are a client.
    pub client_since: DateTime<Utc>,
    /// When they were last active in their job search; null without the scope `applications`.
    #[schema(required, example = "2026-03-12T09:00:00Z")]
    pub last_activity_at: Option<DateTime<Utc>>,
    /// How many of what they have.
    pub counts: ClientCounts,
    /// What somebody should look at, the most urgent first: as far as the scopes cover it.
    #[schema(max_items = 6)]
    pub signals: Vec<Signal>,
}

page_schema!(CoachClientPage, CoachClient, "A page of clients.");

impl CoachClient {
    fn new(link: &LinkRow, person: &Person, facts: &Facts, now: DateTime<Utc>) -> Self {
        let activity = facts.activity.as_ref();
        Self {
            seeker_id: link.seeker_id,
            name: person.name().to_owned(),
            email: person.email.clone(),
            link_id: link.id,
            scopes: link.scopes.clone(),
            ends_at: link.ends_at,
            client_since: link.status_since(now),
            last_activity_at: activity.and_then(|it| it.last_at),
            counts: ClientCounts {
                live_applications: activity.map(|it| it.live),
                rejections_in_90_days: facts.losses.as_ref().map(|it| it.count),
                reflections_in_90_days: facts.reflections.as_ref().map(|it| it.count),
            },
            signals: signals::judge(facts, now),
        }
    }

    /// The place in the list: by the most urgent signal, or at once by name, then by id.
    fn place(&self, window: &Window) -> (String, Uuid) {
        let name = self.name.to_lowercase();
        if window.column() == ClientSort::Name.as_str() {
            return (name, self.seeker_id);
        }
        let most_urgent = self.signals.first().map(|signal| signal.rule);
        let rank = SignalRule::ALL
            .iter()
            .position(|rule| Some(*rule) == most_urgent)
            .unwrap_or(SignalRule::ALL.len());
        (format!("{rank} {name}"), self.seeker_id)
    }
}

impl ClientQuery {
    fn window(&self) -> Result<Window> {
        let sort = self.sort.unwrap_or(ClientSort::Urgency);
        Window::new(self.limit, sort.as_str(), self.cursor.as_deref())
    }

    fn takes_person(&self, person: &Person) -> bool {
        let Some(q) = self.q.as_ref().map(|q| q.to_lowercase()) else {
            return true;
        };
        person.name().to_lowercase().contains(&q) || person.email.to_lowercase().contains(&q)
    }

    fn takes(&self, client: &CoachClient) -> bool {
        let signals = &client.signals;
        let at = client.last_activity_at;
        (self.signal.is_empty() || signals.iter().any(|it| self.signal.contains(&it.rule)))
            && self
                .last_activity_after
                .is_none_or(|after| at.is_some_and(|at| at > after))
            && self
                .last_activity_before
                .is_none_or(|before| at.is_some_and(|at| at < before))
    }
}

/// The clients who let their coach see this part.
fn granting(part: Part, links: &[LinkRow]) -> impl Iterator<Item = Uuid> {
    let scope = scope_of(part);
    let granted = links
        .iter()
        .filter(move |link| link.scopes.contains(&scope));
    granted.map(|link| link.seeker_id)
}

/// What the signals of these clients are judged by: each of these parts of those who grant it, and of nobody
/// else.
fn gather(
    tx: &mut Tx<'_>,
    parts: &[Part],
    depth: Depth,
    links: &[LinkRow],
    people: &HashMap<Uuid, Person>,
) -> Result<HashMap<Uuid, Facts>> {
    let mut facts = HashMap::new();
    let now = tx.now;
    // Parts that the same clients grant are read together: showing and hiding rows are round trips, too.
    for parts in parts.chunk_by(|one, other| granting(*one, links).eq(granting(*other, links))) {
        let seekers = parts.iter().take(1).flat_map(|part| granting(*part, links));
        let preferences: HashMap<Uuid, Preferences> = seekers
            .filter_map(|seeker| Some((seeker, people.get(&seeker)?.preferences())))
            .collect();
        let ids: Vec<Uuid> = preferences.keys().copied().collect();
        tx.reading(&ids, |conn| {
            parts.iter().try_for_each(|part| {
                signals::gather(conn, *part, depth, &preferences, now, &mut facts)
            })
        })?;
    }
    Ok(facts)
}

/// The clients with these links, in the same order.
fn judge(
    tx: &mut Tx<'_>,
    parts: &[Part],
    depth: Depth,
    links: &[LinkRow],
    people: &HashMap<Uuid, Person>,
) -> Result<Vec<CoachClient>> {
    let facts = gather(tx, parts, depth, links, people)?;
    let none = Facts::default();
    let clients = links.iter().filter_map(|link| {
        let person = people.get(&link.seeker_id)?;
        let facts = facts.get(&link.seeker_id).unwrap_or(&none);
        Some(CoachClient::new(link, person, facts, tx.now))
    });
    Ok(clients.collect())
}

/// A page of the dashboard. What it shows is written into the access log of each client on it.
fn page(
    tx: &mut Tx<'_>,
    parts: &[Part],
    query: &ClientQuery,
    window: &Window,
) -> Result<Page<CoachClient>> {
    let Start {
        direction,
        last: after,
    } = window.at_text()?;
    let comes_after = |client: &CoachClient| {
        after.as_ref().is_none_or(|after| match direction {
            Direction::Ascending => client.place(window) > *after,
            Direction::Descending => client.place(window) < *after,
        })
    };
    let mut links = queries::all_active(tx)?;
    let ids: Vec<Uuid> = links.iter().map(|link| link.seeker_id).collect();
    let people: HashMap<Uuid, Person> = account::people(tx.conn, &ids)?
        .into_iter()
        .filter(|person| query.takes_person(person))
        .map(|person| (person.id, person))
        .collect();
    links.retain(|link| people.contains_key(&link.seeker_id));
    let judged = judge(tx, parts, Depth::Verdict, &links, &people)?;
    let mut clients: Vec<CoachClient> = judged
        .into_iter()
        .filter(|client| query.takes(client))
        .filter(comes_after)
        .collect();
    clients.sort_by_cached_key(|client| client.place(window));
    if direction == Direction::Descending {
        clients.reverse();
    }
    let mut page = window.page(clients, |client| {
        let (place, id) = client.place(window);
        (Key::Text(place), id)
    });
    // The evidence is read of those only who are shown, in the order that they have.
    let places = page.data.iter().enumerate();
    let places: HashMap<Uuid, usize> = places.map(|(place, it)| (it.link_id, place)).collect();
    links.retain(|link| places.contains_key(&link.id));
    links.sort_by_key(|link| places.get(&link.id));
    page.data = judge(tx, parts, Depth::Evidence, &links, &people)?;
    let shown: Vec<&LinkRow> = links.iter().collect();
    queries::log_accesses(tx, &shown, AccessView::Dashboard)?;
    Ok(page)
}

/// List clients
///
/// All whose link is active, the most urgent signal first, then by name, or at once by name. Signals, counts and the last
/// activity are shown as far as each client granted it. What is shown is in the client's access log.
/// A personal access token sees `low_wellbeing` only with the scope `wellbeing-check-ins:read`.
#[utoipa::path(tag = "Coaching", params(ClientQuery),
    responses((status = 200, description = "A page of clients.", body = CoachClientPage)))]
#[get("/v1/coach/clients")]
pub async fn list_clients(
    caller: Caller,
    Params(query): Params<ClientQuery>,
) -> Result<HttpResponse> {
    let window = query.window()?;
    let mut parts = Part::ALL.to_vec();
    parts.retain(|part| *part != Part::Wellbeing || caller.user.may_see("wellbeing_check_in"));
    let page = caller
        .observe(move |tx| page(tx, &parts, &query, &window))
        .await?;
    answer::page(caller.request(), &page)
}
