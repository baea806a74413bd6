//! The place of an event in its user's log, and how it is written down.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

use crate::db::schema::events;
use crate::db::schema::sql_types::Xid8;

/// The number of a transaction, which never comes round again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Xid8)]
pub struct Xid(pub i64);

impl FromSql<Xid8, Pg> for Xid {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<BigInt, Pg>::from_sql(value).map(Self)
    }
}

impl ToSql<Xid8, Pg> for Xid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&self.0, out)
    }
}

/// Where an event stands among all events of its user: by the life of the database, then by the
/// transaction that wrote it, then by its number.
///
/// Readers take rows of transactions that no running one can precede, in this order. So whoever goes on
/// from the last place he saw misses nothing that is committed late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Place {
    /// Which life of the database, from 1.
    pub epoch: i32,
    /// The transaction.
    pub xid: Xid,
    /// The number of the event.
    pub id: i64,
}

/// Bytes of a place that is written down.
const LENGTH: usize = 4 + 8 + 8;

impl Place {
    /// Before every event.
    pub const BEGINNING: Self = Self {
        epoch: 0,
        xid: Xid(0),
        id: 0,
    };

    /// The opaque text that clients keep: a cursor, and the id of the event at this place.
    pub fn encode(&self) -> String {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.xid.0.to_be_bytes());
        bytes[12..].copy_from_slice(&self.id.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Self::encode`] wrote. It is no secret and needs no signature: whatever it says, only
    /// the owner's events are shown, and only after a place that there was.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (epoch, rest) = bytes.split_first_chunk::<4>()?;
        let (xid, rest) = rest.split_first_chunk::<8>()?;
        let (id, _) = rest.split_first_chunk::<8>()?;
        let place = Self {
            epoch: i32::from_be_bytes(*epoch),
            xid: Xid(i64::from_be_bytes(*xid)),
            id: i64::from_be_bytes(*id),
        };
        (place >= Self::BEGINNING && place.xid.0 >= 0 && place.id >= 0).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_is_read_as_it_was_written(epoch in 0..i32::MAX, xid in 0..i64::MAX, id in 0..i64::MAX) {
            let place = Place { epoch, xid: Xid(xid), id };
            prop_assert_eq!(Place::decode(&place.encode()), Some(place));
        }

        #[test]
        fn whatever_else_is_sent_is_no_place_or_written_in_this_way(text in "[A-Za-z0-9_-]{20,30}") {
            if let Some(place) = Place::decode(&text) {
                prop_assert_eq!(place.encode(), text);
            }
        }
    }

    #[test]
    fn places_are_ordered_by_epoch_then_transaction_then_number() {
        let place = |epoch, xid, id| Place {
            epoch,
            xid: Xid(xid),
            id,
        };
        let sorted = [
            Place::BEGINNING,
            place(1, 900, 3),
            place(1, 900, 7),
            place(1, 901, 5),
            place(2, 700, 8),
        ];
        assert!(sorted.is_sorted());
    }

    #[test]
    fn a_place_that_cannot_be_is_refused() {
        for place in [(-1, 1, 1), (1, -1, 1), (1, 1, -1)] {
            let place = Place {
                epoch: place.0,
                xid: Xid(place.1),
                id: place.2,
            };
            assert_eq!(Place::decode(&place.encode()), None);
        }
        assert_eq!(Place::decode(""), None);
        assert_eq!(Place::decode("now"), None);
    }
}
