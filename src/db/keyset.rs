//! `(a, b) < ($1, $2)`: the comparison of rows that a keyset page starts from.
//!
//! PostgreSQL uses the row comparison as one index condition; spelled with *and* and *or* it reads and
//! throws away everything before the page.

use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, SqlType};
use uuid::Uuid;

/// Which side of the cursor the page lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Rows after the cursor in ascending order.
    Ascending,
    /// Rows after the cursor in descending order.
    Descending,
}

/// Where a page begins.
#[derive(Debug)]
pub struct Start<T> {
    /// Which way the list goes.
    pub direction: Direction,
    /// The sorted value and the id of the last row before the page; none at the beginning of the list.
    pub last: Option<(T, Uuid)>,
}

impl<T> Start<T> {
    /// The same with the sorted value as the statement compares it.
    pub fn map<U>(self, compared: impl FnOnce(T) -> U) -> Start<U> {
        Start {
            direction: self.direction,
            last: self.last.map(|(value, id)| (compared(value), id)),
        }
    }
}

/// The rows of a boxed statement from a [`Start`] on, sorted by a column and then by the id.
///
/// Each sort of a list is a keyset of its own. A macro, because a function would have to name the type of
/// each statement.
macro_rules! keyset {
    ($rows:expr, $start:expr, $columns:expr) => {{
        let start: $crate::db::keyset::Start<_> = $start;
        let (key, id) = $columns;
        let direction = start.direction;
        let rows = match start.last {
            None => $rows,
            Some(last) => $rows.filter($crate::db::keyset::beyond((key, id), last, direction)),
        };
        match direction {
            $crate::db::keyset::Direction::Ascending => rows.order((key.asc(), id.asc())),
            $crate::db::keyset::Direction::Descending => rows.order((key.desc(), id.desc())),
        }
    }};
}
pub(crate) use keyset;

/// `(a, b) > (x, y)` or `(a, b) < (x, y)`, made by [`beyond`] and [`beyond_three`].
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Beyond<Columns, Values> {
    columns: Columns,
    values: Values,
    direction: DirectionNode,
}

#[derive(Debug, Clone, Copy)]
struct DirectionNode(Direction);

impl QueryId for DirectionNode {
    type QueryId = ();
    // The direction is a value, so the type alone does not tell the text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// The rows that come after `values` when ordered by `columns` in `direction`.
pub fn beyond<A, B, X, Y>(
    columns: (A, B),
    values: (X, Y),
    direction: Direction,
) -> Beyond<(A, B), (X::Expression, Y::Expression)>
where
    A: Expression,
    B: Expression,
    A::SqlType: SqlType,
    B::SqlType: SqlType,
    X: AsExpression<A::SqlType>,
    Y: AsExpression<B::SqlType>,
{
    Beyond {
        columns,
        values: (values.0.as_expression(), values.1.as_expression()),
        direction: DirectionNode(direction),
    }
}

/// The same for three columns.
#[expect(
    clippy::type_complexity,
    reason = "a name for three values would say less than the three"
)]
pub fn beyond_three<A, B, C, X, Y, Z>(
    columns: (A, B, C),
    values: (X, Y, Z),
    direction: Direction,
) -> Beyond<(A, B, C), (X::Expression, Y::Expression, Z::Expression)>
where
    A: Expression,
    B: Expression,
    C: Expression,
    A::SqlType: SqlType,
    B::SqlType: SqlType,
    C::SqlType: SqlType,
    X: AsExpression<A::SqlType>,
    Y: AsExpression<B::SqlType>,
    Z: AsExpression<C::SqlType>,
{
    Beyond {
        columns,
        values: (
            values.0.as_expression(),
            values.1.as_expression(),
            values.2.as_expression(),
        ),
        direction: DirectionNode(direction),
    }
}

impl<Columns, Values> Expression for Beyond<Columns, Values> {
    type SqlType = Bool;
}

impl<Columns, Values> ValidGrouping<()> for Beyond<Columns, Values> {
    type IsAggregate = is_aggregate::No;
}

impl<QS, Columns, Values> AppearsOnTable<QS> for Beyond<Columns, Values>
where
    Columns: AppearsOnTable<QS>,
    Values: AppearsOnTable<QS>,
{
}

impl<QS, Columns, Values> SelectableExpression<QS> for Beyond<Columns, Values> where
    Self: AppearsOnTable<QS>
{
}

impl<Columns, Values> QueryFragment<Pg> for Beyond<Columns, Values>
where
    Columns: QueryFragment<Pg>,
    Values: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("(");
        self.columns.walk_ast(pass.reborrow())?;
        pass.push_sql(match self.direction.0 {
            Direction::Ascending => ") > (",
            Direction::Descending => ") < (",
        });
        self.values.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}
