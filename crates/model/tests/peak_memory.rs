//! A fit needs little room beside the data.

use chainrule_data::Dataset;
use chainrule_model::{LogisticRegression, Penalty};
use nalgebra::{DMatrix, DVector};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

#[test]
fn a_fit_takes_at_most_fifteen_hundredths_of_the_data_beside_them() {
    let (examples, columns) = (400_000, 20);
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(examples, columns, |i, j| part(i * (2 * j + 3), 0.618_033_988_75) + 0.2);
    let labels = DVector::from_fn(examples, |i, _| {
        f64::from(u8::from(part(i, 0.414_213_562) < 1.0 / (1.0 + (1.0 - 2.0 * features[(i, 1)]).exp())))
    });
    let names = (1..=columns).map(|j| format!("x{j}")).collect();
    let data = Dataset::new(features, labels, names).unwrap();
    let own = (examples * (columns + 1) * size_of::<f64>()) as f64;
    for penalty in [Penalty::None, Penalty::L2(1e-5), Penalty::Firth] {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let fit = LogisticRegression::new().penalty(penalty).fit(&data).unwrap();
        let more = (ALLOCATOR.peak_usage() - before) as f64;
        assert!(fit.converged());
        assert!(more <= 0.15 * own, "{penalty:?}: {:.3} of the data", more / own);
    }

    // Separated classes, whose direction is searched for and looked at again over all examples.
    let labels = DVector::from_fn(examples, |i, _| f64::from(u8::from(data.features()[(i, 1)] > 0.7)));
    let names = data.feature_names().to_vec();
    let separated = Dataset::new(data.features().clone(), labels, names).unwrap();
    drop(data);
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    assert!(LogisticRegression::new().fit(&separated).is_err());
    let more = (ALLOCATOR.peak_usage() - before) as f64;
    assert!(more <= 0.15 * own, "separated: {:.3} of the data", more / own);
}
