//! Definitions of the arms of plans, each computed once.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use super::{network, task, training};
use crate::{
    component::parametrization::Parametrized,
    model::Network,
    plan::{Plan, PlanArms},
    store::Definition,
    suite::Section,
};

/// The sections that decide a network.
const OF_NETWORK: [Section; 4] = [Section::Task, Section::Model, Section::Init, Section::Parametrize];

/// The definitions that were asked for; arms of any plans that share settings share them.
#[derive(Debug, Default)]
pub(in crate::run) struct Definitions {
    tasks: RefCell<HashMap<Settings, String>>,
    networks: RefCell<HashMap<Settings, (String, Parametrized)>>,
    whole: RefCell<HashMap<Settings, Arc<Definition>>>,
    /// The definitions of the plans that were asked for last: each of their trials asks for its arm's.
    plans: RefCell<Vec<OfPlan>>,
}

/// The definitions of the arms of a plan, by their place, as far as they were asked for.
type OfPlan = (PlanArms, Vec<Option<Arc<Definition>>>);

/// Plans whose arms are kept by their place: a run works with two stages of one.
const PLANS: usize = 4;

/// Digests of the settings of some sections.
type Settings = Vec<[u8; 32]>;

impl Definitions {
    /// The definition of arm `arm` of `plan`.
    pub fn of(&self, plan: &Plan, arm: usize) -> Arc<Definition> {
        let arms = plan.same_arms();
        let place = self.plans.borrow().iter().position(|(known, _)| *known == arms);
        if let Some(definition) = place.and_then(|place| self.plans.borrow()[place].1[arm].clone()) {
            return definition;
        }
        let definition = self.by_settings(plan, arm);
        let mut plans = self.plans.borrow_mut();
        let place = place.unwrap_or_else(|| {
            if plans.len() == PLANS {
                plans.remove(0);
            }
            plans.push((arms, vec![None; plan.arms()]));
            plans.len() - 1
        });
        plans[place].1[arm] = Some(Arc::clone(&definition));
        definition
    }

    fn by_settings(&self, plan: &Plan, arm: usize) -> Arc<Definition> {
        let digests = |sections: &[Section]| -> Settings {
            sections.iter().map(|&section| plan.section_digest(arm, section)).collect()
        };
        let whole = digests(&Section::ALL);
        if let Some(known) = self.whole.borrow().get(&whole) {
            return Arc::clone(known);
        }
        let sections = plan.sections(arm);
        let mut tasks = self.tasks.borrow_mut();
        let task = tasks.entry(digests(&[Section::Task])).or_insert_with(|| task::hash(&sections.task));
        let mut networks = self.networks.borrow_mut();
        let (network, parametrized) = networks.entry(digests(&OF_NETWORK)).or_insert_with(|| {
            let network = Network::new(&sections.model, sections.task.dimensions());
            let parametrized = Parametrized::new(&sections.parametrize, &network.parameters);
            (network::hash(&network, &parametrized, &sections.init), parametrized)
        });
        let training = training::hash(&sections, parametrized);
        let definition = Arc::new(Definition { task: task.clone(), network: network.clone(), training });
        self.whole.borrow_mut().insert(whole, Arc::clone(&definition));
        definition
    }
}
