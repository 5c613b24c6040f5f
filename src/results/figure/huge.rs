//! Laws of every registered figure over results that are far too large, and over names that are far from plain.

use super::drawing::Drawing;
use super::fixture;
use super::laws::assert_legible;
use super::registry::FigureSpec;
use crate::results::table::{ArmResults, Results, Setting};
use crate::store::ProbeRow;
use crate::train::{Measure, MetricName, Split};

/// The most bytes of a picture.
const BYTES: usize = 2_000_000;
/// The most points of a picture's height, which is some twenty pages.
const HEIGHT: f64 = 16_000.0;

fn setting(path: &str, text: String, number: Option<f64>) -> Setting {
    Setting::new(path, number.map_or(text.into(), Into::into))
}

/// The arms of the fixture again and again, each with the settings that `settings` gives it.
fn arms(count: usize, settings: impl Fn(usize) -> Vec<Setting>) -> Results {
    let mut results = fixture::results();
    let patterns = std::mem::take(&mut results.arms);
    for index in 0..count {
        let ArmResults { mut arm, mut trials } = patterns[index % patterns.len()].clone();
        arm.settings = settings(index);
        arm.swept = arm.settings.clone();
        trials.truncate(2);
        for trial in &mut trials {
            trial.probes.retain(|row| row.lag < Some(3));
        }
        results.arms.push(ArmResults { arm, trials });
    }
    results.planned = results.stored();
    results.circumstances.tuning = Some(fixture::ledger(&results, MetricName::UpdatesToTarget));
    results
}

fn many_methods() -> Results {
    let mut results = arms(3000, |index| {
        let length = f64::from(20 + 30 * (index % 2) as u32);
        let cell = setting("model.cell", format!("cell number {}", index / 2), None);
        vec![cell, setting("task.length", length.to_string(), Some(length))]
    });
    // Those that no seed changes, which take no time to test.
    results.claims.retain(|claim| claim.spec.metric.is_fixed());
    results.claims = vec![results.claims; 300].concat();
    results
}

fn many_lengths() -> Results {
    arms(2000, |index| {
        let length = 10.0 + (index / 2) as f64;
        let cell = setting("model.cell", format!("cell {}", index % 2), None);
        vec![cell, setting("task.length", length.to_string(), Some(length))]
    })
}

fn many_names() -> Results {
    arms(400, |index| {
        let cell = setting("model.cell", format!("cell {}", index % 2), None);
        vec![cell, setting("init", format!("the law with the number {}", index / 2), None)]
    })
}

fn long_lines() -> Results {
    let mut results = fixture::results();
    for (index, trial) in results.trials_mut().enumerate() {
        let wave = |at: u64| 0.1 + 0.05 * libm::sin((at + index as u64) as f64);
        let curve = (0..30_000).map(|at| (10 * at, wave(at))).collect();
        trial.curves.insert((Split::Validation, Measure::Loss), curve);
        let pattern = trial.probes[0].clone();
        let row = |lag: u32| ProbeRow { lag: Some(lag), value: wave(lag.into()), ..pattern.clone() };
        trial.probes = (0..20_000).map(row).collect();
    }
    results
}

fn odd_names() -> Results {
    let odd = ["\u{0}\u{1b}[31m\u{202e}\u{feff}\u{ffff}\u{85}\u{2028}<&\"'>", "\t\r\n", "𝕏é漢字", "]]>-->", ""];
    arms(24, |index| {
        let text = odd[index % odd.len()].to_owned() + &"x".repeat(if index % 3 == 0 { 20_000 } else { index });
        let value = odd[index % odd.len()].to_owned() + &"w ".repeat(index * index);
        vec![setting("model.cell", text, None), setting("init", value, None)]
    })
}

fn drawings(results: &Results) -> Vec<(String, Drawing)> {
    let drawn = FigureSpec::all().into_iter().filter_map(|figure| figure.draw(results).ok());
    drawn.flatten().map(|picture| (picture.name, picture.drawing)).collect()
}

