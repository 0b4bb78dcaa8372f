//! The lesson: the textbook's graph, the loss of one example, and where the textbook's formula breaks.

pub(super) mod breaks;
mod logistic;
pub(super) mod routes;
mod textbook;

use chainrule_graph::Table;

use super::{Check, Effort, Emit};
use crate::error::Error;

/// J = 3(a + bc).
pub(super) fn of_textbook(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    textbook::checks(&Table, emit)?;
    Ok(())
}

/// The derivatives of the log-loss.
pub(super) fn of_logistic(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    logistic::checks(&Table, emit)?;
    Ok(())
}

/// What is shown as well as checked: where the textbook formula breaks, every route logit by logit.
pub(super) struct Shown {
    pub(super) breaks: breaks::Breaks,
    pub(super) routes: Vec<routes::Route>,
}

impl Shown {
    pub(super) fn measure() -> Result<Self, Error> {
        Ok(Shown { breaks: breaks::demonstrate()?, routes: routes::measure()? })
    }

    pub(super) fn checks(&self) -> impl Iterator<Item = Check> {
        self.breaks.checks().into_iter().chain(self.routes.iter().filter_map(routes::Route::check))
    }
}
