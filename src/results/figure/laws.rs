//! Laws of every registered figure.

use std::path::PathBuf;

use super::drawing::Drawing;
use super::fixture;
use super::layout::scene::{Mark, Rect, Scene};
use super::picture::NothingToDraw;
use super::registry::FigureSpec;
use crate::results::table::Results;
use crate::stats::Count;
use crate::store::Status;

/// Every drawing of every registered figure with default settings that fits the plan.
fn drawings(results: &Results) -> Vec<(String, Drawing)> {
    let fitting = FigureSpec::all().into_iter().filter(|figure| figure.fits(results).is_ok());
    let drawn = fitting.flat_map(|figure| {
        figure.draw(results).unwrap_or_else(|NothingToDraw(reason)| panic!("{}: {reason}", figure.kind()))
    });
    drawn.map(|named| (named.name, named.drawing)).collect()
}

/// The drawings of the small results, and of the large ones those that the small ones cannot give: every registered figure has one.
fn one_of_each() -> Vec<(String, Drawing)> {
    let mut found = drawings(&fixture::results());
    let more = drawings(&fixture::showcase());
    found.extend(more.into_iter().filter(|(name, _)| found.iter().all(|(known, _)| known != name)).collect::<Vec<_>>());
    for kind in FigureSpec::NAMES {
        assert!(
            found.iter().any(|(name, _)| name == kind),
            "neither of the made-up results in src/results/figure/fixture.rs gives a drawing named `{kind}`"
        );
    }
    found
}

/// Texts clear of each other and of the page's edge.
pub(super) fn assert_legible(name: &str, scene: &Scene) {
    let page = Rect { left: 0.0, top: 0.0, right: scene.width, bottom: scene.height };
    let texts: Vec<_> = scene.texts().map(|text| (text, text.frame())).collect();
    for (index, (text, frame)) in texts.iter().enumerate() {
        assert!(
            page.holds((frame.left, frame.top)) && page.holds((frame.right, frame.bottom)),
            "{name}: {:?} runs off the page: {frame:?}",
            text.text
        );
        for (other, of) in &texts[..index] {
            assert!(!frame.meets(of), "{name}: {:?} meets {:?}", text.text, other.text);
        }
    }
    for mark in &scene.marks {
        if let Mark::Line { path, .. } | Mark::Area { path, .. } = mark {
            assert!(path.iter().all(|place| page.holds(*place)), "{name}: a mark runs off the page: {path:?}");
        }
    }
}

#[test]
fn the_same_results_give_the_committed_bytes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/figures");
    let bless = std::env::var_os("LONGLAG_BLESS").is_some();
    for (name, drawing) in one_of_each() {
        let svg = drawing.svg().unwrap();
        let golden = folder.join(format!("{name}.svg"));
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&golden, &svg).unwrap();
        }
        let committed = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(
            svg == committed,
            "{name}.svg differs from {}; if that is meant, run again with LONGLAG_BLESS=1 and look at it",
            golden.display()
        );
    }
}

#[test]
fn drawing_twice_gives_the_same_bytes() {
    for ((name, first), (_, second)) in one_of_each().into_iter().zip(one_of_each()) {
        assert!(first.pdf().unwrap() == second.pdf().unwrap(), "{name}.pdf differs from itself");
        assert_eq!(first.svg().unwrap(), second.svg().unwrap(), "{name}");
        let png = first.png().unwrap();
        assert_eq!(&png[1..4], b"PNG");
        assert!(png == second.png().unwrap(), "{name}.png differs from itself");
    }
}

#[test]
fn texts_neither_overlap_nor_run_off_the_page() {
    for results in [fixture::results(), fixture::showcase()] {
        for (name, drawing) in drawings(&results) {
            assert_legible(&name, &drawing.scene());
        }
    }
}

/// Numbers side by side are never read as one, however far apart the values are whose counts they tell.
#[test]
fn counts_along_a_foot_keep_apart() {
    for step in 0..20 {
        let mut results = fixture::showcase();
        let found = results.circumstances.reach.as_mut().unwrap();
        for (number, arm) in found.arms.iter_mut().enumerate() {
            let apart = 1.62 + 0.07 * f64::from(step);
            let lengths =
                (0..9).map(|place| libm::round(libm::pow(apart, f64::from(place)) * found.from as f64) as u64);
            let tried = 10u32.pow(number as u32 % 3) * 2;
            arm.counts = lengths.map(|length| Count { length, solved: tried / 2, tried }).collect();
        }
        let (_, drawing) = drawings(&results).into_iter().find(|(name, _)| name == "psychometric").unwrap();
        let scene = drawing.scene();
        let counts = scene.texts().filter(|text| text.text.contains('/'));
        let mut counts: Vec<Rect> = counts.map(|text| text.frame()).collect();
        counts.sort_by(|a, b| a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left)));
        assert!(counts.len() > 10, "{}", counts.len());
        for pair in counts.windows(2).filter(|pair| pair[0].top == pair[1].top) {
            assert!(pair[1].left - pair[0].right >= 1.0, "{pair:?}");
        }
    }
}

