//! `(a, b) < ($1, $2)`: the comparison of rows that a keyset page starts from.
//!
//! PostgreSQL uses the row comparison as one index condition; spelled with *and* and *or* it reads and
//! throws away everything before the page.

use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;

/// Which side of the cursor the page lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Rows after the cursor in ascending order.
    Ascending,
    /// Rows after the cursor in descending order.
    Descending,
}

/// `(a, b) > (x, y)` or `(a, b) < (x, y)`, made by [`beyond`].
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Beyond<A, B, X, Y> {
    columns: (A, B),
    values: (X, Y),
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
) -> Beyond<A, B, X::Expression, Y::Expression>
where
    A: Expression,
    B: Expression,
    A::SqlType: diesel::sql_types::SqlType,
    B::SqlType: diesel::sql_types::SqlType,
    X: diesel::expression::AsExpression<A::SqlType>,
    Y: diesel::expression::AsExpression<B::SqlType>,
{
    Beyond {
        columns,
        values: (values.0.as_expression(), values.1.as_expression()),
        direction: DirectionNode(direction),
    }
}

impl<A, B, X, Y> Expression for Beyond<A, B, X, Y> {
    type SqlType = Bool;
}

impl<A, B, X, Y> ValidGrouping<()> for Beyond<A, B, X, Y> {
    type IsAggregate = is_aggregate::No;
}

impl<QS, A, B, X, Y> AppearsOnTable<QS> for Beyond<A, B, X, Y>
where
    A: AppearsOnTable<QS>,
    B: AppearsOnTable<QS>,
    X: AppearsOnTable<QS>,
    Y: AppearsOnTable<QS>,
{
}

impl<QS, A, B, X, Y> SelectableExpression<QS> for Beyond<A, B, X, Y> where Self: AppearsOnTable<QS> {}

impl<A, B, X, Y> QueryFragment<Pg> for Beyond<A, B, X, Y>
where
    A: QueryFragment<Pg>,
    B: QueryFragment<Pg>,
    X: QueryFragment<Pg>,
    Y: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("(");
        self.columns.0.walk_ast(pass.reborrow())?;
        pass.push_sql(", ");
        self.columns.1.walk_ast(pass.reborrow())?;
        pass.push_sql(match self.direction.0 {
            Direction::Ascending => ") > (",
            Direction::Descending => ") < (",
        });
        self.values.0.walk_ast(pass.reborrow())?;
        pass.push_sql(", ");
        self.values.1.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}
