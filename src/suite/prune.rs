//! Settings that have no effect beside others take their defaults, so that no two trials are the same.

use crate::component::{clip::ClipSpec, optim::OptimizerSpec, schedule::ScheduleSpec};

pub(super) fn optimizer(optimizer: &mut OptimizerSpec) {
    if let OptimizerSpec::Sgd(sgd) = optimizer
        && sgd.momentum == 0.0
    {
        sgd.nesterov = false;
    }
}

pub(super) fn clips(clips: &mut Vec<ClipSpec>) {
    // Stopping is what happens anyhow, unless there is another rule that it comes before.
    let others = clips.iter().any(|clip| matches!(clip, ClipSpec::SkipNonfinite(_) | ClipSpec::PascanuFallback(_)));
    clips.retain(|clip| match clip {
        ClipSpec::NoClip(_) => false,
        ClipSpec::StopNonfinite(_) => others,
        _ => true,
    });
}

pub(super) fn schedules(schedules: &mut Vec<ScheduleSpec>) {
    schedules.retain(|schedule| !matches!(schedule, ScheduleSpec::Constant(_)));
}