/// A character that XML 1.0 allows.
fn is_allowed(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Every picture has a bound, whatever there is to draw: nothing panics, and all that is drawn can be read.
#[test]
fn no_results_make_a_picture_too_large() {
    type Make = fn() -> Results;
    let sets: [(&str, Make); 5] = [
        ("many methods", many_methods),
        ("many lengths", many_lengths),
        ("many names", many_names),
        ("long lines", long_lines),
        ("odd names", odd_names),
    ];
    let mut faults = 0;
    for (set, make) in sets {
        let drawings = drawings(&make());
        assert!(drawings.len() >= 3, "{set}: only {} pictures", drawings.len());
        for (name, drawing) in drawings {
            let name = format!("{set}: {name}");
            let check = || {
                let scene = drawing.scene();
                assert!(scene.height <= HEIGHT, "{name} is {} points high", scene.height);
                assert_legible(&name, &scene);
                let svg = drawing.svg().unwrap();
                assert!(svg.len() <= BYTES, "{name} has {} bytes", svg.len());
                assert!(svg.chars().all(is_allowed), "{name} is not XML");
            };
            // All faults are told, not the first alone.
            faults += usize::from(std::panic::catch_unwind(check).is_err());
        }
    }
    assert_eq!(faults, 0);
}

/// The note that a picture is not whole stands on it.
#[test]
fn what_a_picture_leaves_out_is_said() {
    for (name, drawing) in drawings(&many_methods()) {
        let scene = drawing.scene();
        let texts: Vec<&str> = scene.texts().map(|text| text.text.as_str()).collect();
        let begins = ["The first ", "Of up to ", "Not shown, "];
        let said = begins.iter().any(|words| texts.iter().any(|text| text.starts_with(words)));
        assert!(said, "{name}");
    }
}

/// An even number of replicates of which half reach the target: one median in table, ranking and figure.
#[test]
fn the_median_of_updates_is_one_number_everywhere() {
    for solved in 0..=4_usize {
        let mut results = arms(4, |index| {
            let length = 10.0 * (1 + index % 2) as f64;
            let cell = setting("model.cell", format!("cell {}", index / 2), None);
            vec![cell, setting("task.length", length.to_string(), Some(length))]
        });
        for (number, arm) in results.arms.iter_mut().enumerate() {
            let pattern = arm.trials[0].clone();
            let trial = |replicate: usize| {
                let mut trial = pattern.clone();
                let at = (replicate < solved).then_some((100 * replicate + 10 * number) as u64);
                (trial.trial.solved, trial.trial.updates_to_target) = (Some(at.is_some()), at);
                trial.trial.status = crate::store::Status::Finished;
                trial
            };
            arm.trials = (0..4).map(trial).collect();
        }
        let table = crate::results::table::summary(&results);
        let column = table.columns.iter().position(|column| column.name == "updates to target").unwrap();
        let of_drawing = |kind: &str| {
            let figure = FigureSpec::all().into_iter().find(|figure| figure.kind() == kind).unwrap();
            figure.draw(&results).unwrap().remove(0).drawing
        };
        let Drawing::DotPlot(ranking) = of_drawing("ranking") else { panic!("not a dot plot") };
        let Drawing::Chart(chart) = of_drawing("updates-to-target") else { panic!("not a chart") };
        for (number, arm) in results.arms.iter().enumerate() {
            let expected = (solved >= 2).then_some((100 + 10 * number) as f64);
            let found = arm.updates_to_target().unwrap().value;
            assert_eq!(found.is_finite().then_some(found), expected);
            let shown = expected.map_or("> 1000".to_owned(), |updates| updates.to_string());
            let cell = table.rows[number][column].shown();
            assert_eq!(cell.split(" [").next(), Some(shown.as_str()), "{cell}");
            let (method, task) = (number / 2, number % 2);
            let row = ranking.rows.iter().find(|row| row.label == format!("cell {method}")).unwrap();
            assert_eq!(row.cells[task].as_ref().unwrap().detail.replace('\u{a0}', " "), shown);
            let point = chart.panels[method].series[0].points[task];
            assert_eq!((!point.censored).then_some(point.value), expected);
        }
    }
}

/// Only rows that a page can show have an interval, which takes a thousand times as long as the score.
#[test]
fn a_ranking_of_thousands_draws_the_intervals_of_the_rows_that_are_shown() {
    let figure = FigureSpec::all().into_iter().find(|figure| figure.kind() == "ranking").unwrap();
    let Drawing::DotPlot(plot) = figure.draw(&many_methods()).unwrap().remove(0).drawing else { panic!("no dot plot") };
    let with_interval: Vec<usize> = (0..plot.rows.len()).filter(|&row| plot.rows[row].interval.is_some()).collect();
    assert!(plot.rows.len() > super::bounds::ROWS);
    assert_eq!(with_interval, (0..super::bounds::ROWS).collect::<Vec<_>>());
    for row in &plot.rows[..super::bounds::ROWS] {
        let (low, high) = row.interval.unwrap();
        assert!(low <= row.value && row.value <= high, "{row:?}");
    }
}

/// So many arms of so many replicates in the fixture's fashion, with thirty rows of metrics each.
fn many_trials(cells: usize, lengths: usize, replicates: usize) -> Results {
    let mut results = arms(cells * lengths, |index| {
        let length = (10 * (1 + index % lengths)) as f64;
        let cell = setting("model.cell", format!("cell number {}", index / lengths), None);
        vec![cell, setting("task.length", length.to_string(), Some(length))]
    });
    let mut noise = 1_u64;
    let mut draw = || {
        noise = noise * 48_271 % 0x7fff_ffff;
        noise as f64 / f64::from(0x7fff_ffff)
    };
    for (number, arm) in results.arms.iter_mut().enumerate() {
        let pattern = arm.trials[0].clone();
        arm.trials = (0..replicates)
            .map(|replicate| {
                let mut trial = pattern.clone();
                trial.trial.trial_id = format!("{number:08x}{replicate:08x}");
                trial.trial.hash = trial.trial.trial_id.clone();
                trial.trial.replicate = replicate as u32;
                let at = (1400.0 * draw()) as u64 / 100 * 100;
                let solved = at <= 1000;
                trial.trial.status = crate::store::Status::Finished;
                (trial.trial.solved, trial.trial.updates_to_target) = (Some(solved), solved.then_some(at));
                trial.trial.updates = if solved { at } else { 1000 };
                for measure in [Measure::Loss, Measure::Accuracy] {
                    let curve = (0..=10_u64).map(|k| (100 * k, draw() / (1.0 + k as f64))).collect();
                    trial.curves.insert((Split::Validation, measure), curve);
                }
                trial.curves.insert((Split::Test, Measure::Loss), vec![(1000, draw())]);
                trial.curves.insert((Split::Test, Measure::Accuracy), vec![(1000, draw())]);
                trial
            })
            .collect();
    }
    results.planned = results.stored();
    results
}

/// Tells what each part of a report of 100,000 trials takes, where `LONGLAG_HUGE` asks for it.
#[test]
fn the_parts_of_a_report_of_many_trials() {
    use crate::results::{claim, doubts, table};
    if std::env::var_os("LONGLAG_HUGE").is_none() {
        return;
    }
    for (cells, lengths, replicates) in [(20, 5, 1000), (2000, 5, 10)] {
        let mut results = many_trials(cells, lengths, replicates);
        results.claims = fixture::claims();
        let begun = std::cell::Cell::new(std::time::Instant::now());
        let mut pictures_drawn = 0;
        let told = |part: &str| {
            let took = begun.replace(std::time::Instant::now()).elapsed().as_secs_f64();
            std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{took:8.2} s  {part}\n")).unwrap();
        };
        begun.set(std::time::Instant::now());
        drop(claim::verdicts(&results));
        told("verdicts");
        drop(doubts(&results));
        told("doubts");
        let summary = table::summary(&results);
        told("summary");
        drop((table::html_of(&summary, "a", "b"), table::markdown(&summary), table::csv(&summary)));
        told("summary written");
        drop(table::pivot(&results, None, None));
        told("pivot");
        for figure in FigureSpec::all() {
            if figure.fits(&results) != Ok(super::Fit::Telling) {
                told(&format!("{} does not fit", figure.kind()));
                continue;
            }
            let Ok(pictures) = figure.draw(&results) else { continue };
            told(&format!("{} drawn", figure.kind()));
            pictures_drawn += pictures.len();
            for picture in pictures {
                drop(picture.drawing.svg());
                told("    svg");
                drop(picture.drawing.png());
                told("    png");
                drop(picture.drawing.pdf());
                told("    pdf");
            }
        }
        assert!(pictures_drawn >= 3, "{pictures_drawn}");
    }
}