#[test]
fn without_trials_every_figure_says_why_it_is_absent() {
    for mut results in [fixture::results(), fixture::showcase()] {
        fixture::forget(&mut results);
        for figure in FigureSpec::all().into_iter().filter(|figure| figure.fits(&results).is_ok()) {
            let Err(NothingToDraw(reason)) = figure.draw(&results) else { panic!("{} drew nothing", figure.kind()) };
            assert!(reason.contains("run the suite"), "{}: {reason}", figure.kind());
        }
    }
}

/// Every case in which values are few or odd: nothing may panic, and what is drawn stays on the page.
#[test]
fn odd_values_are_drawn_without_panic() {
    type Change = fn(&mut Results);
    let odd: [(&str, Change); 7] = [
        ("all NaN", |results| set_all(results, |_| f64::NAN)),
        ("all infinite", |results| set_all(results, |_| f64::INFINITY)),
        ("all zero", |results| set_all(results, |_| 0.0)),
        ("all negative", |results| set_all(results, |value| -value)),
        ("huge and tiny", |results| set_all(results, |value| if value > 0.1 { 1e300 } else { 5e-324 })),
        ("a single evaluation", |results| {
            for trial in results.trials_mut() {
                trial.curves.values_mut().for_each(|curve| curve.retain(|(update, _)| *update == 0));
                trial.probes.retain(|row| row.lag == Some(0));
            }
        }),
        ("one replicate", |results| results.arms.iter_mut().for_each(|arm| arm.trials.truncate(1))),
    ];
    for (case, change) in odd {
        let mut results = fixture::results();
        change(&mut results);
        for figure in FigureSpec::all() {
            let Ok(named) = figure.draw(&results) else { continue };
            for named in named {
                assert_legible(&format!("{case}: {}", named.name), &named.drawing.scene());
                assert!(named.drawing.svg().unwrap().contains("</svg>"));
            }
        }
    }
}

/// A curve that lies beyond the end of its axis is still there: its name, and how far it reaches.
#[test]
fn what_exploded_is_told_in_its_panel() {
    let mut results = fixture::results();
    for arm in results.arms.iter_mut().filter(|arm| arm.arm.label.contains("elman tanh")) {
        for trial in &mut arm.trials {
            for row in &mut trial.probes {
                let growth = libm::pow(10.0, 12.0 + f64::from(row.lag.unwrap()));
                row.value = if row.update == 0 { growth } else { f64::INFINITY };
            }
            trial.curves.values_mut().flatten().for_each(|(_, value)| *value = 1e20);
        }
    }
    for (name, drawing) in drawings(&results) {
        let scene = drawing.scene();
        assert_legible(&name, &scene);
        let texts: Vec<&str> = scene.texts().map(|text| text.text.as_str()).collect();
        let wanted: &[&str] = match name.as_str() {
            "gradient-by-lag" => &["initial", "10¹² to 10⁶¹", "trained: not finite"],
            "learning-curves" => &["20", "50", "about 10²⁰"],
            _ => continue,
        };
        for wanted in wanted {
            assert!(texts.contains(wanted), "{name}: no {wanted:?} among {texts:?}");
        }
    }
}

/// Of every figure with a setting for its tasks, a path that is not swept is refused before anything is trained.
#[test]
fn tasks_that_are_not_swept_are_refused() {
    let plan = fixture::showcase();
    let mut refused = 0;
    for kind in FigureSpec::NAMES {
        let named =
            |tasks: &str| serde_json::from_value::<FigureSpec>(serde_json::json!({"kind": kind, "tasks": tasks})).ok();
        let Some(unknown) = named("nope") else { continue };
        let NothingToDraw(reason) = unknown.fits(&plan).unwrap_err();
        assert!(reason.contains("`tasks: nope` is not swept") && reason.contains("`task.length`"), "{kind}: {reason}");
        assert!(named("task.length").unwrap().fits(&plan).is_ok() && named("task").unwrap().fits(&plan).is_ok());
        refused += 1;
    }
    assert_eq!(refused, 3);
}

/// A figure that the plan cannot give says so before any training, in the words in which it would be absent from the report.
#[test]
fn what_does_not_fit_a_plan_is_not_drawn() {
    let mut plans = vec![fixture::results(), fixture::showcase(), fixture::zoo()];
    // Nothing was probed or tested on other lengths there.
    plans[2].arms.iter_mut().for_each(|arm| (arm.arm.probes, arm.arm.lengths) = (vec![], None));
    for (count, lacks_target) in [(1, false), (1, true), (2, true)] {
        let mut results = fixture::results();
        results.arms.truncate(count);
        results.claims.clear();
        results.arms.iter_mut().filter(|_| lacks_target).for_each(|arm| arm.arm.target = None);
        plans.push(results);
    }
    let mut refused = 0;
    for results in plans {
        let mut plan = results.clone();
        fixture::forget(&mut plan);
        for figure in FigureSpec::all() {
            assert_eq!(figure.fits(&plan), figure.fits(&results), "{}: it looks at trials", figure.kind());
            let drawn = figure.draw(&results);
            match figure.fits(&plan) {
                Ok(_) => assert!(drawn.is_ok(), "{}: {drawn:?}", figure.kind()),
                Err(reason) => {
                    refused += 1;
                    assert_eq!(drawn.err(), Some(reason), "{}", figure.kind());
                }
            }
        }
    }
    assert!(refused > 10, "{refused}");
}

