use ::dfdx::dtypes::Dtype;

/// The precisions the engine runs in: f32 to train, f64 to test derivatives.
pub trait Real: Dtype {
    /// The nearest number of this precision.
    fn narrow(value: f64) -> Self;
    /// This number in f64, exactly.
    fn widen(self) -> f64;
}

impl Real for f32 {
    fn narrow(value: f64) -> Self {
        value as f32
    }

    fn widen(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn narrow(value: f64) -> Self {
        value
    }

    fn widen(self) -> f64 {
        self
    }
}
