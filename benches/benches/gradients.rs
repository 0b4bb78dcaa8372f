//! The two gradients of the mean log-loss, closed form and graph, over whole datasets.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to say")]

use std::time::Duration;

use chainrule_bench::{SIZES, dataset};
use chainrule_model::{Gradient, Objective};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::DVector;

fn gradients(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gradient");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    for (examples, features) in SIZES {
        let data = dataset(examples, features).unwrap();
        let point = DVector::from_fn(features + 1, |j, _| 0.1 * (j % 7) as f64 - 0.3);
        group.throughput(Throughput::Elements(examples as u64));
        for (name, route) in [("closed form", Gradient::ClosedForm), ("graph", Gradient::Graph)] {
            let objective = Objective::new(&data, 0.0, route).unwrap();
            let size = format!("{examples}x{features}");
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| objective.gradient(&point).unwrap());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, gradients);
criterion_main!(benches);
