//! The scripts that Slurm runs.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::text::shell_quote;

/// Settings of the jobs.
#[derive(Clone, Debug)]
pub struct SlurmOptions {
    /// This program, absolute.
    pub program: PathBuf,
    /// The folder in which the jobs run, absolute.
    pub folder: PathBuf,
    /// Further arguments of `longlag run`.
    pub arguments: Vec<String>,
    /// The number of parts.
    pub shards: u32,
    /// Parts that run at a time; none means as many as Slurm lets.
    pub at_once: Option<u32>,
    /// The partition.
    pub partition: Option<String>,
    /// The limit of each task's time.
    pub time: Option<SlurmTime>,
    /// Seconds before that limit at which a task is told to stop.
    pub grace: u32,
    /// The memory of each task, as Slurm writes it.
    pub memory: Option<String>,
    /// Cores of each task.
    pub cpus: u16,
    /// Trials at a time in each task.
    pub jobs: u16,
    /// Whether a task whose machine died, or whose time was up, is run again.
    pub requeue: bool,
    /// The jobs after which the first one begins, as Slurm writes it.
    pub dependency: Option<String>,
    /// Further options of `sbatch`.
    pub lines: Vec<String>,
}

/// A limit of time as Slurm writes it, such as `90`, `1:30:00` or `2-12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlurmTime {
    text: String,
    /// The limit in seconds; none where there is no limit.
    pub seconds: Option<u64>,
}

/// Text that is no limit of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give minutes, minutes:seconds, hours:minutes:seconds, days-hours or days-hours:minutes:seconds, such as 12:00:00"
)]
pub struct SlurmTimeError;

impl FromStr for SlurmTime {
    type Err = SlurmTimeError;

    fn from_str(text: &str) -> Result<Self, SlurmTimeError> {
        let number = |part: &str| {
            let plain = !part.is_empty() && part.len() <= 9 && part.chars().all(|sign| sign.is_ascii_digit());
            plain.then(|| part.parse::<u64>().ok()).flatten().ok_or(SlurmTimeError)
        };
        let parts = |text: &str| text.split(':').map(number).collect::<Result<Vec<u64>, _>>();
        let (days, rest) = match text.split_once('-') {
            Some((days, rest)) => (Some(number(days)?), parts(rest)?),
            None => (None, parts(text)?),
        };
        let seconds = match (days, &rest[..]) {
            (None, [minutes]) => minutes * 60,
            (None, [minutes, seconds]) => minutes * 60 + seconds,
            (None, [hours, minutes, seconds]) => hours * 3600 + minutes * 60 + seconds,
            (Some(days), [hours]) => days * 86_400 + hours * 3600,
            (Some(days), [hours, minutes]) => days * 86_400 + hours * 3600 + minutes * 60,
            (Some(days), [hours, minutes, seconds]) => days * 86_400 + hours * 3600 + minutes * 60 + seconds,
            _ => return Err(SlurmTimeError),
        };
        Ok(Self { text: text.to_owned(), seconds: (seconds > 0).then_some(seconds) })
    }
}

