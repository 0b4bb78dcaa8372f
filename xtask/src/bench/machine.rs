//! What a run was made on.
//!
//! Invariant: what the machine does not tell is left out, not guessed.

use std::process::Command;

/// The machine and the day.
pub(super) struct Machine {
    /// As 2026-01-31, in UTC.
    pub(super) date: String,
    processor: Option<String>,
    cores: Option<usize>,
    compiler: Option<String>,
}

impl Machine {
    pub(super) fn this() -> Self {
        let version = Command::new("rustc").arg("--version").output().ok();
        Machine {
            date: time::OffsetDateTime::now_utc().date().to_string(),
            processor: std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| processor(&text)),
            cores: std::thread::available_parallelism().ok().map(usize::from),
            compiler: version
                .and_then(|output| Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())),
        }
    }

    /// One line.
    pub(super) fn description(&self) -> String {
        let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
        let cores = self.cores.map(|cores| format!("{cores} cores"));
        let parts = [self.processor.clone(), cores, vectors(), Some(system), self.compiler.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// For the name of a file: the processor, in small letters, digits and dashes.
    pub(super) fn slug(&self) -> String {
        let name = self.processor.as_deref().unwrap_or(std::env::consts::ARCH);
        let words: Vec<String> = name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        words.join("-")
    }
}

/// The name that Linux knows the processor by.
fn processor(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The widest vector instructions there are.
#[cfg(target_arch = "x86_64")]
fn vectors() -> Option<String> {
    let widest = if std::arch::is_x86_feature_detected!("avx512f") {
        "AVX-512"
    } else if std::arch::is_x86_feature_detected!("avx2") {
        "AVX2"
    } else {
        "SSE2"
    };
    Some(widest.to_owned())
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors() -> Option<String> {
    None
}
