//! How many units each vector has: what is said, what follows, and `hidden` for what is left.

use super::fault::Spot;

/// A vector's width, which may not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WidthId(usize);

/// A tie between widths beyond being equal.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    /// `whole` is the sum of `parts`.
    Concat { parts: Vec<WidthId>, whole: WidthId },
    /// The `result` has the units of `of` from a place to another, or to the end.
    Slice { of: WidthId, from: usize, to: Option<usize>, result: WidthId },
    /// `of` has so many units at least.
    AtLeast { of: WidthId, least: usize },
    /// As many `pairs` as the units behind the first `first` make.
    Pairs { pairs: WidthId, units: WidthId, first: usize },
    /// `of` is even, and its half is no more than `most`.
    Halves { of: WidthId, most: usize },
}

/// The widest vector.
pub(super) const MAX_WIDTH: usize = 65_536;

/// Widths and what is known of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Widths {
    parents: Vec<usize>,
    known: Vec<Option<usize>>,
    rules: Vec<(Rule, Spot)>,
}

impl Widths {
    /// A width that nothing is known of.
    pub fn open(&mut self) -> WidthId {
        self.parents.push(self.parents.len());
        self.known.push(None);
        WidthId(self.parents.len() - 1)
    }

    /// A width of so many units.
    pub fn of(&mut self, units: usize) -> WidthId {
        let width = self.open();
        self.known[width.0] = Some(units);
        width
    }

    fn root(&mut self, width: WidthId) -> usize {
        let mut at = width.0;
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    /// The number of units, if it is known.
    pub fn known(&mut self, width: WidthId) -> Option<usize> {
        let root = self.root(width);
        self.known[root]
    }

    /// Says that two widths are equal; tells both if they are not.
    pub fn unify(&mut self, left: WidthId, right: WidthId) -> Result<(), [usize; 2]> {
        let (left, right) = (self.root(left), self.root(right));
        match (self.known[left], self.known[right]) {
            (Some(one), Some(other)) if one != other => return Err([one, other]),
            (None, known @ Some(_)) => self.known[left] = known,
            _ => {}
        }
        self.parents[right] = left;
        Ok(())
    }

    /// Adds a rule, which stands at `spot`.
    pub fn rule(&mut self, rule: Rule, spot: Spot) {
        self.rules.push((rule, spot));
    }

    /// Finds all widths, `hidden` where nothing else is said. Gives what is wrong, with its place.
    pub fn solve(&mut self, hidden: usize) -> Vec<(Spot, String)> {
        let mut wrong = vec![];
        let mut open = std::mem::take(&mut self.rules);
        let mut next = 0;
        loop {
            let before = open.len();
            open.retain(|(rule, spot)| match self.apply(rule) {
                Ok(done) => !done,
                Err(message) => {
                    wrong.push((spot.clone(), message));
                    false
                }
            });
            if open.len() < before {
                continue;
            }
            // Widths are opened in the order in which they are written.
            while next < self.parents.len() && self.known(WidthId(next)).is_some() {
                next += 1;
            }
            if next == self.parents.len() {
                break;
            }
            let root = self.root(WidthId(next));
            self.known[root] = Some(hidden);
        }
        wrong
    }

    /// Whether a rule holds and has nothing more to say.
    fn apply(&mut self, rule: &Rule) -> Result<bool, String> {
        match rule {
            Rule::Concat { parts, whole } => self.concat(parts, *whole),
            &Rule::Slice { of, from, to, result } => {
                let Some(units) = self.known(of) else { return Ok(false) };
                let end = to.unwrap_or(units);
                if end > units || from >= end {
                    return Err(format!("the units {from} to {end} are no slice of {units} units"));
                }
                self.is(result, end - from, "the slice")
            }
            &Rule::AtLeast { of, least } => match self.known(of) {
                Some(units) if units < least => Err(format!("{least} units are needed, and there are {units}")),
                units => Ok(units.is_some()),
            },
            &Rule::Pairs { pairs, units, first } => {
                let Some(units) = self.known(units) else { return Ok(false) };
                let count = units.saturating_sub(first) / 2;
                if count == 0 {
                    return Err(format!("{units} units make no pair from unit {first} on"));
                }
                self.is(pairs, count, "what is spread to pairs")
            }
            &Rule::Halves { of, most } => match self.known(of) {
                Some(units) if units % 2 == 1 => {
                    Err(format!("{units} units are not the real and the imaginary parts of a vector"))
                }
                Some(units) if units / 2 > most => {
                    Err(format!("{units} units are more than the {} it can do", 2 * most))
                }
                units => Ok(units.is_some()),
            },
        }
    }

    fn concat(&mut self, parts: &[WidthId], whole: WidthId) -> Result<bool, String> {
        let known: Vec<Option<usize>> = parts.iter().map(|part| self.known(*part)).collect();
        let sum = known.iter().flatten().fold(0usize, |sum, units| sum.saturating_add(*units));
        let mut unknown = parts.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(part, _)| *part);
        match (unknown.next(), unknown.next(), self.known(whole)) {
            (None, _, _) if sum > MAX_WIDTH => Err(format!("{sum} units side by side are more than {MAX_WIDTH}")),
            (None, _, _) => {
                let terms: Vec<String> = known.iter().flatten().map(usize::to_string).collect();
                self.is(whole, sum, &format!("{} side by side", terms.join(" + ")))
            }
            (Some(one), None, Some(whole)) if whole > sum => self.is(one, whole - sum, "the part"),
            (Some(_), None, Some(whole)) => Err(format!("the parts have {sum} units and more, the whole has {whole}")),
            _ => Ok(false),
        }
    }

    fn is(&mut self, width: WidthId, units: usize, name: &str) -> Result<bool, String> {
        let root = self.root(width);
        match self.known[root].replace(units) {
            Some(other) if other != units => {
                self.known[root] = Some(other);
                Err(format!("{name} has {units} units where {other} are needed"))
            }
            _ => Ok(true),
        }
    }
}
