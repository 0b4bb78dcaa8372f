//! The sections of `verify`: what there is, and how they run side by side.
//!
//! Sections share nothing. They run on as many threads as there are cores, and their rows come out in the order of the table. A section that
//! panics, errs or does not end is a failed row that names it: a wrong program may do any of that.
//!
//! Invariant: every section of the table ends as rows or as a failed row.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use super::{Check, Effort, Emit, check, data, explain, graph, lesson, model, program};
use crate::error::Error;

/// Some rows about one part of the project.
#[derive(Clone, Copy)]
pub(super) struct Section {
    /// The part and what of it, as in `graph operations`.
    pub(super) name: &'static str,
    run: fn(&Effort, &mut Emit<'_>) -> Result<(), Error>,
    /// The sources that a failed row convicts which names none itself, and that a section which breaks off convicts.
    judges: &'static str,
}

/// All sections, in the order of the report.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "lesson textbook",
        run: lesson::of_textbook,
        judges: "crates/graph/src/{graph,run,gradient,sweep,paths,node}.rs",
    },
    Section {
        name: "graph operations",
        run: graph::operations,
        judges: "crates/graph/src/{op,rules,sweep,gradient,dual,tape,record,function,form}.rs",
    },
    Section {
        name: "lesson logistic",
        run: lesson::of_logistic,
        judges: "crates/graph/src/{op,sweep,gradient,run,functions}.rs",
    },
    Section {
        name: "program programs",
        run: program::programs,
        judges: "crates/program/src/{program,passes/fold,passes/share,passes/affine,passes/stabilise,lower,execute,compute,generate,code,functions}.rs",
    },
    Section {
        name: "program random functions",
        run: program::random,
        judges: "crates/program/src/{program,lower,execute,compute,sums,functions,examples}.rs",
    },
    Section {
        name: "program rewritings",
        run: program::rewritings,
        judges: "crates/program/src/{passes/rows,passes/stabilise,passes/log_sum_exp,passes/exponentials,passes/pattern}.rs",
    },
    Section {
        name: "program kernels",
        run: program::kernels,
        judges: "crates/program/src/{kernels,lower,compute}.rs",
    },
    Section {
        name: "program columns",
        run: program::columns,
        judges: "crates/program/src/{program,execute,compute,block,sums,linear,functions,lower}.rs",
    },
    Section {
        name: "program sums",
        run: program::sums,
        judges: "crates/program/src/{kernels,linear,sums}.rs",
    },
    Section {
        name: "program functions",
        run: program::functions,
        judges: "crates/program/src/{functions,compute}.rs",
    },
    Section { name: "program source", run: program::source, judges: "crates/program/src/{generate,code}.rs" },
    Section {
        name: "program passes",
        run: program::passes,
        judges: "crates/program/src/{expression,passes/fold,passes/share,passes/affine}.rs",
    },
    Section {
        name: "program refusals",
        run: program::refusals,
        judges: "crates/program/src/{error,program,expression,block,generate}.rs",
    },
    Section {
        name: "model objectives",
        run: model::objectives,
        judges: "crates/model/src/{objective,examples,closed_form,closed_form/pass,closed_form/block,graph_route}.rs",
    },
    Section {
        name: "model shapes",
        run: model::shapes,
        judges: "crates/model/src/{objective,examples,closed_form,closed_form/pass,closed_form/block,graph_route}.rs",
    },
    Section {
        name: "model exact fits",
        run: model::exact_fits,
        judges: "crates/model/src/{fit,fitting,regression,newton,inference,summary,profile,firth,null}.rs",
    },
    Section {
        name: "model proofs",
        run: model::proofs,
        judges: "crates/model/src/{certificate,verdict}.rs crates/model/src/certificate/{strong_convexity,self_concordance,evidence,reported}.rs",
    },
    Section {
        name: "model solvers",
        run: model::solvers,
        judges: "crates/model/src/{solver,newton,newton_cg,quasi_newton,descent,memory,watch,fitting}.rs",
    },
    Section {
        name: "model separation",
        run: model::separation,
        judges: "crates/model/src/{names,separation,collinear}.rs crates/model/src/separation/{exact,polish,program,single,table}.rs",
    },
    Section {
        name: "check verdicts",
        run: check::verdicts,
        judges: "crates/check/src/{check,gradient,verdict,ridders,stencil,level,scales,report}.rs",
    },
    Section {
        name: "check estimates",
        run: check::estimates,
        judges: "crates/check/src/{derivative,gradient,ridders,scales,doubt,report,place}.rs",
    },
    Section {
        name: "data tables",
        run: data::tables,
        judges: "crates/data/src/{dataset,dataset/parts,dataset/weights,split,standardise}.rs",
    },
    Section {
        name: "data readers",
        run: data::readers,
        judges: "crates/data/src/{csv,csv/records,csv/header,csv/labels,csv/number,csv/write}.rs",
    },
    Section {
        name: "data synthetic",
        run: data::synthetic,
        judges: "crates/data/src/{synthetic,distribution,hyperplane,random}.rs",
    },
    Section { name: "data certified", run: data::certified, judges: "crates/data/src/certified.rs" },
    Section {
        name: "data messages",
        run: data::messages,
        judges: "crates/data/src/{error,csv,dataset,split,standardise,synthetic}.rs",
    },
    Section { name: "data moments", run: data::moments, judges: "crates/data/src/standardise.rs" },
    Section {
        name: "explain steps",
        run: explain::steps,
        judges: "crates/explain/src/{explanation,steps,measured,verify}.rs",
    },
    Section {
        name: "explain readings",
        run: explain::readings,
        judges: "crates/explain/src/{text,latex,json,dot,svg,layout,picture,equation,number,symbols}.rs",
    },
    Section {
        name: "explain remarks",
        run: explain::remarks,
        judges: "crates/explain/src/{equation,domain,error,lesson,measured}.rs",
    },
    Section {
        name: "model fits",
        run: model::fits,
        judges: "crates/model/src/{fit,fitting,regression,newton,descent,inference,certificate}.rs",
    },
    Section { name: "graph known", run: graph::known, judges: "crates/graph/src/{op,float,rules,sweep}.rs" },
    Section {
        name: "graph sweeps",
        run: graph::sweeps,
        judges: "crates/graph/src/{sweep,tape,record,dual,lanes,gradient,run,operators,form}.rs",
    },
    Section {
        name: "graph formulas",
        run: graph::formulas,
        judges: "crates/graph/src/{parser,lexer,reading,misread,functions,listing,form,formula,notation}.rs",
    },
    Section {
        name: "graph misuse",
        run: graph::misuse,
        judges: "crates/graph/src/{graph,node,nodes,run,gradient,tape,record,paths,error,owner,function}.rs",
    },
    Section {
        name: "graph oracle",
        run: graph::oracle,
        judges: "crates/graph/src/oracle/{big,ulps,settle,truth,conviction,judgement}.rs",
    },
    Section {
        name: "graph budgets",
        run: graph::budgets,
        judges: "crates/graph/src/{op,float,oracle/survey,oracle/samples,oracle/judgement}.rs",
    },
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
    run_within(patience(&effort), sections, effort, emit);
}

