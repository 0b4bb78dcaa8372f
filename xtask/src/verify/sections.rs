//! The sections of `verify`: what there is, and how they run side by side.
//!
//! Sections share nothing. They run on as many threads as there are cores, and their rows come out in the order of the table. A section that
//! panics, errs or does not end is a failed row that names it: a wrong program may do any of that.
//!
//! Invariant: every section of the table ends as rows or as a failed row.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use super::{Check, Effort, Emit, graph, lesson, model, program};
use crate::error::Error;

/// Some rows about one part of the project.
#[derive(Clone, Copy)]
pub(super) struct Section {
    /// The part and what of it, as in `graph operations`.
    pub(super) name: &'static str,
    run: fn(&Effort, &mut Emit<'_>) -> Result<(), Error>,
}

/// All sections, in the order of the report.
pub(super) const SECTIONS: &[Section] = &[
    Section { name: "lesson textbook", run: lesson::of_textbook },
    Section { name: "graph operations", run: graph::operations },
    Section { name: "lesson logistic", run: lesson::of_logistic },
    Section { name: "program programs", run: program::programs },
    Section { name: "model objectives", run: model::objectives },
    Section { name: "model fits", run: model::fits },
    Section { name: "graph budgets", run: graph::budgets },
];

/// How long a section may take before it is said not to end: five times the promise for a whole run.
fn patience(effort: &Effort) -> Duration {
    Duration::from_secs(if effort.deep { 5 * 30 * 60 } else { 5 * 60 })
}

enum Message {
    Began(usize),
    Row(usize, Check),
    Ended(usize),
}

/// Runs sections and hands on their rows in the order of the sections.
pub(super) fn run(sections: &[Section], effort: Effort, emit: &mut Emit<'_>) {
    note_where_panics_happen();
    let queue = Arc::new((sections.to_vec(), AtomicUsize::new(0)));
    let (sender, receiver) = mpsc::channel();
    let worker = || work(Arc::clone(&queue), effort, sender.clone());
    (0..thread::available_parallelism().map_or(1, usize::from)).for_each(|_| worker());
    let mut rows: BTreeMap<usize, Vec<Check>> =
        (0..sections.len()).map(|index| (index, Vec::new())).collect();
    let mut running: BTreeMap<usize, Instant> = BTreeMap::new();
    let mut next = 0;
    let mut open = sections.len();
    let mut ended = vec![false; sections.len()];
    while open > 0 {
        match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(Message::Began(index)) => drop(running.insert(index, Instant::now())),
            // Rows of a section that has been given up come too late.
            Ok(Message::Row(index, check)) => {
                if !ended[index] {
                    rows.entry(index).or_default().push(check);
                }
            }
            Ok(Message::Ended(index)) => {
                if !ended[index] {
                    (ended[index], open) = (true, open - 1);
                }
                running.remove(&index);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let late: Vec<usize> = running
            .iter()
            .filter(|(_, began)| began.elapsed() > patience(&effort))
            .map(|(&index, _)| index)
            .collect();
        for index in late {
            running.remove(&index);
            rows.entry(index).or_default().push(broken(sections[index].name, "it does not end".to_owned()));
            (ended[index], open) = (true, open - 1);
            // Its thread cannot be stopped; another one takes its place.
            worker();
        }
        while next < sections.len() {
            rows.get_mut(&next).map(std::mem::take).unwrap_or_default().into_iter().for_each(&mut *emit);
            if !ended[next] {
                break;
            }
            next += 1;
        }
    }
    while next < sections.len() {
        rows.remove(&next).unwrap_or_default().into_iter().for_each(&mut *emit);
        next += 1;
    }
}

/// A thread that takes one section after another.
fn work(queue: Arc<(Vec<Section>, AtomicUsize)>, effort: Effort, sender: Sender<Message>) {
    thread::spawn(move || {
        let (sections, taken) = &*queue;
        // A receiver that has gone away has all it wants.
        while let Some((index, section)) = {
            let index = taken.fetch_add(1, Ordering::Relaxed);
            sections.get(index).map(|section| (index, section))
        } {
            let _ = sender.send(Message::Began(index));
            let rows = sender.clone();
            let send = move |check| drop(rows.send(Message::Row(index, check)));
            judge(section, &effort, &mut { send });
            let _ = sender.send(Message::Ended(index));
        }
    });
}

/// Runs one section; how it failed to end is a row too.
fn judge(section: &Section, effort: &Effort, emit: &mut Emit<'_>) {
    LAST_PANIC.with(|last| *last.borrow_mut() = Some(String::new()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| (section.run)(effort, emit)));
    let noted = LAST_PANIC.with(RefCell::take).unwrap_or_default();
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => emit(broken(section.name, error.to_string())),
        Err(payload) => {
            let said = if noted.is_empty() { said(payload.as_ref()) } else { noted };
            emit(broken(section.name, format!("a panic, {said}")));
        }
    }
}

/// The row of a section that broke off.
fn broken(name: &str, how: String) -> Check {
    let mut check = Check::new(name, "what is verified", "running to its end", 0.0);
    check.expect(false, || how);
    check
}

fn said(payload: &dyn Any) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

thread_local! {
    /// Where a section's thread has panicked last; nothing on threads that run no section.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic of a section's thread is noted with its place instead of printed.
fn note_where_panics_happen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_noted = LAST_PANIC.with(|last| match &mut *last.borrow_mut() {
                Some(noted) => {
                    *noted = info.to_string().replace('\n', " ");
                    true
                }
                None => false,
            });
            if !is_noted {
                before(info);
            }
        }));
    });
}
