use super::*;
use crate::{
    results::{Doubt, doubts},
    run::StoredRun,
};

/// A trial whose definition was another, or was not kept, is no result of what would be computed now.
#[test]
fn a_trial_that_was_computed_otherwise_is_trained_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    assert!(session.pending().is_empty() && session.outdated().is_empty());
    let rows: Vec<store::SharedTrial> = session.store().trials().values().cloned().collect();
    assert!(rows.iter().all(|row| row.network_definition.as_ref().is_some_and(|hash| hash.starts_with('x'))));
    drop(session);
    type Edit = fn(&mut store::TrialRow);
    let edits: [(Part, Edit); 7] = [
        (Part::Engine, |row| row.engine = "dfdx".to_owned()),
        (Part::Device, |row| row.device = "cuda".to_owned()),
        (Part::Numerics, |row| row.numerics -= 1),
        (Part::Task, |row| row.task_definition = Some("x".to_owned())),
        (Part::Network, |row| row.network_definition = Some("x".to_owned())),
        (Part::Training, |row| row.training_definition = Some("x".to_owned())),
        (Part::Unknown, |row| row.training_definition = None),
    ];
    for (part, edit) in edits {
        let mut store = Store::open(&folder.path().join("results/small")).unwrap();
        let mut row = rows[0].clone();
        edit(&mut row);
        store.append(&Record { trial: row.into(), metrics: vec![], probes: vec![], chain: vec![] }).unwrap();
        drop(store);
        let mut session = open(folder.path(), SUITE);
        assert_eq!((session.pending().reported.len(), session.stored()), (1, 3), "{part:?}");
        assert_eq!(session.outdated(), BTreeMap::from([(part, 1)]));
        let left =
            forecast(session.plan(), session.dir(), Some(session.store()), session.options.backend, false).unwrap();
        assert_eq!(left.stored, 3, "{part:?}");
        train(&mut session, succeed);
        assert!(session.pending().is_empty() && session.outdated().is_empty(), "{part:?}");
    }
}

/// Whoever only looks at results is told too that they are another definition's, in every table and in the report; the engine is a
/// choice, not a definition.
#[test]
fn results_of_another_definition_are_doubted() {
    let folder = tempfile::tempdir().unwrap();
    for suite in [SUITE, TUNED] {
        let mut session = open(folder.path(), suite);
        train(&mut session, succeed);
        let rows: Vec<store::SharedTrial> = session.store().trials().values().cloned().collect();
        let dir = session.dir().to_owned();
        drop(session);
        let change = |edit: fn(&mut store::TrialRow)| {
            let mut store = Store::open(&dir).unwrap();
            for mut row in rows.iter().take(2).cloned() {
                edit(&mut row);
                store.append(&Record { trial: row.into(), metrics: vec![], probes: vec![], chain: vec![] }).unwrap();
            }
        };
        let told = || {
            let run = StoredRun::open(&dir).unwrap();
            let (read, with_probes) = (run.results_without_probes().unwrap(), run.results().unwrap());
            assert_eq!(doubts(&read), doubts(&with_probes));
            let doubt = doubts(&read).into_iter().find(|doubt| matches!(doubt, Doubt::Redefined { .. }));
            let page = run.report().unwrap().files.into_iter().find(|(name, _)| name.ends_with("report.md")).unwrap().1;
            let page = String::from_utf8(page).unwrap();
            assert_eq!(page.contains("would be computed otherwise now"), doubt.is_some(), "{page}");
            let parts = run.standing().redefined;
            assert_eq!(doubt, (!parts.is_empty()).then(|| Doubt::Redefined { parts: parts.clone() }));
            parts
        };
        assert_eq!(told(), BTreeMap::new());
        change(|row| row.engine = "dfdx".to_owned());
        assert_eq!(told(), BTreeMap::new());
        change(|row| row.network_definition = Some("x".to_owned()));
        assert_eq!(told(), BTreeMap::from([(Part::Network, 2)]));
        change(|row| (row.numerics, row.training_definition) = (row.numerics - 1, None));
        assert_eq!(told(), BTreeMap::from([(Part::Numerics, 2)]));
        change(|row| row.training_definition = None);
        assert_eq!(told(), BTreeMap::from([(Part::Unknown, 2)]));
        change(|row| row.status = Status::Error);
        assert_eq!(told(), BTreeMap::new(), "what failed is no result");
        fs::remove_dir_all(&dir).unwrap();
    }
}

#[test]
fn again_trains_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    train(&mut open(folder.path(), SUITE), succeed);
    let mut session = open_with(folder.path(), SUITE, |options| options.again = true);
    assert_eq!((session.pending().reported.len(), session.stored()), (4, 4));
    assert_eq!(train(&mut session, |_, _| Some(Status::Diverged)).finished, 4);
    assert_eq!(statuses(&session), [Status::Diverged; 4]);
}

/// A forecast is of all that a run does, models included.
#[test]
fn a_forecast_counts_trials_whose_model_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let text = SUITE.replace("figures", "save: [models]\nfigures");
    let mut session = open(folder.path(), &text);
    train(&mut session, succeed);
    let stored = |session: &Session| {
        forecast(session.plan(), session.dir(), Some(session.store()), session.options.backend, true).unwrap().stored
    };
    assert_eq!(stored(&session), 4);
    let id = session.store().trials().keys().next().unwrap().clone();
    fs::remove_file(session.dir().join(layout::model(&id))).unwrap();
    assert_eq!((stored(&session), session.pending().reported.len()), (3, 1));
}

#[test]
fn a_forecast_counts_the_parameters_that_are_trained() {
    for settings in ["recurrent: orthogonal-cayley", "parameters: {}"] {
        let folder = tempfile::tempdir().unwrap();
        let text =
            SUITE.replace("figures", &format!("parametrize: {{{settings}}}\nfigures")).replace("[2, 3]", "[4, 6]");
        let session = open(folder.path(), &text);
        let (plan, backend) = (session.plan(), session.options.backend);
        for (arm, forecast) in forecast(plan, session.dir(), None, backend, false).unwrap().arms.iter().enumerate() {
            let (network, setup) = crate::run::setup(plan, Trial { arm, replicate: 0 });
            assert_eq!(forecast.estimate.parameters, setup.parameters.len(), "{settings}");
            assert_eq!(setup.parameters.len() == network.size(), settings == "parameters: {}", "{settings}");
        }
    }
}
