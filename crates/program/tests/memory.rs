//! What a run needs beside the data, as the allocator counts it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use chainrule_graph::Graph;
use chainrule_program::Program;
use common::{LOSSES, numbers};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

#[test]
fn memory_does_not_grow_with_the_examples() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse(LOSSES[2]).unwrap()).unwrap();
    let extra = |examples: usize| {
        let (x, y) = (numbers(1, examples), numbers(2, examples));
        let columns: [&[f64]; 2] = [&x, &y];
        let over = program.over(&columns).unwrap();
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        over.value_and_gradient(&[0.7, -0.3]).unwrap();
        over.hessian(&[0.7, -0.3]).unwrap();
        ALLOCATOR.peak_usage() - before
    };
    let (few, many) = (extra(10_000), extra(1_000_000));
    assert_eq!(few, many);
    assert!(many < 200_000, "{many} bytes beside 16 million of data");
}
