//! Sums over columns, several examples and a few columns at a time: what every pass over data is made of.
//!
//! A column is a slice of a whole number of [`LANES`] examples. Each kernel is a plain loop that is inlined into its caller, which decides about
//! vector instructions (`pulp::Arch::dispatch`); four columns abreast, so that sums do not wait for each other and what is common is loaded once.
//!
//! Invariant: sums are taken in a fixed order: lane by lane over the groups, then over the lanes.

#![expect(
    clippy::needless_range_loop,
    reason = "a plain loop over slices of one length is what becomes vector instructions"
)]

use pulp::Simd;

/// How many examples run side by side: the widest vector there is.
pub const LANES: usize = 8;

/// How many columns are taken at once.
pub const ABREAST: usize = 4;

/// sums += Σₖ factorₖ·columnₖ, in the order of the columns.
#[inline(always)]
pub fn add_products(sums: &mut [f64], factors: [f64; ABREAST], columns: [&[f64]; ABREAST]) {
    let n = sums.len();
    let [a, b, c, d] = columns;
    let (a, b, c, d) = (&a[..n], &b[..n], &c[..n], &d[..n]);
    let [fa, fb, fc, fd] = factors;
    for i in 0..n {
        let sum = fa.mul_add(a[i], sums[i]);
        let sum = fb.mul_add(b[i], sum);
        let sum = fc.mul_add(c[i], sum);
        sums[i] = fd.mul_add(d[i], sum);
    }
}

/// sums += factor·column
#[inline(always)]
pub fn add_product(sums: &mut [f64], factor: f64, column: &[f64]) {
    let n = sums.len();
    let column = &column[..n];
    for i in 0..n {
        sums[i] = factor.mul_add(column[i], sums[i]);
    }
}

/// Σ adjoint·column over the examples, for each column.
#[inline(always)]
pub fn products<S: Simd>(simd: S, adjoint: &[f64], columns: [&[f64]; ABREAST]) -> [f64; ABREAST] {
    let [a, b, c, d] = columns;
    let [[a], [b], [c], [d]] = pairs(simd, [a, b, c, d], [adjoint]);
    [a, b, c, d]
}

/// Σ adjoint·column over the examples.
#[inline(always)]
pub fn product<S: Simd>(simd: S, adjoint: &[f64], column: &[f64]) -> f64 {
    let [[sum]] = pairs(simd, [column], [adjoint]);
    sum
}

/// Σ column over the examples.
#[inline(always)]
pub fn total<S: Simd>(simd: S, column: &[f64]) -> f64 {
    let ones = [1.0; 64 * LANES];
    let mut sum = 0.0;
    let mut rest = column;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(ones.len()));
        sum += product(simd, &ones[..now.len()], now);
        rest = later;
    }
    sum
}

/// (sums, lost) += Σₖ factorₖ·columnₖ, in the order of the columns, with what the operations lose added up beside: sums + lost is about as precise as if computed
/// with twice the digits (Ogita, Rump and Oishi, *SIAM Journal on Scientific Computing* 26, 2005).
#[inline(always)]
pub fn add_products_compensated(
    sums: &mut [f64],
    lost: &mut [f64],
    factors: [f64; ABREAST],
    columns: [&[f64]; ABREAST],
) {
    let n = sums.len();
    let lost = &mut lost[..n];
    let [a, b, c, d] = columns;
    let (a, b, c, d) = (&a[..n], &b[..n], &c[..n], &d[..n]);
    let [fa, fb, fc, fd] = factors;
    for i in 0..n {
        let known = (sums[i], lost[i]);
        let known = with_product(known, fa, a[i]);
        let known = with_product(known, fb, b[i]);
        let known = with_product(known, fc, c[i]);
        (sums[i], lost[i]) = with_product(known, fd, d[i]);
    }
}

/// The same of one column.
#[inline(always)]
pub fn add_product_compensated(sums: &mut [f64], lost: &mut [f64], factor: f64, column: &[f64]) {
    let n = sums.len();
    let (lost, column) = (&mut lost[..n], &column[..n]);
    for i in 0..n {
        (sums[i], lost[i]) = with_product((sums[i], lost[i]), factor, column[i]);
    }
}

/// Sum and loss with one more product.
#[inline(always)]
fn with_product((sum, lost): (f64, f64), factor: f64, value: f64) -> (f64, f64) {
    let product = factor * value;
    let of_product = factor.mul_add(value, -product);
    let (sum, of_sum) = two_sum(sum, product);
    (sum, lost + (of_sum + of_product))
}

/// The rounded sum of two numbers, and what the rounding lost, exactly (Knuth).
#[inline(always)]
pub fn two_sum(one: f64, other: f64) -> (f64, f64) {
    let sum = one + other;
    let of_other = sum - one;
    (sum, (one - (sum - of_other)) + (other - of_other))
}

