//! `longlag submit`.

use std::io::Write;

use clap::Parser as _;

use super::{
    Exit, Failure,
    arguments::{self, Arguments, Command},
    terminal::print_error,
};
use crate::{
    plan::{Plan, PlanOptions},
    run::{SlurmOptions, Submission, SubmitError, check_backend},
    text::{pluralize, shell_quote},
};

/// Seconds that a task needs at least beside those that are kept for its end: Slurm tells it up to a minute early.
const LEAST: u64 = 120;

pub(super) fn submit(options: &arguments::Submit, out: &mut dyn Write) -> Result<Exit, Failure> {
    let arguments::Scheduler::Slurm = options.engine;
    let (suite, how) = options.suite.load()?;
    let run = run_options(options)?;
    let plan = Plan::new(&suite, &how)?;
    check_backend(run.backend.resolve()?, &plan)?;
    plan.warnings.iter().for_each(|warning| print_error(&format!("warning: {warning}")));
    let parts = match plan.along() {
        Some(_) => pluralize(plan.searched_arms() as u64, "arm"),
        None => pluralize(plan.len() as u64, "trial"),
    };
    let most = if plan.along().is_some() { plan.searched_arms() } else { plan.len() };
    if options.shards as usize > most {
        print_error(&format!(
            "warning: {} for {parts} leave some with nothing to do",
            pluralize(options.shards, "shard")
        ));
    }
    if let Some(limit) = options.time.as_ref().and_then(|time| time.seconds)
        && limit < u64::from(options.grace) + LEAST
    {
        return Err(Failure::usage(format!(
            "--time leaves a task {limit} s, and --grace {} takes {} of them for its end; give more time or less grace",
            options.grace,
            u64::from(options.grace).min(limit)
        )));
    }
    for text in [&options.partition, &options.memory, &options.dependency].into_iter().flatten().chain(&options.sbatch)
    {
        if text.contains(char::is_control) {
            return Err(Failure::usage(format!("`{}` cannot stand in a line of a script", text.escape_debug())));
        }
    }
    let folder = std::env::current_dir().map_err(cannot("find the folder that this runs in"))?;
    let slurm = SlurmOptions {
        program: std::env::current_exe().map_err(cannot("find this program"))?,
        folder: folder.clone(),
        arguments: run_arguments(options),
        shards: options.shards,
        at_once: options.at_once,
        partition: options.partition.clone(),
        time: options.time.clone(),
        grace: options.grace,
        memory: options.memory.clone(),
        cpus: options.cpus,
        jobs: (options.cpus / run.backend.threads_per_trial).max(1),
        requeue: !options.no_requeue,
        dependency: options.dependency.clone(),
        lines: options.sbatch.clone(),
    };
    let submission = Submission::new(&suite, &plan, &folder.join(&options.out), &slurm);
    for path in [&slurm.program, &slurm.folder, &submission.dir] {
        if path.to_str().is_none_or(|path| path.contains(char::is_control)) {
            return Err(Failure::usage(format!("`{}` cannot stand in a script: rename it", path.display())));
        }
    }
    if options.dry_run {
        return print(&submission, out);
    }
    let ids = submission.submit().map_err(|error| match error {
        SubmitError::Run(error) => error.into(),
        error => Failure::operational(error.to_string()),
    })?;
    for (job, id) in submission.jobs.iter().zip(&ids) {
        writeln!(out, "{id}\t{}", job.task)?;
    }
    let dir = submission.dir.display();
    print_error(&format!(
        "`squeue --job {}` shows how far they are; each task writes a log in {dir}/slurm/",
        ids.join(",")
    ));
    print_error(&format!(
        "when all have ended the report is in {dir}/; whatever is missing then, the same command does the rest"
    ));
    Ok(Exit::Ok)
}

/// The command line of `run` in each task, but for what differs from task to task.
fn run_arguments(options: &arguments::Submit) -> Vec<String> {
    let suite = &options.suite;
    let mut arguments = vec![];
    arguments.extend(suite.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    arguments.extend(suite.only.iter().flat_map(|only| ["--only".to_owned(), only.clone()]));
    arguments.extend(suite.quick.then(|| "--quick".to_owned()));
    if suite.max_trials != PlanOptions::default().max_trials {
        arguments.extend(["--max-trials".to_owned(), suite.max_trials.to_string()]);
    }
    arguments.extend(options.run.iter().cloned());
    arguments
}

/// Reads the options of `run` as each task will.
fn run_options(options: &arguments::Submit) -> Result<arguments::Run, Failure> {
    let fixed = ["longlag", "run", "suite.yaml", "--shard", "1/1", "--jobs", "1"].map(str::to_owned);
    let arguments = fixed.into_iter().chain(run_arguments(options));
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { command: Command::Run(run) }) if run.again => Err(Failure::usage(
            "a task that is queued again would train everything once more: leave `--again` away, or remove the folder of the run",
        )),
        Ok(Arguments { command: Command::Run(run) }) => Ok(run),
        Ok(_) => Err(Failure::usage("after `--` come options of `longlag run`")),
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            Err(Failure::usage(format!("after `--` come options of `longlag run` beside --shard and --jobs: {line}")))
        }
    }
}

/// Prints the scripts, each after the command that would hand it over.
fn print(submission: &Submission, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut before = vec![];
    for (number, job) in submission.jobs.iter().enumerate() {
        let arguments = submission.arguments(number, &before);
        let quoted: Vec<_> = arguments.iter().map(|argument| shell_quote(argument)).collect();
        writeln!(out, "# sbatch {}\n{}", quoted.join(" "), job.text)?;
        before.push(format!("ID-OF-{}", job.task.to_uppercase()));
    }
    Ok(Exit::Ok)
}

fn cannot(what: &'static str) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure::operational(format!("cannot {what}: {error}"))
}
