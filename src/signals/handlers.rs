//! The operation on signals.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};

use super::model::SignalPage;
use super::{Depth, Part, gather, judge};
use crate::account::preferences;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::http::page::Page;

/// List signals
///
/// What your records say that somebody should look at, the most urgent first: each with its rule, its
/// threshold, the records that it rests on and what helps. You see them before any coach does; there is no
/// score. Rejections that a correction took back count nowhere. A personal access token sees `low_wellbeing`
/// only with the scope `wellbeing-check-ins:read`.
#[utoipa::path(tag = "Signals",
    responses((status = 200, description = "The signals that hold now.", body = SignalPage)))]
#[get("/v1/signals")]
pub async fn list_signals(caller: Caller) -> Result<HttpResponse> {
    let wellbeing_too = caller.user.may_see("wellbeing_check_in");
    caller
        .list(move |tx| {
            let people = HashMap::from([(tx.owner, preferences(tx.conn, tx.owner)?)]);
            let mut facts = HashMap::new();
            let parts = Part::ALL.into_iter();
            for part in parts.filter(|part| *part != Part::Wellbeing || wellbeing_too) {
                gather(tx.conn, part, Depth::Evidence, &people, tx.now, &mut facts)?;
            }
            let facts = facts.remove(&tx.owner).unwrap_or_default();
            Ok(Page {
                data: judge(&facts, tx.now),
                next_cursor: None,
            })
        })
        .await
}
