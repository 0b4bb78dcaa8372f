//! The sweeps alone: forward, forward and reverse, at f64 and at dual numbers, and the tape.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to say")]

use std::time::Duration;

use chainrule_bench::{Workload, chain, example_loss};
use chainrule_graph::{Dual, Graph, Real, Tape};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const CHAIN: usize = 100_000;
const FEATURES: usize = 32;

fn graphs(criterion: &mut Criterion) {
    let graph = Graph::new();
    on_graph(criterion, &format!("chain of {CHAIN}"), &graph, &chain(&graph, CHAIN));
    let graph = Graph::new();
    on_graph(
        criterion,
        &format!("log-loss over {FEATURES} features"),
        &graph,
        &example_loss(&graph, FEATURES),
    );
}

fn on_graph(criterion: &mut Criterion, name: &str, graph: &Graph, workload: &Workload<'_>) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(graph.len() as u64));
    group.bench_function("forward", |bencher| bencher.iter(|| graph.at(&workload.bindings).unwrap()));
    group.bench_function("forward and reverse", |bencher| {
        bencher.iter(|| graph.at(&workload.bindings).unwrap().gradient(workload.output).unwrap());
    });
    let seeded: Vec<_> =
        workload.bindings.iter().map(|&(leaf, value)| (leaf, Dual::variable(value))).collect();
    group.bench_function("forward and reverse at dual numbers", |bencher| {
        bencher.iter(|| graph.at(&seeded).unwrap().gradient(workload.output).unwrap());
    });
    group.finish();
}

fn tapes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("chain of {CHAIN}"));
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(CHAIN as u64));
    group.bench_function("tape, recording and reverse", |bencher| {
        bencher.iter(|| {
            let tape = Tape::new();
            let x = tape.var(0.5);
            let y = (0..CHAIN).fold(x, |y, _| y.sin());
            tape.gradient(&y).unwrap()[x]
        });
    });
    group.finish();
}

criterion_group!(benches, graphs, tapes);
criterion_main!(benches);
