//! From the entries of `op.rs` to the type [`Op`] and the rule set [`Table`].
//!
//! A sweep takes its rules as a type parameter bounded by [`Rules`]. [`Table`] is the rule set that everyone
//! uses, a type without data, so passing it costs nothing; another rule set (a deliberately corrupted one,
//! to see whether a check notices) can be put in its place.
//!
//! Invariant: this file contains no fact about any operation.

use crate::op::Op;
use crate::real::{Number, Real};

/// A set of rules: what each operation's value is and what its partial derivatives are.
pub trait Rules {
    /// The value of `op` at `arguments`; NaN if their number is not the operation's arity.
    fn value<N: Number>(&self, op: Op, arguments: &[N]) -> N;

    /// ∂y/∂x_k of y = op(x) at `arguments` x, where `value` is y and `position` is k (counted from 0);
    /// NaN if there is no such argument.
    fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R;

    /// What an adjoint of y, or a tangent of x_k, becomes on its way along the edge between them: its product with the partial.
    fn flow<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R, carried: &R) -> R
    where
        Self: Sized,
    {
        let partial = self.partial(op, position, arguments, value);
        crate::sweep::carried(self, op.is_weight(position), carried, &partial)
    }
}

impl<T: Rules> Rules for &T {
    fn value<N: Number>(&self, op: Op, arguments: &[N]) -> N {
        (**self).value(op, arguments)
    }

    fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R {
        (**self).partial(op, position, arguments, value)
    }

    fn flow<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R, carried: &R) -> R {
        (**self).flow(op, position, arguments, value, carried)
    }
}

/// The table of `op.rs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table;

/// A point at which no difference quotient can judge, and the partials that are promised there.
#[derive(Clone, Debug, PartialEq)]
pub struct Convention {
    /// The arguments of the operation.
    pub arguments: Vec<f64>,
    /// The partial derivative by each argument.
    pub partials: Vec<f64>,
}

