//! A share that says how much it is worth.

use serde::Serialize;
use utoipa::ToSchema;

use crate::text_enum;

/// Below this many cases a share says nothing.
pub const ENOUGH: i64 = 20;

/// The quantile of the normal distribution for an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

text_enum! {
    /// What a figure may be used for.
    pub enum Claim {
        /// Fewer than 20 cases: no conclusion can be drawn.
        Insufficient = "insufficient",
        /// An estimate with the given interval.
        Estimate = "estimate",
    }
}

/// `k` out of `n` cases, and how much that says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "k": 3, "n": 20, "rate": 0.15, "ci95": [0.0524, 0.3604], "claim": "estimate", "waiting": 4,
    "definition": "Applications that reached an offer, of all that one applied for and that do not wait any more."
}))]
pub struct Figure {
    /// In how many cases it was so.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 3)]
    pub k: i64,
    /// Of how many. What is still waited for is not among them.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 20)]
    pub n: i64,
    /// `k / n`, rounded to 4 decimals; null when there is no case.
    #[schema(required, minimum = 0, maximum = 1, example = 0.15)]
    pub rate: Option<f64>,
    /// Lower and upper end of the interval in which the true share lies with 95 % confidence (Wilson),
    /// rounded to 4 decimals; null when there is no case.
    #[schema(required, value_type = Option<Vec<Share>>, min_items = 2, max_items = 2, example = json!([0.0524, 0.3604]))]
    pub ci95: Option<[f64; 2]>,
    /// `insufficient` below 20 cases: then no conclusion should be drawn.
    pub claim: Claim,
    /// How many are still waited for; they are counted in neither `k` nor `n`.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 4)]
    pub waiting: i64,
    /// What `k` and `n` count, in words.
    #[schema(
        max_length = 300,
        example = "Applications that reached an offer, of all that one applied for and that do not wait any more."
    )]
    pub definition: &'static str,
}

/// A share between nothing and all, as the document shows it.
#[derive(ToSchema)]
#[schema(minimum = 0, maximum = 1, example = 0.15)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct Share(f64);

impl Figure {
    /// The figure of `k` out of `n`.
    pub fn new(k: i64, n: i64, waiting: i64, definition: &'static str) -> Self {
        Self {
            k,
            n,
            rate: (n > 0).then(|| rounded(real(k) / real(n))),
            ci95: (n > 0).then(|| wilson(k, n).map(rounded)),
            claim: if n < ENOUGH {
                Claim::Insufficient
            } else {
                Claim::Estimate
            },
            waiting,
            definition,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody has more than 2^53 applications"
)]
fn real(count: i64) -> f64 {
    count as f64
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

/// Both ends of the Wilson interval: unlike the plain one it is right for few cases and for shares of
/// nothing or all.
fn wilson(k: i64, n: i64) -> [f64; 2] {
    let (share, cases) = (real(k) / real(n), real(n));
    let scale = 1.0 + Z * Z / cases;
    let middle = (share + Z * Z / (2.0 * cases)) / scale;
    let variance = share * (1.0 - share) / cases + Z * Z / (4.0 * cases * cases);
    let reach = Z * variance.sqrt() / scale;
    let low = if k == 0 { 0.0 } else { middle - reach };
    let high = if k == n { 1.0 } else { middle + reach };
    [low.clamp(0.0, 1.0), high.clamp(0.0, 1.0)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figure(k: i64, n: i64) -> Figure {
        Figure::new(k, n, 0, "Of all.")
    }

    #[test]
    fn the_interval_is_wilsons() {
        for (k, n, interval) in [
            (1, 10, [0.0179, 0.4042]),
            (0, 5, [0.0, 0.4345]),
            (3, 20, [0.0524, 0.3604]),
            (5, 5, [0.5655, 1.0]),
            (10, 10, [0.7225, 1.0]),
            (50, 100, [0.4038, 0.5962]),
        ] {
            assert_eq!(figure(k, n).ci95, Some(interval), "{k} of {n}");
        }
    }

    #[test]
    fn nothing_has_neither_a_rate_nor_an_interval() {
        let nothing = figure(0, 0);
        assert_eq!((nothing.rate, nothing.ci95), (None, None));
        assert_eq!(nothing.claim, Claim::Insufficient);
    }

    #[test]
    fn twenty_cases_are_enough_for_an_estimate() {
        assert_eq!(figure(3, 19).claim, Claim::Insufficient);
        assert_eq!(figure(3, 20).claim, Claim::Estimate);
    }

    #[test]
    fn a_rate_has_four_decimals() {
        assert_eq!(figure(1, 3).rate, Some(0.3333));
        assert_eq!(figure(2, 3).rate, Some(0.6667));
    }

    proptest! {
        #[test]
        fn the_rate_lies_in_its_interval_and_that_between_nothing_and_all(n in 1i64..100_000, part in 0.0f64..=1.0) {
            #[expect(clippy::cast_possible_truncation, reason = "a share of n is at most n")]
            let k = (real(n) * part).floor() as i64;
            let it = figure(k, n);
            let (rate, [low, high]) = (it.rate.expect("a rate"), it.ci95.expect("an interval"));
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            prop_assert!(low <= rate && rate <= high);
            // The opposite share has the mirrored interval.
            let [other_low, other_high] = figure(n - k, n).ci95.expect("an interval");
            prop_assert!((other_low - (1.0 - high)).abs() < 2e-4 && (other_high - (1.0 - low)).abs() < 2e-4);
        }

        #[test]
        fn more_cases_make_the_interval_narrower(k in 0i64..50, more in 0i64..50, times in 2i64..20) {
            let width = |it: Figure| it.ci95.map(|[low, high]| high - low).expect("an interval");
            let n = k + more.max(1);
            prop_assert!(width(figure(k * times, n * times)) < width(figure(k, n)));
        }
    }
}
