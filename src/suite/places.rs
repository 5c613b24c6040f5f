//! The places of a type that a path may stand for.

use std::collections::BTreeSet;

use super::edit::key_of;
use super::schema::{Map, NodeId, Schema, Shape};
use super::wording::intended;
use super::{Path, Segment};

impl Schema {
    /// Whether something can stand at `path`, whatever stands above it.
    pub fn knows(&self, path: &Path) -> bool {
        !self.at(path).is_empty()
    }

    /// The path that the writer of `path`, at which nothing can stand, probably meant.
    pub fn meant(&self, path: &Path) -> Option<Path> {
        let mut nodes = BTreeSet::from([self.root]);
        for (depth, segment) in path.segments().iter().enumerate() {
            let below = self.all_beneath(&nodes, segment);
            if !below.is_empty() {
                nodes = below;
                continue;
            }
            let Segment::Key(wrong) = segment else { return None };
            let maps = nodes.iter().flat_map(|node| self.maps(*node));
            let keys: BTreeSet<&str> = maps.flat_map(Map::keys).collect();
            let right = intended(wrong, &keys.into_iter().collect::<Vec<_>>())?;
            let mut meant = path.segments().to_vec();
            meant[depth] = Segment::Key(right.to_owned());
            let meant: Path = meant.into_iter().collect();
            return if self.knows(&meant) { Some(meant) } else { self.meant(&meant) };
        }
        None
    }

    /// The path that a writer meant by `path`: a name with dots that is the key of a free map, such as that of a parameter in
    /// `init.parameters.layer1.b_f.value`, may stand without quotes. It ends where what follows it is known.
    pub fn understood(&self, path: Path) -> Path {
        let mut understood = Path::root();
        let mut nodes = BTreeSet::from([self.root]);
        let mut rest = path.segments();
        while let Some((first, after)) = rest.split_first() {
            let names = nodes.iter().any(|node| self.leaves(*node).iter().any(|leaf| self.names_freely(*leaf)));
            let joined = |count: usize| rest[..count].iter().map(key_of).collect::<Vec<_>>().join(".");
            let fits = |count: &usize| {
                let below = self.all_beneath(&nodes, &Segment::Key(joined(*count)));
                rest[*count..].iter().try_fold(below, |nodes, segment| self.known_beneath(&nodes, segment)).is_some()
            };
            let is_key = |segment: &&Segment| matches!(segment, Segment::Key(_));
            let most = if names { rest.iter().take_while(is_key).count() } else { 0 };
            let (segment, left) = match (1..=most).find(fits) {
                Some(count) if count > 1 => (Segment::Key(joined(count)), &rest[count..]),
                _ => (first.clone(), after),
            };
            nodes = self.all_beneath(&nodes, &segment);
            understood.push(segment);
            rest = left;
        }
        understood
    }

    /// Whether only whole numbers may stand at `path`, among numbers.
    pub fn takes_whole_numbers(&self, path: &Path) -> bool {
        let nodes = self.at(path);
        let leaves = nodes.into_iter().flat_map(|node| self.leaves(node));
        let numbers = leaves.filter_map(|leaf| match &self.node(leaf).shape {
            Shape::Number(number) => Some(number.integer),
            _ => None,
        });
        let numbers: Vec<bool> = numbers.collect();
        !numbers.is_empty() && numbers.into_iter().all(|integer| integer)
    }

    /// The nodes of what may stand at `path`, whatever stands above it.
    pub(super) fn at(&self, path: &Path) -> BTreeSet<NodeId> {
        let root = BTreeSet::from([self.root]);
        path.segments().iter().fold(root, |nodes, segment| self.all_beneath(&nodes, segment))
    }

    /// Whether a node is a map whose keys are names that its writer chooses.
    fn names_freely(&self, node: NodeId) -> bool {
        matches!(&self.node(node).shape, Shape::Map(Map { properties, rest: Some(_), .. }) if properties.is_empty())
    }

    fn known_beneath(&self, nodes: &BTreeSet<NodeId>, segment: &Segment) -> Option<BTreeSet<NodeId>> {
        Some(self.all_beneath(nodes, segment)).filter(|below| !below.is_empty())
    }

    fn all_beneath(&self, nodes: &BTreeSet<NodeId>, segment: &Segment) -> BTreeSet<NodeId> {
        nodes.iter().flat_map(|node| self.beneath(*node, segment)).collect()
    }

    /// The nodes of what stands under `segment` of a value at `node`, whichever of its alternatives that is.
    fn beneath(&self, node: NodeId, segment: &Segment) -> BTreeSet<NodeId> {
        let under = |node: NodeId| match (&self.node(node).shape, segment) {
            (Shape::Map(map), Segment::Key(key)) => map.under(key),
            (Shape::Tagged { contents, .. }, Segment::Key(key)) => {
                contents.iter().find(|(name, _)| name == key).map(|(_, node)| *node)
            }
            (Shape::List(list), Segment::Index(index)) => list.entry(*index),
            _ => None,
        };
        let alternatives = self.leaves(node).into_iter().flat_map(|leaf| match &self.node(leaf).shape {
            Shape::Kinds(kinds) => kinds.iter().flat_map(|(_, component)| self.leaves(*component)).collect(),
            _ => vec![leaf],
        });
        alternatives.filter_map(under).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::suite::{Path, Schema, SuiteFile};

    #[test]
    fn names_with_dots_need_no_quotes_where_what_follows_is_known() {
        for (written, understood) in [
            ("init.parameters.b_f.value", "init.parameters.b_f.value"),
            ("init.parameters.layer1.u_h", "init.parameters.\"layer1.u_h\""),
            ("init.parameters.layer1.u_h.value", "init.parameters.\"layer1.u_h\".value"),
            ("init.parameters.\"layer1.u_h\".kind", "init.parameters.\"layer1.u_h\".kind"),
            ("init.parameters.layer0.w_hh.gamma", "init.parameters.\"layer0.w_hh.gamma\""),
            ("learning-rate-factors.parameters.layer0.w_xi", "learning-rate-factors.parameters.\"layer0.w_xi\""),
            ("model.cell.activation", "model.cell.activation"),
            ("model.cell.no.such", "model.cell.no.such"),
            ("clip.0.max", "clip[0].max"),
        ] {
            let path: Path = written.parse().expect("a path");
            assert_eq!(Schema::of::<SuiteFile>().understood(path).spelled(), understood);
        }
    }

    /// One slip or two, in a section's name or in a component's setting: the nearest path at which something can stand.
    #[test]
    fn a_path_to_nowhere_has_a_nearest_one() {
        let schema = Schema::of::<SuiteFile>();
        for (wrong, meant) in [
            ("task.lenght", Some("task.length")),
            ("taks.lenght", Some("task.length")),
            ("optimizer.learning_rate", Some("optimizer.learning-rate")),
            ("model.hiden", Some("model.hidden")),
            ("task.zzzz", None),
            ("task.length", None),
        ] {
            let path = |text: &str| text.parse::<Path>().expect("a path");
            assert_eq!(schema.meant(&path(wrong)), meant.map(path), "{wrong}");
            assert_eq!(schema.knows(&path(wrong)), wrong == "task.length", "{wrong}");
        }
    }

    #[test]
    fn whole_numbers_are_told_from_others() {
        let whole = |path: &str| Schema::of::<SuiteFile>().takes_whole_numbers(&path.parse().expect("a path"));
        assert!(whole("model.hidden") && whole("task.length") && whole("train.updates"));
        assert!(!whole("optimizer.learning-rate") && !whole("model.cell") && !whole("nowhere.at.all"));
    }
}
