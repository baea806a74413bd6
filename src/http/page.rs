//! Keyset pages: `{"data": […], "next_cursor": …}`, stable while rows are added.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::{Error, Result};
use super::problems;
use crate::db::keyset::{Direction, Start};

/// Rows on a page when the client does not say.
pub const DEFAULT_LIMIT: i64 = 25;

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each row as the API shows it.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(show).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// The value of the sorted column in the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// An instant.
    #[serde(rename = "t")]
    Instant(DateTime<Utc>),
    /// A date.
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// A text.
    #[serde(rename = "s")]
    Text(String),
    /// A number.
    #[serde(rename = "n")]
    Number(i64),
}

impl Key {
    /// Can a row of the database have this value? A forged cursor must not get as far as the query.
    fn is_storable(&self) -> bool {
        let years = 1..=9999;
        match self {
            Self::Instant(at) => years.contains(&at.year()),
            Self::Date(on) => years.contains(&on.year()),
            Self::Text(text) => !text.contains('\0'),
            Self::Number(_) => true,
        }
    }
}

/// A place in a sorted list.
///
/// It is no secret and needs no signature: whatever it says, the list shows only its owner's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort that it belongs to.
    #[serde(rename = "o")]
    pub sort: String,
    /// The sorted value of the last row.
    #[serde(rename = "k")]
    pub key: Key,
    /// The id of the last row.
    #[serde(rename = "i")]
    pub id: Uuid,
}

impl Cursor {
    /// The opaque text for `next_cursor`.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a cursor has only text keys"))
    }

    /// Reads a cursor that was made for the same sort.
    pub fn decode(text: &str, sort: &str) -> Result<Self> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|cursor| cursor.sort == sort && cursor.key.is_storable())
            .ok_or_else(wrong_cursor)
    }
}

/// 400 for a cursor that does not belong to the list.
pub fn wrong_cursor() -> Error {
    problems::INVALID_CURSOR
        .because("The cursor does not belong to this list and sort.")
        .into()
}

/// What a list needs to know about the page that is asked for.
#[derive(Debug, Clone)]
pub struct Window {
    /// Rows on the page.
    pub limit: i64,
    /// The name of the sort, part of the cursor.
    pub sort: String,
    /// Where the page begins; at the start without one.
    pub after: Option<Cursor>,
}

impl Window {
    /// Reads the common parameters of a list.
    pub fn new(limit: Option<i64>, sort: &str, cursor: Option<&str>) -> Result<Self> {
        Ok(Self {
            limit: limit.unwrap_or(DEFAULT_LIMIT),
            sort: sort.to_owned(),
            after: cursor.map(|text| Cursor::decode(text, sort)).transpose()?,
        })
    }

    /// Which way the sort goes, and by which column.
    pub fn direction(&self) -> (Direction, &str) {
        match self.sort.strip_prefix('-') {
            Some(column) => (Direction::Descending, column),
            None => (Direction::Ascending, &self.sort),
        }
    }

    /// The column that is sorted by.
    pub fn column(&self) -> &str {
        self.direction().1
    }

    /// Where the page begins in a list that is sorted by an instant.
    pub fn at_instant(&self) -> Result<Start<DateTime<Utc>>> {
        self.start(|key| match key {
            Key::Instant(at) => Some(*at),
            _ => None,
        })
    }

    /// Where the page begins in a list that is sorted by a date.
    pub fn at_date(&self) -> Result<Start<NaiveDate>> {
        self.start(|key| match key {
            Key::Date(on) => Some(*on),
            _ => None,
        })
    }

    /// Where the page begins in a list that is sorted by a text.
    pub fn at_text(&self) -> Result<Start<String>> {
        self.start(|key| match key {
            Key::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    fn start<T>(&self, read: impl FnOnce(&Key) -> Option<T>) -> Result<Start<T>> {
        let last = match &self.after {
            None => None,
            Some(cursor) => Some((read(&cursor.key).ok_or_else(wrong_cursor)?, cursor.id)),
        };
        Ok(Start {
            direction: self.direction().0,
            last,
        })
    }

    /// How many rows to ask for: one more than the page holds tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// Cuts the additional row off and names the place of the last one that is kept.
    pub fn page<T>(&self, mut rows: Vec<T>, place: impl Fn(&T) -> (Key, Uuid)) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let (key, id) = place(last);
            Cursor {
                sort: self.sort.clone(),
                key,
                id,
            }
            .encode()
        });
        Page {
            data: rows,
            next_cursor,
        }
    }
}

/// Declares the documented type of a page, because a generic one would be inlined everywhere.
#[macro_export]
macro_rules! page_schema {
    ($name:ident, $item:ty, $doc:literal) => {
        #[doc = $doc]
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "only its schema is used; answers are `Page`s")]
        pub struct $name {
            /// The rows.
            #[schema(max_items = 100)]
            data: Vec<$item>,
            /// Where the next page begins; null on the last page.
            #[schema(required, max_length = 2000)]
            next_cursor: Option<String>,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_sort() {
        let cursor = Cursor {
            sort: "-created_at".to_owned(),
            key: Key::Date("2026-03-05".parse().expect("a date")),
            id: Uuid::nil(),
        };
        assert_eq!(
            Cursor::decode(&cursor.encode(), "-created_at").expect("the cursor"),
            cursor
        );
        assert!(Cursor::decode(&cursor.encode(), "company").is_err());
        assert!(Cursor::decode("%%%", "company").is_err());
    }
}
