//! Training and test data.
//!
//! Stratified: of a class with c examples, round(f·c) go to the first part, but at least one and at most
//! c − 1. Invariant: the parts are disjoint, together they are the whole, both hold both classes and
//! have weight, each class of each, and the same seed gives the same parts on every platform.

use crate::dataset::is_event;
use crate::random::Random;
use crate::shown::shown;
use crate::{Dataset, Error};

impl Dataset {
    /// Divides the examples at random into a training part and a test part.
    ///
    /// `fraction`, above 0 and below 1, is the training part's share of each class, rounded to whole
    /// examples; each part is in random order.
    ///
    /// ```
    /// use chainrule_data::Separable;
    ///
    /// let data = Separable::new(50, 3).balance(0.2).generate()?.dataset;
    /// let (train, test) = data.split(0.8, 1)?;
    /// assert_eq!((train.len(), train.events()), (40, 8));
    /// assert_eq!((test.len(), test.events()), (10, 2));
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a fraction out of range; [`Error::ClassTooSmall`] if a class has fewer
    /// than two examples; [`Error::ClassWithoutWeight`] if the weights leave a class without weight, in the whole or
    /// in a part; [`Error::PartWeight`] if the weights of a part are all 0, or add up to less than
    /// [`with_weights`](Dataset::with_weights) takes.
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Dataset, Dataset), Error> {
        if !(fraction > 0.0 && fraction < 1.0) {
            let wanted = "a fraction between 0 and 1";
            return Err(Error::Parameter { name: "the training fraction", value: fraction, wanted });
        }
        let events = self.events();
        // How many of each class the training part still wants: others, then events.
        let mut wanted = [
            share(fraction, self.len() - events, &self.classes().other)?,
            share(fraction, events, &self.classes().event)?,
        ];
        let (train, test) = Random::new(seed).permutation(self.len()).into_iter().partition(|&row| {
            let left: &mut usize = &mut wanted[usize::from(is_event(self.labels()[row]))];
            let taken = *left > 0;
            *left = left.saturating_sub(1);
            taken
        });
        let (train, test): (Vec<usize>, Vec<usize>) = (train, test);
        let part = |rows: &[usize], part| {
            let rows = self.rows(rows).map_err(|_| Error::PartWeight { part })?;
            Ok((rows, part))
        };
        let parts = [part(&train, "training")?, part(&test, "test")?];
        self.expect_class_weights()?;
        parts.iter().try_for_each(|(data, part)| data.expect_class_weights_of(Some(part)))?;
        let [(train, _), (test, _)] = parts;
        Ok((train, test))
    }
}

/// The training part's share of a class.
fn share(fraction: f64, examples: usize, class: &str) -> Result<usize, Error> {
    if examples < 2 {
        return Err(Error::ClassTooSmall { class: shown(class), examples });
    }
    Ok(((fraction * examples as f64).round() as usize).clamp(1, examples - 1))
}