/// Turns the table's entries into `Op`, its methods, and `impl Rules for Table`.
///
/// Arguments in round brackets are a fixed number of names, one name in square brackets is any number.
macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $op:ident $arguments:tt $(for $n:ident: $exponent:ident in [$($instance:expr),*])? -> $y:ident {
            name: $name:literal,
            value: $value:expr,
            partials: $partials:tt,
            $(weights: [$($weight:literal),*],)?
            $(factors: [$($split:literal => ($factor:expr, $other:expr)),*],)?
            domain: $domain:expr,
            kinks: [$($kink:expr),*],
            probes: [$([$($probe:expr),*]),*],
            conventions: [$([$($at:expr),*] => [$($promised:expr),*]),*],
            ulps: $value_ulps:expr => [$($partial_ulps:expr),*],
            text: $text:expr,
            $(source: $source:expr,)?
            latex: $latex:expr,
        }
    )*) => {
        /// An operation: the key of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Op {
            $($(#[$doc])* $op $(($exponent))?,)*
        }

        #[allow(unused_variables, reason = "an entry need not use all of its arguments")]
        impl Op {
            /// Every operation of the table; those with an exponent once for each of several exponents.
            pub fn all() -> Vec<Op> {
                [$($crate::rules::instances!($op $(, [$($instance),*])?)),*].concat()
            }

            /// The operation's name, as the method of [`Real`] is called.
            pub fn name(self) -> &'static str {
                match self { $($crate::rules::pattern!($op $($n)?) => $name,)* }
            }

            /// The number of arguments; `None` if any number will do.
            pub fn arity(self) -> Option<usize> {
                match self { $($crate::rules::pattern!($op $($n)?) => $crate::rules::arity!($arguments),)* }
            }

            /// The whole-number exponent that is part of the operation, if it has one.
            pub fn exponent(self) -> Option<i32> {
                match self { $($crate::rules::pattern!($op $($n)?) => $crate::rules::first!($($n)?),)* }
            }

            /// The same operation with another exponent; itself if it has none.
            pub fn with_exponent(self, exponent: i32) -> Self {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => $crate::rules::with_exponent!($op, exponent $(, $n)?),)*
                }
            }

            /// Whether the partial by argument `position` is a weight: how much of an adjoint goes this way, nothing, one half or all.
            ///
            /// A weight of 0 lets nothing through, whatever the adjoint is; with any other partial it is an adjoint of 0 that
            /// nothing comes of, whatever the partial is.
            #[inline(always)]
            pub fn is_weight(self, position: usize) -> bool {
                match self { $($crate::rules::pattern!($op $($n)?) => false $($(|| position == $weight)*)?,)* }
            }

            /// The domain, as the condition in the table reads.
            pub fn domain(self) -> &'static str {
                match self { $($crate::rules::pattern!($op $($n)?) => stringify!($domain),)* }
            }

            /// Whether `arguments` lie in the domain; `false` if their number is wrong or one is NaN.
            pub fn in_domain(self, arguments: &[f64]) -> bool {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind_copied!($arguments, arguments, false);
                        $domain && !arguments.iter().any(|argument| argument.is_nan())
                    })*
                }
            }

            /// Expressions whose zeros have no derivative, as they read in the table.
            pub fn kinks(self) -> &'static [&'static str] {
                match self { $($crate::rules::pattern!($op $($n)?) => &[$(stringify!($kink)),*],)* }
            }

            /// The values of the expressions of [`kinks`](Self::kinks) at `arguments`: a kink lies where one
            /// is 0, and between two points where one changes sign.
            pub fn kink_values(self, arguments: &[f64]) -> Vec<f64> {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind_copied!($arguments, arguments, Vec::new());
                        vec![$($kink),*]
                    })*
                }
            }

            /// Argument lists inside the domain and away from kinks, for tests of the partials.
            pub fn probes(self) -> Vec<Vec<f64>> {
                match self { $($crate::rules::pattern!($op $($n)?) => vec![$(vec![$($probe),*]),*],)* }
            }

            /// Points without a derivative, or at the edge of the domain, and the partials promised there.
            pub fn conventions(self) -> Vec<$crate::rules::Convention> {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => {
                        let all: [($crate::rules::Convention, bool); _] = [$({
                            let (arguments, partials) = (vec![$($at),*], vec![$($promised),*]);
                            let is_promise = !partials.iter().any(|partial: &f64| partial.is_nan());
                            ($crate::rules::Convention { arguments, partials }, is_promise)
                        }),*];
                        all.into_iter().filter_map(|(convention, is_promise)| is_promise.then_some(convention)).collect()
                    })*
                }
            }

            /// How far from the truth the value at f64 may be, in units of the last place of the truth; infinite if
            /// the number of arguments is wrong.
            ///
            /// An operation of any number of arguments is measured in units of its value at the magnitudes of the
            /// arguments, Σ|aᵢ| or Σ|aᵢ·bᵢ|, and has this budget once for each argument: a sum that cancels has no
            /// bound relative to what is left.
            ///
            /// The budgets leave room for another platform's exponentials, and are held to by the
            #[cfg_attr(feature = "oracle", doc = "[`oracle`](crate::oracle).")]
            #[cfg_attr(not(feature = "oracle"), doc = "oracle (feature `oracle`).")]
            pub fn value_ulps(self, arguments: &[f64]) -> f64 {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind_copied!($arguments, arguments, f64::INFINITY);
                        $value_ulps
                    })*
                }
            }

            /// How far from the truth the partial at f64 by argument `position` may be, in units of the last place of
            /// the truth; infinite if there is no such argument.
            ///
            /// As every error analysis does, it supposes that the rule's value and intermediate results are normal
            /// numbers: what has under- or overflowed on the way is lost.
            pub fn partial_ulps(self, position: usize, arguments: &[f64]) -> f64 {
                match self {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind_copied!($arguments, arguments, f64::INFINITY);
                        // Of any number of arguments, one budget serves all.
                        let place = if self.arity().is_some() { position } else { 0 };
                        let budget = [$($partial_ulps),*].get(place).copied();
                        budget.filter(|_| position < arguments.len()).unwrap_or(f64::INFINITY)
                    })*
                }
            }

            /// How it prints as text.
            pub fn text(self) -> Form {
                match self { $($crate::rules::pattern!($op $($n)?) => $text,)* }
            }

            /// How it prints as text that [`Graph::parse`](crate::Graph::parse) reads back as the same operation.
            pub fn source(self) -> Form {
                match self { $($crate::rules::pattern!($op $($n)?) => [$($source,)? $text][0],)* }
            }

            /// How it prints as LaTeX.
            pub fn latex(self) -> Form {
                match self { $($crate::rules::pattern!($op $($n)?) => $latex,)* }
            }
        }

        #[allow(unused_variables, reason = "an entry need not use all of its arguments")]
        impl $crate::rules::Rules for $crate::rules::Table {
            #[inline(always)]
            fn value<R: Number>(&self, op: Op, arguments: &[R]) -> R {
                match op {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind!($arguments, arguments, R::constant(f64::NAN));
                        $value
                    })*
                }
            }

            #[inline(always)]
            fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R {
                match op {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind!($arguments, arguments, R::constant(f64::NAN));
                        let $y = value;
                        $crate::rules::at_position!(position, arguments.len(), $partials)
                    })*
                }
            }

            #[inline(always)]
            fn flow<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R, carried: &R) -> R {
                match op {
                    $($crate::rules::pattern!($op $($n)?) => {
                        $crate::rules::bind!($arguments, arguments, R::constant(f64::NAN));
                        let $y = value;
                        $($(if position == $split && !carried.is_known(1.0) {
                            let halfway = $crate::sweep::chain(self, carried, &$factor);
                            return $crate::sweep::chain(self, &halfway, &$other);
                        })*)?
                    })*
                }
                let partial = self.partial(op, position, arguments, value);
                $crate::sweep::carried(self, op.is_weight(position), carried, &partial)
            }
        }
    };
}

