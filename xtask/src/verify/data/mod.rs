//! The data crate: tables, readers, synthetic data.

mod certified;
mod messages;
mod moments;
mod readers;
mod synthetic;
mod tables;

pub(super) use certified::checks as certified;
pub(super) use messages::checks as messages;
pub(super) use moments::checks as moments;
pub(super) use readers::checks as readers;
pub(super) use synthetic::checks as synthetic;
pub(super) use tables::checks as tables;