/// Σ adjoint·column over the examples for each column, and what the operations lost.
#[inline(always)]
pub fn products_compensated<S: Simd, const M: usize>(
    simd: S,
    adjoint: &[f64],
    columns: [&[f64]; M],
) -> [(f64, f64); M] {
    match S::F64_LANES {
        8 => compensated_in::<S, 1, M>(simd, adjoint, columns),
        4 => compensated_in::<S, 2, M>(simd, adjoint, columns),
        2 => compensated_in::<S, 4, M>(simd, adjoint, columns),
        _ => compensated_in::<S, 8, M>(simd, adjoint, columns),
    }
}

/// Σ left·right over the examples, for each pair of some columns and others.
#[inline(always)]
pub fn pairs<S: Simd, const M: usize, const N: usize>(
    simd: S,
    left: [&[f64]; M],
    right: [&[f64]; N],
) -> [[f64; N]; M] {
    // A group is one vector or several, so that sums are the same with narrow ones.
    match S::F64_LANES {
        8 => pairs_in::<S, 1, M, N>(simd, left, right),
        4 => pairs_in::<S, 2, M, N>(simd, left, right),
        2 => pairs_in::<S, 4, M, N>(simd, left, right),
        _ => pairs_in::<S, 8, M, N>(simd, left, right),
    }
}

/// How many columns times a curvature are multiplied at once with how many columns: as many sums as there are registers for, since each number that is
/// loaded then serves several.
pub const TILE: usize = 4;
const ACROSS: usize = 4;

/// totals += Σ curvature·columnⱼ·columnₖ over the examples for k ≤ j, the lower triangle row by row.
///
/// `bent` is room for a tile of columns of as many examples. An example of curvature 0 adds nothing, whatever its columns hold.
#[inline(always)]
pub fn add_gram<S: Simd>(
    simd: S,
    curvature: &[f64],
    columns: &[&[f64]],
    bent: &mut [Vec<f64>; TILE],
    totals: &mut [f64],
) {
    let n = curvature.len();
    let mut first = 0;
    while first < columns.len() {
        // A tile: columns times the curvature (the last again if there are fewer) with all columns up to the last of them.
        let last = (first + TILE).min(columns.len()) - 1;
        for j in 0..TILE {
            let column = &columns[(first + j).min(last)][..n];
            let target = &mut bent[j][..n];
            for i in 0..n {
                target[i] = if curvature[i] == 0.0 { 0.0 } else { curvature[i] * column[i] };
            }
        }
        let mut tile = [&[][..]; TILE];
        for j in 0..TILE {
            tile[j] = &bent[j][..n];
        }
        let mut k = 0;
        while k <= last {
            let mut others = [&[][..]; ACROSS];
            for across in 0..ACROSS {
                others[across] = columns[(k + across).min(last)];
            }
            let sums = tile_sums(simd, tile, others);
            for j in first..=last {
                for across in 0..ACROSS {
                    if k + across <= j {
                        let sum = sums[j - first][across];
                        let is_spoilt = sum.is_nan();
                        let sum =
                            if is_spoilt { careful_product(tile[j - first], others[across]) } else { sum };
                        totals[j * (j + 1) / 2 + k + across] += sum;
                    }
                }
            }
            k += ACROSS;
        }
        first += TILE;
    }
}

/// Σ left·right over the examples for the pairs of a tile. Where vectors are narrow there are fewer registers, and the tile is taken in quarters; each sum is the same.
#[inline(always)]
fn tile_sums<S: Simd>(simd: S, tile: [&[f64]; TILE], others: [&[f64]; ACROSS]) -> [[f64; ACROSS]; TILE] {
    if S::F64_LANES == LANES {
        return pairs(simd, tile, others);
    }
    let mut sums = [[0.0; ACROSS]; TILE];
    for half in 0..2 {
        for side in 0..2 {
            let (j, k) = (half * TILE / 2, side * ACROSS / 2);
            let quarter = pairs(simd, [tile[j], tile[j + 1]], [others[k], others[k + 1]]);
            for at in 0..TILE / 2 {
                sums[j + at][k..k + ACROSS / 2].copy_from_slice(&quarter[at]);
            }
        }
    }
    sums
}

/// The product of the chain rule as the graph crate's table has it: 0 · ∞ is 0, and an adjoint of 0 gives 0 whatever the partial.
#[inline(always)]
pub(crate) fn chain(adjoint: f64, partial: f64) -> f64 {
    let product = adjoint * partial;
    let is_zero = adjoint == 0.0 || (partial == 0.0 && !adjoint.is_nan());
    if product.is_nan() && is_zero { 0.0 } else { product }
}

