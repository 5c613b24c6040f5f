//! Means over outputs, of sequences with more or fewer of them.

/// A mean over all outputs of many sequences.
#[derive(Default)]
pub struct Ratio {
    /// (mean over the sequence's outputs, how many).
    sequences: Vec<(f64, f64)>,
}

impl Ratio {
    pub fn add(&mut self, mean: f64, outputs: usize) {
        self.sequences.push((mean, outputs as f64));
    }

    /// The mean and its standard error: sequences are independent, outputs of one are not.
    pub fn estimate(&self) -> (f64, f64) {
        let outputs: f64 = self.sequences.iter().map(|(_, outputs)| outputs).sum();
        let mean = self.sequences.iter().map(|(mean, outputs)| mean * outputs).sum::<f64>() / outputs;
        let square = |(own, outputs): &(f64, f64)| (outputs * (own - mean)) * (outputs * (own - mean));
        (mean, self.sequences.iter().map(square).sum::<f64>().sqrt() / outputs)
    }
}
