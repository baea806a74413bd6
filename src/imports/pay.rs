//! The pay of one row, from up to four columns.

use super::cells::{Cells, Value};
use super::fields;
use super::problems::WarningCode;
use super::salary::{self, Salary};
use super::synonyms::Field;
use crate::applications::SalaryPeriod;

/// What a row says about pay.
#[derive(Default)]
pub(super) struct Pay {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) period: Option<SalaryPeriod>,
}

impl Cells<'_> {
    /// Puts lower end, upper end, free text and currency together; nothing of it is guessed.
    pub(super) fn pay(&mut self) -> Pay {
        let mut pay = Pay::default();
        let column_currency = self.understood(Field::SalaryCurrency, salary::read_currency);
        pay.period = self.understood(Field::SalaryPeriod, fields::salary_period);
        let low = self.take(Field::SalaryMin);
        let high = self.take(Field::SalaryMax);
        let free = self.take(Field::Salary);
        let mut amounts = |value: &Option<Value<'_>>| {
            let value = value.as_ref()?;
            let found = salary::read_amount(&value.text);
            if found.is_none() {
                self.keep_and_warn(WarningCode::NotUnderstood, value, "is not an amount");
            }
            found
        };
        let (min, max) = (amounts(&low), amounts(&high));
        let bounds = (
            min.as_ref().and_then(|found| found.min),
            max.as_ref().and_then(|found| found.min),
        );
        let upside_down = matches!(bounds, (Some(min), Some(max)) if min > max);
        for (value, found) in [(&low, &min), (&high, &max)] {
            let (Some(value), Some(found)) = (value, found) else {
                continue;
            };
            if upside_down {
                self.keep_and_warn(
                    WarningCode::NotUnderstood,
                    value,
                    "does not go with the other end of the pay",
                );
            } else {
                self.take_currency(&mut pay, &column_currency, found, value);
            }
        }
        if !upside_down {
            (pay.min, pay.max) = bounds;
        }
        if let Some(value) = free {
            match salary::read_salary(&value.text) {
                _ if pay.min.is_some() || pay.max.is_some() => {
                    self.keep(&value.column.header, &value.text)
                }
                Some(found) => {
                    self.take_currency(&mut pay, &column_currency, &found, &value);
                    (pay.min, pay.max) = (found.min, found.max);
                    pay.period = pay.period.or(Some(SalaryPeriod::Year));
                }
                None => self.keep_and_warn(
                    WarningCode::NotUnderstood,
                    &value,
                    "is not surely a yearly amount",
                ),
            }
        }
        pay.currency = column_currency.or(pay.currency);
        pay
    }

    // The cell's own currency, or its header's. The cell is kept as it is when they leave a doubt.
    fn take_currency(
        &mut self,
        pay: &mut Pay,
        column: &Option<String>,
        found: &Salary,
        value: &Value<'_>,
    ) {
        let named = found.currency.or(value.column.currency);
        let settled = column.as_deref().or(pay.currency.as_deref()).or(named);
        let contradicts = found.currency.is_some() && found.currency != settled;
        if contradicts || (found.doubtful_currency && settled.is_none()) {
            self.keep(&value.column.header, &value.text);
        }
        pay.currency = settled.map(str::to_owned);
    }
}