fn run_within(patience: Duration, sections: &[Section], effort: Effort, emit: &mut Emit<'_>) {
    note_where_panics_happen();
    let queue = Arc::new((sections.to_vec(), AtomicUsize::new(0)));
    let (sender, receiver) = mpsc::channel();
    let worker = || work(Arc::clone(&queue), effort, sender.clone());
    (0..thread::available_parallelism().map_or(1, usize::from)).for_each(|_| worker());
    let mut progress = Progress::new(sections);
    while progress.next < sections.len() {
        match receiver.recv_timeout(TICK) {
            Ok(message) => progress.take(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        for _ in 0..progress.give_up_after(patience) {
            // The thread of what does not end cannot be stopped; another one takes its place.
            worker();
        }
        progress.hand_on(emit);
    }
}

/// How often it is looked at whether a section takes too long.
const TICK: Duration = Duration::from_millis(200);

/// What has come of the sections so far.
struct Progress<'s> {
    sections: &'s [Section],
    states: Vec<State>,
    rows: Vec<Vec<Check>>,
    /// The first section whose rows have not all been handed on.
    next: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Running(Instant),
    Ended,
}

impl<'s> Progress<'s> {
    fn new(sections: &'s [Section]) -> Self {
        let count = sections.len();
        Progress { sections, states: vec![State::Waiting; count], rows: vec![Vec::new(); count], next: 0 }
    }

    /// What a section that has been given up still says comes too late.
    fn take(&mut self, message: Message) {
        match message {
            Message::Began(index) => self.states[index] = State::Running(Instant::now()),
            Message::Row(index, check) if self.states[index] != State::Ended => self.rows[index].push(check),
            Message::Row(..) => {}
            Message::Ended(index) => self.states[index] = State::Ended,
        }
    }

    /// Ends what has run for too long with a failed row, and says how many sections that were.
    fn give_up_after(&mut self, patience: Duration) -> usize {
        let is_late = |state: &State| matches!(state, State::Running(began) if began.elapsed() > patience);
        let late: Vec<usize> = (0..self.states.len()).filter(|&index| is_late(&self.states[index])).collect();
        for &index in &late {
            self.rows[index].push(broken(&self.sections[index], "it does not end".to_owned()));
            self.states[index] = State::Ended;
        }
        late.len()
    }

    /// Hands on what is there of the section whose turn it is, and of those after it once it has ended.
    fn hand_on(&mut self, emit: &mut Emit<'_>) {
        while let Some(rows) = self.rows.get_mut(self.next) {
            rows.drain(..).for_each(&mut *emit);
            if self.states[self.next] != State::Ended {
                break;
            }
            self.next += 1;
        }
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
            let judges = section.judges;
            let send =
                move |check: Check| drop(rows.send(Message::Row(index, check.convicts_at_least(judges))));
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
        Ok(Err(error)) => emit(broken(section, error.to_string())),
        Err(payload) => {
            let said = if noted.is_empty() { said(payload.as_ref()) } else { noted };
            emit(broken(section, format!("a panic, {said}")));
        }
    }
}

/// The row of a section that broke off.
fn broken(section: &Section, how: String) -> Check {
    let mut check =
        Check::new(section.name, "what is verified", "running to its end", 0.0).convicts(section.judges);
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

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDS: Section = Section {
        name: "holds",
        run: |_, emit| {
            let mut check = Check::new("a row", "found", "expected", 0.0);
            check.expect(true, String::new);
            emit(check);
            Ok(())
        },
        judges: "one.rs",
    };
    const PANICS: Section = Section { name: "panics", run: |_, _| panic!("a corner"), judges: "two.rs" };
    const ERRS: Section = Section { name: "errs", run: |_, _| Err(Error::Unmeasured), judges: "two.rs" };
    const HANGS: Section = Section {
        name: "hangs",
        run: |_, _| {
            thread::sleep(Duration::from_secs(5));
            Ok(())
        },
        judges: "two.rs",
    };

    #[test]
    fn whatever_a_section_does_is_a_row_in_its_turn() {
        let (mut rows, mut files) = (Vec::new(), Vec::new());
        let effort = Effort { deep: false, seed: 1 };
        let sections = [PANICS, HANGS, ERRS, HANGS, HANGS, HOLDS];
        run_within(Duration::from_millis(500), &sections, effort, &mut |check| {
            rows.push((check.name().to_owned(), check.passed(), check.findings().concat()));
            files.extend(check.files());
        });
        let names: Vec<&str> = rows.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["panics", "hangs", "errs", "hangs", "hangs", "a row"]);
        assert!(rows[..5].iter().all(|(_, passed, _)| !passed) && rows[5].1);
        assert!(rows[0].2.contains("sections.rs") && rows[0].2.contains("a corner"), "{}", rows[0].2);
        assert_eq!(rows[1].2, "it does not endlook at two.rs");
        assert_eq!(files, ["two.rs", "two.rs", "two.rs", "two.rs", "two.rs", "one.rs"]);
    }
}