#[test]
fn trials_that_failed_leave_a_drawing() {
    let mut results = fixture::results();
    results.trials_mut().for_each(|trial| trial.trial.status = Status::Error);
    for figure in FigureSpec::all() {
        if let Ok(named) = figure.draw(&results) {
            named.iter().for_each(|named| assert_legible(&named.name, &named.drawing.scene()));
        }
    }
}

#[test]
fn many_panels_with_long_names_stay_legible() {
    for (name, drawing) in drawings(&crowd()) {
        assert_legible(&name, &drawing.scene());
    }
}

#[test]
fn figures_of_fifty_methods_fit_a_page_and_are_legible() {
    let drawings = of_methods(&fixture::zoo());
    for (name, drawing) in &drawings {
        let scene = drawing.scene();
        assert_legible(name, &scene);
        assert!(scene.height <= 700.0, "{name}: {} points are no page", scene.height);
    }
    let texts = drawings[0].1.scene().texts().filter(|text| text.text.starts_with("cell ")).count();
    assert_eq!(texts, 40);
}

/// The figures of many methods.
fn of_methods(results: &Results) -> Vec<(String, Drawing)> {
    let ranking = FigureSpec::Ranking(super::Ranking::default()).draw(results).unwrap();
    let tuning = FigureSpec::TuningBudget(super::TuningBudget::default()).draw(results).unwrap();
    ranking.into_iter().chain(tuning).map(|named| (named.name, named.drawing)).collect()
}

/// Twice nine groups of arms and more, half of them with long names.
fn crowd() -> Results {
    let mut results = fixture::showcase();
    let arms: Vec<_> = results.arms.clone();
    for (copy, mut arm) in arms.into_iter().enumerate() {
        arm.arm.settings[0].text = format!("a rather long name of a recurrent architecture, number {copy}");
        results.arms.push(arm);
    }
    results
}

#[test]
fn every_figure_has_a_page_and_rejects_unknown_settings() {
    for page in FigureSpec::pages() {
        for heading in ["# Definition", "# Why it is here", "# How to read it", "# Example", "# References"] {
            assert!(page.text().contains(heading), "{}: no {heading}", page.name);
        }
        let mistaken = serde_json::json!({"kind": page.name, "serie": "x"});
        assert!(serde_json::from_value::<FigureSpec>(mistaken).is_err(), "{}", page.name);
        assert!(serde_json::from_value::<FigureSpec>(serde_json::json!({"kind": page.name})).is_ok());
    }
}

/// The counts that a summary and the figures' captions give.
#[test]
fn every_stored_trial_is_counted_by_its_status() {
    let statuses: Vec<Status> = Status::ALL.into_iter().collect();
    for shift in 0..statuses.len() {
        let mut results = fixture::results();
        for (index, trial) in results.trials_mut().enumerate() {
            trial.trial.status = statuses[(index * index + shift) % statuses.len()];
        }
        let count = |of: fn(Status) -> bool| results.trials().filter(|trial| of(trial.trial.status)).count();
        assert_eq!(results.stored(), count(|_| true));
        assert_eq!(results.diverged(), count(|status| status == Status::Diverged));
        assert_eq!(results.failed(), count(|status| !matches!(status, Status::Finished | Status::Diverged)));
        assert_eq!(
            results.arms.iter().map(|arm| arm.results().count()).sum::<usize>() + results.failed(),
            results.stored()
        );
    }
}

/// Writes the figures of the large made-up results into the folder `LONGLAG_GALLERY`, for a look at them.
#[test]
fn gallery() {
    let Some(folder) = std::env::var_os("LONGLAG_GALLERY").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for (set, results) in [("small", fixture::results()), ("large", fixture::showcase()), ("crowd", crowd())] {
        for (name, drawing) in drawings(&results) {
            std::fs::write(folder.join(format!("{set}-{name}.svg")), drawing.svg().unwrap()).unwrap();
            std::fs::write(folder.join(format!("{set}-{name}.png")), drawing.png().unwrap()).unwrap();
            std::fs::write(folder.join(format!("{set}-{name}.pdf")), drawing.pdf().unwrap()).unwrap();
        }
    }
    for (name, drawing) in of_methods(&fixture::zoo()) {
        std::fs::write(folder.join(format!("zoo-{name}.png")), drawing.png().unwrap()).unwrap();
    }
}

fn set_all(results: &mut Results, change: fn(f64) -> f64) {
    for trial in results.trials_mut() {
        trial.curves.values_mut().flatten().for_each(|(_, value)| *value = change(*value));
        trial.probes.iter_mut().for_each(|row| row.value = change(row.value));
    }
}
