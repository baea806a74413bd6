//! What the lists of links, notes and suggestions have in common: their sorts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::text_enum;

text_enum! {
    /// How a list of coaching is sorted.
    pub enum CoachingSort {
        /// Newest first.
        CreatedAtDescending = "-created_at",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Last changed first.
        UpdatedAtDescending = "-updated_at",
        /// Last changed last.
        UpdatedAt = "updated_at",
    }
}

impl CoachingSort {
    /// The page that is asked for; newest first without a sort.
    pub fn window(sort: Option<Self>, limit: Option<i64>, cursor: Option<&str>) -> Result<Window> {
        let sort = sort.unwrap_or(Self::CreatedAtDescending);
        Window::new(limit, sort.as_str(), cursor)
    }
}

/// The place of a row in its list.
pub fn place(
    window: &Window,
    id: Uuid,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
) -> (Key, Uuid) {
    let at = match window.column() {
        "updated_at" => updated_at,
        _ => created_at,
    };
    (Key::Instant(at), id)
}
