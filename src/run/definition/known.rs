//! Definitions of the arms of plans, each computed once.

use std::{cell::RefCell, collections::HashMap};

use super::{network, task, training};
use crate::{component::parametrization::Parametrized, model::Network, plan::Plan, store::Definition, suite::Section};

/// The sections that decide a network.
const OF_NETWORK: [Section; 4] = [Section::Task, Section::Model, Section::Init, Section::Parametrize];

/// The definitions that were asked for; arms of any plans that share settings share them.
#[derive(Debug, Default)]
pub(in crate::run) struct Definitions {
    tasks: RefCell<HashMap<Settings, String>>,
    networks: RefCell<HashMap<Settings, (String, Parametrized)>>,
    whole: RefCell<HashMap<Settings, Definition>>,
}

/// Digests of the settings of some sections.
type Settings = Vec<[u8; 32]>;

impl Definitions {
    /// The definition of arm `arm` of `plan`.
    pub fn of(&self, plan: &Plan, arm: usize) -> Definition {
        let digests = |sections: &[Section]| -> Settings {
            sections.iter().map(|&section| plan.section_digest(arm, section)).collect()
        };
        let whole = digests(&Section::ALL);
        if let Some(known) = self.whole.borrow().get(&whole) {
            return known.clone();
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
        let definition = Definition { task: task.clone(), network: network.clone(), training };
        self.whole.borrow_mut().insert(whole, definition.clone());
        definition
    }
}