/// The product of a weight: 0 where either is 0, whatever the other one is.
#[inline(always)]
pub(crate) fn route(weight: f64, carried: f64) -> f64 {
    let product = weight * carried;
    if product.is_nan() && (weight == 0.0 || carried == 0.0) { 0.0 } else { product }
}

/// Σ adjoint·column by the product of the chain rule.
#[cold]
#[inline(never)]
pub fn careful_product(adjoint: &[f64], column: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (adjoint, value) in adjoint.iter().zip(column) {
        sum += chain(*adjoint, *value);
    }
    sum
}

#[inline(always)]
fn pairs_in<S: Simd, const PARTS: usize, const M: usize, const N: usize>(
    simd: S,
    left: [&[f64]; M],
    right: [&[f64]; N],
) -> [[f64; N]; M] {
    let mut sums = [[[simd.splat_f64s(0.0); PARTS]; N]; M];
    let mut n = usize::MAX;
    let mut lefts: [&[[S::f64s; PARTS]]; M] = [&[]; M];
    let mut rights: [&[[S::f64s; PARTS]]; N] = [&[]; N];
    for j in 0..M {
        lefts[j] = vectors::<S>(left[j]).as_chunks().0;
        n = n.min(lefts[j].len());
    }
    for k in 0..N {
        rights[k] = vectors::<S>(right[k]).as_chunks().0;
        n = n.min(rights[k].len());
    }
    for j in 0..M {
        lefts[j] = &lefts[j][..n];
    }
    for k in 0..N {
        rights[k] = &rights[k][..n];
    }
    for i in 0..n {
        for k in 0..N {
            let right = rights[k][i];
            for j in 0..M {
                let left = lefts[j][i];
                for part in 0..PARTS {
                    sums[j][k][part] = simd.mul_add_f64s(left[part], right[part], sums[j][k][part]);
                }
            }
        }
    }
    let mut totals = [[0.0; N]; M];
    for j in 0..M {
        for k in 0..N {
            totals[j][k] = over_lanes(pulp::bytemuck::cast_slice(&sums[j][k]));
        }
    }
    totals
}

#[inline(always)]
fn compensated_in<S: Simd, const PARTS: usize, const M: usize>(
    simd: S,
    adjoint: &[f64],
    columns: [&[f64]; M],
) -> [(f64, f64); M] {
    let adjoint: &[[S::f64s; PARTS]] = vectors::<S>(adjoint).as_chunks().0;
    let n = adjoint.len();
    let mut groups: [&[[S::f64s; PARTS]]; M] = [&[]; M];
    for j in 0..M {
        groups[j] = &vectors::<S>(columns[j]).as_chunks().0[..n];
    }
    let mut sums = [[simd.splat_f64s(0.0); PARTS]; M];
    let mut lost = [[simd.splat_f64s(0.0); PARTS]; M];
    for i in 0..n {
        for part in 0..PARTS {
            let factor = adjoint[i][part];
            for j in 0..M {
                let value = groups[j][i][part];
                let product = simd.mul_f64s(factor, value);
                let of_product = simd.mul_add_f64s(factor, value, simd.neg_f64s(product));
                let before = sums[j][part];
                let sum = simd.add_f64s(before, product);
                let of_other = simd.sub_f64s(sum, before);
                let of_sum = simd.add_f64s(
                    simd.sub_f64s(before, simd.sub_f64s(sum, of_other)),
                    simd.sub_f64s(product, of_other),
                );
                sums[j][part] = sum;
                lost[j][part] = simd.add_f64s(lost[j][part], simd.add_f64s(of_sum, of_product));
            }
        }
    }
    let mut totals = [(0.0, 0.0); M];
    for j in 0..M {
        let (sums, lost): (&[f64], &[f64]) =
            (pulp::bytemuck::cast_slice(&sums[j]), pulp::bytemuck::cast_slice(&lost[j]));
        for lane in 0..LANES {
            let (sum, more) = two_sum(totals[j].0, sums[lane]);
            totals[j] = (sum, totals[j].1 + (more + lost[lane]));
        }
    }
    totals
}

/// Numbers as vectors; those that do not fill one are left out.
#[inline(always)]
fn vectors<S: Simd>(numbers: &[f64]) -> &[S::f64s] {
    let whole = numbers.len() / S::F64_LANES * S::F64_LANES;
    pulp::bytemuck::cast_slice(&numbers[..whole])
}

/// The sum over the lanes, always in the same order.
#[inline(always)]
fn over_lanes(lanes: &[f64]) -> f64 {
    let mut numbers = [0.0; LANES];
    numbers.copy_from_slice(lanes);
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            numbers[i] += numbers[i + half];
        }
        half /= 2;
    }
    numbers[0]
}
