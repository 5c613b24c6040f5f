//! Comparison of the hash chains of two runs of one trial.

use super::record::{Link, TrialRow};

/// The first evaluation at which two hash chains differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Updates done there.
    pub update: u64,
    /// Updates done at the evaluation before, where both have the same parameters; none if they never had.
    pub same_until: Option<u64>,
}

/// The first link that one chain has and the other has not; nothing if they are the same.
fn first_difference(one: &[Link], other: &[Link]) -> Option<Difference> {
    let mut same_until = None;
    for k in 0..one.len().max(other.len()) {
        match (one.get(k), other.get(k)) {
            (Some(a), Some(b)) if (a.update, &a.link) == (b.update, &b.link) => same_until = Some(a.update),
            (a, b) => {
                let update = a.into_iter().chain(b).map(|link| link.update).min()?;
                return Some(Difference { update, same_until });
            }
        }
    }
    None
}

/// Where two computations of one trial part, by their rows and hash chains; nothing if they have the same bits.
///
/// Links are kept short, the last one, the trial's hash, in full: where only that differs, it is the last update that does.
pub fn difference_of_trials(one: (&TrialRow, &[Link]), other: (&TrialRow, &[Link])) -> Option<Difference> {
    let last = Difference { update: other.0.updates, same_until: None };
    first_difference(one.1, other.1).or((one.0.hash != other.0.hash).then_some(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(links: &[(u64, &str)]) -> Vec<Link> {
        let link = |&(update, link): &(u64, &str)| Link { trial_id: String::new(), update, link: link.to_owned() };
        links.iter().map(link).collect()
    }

    #[test]
    fn the_first_differing_update_is_named() {
        let reference = chain(&[(0, "a"), (10, "b"), (20, "c")]);
        let against = |links: &[(u64, &str)]| first_difference(&reference, &chain(links));
        assert_eq!(against(&[(0, "a"), (10, "b"), (20, "c")]), None);
        assert_eq!(against(&[(0, "a"), (10, "x"), (20, "y")]), Some(Difference { update: 10, same_until: Some(0) }));
        assert_eq!(against(&[(0, "x"), (10, "y"), (20, "z")]), Some(Difference { update: 0, same_until: None }));
        // One ended earlier, or was evaluated elsewhere.
        assert_eq!(against(&[(0, "a"), (10, "b")]), Some(Difference { update: 20, same_until: Some(10) }));
        assert_eq!(against(&[(0, "a"), (5, "x"), (10, "b")]), Some(Difference { update: 5, same_until: Some(0) }));
        assert_eq!(against(&[]), Some(Difference { update: 0, same_until: None }));
    }
}
