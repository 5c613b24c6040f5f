//! Named places: where values are read and written, before anybody says where in a memory they lie.

/// Index of a place in [`Places`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(pub usize);

/// Which numbers a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A vector for each row of the batch.
    Rows,
    /// A vector for each row of the batch, that only matrix products read.
    Factor,
    /// One vector that stands for every row, from which products start.
    Row,
    /// Zeros, of any width.
    Zeros,
}

/// A place for a value at each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// For listings; not unique.
    pub name: String,
    pub form: Form,
    pub width: usize,
    /// How many steps' values it holds at once; steps take the slots in turn. One slot is the same at every step.
    pub slots: usize,
    /// The slot of step 0: so many steps before the first have slots of their own.
    pub shift: usize,
}

/// A place as it is at a step, or as it was some steps before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    pub place: PlaceId,
    /// So many steps before the step at hand.
    pub delay: usize,
}

impl Reference {
    /// This place, `delay` steps earlier.
    #[must_use]
    pub fn delayed(self, delay: usize) -> Self {
        Self { delay: self.delay + delay, ..self }
    }
}

/// The places of some lists of calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    all: Vec<Place>,
    zeros: Option<Reference>,
}

impl Places {
    /// All of them, in the order of their numbers.
    pub fn all(&self) -> &[Place] {
        &self.all
    }

    /// The place that `reference` is to.
    pub fn get(&self, reference: Reference) -> &Place {
        &self.all[reference.place.0]
    }

    /// A new place for a value of every row, at `slots` steps at once; step 0 has slot `shift`.
    pub fn rows(&mut self, name: impl Into<String>, width: usize, slots: usize, shift: usize) -> Reference {
        self.add(Place { name: name.into(), form: Form::Rows, width, slots, shift })
    }

    /// A new place for a value of every row that only matrix products read.
    pub fn factor(&mut self, name: impl Into<String>, width: usize, slots: usize) -> Reference {
        self.add(Place { name: name.into(), form: Form::Factor, width, slots, shift: 0 })
    }

    /// A new place for one vector that stands for every row.
    pub fn row(&mut self, name: impl Into<String>, width: usize) -> Reference {
        self.add(Place { name: name.into(), form: Form::Row, width, slots: 1, shift: 0 })
    }

    /// The place of zeros, from which products start.
    pub fn zeros(&mut self) -> Reference {
        if self.zeros.is_none() {
            self.zeros = Some(self.add(Place { name: "0".into(), form: Form::Zeros, width: 1, slots: 1, shift: 0 }));
        }
        self.zeros.expect("it was just set")
    }

    fn add(&mut self, place: Place) -> Reference {
        self.all.push(place);
        Reference { place: PlaceId(self.all.len() - 1), delay: 0 }
    }
}
