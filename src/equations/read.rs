//! From texts to a program.

use super::{
    fault::{Fault, Part},
    lower::Lowering,
    parse,
    program::Program,
    source::{Source, Value},
};

impl Source<'_> {
    /// The step for an input of `inputs` units and `hidden` units of state.
    ///
    /// # Errors
    ///
    /// All mistakes, at least one.
    pub fn program(&self, inputs: usize, hidden: usize) -> Result<Program, Vec<Fault>> {
        let (statements, mistakes) = parse::statements(self.step);
        let (before, output, in_output) = parse::value(self.output);
        let mut faults: Vec<Fault> = mistakes.into_iter().map(|mistake| mistake.in_part(Part::Step)).collect();
        faults.extend(in_output.into_iter().map(|mistake| mistake.in_part(Part::Output)));
        let mut lowering = Lowering::of_cell(self, inputs, hidden);
        if faults.is_empty() {
            lowering.statements(Part::Step, &statements);
            lowering.statements(Part::Output, &before);
        }
        match output {
            Some(output) if faults.is_empty() => lowering.finish(Part::Output, &output),
            _ => Err(faults),
        }
    }
}

impl Value<'_> {
    /// The function of a vector of `width` units.
    ///
    /// # Errors
    ///
    /// All mistakes, at least one.
    pub fn program(&self, width: usize) -> Result<Program, Vec<Fault>> {
        let (statements, value, mistakes) = parse::value(self.of);
        let faults: Vec<Fault> = mistakes.into_iter().map(|mistake| mistake.in_part(Part::Step)).collect();
        let Some(value) = value.filter(|_| faults.is_empty()) else { return Err(faults) };
        let mut lowering = Lowering::of_value(self, width);
        lowering.statements(Part::Step, &statements);
        lowering.finish(Part::Step, &value)
    }
}
