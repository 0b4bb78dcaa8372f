//! +, −, ×, ÷ and negation for the types that are not machine numbers.
//!
//! Invariant: an operator is one [`Real::apply`](crate::Real::apply) of the operation with its name, so a
//! derivative rule cannot hide in it.

/// Implements the operators, also with an f64 on either side and with the right operand by reference.
macro_rules! real_operators {
    (impl[$($generics:tt)*] $type:ty) => {
        $crate::operators::binary_operator!([$($generics)*] $type, Add, add, AddAssign, add_assign);
        $crate::operators::binary_operator!([$($generics)*] $type, Sub, sub, SubAssign, sub_assign);
        $crate::operators::binary_operator!([$($generics)*] $type, Mul, mul, MulAssign, mul_assign);
        $crate::operators::binary_operator!([$($generics)*] $type, Div, div, DivAssign, div_assign);

        impl<$($generics)*> std::ops::Neg for $type {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                <Self as $crate::Real>::apply(&$crate::Table, $crate::Op::Neg, &[self])
            }
        }
    };
}

macro_rules! binary_operator {
    ([$($generics:tt)*] $type:ty, $trait:ident, $method:ident, $assign:ident, $assign_method:ident) => {
        impl<$($generics)*> std::ops::$trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                <Self as $crate::Real>::apply(&$crate::Table, $crate::Op::$trait, &[self, other])
            }
        }

        impl<$($generics)*> std::ops::$trait<&$type> for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: &Self) -> Self {
                std::ops::$trait::$method(self, other.clone())
            }
        }

        impl<$($generics)*> std::ops::$trait<f64> for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                std::ops::$trait::$method(self, <Self as $crate::Real>::constant(other))
            }
        }

        impl<$($generics)*> std::ops::$trait<$type> for f64 {
            type Output = $type;
            #[inline(always)]
            fn $method(self, other: $type) -> $type {
                std::ops::$trait::$method(<$type as $crate::Real>::constant(self), other)
            }
        }

        impl<$($generics)*> std::ops::$assign for $type {
            #[inline(always)]
            fn $assign_method(&mut self, other: Self) {
                *self = std::ops::$trait::$method(self.clone(), other);
            }
        }

        impl<$($generics)*> std::ops::$assign<f64> for $type {
            #[inline(always)]
            fn $assign_method(&mut self, other: f64) {
                *self = std::ops::$trait::$method(self.clone(), other);
            }
        }
    };
}

pub(crate) use {binary_operator, real_operators};