/// The pattern of an operation, with its exponent if it has one.
macro_rules! pattern {
    ($op:ident) => {
        Op::$op
    };
    ($op:ident $n:ident) => {
        Op::$op($n)
    };
}

/// An operation, or one for each exponent.
macro_rules! instances {
    ($op:ident) => { vec![Op::$op] };
    ($op:ident, [$($instance:expr),*]) => { vec![$(Op::$op($instance)),*] };
}

/// The operation, with `$exponent` if it takes one.
macro_rules! with_exponent {
    ($op:ident, $exponent:ident) => {
        Op::$op
    };
    ($op:ident, $exponent:ident, $n:ident) => {
        Op::$op($exponent)
    };
}

macro_rules! first {
    () => {
        None
    };
    ($n:ident) => {
        Some($n)
    };
}

macro_rules! arity {
    (($($argument:ident),*)) => { Some([$(stringify!($argument)),*].len()) };
    ([$arguments:ident]) => { None };
}

/// Names the arguments of an entry by reference, or leaves with `$otherwise` if their number is wrong.
macro_rules! bind {
    (($($argument:ident),*), $slice:expr, $otherwise:expr) => {
        let [$($argument),*] = $slice else { return $otherwise };
    };
    ([$arguments:ident], $slice:expr, $otherwise:expr) => { let $arguments = $slice; };
}

/// The same by value, for conditions on plain numbers.
macro_rules! bind_copied {
    (($($argument:ident),*), $slice:expr, $otherwise:expr) => {
        let &[$($argument),*] = $slice else { return $otherwise };
    };
    ([$arguments:ident], $slice:expr, $otherwise:expr) => { let $arguments = $slice; };
}

/// The partial at a position; only that one is computed.
macro_rules! at_position {
    ($position:ident, $arguments:expr, [each $k:ident => $partial:expr]) => {
        match $position {
            $k if $k < $arguments => $partial,
            _ => R::constant(f64::NAN),
        }
    };
    ($position:ident, $arguments:expr, [$p0:expr $(,)?]) => {
        match $position {
            0 => $p0,
            _ => R::constant(f64::NAN),
        }
    };
    ($position:ident, $arguments:expr, [$p0:expr, $p1:expr $(,)?]) => {
        match $position {
            0 => $p0,
            1 => $p1,
            _ => R::constant(f64::NAN),
        }
    };
    ($position:ident, $arguments:expr, [$p0:expr, $p1:expr, $p2:expr $(,)?]) => {
        match $position {
            0 => $p0,
            1 => $p1,
            2 => $p2,
            _ => R::constant(f64::NAN),
        }
    };
}

pub(crate) use {
    arity, at_position, bind, bind_copied, first, instances, operations, pattern, with_exponent,
};
