use super::*;
use crate::engine::DeviceError;

/// A trainer whose device is not there.
struct Absent;

impl Trainer for Absent {
    fn train(&self, _: &Plan, _: Trial, _: &mut dyn FnMut(crate::train::Progress) -> bool) -> Option<Finished> {
        unreachable!("no trial begins")
    }

    fn ready(&self) -> Result<(), DeviceError> {
        Err(DeviceError::NoDriver)
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("dfdx", "cuda")
    }
}

#[test]
fn nothing_is_stored_where_the_device_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let refused = session.run(&Absent, &mut (), &AtomicBool::new(false)).unwrap_err();
    assert!(!refused.is_usage() && refused.to_string().contains("no NVIDIA driver"), "{refused}");
    assert_eq!((statuses(&session), session.dir().join(layout::MANIFEST).exists()), (vec![], false));
}