impl SlurmOptions {
    /// The script of the array job that trains the parts; of the first of two, `is_first`, a part that waits for others has done its work.
    pub(super) fn shards_script(&self, name: &str, suite: &Path, out: &Path, logs: &Path, is_first: bool) -> String {
        let Self { program, shards, jobs, arguments, grace, requeue, .. } = self;
        let mut script = self.head(name, &logs.join("%A_%a.log"), self.cpus);
        let at_once = self.at_once.map(|at_once| format!("%{at_once}")).unwrap_or_default();
        // Slurm tells the batch shell alone, in time for what is under way to be kept.
        let _ = write!(script, "#SBATCH --array=1-{shards}{at_once}\n#SBATCH --signal=B:USR1@{grace}\n");
        script += if *requeue { "#SBATCH --requeue\n" } else { "#SBATCH --no-requeue\n" };
        script += &self.further();
        let _ = write!(
            script,
            "
# Trains one part of {shards} of the suite and stores it in a folder of its own; a part that was interrupted goes on where it stopped.
told='' time_is_up=''
trap 'told=1; kill -TERM \"$child\"' TERM
trap 'told=1; time_is_up=1; kill -TERM \"$child\"' USR1

{} run {} --out {} --shard \"$SLURM_ARRAY_TASK_ID/{shards}\" --jobs {jobs}{} &
child=$!
while :; do
    wait \"$child\"
    code=$?
    # A signal ends the waiting before the program ends.
    [ -n \"$told\" ] || break
    told=''
done
",
            quoted(program),
            quoted(suite),
            quoted(out),
            arguments.iter().map(|argument| format!(" {}", shell_quote(argument))).collect::<String>(),
        );
        if *requeue {
            script += "
# The time was up: what is left is done by the same task, once more. One that is told to stop at once would never get any further.
if [ \"$code\" -eq 130 ] && [ -n \"$time_is_up\" ] && [ \"$SECONDS\" -ge 60 ]; then
    exec scontrol requeue \"$SLURM_JOB_ID\"
fi
";
        }
        if is_first {
            script += "
# What waits for trials of other parts is trained by the next job.
[ \"$code\" -ne 6 ] || code=0
";
        }
        script += "exit \"$code\"\n";
        script
    }

    /// The script of the job that brings the parts in `dir` together.
    pub(super) fn merge_script(&self, name: &str, dir: &Path, logs: &Path) -> String {
        let head = self.head(name, &logs.join("%j.log"), 1);
        let further = self.further();
        let command = format!("exec {} merge {}", quoted(&self.program), quoted(dir));
        format!("{head}{further}\n# Brings the parts together and draws the report.\n{command}\n")
    }

    fn head(&self, name: &str, log: &Path, cpus: u16) -> String {
        let mut head = "#!/bin/bash\n".to_owned();
        let mut line = |option: &str, value: &str| {
            let _ = writeln!(head, "#SBATCH --{option}={value}");
        };
        line("job-name", name);
        line("chdir", &in_line(&self.folder.display().to_string()));
        // Its folder's name may have what Slurm takes for a placeholder.
        let folder = log.parent().map(|folder| folder.display().to_string().replace('%', "%%")).unwrap_or_default();
        let file = log.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        line("output", &in_line(&format!("{folder}/{file}")));
        line("open-mode", "append");
        line("cpus-per-task", &cpus.to_string());
        if let Some(partition) = &self.partition {
            line("partition", &in_line(partition));
        }
        if let Some(time) = &self.time {
            line("time", &time.text);
        }
        if let Some(memory) = &self.memory {
            line("mem", &in_line(memory));
        }
        head
    }

    /// The lines of further options, which come last so that they may change any other.
    fn further(&self) -> String {
        self.lines.iter().map(|line| format!("#SBATCH {line}\n")).collect()
    }
}

/// A path as an argument in a shell script.
fn quoted(path: &Path) -> String {
    shell_quote(&path.display().to_string()).into_owned()
}

/// A value in a line of options.
fn in_line(value: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || "-_./=:,@%+".contains(sign);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_slurm_writes_them() {
        let seconds = |text: &str| text.parse::<SlurmTime>().map(|time| time.seconds);
        for (text, expected) in [
            ("90", 5400),
            ("1:30", 90),
            ("12:00:00", 43_200),
            ("2-12", 216_000),
            ("1-1:1", 90_060),
            ("1-00:00:01", 86_401),
        ] {
            assert_eq!(seconds(text), Ok(Some(expected)), "{text}");
        }
        assert_eq!(seconds("0"), Ok(None));
        for wrong in ["", "1h", "-1", "1:2:3:4", "1-", "1:", "a", "1-2:3:4:5", "9999999999"] {
            assert_eq!(seconds(wrong), Err(SlurmTimeError), "{wrong}");
        }
    }

    #[test]
    fn values_with_spaces_and_quotes_stand_in_quotes() {
        assert_eq!(in_line("/a/b-1.log"), "/a/b-1.log");
        assert_eq!(in_line("/my \"own\" runs"), "\"/my \\\"own\\\" runs\"");
    }
}
